//! The index of words: written with the messages, erased with them, asked beside the writer.

use super::{
    fault,
    read::{blob, bodies, int, message, uint, uuid},
};
use crate::desk::DialogAggregate;
use crate::store::StoreError;
use otklik_model::{CustomerId, DialogId, Message, Stamp, WorkspaceId};
use otklik_words::{Query, searched};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::ops::Range;
use uuid::Uuid;

/// Messages of one step of making the index anew.
const STEP: u32 = 1_000;

/// Whether messages are here that no index was made of: the file is of an older hub.
pub(super) fn is_missing(db: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM message) AND NOT EXISTS (SELECT 1 FROM spoken)";
    db.query_row(sql, [], |row| row.get(0)).map_err(fault)
}

/// Makes the index of all that was said, by dialog: of messages that are older than the index only their dialogs' order
/// is known.
pub(super) fn make(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
    let made = make_steps(db);
    db.execute_batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(fault)?;
    made
}

fn make_steps(db: &Connection) -> Result<(), StoreError> {
    let mut after = (Uuid::nil(), 0);
    loop {
        let step = step_after(db, after)?;
        let Some((_, last)) = step.last() else { return Ok(()) };
        after = (last.dialog.0, last.seq);
        for (workspace, message) in &step {
            add(db, *workspace, message)?;
        }
    }
}

fn step_after(db: &Connection, (dialog, seq): (Uuid, u32)) -> Result<Vec<(WorkspaceId, Message)>, StoreError> {
    let sql = "SELECT m.seq, m.id, m.client, m.kind, m.author, m.writer, m.name, m.text, m.at, m.rev, m.details,
                   m.dialog, d.workspace
               FROM message m JOIN dialog d ON d.id = m.dialog
               WHERE (m.dialog, m.seq) > (?1, ?2) ORDER BY m.dialog, m.seq LIMIT ?3";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let mut rows = statement.query(params![blob(dialog), seq, STEP]).map_err(fault)?;
    let mut step = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        let dialog = DialogId(uuid(row, 11).map_err(fault)?);
        step.push((WorkspaceId(uuid(row, 12).map_err(fault)?), message(dialog, row)?));
    }
    Ok(step)
}

/// Takes a message in.
pub(super) fn add(db: &Connection, workspace: WorkspaceId, message: &Message) -> Result<(), StoreError> {
    let Some(entries) = searched(message.kind, &message.text, &message.details) else { return Ok(()) };
    let sql = "INSERT INTO spoken (workspace, dialog, seq) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params![blob(workspace.0), blob(message.dialog.0), message.seq]))
        .map_err(fault)?;
    put(db, db.last_insert_rowid(), &entries)
}

/// A message has other words from now on.
pub(super) fn change(db: &Connection, message: &Message) -> Result<(), StoreError> {
    let Some(place) = take_out(db, message.dialog, message.seq)? else { return Ok(()) };
    // A file that was taken back has no words any more.
    let entries = searched(message.kind, &message.text, &message.details).unwrap_or_default();
    put(db, place, &entries)
}

/// All of a dialog goes, before its messages do.
pub(super) fn erase(db: &Connection, dialog: DialogId) -> Result<(), StoreError> {
    let numbers = {
        let mut statement =
            db.prepare_cached("SELECT seq FROM spoken WHERE dialog = ?1 ORDER BY seq").map_err(fault)?;
        let rows = statement.query_map([blob(dialog.0)], |row| row.get::<_, u32>(0)).map_err(fault)?;
        rows.collect::<Result<Vec<_>, _>>().map_err(fault)?
    };
    for seq in numbers {
        take_out(db, dialog, seq)?;
    }
    db.prepare_cached("DELETE FROM spoken WHERE dialog = ?1")
        .and_then(|mut statement| statement.execute([blob(dialog.0)]))
        .map(drop)
        .map_err(fault)
}

fn put(db: &Connection, place: i64, entries: &str) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO word (rowid, entries) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute(params![place, entries]))
        .map(drop)
        .map_err(fault)
}

/// Takes the words of a message, as it is stored, out of the index. Returns where they stood.
fn take_out(db: &Connection, dialog: DialogId, seq: u32) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT m.seq, m.id, m.client, m.kind, m.author, m.writer, m.name, m.text, m.at, m.rev, m.details, s.place
               FROM spoken s JOIN message m ON m.dialog = s.dialog AND m.seq = s.seq WHERE s.dialog = ?1 AND s.seq = ?2";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let stored = statement
        .query_row(params![blob(dialog.0), seq], |row| Ok((row.get::<_, i64>(11)?, message(dialog, row))))
        .optional()
        .map_err(fault)?;
    let Some((place, stored)) = stored else { return Ok(None) };
    let stored = stored?;
    let entries = searched(stored.kind, &stored.text, &stored.details).unwrap_or_default();
    db.prepare_cached("INSERT INTO word (word, rowid, entries) VALUES ('delete', ?1, ?2)")
        .and_then(|mut statement| statement.execute(params![place, entries]))
        .map_err(fault)?;
    Ok(Some(place))
}

pub(super) fn saying(
    db: &Connection,
    workspace: WorkspaceId,
    query: &Query,
    time: Range<Stamp>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<(u64, Message)>, StoreError> {
    let sql =
        "SELECT m.seq, m.id, m.client, m.kind, m.author, m.writer, m.name, m.text, m.at, m.rev, m.details, m.dialog,
                   s.place
               FROM word JOIN spoken s ON s.place = word.rowid JOIN message m ON m.dialog = s.dialog AND m.seq = s.seq
               WHERE word MATCH ?1 AND word.rowid < ?2 AND s.workspace = ?3 AND m.at >= ?4 AND m.at < ?5
               ORDER BY word.rowid DESC LIMIT ?6";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let before = before.map_or(i64::MAX, int);
    let mut rows = statement
        .query(params![query.expression(), before, blob(workspace.0), time.start.0, time.end.0, limit])
        .map_err(fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        let dialog = DialogId(uuid(row, 11).map_err(fault)?);
        found.push((uint(row.get(12).map_err(fault)?), message(dialog, row)?));
    }
    Ok(found)
}

pub(super) fn dialogs_of(
    db: &Connection,
    workspace: WorkspaceId,
    customer: CustomerId,
    before: Option<DialogId>,
    limit: u32,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE customer = ?1 AND workspace = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4";
    let before = before.map_or(Uuid::max(), |before| before.0);
    bodies(db, sql, params![blob(customer.0), blob(workspace.0), blob(before), limit])
}
