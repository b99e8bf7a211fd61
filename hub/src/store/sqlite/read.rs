//! Questions about the log, dialogs and messages.

use super::{backlog, fault, recent::Recent};
use crate::desk::DialogAggregate;
use crate::store::{Entry, EntryBody, Key, LogRead, SnapshotRead, StoreError};
use otklik_model::{
    Author, Channel, ClientId, CustomerId, DialogId, Message, MessageId, OperatorId, Outcome, Seq, Stamp, Stored,
    WorkspaceId,
};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

pub(super) fn blob(id: Uuid) -> [u8; 16] {
    *id.as_bytes()
}

pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn json(value: &impl Serialize) -> String {
    // Structs and enums with string keys: serialising them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

/// The word of an enum without fields.
pub(super) fn text_of(value: &impl Serialize) -> String {
    json(value).trim_matches('"').to_owned()
}

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("column {}", error.column())))
}

pub(super) fn word<T: DeserializeOwned>(text: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text)).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn uuid(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(index).map(Uuid::from_bytes)
}

pub(super) fn id_or_nothing(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Uuid>> {
    row.get::<_, Option<[u8; 16]>>(index).map(|id| id.map(Uuid::from_bytes))
}

/// A column's words, where they stand.
pub(super) fn text<'row>(row: &'row Row<'_>, index: usize) -> Result<&'row str, StoreError> {
    row.get_ref(index).and_then(|value| Ok(value.as_str()?)).map_err(fault)
}

/// Takes the next of the workspace's numbers by a statement that returns it.
pub(super) fn counter(db: &Connection, sql: &str, workspace: WorkspaceId) -> Result<u64, StoreError> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)))
        .map(uint)
        .map_err(fault)
}

pub(super) fn head(db: &Connection, workspace: WorkspaceId) -> Result<Seq, StoreError> {
    db.prepare_cached("SELECT head FROM workspace WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)))
        .map(|head| Seq(uint(head)))
        .map_err(fault)
}

pub(super) fn first_answer(db: &Connection, key: Key) -> Result<Option<Outcome>, StoreError> {
    let kept = db
        .prepare_cached("SELECT outcome FROM answer WHERE writer = ?1 AND client = ?2")
        .and_then(|mut statement| {
            statement.query_row([blob(key.writer), blob(key.id.0)], |row| row.get::<_, String>(0)).optional()
        })
        .map_err(fault)?;
    if let Some(outcome) = kept {
        return parse(&outcome).map(Some);
    }
    // The answer is forgotten after a week, the message never.
    db.prepare_cached("SELECT id, seq, at, rev FROM message WHERE writer = ?1 AND client = ?2")
        .and_then(|mut statement| {
            statement
                .query_row([blob(key.writer), blob(key.id.0)], |row| {
                    let stored =
                        Stored { id: MessageId(uuid(row, 0)?), seq: row.get(1)?, at: Stamp(row.get::<_, i64>(2)?) };
                    Ok(Outcome::Done { at_seq: Seq(uint(row.get(3)?)), message: Some(stored) })
                })
                .optional()
        })
        .map_err(fault)
}

pub(super) fn log_after(
    db: &Connection,
    recent: &Recent,
    workspace: WorkspaceId,
    after: Seq,
    limit: u32,
) -> Result<LogRead, StoreError> {
    let oldest = db
        .prepare_cached("SELECT seq FROM entry WHERE workspace = ?1 ORDER BY seq LIMIT 1")
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)).optional())
        .map_err(fault)?;
    let mut statement = db
        .prepare_cached("SELECT seq, at, body FROM entry WHERE workspace = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
        .map_err(fault)?;
    let mut rows = statement.query(params![blob(workspace.0), int(after.0), limit]).map_err(fault)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        let (seq, at) = (Seq(uint(row.get(0).map_err(fault)?)), Stamp(row.get(1).map_err(fault)?));
        entries.push(Entry { seq, at, body: parse::<EntryBody>(text(row, 2)?)? });
    }
    let (first, coming) = backlog::read_on(db, recent, workspace, after, limit as usize - entries.len())?;
    entries.extend(coming);
    let start = match oldest.map(|oldest| Seq(uint(oldest))).or(first) {
        Some(oldest) => Seq(oldest.0.saturating_sub(1)),
        None => head(db, workspace)?,
    };
    Ok(LogRead { start, entries })
}

pub(super) fn snapshot(
    db: &Connection,
    workspace: WorkspaceId,
    closed_since: Stamp,
) -> Result<SnapshotRead, StoreError> {
    let at = head(db, workspace)?;
    let mut dialogs = open_dialogs(db, workspace)?;
    let sql = "SELECT body FROM dialog WHERE workspace = ?1 AND closed_at >= ?2 ORDER BY closed_at";
    dialogs.extend(bodies(db, sql, params![blob(workspace.0), closed_since.0])?);
    let operators = super::people::operators(db, workspace)?;
    Ok(SnapshotRead { at, dialogs, operators, channels: channels(db, workspace)? })
}

pub(super) fn open_dialogs(db: &Connection, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE workspace = ?1 AND closed_at IS NULL ORDER BY id";
    bodies(db, sql, params![blob(workspace.0)])
}

pub(super) fn open_dialogs_of(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE workspace = ?1 AND assignee = ?2 ORDER BY id";
    bodies(db, sql, params![blob(workspace.0), blob(operator.0)])
}

