//! Opens the file: key, version, schema.

use super::{called, fault, search};
use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::path::Path;
use zeroize::Zeroizing;

/// Marks the file as a hub's database: "OtkH".
const APPLICATION_ID: i32 = 0x4F74_6B48;
pub(super) const STEPS: &[M<'static>] = &[
    M::up(include_str!("schema.sql")),
    M::up(include_str!("migrations/0002_centre.sql")),
    M::up(include_str!("migrations/0003_attendance.sql")),
    M::up(include_str!("migrations/0004_blocked.sql")),
    M::up(include_str!("migrations/0005_privacy.sql")),
    M::up(include_str!("migrations/0006_log.sql")),
    M::up(include_str!("migrations/0007_session_tokens.sql")),
    M::up(include_str!("migrations/0008_search.sql")),
    M::up(include_str!("migrations/0009_journeys.sql")),
    M::up(include_str!("migrations/0010_identities.sql")),
    M::up(include_str!("migrations/0011_assignee.sql")),
    M::up(include_str!("migrations/0012_restricted.sql")),
    M::up(include_str!("migrations/0013_suspicious.sql")),
    M::up(include_str!("migrations/0014_doors.sql")),
];
pub(super) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 64;

/// Pages that a connection keeps, in KiB.
const READER_CACHE_KIB: i64 = 1_024;
/// The same of the one that writes: what a large transaction touches. What does not fit is written to the log before
/// its end, and once more when it is touched again. Taken only as far as it is needed.
const WRITER_CACHE_KIB: i64 = 16_384;

/// The key of an encrypted database.
pub type DatabaseKey = Zeroizing<[u8; 32]>;

/// Opens for writing, and brings the schema up to date.
pub(super) fn open_writer(path: &Path, key: Option<&DatabaseKey>) -> Result<Connection, StoreError> {
    let mut connection = open(path, key, OpenFlags::default())?;
    check_version(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(fault)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB).map_err(fault)?;
    // An answer leaves only after its commit is durable, so durable it must be.
    connection.pragma_update(None, "synchronous", "FULL").map_err(fault)?;
    // What is deleted is overwritten: it is somebody's words.
    connection.pragma_update(None, "secure_delete", "ON").map_err(fault)?;
    MIGRATIONS.to_latest(&mut connection).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    if search::is_missing(&connection)? {
        tracing::info!("what was said is made searchable; with millions of messages this takes minutes, once");
        search::make(&connection)?;
    }
    if called::is_missing(&connection)? {
        called::make(&connection)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(fault)?;
    Ok(connection)
}

/// Opens for bringing pages over beside the writer, after [`open_writer`].
pub(super) fn open_beside(path: &Path, key: Option<&DatabaseKey>) -> Result<Connection, StoreError> {
    open(path, key, OpenFlags::default())
}

/// Opens for reading, after [`open_writer`].
pub(super) fn open_reader(path: &Path, key: Option<&DatabaseKey>) -> Result<Connection, StoreError> {
    open(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn open(path: &Path, key: Option<&DatabaseKey>, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    // A key that does not fit is an answer of ours, not an outcry of the library.
    connection.execute_batch("PRAGMA cipher_log_level = NONE").map_err(fault)?;
    if let Some(key) = key {
        let hex: Zeroizing<String> = Zeroizing::new(key.iter().map(|byte| format!("{byte:02x}")).collect());
        let phrase = Zeroizing::new(format!("x'{}'", *hex));
        connection.pragma_update(None, "key", &*phrase).map_err(fault)?;
    }
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(fault)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // The hub is to stay small, and the system caches the file anyway.
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB).map_err(fault)?;
    // The first read is where a wrong key shows.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).map_err(fault)?;
    Ok(connection)
}

fn check_version(connection: &Connection) -> Result<(), StoreError> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(fault);
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if application != 0 && application != i64::from(APPLICATION_ID) {
        return Err(StoreError::WrongKey);
    }
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_steps_are_sound() {
        super::MIGRATIONS.validate().unwrap();
    }
}
