//! Notices that the file was put back from an older copy.
//!
//! Beside it stands how many entries its logs had when something was last committed. A copy from before has fewer, and
//! what was told since is told again under the same positions: a workplace that went on from one of them would believe
//! another history. So the logs of such a file get new ids, and everybody fetches the whole state once. The same where
//! the number is missing: a copy was put into another folder.

use super::fault;
use crate::store::StoreError;
use rusqlite::{Connection, params};
use std::{
    fs::{self, File},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// Writes the number after each commit that changes it.
pub(super) struct Lineage {
    path: PathBuf,
    file: Option<File>,
    noted: i64,
}

impl Lineage {
    /// Looks whether the database is the one that was last written to; if not, its logs are others from here on.
    pub(super) fn check(path: &Path, connection: &Connection) -> Result<Self, StoreError> {
        let mut path = path.as_os_str().to_owned();
        path.push(".count");
        let path = PathBuf::from(path);
        // In this order: a hub that writes to the same database meanwhile makes the second number larger.
        let said = read(&path);
        let has = entries(connection)?;
        if has > 0 && said.is_none_or(|said| has < said) {
            tracing::warn!(has, ?said, "the database is older than what was last told from it: its logs begin anew");
            renew(connection)?;
        }
        let mut lineage = Self { path, file: None, noted: has };
        lineage.write(has);
        Ok(lineage)
    }

    /// After a commit, which is durable: a number that is written late or not at all is too small, never too large.
    pub(super) fn note(&mut self, connection: &Connection) {
        match entries(connection) {
            Ok(has) if has > self.noted => {
                self.noted = has;
                self.write(has);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the entries cannot be counted"),
        }
    }

    fn write(&mut self, has: i64) {
        if let Err(error) = self.try_write(has) {
            self.file = None;
            tracing::warn!(%error, "the number of entries cannot be written beside the database");
        }
    }

    fn try_write(&mut self, has: i64) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::options().create(true).truncate(false).write(true).open(&self.path)?),
        };
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[has.to_le_bytes(), (!has).to_le_bytes()].concat())
    }
}

fn read(path: &Path) -> Option<i64> {
    let bytes: [u8; 16] = fs::read(path).ok()?.try_into().ok()?;
    let (said, turned) = bytes.split_at(8);
    let said = i64::from_le_bytes(said.try_into().ok()?);
    (turned == (!said).to_le_bytes()).then_some(said)
}

/// Entries ever written, in all workspaces.
fn entries(connection: &Connection) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT coalesce(sum(head), 0) FROM workspace").map_err(fault)?;
    statement.query_row([], |row| row.get(0)).map_err(fault)
}

fn renew(connection: &Connection) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT id FROM workspace").map_err(fault)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(fault)?;
    let ids: Vec<Vec<u8>> = rows.collect::<Result<_, _>>().map_err(fault)?;
    for id in ids {
        let stream = Uuid::new_v4();
        let renew = "UPDATE workspace SET stream = ?2 WHERE id = ?1";
        connection.execute(renew, params![id, stream.as_bytes()]).map_err(fault)?;
    }
    Ok(())
}
