//! Dialogs, messages, channels.

use super::{
    PostgresStore,
    batch::{Batch, Failure, Stop},
    fault,
    value::{get, json, parse, uint},
};
use crate::desk::DialogAggregate;
use crate::store::{DeskStore, EntryBody, StoreError};
use async_trait::async_trait;
use deadpool_postgres::{GenericClient, Transaction};
use otklik_model::{Channel, CustomerId, DialogId, Message, OperatorId, Stamp, WorkspaceId};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;
use uuid::Uuid;

#[async_trait]
impl DeskStore for PostgresStore {
    async fn dialog(&self, workspace: WorkspaceId, id: DialogId) -> Result<Option<DialogAggregate>, StoreError> {
        let sql = "SELECT body FROM dialog WHERE id = $1 AND workspace = $2";
        self.row(sql, &[&id.0, &workspace.0]).await?.as_ref().map(body).transpose()
    }

    async fn dialog_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
    ) -> Result<Option<DialogAggregate>, StoreError> {
        let sql = "SELECT body FROM dialog WHERE customer = $1 AND workspace = $2 AND NOT final";
        self.row(sql, &[&customer.0, &workspace.0]).await?.as_ref().map(body).transpose()
    }

    async fn open_dialogs(&self, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError> {
        open_dialogs(&self.client().await?, workspace).await
    }

    async fn open_dialogs_of(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
    ) -> Result<Vec<DialogAggregate>, StoreError> {
        open_dialogs_of(&self.client().await?, workspace, operator).await
    }

    async fn unfinished_dialogs(&self, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError> {
        let sql = "SELECT body FROM dialog WHERE workspace = $1 AND NOT final ORDER BY id";
        self.rows(sql, &[&workspace.0]).await?.iter().map(body).collect()
    }

    async fn due(&self, workspace: WorkspaceId, now: Stamp, limit: u32) -> Result<Vec<DialogId>, StoreError> {
        let sql = "SELECT id FROM dialog WHERE workspace = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3";
        let rows = self.rows(sql, &[&workspace.0, &now.0, &i64::from(limit)]).await?;
        rows.iter().map(|row| get(row, 0).map(DialogId)).collect()
    }

    async fn messages(
        &self,
        workspace: WorkspaceId,
        dialog: DialogId,
        from: u32,
        to: u32,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let sql = "SELECT body FROM message
                   WHERE dialog = (SELECT id FROM dialog WHERE id = $1 AND workspace = $2) AND seq BETWEEN $3 AND $4
                   ORDER BY seq DESC LIMIT $5";
        let (from, to, limit) = (i64::from(from), i64::from(to), i64::from(limit));
        let rows = self.rows(sql, &[&dialog.0, &workspace.0, &from, &to, &limit]).await?;
        rows.iter().rev().map(body).collect()
    }

    async fn customers_on_site(&self, workspace: WorkspaceId) -> Result<Vec<CustomerId>, StoreError> {
        let sql = "SELECT customer FROM dialog WHERE workspace = $1 AND closed_at IS NULL AND on_site";
        let rows = self.rows(sql, &[&workspace.0]).await?;
        rows.iter().map(|row| get(row, 0).map(CustomerId)).collect()
    }

    async fn waiting(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM dialog WHERE workspace = $1 AND waiting";
        let row = self.row(sql, &[&workspace.0]).await?;
        row.map_or(Ok(0), |row| get(&row, 0).map(uint))
    }

    async fn waiting_suspicious(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM dialog WHERE workspace = $1 AND suspicious";
        let row = self.row(sql, &[&workspace.0]).await?;
        row.map_or(Ok(0), |row| get(&row, 0).map(uint))
    }

    async fn channels(&self, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError> {
        channels(&self.client().await?, workspace).await
    }
}

fn body<T: DeserializeOwned>(row: &Row) -> Result<T, StoreError> {
    parse(get(row, 0)?)
}

pub(super) async fn open_dialogs(
    client: &impl GenericClient,
    workspace: WorkspaceId,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE workspace = $1 AND closed_at IS NULL ORDER BY id";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    client.query(&statement, &[&workspace.0]).await.map_err(fault)?.iter().map(body).collect()
}

pub(super) async fn open_dialogs_of(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    operator: OperatorId,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE workspace = $1 AND assignee = $2 ORDER BY id";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    client.query(&statement, &[&workspace.0, &operator.0]).await.map_err(fault)?.iter().map(body).collect()
}

pub(super) async fn closed_since(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    since: Stamp,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE workspace = $1 AND closed_at >= $2 ORDER BY closed_at";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    client.query(&statement, &[&workspace.0, &since.0]).await.map_err(fault)?.iter().map(body).collect()
}

pub(super) async fn channels(client: &impl GenericClient, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError> {
    let sql = "SELECT body FROM channel WHERE workspace = $1 ORDER BY id";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    client.query(&statement, &[&workspace.0]).await.map_err(fault)?.iter().map(body).collect()
}

/// Where these dialogs are, and in which version.
pub(super) async fn versions(
    transaction: &Transaction<'_>,
    dialogs: &[Uuid],
) -> Result<BTreeMap<DialogId, (WorkspaceId, u64)>, Failure> {
    if dialogs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = "SELECT id, workspace, version FROM dialog WHERE id = ANY($1)";
    let statement = transaction.prepare_cached(sql).await?;
    let mut versions = BTreeMap::new();
    for row in &transaction.query(&statement, &[&dialogs]).await? {
        versions.insert(DialogId(get(row, 0)?), (WorkspaceId(get(row, 1)?), uint(get(row, 2)?)));
    }
    Ok(versions)
}

/// Which of these customers have a dialog that is not closed for good.
pub(super) async fn busy(transaction: &Transaction<'_>, customers: &[Uuid]) -> Result<BTreeSet<CustomerId>, Failure> {
    if customers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql = "SELECT customer FROM dialog WHERE customer = ANY($1) AND NOT final";
    let statement = transaction.prepare_cached(sql).await?;
    let rows = transaction.query(&statement, &[&customers]).await?;
    Ok(rows.iter().map(|row| get(row, 0).map(CustomerId)).collect::<Result<_, _>>()?)
}

pub(super) async fn commit_channel(batch: &mut Batch<'_>, at: Stamp, channel: &Channel) -> Result<(), Stop> {
    let sql = "INSERT INTO channel (id, workspace, body) VALUES ($1, $2, $3)
               ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE channel.workspace = excluded.workspace";
    let statement = batch.transaction.prepare_cached(sql).await?;
    let values: super::Values<'_> = &[&channel.id.0, &batch.workspace.0, &json(channel)];
    if batch.transaction.execute(&statement, values).await? == 0 {
        // The id is taken in another workspace.
        return Err(Stop::Conflict);
    }
    batch.tell(at, EntryBody::Channel(channel.clone()));
    Ok(())
}
