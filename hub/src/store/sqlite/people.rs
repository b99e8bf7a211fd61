//! Workspaces, operators with their statuses, sessions.

use super::{
    fault,
    read::{blob, int, json, parse, text_of, uint, uuid, word},
    turn::Turn,
};
use crate::store::{CommitError, EntryBody, OperatorRow, StatusChange, StoreError, Workspace};
use otklik_model::{OperatorId, Seq, SessionId, Stamp, WorkspaceId};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

pub(super) fn open_workspace(db: &Connection, short: &str) -> Result<Workspace, StoreError> {
    db.execute(
        "INSERT INTO workspace (id, short, stream) VALUES (?1, ?2, ?3) ON CONFLICT (short) DO NOTHING",
        params![blob(Uuid::now_v7()), short, blob(Uuid::new_v4())],
    )
    .map_err(fault)?;
    db.query_row("SELECT id, stream FROM workspace WHERE short = ?1", [short], |row| {
        Ok(Workspace { id: WorkspaceId(uuid(row, 0)?), stream: uuid(row, 1)? })
    })
    .map_err(fault)
}

pub(super) fn workspaces(db: &Connection) -> Result<Vec<(String, Workspace)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT short, id, stream FROM workspace ORDER BY short").map_err(fault)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, Workspace { id: WorkspaceId(uuid(row, 1)?), stream: uuid(row, 2)? })))
        .map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}

pub(super) const OPERATOR: &str = "SELECT id, login, name, password, status, status_code, status_since, set_by,
     keep_online, last_accepted_at, post, grants, disabled, rights_at, version FROM operator";

pub(super) fn operators(db: &Connection, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{OPERATOR} WHERE workspace = ?1 ORDER BY login")).map_err(fault)?;
    let mut rows = statement.query([blob(workspace.0)]).map_err(fault)?;
    let mut operators = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        operators.push(operator_row(row)?);
    }
    Ok(operators)
}

pub(super) fn operator(
    db: &Connection,
    workspace: WorkspaceId,
    id: OperatorId,
) -> Result<Option<OperatorRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{OPERATOR} WHERE workspace = ?1 AND id = ?2")).map_err(fault)?;
    let mut rows = statement.query([blob(workspace.0), blob(id.0)]).map_err(fault)?;
    rows.next().map_err(fault)?.map(operator_row).transpose()
}

pub(super) fn operator_by_login(
    db: &Connection,
    workspace: WorkspaceId,
    login: &str,
) -> Result<Option<OperatorRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{OPERATOR} WHERE workspace = ?1 AND login = ?2")).map_err(fault)?;
    let mut rows = statement.query(params![blob(workspace.0), login]).map_err(fault)?;
    rows.next().map_err(fault)?.map(operator_row).transpose()
}

fn operator_row(row: &Row<'_>) -> Result<OperatorRow, StoreError> {
    Ok(OperatorRow {
        id: OperatorId(uuid(row, 0).map_err(fault)?),
        login: row.get(1).map_err(fault)?,
        name: row.get(2).map_err(fault)?,
        password: row.get(3).map_err(fault)?,
        status: word(row.get(4).map_err(fault)?)?,
        status_code: word(row.get(5).map_err(fault)?)?,
        status_since: Stamp(row.get(6).map_err(fault)?),
        set_by: parse(&row.get::<_, String>(7).map_err(fault)?)?,
        keep_online: row.get(8).map_err(fault)?,
        last_accepted_at: row.get::<_, Option<i64>>(9).map_err(fault)?.map(Stamp),
        post: parse(&row.get::<_, String>(10).map_err(fault)?)?,
        grants: parse(&row.get::<_, String>(11).map_err(fault)?)?,
        disabled: row.get(12).map_err(fault)?,
        rights_at: Seq(uint(row.get(13).map_err(fault)?)),
        version: uint(row.get(14).map_err(fault)?),
    })
}

