//! Reading beside the writers: read-only connections, kept for the next question.

use super::folder::{self, Folder};
use crate::StoreKey;
use crate::cache::search::{self, Hits};
use crate::cache::thread::{self, Block};
use crate::connection::open_reader;
use crate::fault::Fault;
use crate::schema::CACHE;
use otklik_core::{DiskFault, SearchOrder};
use otklik_model::{DialogId, MessageSearch};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Answers questions about cache.db as of its last commit. Cheap to clone; every call blocks on the disk.
#[derive(Clone)]
pub struct Reader {
    pool: Arc<Pool>,
}

struct Pool {
    path: PathBuf,
    idle: Mutex<Idle>,
}

/// Connections that nobody is using.
struct Idle {
    connections: Vec<Connection>,
    /// What opens another one; `None` once the file is closed.
    key: Option<StoreKey>,
    /// How many may wait: one for threads, one for the search beside it; none once the store is closed.
    most: usize,
}

impl Reader {
    pub(super) fn new(folder: &Folder, key: &StoreKey) -> Self {
        let idle = Mutex::new(Idle { connections: Vec::new(), key: Some(key.clone()), most: 2 });
        Self { pool: Arc::new(Pool { path: folder.file(CACHE.file), idle }) }
    }

    /// See [`crate::CacheDb::thread`].
    ///
    /// # Errors
    /// The class of the failure.
    pub fn thread(&self, dialog: DialogId, before: Option<u32>, limit: u32) -> Result<Block, DiskFault> {
        self.read(|db| thread::page(db, dialog, before, limit))
    }

    /// See [`crate::CacheDb::around`].
    ///
    /// # Errors
    /// The class of the failure.
    pub fn around(&self, dialog: DialogId, seq: u32, limit: u32) -> Result<Block, DiskFault> {
        self.read(|db| thread::around(db, dialog, seq, limit))
    }

    /// See [`crate::CacheDb::search`].
    ///
    /// # Errors
    /// The class of the failure.
    pub fn search(&self, search: &MessageSearch, order: SearchOrder, limit: u32) -> Result<Hits, DiskFault> {
        self.read(|db| search::find(db, search, order, limit))
    }

    /// Closes the idle connections, and opens and keeps none from now on.
    pub(super) fn close(&self) {
        let mut idle = self.idle();
        (idle.most, idle.key) = (0, None);
        idle.connections.clear();
    }

    fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, DiskFault> {
        self.ask(question).map_err(|fault| {
            let told = fault.told();
            if told == DiskFault::Corrupt {
                folder::condemn(&self.pool.path);
            }
            told
        })
    }

    /// A connection that failed is not used again: SQLCipher's never recovers from a page that does not decrypt.
    fn ask<T>(&self, question: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let (waiting, key) = {
            let mut idle = self.idle();
            (idle.connections.pop(), idle.key.clone())
        };
        let connection = match (waiting, key) {
            (Some(connection), _) => connection,
            (None, Some(key)) => open_reader(&self.pool.path, &key)?,
            (None, None) => return Err(Fault::Closed),
        };
        let answer = question(&connection)?;
        let mut idle = self.idle();
        if idle.connections.len() < idle.most {
            idle.connections.push(connection);
        }
        Ok(answer)
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
