//! The folder of one account: who has it, what its files are called, which of them are condemned.

use crate::StoreKey;
use crate::fault::OpenError;
use crate::schema::Shape;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The folder, held by this process until dropped. The system lets go of the lock when the process dies, so nothing
/// stale can keep the operator out.
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// What is needed to open a file another time.
pub(super) struct Again {
    /// Where.
    pub path: PathBuf,
    /// With which key.
    pub key: StoreKey,
}

impl Folder {
    /// Makes the folder, readable by its owner only, if it is missing, and takes it.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        make_private(path)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the folder of the local store takes no locks");
                Err(OpenError::NoLocks)
            }
        }
    }

    /// The path of something in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// What is needed to open one of the databases another time.
    pub(super) fn again(&self, shape: &Shape, key: &StoreKey) -> Again {
        Again { path: self.file(shape.file), key: key.clone() }
    }
}

/// A file beside a database: its log, its marks.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    PathBuf::from(name)
}

/// Notes that a database was found damaged while it was in use, so that the next start repairs it even if the damage
/// lies where a start does not look.
pub(super) fn condemn(database: &Path) {
    if let Err(error) = File::create(beside(database, ".condemned")) {
        tracing::warn!(kind = ?error.kind(), "a damaged file of the local store could not be marked");
    }
}

/// Whether [`condemn`] was called for it.
pub(super) fn is_condemned(database: &Path) -> bool {
    beside(database, ".condemned").exists()
}

/// Takes the mark away: the file was repaired or replaced.
pub(super) fn absolve(database: &Path) -> Result<(), OpenError> {
    remove(&beside(database, ".condemned"))
}

/// Renames a database and its log, over what has that name already.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), OpenError> {
    // The shared memory is only an index of the log; a stale one must not meet another file.
    remove(&beside(from, "-shm"))?;
    remove(&beside(to, "-wal"))?;
    // The log goes first: a crash in between leaves it beside the newly named file's place, never beside a new file
    // that would take it for its own.
    let log = beside(from, "-wal");
    if log.exists() {
        fs::rename(&log, beside(to, "-wal"))?;
    }
    if from.exists() {
        fs::rename(from, to)?;
    }
    Ok(())
}

/// Removes a file that may be missing.
pub(super) fn remove(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes a folder that only its owner can read.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a folder; its owner's home is closed to others already.
#[cfg(not(unix))]
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}
