//! Replaces a damaged own.db by what can be read of it. The damaged file is kept for ever: only people may throw words
//! away.

use super::folder::{self, Folder, beside};
use super::open::OwnDamage;
use crate::fault::OpenError;
use crate::own::Salvaged;
use crate::schema::OWN;
use crate::{OwnDb, StoreKey};
use std::fs;
use std::path::PathBuf;

/// Keeps own.db aside as `own.db.damaged-<n>` and puts a new one with the readable rows in its place.
///
/// A crash on the way is finished by the next start: the mark is set before anything moves and taken away last.
pub(super) fn own(folder: &Folder, key: &StoreKey) -> Result<OwnDamage, OpenError> {
    let path = folder.file(OWN.file);
    let begun_before = folder::is_condemned(&path);
    folder::condemn(&path);
    let kept = keep(folder, begun_before)?;
    let found = kept.as_ref().map(|file| Salvaged::read(file, key)).unwrap_or_default();
    let fresh = folder.file("own.db.salvaged");
    for suffix in ["", "-wal", "-shm"] {
        folder::remove(&beside(&fresh, suffix))?;
    }
    let mut db = OwnDb::open(&fresh, key)?;
    found.write(&mut db).map_err(|fault| OpenError::of(&fault, fresh.clone()))?;
    // The last connection takes the log with it.
    drop(db);
    folder::rename(&fresh, &path)?;
    folder::absolve(&path)?;
    let (outbox, drafts) = (found.outbox.len(), found.drafts.len());
    let incomplete = found.incomplete || kept.is_none();
    tracing::error!(outbox, drafts, incomplete, "own.db was damaged; it is kept aside, what was readable is saved");
    Ok(OwnDamage { kept, outbox, drafts, incomplete })
}

/// Moves own.db and its log out of the way and says where they are; if they were moved by a start that did not
/// finish, where that was.
fn keep(folder: &Folder, begun_before: bool) -> Result<Option<PathBuf>, OpenError> {
    let path = folder.file(OWN.file);
    let mut newest = None;
    let mut number = 1;
    let free = loop {
        let name = folder.file(&format!("own.db.damaged-{number}"));
        if !name.exists() && !beside(&name, "-wal").exists() {
            break name;
        }
        newest = Some(name);
        number += 1;
    };
    if fs::exists(&path)? {
        // A log that an unfinished start has moved already belongs to this file.
        let target = newest.filter(|name| begun_before && !name.exists()).unwrap_or(free);
        folder::rename(&path, &target)?;
        Ok(Some(target))
    } else if begun_before {
        Ok(newest)
    } else {
        Ok(None)
    }
}
