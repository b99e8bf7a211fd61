//! Files on their way to the hub, as the running session sees them: bytes to be read while they go up, and to be removed
//! when nothing refers to them any more.

use otklik_core::StagedFile;
use otklik_model::StagedId;
use otklik_store::{Shelf, ShelfName};
use std::io;
use tokio::task::JoinSet;

/// The shelf of what is to be sent, and the files that are leaving it.
pub(crate) struct Outgoing {
    shelf: Shelf,
    leaving: JoinSet<()>,
}

impl Outgoing {
    pub(crate) fn new(shelf: Shelf) -> Self {
        Self { shelf, leaving: JoinSet::new() }
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, file: &StagedFile) -> Staged {
        Staged { shelf: self.shelf.clone(), file: file.id, size: file.size }
    }

    /// Removes a file, off the loop's thread.
    pub(crate) fn remove(&mut self, file: StagedId) {
        while self.leaving.try_join_next().is_some() {}
        let shelf = self.shelf.clone();
        self.leaving.spawn_blocking(move || {
            if shelf.remove(staged_name(file)).is_err() {
                tracing::warn!("the bytes of a sent file are still here; they go at the next start");
            }
        });
    }

    /// Waits until all that were to go are gone.
    pub(crate) async fn settle(mut self) {
        while self.leaving.join_next().await.is_some() {}
    }
}

/// The bytes of a staged file, as whoever carries it to the hub reads them.
pub(crate) struct Staged {
    shelf: Shelf,
    file: StagedId,
    size: u64,
}

impl otklik_backends::Bytes for Staged {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let lost = |_| io::Error::other("the staged bytes cannot be read");
        let mut reader = self.shelf.read(staged_name(self.file)).map_err(lost)?.ok_or(io::ErrorKind::NotFound)?;
        reader.read(from, most).map_err(lost)
    }
}

/// What a staged file is called on its shelf.
pub(super) fn staged_name(file: StagedId) -> ShelfName {
    ShelfName { id: file.0, version: 0 }
}
