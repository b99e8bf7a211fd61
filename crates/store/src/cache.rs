//! cache.db: what the hub can send again. Everything but the messages is read at start; messages are read by the page.

mod messages;
pub(crate) mod search;
pub(crate) mod sql;
pub(crate) mod thread;

use crate::columns::{count, id, int, rows, small};
use crate::connection;
use crate::fault::{Fault, OpenError};
use crate::schema::CACHE;
use crate::{Block, CacheSaved, Hits, StoreKey};
use otklik_core::{CacheWrite, DiskFault, Held, SavedDialog, SearchOrder};
use otklik_model::{Cursor, DialogId, MessageSearch, Seq};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::de::DeserializeOwned;
use std::path::Path;

/// Pages of the search index that are joined at once: a commit that comes meanwhile waits for it.
const JOINED_AT_ONCE: i64 = 250;

/// The dialogs, messages, directories, cursor and search index of one account.
pub struct CacheDb {
    db: Connection,
}

impl CacheDb {
    /// Opens the file, makes it if it is missing, brings it to the newest version.
    ///
    /// # Errors
    /// See [`OpenError`]; a damaged first page is reported as [`OpenError::WrongKey`], because this file alone cannot
    /// tell the two apart.
    pub fn open(path: &Path, key: &StoreKey) -> Result<Self, OpenError> {
        Ok(Self { db: connection::open_file(&CACHE, path, key)? })
    }

    /// The same tables and statements in memory, not encrypted.
    ///
    /// # Errors
    /// [`OpenError::Io`] if there is no memory.
    pub fn open_in_memory() -> Result<Self, OpenError> {
        Ok(Self { db: connection::open_in_memory(&CACHE)? })
    }

    /// Carries out all writes in one transaction, or none of them.
    ///
    /// # Errors
    /// The class of the failure; nothing of `writes` is stored.
    pub fn apply(&mut self, writes: &[CacheWrite]) -> Result<(), DiskFault> {
        self.apply_all([writes].into_iter()).map_err(|fault| fault.told())
    }

    /// Everything but the messages.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn load(&self) -> Result<CacheSaved, DiskFault> {
        self.load_all().map_err(|fault| fault.told())
    }

    /// The newest `limit` messages of a dialog, of those numbered below `before` if given.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn thread(&self, dialog: DialogId, before: Option<u32>, limit: u32) -> Result<Block, DiskFault> {
        thread::page(&self.db, dialog, before, limit).map_err(|fault| fault.told())
    }

    /// `limit` messages of a dialog with number `seq` in their middle.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn around(&self, dialog: DialogId, seq: u32, limit: u32) -> Result<Block, DiskFault> {
        thread::around(&self.db, dialog, seq, limit).map_err(|fault| fault.told())
    }

    /// The first `limit` messages in which every word of the search occurs, in any of its forms; the last word may be
    /// unfinished. A text without a letter or digit finds nothing. Where next to nothing is found, what is found by words
    /// like these is told apart from it.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn search(&self, search: &MessageSearch, order: SearchOrder, limit: u32) -> Result<Hits, DiskFault> {
        search::find(&self.db, search, order, limit).map_err(|fault| fault.told())
    }

    /// Several groups of writes in one transaction.
    pub(crate) fn apply_all<'a>(&mut self, groups: impl Iterator<Item = &'a [CacheWrite]>) -> Result<(), Fault> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for write in groups.flatten() {
            apply_one(&transaction, write)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// What can be done while nothing is asked of it: joins parts of the search index, a portion of them, and empties
    /// the log into the file. `true`: there is more to join.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn rest(&self) -> Result<bool, DiskFault> {
        self.tidy().map_err(|fault| fault.told())
    }

    pub(crate) fn tidy(&self) -> Result<bool, Fault> {
        let before = self.db.total_changes();
        self.db.prepare_cached(sql::JOIN_WORDS)?.execute([JOINED_AT_ONCE])?;
        // The statement itself counts as one change.
        let more = self.db.total_changes() - before > 1;
        connection::empty_log(&self.db)?;
        Ok(more)
    }

    fn load_all(&self) -> Result<CacheSaved, Fault> {
        let profile: Option<String> = self.db.query_row(sql::LOAD_PROFILE, [], |row| row.get(0)).optional()?;
        let handbook: Option<String> = self.db.query_row(sql::LOAD_HANDBOOK, [], |row| row.get(0)).optional()?;
        Ok(CacheSaved {
            cursor: rows(&self.db, sql::LOAD_CURSOR, cursor)?.pop(),
            profile: profile.map(|json| serde_json::from_str(&json)).transpose()?,
            handbook: handbook.map(|json| serde_json::from_str(&json)).transpose()?,
            dialogs: rows(&self.db, sql::LOAD_DIALOGS, saved_dialog)?,
            operators: rows(&self.db, sql::LOAD_OPERATORS, json)?,
            channels: rows(&self.db, sql::LOAD_CHANNELS, json)?,
        })
    }
}

