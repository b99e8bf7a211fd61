//! Where customers are and which pages they went to; what counts in operators' work.

use super::{
    SqliteStore, fault,
    read::{blob, int, json, parse},
    turn::Turn,
};
use crate::store::{DialogChange, JourneyStore, StoreError, Tally, TallyStore, counted};
use async_trait::async_trait;
use otklik_model::{CustomerId, Journey, OperatorId, Seq, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl JourneyStore for SqliteStore {
    async fn journey(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Journey, StoreError> {
        self.read(move |db| journey(db, workspace, customer)).await
    }

    async fn go_on(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
        at: Stamp,
        later: Journey,
    ) -> Result<bool, StoreError> {
        self.write(move |db| go_on(db, workspace, customer, at, &later)).await
    }
}

#[async_trait]
impl TallyStore for SqliteStore {
    async fn tally(&self, workspace: WorkspaceId, operator: OperatorId, since: Stamp) -> Result<Tally, StoreError> {
        self.read(move |db| tally(db, workspace, operator, since)).await
    }
}

pub(super) fn journey(db: &Connection, workspace: WorkspaceId, customer: CustomerId) -> Result<Journey, StoreError> {
    let body = db
        .prepare_cached("SELECT body FROM journey WHERE customer = ?1 AND workspace = ?2")
        .and_then(|mut statement| {
            statement.query_row([blob(customer.0), blob(workspace.0)], |row| row.get::<_, String>(0)).optional()
        })
        .map_err(fault)?;
    body.map_or_else(|| Ok(Journey::default()), |body| parse(&body))
}

fn go_on(
    db: &Connection,
    workspace: WorkspaceId,
    customer: CustomerId,
    at: Stamp,
    later: &Journey,
) -> Result<bool, StoreError> {
    if !super::customers::has_written(db, workspace, customer)? {
        return Ok(false);
    }
    let mut journey = journey(db, workspace, customer)?;
    journey.go_on(later.clone());
    db.prepare_cached(
        "INSERT INTO journey (customer, workspace, at, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (customer) DO UPDATE SET at = ?3, body = ?4",
    )
    .and_then(|mut statement| statement.execute(params![blob(customer.0), blob(workspace.0), at.0, json(&journey)]))
    .map_err(fault)?;
    Ok(true)
}

/// Counts a change for whoever had the dialog.
pub(super) fn count(turn: &Turn<'_>, seq: Seq, change: &DialogChange) -> Result<(), StoreError> {
    let Some((operator, Tally { closed, missed })) =
        counted(change.before.as_ref(), change.dialog.row.state, &change.events)
    else {
        return Ok(());
    };
    turn.db
        .prepare_cached(
            "INSERT INTO tally (operator, seq, workspace, at, closed, missed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .and_then(|mut statement| {
            let (operator, workspace) = (blob(operator.0), blob(turn.workspace.0));
            statement.execute(params![operator, int(seq.0), workspace, turn.at.0, closed, missed])
        })
        .map(drop)
        .map_err(fault)
}

fn tally(db: &Connection, workspace: WorkspaceId, operator: OperatorId, since: Stamp) -> Result<Tally, StoreError> {
    db.prepare_cached(
        "SELECT coalesce(sum(closed), 0), coalesce(sum(missed), 0) FROM tally
         WHERE operator = ?1 AND workspace = ?2 AND at >= ?3",
    )
    .and_then(|mut statement| {
        statement.query_row(params![blob(operator.0), blob(workspace.0), since.0], |row| {
            Ok(Tally { closed: row.get(0)?, missed: row.get(1)? })
        })
    })
    .map_err(fault)
}