pub(super) fn commit_operator(turn: &mut Turn<'_>, row: &OperatorRow, rights_changed: bool) -> Result<(), CommitError> {
    let (db, workspace, mut row) = (turn.db, turn.workspace, row.clone());
    let stored = operator(db, workspace, row.id)?;
    let taken = operator_by_login(db, workspace, &row.login)?.is_some_and(|other| other.id != row.id);
    if stored.as_ref().map_or(0, |stored| stored.version) != row.version || taken {
        return Err(CommitError::Conflict);
    }
    let seq = turn.next_seq();
    let change = row.stamp(stored.as_ref(), turn.at, seq, rights_changed);
    store_operator(db, workspace, &row)?;
    if let Some(change) = change {
        add_status(db, workspace, row.id, seq, &change)?;
    }
    turn.say(seq, &EntryBody::Operator(Box::new(row.face(rights_changed))))?;
    Ok(())
}

fn store_operator(db: &Connection, workspace: WorkspaceId, row: &OperatorRow) -> Result<(), CommitError> {
    let stored = db
        .prepare_cached(
            "INSERT INTO operator (id, workspace, login, name, password, status, status_code, status_since, set_by,
                 keep_online, post, grants, disabled, rights_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (id) DO UPDATE SET login = ?3, name = ?4, password = ?5, status = ?6, status_code = ?7,
                 status_since = ?8, set_by = ?9, keep_online = ?10, post = ?11, grants = ?12, disabled = ?13,
                 rights_at = ?14, version = ?15
             WHERE workspace = ?2",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                blob(row.id.0),
                blob(workspace.0),
                row.login,
                row.name,
                row.password,
                text_of(&row.status),
                row.status_code.as_str(),
                row.status_since.0,
                json(&row.set_by),
                row.keep_online,
                json(&row.post),
                json(&row.grants),
                row.disabled,
                int(row.rights_at.0),
                int(row.version),
            ])
        })
        .map_err(fault)?;
    // Nothing is stored if the id is taken in another workspace.
    if stored == 0 { Err(CommitError::Conflict) } else { Ok(()) }
}

fn add_status(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
    seq: Seq,
    change: &StatusChange,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO status_change (operator, seq, workspace, at, status, code, set_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(operator.0),
            int(seq.0),
            blob(workspace.0),
            change.at.0,
            text_of(&change.status),
            change.code.as_str(),
            json(&change.set_by),
        ])
    })
    .map(drop)
    .map_err(fault)
}

pub(super) fn status_changes(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
    since: Stamp,
) -> Result<Vec<StatusChange>, StoreError> {
    // Backwards from now to the one that held at that time.
    let mut statement = db
        .prepare_cached(
            "SELECT at, status, code, set_by FROM status_change WHERE operator = ?1 AND workspace = ?2
             ORDER BY seq DESC",
        )
        .map_err(fault)?;
    let mut rows = statement.query([blob(operator.0), blob(workspace.0)]).map_err(fault)?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        let at = Stamp(row.get(0).map_err(fault)?);
        changes.push(StatusChange {
            at,
            status: word(row.get(1).map_err(fault)?)?,
            code: word(row.get(2).map_err(fault)?)?,
            set_by: parse(&row.get::<_, String>(3).map_err(fault)?)?,
        });
        if at <= since {
            break;
        }
    }
    changes.reverse();
    Ok(changes)
}

/// Notes that a dialog became an operator's.
pub(super) fn note_accepted(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
    at: Stamp,
) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE operator SET last_accepted_at = ?3 WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| statement.execute(params![blob(operator.0), blob(workspace.0), at.0]))
        .map(drop)
        .map_err(fault)
}

pub(super) fn sign_out(
    turn: &mut Turn<'_>,
    operator: OperatorId,
    session: Option<SessionId>,
) -> Result<(), CommitError> {
    let (at, workspace) = (turn.at.0, blob(turn.workspace.0));
    turn.db
        .prepare_cached(
            "UPDATE session SET ended_at = ?1
             WHERE operator = ?2 AND workspace = ?4 AND ended_at IS NULL AND (?3 IS NULL OR id = ?3)",
        )
        .and_then(|mut statement| {
            statement.execute(params![at, blob(operator.0), session.map(|id| blob(id.0)), workspace])
        })
        .map_err(fault)?;
    turn.tell(&EntryBody::SignedOut { operator, session })?;
    Ok(())
}
