//! A few threads read, each with a connection of its own, beside the writer.

use super::fault;
use crate::store::StoreError;
use parking_lot::Mutex;
use rusqlite::Connection;
use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

/// At most so many reads wait; more are told to come back.
const WAITING: usize = 4096;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The threads that read.
pub(super) struct Readers {
    jobs: Option<mpsc::SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, StoreError> {
        let (jobs, inbox) = mpsc::sync_channel::<Job>(WAITING);
        let inbox = Arc::new(Mutex::new(inbox));
        let threads = connections.into_iter().map(|connection| {
            let inbox = inbox.clone();
            std::thread::Builder::new().name("hub-reader".into()).spawn(move || {
                loop {
                    let job = inbox.lock().recv();
                    match job {
                        Ok(job) => job(&connection),
                        Err(mpsc::RecvError) => break,
                    }
                }
            })
        });
        let threads = threads.collect::<Result<_, _>>().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { jobs: Some(jobs), threads })
    }

    /// Reads. All of one call sees one state of the database.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Whoever asked may have gone.
            let _ = reply.send(in_one_state(connection, work));
        });
        let jobs = self.jobs.as_ref().ok_or_else(|| StoreError::Unavailable("closed".into()))?;
        jobs.try_send(job).map_err(|_| StoreError::Unavailable("too many reads wait".into()))?;
        answer.await.map_err(|_| StoreError::Unavailable("the reader has stopped".into()))?
    }
}

fn in_one_state<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let run = |sql: &str| connection.prepare_cached(sql).and_then(|mut one| one.execute([])).map(drop).map_err(fault);
    run("BEGIN")?;
    let done = work(connection);
    run("COMMIT")?;
    done
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
