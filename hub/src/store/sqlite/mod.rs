//! The store of a hub of its own: one SQLite file, encrypted if a key is given.
//!
//! The only place of the hub that knows rusqlite.

mod attendance;
mod backlog;
mod blocked;
mod called;
mod checkpoint;
mod commit;
mod customers;
mod desk;
mod doors;
mod identities;
mod journeys;
mod lineage;
mod outside;
mod people;
mod privacy;
mod read;
mod readers;
mod recent;
mod reform;
mod retention;
mod ruled;
mod schema;
mod search;
mod sessions;
mod turn;
mod writer;

pub use schema::DatabaseKey;
pub use writer::OnCommit;

use super::{
    AddressKey, Attendance, AuditLine, AuditRow, CentreRow, CentreStore, CentreVersion, Commit, CommitError, Committed,
    DeskStore, Errand, ErrandEnd, FileRow, Key, Lease, LogRead, LogStore, NewCustomer, OperatorRow, OutsideStore,
    PeopleStore, SearchStore, SnapshotRead, StatusChange, Store, StoreError, TokenHash, TryLimits, Workspace,
};
use crate::centre::Template;
use crate::desk::DialogAggregate;
use async_trait::async_trait;
use backlog::Placements;
use checkpoint::Checkpoints;
use lineage::Lineage;
use otklik_model::{
    Channel, Customer, CustomerId, DialogId, FileId, Message, OperatorId, Outcome, Seq, Stamp, WorkspaceId,
};
use otklik_words::Query;
use readers::Readers;
use recent::Recent;
use rusqlite::ErrorCode;
use std::collections::BTreeMap;
use std::{ops::Range, path::Path, sync::Arc};
use turn::Turn;
use uuid::Uuid;
use writer::Writer;

const READERS: usize = 2;

/// A hub's database in one file.
pub struct SqliteStore {
    readers: Readers,
    writer: Writer,
    checkpoints: Arc<Checkpoints>,
    recent: Arc<Recent>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SqliteStore")
    }
}

impl SqliteStore {
    /// Opens or makes the file. Blocks while it does.
    ///
    /// # Errors
    /// [`StoreError`]: it cannot be read or written, was written by a newer hub, or has another key.
    pub fn open(path: &Path, key: Option<&DatabaseKey>, on_commit: OnCommit) -> Result<Self, StoreError> {
        let connection = schema::open_writer(path, key)?;
        let lineage = Lineage::check(path, &connection)?;
        let checkpoints = Arc::new(Checkpoints::start(schema::open_beside(path, key)?)?);
        let recent = Arc::new(Recent::default());
        let writer = Writer::start(connection, lineage, checkpoints.clone(), recent.clone(), on_commit)?;
        let connections = (0..READERS).map(|_| schema::open_reader(path, key)).collect::<Result<_, _>>()?;
        Ok(Self { readers: Readers::start(connections)?, writer, checkpoints, recent })
    }

    /// Reads, when all that is durable is in its rows.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut work = work;
        loop {
            let read = move |db: &rusqlite::Connection| {
                if backlog::is_empty(db)? { work(db).map(Ok) } else { Ok(Err(work)) }
            };
            match self.readers.read(read).await? {
                Ok(found) => return Ok(found),
                Err(not_done) => work = not_done,
            }
            // Whatever is written, the backlog is worked off before.
            self.write(|_| Ok(())).await?;
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = self.writer.write(move |scope| work(scope.database()).map_err(CommitError::Store)).await;
        done.map_err(plain)
    }

    /// The same, for work that tells of itself in the log.
    async fn write_turn<T: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        at: Stamp,
        mut work: impl FnMut(&mut Turn<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = self.writer.write(move |scope| {
            let mut turn = scope.turn(workspace, at)?;
            let done = work(&mut turn)?;
            scope.keep(&turn);
            Ok(done)
        });
        done.await.map_err(plain)
    }
}

/// Why work failed that nobody else can be faster with.
fn plain(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        CommitError::Conflict | CommitError::Fenced => StoreError::Unavailable("conflict".into()),
    }
}

/// What an error of SQLite means to the hub.
fn fault(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(error.to_string()),
        Some(ErrorCode::NotADatabase) => StoreError::WrongKey,
        Some(_) | None => StoreError::Unavailable(error.to_string()),
    }
}

#[async_trait]
impl LogStore for SqliteStore {
    async fn open_workspace(&self, short: &str) -> Result<Workspace, StoreError> {
        let short = short.to_owned();
        self.write(move |db| people::open_workspace(db, &short)).await
    }

    async fn workspaces(&self) -> Result<Vec<(String, Workspace)>, StoreError> {
        self.read(people::workspaces).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let mut commit = commit;
        self.writer.write(move |scope| commit::commit(scope, &mut commit)).await
    }