fn apply_one(db: &Connection, write: &CacheWrite) -> Result<(), Fault> {
    match write {
        CacheWrite::PutDialog(saved) => put_dialog(db, saved)?,
        CacheWrite::DropDialog(dialog) => {
            messages::drop_all(db, *dialog)?;
            db.prepare_cached(sql::DROP_DIALOG)?.execute([dialog.0.as_bytes()])?;
        }
        CacheWrite::PutMessage(message) => messages::put(db, message)?,
        CacheWrite::PutOperator(operator) => {
            let json = serde_json::to_string(operator)?;
            db.prepare_cached(sql::PUT_OPERATOR)?.execute(params![operator.id.0.as_bytes(), json])?;
        }
        CacheWrite::PutChannel(channel) => {
            let json = serde_json::to_string(channel)?;
            db.prepare_cached(sql::PUT_CHANNEL)?.execute(params![channel.id.0.as_bytes(), json])?;
        }
        CacheWrite::PutProfile(profile) => {
            db.prepare_cached(sql::PUT_PROFILE)?.execute([serde_json::to_string(profile)?])?;
        }
        CacheWrite::PutHandbook(handbook) => {
            db.prepare_cached(sql::PUT_HANDBOOK)?.execute([serde_json::to_string(handbook)?])?;
        }
        CacheWrite::PutCursor(cursor) => {
            db.prepare_cached(sql::PUT_CURSOR)?.execute(params![cursor.stream.as_bytes(), int(cursor.after.0)])?;
        }
        CacheWrite::DropCursor => {
            db.prepare_cached(sql::DROP_CURSOR)?.execute([])?;
        }
    }
    Ok(())
}

fn put_dialog(db: &Connection, saved: &SavedDialog) -> Result<(), Fault> {
    let SavedDialog { dialog, held } = saved;
    let customer = &dialog.customer;
    db.prepare_cached(sql::PUT_DIALOG)?.execute(params![
        dialog.id.0.as_bytes(),
        int(dialog.number),
        int(customer.number),
        customer.named.then_some(customer.name.as_str()),
        held.from,
        held.upto,
        serde_json::to_string(dialog)?,
    ])?;
    Ok(())
}

fn saved_dialog(row: &Row<'_>) -> Result<SavedDialog, Fault> {
    let held = Held { from: small(row.get(1)?, "held_from")?, upto: small(row.get(2)?, "held_upto")? };
    Ok(SavedDialog { dialog: json(row)?, held })
}

fn cursor(row: &Row<'_>) -> Result<Cursor, Fault> {
    Ok(Cursor { stream: id(row, 0)?, after: Seq(count(row.get(1)?, "after")?) })
}

/// The first column, decoded.
fn json<T: DeserializeOwned>(row: &Row<'_>) -> Result<T, Fault> {
    Ok(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?)
}

#[cfg(test)]
mod tests;
