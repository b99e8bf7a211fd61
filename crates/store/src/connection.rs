//! Opens connections: flags, key, tuning, identity, steps. Must not know what the tables mean.

use crate::StoreKey;
use crate::fault::{Fault, OpenError};
use crate::schema::{Header, Shape, migrate};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::path::Path;
use std::time::Duration;

/// What every connection of both files wants. `secure_delete`: erased text is overwritten; `trusted_schema` and
/// `cell_size_check`: a damaged or prepared file must not do more than fail.
const COMMON: &str = "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;";

/// The log is cut back to this size whenever it starts again; without a limit it keeps its largest size for ever.
const LOG_LIMIT: &str = "PRAGMA journal_size_limit = 1048576;";

/// Another connection of this process may be checkpointing; nobody else has the file (`folder::Lock`).
const BUSY: Duration = Duration::from_secs(5);

/// How many prepared statements a connection keeps: all of them.
const STATEMENTS: usize = 64;

/// Opens the file for writing, makes it if it is missing, and brings it to the newest version.
///
/// A first page that does not decrypt is [`OpenError::WrongKey`]: from one file alone it cannot be told from damage.
pub(crate) fn open_file(shape: &Shape, path: &Path, key: &StoreKey) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = keyed(path, flags, key).map_err(|fault| OpenError::of(&fault, path.to_owned()))?;
    let header = Header::read(&db).map_err(|fault| first_read(&fault, path))?;
    header.check(shape, path)?;
    tune(&db, shape)
        .and_then(|()| migrate(&mut db, shape, &header))
        .map_err(|fault| OpenError::of(&fault, path.to_owned()))?;
    Ok(db)
}

/// Opens an existing file for reading only; the writer has it open already.
pub(crate) fn open_reader(path: &Path, key: &StoreKey) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = keyed(path, flags, key)?;
    db.execute_batch("PRAGMA cache_size = -4096;")?;
    Ok(db)
}

/// Makes a database in memory, of the same shape, without a key: there is nothing on disk to protect.
pub(crate) fn open_in_memory(shape: &Shape) -> Result<Connection, OpenError> {
    let make = || -> Result<Connection, Fault> {
        let mut db = Connection::open_in_memory()?;
        settle(&db)?;
        let header = Header::read(&db)?;
        migrate(&mut db, shape, &header)?;
        Ok(db)
    };
    make().map_err(|fault| OpenError::of(&fault, shape.file.into()))
}

/// Opens a damaged file for reading only, so that nothing in it or its log changes.
pub(crate) fn open_damaged(path: &Path, key: &StoreKey) -> Result<Connection, Fault> {
    let db = keyed(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX, key)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(db)
}

/// Copies the log into the file and cuts it to nothing. False: a reader in the way has postponed it.
pub(crate) fn empty_log(db: &Connection) -> Result<bool, Fault> {
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// A connection that has its key; nothing was read yet.
fn keyed(path: &Path, flags: OpenFlags, key: &StoreKey) -> Result<Connection, Fault> {
    let db = Connection::open_with_flags(path, flags)?;
    // SQLCipher would write to the terminal for each page that does not decrypt; the fault that follows says enough.
    db.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    db.execute_batch(&key.pragma())?;
    settle(&db)?;
    Ok(db)
}

fn settle(db: &Connection) -> Result<(), Fault> {
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.busy_timeout(BUSY)?;
    db.execute_batch(COMMON)?;
    Ok(())
}

fn tune(db: &Connection, shape: &Shape) -> Result<(), Fault> {
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::Value("journal_mode"));
    }
    db.execute_batch(LOG_LIMIT)?;
    db.execute_batch(shape.tuning)?;
    Ok(())
}

fn first_read(fault: &Fault, path: &Path) -> OpenError {
    if fault.is_unreadable() { OpenError::WrongKey } else { OpenError::of(fault, path.to_owned()) }
}

/// A file of the same shape that is not encrypted, to look for traces in.
#[cfg(test)]
pub(crate) fn open_plain(shape: &Shape, path: &Path) -> Connection {
    let mut db = Connection::open(path).unwrap();
    settle(&db).unwrap();
    tune(&db, shape).unwrap();
    let header = Header::read(&db).unwrap();
    migrate(&mut db, shape, &header).unwrap();
    db
}
