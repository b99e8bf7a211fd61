//! Pages of a thread. Numbers begin at 1 and have no holes on the hub, so what is missing here is known exactly.

use super::sql;
use crate::columns;
use crate::fault::Fault;
use otklik_core::Gap;
use otklik_model::{DialogId, Message};
use rusqlite::{Connection, Params, params};

/// A page of a thread as the cache has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// There are older messages in the cache.
    pub older: bool,
    /// There are newer messages than this page in the cache.
    pub newer: bool,
    /// Missing numbers inside the page and directly below its first message; ascending. What is missing above the page
    /// is for those to say who know the dialog's newest number.
    pub gaps: Vec<Gap>,
}

/// The newest `limit` messages numbered below `before`, or of all.
pub(crate) fn page(db: &Connection, dialog: DialogId, before: Option<u32>, limit: u32) -> Result<Block, Fault> {
    let end = before.map_or(i64::from(u32::MAX) + 1, i64::from);
    let mut messages = read(db, sql::BELOW, params![dialog.0.as_bytes(), end, limit])?;
    messages.reverse();
    block(db, dialog, messages, end)
}

/// `limit` messages, half of them below `seq`; more of the older ones where there are too few newer ones.
pub(crate) fn around(db: &Connection, dialog: DialogId, seq: u32, limit: u32) -> Result<Block, Fault> {
    let key = dialog.0.as_bytes();
    let newer = read(db, sql::FROM, params![key, seq, limit - limit / 2])?;
    let end = newer.last().map_or(i64::from(seq), |last| i64::from(last.seq) + 1);
    let room = limit - u32::try_from(newer.len()).unwrap_or(limit);
    let mut messages = read(db, sql::BELOW, params![key, seq, room])?;
    messages.reverse();
    messages.extend(newer);
    block(db, dialog, messages, end)
}

/// Adds what is known around `messages`, the page that ends below number `end`.
fn block(db: &Connection, dialog: DialogId, messages: Vec<Message>, end: i64) -> Result<Block, Fault> {
    let key = dialog.0.as_bytes();
    let first = messages.first().map_or(end, |message| i64::from(message.seq));
    let below: Option<i64> = db.prepare_cached(sql::HELD_BELOW)?.query_row(params![key, first], |row| row.get(0))?;
    let newer = db.prepare_cached(sql::HELD_FROM)?.query_row(params![key, end], |row| row.get(0))?;
    let gaps = gaps(&messages, columns::small(below.unwrap_or(0), "seq")?);
    Ok(Block { older: below.is_some(), newer, gaps, messages })
}

/// The holes between `below`, the number held next below the page (0: none), and the page's last message.
fn gaps(messages: &[Message], below: u32) -> Vec<Gap> {
    let mut holes = Vec::new();
    let mut previous = below;
    for message in messages {
        if message.seq > previous.saturating_add(1) {
            holes.push(Gap { from: previous + 1, to: message.seq - 1 });
        }
        previous = message.seq;
    }
    holes
}

fn read(db: &Connection, sql: &str, by: impl Params) -> Result<Vec<Message>, Fault> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(by)?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(columns::message(row)?);
    }
    Ok(messages)
}
