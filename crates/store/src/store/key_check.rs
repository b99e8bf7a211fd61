//! Tells a wrong key from a damaged file.
//!
//! To SQLCipher both look the same: a first page that does not decrypt. A hash of the key beside the files makes the
//! difference; it gives nothing away that the files themselves do not, since either lets a guessed key be tried.

use super::folder::Folder;
use crate::StoreKey;
use crate::fault::OpenError;
use std::fs;

const FILE: &str = "key.check";

/// What the hash says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No store was ever made here, or the file was lost.
    Unknown,
    /// It is the key of this store.
    Fits,
    /// It is not, or the hash itself is damaged.
    Differs,
}

/// Compares the key with the hash in the folder.
pub(super) fn check(folder: &Folder, key: &StoreKey) -> Result<Verdict, OpenError> {
    match fs::read(folder.file(FILE)) {
        Ok(stored) if stored == key.fingerprint().as_bytes() => Ok(Verdict::Fits),
        Ok(_) => Ok(Verdict::Differs),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Verdict::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// Stores the hash of a key that has just opened own.db.
pub(super) fn store(folder: &Folder, key: &StoreKey) -> Result<(), OpenError> {
    let fresh = folder.file("key.check.new");
    fs::write(&fresh, key.fingerprint())?;
    fs::rename(fresh, folder.file(FILE))?;
    Ok(())
}
