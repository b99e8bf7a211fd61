//! One task per workspace writes to its log. What waits when it gets to it goes into one transaction, so that many
//! share one flush.

use super::{batch, client};
use crate::store::{Commit, CommitError, Committed, StoreError};
use deadpool_postgres::Pool;
use otklik_model::WorkspaceId;
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

/// At most so many jobs share a transaction.
const BATCH: usize = 256;
/// At most so many jobs wait; more are told to come back.
const WAITING: usize = 4096;

/// Called after each transaction with how long it took.
pub type OnCommit = Arc<dyn Fn(Duration) + Send + Sync>;

/// The answers to some commits, one for each.
pub(super) type Answers = Vec<Result<Committed, CommitError>>;

struct Job {
    commits: Vec<Commit>,
    reply: oneshot::Sender<Answers>,
}

/// The tasks that write, by workspace. They end when this is dropped and what waits is done.
pub(super) struct Lanes {
    pool: Pool,
    on_commit: OnCommit,
    open: Mutex<BTreeMap<WorkspaceId, mpsc::Sender<Job>>>,
}

impl Lanes {
    pub(super) fn new(pool: Pool, on_commit: OnCommit) -> Self {
        Self { pool, on_commit, open: Mutex::default() }
    }

    /// Commits, and returns when that is durable. All commits are of this workspace.
    pub(super) async fn commit(&self, workspace: WorkspaceId, commits: Vec<Commit>) -> Answers {
        let count = commits.len();
        let refused = |why: &str| vec![Err(StoreError::Unavailable(why.to_owned()).into()); count];
        let (reply, answer) = oneshot::channel();
        if self.lane(workspace).try_send(Job { commits, reply }).is_err() {
            return refused("too many writes wait");
        }
        answer.await.unwrap_or_else(|_| refused("the writer has stopped"))
    }

    fn lane(&self, workspace: WorkspaceId) -> mpsc::Sender<Job> {
        let mut open = self.open.lock();
        let lane = open.entry(workspace).or_insert_with(|| self.start(workspace));
        if lane.is_closed() {
            *lane = self.start(workspace);
        }
        lane.clone()
    }

    fn start(&self, workspace: WorkspaceId) -> mpsc::Sender<Job> {
        let (jobs, inbox) = mpsc::channel(WAITING);
        let lane = Lane { pool: self.pool.clone(), on_commit: self.on_commit.clone(), workspace };
        tokio::spawn(lane.serve(inbox));
        jobs
    }
}

struct Lane {
    pool: Pool,
    on_commit: OnCommit,
    workspace: WorkspaceId,
}

impl Lane {
    async fn serve(self, mut inbox: mpsc::Receiver<Job>) {
        let mut jobs = Vec::new();
        while inbox.recv_many(&mut jobs, BATCH).await > 0 {
            let (commits, replies): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job: Job| (job.commits, job.reply)).unzip();
            let counts: Vec<usize> = commits.iter().map(Vec::len).collect();
            let commits: Vec<Commit> = commits.into_iter().flatten().collect();
            let mut answers = self.carry_out(&commits).await.into_iter();
            for (count, reply) in counts.into_iter().zip(replies) {
                // Whoever asked may have gone: a repeated command finds its answer.
                let _ = reply.send(answers.by_ref().take(count).collect());
            }
        }
    }

    async fn carry_out(&self, commits: &[Commit]) -> Answers {
        let began = Instant::now();
        let failed = |error: StoreError| vec![Err(CommitError::Store(error)); commits.len()];
        let mut client = match client(&self.pool).await {
            Ok(client) => client,
            Err(error) => return failed(error),
        };
        let answers = match batch::run(&mut client, self.workspace, commits).await {
            Ok(answers) => answers,
            // Something in one of them does not agree with the database: it takes only itself back.
            Err(batch::Failure::Refused(_)) if commits.len() > 1 => {
                let mut answers = Vec::with_capacity(commits.len());
                for commit in commits {
                    let alone = batch::run(&mut client, self.workspace, std::slice::from_ref(commit)).await;
                    answers.extend(alone.unwrap_or_else(|failure| vec![Err(failure.error().into())]));
                }
                answers
            }
            Err(failure) => failed(failure.error()),
        };
        (self.on_commit)(began.elapsed());
        answers
    }
}