    async fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<Committed, CommitError>> {
        match Placements::of(commits) {
            Ok(placements) => self.writer.place(placements).await,
            Err(commits) => self.writer.write_all(commits, commit::commit).await,
        }
    }

    async fn first_answer(&self, key: Key) -> Result<Option<Outcome>, StoreError> {
        self.read(move |db| read::first_answer(db, key)).await
    }

    async fn head(&self, workspace: WorkspaceId) -> Result<Seq, StoreError> {
        self.readers.read(move |db| read::head(db, workspace)).await
    }

    async fn log_after(&self, workspace: WorkspaceId, after: Seq, limit: u32) -> Result<LogRead, StoreError> {
        // Also of what is not worked off yet: this is how everybody hears of it.
        let recent = self.recent.clone();
        self.readers.read(move |db| read::log_after(db, &recent, workspace, after, limit)).await
    }

    async fn snapshot(&self, workspace: WorkspaceId, closed_since: Stamp) -> Result<SnapshotRead, StoreError> {
        self.read(move |db| read::snapshot(db, workspace, closed_since)).await
    }

    async fn take_lease(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        now: Stamp,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.write(move |db| ruled::take_lease(db, workspace, node, now, ttl_ms)).await
    }
}

#[async_trait]
impl DeskStore for SqliteStore {
    async fn dialog(&self, workspace: WorkspaceId, id: DialogId) -> Result<Option<DialogAggregate>, StoreError> {
        self.read(move |db| read::dialog(db, workspace, id)).await
    }

