//! Messages and their words in the search index: written together, erased together.

use super::sql;
use crate::columns::{author_parts, details, int, kind_code, kind_of};
use crate::fault::Fault;
use otklik_model::{Details, DialogId, Message, Stamp};
use otklik_words::searched;
use rusqlite::{Connection, Params, params};

/// How many messages of one millisecond have a slot, as a power of two. With 43 bits of milliseconds above it the
/// number stays positive until the year 2248.
const SLOT_BITS: u32 = 20;
const LAST_IN_SLOT: i64 = (1 << SLOT_BITS) - 1;
const LAST_MS: i64 = (1 << 43) - 1;

/// A row that stands where another is to be put, with what is needed to take it out of the index.
struct Rival {
    slot: i64,
    rev: i64,
    kind: i64,
    text: String,
    details: Details,
}

/// Inserts a message, or replaces what has its id or its place in the dialog if the new one is of a higher revision
/// than all of that.
pub(super) fn put(db: &Connection, message: &Message) -> Result<(), Fault> {
    let wanted = first_slot(message.at) | i64::from(message.seq) & LAST_IN_SLOT;
    if insert(db, wanted, message)? {
        return add_words(db, wanted, message);
    }
    let mut rivals = rivals(db, sql::RIVAL_BY_ID, [message.id.0.as_bytes()])?;
    for other in self::rivals(db, sql::RIVAL_BY_NUMBER, params![message.dialog.0.as_bytes(), message.seq])? {
        if rivals.iter().all(|rival| rival.slot != other.slot) {
            rivals.push(other);
        }
    }
    if rivals.iter().any(|rival| rival.rev >= int(message.rev.0)) {
        return Ok(());
    }
    for rival in &rivals {
        take_words(db, rival)?;
        db.prepare_cached(sql::DELETE_MESSAGE)?.execute([rival.slot])?;
    }
    let slot = free_slot(db, wanted)?;
    insert(db, slot, message)?;
    add_words(db, slot, message)
}

/// Removes all messages of a dialog, without a trace in the index.
pub(super) fn drop_all(db: &Connection, dialog: DialogId) -> Result<(), Fault> {
    let key = dialog.0.as_bytes();
    for rival in rivals(db, sql::MESSAGES_OF_DIALOG, [key])? {
        take_words(db, &rival)?;
    }
    db.prepare_cached(sql::DELETE_MESSAGES_OF_DIALOG)?.execute([key])?;
    Ok(())
}

/// `false`: a row with this slot, this id or this place in the dialog is there already.
fn insert(db: &Connection, slot: i64, message: &Message) -> Result<bool, Fault> {
    let (author, author_id, author_name) = author_parts(&message.author);
    let plain = message.details.is_plain();
    let details = if plain { None } else { Some(serde_json::to_string(&message.details)?) };
    let rows = db.prepare_cached(sql::INSERT_MESSAGE)?.execute(params![
        slot,
        message.id.0.as_bytes(),
        message.dialog.0.as_bytes(),
        message.seq,
        int(message.rev.0),
        message.at.0,
        kind_code(message.kind),
        author,
        author_id,
        author_name,
        message.client_id.as_ref().map(|id| id.0.as_bytes()),
        message.text,
        details,
    ])?;
    Ok(rows == 1)
}

fn rivals(db: &Connection, sql: &str, by: impl Params) -> Result<Vec<Rival>, Fault> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(by)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let details = details(row.get_ref(4)?)?;
        found.push(Rival { slot: row.get(0)?, rev: row.get(1)?, kind: row.get(2)?, text: row.get(3)?, details });
    }
    Ok(found)
}

pub(super) fn first_slot(at: Stamp) -> i64 {
    at.0.clamp(0, LAST_MS) << SLOT_BITS
}

/// The first free slot from `wanted` on within its millisecond, or before it if there is none.
fn free_slot(db: &Connection, wanted: i64) -> Result<i64, Fault> {
    let first = wanted & !LAST_IN_SLOT;
    let after = free_between(db, wanted, first | LAST_IN_SLOT)?;
    let free = if after.is_some() { after } else { free_between(db, first, wanted - 1)? };
    free.ok_or(Fault::Crowded)
}

fn free_between(db: &Connection, from: i64, to: i64) -> Result<Option<i64>, Fault> {
    let mut statement = db.prepare_cached(sql::SLOTS)?;
    let mut taken = statement.query([from, to])?;
    let mut free = from;
    while let Some(row) = taken.next()? {
        if row.get::<_, i64>(0)? != free {
            break;
        }
        free += 1;
    }
    Ok((free <= to).then_some(free))
}

fn add_words(db: &Connection, slot: i64, message: &Message) -> Result<(), Fault> {
    if let Some(words) = searched(message.kind, &message.text, &message.details) {
        db.prepare_cached(sql::ADD_WORDS)?.execute(params![slot, words])?;
    }
    Ok(())
}

fn take_words(db: &Connection, rival: &Rival) -> Result<(), Fault> {
    if let Some(words) = searched(kind_of(rival.kind)?, &rival.text, &rival.details) {
        db.prepare_cached(sql::TAKE_WORDS)?.execute(params![rival.slot, words])?;
    }
    Ok(())
}
