//! Brings what was committed from the write-ahead log into the database file, on a thread and a connection of its own:
//! no commit waits for it, as it would for SQLite's own checkpoint, which is a part of the commit that crosses the line.

use super::fault;
use crate::store::StoreError;
use parking_lot::Mutex;
use rusqlite::Connection;
use std::{
    cell::Cell,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

/// Pages in the log, 16 MiB of them, from which on they are brought over. A page that is written again and again until
/// then is brought over once.
const MANY: i32 = 4_000;
/// Pages in the log, 64 MiB of them, from which on the writer itself brings over what is left, and waits for it. The log
/// begins anew only when all of it has been brought over, and a writer that never rests is always ahead of the thread.
const TOO_MANY: i32 = 16_384;

thread_local! {
    /// Pages in the log after this thread's last commit. SQLite's hook is a plain function and cannot hold anything.
    static PAGES: Cell<i32> = const { Cell::new(0) };
}

/// The thread that brings them over. Dropping it lets it finish.
pub(super) struct Checkpoints {
    /// SQLite refuses a second checkpoint beside the first: in this process there is one at a time.
    beside: Arc<Mutex<Connection>>,
    bell: Option<mpsc::SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Watches the commits of a connection, on the thread that commits. From here on SQLite makes none of its own.
pub(super) fn watch(connection: &Connection) {
    connection.wal_hook(Some(|_, pages| {
        PAGES.set(pages);
        Ok(())
    }));
}

impl Checkpoints {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let beside = Arc::new(Mutex::new(connection));
        // One ring that is not heard yet is as good as many.
        let (bell, rings) = mpsc::sync_channel(1);
        let connection = beside.clone();
        let thread = std::thread::Builder::new()
            .name("hub-checkpoint".into())
            .spawn(move || {
                while let Ok(()) = rings.recv() {
                    bring_over(&connection.lock());
                }
            })
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { beside, bell: Some(bell), thread: Some(thread) })
    }

    /// After a commit of the connection that is watched, and on its thread.
    pub(super) fn after_commit(&self) {
        let pages = PAGES.get();
        if pages >= TOO_MANY {
            bring_over(&self.beside.lock());
        } else if pages >= MANY
            && let Some(bell) = &self.bell
        {
            // It was rung before and has not been heard yet.
            let _ = bell.try_send(());
        }
    }

    /// Brings all of it over and cuts the log to nothing, so that what was deleted stands nowhere. Blocks.
    ///
    /// # Errors
    /// Somebody reads an old state for so long that it cannot be done now.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        let busy = self.beside.lock().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        if busy.map_err(fault)? { Err(StoreError::Unavailable("the log is being read".into())) } else { Ok(()) }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        drop(self.bell.take());
        if let Some(thread) = self.thread.take() {
            // One that panicked leaves the log longer, and nothing undone.
            let _ = thread.join();
        }
    }
}

/// As many pages as nobody reads any more.
fn bring_over(connection: &Connection) {
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = done {
        // What is committed is in the log, and durable there. The next commit tries again.
        tracing::warn!(%error, "the database's log could not be brought over");
    }
}
