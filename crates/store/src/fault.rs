//! What can go wrong with a file, classified once.
//!
//! Everything inside this crate fails with [`Fault`]; the outside sees [`DiskFault`] while working and [`OpenError`]
//! while opening. Must not know: what the rows mean.

use otklik_core::DiskFault;
use rusqlite::{ErrorCode, ffi};
use std::{io, path::PathBuf};

/// Why a store cannot be opened. Nothing on disk was changed unless the text says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The files are encrypted with another key.
    #[error("the key does not open the local store; the files were left as they are")]
    WrongKey,
    /// A newer program wrote the file.
    #[error("{} is of version {found}, this program knows up to {known}; it was left as it is, use the newer program", file.display())]
    NewerVersion {
        /// Which file.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The folder or a file in it may not be written.
    #[error("the folder of the local store cannot be written; nothing was changed, allow writing and try again")]
    ReadOnly,
    /// No space left.
    #[error("the disk is full; what was stored is kept, free some space and try again")]
    Full,
    /// The file is damaged. [`crate::Store::open`] never returns this: it salvages instead.
    #[error("{} is damaged; it was left as it is", file.display())]
    Corrupt {
        /// Which file.
        file: PathBuf,
    },
    /// Reading or writing failed otherwise.
    #[error("reading or writing the local store failed; what was stored is kept, check the disk and try again")]
    Io,
    /// Another process has this folder open.
    #[error("another running program has the local store open; close it and try again")]
    InUse,
    /// Nobody can be kept out of this folder, as on some network shares: two programs at once would spoil it.
    #[error("the folder of the local store takes no locks; nothing was changed, keep it on a disk of this machine")]
    NoLocks,
}

impl OpenError {
    /// The fault of opening `file`.
    pub(crate) fn of(fault: &Fault, file: PathBuf) -> Self {
        match fault.class() {
            DiskFault::Full => Self::Full,
            DiskFault::ReadOnly => Self::ReadOnly,
            DiskFault::Corrupt => Self::Corrupt { file },
            DiskFault::Io => Self::Io,
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        tracing::warn!(?kind, "a file operation of the local store failed");
        if matches!(kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
            Self::ReadOnly
        } else if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::Full
        } else {
            Self::Io
        }
    }
}

/// A failure inside the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// SQLite, SQLCipher or the disk below said no.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored row does not decode.
    #[error("a row does not decode: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored value is outside of what is ever written.
    #[error("{0} has a value that is never written")]
    Value(&'static str),
    /// The file was closed, and its key is gone.
    #[error("closed")]
    Closed,
    /// More messages than there are places within one millisecond.
    #[error("too many messages within one millisecond")]
    Crowded,
}

impl Fault {
    /// What the rest of the program is told, after noting the details; those never hold the words of a message.
    pub(crate) fn told(&self) -> DiskFault {
        let class = self.class();
        let code = match self {
            Self::Sqlite(error) => error.sqlite_error().map(|inner| inner.extended_code),
            Self::Json(_) | Self::Value(_) | Self::Closed | Self::Crowded => None,
        };
        tracing::warn!(?class, ?code, "the local store failed");
        class
    }

    /// The one place where a failure gets its class.
    pub(crate) fn class(&self) -> DiskFault {
        match self {
            Self::Sqlite(error) => class_of_sqlite(error),
            Self::Json(_) | Self::Value(_) => DiskFault::Corrupt,
            Self::Closed | Self::Crowded => DiskFault::Io,
        }
    }

    /// The file's first page does not decrypt: another key, or a damaged first page.
    pub(crate) fn is_unreadable(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code() == Some(ErrorCode::NotADatabase),
            Self::Json(_) | Self::Value(_) | Self::Closed | Self::Crowded => false,
        }
    }
}

// Both enums are `non_exhaustive` in rusqlite: what a later version adds is an `Io` fault until somebody decides.
#[allow(clippy::wildcard_enum_match_arm)]
fn class_of_sqlite(error: &rusqlite::Error) -> DiskFault {
    use rusqlite::Error as E;
    match error {
        E::SqliteFailure(inner, _) | E::SqlInputError { error: inner, .. } => class_of_code(*inner),
        // A column holds what its table's STRICT types forbid.
        E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..)
        | E::Utf8Error(..)
        | E::InvalidColumnType(..)
        | E::QueryReturnedNoRows => DiskFault::Corrupt,
        _ => DiskFault::Io,
    }
}

#[allow(clippy::wildcard_enum_match_arm)]
fn class_of_code(error: ffi::Error) -> DiskFault {
    match error.code {
        ErrorCode::DiskFull => DiskFault::Full,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => DiskFault::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DiskFault::Corrupt,
        // Unknown is SQLITE_ERROR: SQLCipher's word for a page whose seal does not fit, and SQLite's for a table that
        // should be there.
        ErrorCode::Unknown | ErrorCode::SchemaChanged | ErrorCode::TypeMismatch | ErrorCode::ConstraintViolation => {
            DiskFault::Corrupt
        }
        // The index of the log could not be made larger: it has hardly another cause than a disk without a block left.
        ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_SHMSIZE => DiskFault::Full,
        ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_CORRUPTFS => DiskFault::Corrupt,
        ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_DATA => DiskFault::Corrupt,
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::InternalMalfunction
        | ErrorCode::OperationAborted
        | ErrorCode::OperationInterrupted
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::OutOfMemory
        | ErrorCode::NotFound
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::TooBig
        | ErrorCode::ApiMisuse
        | ErrorCode::NoLargeFileSupport
        | ErrorCode::AuthorizationForStatementDenied
        | ErrorCode::ParameterOutOfRange => DiskFault::Io,
        _ => DiskFault::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::{DiskFault, class_of_code, ffi};

    #[test]
    fn a_disk_without_room_for_the_logs_index_is_full() {
        assert_eq!(class_of_code(ffi::Error::new(ffi::SQLITE_IOERR_SHMSIZE)), DiskFault::Full);
        assert_eq!(class_of_code(ffi::Error::new(ffi::SQLITE_IOERR_WRITE)), DiskFault::Io);
    }
}
