//! One thread per file that does all its writing.

use super::folder::{Again, condemn};
use crate::StoreKey;
use crate::fault::{Fault, OpenError};
use crate::{CacheDb, OwnDb};
use otklik_core::{CacheWrite, CommitId, DiskFault, OwnWrite};
use std::iter;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SendError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How many commits share a transaction at most: bounds how long the first of them waits.
const GROUP: usize = 256;

/// Called with the answer to one commit.
pub(super) type Done = Box<dyn FnOnce(CommitId, Result<(), DiskFault>) + Send>;

/// A database that a [`Writer`] can write to.
pub(super) trait Written: Sized + Send + 'static {
    /// One write.
    type Write: Send + 'static;
    /// After so long without a write the log is emptied into the file, which also overwrites erased text in it.
    const REST: Duration;
    /// Carries out several groups in one transaction.
    fn apply_groups(&mut self, groups: &[&[Self::Write]]) -> Result<(), Fault>;
    /// Makes durable, by writing it anew, what a connection that failed may have left in the log without its being on the
    /// disk: a sync after a failed one says "done" without having done it.
    fn settle(&self) -> Result<(), Fault>;
    /// Empties the log into the file, and does a part of what else can be done in a quiet moment. `true`: there is more.
    fn tidy(&self) -> Result<bool, Fault>;
}

impl Written for OwnDb {
    type Write = OwnWrite;
    /// Soon: an injured log loses its tail without a sign of it, the file says so.
    const REST: Duration = Duration::from_millis(100);

    fn apply_groups(&mut self, groups: &[&[OwnWrite]]) -> Result<(), Fault> {
        self.apply_all(groups.iter().copied())
    }

    fn settle(&self) -> Result<(), Fault> {
        self.empty_log()
    }

    fn tidy(&self) -> Result<bool, Fault> {
        self.empty_log().map(|()| false)
    }
}

impl Written for CacheDb {
    type Write = CacheWrite;
    const REST: Duration = Duration::from_secs(1);

    fn apply_groups(&mut self, groups: &[&[CacheWrite]]) -> Result<(), Fault> {
        self.apply_all(groups.iter().copied())
    }

    /// A power cut may cost the newest commits anyway: the hub sends them again.
    fn settle(&self) -> Result<(), Fault> {
        Ok(())
    }

    fn tidy(&self) -> Result<bool, Fault> {
        self.tidy()
    }
}

/// Opens a database by path and key.
type Open<D> = fn(&Path, &StoreKey) -> Result<D, OpenError>;

/// The sending side. Dropped, it waits until everything queued is done and the file is closed.
pub(super) struct Writer<D: Written> {
    jobs: Option<Sender<Order<D::Write>>>,
    thread: Option<JoinHandle<()>>,
}

enum Order<W> {
    Commit(Job<W>),
    /// Close the file and forget its key, then call this.
    Close(Box<dyn FnOnce() + Send>),
}

struct Job<W> {
    id: CommitId,
    writes: Vec<W>,
    done: Done,
}

