//! Reads what can be read out of a damaged own.db, row by row.

use super::{OwnDb, draft, outbox_item, put_draft, put_outbox, put_tray, settings, sql, tray_file};
use crate::StoreKey;
use crate::columns::{count, id, int, rows};
use crate::connection::open_damaged;
use crate::fault::Fault;
use otklik_core::{Draft, HeldReason, OutboxItem, OutboxState, Settings, TrayFile};
use otklik_model::{MessageId, Stamp};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::path::Path;

/// How many unreadable row numbers are tried one by one: the rows of a few dozen pages.
const TRIES: u32 = 2_000;

/// What was readable.
#[derive(Default)]
pub(crate) struct Salvaged {
    /// In the order in which they were found.
    pub outbox: Vec<OutboxItem>,
    /// In the order in which they were found.
    pub drafts: Vec<Draft>,
    /// In the order in which they were found.
    pub tray: Vec<TrayFile>,
    /// `None`: not readable.
    pub settings: Option<Settings>,
    /// At least the largest position of `outbox`.
    pub last_order: u64,
    /// Empty if not readable.
    pub alerted: Vec<(MessageId, Stamp)>,
    /// How many transactions the file counts; `None`: not readable.
    pub commits: Option<u64>,
    /// Something could not be read.
    pub incomplete: bool,
}

impl Salvaged {
    /// Reads a file that nobody has open. Never fails: what cannot be read is missing.
    pub(crate) fn read(path: &Path, key: &StoreKey) -> Self {
        let mut file = Damaged { path, key, db: None };
        let mut found = Self::default();
        let whole = [
            file.table([sql::RESCUE_OUTBOX_UP, sql::RESCUE_OUTBOX_DOWN], 7, outbox_item, &mut found.outbox),
            file.table([sql::RESCUE_DRAFT_UP, sql::RESCUE_DRAFT_DOWN], 5, draft, &mut found.drafts),
            file.table([sql::RESCUE_TRAY_UP, sql::RESCUE_TRAY_DOWN], 3, tray_file, &mut found.tray),
        ];
        found.settings = file.ask(settings).ok();
        let alerted =
            file.ask(|db| rows(db, sql::LOAD_ALERTED, |row| Ok((MessageId(id(row, 0)?), Stamp(row.get(1)?)))));
        let mark = file.ask(|db| {
            let mark: Option<i64> = db.query_row(sql::LOAD_MARK, [], |row| row.get(0)).optional()?;
            count(mark.unwrap_or(0), "last_position")
        });
        let commits = file.ask(|db| count(db.query_row(sql::LOAD_COMMITS, [], |row| row.get(0))?, "number"));
        found.commits = commits.ok();
        found.incomplete = whole.contains(&false) || found.settings.is_none() || alerted.is_err() || mark.is_err();
        found.alerted = alerted.unwrap_or_default();
        let largest = found.outbox.iter().map(|item| item.order).max().unwrap_or(0);
        found.last_order = mark.unwrap_or(0).max(largest);
        found
    }

    /// Adds what only an older copy has. What became of its messages since is not known (they may have been sent, or
    /// taken back), so they wait for the operator's word.
    pub(crate) fn join(&mut self, older: Self) {
        for mut item in older.outbox {
            if !self.outbox.iter().any(|known| known.client_id == item.client_id) {
                if item.op.text().is_some() {
                    item.state = OutboxState::Held { reason: HeldReason::FromCopy };
                }
                self.outbox.push(item);
            }
        }
        for draft in older.drafts {
            if !self.drafts.iter().any(|known| known.dialog == draft.dialog) {
                self.drafts.push(draft);
            }
        }
        for tray in older.tray {
            if !self.tray.iter().any(|known| known.file.id == tray.file.id) {
                self.tray.push(tray);
            }
        }
        self.settings = self.settings.take().or(older.settings);
        if self.alerted.is_empty() {
            self.alerted = older.alerted;
        }
        self.last_order = self.last_order.max(older.last_order);
    }

    /// Writes it into a new file, in one transaction. The file counts `commits` transactions, so that nothing counted
    /// before is missed in it.
    pub(crate) fn write(&self, into: &mut OwnDb, commits: u64) -> Result<(), Fault> {
        let transaction = into.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for item in &self.outbox {
            put_outbox(&transaction, item)?;
        }
        for draft in &self.drafts {
            put_draft(&transaction, draft)?;
        }
        for tray in &self.tray {
            put_tray(&transaction, tray)?;
        }
        if let Some(settings) = &self.settings {
            transaction.execute(sql::PUT_SETTINGS, [serde_json::to_string(settings)?])?;
        }
        transaction.execute(sql::RAISE_MARK, [int(self.last_order)])?;
        transaction.execute(sql::PUT_COMMITS, [int(commits)])?;
        for (message, at) in &self.alerted {
            transaction.execute(sql::PUT_ALERTED, params![message.0.as_bytes(), at.0])?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// A damaged file. A connection that met a page that does not decrypt is of no more use, so each failure costs a new
/// one.
struct Damaged<'a> {
    path: &'a Path,
    key: &'a StoreKey,
    db: Option<Connection>,
}

/// One row: its number, and its content if it decodes.
type Found<T> = Option<(i64, Result<T, Fault>)>;

impl Damaged<'_> {
    /// Asks one question.
    fn ask<T>(&mut self, question: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let db = match self.db.take() {
            Some(db) => db,
            None => open_damaged(self.path, self.key)?,
        };
        let answer = question(&db)?;
        self.db = Some(db);
        Ok(answer)
    }

    /// Reads a table upwards to the first unreadable page, then downwards to the last one, then looks between them for
    /// each row by its number. `false`: something was not readable.
    fn table<T>(
        &mut self,
        [up, down]: [&str; 2],
        number: usize,
        read: fn(&Row<'_>) -> Result<T, Fault>,
        into: &mut Vec<T>,
    ) -> bool {
        let mut decoded = true;
        let mut keep = |row: Result<T, Fault>| match row {
            Ok(row) => into.push(row),
            Err(_) => decoded = false,
        };
        let mut low = i64::MIN;
        loop {
            match self.row(up, low, number, read) {
                Ok(Some((rowid, row))) => {
                    keep(row);
                    low = rowid.saturating_add(1);
                }
                Ok(None) => return decoded,
                Err(_) => break,
            }
        }
        let mut high = i64::MAX;
        while let Ok(Some((rowid, row))) = self.row(down, high, number, read) {
            if rowid < low {
                break;
            }
            keep(row);
            high = rowid - 1;
        }
        let mut tries = 0;
        while low > i64::MIN && high < i64::MAX && low <= high && tries < TRIES {
            match self.row(up, low, number, read) {
                Ok(Some((rowid, row))) if rowid <= high => {
                    keep(row);
                    low = rowid + 1;
                }
                Ok(_) => break,
                Err(_) => {
                    low += 1;
                    tries += 1;
                }
            }
        }
        false
    }

    fn row<T>(
        &mut self,
        sql: &str,
        from: i64,
        number: usize,
        read: fn(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Found<T>, Fault> {
        self.ask(|db| {
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query([from])?;
            match rows.next()? {
                Some(row) => Ok(Some((row.get(number)?, read(row)))),
                None => Ok(None),
            }
        })
    }
}
