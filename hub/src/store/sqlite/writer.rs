//! One thread writes. What waits when it gets to it goes into one transaction, so that many share one flush.

use super::{
    backlog::{Backlog, Placements},
    checkpoint::{self, Checkpoints},
    lineage::Lineage,
    recent::Recent,
    turn::{Manner, Scope, Stop},
};
use crate::store::{CommitError, Committed, StoreError};
use rusqlite::Connection;
use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// At most so many jobs share a transaction.
const BATCH: usize = 256;
/// At most so many jobs wait; more are told to come back.
const WAITING: usize = 4096;
/// The backlog is worked off when nobody has wanted anything for so long: whoever gives out dialogs has the next ones
/// ready sooner.
const QUIET: Duration = Duration::from_millis(25);
/// Rows of the backlog that are worked off in one transaction, if nobody waits for it.
const PORTION: usize = 5;

/// Called after each transaction with how long it took.
pub type OnCommit = Box<dyn Fn(Duration) + Send>;

/// One thing to do inside a transaction, in one or more parts.
trait Job: Send {
    /// Does it. It may be asked to once more, in another transaction, if this one comes to nothing.
    fn run(&mut self, scope: &mut Scope<'_>) -> Result<(), Stop>;
    /// Answers, now that the fate of the transaction is known.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

type Answers<T> = Vec<Result<T, CommitError>>;

struct Task<P, F, T> {
    parts: Vec<P>,
    work: F,
    results: Answers<T>,
    reply: oneshot::Sender<Answers<T>>,
}

impl<P, F, T> Job for Task<P, F, T>
where
    P: Send,
    F: FnMut(&mut Scope<'_>, &mut P) -> Result<T, CommitError> + Send,
    T: Send,
{
    fn run(&mut self, scope: &mut Scope<'_>) -> Result<(), Stop> {
        let Self { parts, work, results, .. } = self;
        results.clear();
        for part in parts {
            results.push(scope.part(|scope| work(scope, part))?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let answers = match fate {
            Ok(()) => self.results,
            Err(error) => self.parts.iter().map(|_| Err(error.clone().into())).collect(),
        };
        // Whoever asked may have gone: a repeated command finds its answer.
        let _ = self.reply.send(answers);
    }
}

/// A batch for the backlog.
struct Placing {
    placements: Placements,
    recent: Arc<Recent>,
    results: Answers<Committed>,
    reply: oneshot::Sender<Answers<Committed>>,
}

impl Job for Placing {
    fn run(&mut self, scope: &mut Scope<'_>) -> Result<(), Stop> {
        self.results = self.placements.put(scope)?;
        Ok(())
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let Self { placements, recent, results, reply } = *self;
        let answers = match fate {
            Ok(()) => {
                // Before the answer: whoever gets that tells others to read the log.
                placements.tell(&results, &recent);
                results
            }
            Err(error) => vec![Err(error.into()); placements.len()],
        };
        // Whoever asked may have gone: the log tells.
        let _ = reply.send(answers);
    }
}

/// The thread that writes. Dropping it lets it finish what waits.
pub(super) struct Writer {
    jobs: Option<mpsc::SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    recent: Arc<Recent>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        lineage: Lineage,
        checkpoints: Arc<Checkpoints>,
        recent: Arc<Recent>,
        on_commit: OnCommit,
    ) -> Result<Self, StoreError> {
        let (jobs, inbox) = mpsc::sync_channel(WAITING);
        let backlog = Backlog::default();
        let writer = WriteLoop { connection, lineage, checkpoints, on_commit, backlog, recent: recent.clone() };
        let thread = std::thread::Builder::new()
            .name("hub-writer".into())
            .spawn(move || writer.serve(&inbox))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), recent })
    }

    /// Does something in a transaction, and returns when that is durable. What fails is taken back alone.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Scope<'_>) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        let stopped = || Err(StoreError::Unavailable("the writer has stopped".into()).into());
        self.write_all(vec![()], move |scope, ()| work(scope)).await.pop().unwrap_or_else(stopped)
    }

