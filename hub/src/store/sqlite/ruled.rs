//! The centre's configuration, the trail of acts, the lease.

use super::{
    fault,
    read::{blob, counter, id_or_nothing, int, json, parse, uint},
    turn::Turn,
};
use crate::centre::Centre;
use crate::store::{
    AuditLine, AuditRow, CentreRow, CentreVersion, CommitError, EntryBody, FenceToken, Lease, StoreError,
};
use otklik_model::{OperatorId, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

/// A configuration to store.
pub(super) struct NewCentre<'a> {
    pub(super) centre: &'a Centre,
    pub(super) by: Option<OperatorId>,
    pub(super) note: &'a str,
}

/// Stores a configuration that was made from a version.
pub(super) fn commit_centre(turn: &mut Turn<'_>, made_from: u64, new: NewCentre<'_>) -> Result<(), CommitError> {
    let newest = centre_versions(turn.db, turn.workspace, 1)?;
    if newest.first().map_or(0, |newest| newest.version) != made_from {
        return Err(CommitError::Conflict);
    }
    let (version, by) = (made_from + 1, new.by.map(|by| blob(by.0)));
    turn.db
        .execute(
            "INSERT INTO centre (workspace, version, at, by, note, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![blob(turn.workspace.0), int(version), turn.at.0, by, new.note, json(new.centre)],
        )
        .map_err(fault)?;
    turn.tell(&EntryBody::Centre { version })?;
    Ok(())
}

pub(super) fn centre(db: &Connection, workspace: WorkspaceId) -> Result<CentreRow, StoreError> {
    let sql = "SELECT version, at, by, note, body FROM centre WHERE workspace = ?1 AND version <= ?2
               ORDER BY version DESC LIMIT 1";
    Ok(one_centre(db, sql, workspace, u64::MAX)?.unwrap_or_else(CentreRow::first))
}

pub(super) fn centre_at(
    db: &Connection,
    workspace: WorkspaceId,
    version: u64,
) -> Result<Option<CentreRow>, StoreError> {
    let sql = "SELECT version, at, by, note, body FROM centre WHERE workspace = ?1 AND version = ?2";
    one_centre(db, sql, workspace, version)
}

fn one_centre(
    db: &Connection,
    sql: &str,
    workspace: WorkspaceId,
    version: u64,
) -> Result<Option<CentreRow>, StoreError> {
    let found = db
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let read = |row: &Row<'_>| Ok((version_row(row)?, row.get::<_, String>(4)?));
            statement.query_row(params![blob(workspace.0), int(version)], read).optional()
        })
        .map_err(fault)?;
    let Some((CentreVersion { version, at, by, note }, body)) = found else { return Ok(None) };
    Ok(Some(CentreRow { version, at, by, note, centre: parse::<Centre>(&body)?.with_rules_by_key() }))
}

pub(super) fn centre_versions(
    db: &Connection,
    workspace: WorkspaceId,
    limit: u32,
) -> Result<Vec<CentreVersion>, StoreError> {
    let sql = "SELECT version, at, by, note FROM centre WHERE workspace = ?1 ORDER BY version DESC LIMIT ?2";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let rows = statement.query_map(params![blob(workspace.0), limit], version_row).map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}

fn version_row(row: &Row<'_>) -> rusqlite::Result<CentreVersion> {
    Ok(CentreVersion {
        version: uint(row.get(0)?),
        at: Stamp(row.get(1)?),
        by: id_or_nothing(row, 2)?.map(OperatorId),
        note: row.get(3)?,
    })
}

pub(super) fn add_audit(
    db: &Connection,
    workspace: WorkspaceId,
    at: Stamp,
    line: &AuditLine,
) -> Result<(), StoreError> {
    let sql = "UPDATE workspace SET audits = audits + 1 WHERE id = ?1 RETURNING audits";
    let number = counter(db, sql, workspace)?;
    db.prepare_cached(
        "INSERT INTO audit (workspace, number, at, by, what, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(workspace.0),
            int(number),
            at.0,
            line.by.map(|by| blob(by.0)),
            line.what,
            line.subject,
            json(&line.detail),
        ])
    })
    .map(drop)
    .map_err(fault)
}

pub(super) fn audit(
    db: &Connection,
    workspace: WorkspaceId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT number, at, by, what, subject, detail FROM audit WHERE workspace = ?1 AND number < ?2
             ORDER BY number DESC LIMIT ?3",
        )
        .map_err(fault)?;
    let mut rows =
        statement.query(params![blob(workspace.0), int(before.unwrap_or(u64::MAX)), limit]).map_err(fault)?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        let line = AuditLine {
            by: id_or_nothing(row, 2).map_err(fault)?.map(OperatorId),
            what: row.get(3).map_err(fault)?,
            subject: row.get(4).map_err(fault)?,
            detail: parse(&row.get::<_, String>(5).map_err(fault)?)?,
        };
        lines.push(AuditRow { number: uint(row.get(0).map_err(fault)?), at: Stamp(row.get(1).map_err(fault)?), line });
    }
    Ok(lines)
}

pub(super) fn take_lease(
    db: &Connection,
    workspace: WorkspaceId,
    node: Uuid,
    now: Stamp,
    ttl_ms: i64,
) -> Result<Option<Lease>, StoreError> {
    let until = Stamp(now.0.saturating_add(ttl_ms));
    // Nothing comes back if another node has it.
    let token = db
        .prepare_cached(
            "INSERT INTO lease (workspace, node, token, until) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (workspace) DO UPDATE
                 SET token = token + (node <> ?2), node = ?2, until = ?3 WHERE node = ?2 OR until <= ?4
             RETURNING token",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![blob(workspace.0), blob(node), until.0, now.0], |row| row.get::<_, i64>(0))
                .optional()
        })
        .map_err(fault)?;
    Ok(token.map(|token| Lease { token: FenceToken(uint(token)), until }))
}
