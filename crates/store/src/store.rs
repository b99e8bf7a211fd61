//! The store as the engine uses it: one folder, one writer thread per file, readers beside them.

pub(crate) mod folder;
mod key_check;
mod open;
mod reader;
mod salvage;
mod writer;

pub(crate) use folder::make_private;
pub use open::{AsideCause, OpenReport, OwnDamage, SetAside};
pub use reader::Reader;

use crate::fault::OpenError;
use crate::schema::{CACHE, OWN};
use crate::{CacheDb, OwnDb, StoreKeys, into_saved};
use folder::Folder;
use otklik_core::{CommitId, DiskFault, Saved, Writes};
use std::path::Path;
use writer::Writer;

/// Both files of one account, open in this process and in no other.
pub struct Store {
    own: Writer<OwnDb>,
    cache: Writer<CacheDb>,
    reader: Reader,
    /// Let go of last: the files are closed by then.
    _folder: Folder,
}

impl Store {
    /// Opens the store in `folder`, makes what is missing, repairs what is damaged and says so in the report: a damaged
    /// own.db is kept aside and its readable rows are copied into a new one; a damaged or too new cache.db is set
    /// aside and begun anew.
    ///
    /// # Errors
    /// See [`OpenError`]. [`OpenError::Corrupt`] is not among them.
    pub fn open(folder: &Path, keys: &StoreKeys) -> Result<(Self, Saved, OpenReport), OpenError> {
        let folder = Folder::lock(folder)?;
        let own = open::own(&folder, &keys.own)?;
        let cache = open::cache(&folder, &keys.cache)?;
        let reader = Reader::new(&folder, &keys.cache);
        let store = Self {
            own: Writer::start(own.db, folder.again(&OWN, &keys.own), OwnDb::open)?,
            cache: Writer::start(cache.db, folder.again(&CACHE, &keys.cache), CacheDb::open)?,
            reader,
            _folder: folder,
        };
        let report = OpenReport { own: own.damage, cache: cache.set_aside };
        Ok((store, into_saved(own.saved, cache.saved), report))
    }

    /// Removes cache.db with everything beside it, and one that was set aside; own.db is not touched. What cannot be
    /// removed keeps none of the rest.
    ///
    /// # Errors
    /// The first failure; [`OpenError::InUse`] if the store is open.
    pub fn erase_cache(folder: &Path) -> Result<(), OpenError> {
        open::erase_cache(&Folder::lock(folder)?)
    }

    /// Queues writes to their file's writer thread and returns at once. Writes to one file are carried out in the
    /// order of these calls, whatever waits in one transaction; each gets its own answer: `done` is called exactly
    /// once, on the writer's thread, when the writes are durable or when nothing of them is stored; after
    /// [`DiskFault::Io`] nobody knows which: a failed sync does not say. It must be quick.
    pub fn commit(
        &self,
        id: CommitId,
        writes: Writes,
        done: impl FnOnce(CommitId, Result<(), DiskFault>) + Send + 'static,
    ) {
        match writes {
            Writes::Own(writes) => self.own.queue(id, writes, Box::new(done)),
            Writes::Cache(writes) => self.cache.queue(id, writes, Box::new(done)),
        }
    }

    /// For reading pages and searching beside the writers.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Closes cache.db and forgets its key, while own.db goes on; `done` is called when that has happened. What is
    /// committed to the cache from then on is answered as if it were kept, and is not: nothing is lost by it, because
    /// the cursor stays where it was, and whoever opens the store anew is sent all of it again.
    pub fn close_cache(&self, done: impl FnOnce() + Send + 'static) {
        self.reader.close();
        self.cache.close(Box::new(done));
    }

    /// Carries out everything queued, then closes both files. Dropping does the same.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Before the writers: the last connection to a file is to be the one that can tidy it.
        self.reader.close();
    }
}
