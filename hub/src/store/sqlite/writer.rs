//! One thread writes. What waits when it gets to it goes into one transaction, so that many share one flush.

use super::fault;
use crate::store::{CommitError, StoreError};
use rusqlite::Connection;
use std::{
    sync::mpsc,
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// At most so many jobs share a transaction.
const BATCH: usize = 256;
/// At most so many jobs wait; more are told to come back.
const WAITING: usize = 4096;

/// Called after each transaction with how long it took.
pub type OnCommit = Box<dyn Fn(Duration) + Send>;

/// One thing to do inside a transaction.
trait Job: Send {
    /// Does it. Returns whether it may stay.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers, now that the fate of the transaction is known.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

struct Task<T, F> {
    work: Option<F>,
    result: Option<Result<T, CommitError>>,
    reply: oneshot::Sender<Result<T, CommitError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, CommitError> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        self.result = self.work.take().map(|work| work(connection));
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let answer = match (fate, self.result) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Unavailable("not run".into()).into()),
        };
        // Whoever asked may have gone: a repeated command finds its answer.
        let _ = self.reply.send(answer);
    }
}

/// The thread that writes. Dropping it lets it finish what waits.
pub(super) struct Writer {
    jobs: Option<mpsc::SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, on_commit: OnCommit) -> Result<Self, StoreError> {
        let (jobs, inbox) = mpsc::sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("hub-writer".into())
            .spawn(move || serve(&connection, &inbox, &on_commit))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Does something in a transaction, and returns when that is durable. What fails is rolled back alone.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        let (reply, answer) = oneshot::channel();
        let job = Task { work: Some(work), result: None, reply };
        let jobs = self.jobs.as_ref().ok_or_else(|| StoreError::Unavailable("closed".into()))?;
        jobs.try_send(Box::new(job)).map_err(|_| StoreError::Unavailable("too many writes wait".into()))?;
        answer.await.map_err(|_| StoreError::Unavailable("the writer has stopped".into()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has nothing left to finish.
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, inbox: &mpsc::Receiver<Box<dyn Job>>, on_commit: &OnCommit) {
    while let Ok(first) = inbox.recv() {
        let mut batch = vec![first];
        batch.extend(inbox.try_iter().take(BATCH - 1));
        let began = Instant::now();
        let fate = transact(connection, &mut batch);
        on_commit(began.elapsed());
        for job in batch {
            job.answer(fate.clone());
        }
    }
    // Leave no log file behind that the next start would have to read.
    let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

fn transact(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
    let done = run_all(connection, batch).and_then(|()| connection.execute_batch("COMMIT").map_err(fault));
    if done.is_err() && !connection.is_autocommit() {
        // If even this fails, the connection is lost, and every later BEGIN says so.
        let _ = connection.execute_batch("ROLLBACK");
    }
    done
}

fn run_all(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    for job in batch {
        connection.execute_batch("SAVEPOINT job").map_err(fault)?;
        if !job.run(connection) {
            if connection.is_autocommit() {
                // SQLite gives up a whole transaction on some errors (disk full): then nothing of it stands.
                return Err(StoreError::Unavailable("the transaction was given up".into()));
            }
            connection.execute_batch("ROLLBACK TO job").map_err(fault)?;
        }
        connection.execute_batch("RELEASE job").map_err(fault)?;
    }
    Ok(())
}
