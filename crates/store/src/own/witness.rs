//! What stands beside own.db so that damage to it is noticed and mended: how many transactions were confirmed, and a
//! spare copy of the file.
//!
//! An injured log simply ends earlier: SQLite takes what came after for never written. The count says otherwise. Neither
//! file is synchronised: the count is written after the transaction it counts is durable, so it may be behind and is
//! never ahead; a copy that a power cut has spoiled does not decrypt.

use super::sql;
use crate::connection::open_damaged;
use crate::store::folder::beside;
use crate::{StoreKey, columns};
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// A larger own.db is not copied each time it comes to rest: the copy would take longer than the writing.
const LARGEST_COPY: u64 = 16 << 20;

/// Writes both.
pub(crate) struct Witness {
    database: PathBuf,
    count: Option<File>,
}

impl Witness {
    /// Of this file. Nothing is written yet.
    pub(crate) fn of(database: &Path) -> Self {
        Self { database: database.to_owned(), count: None }
    }

    /// Where the spare copy is.
    pub(crate) fn spare(database: &Path) -> PathBuf {
        beside(database, ".spare")
    }

    /// So many transactions are durable. A count that cannot be written stays behind, which does no harm.
    pub(crate) fn note(&mut self, commits: u64) {
        if let Err(error) = self.write(commits) {
            self.count = None;
            tracing::warn!(kind = ?error.kind(), "the count beside own.db cannot be written");
        }
    }

    fn write(&mut self, commits: u64) -> io::Result<()> {
        let file = match &mut self.count {
            Some(file) => file,
            none => none.insert(
                File::options().create(true).truncate(false).write(true).open(beside(&self.database, ".count"))?,
            ),
        };
        // Said twice, once turned over: an injured count says nothing instead of something wrong.
        let bytes = [commits.to_le_bytes(), (!commits).to_le_bytes()].concat();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)
    }

    /// Copies the file, whose log is empty and which nobody else writes to.
    pub(crate) fn copy(&self) {
        let fresh = beside(&self.database, ".spare.new");
        let copied = fs::metadata(&self.database).and_then(|file| {
            if file.len() > LARGEST_COPY {
                return Ok(());
            }
            fs::copy(&self.database, &fresh)?;
            fs::rename(&fresh, Self::spare(&self.database))
        });
        if let Err(error) = copied {
            tracing::warn!(kind = ?error.kind(), "own.db cannot be copied");
            // On a full disk half a copy would only take room.
            fs::remove_file(&fresh).ok();
        }
    }
}

/// How many transactions were confirmed, at least; `None`: nobody says.
pub(crate) fn confirmed(database: &Path) -> Option<u64> {
    let bytes: [u8; 16] = fs::read(beside(database, ".count")).ok()?.try_into().ok()?;
    let (said, turned) = bytes.split_at(8);
    let said = u64::from_le_bytes(said.try_into().ok()?);
    (turned == (!said).to_le_bytes()).then_some(said)
}

/// How many confirmed transactions own.db and its log have lost; 0 also where that cannot be said. Must be asked before
/// the file is opened for writing, which may overwrite what can still be read.
pub(crate) fn missing(database: &Path, key: &StoreKey) -> u64 {
    let (Some(said), Ok(db)) = (confirmed(database), open_damaged(database, key)) else { return 0 };
    let number: Result<i64, _> = db.query_row(sql::LOAD_COMMITS, [], |row| row.get(0));
    number.ok().and_then(|number| columns::count(number, "number").ok()).map_or(0, |has| said.saturating_sub(has))
}

#[cfg(test)]
mod tests {
    use super::{Witness, beside, confirmed};
    use std::fs;

    #[test]
    fn a_count_is_read_back_and_an_injured_one_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.db");
        assert_eq!(confirmed(&path), None);
        let mut witness = Witness::of(&path);
        for number in [1, 255, 256, u64::MAX] {
            witness.note(number);
            assert_eq!(confirmed(&path), Some(number));
        }
        let file = beside(&path, ".count");
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut injured = whole.clone();
            injured[at] ^= 4;
            fs::write(&file, injured).unwrap();
            assert_eq!(confirmed(&path), None, "byte {at}");
        }
        fs::write(&file, &whole[..15]).unwrap();
        assert_eq!(confirmed(&path), None);
    }
}
