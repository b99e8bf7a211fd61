//! Files of messages, from the hub to the shelf: each once, however many want it.

use super::{KEPT, blocking, disk};
use crate::{audience::Audience, runner::Handle, runner::Told};
use otklik_backends::{Download, Downloads, NoDownload};
use otklik_core::{DiskFault, UiError, UiErrorCode, ViewEvent};
use otklik_model::FileId;
use otklik_store::{Shelf, ShelfName};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::{Mutex as Turn, mpsc};

/// Larger files are not fetched, in bytes.
const MOST: u64 = 4 * 1024 * 1024 * 1024;
/// How often a page is told how far a file has come, in bytes.
const TOLD_EVERY: u64 = 256 * 1024;
/// Pieces of a file that wait to be written.
const PIECES: usize = 16;

/// Fetches files.
pub(super) struct Fetching {
    shelf: Shelf,
    handle: Handle,
    audience: Audience,
    /// One at a time fetches a file; the others find it here.
    turns: Mutex<BTreeMap<FileId, Arc<Turn<()>>>>,
}

/// How a download ended.
enum End {
    Whole,
    Failed(NoDownload),
    Disk(DiskFault),
}

impl Fetching {
    pub(super) fn new(shelf: Shelf, handle: Handle, audience: Audience) -> Self {
        Self { shelf, handle, audience, turns: Mutex::default() }
    }

    /// Has the file of a message on the shelf, fetching it if it is not there.
    pub(super) async fn fetch(&self, file: FileId) -> Result<ShelfName, UiError> {
        let name = ShelfName { id: file.0, version: 0 };
        let turn = self.turns.lock().entry(file).or_default().clone();
        let _mine = turn.lock().await;
        let fetched = self.fetch_in_turn(file, name).await;
        // Whoever else waits has it by now; nobody else has to know of the turn.
        self.turns.lock().retain(|_, turn| Arc::strong_count(turn) > 1);
        fetched.map(|()| name)
    }

    async fn fetch_in_turn(&self, file: FileId, name: ShelfName) -> Result<(), UiError> {
        let shelf = self.shelf.clone();
        let here = blocking(move || {
            shelf.touch(name);
            // What cannot be read is fetched anew.
            Ok(matches!(shelf.read(name), Ok(Some(_))))
        });
        if here.await? {
            return Ok(());
        }
        let (say, heard) = mpsc::channel(PIECES);
        self.handle.tell(Told::Download { file, most: MOST, to: Downloads(say) });
        let (shelf, audience) = (self.shelf.clone(), self.audience.clone());
        let writing = tokio::task::spawn_blocking(move || write(&shelf, file, name, heard, &audience));
        match writing.await.unwrap_or(End::Disk(DiskFault::Io)) {
            End::Whole => Ok(()),
            End::Failed(NoDownload::NotFound) => Err(UiError { code: UiErrorCode::NotFound }),
            End::Failed(NoDownload::TooLarge | NoDownload::Later) => Err(UiError { code: UiErrorCode::NoConnection }),
            End::Disk(fault) => Err(disk(fault)),
        }
    }

    /// Lets go of what was used longest ago, now that something new is there.
    pub(super) async fn tidy(&self) {
        let shelf = self.shelf.clone();
        if blocking(move || shelf.trim(KEPT)).await.is_err() {
            tracing::warn!("fetched files could not be tidied");
        }
    }
}

/// Writes what comes. On a thread that may block.
fn write(
    shelf: &Shelf,
    file: FileId,
    name: ShelfName,
    mut heard: mpsc::Receiver<Download>,
    audience: &Audience,
) -> End {
    let mut writer = match shelf.write(name) {
        Ok(writer) => writer,
        Err(fault) => return End::Disk(fault),
    };
    let mut told = 0;
    loop {
        match heard.blocking_recv() {
            Some(Download::Some(bytes)) => {
                if let Err(fault) = writer.append(&bytes) {
                    return End::Disk(fault);
                }
                if writer.size() >= told + TOLD_EVERY {
                    told = writer.size();
                    audience.tell(&[ViewEvent::Fetching { file, got: told }]);
                }
            }
            Some(Download::Whole) => {
                return match writer.finish() {
                    Ok(_) => End::Whole,
                    Err(fault) => End::Disk(fault),
                };
            }
            Some(Download::Failed(failure)) => return End::Failed(failure),
            // There is no connection, or it broke.
            None => return End::Failed(NoDownload::Later),
        }
    }
}