pub(super) fn unfinished_dialogs(db: &Connection, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError> {
    // By the index that has no others: most dialogs are closed for good.
    let sql = "SELECT body FROM dialog INDEXED BY dialog_of_customer WHERE final = 0 AND workspace = ?1 ORDER BY id";
    bodies(db, sql, params![blob(workspace.0)])
}

pub(super) fn bodies(db: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<DialogAggregate>, StoreError> {
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let rows = statement.query_map(values, |row| row.get::<_, String>(0)).map_err(fault)?;
    rows.map(|body| parse(&body.map_err(fault)?)).collect()
}

pub(super) fn due(
    db: &Connection,
    workspace: WorkspaceId,
    now: Stamp,
    limit: u32,
) -> Result<Vec<DialogId>, StoreError> {
    let sql = "SELECT id FROM dialog WHERE workspace = ?1 AND due_at <= ?2 ORDER BY due_at LIMIT ?3";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let rows = statement
        .query_map(params![blob(workspace.0), now.0, limit], |row| uuid(row, 0).map(DialogId))
        .map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}

pub(super) fn dialog(
    db: &Connection,
    workspace: WorkspaceId,
    id: DialogId,
) -> Result<Option<DialogAggregate>, StoreError> {
    one_dialog(db, "SELECT body FROM dialog WHERE id = ?1 AND workspace = ?2", id.0, workspace)
}

pub(super) fn dialog_of(
    db: &Connection,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Option<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE customer = ?1 AND workspace = ?2 AND final = 0";
    one_dialog(db, sql, customer.0, workspace)
}

fn one_dialog(
    db: &Connection,
    sql: &str,
    id: Uuid,
    workspace: WorkspaceId,
) -> Result<Option<DialogAggregate>, StoreError> {
    let body = db
        .prepare_cached(sql)
        .and_then(|mut statement| {
            statement.query_row([blob(id), blob(workspace.0)], |row| row.get::<_, String>(0)).optional()
        })
        .map_err(fault)?;
    body.map(|body| parse(&body)).transpose()
}

pub(super) fn messages(
    db: &Connection,
    workspace: WorkspaceId,
    dialog: DialogId,
    from: u32,
    to: u32,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT seq, id, client, kind, author, writer, name, text, at, rev, details FROM message
             WHERE dialog = (SELECT id FROM dialog WHERE id = ?1 AND workspace = ?5) AND seq BETWEEN ?2 AND ?3
             ORDER BY seq DESC LIMIT ?4",
        )
        .map_err(fault)?;
    let mut rows = statement.query(params![blob(dialog.0), from, to, limit, blob(workspace.0)]).map_err(fault)?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        messages.push(message(dialog, row)?);
    }
    messages.reverse();
    Ok(messages)
}

/// A message, of a row whose first columns are those of [`messages`].
pub(super) fn message(dialog: DialogId, row: &Row<'_>) -> Result<Message, StoreError> {
    let id = |index| id_or_nothing(row, index).map_err(fault);
    let details = row.get::<_, Option<String>>(10).map_err(fault)?;
    let who = || -> Result<_, StoreError> {
        let name = row.get::<_, Option<String>>(6).map_err(fault)?.unwrap_or_default();
        Ok((OperatorId(id(5)?.unwrap_or_default()), name))
    };
    let author = match row.get::<_, String>(4).map_err(fault)?.as_str() {
        "customer" => Author::Customer,
        "operator" => who().map(|(id, name)| Author::Operator { id, name })?,
        "bot" => who().map(|(id, name)| Author::Bot { id, name })?,
        "system" => Author::System,
        _ => Author::Unknown,
    };
    Ok(Message {
        id: MessageId(uuid(row, 1).map_err(fault)?),
        client_id: id(2)?.map(ClientId),
        dialog,
        seq: row.get(0).map_err(fault)?,
        kind: word(row.get(3).map_err(fault)?)?,
        author,
        text: row.get(7).map_err(fault)?,
        at: Stamp(row.get(8).map_err(fault)?),
        rev: Seq(uint(row.get(9).map_err(fault)?)),
        details: details.map(|details| parse(&details)).transpose()?.unwrap_or_default(),
    })
}

pub(super) fn customers_on_site(db: &Connection, workspace: WorkspaceId) -> Result<Vec<CustomerId>, StoreError> {
    let mut statement = db
        .prepare_cached("SELECT customer FROM dialog WHERE workspace = ?1 AND closed_at IS NULL AND on_site = 1")
        .map_err(fault)?;
    let rows = statement.query_map([blob(workspace.0)], |row| uuid(row, 0).map(CustomerId)).map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}

pub(super) fn channels(db: &Connection, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT body FROM channel WHERE workspace = ?1 ORDER BY id").map_err(fault)?;
    let rows = statement.query_map([blob(workspace.0)], |row| row.get::<_, String>(0)).map_err(fault)?;
    rows.map(|body| parse(&body.map_err(fault)?)).collect()
}

pub(super) fn waiting(db: &Connection, workspace: WorkspaceId) -> Result<u64, StoreError> {
    db.prepare_cached("SELECT count(*) FROM dialog WHERE workspace = ?1 AND waiting = 1")
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)))
        .map(uint)
        .map_err(fault)
}

pub(super) fn waiting_suspicious(db: &Connection, workspace: WorkspaceId) -> Result<u64, StoreError> {
    db.prepare_cached("SELECT count(*) FROM dialog WHERE workspace = ?1 AND suspicious = 1")
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)))
        .map(uint)
        .map_err(fault)
}
