//! The shapes of both files: which steps lead to them, and how they are told apart.
//!
//! One way for both: `application_id` says which file it is, `user_version` how many numbered steps it has seen. Steps
//! only go forward, each in one transaction with its version, so a crash leaves the version before or after, never
//! between.

use crate::fault::{Fault, OpenError};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// One of the two files.
pub(crate) struct Shape {
    /// Its name in the folder.
    pub file: &'static str,
    /// Written into its header; "OtkO" and "OtkC".
    pub application_id: i32,
    /// The numbered steps, oldest first. Never edited once released: a change is a new step.
    pub steps: &'static [&'static str],
    /// `synchronous` and the page cache of the writer, which differ between the two.
    pub tuning: &'static str,
}

/// What only this machine has: every commit is on the platter before it is answered.
pub(crate) const OWN: Shape = Shape {
    file: "own.db",
    application_id: 0x4f74_6b4f,
    steps: &[
        include_str!("../schema/own/0001_first.sql"),
        include_str!("../schema/own/0002_tray.sql"),
        include_str!("../schema/own/0003_commits.sql"),
        include_str!("../schema/own/0004_quotes.sql"),
    ],
    tuning: "PRAGMA synchronous = FULL; PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = 100;",
};

/// What the hub can send again: a power cut may cost the newest commits, never the file.
pub(crate) const CACHE: Shape = Shape {
    file: "cache.db",
    application_id: 0x4f74_6b43,
    steps: &[
        include_str!("../schema/cache/0001_first.sql"),
        include_str!("../schema/cache/0002_details.sql"),
        include_str!("../schema/cache/0003_search.sql"),
    ],
    // A page that many commits change is brought from the log into the file once.
    tuning: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -6144; PRAGMA wal_autocheckpoint = 4000;",
};

/// What a file's header says.
pub(crate) struct Header {
    /// Which file; 0 in a new one.
    application_id: i32,
    /// How many steps it has seen.
    version: i64,
    /// Whether there is anything in it.
    empty: bool,
}

impl Header {
    /// Reads it; the first statement that touches the file.
    pub(crate) fn read(db: &Connection) -> Result<Self, Fault> {
        let objects: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let application_id = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let version = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok(Self { application_id, version, empty: objects == 0 && version == 0 })
    }

    /// Whether it is one that `shape` can work with.
    pub(crate) fn check(&self, shape: &Shape, path: &Path) -> Result<(), OpenError> {
        let known = shape.steps.len() as i64;
        if self.empty {
            Ok(())
        } else if self.application_id != shape.application_id || self.version < 1 {
            Err(OpenError::Corrupt { file: path.to_owned() })
        } else if self.version > known {
            Err(OpenError::NewerVersion { file: path.to_owned(), found: self.version, known })
        } else {
            Ok(())
        }
    }
}

/// Carries out the steps that `db` has not seen.
pub(crate) fn migrate(db: &mut Connection, shape: &Shape, header: &Header) -> Result<(), Fault> {
    let seen = usize::try_from(header.version).unwrap_or(0);
    for (index, step) in shape.steps.iter().enumerate().skip(seen) {
        let step_transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step_transaction.execute_batch(step)?;
        step_transaction.pragma_update(None, "application_id", shape.application_id)?;
        step_transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        step_transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
