//! Opening both files at start: what is fit is used, what is damaged is kept aside, and the operator is told.

use super::folder::{self, Folder, beside};
use super::key_check::{self, Verdict};
use super::salvage;
use crate::fault::OpenError;
use crate::own::missing;
use crate::schema::{CACHE, OWN};
use crate::{CacheDb, CacheSaved, OwnDb, OwnSaved, StoreKey};
use otklik_core::DiskFault;
use std::fs;
use std::path::{Path, PathBuf};

/// What a cache.db that could not be used is called, until the next one is.
const ASIDE: &str = "cache.db.aside";

/// What opening found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// own.db was damaged.
    pub own: Option<OwnDamage>,
    /// cache.db was set aside and begun anew.
    pub cache: Option<SetAside>,
}

/// What became of a damaged own.db.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDamage {
    /// Where the damaged file is kept; `None`: it was gone.
    pub kept: Option<PathBuf>,
    /// How many unsent messages were saved out of it.
    pub outbox: usize,
    /// How many drafts were.
    pub drafts: usize,
    /// So many confirmed changes are known to be missing: the newest ones.
    pub lost: u64,
    /// Rows may be missing: part of the file could not be read.
    pub incomplete: bool,
}

/// What became of a cache.db that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Why.
    pub cause: AsideCause,
    /// Where it is kept until the next one is.
    pub kept: PathBuf,
}

/// Why a cache.db could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsideCause {
    /// It is damaged, or not ours.
    Damaged,
    /// A newer program wrote it.
    NewerVersion,
}

/// own.db, open.
pub(super) struct OpenOwn {
    pub db: OwnDb,
    pub saved: OwnSaved,
    pub damage: Option<OwnDamage>,
}

/// cache.db, open.
pub(super) struct OpenCache {
    pub db: CacheDb,
    pub saved: CacheSaved,
    pub set_aside: Option<SetAside>,
}

/// Opens own.db, repairing it if need be.
pub(super) fn own(folder: &Folder, key: &StoreKey) -> Result<OpenOwn, OpenError> {
    let path = folder.file(OWN.file);
    let verdict = key_check::check(folder, key)?;
    let damage = if verdict != Verdict::Unknown && is_gone(&path)? {
        if verdict == Verdict::Differs {
            return Err(OpenError::WrongKey);
        }
        Some(salvage::own(folder, key)?)
    } else if missing(&path, key) > 0 {
        Some(salvage::own(folder, key)?)
    } else {
        match sound(&path, key) {
            Ok((db, saved)) if !folder::is_condemned(&path) => {
                if verdict != Verdict::Fits {
                    key_check::store(folder, key)?;
                }
                return Ok(OpenOwn { db, saved, damage: None });
            }
            Ok(_) | Err(OpenError::Corrupt { .. }) => Some(salvage::own(folder, key)?),
            Err(OpenError::WrongKey) if verdict == Verdict::Fits => Some(salvage::own(folder, key)?),
            Err(error) => return Err(error),
        }
    };
    key_check::store(folder, key)?;
    let (db, saved) = sound(&path, key)?;
    Ok(OpenOwn { db, saved, damage })
}

/// Opens own.db if every page of it is whole and every row decodes. It is small: looking at all of it takes no time.
fn sound(path: &Path, key: &StoreKey) -> Result<(OwnDb, OwnSaved), OpenError> {
    let db = OwnDb::open(path, key)?;
    let look = || {
        db.check()?;
        db.load_all()
    };
    match look() {
        Ok(saved) => Ok((db, saved)),
        Err(fault) => Err(OpenError::of(&fault, path.to_owned())),
    }
}

/// Opens cache.db, or a new one in its place.
pub(super) fn cache(folder: &Folder, key: &StoreKey) -> Result<OpenCache, OpenError> {
    let path = folder.file(CACHE.file);
    let cause = if folder::is_condemned(&path) {
        AsideCause::Damaged
    } else {
        match usable(&path, key) {
            Ok((db, saved)) => return Ok(OpenCache { db, saved, set_aside: None }),
            // Of another key or of none: there is nothing in it that the hub cannot send again.
            Err(OpenError::Corrupt { .. } | OpenError::WrongKey) => AsideCause::Damaged,
            Err(OpenError::NewerVersion { .. }) => AsideCause::NewerVersion,
            Err(
                error @ (OpenError::ReadOnly | OpenError::Full | OpenError::Io | OpenError::InUse | OpenError::NoLocks),
            ) => {
                return Err(error);
            }
        }
    };
    let kept = folder.file(ASIDE);
    folder::remove(&kept)?;
    folder::rename(&path, &kept)?;
    folder::absolve(&path)?;
    let (db, saved) = usable(&path, key)?;
    Ok(OpenCache { db, saved, set_aside: Some(SetAside { cause, kept }) })
}

/// Removes every file that holds, or held, what the hub can send again.
pub(super) fn erase_cache(folder: &Folder) -> Result<(), OpenError> {
    let databases = [CACHE.file, ASIDE].map(|name| folder.file(name));
    let files = databases.iter().flat_map(|file| ["", "-wal", "-shm", ".condemned"].map(|suffix| beside(file, suffix)));
    files.map(|file| folder::remove(&file)).fold(Ok(()), Result::and)
}

/// Opens cache.db and reads what a session starts with. The messages are not looked at: that would take as long as
/// there are many; damage among them is found when they are read, and condemns the file.
fn usable(path: &Path, key: &StoreKey) -> Result<(CacheDb, CacheSaved), OpenError> {
    let db = CacheDb::open(path, key)?;
    match db.load() {
        Ok(saved) => Ok((db, saved)),
        Err(DiskFault::Corrupt) => Err(OpenError::Corrupt { file: path.to_owned() }),
        Err(DiskFault::Full) => Err(OpenError::Full),
        Err(DiskFault::ReadOnly) => Err(OpenError::ReadOnly),
        Err(DiskFault::Io) => Err(OpenError::Io),
    }
}

/// SQLite takes a missing or empty file for a new one; for own.db that would lose words without a sound.
fn is_gone(path: &Path) -> Result<bool, OpenError> {
    match fs::metadata(path) {
        Ok(file) => Ok(file.len() == 0),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error.into()),
    }
}
