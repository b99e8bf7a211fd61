//! Replaces a damaged own.db by what can be read of it, of its log, and of its spare copy. The damaged file is kept for
//! ever: only people may throw words away.

use super::folder::{self, Folder, beside};
use super::open::OwnDamage;
use crate::fault::OpenError;
use crate::own::{PAGE, Salvaged, Witness, confirmed, reseal};
use crate::schema::OWN;
use crate::{OwnDb, StoreKey};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Keeps own.db aside as `own.db.damaged-<n>` and puts a new one with the readable rows in its place.
///
/// A crash on the way is finished by the next start: the mark is set before anything moves and taken away last.
pub(super) fn own(folder: &Folder, key: &StoreKey) -> Result<OwnDamage, OpenError> {
    let path = folder.file(OWN.file);
    let begun_before = folder::is_condemned(&path);
    folder::condemn(&path);
    let kept = keep(folder, begun_before)?;
    let said = confirmed(&path);
    let found = gather(folder, kept.as_deref(), said, key)?;
    let fresh = folder.file("own.db.salvaged");
    remove_all(&fresh)?;
    let mut db = OwnDb::open(&fresh, key)?;
    let commits = said.max(found.commits).unwrap_or(0);
    found.write(&mut db, commits).map_err(|fault| OpenError::of(&fault, fresh.clone()))?;
    // The last connection takes the log with it.
    drop(db);
    folder::rename(&fresh, &path)?;
    folder::absolve(&path)?;
    let (outbox, drafts) = (found.outbox.len(), found.drafts.len());
    let lost = said.zip(found.commits).map_or(0, |(said, has)| said.saturating_sub(has));
    let incomplete = found.incomplete || lost > 0;
    Witness::of(&path).copy();
    tracing::error!(
        outbox,
        drafts,
        lost,
        incomplete,
        "own.db was damaged; it is kept aside, what was readable is saved"
    );
    Ok(OwnDamage { kept, outbox, drafts, lost, incomplete })
}

/// Everything that can be read. A spare copy that counts as much as was ever confirmed is the whole truth; an older one
/// adds what the damaged file and its log do not tell.
fn gather(folder: &Folder, kept: Option<&Path>, said: Option<u64>, key: &StoreKey) -> Result<Salvaged, OpenError> {
    let found = match kept {
        Some(kept) => read_damaged(folder, kept, key)?,
        None => Salvaged { incomplete: true, ..Salvaged::default() },
    };
    if !found.incomplete && said.max(found.commits) == found.commits {
        return Ok(found);
    }
    let spare = read_spare(folder, key)?;
    if !spare.incomplete && spare.commits.is_some() && spare.commits >= said.max(found.commits) {
        return Ok(spare);
    }
    let mut joined = found;
    if joined.incomplete {
        joined.join(spare);
    }
    Ok(joined)
}

/// Reads the damaged file as it is; then a copy of it with what can be mended: the log put together again from its whole
/// frames, and a first page without which nothing is readable, from the spare copy.
fn read_damaged(folder: &Folder, kept: &Path, key: &StoreKey) -> Result<Salvaged, OpenError> {
    let found = Salvaged::read(kept, key);
    let log = fs::read(beside(kept, "-wal")).ok().and_then(|log| reseal(&log));
    let first = if found.commits.is_none() { first_page(&Witness::spare(&folder.file(OWN.file))) } else { None };
    if log.is_none() && first.is_none() {
        return Ok(found);
    }
    let reading = folder.file("own.db.reading");
    remove_all(&reading)?;
    fs::copy(kept, &reading)?;
    if let Some(page) = first {
        File::options().write(true).open(&reading)?.write_all(&page)?;
    }
    if let Some(log) = log {
        fs::write(beside(&reading, "-wal"), log)?;
    }
    let mut mended = Salvaged::read(&reading, key);
    remove_all(&reading)?;
    if mended.commits < found.commits || (mended.incomplete && !found.incomplete) {
        return Ok(found);
    }
    if mended.incomplete {
        mended.join(found);
    }
    Ok(mended)
}

/// The page with the keys' salt and the places of the tables, which are the same in the copy.
fn first_page(spare: &Path) -> Option<Vec<u8>> {
    let mut page = vec![0; PAGE];
    File::open(spare).and_then(|mut file| file.read_exact(&mut page)).ok()?;
    Some(page)
}

fn read_spare(folder: &Folder, key: &StoreKey) -> Result<Salvaged, OpenError> {
    let spare = Witness::spare(&folder.file(OWN.file));
    if !spare.exists() {
        return Ok(Salvaged { incomplete: true, ..Salvaged::default() });
    }
    let found = Salvaged::read(&spare, key);
    // Reading makes an empty log, which belongs to nobody afterwards.
    for suffix in ["-wal", "-shm"] {
        folder::remove(&beside(&spare, suffix))?;
    }
    Ok(found)
}

fn remove_all(database: &Path) -> Result<(), OpenError> {
    ["", "-wal", "-shm", ".count", ".spare"].iter().try_for_each(|suffix| folder::remove(&beside(database, suffix)))
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
