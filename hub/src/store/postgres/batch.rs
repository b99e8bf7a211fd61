//! Many commits of one workspace in one transaction: lock, read, decide in memory, write, commit.
//!
//! The workspace's row is locked first, so nothing that is read here can change before the end; it is written last, with
//! the positions that were taken. A commit that conflicts leaves nothing behind, because nothing was written for it.
//! If the connection is lost while the transaction commits, nobody knows whether it did: a repeated command finds out
//! by its key, and everything else by the version it names.

use super::{
    blocked,
    bulk::Bulk,
    customers, desk, fault, identities, log, outside, people, reform, ruled,
    value::{get, int, json, uint},
};
use crate::desk::Event;
use crate::store::commit::stamped;
use crate::store::identities::Followers;
use crate::store::{
    AuditLine, Commit, CommitError, Committed, DialogChange, Entry, EntryBody, FenceToken, Key, StoreError, Work,
};
use deadpool_postgres::{Client, Transaction};
use otklik_model::{CustomerId, DialogId, Outcome, Seq, Stamp, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::error::SqlState;

/// How often a transaction is tried that the server gave up for the sake of another.
const ATTEMPTS: u32 = 8;

/// Why nothing was done.
pub(super) enum Failure {
    /// The server could not: lost, busy, stopping.
    Unavailable(StoreError),
    /// The server does not take something of it.
    Refused(StoreError),
    /// Another transaction was in the way.
    InTheWay(StoreError),
}

impl Failure {
    pub(super) fn error(self) -> StoreError {
        match self {
            Self::Unavailable(error) | Self::Refused(error) | Self::InTheWay(error) => error,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let in_the_way = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
        match error.code().cloned() {
            Some(code) if in_the_way.contains(&code) => Self::InTheWay(fault(error)),
            // Statements travel together: what came after the one that was refused may be heard of first.
            Some(code) if code == SqlState::IN_FAILED_SQL_TRANSACTION => Self::Refused(fault(error)),
            // Data that does not fit, constraints.
            Some(code) if code.code().starts_with("22") || code.code().starts_with("23") => Self::Refused(fault(error)),
            Some(_) | None => Self::Unavailable(fault(error)),
        }
    }
}

/// Runs all of them, each done whole or not at all. One answer for each.
pub(super) async fn run(
    client: &mut Client,
    workspace: WorkspaceId,
    commits: &[Commit],
) -> Result<super::lane::Answers, Failure> {
    let mut attempt = 1;
    loop {
        match run_once(client, workspace, commits).await {
            Err(Failure::InTheWay(_)) if attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
    }
}

async fn run_once(
    client: &mut Client,
    workspace: WorkspaceId,
    commits: &[Commit],
) -> Result<super::lane::Answers, Failure> {
    let transaction = client.transaction().await?;
    let mut batch = Batch::read(&transaction, workspace, commits).await?;
    let mut answers = Vec::with_capacity(commits.len());
    for commit in commits {
        answers.push(match batch.decide(commit).await {
            Ok(committed) => Ok(committed),
            Err(Stop::Conflict) => Err(CommitError::Conflict),
            Err(Stop::Fenced) => Err(CommitError::Fenced),
            Err(Stop::Failed(failure)) => return Err(failure),
        });
    }
    batch.write().await?;
    transaction.commit().await?;
    Ok(answers)
}

/// Why one commit ends here.
pub(super) enum Stop {
    Conflict,
    Fenced,
    /// The transaction is lost.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// The transaction, what is known in it, and what it will write.
pub(super) struct Batch<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) workspace: WorkspaceId,
    head: u64,
    dialogs: u64,
    audits: u64,
    answers: BTreeMap<Key, Outcome>,
    versions: BTreeMap<DialogId, (WorkspaceId, u64)>,
    /// Customers, of those asked about, with a dialog that is not closed for good.
    busy: BTreeSet<CustomerId>,
    fence: Option<FenceToken>,
    bulk: Bulk,
}

impl<'a> Batch<'a> {
    async fn read(
        transaction: &'a Transaction<'a>,
        workspace: WorkspaceId,
        commits: &[Commit],
    ) -> Result<Self, Failure> {
        let lock = "SELECT head, dialogs, audits FROM workspace WHERE id = $1 FOR NO KEY UPDATE";
        let lock = transaction.prepare_cached(lock).await?;
        let row = transaction.query_opt(&lock, &[&workspace.0]).await?;
        let row = row.ok_or_else(|| StoreError::Unavailable("no such workspace".into()))?;
        let asked = Asked::of(commits);
        let (answers, versions, busy, fence) = tokio::try_join!(
            log::answers(transaction, &asked.keys),
            desk::versions(transaction, &asked.dialogs),
            desk::busy(transaction, &asked.customers),
            ruled::fence(transaction, workspace, asked.fenced),
        )?;
        Ok(Self {
            transaction,
            workspace,
            head: uint(get(&row, 0)?),
            dialogs: uint(get(&row, 1)?),
            audits: uint(get(&row, 2)?),
            answers,
            versions,
            busy,
            fence,
            bulk: Bulk::default(),
        })
    }

    async fn decide(&mut self, commit: &Commit) -> Result<Committed, Stop> {
        let Commit { at, key, work, outcome, audit, errands, fence, room, .. } = commit;
        if let Some(outcome) = key.and_then(|key| self.answers.get(&key)) {
            return Ok(Committed { head: Seq(self.head), outcome: outcome.clone(), repeated: true });
        }
        if fence.is_some_and(|fence| self.fence.is_some_and(|newest| newest > fence)) {
            return Err(Stop::Fenced);
        }
        if let Some(room) = room {
            // Also of what this batch has given him.
            self.flush().await?;
            if !room.is_kept(&desk::open_dialogs_of(self.transaction, self.workspace, room.operator).await?, work) {
                return Err(Stop::Conflict);
            }
        }
        let before = Seq(self.head);
        self.work(*at, work).await?;
        if let Some(line) = audit {
            self.line(*at, line).await?;
        }
        for errand in errands {
            outside::insert_errand(self.transaction, self.workspace, errand).await?;
        }
        let outcome = stamped(outcome.clone(), work.position(before, Seq(self.head)));
        if let Some(key) = key {
            self.bulk.answer(*key, *at, json(&outcome));
            self.answers.insert(*key, outcome.clone());
        }
        Ok(Committed { head: Seq(self.head), outcome, repeated: false })
    }

    async fn work(&mut self, at: Stamp, work: &Work) -> Result<(), Stop> {
        match work {
            Work::Nothing => Ok(()),
            Work::Dialog(change) => self.dialog(at, change).await,
            Work::Operator { row, rights_changed } => people::commit(self, at, row, *rights_changed).await,
            Work::Channel(channel) => desk::commit_channel(self, at, channel).await,
            Work::Customer { customer, .. } if self.busy.contains(&customer.id) => Err(Stop::Conflict),
            Work::Customer { customer, version } => customers::commit(self, at, customer, *version).await,
            Work::Blocked(of) => blocked::commit(self, at, of).await,
            Work::Regroup(regroup) => identities::commit(self, at, regroup).await,
            Work::Centre { version, centre, by, note } => {
                ruled::commit(self, at, *version, ruled::NewCentre { centre, by: *by, note }).await
            }
            Work::Reform(reform) => reform::commit(self, at, reform).await,
            Work::SignOut { operator, session } => people::sign_out(self, at, *operator, *session).await,
        }
    }

    async fn dialog(&mut self, at: Stamp, change: &DialogChange) -> Result<(), Stop> {
        self.stands(change)?;
        customers::unchanged(self, change).await?;
        self.put_decided(at, change.clone()).await?;
        if let Some(which) = Followers::of_change(change) {
            let by = change.customer_changed_by();
            identities::follow(self, at, which, &change.dialog.row.customer, by).await?;
        }
        if change.customer_before.is_some() {
            identities::spread(self, at, change.dialog.row.customer.id).await?;
        }
        Ok(())
    }

    /// Whether a change was decided on what is stored.
    pub(super) fn stands(&self, change: &DialogChange) -> Result<(), Stop> {
        let stored = match self.versions.get(&change.dialog.row.id) {
            Some((workspace, version)) if *workspace == self.workspace => *version,
            // The id is taken in another workspace.
            Some(_) => return Err(Stop::Conflict),
            None => 0,
        };
        let is_new = change.decided_on == 0;
        if stored != change.decided_on || (is_new && self.busy.contains(&change.dialog.row.customer.id)) {
            return Err(Stop::Conflict);
        }
        Ok(())
    }

    /// Writes a change that [stands](Self::stands), and its customer's row with it; but nothing of who is one person with
    /// him.
    pub(super) async fn put_decided(&mut self, at: Stamp, mut change: DialogChange) -> Result<(), Stop> {
        let (id, customer) = (change.dialog.row.id, change.dialog.row.customer.id);
        let is_new = change.decided_on == 0;
        let number = is_new.then(|| self.dialogs + 1);
        if is_new {
            self.dialogs += 1;
        }
        let seq = self.next_seq();
        change.stamp(seq, number);
        self.versions.insert(id, (self.workspace, change.dialog.version));
        if !change.dialog.row.state.is_final() {
            self.busy.insert(customer);
        } else if !change.was_final() {
            self.busy.remove(&customer);
        }
        if change.customer_before.is_some() {
            customers::follow(self.transaction, self.workspace, &change.dialog.row.customer).await?;
        }
        for file in change.events.iter().filter_map(Event::file_sent) {
            outside::tie_file(self.transaction, self.workspace, file, id).await?;
        }
        self.bulk.dialog(&change);
        self.bulk.count(&change, at);
        self.bulk.entry(&change.entry(seq, at));
        Ok(())
    }

    /// Writes a change of a dialog that was read after [`Batch::flush`]. Its customer's own row is written already.
    pub(super) fn put(&mut self, at: Stamp, mut change: DialogChange) {
        let seq = self.next_seq();
        change.stamp(seq, None);
        self.versions.insert(change.dialog.row.id, (self.workspace, change.dialog.version));
        self.bulk.dialog(&change);
        self.bulk.entry(&change.entry(seq, at));
    }

    /// Writes what was decided so far, for whoever reads it back.
    pub(super) async fn flush(&mut self) -> Result<(), Failure> {
        std::mem::take(&mut self.bulk).write(self.transaction, self.workspace).await
    }

    /// Writes a line of the trail.
    pub(super) async fn line(&mut self, at: Stamp, line: &AuditLine) -> Result<(), Stop> {
        self.audits += 1;
        ruled::insert_audit(self.transaction, self.workspace, self.audits, at, line).await?;
        Ok(())
    }

    /// Takes the next position of the log.
    fn next_seq(&mut self) -> Seq {
        self.head += 1;
        Seq(self.head)
    }

    /// Takes the next position of the log for what nothing can stop any more.
    pub(super) fn tell(&mut self, at: Stamp, body: EntryBody) -> Seq {
        let seq = self.next_seq();
        self.bulk.entry(&Entry { seq, at, body });
        seq
    }

    /// The position that [`Batch::tell`] will take next.
    pub(super) fn coming(&self) -> Seq {
        Seq(self.head + 1)
    }

    async fn write(&self) -> Result<(), Failure> {
        self.bulk.write(self.transaction, self.workspace).await?;
        let last = "UPDATE workspace SET head = $2, dialogs = $3, audits = $4 WHERE id = $1";
        let last = self.transaction.prepare_cached(last).await?;
        let counters = (int(self.head), int(self.dialogs), int(self.audits));
        self.transaction.execute(&last, &[&self.workspace.0, &counters.0, &counters.1, &counters.2]).await?;
        Ok(())
    }
}

/// What some commits need to know.
#[derive(Default)]
struct Asked {
    keys: Vec<Key>,
    dialogs: Vec<uuid::Uuid>,
    customers: Vec<uuid::Uuid>,
    fenced: bool,
}

impl Asked {
    fn of(commits: &[Commit]) -> Self {
        let mut asked = Self::default();
        for commit in commits {
            asked.keys.extend(commit.key);
            asked.fenced |= commit.fence.is_some();
            match &commit.work {
                Work::Dialog(change) => {
                    asked.dialogs.push(change.dialog.row.id.0);
                    if change.decided_on == 0 {
                        asked.customers.push(change.dialog.row.customer.id.0);
                    }
                }
                Work::Customer { customer, .. } => asked.customers.push(customer.id.0),
                Work::Blocked(of) => asked.dialogs.extend(of.changes().map(|change| change.dialog.row.id.0)),
                Work::Nothing
                | Work::Operator { .. }
                | Work::Channel(_)
                | Work::Regroup(_)
                | Work::Centre { .. }
                | Work::Reform(_)
                | Work::SignOut { .. } => {}
            }
        }
        asked
    }
}
