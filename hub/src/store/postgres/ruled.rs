//! The centre's configuration, the trail of acts, the lease.

use super::{
    PostgresStore,
    batch::{Batch, Failure, Stop},
    value::{get, int, json, parse, plain, uint},
};
use crate::centre::Centre;
use crate::store::{
    AuditLine, AuditRow, CentreRow, CentreStore, CentreVersion, EntryBody, FenceToken, Lease, StoreError,
};
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use otklik_model::{OperatorId, Stamp, WorkspaceId};
use tokio_postgres::Row;
use uuid::Uuid;

#[async_trait]
impl CentreStore for PostgresStore {
    async fn centre(&self, workspace: WorkspaceId) -> Result<CentreRow, StoreError> {
        let sql = "SELECT version, at, by, note, body FROM centre WHERE workspace = $1 ORDER BY version DESC LIMIT 1";
        let row = self.row(sql, &[&workspace.0]).await?;
        row.as_ref().map_or_else(|| Ok(CentreRow::first()), centre_row)
    }

    async fn centre_at(&self, workspace: WorkspaceId, version: u64) -> Result<Option<CentreRow>, StoreError> {
        let sql = "SELECT version, at, by, note, body FROM centre WHERE workspace = $1 AND version = $2";
        self.row(sql, &[&workspace.0, &int(version)]).await?.as_ref().map(centre_row).transpose()
    }

    async fn centre_versions(&self, workspace: WorkspaceId, limit: u32) -> Result<Vec<CentreVersion>, StoreError> {
        let sql = "SELECT version, at, by, note FROM centre WHERE workspace = $1 ORDER BY version DESC LIMIT $2";
        self.rows(sql, &[&workspace.0, &i64::from(limit)]).await?.iter().map(version_row).collect()
    }

    async fn add_audit(&self, workspace: WorkspaceId, at: Stamp, line: AuditLine) -> Result<(), StoreError> {
        let sql = "WITH next AS (UPDATE workspace SET audits = audits + 1 WHERE id = $1 RETURNING audits)
                   INSERT INTO audit (workspace, number, at, by, what, subject, detail)
                   SELECT $1, audits, $2, $3, $4, $5, $6 FROM next";
        let (by, what, subject) = (line.by.map(|by| by.0), plain(&line.what), plain(&line.subject));
        self.run(sql, &[&workspace.0, &at.0, &by, &what, &subject, &json(&line.detail)]).await.map(drop)
    }

    async fn audit(
        &self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "SELECT number, at, by, what, subject, detail FROM audit WHERE workspace = $1 AND number < $2
                   ORDER BY number DESC LIMIT $3";
        let before = int(before.unwrap_or(u64::MAX));
        self.rows(sql, &[&workspace.0, &before, &i64::from(limit)]).await?.iter().map(audit_row).collect()
    }
}

fn version_row(row: &Row) -> Result<CentreVersion, StoreError> {
    Ok(CentreVersion {
        version: uint(get(row, 0)?),
        at: Stamp(get(row, 1)?),
        by: get::<Option<Uuid>>(row, 2)?.map(OperatorId),
        note: get(row, 3)?,
    })
}

fn centre_row(row: &Row) -> Result<CentreRow, StoreError> {
    let CentreVersion { version, at, by, note } = version_row(row)?;
    Ok(CentreRow { version, at, by, note, centre: parse::<Centre>(get(row, 4)?)?.with_rules_by_key() })
}

fn audit_row(row: &Row) -> Result<AuditRow, StoreError> {
    let line = AuditLine {
        by: get::<Option<Uuid>>(row, 2)?.map(OperatorId),
        what: get(row, 3)?,
        subject: get(row, 4)?,
        detail: parse(get(row, 5)?)?,
    };
    Ok(AuditRow { number: uint(get(row, 0)?), at: Stamp(get(row, 1)?), line })
}

/// A configuration to store.
pub(super) struct NewCentre<'a> {
    pub(super) centre: &'a Centre,
    pub(super) by: Option<OperatorId>,
    pub(super) note: &'a str,
}

/// The version in force; 0: none was stored yet.
pub(super) async fn newest(batch: &Batch<'_>) -> Result<u64, Stop> {
    let newest = "SELECT version FROM centre WHERE workspace = $1 ORDER BY version DESC LIMIT 1";
    let newest = batch.transaction.prepare_cached(newest).await?;
    let newest = batch.transaction.query_opt(&newest, &[&batch.workspace.0]).await?;
    Ok(newest.map_or(Ok(0), |row| get(&row, 0).map(uint))?)
}

pub(super) async fn commit(batch: &mut Batch<'_>, at: Stamp, from: u64, new: NewCentre<'_>) -> Result<(), Stop> {
    if newest(batch).await? != from {
        return Err(Stop::Conflict);
    }
    let version = from + 1;
    let insert = "INSERT INTO centre (workspace, version, at, by, note, body) VALUES ($1, $2, $3, $4, $5, $6)";
    let insert = batch.transaction.prepare_cached(insert).await?;
    let (by, note, body) = (new.by.map(|by| by.0), plain(new.note), json(new.centre));
    let values: super::Values<'_> = &[&batch.workspace.0, &int(version), &at.0, &by, &note, &body];
    batch.transaction.execute(&insert, values).await?;
    batch.tell(at, EntryBody::Centre { version });
    Ok(())
}

pub(super) async fn insert_audit(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    number: u64,
    at: Stamp,
    line: &AuditLine,
) -> Result<(), tokio_postgres::Error> {
    let sql = "INSERT INTO audit (workspace, number, at, by, what, subject, detail)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let statement = transaction.prepare_cached(sql).await?;
    let (by, what, subject) = (line.by.map(|by| by.0), plain(&line.what), plain(&line.subject));
    let values: super::Values<'_> = &[&workspace.0, &int(number), &at.0, &by, &what, &subject, &json(&line.detail)];
    transaction.execute(&statement, values).await.map(drop)
}

/// The newest token of the lease, held so that it cannot change hands before this transaction ends.
pub(super) async fn fence(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    wanted: bool,
) -> Result<Option<FenceToken>, Failure> {
    if !wanted {
        return Ok(None);
    }
    let sql = transaction.prepare_cached("SELECT token FROM lease WHERE workspace = $1 FOR SHARE").await?;
    let row = transaction.query_opt(&sql, &[&workspace.0]).await?;
    Ok(row.map(|row| get(&row, 0).map(|token| FenceToken(uint(token)))).transpose()?)
}

pub(super) async fn take_lease(
    store: &PostgresStore,
    workspace: WorkspaceId,
    node: Uuid,
    now: Stamp,
    ttl_ms: i64,
) -> Result<Option<Lease>, StoreError> {
    let until = Stamp(now.0.saturating_add(ttl_ms));
    // Nothing comes back if another node has it.
    let sql = "INSERT INTO lease (workspace, node, token, until) VALUES ($1, $2, 1, $3)
               ON CONFLICT (workspace) DO UPDATE
                   SET token = lease.token + (lease.node <> $2)::int, node = $2, until = $3
                   WHERE lease.node = $2 OR lease.until <= $4
               RETURNING token";
    let row = store.row(sql, &[&workspace.0, &node, &until.0, &now.0]).await?;
    row.map(|row| Ok(Lease { token: FenceToken(uint(get(&row, 0)?)), until })).transpose()
}