impl<D: Written> Writer<D> {
    /// Starts the thread.
    pub(super) fn start(db: D, again: Again, open: Open<D>) -> Result<Self, OpenError> {
        let (jobs, queue) = channel();
        let desk = Desk { db: Some(db), again: Some(again), open };
        let thread = thread::Builder::new().name("store writer".to_owned()).spawn(move || run(desk, &queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Queues one commit.
    pub(super) fn queue(&self, id: CommitId, writes: Vec<D::Write>, done: Done) {
        let job = Job { id, writes, done };
        let Some(jobs) = &self.jobs else { return };
        if let Err(SendError(Order::Commit(job))) = jobs.send(Order::Commit(job)) {
            // The thread is gone, by a panic in somebody's `done`: still exactly one answer.
            (job.done)(job.id, Err(DiskFault::Io));
        }
    }

    /// Carries out what is queued, closes the file and forgets its key; `done` is called then. What is queued later is
    /// answered as if it were kept, and is not.
    pub(super) fn close(&self, done: Box<dyn FnOnce() + Send>) {
        let Some(jobs) = &self.jobs else { return done() };
        if let Err(SendError(Order::Close(done))) = jobs.send(Order::Close(done)) {
            done();
        }
    }
}

impl<D: Written> Drop for Writer<D> {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("a writer thread of the local store ended by a panic");
        }
    }
}

fn run<D: Written>(mut desk: Desk<D>, queue: &Receiver<Order<D::Write>>) {
    let mut rested = true;
    loop {
        let next =
            if rested { queue.recv().map_err(|_| RecvTimeoutError::Disconnected) } else { queue.recv_timeout(D::REST) };
        match next {
            Ok(first) => {
                rested = desk.carry_out(iter::once(first).chain(queue.try_iter()).take(GROUP));
            }
            Err(RecvTimeoutError::Timeout) => rested = !desk.rest(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if !rested {
        desk.rest();
    }
}

/// The database, or the lack of one after a failure.
struct Desk<D> {
    db: Option<D>,
    /// `None`: it was closed for good.
    again: Option<Again>,
    open: Open<D>,
}

impl<D: Written> Desk<D> {
    /// Carries out orders as far as to the one that closes. `true`: nothing is left to do in a quiet moment.
    fn carry_out(&mut self, orders: impl Iterator<Item = Order<D::Write>>) -> bool {
        let mut group = Vec::new();
        let mut closing = None;
        for order in orders {
            match order {
                Order::Commit(job) => group.push(job),
                Order::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
        }
        if !group.is_empty() {
            self.commit(group);
        }
        let Some(done) = closing else { return false };
        self.rest();
        (self.db, self.again) = (None, None);
        done();
        true
    }

    /// One transaction for the whole group; if that fails, one each, so that a bad write takes nobody with it.
    fn commit(&mut self, group: Vec<Job<D::Write>>) {
        let all: Vec<&[D::Write]> = group.iter().map(|job| job.writes.as_slice()).collect();
        let result = self.apply(&all);
        let alone = group.len() == 1;
        for job in group {
            let answer = if result.is_ok() || alone { result } else { self.apply(&[&job.writes]) };
            (job.done)(job.id, answer);
        }
    }

    fn apply(&mut self, groups: &[&[D::Write]]) -> Result<(), DiskFault> {
        let Some(again) = &self.again else { return Ok(()) };
        let (mut db, after_failure) = match self.db.take() {
            Some(db) => (db, false),
            None => (self.reopen(again)?, true),
        };
        let applied = db.apply_groups(groups).and_then(|()| if after_failure { db.settle() } else { Ok(()) });
        let result = applied.map_err(|fault| fault.told());
        match result {
            // After these SQLite has rolled back cleanly and knows what is on disk.
            Ok(()) | Err(DiskFault::Full | DiskFault::ReadOnly) => self.db = Some(db),
            // After these the page cache may hold what the disk does not: the connection is given up, never retried.
            Err(DiskFault::Io) => drop(db),
            Err(DiskFault::Corrupt) => {
                drop(db);
                condemn(&again.path);
            }
        }
        result
    }

    fn reopen(&self, again: &Again) -> Result<D, DiskFault> {
        (self.open)(&again.path, &again.key).map_err(|error| match error {
            OpenError::Full => DiskFault::Full,
            OpenError::ReadOnly => DiskFault::ReadOnly,
            OpenError::WrongKey | OpenError::NewerVersion { .. } | OpenError::Corrupt { .. } => DiskFault::Corrupt,
            OpenError::Io | OpenError::InUse | OpenError::NoLocks => DiskFault::Io,
        })
    }

    /// `true`: there is more to do in quiet moments.
    fn rest(&mut self) -> bool {
        let Some(db) = &self.db else { return false };
        db.tidy().unwrap_or_else(|fault| {
            fault.told();
            self.db = None;
            false
        })
    }
}

#[cfg(test)]
mod tests;