    /// Does the same with each of many parts, in their order and in one transaction, and returns when that is durable.
    /// Each part that fails is taken back alone. One answer for each.
    pub(super) async fn write_all<P: Send + 'static, T: Send + 'static>(
        &self,
        parts: Vec<P>,
        work: impl FnMut(&mut Scope<'_>, &mut P) -> Result<T, CommitError> + Send + 'static,
    ) -> Answers<T> {
        let count = parts.len();
        self.ask(count, |reply| Box::new(Task { parts, work, results: Vec::with_capacity(count), reply })).await
    }

    /// Makes placements durable. One answer for each.
    pub(super) async fn place(&self, placements: Placements) -> Answers<Committed> {
        let count = placements.len();
        let recent = self.recent.clone();
        self.ask(count, |reply| Box::new(Placing { placements, recent, results: Vec::new(), reply })).await
    }

    async fn ask<T>(&self, count: usize, job: impl FnOnce(oneshot::Sender<Answers<T>>) -> Box<dyn Job>) -> Answers<T> {
        let refused = |why: &str| (0..count).map(|_| Err(StoreError::Unavailable(why.to_owned()).into())).collect();
        let (reply, answer) = oneshot::channel();
        let job = job(reply);
        let Some(jobs) = &self.jobs else { return refused("closed") };
        if jobs.try_send(job).is_err() {
            return refused("too many writes wait");
        }
        answer.await.unwrap_or_else(|_| refused("the writer has stopped"))
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

/// What the thread works with.
struct WriteLoop {
    connection: Connection,
    lineage: Lineage,
    checkpoints: Arc<Checkpoints>,
    on_commit: OnCommit,
    backlog: Backlog,
    recent: Arc<Recent>,
}

impl WriteLoop {
    fn serve(mut self, inbox: &mpsc::Receiver<Box<dyn Job>>) {
        checkpoint::watch(&self.connection);
        // What the last process did not come to.
        self.work_off();
        while let Some(first) = self.next_job(inbox) {
            let mut batch = vec![first];
            batch.extend(inbox.try_iter().take(BATCH - 1));
            let began = Instant::now();
            let fate = self.transact(&mut batch);
            // Before anybody is answered: nobody knows of an entry that is not counted.
            self.lineage.note(&self.connection);
            (self.on_commit)(began.elapsed());
            for job in batch {
                job.answer(fate.clone());
            }
            self.checkpoints.after_commit();
        }
        let Self { connection, checkpoints, .. } = self;
        drop(checkpoints);
        // Leave no log file behind that the next start would have to read.
        let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Waits for something to do; nothing, if nothing will come. Uses the time to work off the backlog.
    fn next_job(&mut self, inbox: &mpsc::Receiver<Box<dyn Job>>) -> Option<Box<dyn Job>> {
        let mut quiet = QUIET;
        while !self.backlog.is_empty() {
            match inbox.recv_timeout(quiet) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    let began = Instant::now();
                    self.work_off();
                    (self.on_commit)(began.elapsed());
                    quiet = Duration::ZERO;
                }
            }
        }
        inbox.recv().ok()
    }

    /// Works off a portion of the backlog. If it cannot be done now, the next transaction tries again.
    fn work_off(&mut self) {
        if let Err(stop) = self.attempt(Manner::Straight, |scope| scope.work_off(PORTION)) {
            tracing::warn!(error = %stop.error(), "placements could not be worked off");
        }
        self.checkpoints.after_commit();
    }

    fn transact(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let mut all = |scope: &mut Scope<'_>| batch.iter_mut().try_for_each(|job| job.run(scope));
        let done = match self.attempt(Manner::Straight, &mut all) {
            Err(Stop::Spoilt) => self.attempt(Manner::Guarded, &mut all),
            done => done,
        };
        done.map_err(Stop::error)
    }

    fn attempt(&mut self, manner: Manner, work: impl FnOnce(&mut Scope<'_>) -> Result<(), Stop>) -> Result<(), Stop> {
        let Self { connection, backlog, recent, .. } = self;
        let done = Scope::begin(connection, backlog, manner).and_then(|mut scope| {
            work(&mut scope)?;
            scope.finish()
        });
        if done.is_err() && !connection.is_autocommit() {
            // If even this fails, the connection is lost, and every later BEGIN says so.
            let _ = connection.execute_batch("ROLLBACK");
        }
        *backlog = done?;
        if backlog.is_empty() {
            recent.clear();
        }
        Ok(())
    }
}