    async fn dialog_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
    ) -> Result<Option<DialogAggregate>, StoreError> {
        self.read(move |db| read::dialog_of(db, workspace, customer)).await
    }

    async fn open_dialogs(&self, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError> {
        self.read(move |db| read::open_dialogs(db, workspace)).await
    }

    async fn open_dialogs_of(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
    ) -> Result<Vec<DialogAggregate>, StoreError> {
        self.read(move |db| read::open_dialogs_of(db, workspace, operator)).await
    }

    async fn unfinished_dialogs(&self, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError> {
        self.read(move |db| read::unfinished_dialogs(db, workspace)).await
    }

    async fn due(&self, workspace: WorkspaceId, now: Stamp, limit: u32) -> Result<Vec<DialogId>, StoreError> {
        self.read(move |db| read::due(db, workspace, now, limit)).await
    }

    async fn messages(
        &self,
        workspace: WorkspaceId,
        dialog: DialogId,
        from: u32,
        to: u32,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.read(move |db| read::messages(db, workspace, dialog, from, to, limit)).await
    }

    async fn customers_on_site(&self, workspace: WorkspaceId) -> Result<Vec<CustomerId>, StoreError> {
        self.read(move |db| read::customers_on_site(db, workspace)).await
    }

    async fn waiting(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        self.read(move |db| read::waiting(db, workspace)).await
    }

    async fn waiting_suspicious(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        self.read(move |db| read::waiting_suspicious(db, workspace)).await
    }

    async fn channels(&self, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError> {
        self.read(move |db| read::channels(db, workspace)).await
    }
}

#[async_trait]
impl SearchStore for SqliteStore {
    async fn messages_saying(
        &self,
        workspace: WorkspaceId,
        query: &Query,
        time: Range<Stamp>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, Message)>, StoreError> {
        let query = query.clone();
        self.read(move |db| search::saying(db, workspace, &query, time, before, limit)).await
    }

    async fn dialogs_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
        before: Option<DialogId>,
        limit: u32,
    ) -> Result<Vec<DialogAggregate>, StoreError> {
        self.read(move |db| search::dialogs_of(db, workspace, customer, before, limit)).await
    }
}

#[async_trait]
impl PeopleStore for SqliteStore {
    async fn operators(&self, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError> {
        self.read(move |db| people::operators(db, workspace)).await
    }

    async fn operator(&self, workspace: WorkspaceId, id: OperatorId) -> Result<Option<OperatorRow>, StoreError> {
        self.read(move |db| people::operator(db, workspace, id)).await
    }

    async fn operator_by_login(&self, workspace: WorkspaceId, login: &str) -> Result<Option<OperatorRow>, StoreError> {
        let login = login.to_owned();
        self.read(move |db| people::operator_by_login(db, workspace, &login)).await
    }

    async fn status_changes(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        since: Stamp,
    ) -> Result<Vec<StatusChange>, StoreError> {
        self.read(move |db| people::status_changes(db, workspace, operator, since)).await
    }

    async fn note_attendance(&self, workspace: WorkspaceId, notes: Vec<Attendance>) -> Result<(), StoreError> {
        if notes.is_empty() {
            return Ok(());
        }
        self.write(move |db| attendance::note(db, workspace, &notes)).await
    }

    async fn attendance(&self, workspace: WorkspaceId) -> Result<Vec<Attendance>, StoreError> {
        self.read(move |db| attendance::read(db, workspace)).await
    }

    async fn add_customer(&self, new: NewCustomer) -> Result<Customer, StoreError> {
        self.write(move |db| customers::add_customer(db, &new)).await
    }

    async fn customer_of(&self, workspace: WorkspaceId, token: TokenHash) -> Result<Option<Customer>, StoreError> {
        self.read(move |db| customers::customer_of(db, workspace, token)).await
    }

    async fn customer(&self, workspace: WorkspaceId, id: CustomerId) -> Result<Option<(Customer, u64)>, StoreError> {
        self.read(move |db| customers::customer(db, workspace, id)).await
    }

    async fn customer_by_number(
        &self,
        workspace: WorkspaceId,
        number: u64,
    ) -> Result<Option<(Customer, u64)>, StoreError> {
        self.read(move |db| customers::customer_by_number(db, workspace, number)).await
    }

    async fn blocked_customers(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError> {
        self.read(move |db| customers::blocked(db, workspace, after, limit)).await
    }

    async fn has_written(&self, workspace: WorkspaceId, id: CustomerId) -> Result<bool, StoreError> {
        self.read(move |db| customers::has_written(db, workspace, id)).await
    }

    async fn begin_try(
        &self,
        account: Uuid,
        address: AddressKey,
        limits: TryLimits,
        now: Stamp,
    ) -> Result<Option<u64>, StoreError> {
        self.write(move |db| customers::begin_try(db, account, address, limits, now)).await
    }

    async fn forgive(&self, account: Uuid, address: AddressKey) -> Result<(), StoreError> {
        self.write(move |db| customers::forgive(db, account, address)).await
    }

    async fn put_template(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        name: &str,
        template: Template,
    ) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write(move |db| outside::put_template(db, workspace, operator, &name, &template)).await
    }

    async fn templates_of(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
    ) -> Result<BTreeMap<String, Template>, StoreError> {
        self.read(move |db| outside::templates_of(db, workspace, operator)).await
    }

    async fn remove_template(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        name: &str,
    ) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write(move |db| outside::remove_template(db, workspace, operator, &name)).await
    }
}

#[async_trait]
impl CentreStore for SqliteStore {
    async fn centre(&self, workspace: WorkspaceId) -> Result<CentreRow, StoreError> {
        self.read(move |db| ruled::centre(db, workspace)).await
    }

    async fn centre_at(&self, workspace: WorkspaceId, version: u64) -> Result<Option<CentreRow>, StoreError> {
        self.read(move |db| ruled::centre_at(db, workspace, version)).await
    }

    async fn centre_versions(&self, workspace: WorkspaceId, limit: u32) -> Result<Vec<CentreVersion>, StoreError> {
        self.read(move |db| ruled::centre_versions(db, workspace, limit)).await
    }

    async fn add_audit(&self, workspace: WorkspaceId, at: Stamp, line: AuditLine) -> Result<(), StoreError> {
        self.write(move |db| ruled::add_audit(db, workspace, at, &line)).await
    }

    async fn audit(
        &self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        self.read(move |db| ruled::audit(db, workspace, before, limit)).await
    }
}

#[async_trait]
impl OutsideStore for SqliteStore {
    async fn errands_due(&self, workspace: WorkspaceId, now: Stamp, limit: u32) -> Result<Vec<Errand>, StoreError> {
        self.read(move |db| outside::errands_due(db, workspace, now, limit)).await
    }

    async fn settle_errand(&self, id: Uuid, end: ErrandEnd) -> Result<(), StoreError> {
        self.write(move |db| outside::settle_errand(db, id, &end)).await
    }

    async fn add_file(&self, file: FileRow) -> Result<(), StoreError> {
        self.write(move |db| outside::add_file(db, &file)).await
    }

    async fn file(&self, workspace: WorkspaceId, id: FileId) -> Result<Option<FileRow>, StoreError> {
        self.read(move |db| outside::file(db, workspace, id)).await
    }

    async fn set_file(&self, workspace: WorkspaceId, file: FileRow) -> Result<bool, StoreError> {
        self.write(move |db| outside::set_file(db, workspace, &file)).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn sweep(&self, now: Stamp) -> Result<u64, StoreError> {
        self.write(move |db| customers::sweep(db, now)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.write(|db| {
            let version = db.query_row("SELECT 1 FROM workspace LIMIT 1", [], |row| row.get::<_, i64>(0));
            version.map(drop).map_err(fault)
        })
        .await
    }
}

#[cfg(test)]
mod tests;
