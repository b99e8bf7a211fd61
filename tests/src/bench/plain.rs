//! The floor of P-D3 to P-D5: the same rows in a file of SQLite without a cipher, asked for the same page, the same place
//! and the same words, and nothing made of the answer.

use super::fixture::{Fixture, dialog_id};
use anyhow::{Context as _, Result};
use otklik_model::DialogId;
use otklik_words::Query;
use rusqlite::{Connection, OpenFlags, Params, params};
use std::{
    fs,
    path::{Path, PathBuf},
};

const BELOW: &str = "SELECT seq, at, kind, author, author_name, text, details FROM messages
    WHERE dialog = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
const FROM: &str = "SELECT seq, at, kind, author, author_name, text, details FROM messages
    WHERE dialog = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
const SAYING: &str = "SELECT m.seq, m.at, m.kind, m.author, m.author_name, m.text, m.details
    FROM search s JOIN messages m ON m.slot = s.rowid WHERE s.words MATCH ?1 ORDER BY s.rowid DESC LIMIT ?2";

/// A cache without a cipher.
pub(super) struct Plain {
    db: Connection,
    dialog: DialogId,
}

impl Plain {
    /// Writes the fixture's cache once more, in the clear. Returns where.
    pub(super) fn write(fixture: &Fixture) -> Result<PathBuf> {
        let file = fixture.folder.join("plain.db");
        fs::remove_file(&file).ok();
        let db = Connection::open(fixture.folder.join("cache.db"))?;
        // The key of every cache here, as SQLCipher takes it.
        db.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "09".repeat(32)))?;
        let name = file.to_str().context("a folder without a name")?;
        db.execute("ATTACH DATABASE ?1 AS plain KEY ''", [name])?;
        db.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(()))?;
        db.execute_batch("DETACH DATABASE plain")?;
        Ok(file)
    }

    pub(super) fn open(file: &Path) -> Result<Self> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { db, dialog: dialog_id(1) })
    }

    /// A page of the long dialog that ends below this number.
    pub(super) fn below(&self, seq: u32, limit: u32) -> Result<u32> {
        self.rows(BELOW, params![self.dialog.0.as_bytes(), seq, limit])
    }

    /// What stands around this number.
    pub(super) fn around(&self, seq: u32, limit: u32) -> Result<u32> {
        let newer = self.rows(FROM, params![self.dialog.0.as_bytes(), seq, limit - limit / 2])?;
        Ok(newer + self.below(seq, limit - newer)?)
    }

    /// The newest messages that say all of this, and one more, by which one knows that there are more.
    pub(super) fn saying(&self, words: &str, limit: u32) -> Result<u32> {
        let Some(query) = Query::new(words) else { return Ok(0) };
        self.rows(SAYING, params![query.expression(), limit + 1])
    }

    /// Reads whole rows, and counts them.
    fn rows(&self, sql: &str, values: impl Params) -> Result<u32> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let _text: String = row.get(5)?;
            count += 1;
        }
        Ok(count)
    }
}
