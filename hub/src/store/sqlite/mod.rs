//! The store of a hub of its own: one SQLite file, encrypted if a key is given.
//!
//! The only place of the hub that knows rusqlite.

mod commit;
mod people;
mod read;
mod readers;
mod schema;
mod writer;

pub use schema::DatabaseKey;
pub use writer::OnCommit;

use super::{
    AddressKey, Commit, CommitError, Committed, Key, LogRead, NewCustomer, NewSession, OperatorRow, SessionRow,
    SnapshotRead, Store, StoreError, TokenHash, TryLimits, Workspace,
};
use crate::desk::DialogAggregate;
use async_trait::async_trait;
use otklik_model::{Channel, Customer, CustomerId, DialogId, Message, OperatorId, Outcome, Seq, Stamp, WorkspaceId};
use readers::Readers;
use rusqlite::ErrorCode;
use std::path::Path;
use uuid::Uuid;
use writer::Writer;

const READERS: usize = 2;

/// A hub's database in one file.
pub struct SqliteStore {
    readers: Readers,
    writer: Writer,
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
        let writer = Writer::start(schema::open_writer(path, key)?, on_commit)?;
        let connections = (0..READERS).map(|_| schema::open_reader(path, key)).collect::<Result<_, _>>()?;
        Ok(Self { readers: Readers::start(connections)?, writer })
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = self.writer.write(move |connection| work(connection).map_err(CommitError::Store)).await;
        done.map_err(|error| match error {
            CommitError::Store(error) => error,
            CommitError::Conflict => StoreError::Unavailable("conflict".into()),
        })
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
impl Store for SqliteStore {
    async fn open_workspace(&self, short: &str) -> Result<Workspace, StoreError> {
        let short = short.to_owned();
        self.write(move |db| people::open_workspace(db, &short)).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        self.writer.write(move |db| commit::commit(db, commit)).await
    }

    async fn first_answer(&self, key: Key) -> Result<Option<Outcome>, StoreError> {
        self.readers.read(move |db| read::first_answer(db, key)).await
    }

    async fn head(&self, workspace: WorkspaceId) -> Result<Seq, StoreError> {
        self.readers.read(move |db| read::head(db, workspace)).await
    }

    async fn log_after(&self, workspace: WorkspaceId, after: Seq, limit: u32) -> Result<LogRead, StoreError> {
        self.readers.read(move |db| read::log_after(db, workspace, after, limit)).await
    }

    async fn snapshot(&self, workspace: WorkspaceId, closed_since: Stamp) -> Result<SnapshotRead, StoreError> {
        self.readers.read(move |db| read::snapshot(db, workspace, closed_since)).await
    }

    async fn dialog(&self, workspace: WorkspaceId, id: DialogId) -> Result<Option<DialogAggregate>, StoreError> {
        self.readers.read(move |db| read::dialog(db, workspace, id)).await
    }

    async fn dialog_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
    ) -> Result<Option<DialogAggregate>, StoreError> {
        self.readers.read(move |db| read::dialog_of(db, workspace, customer)).await
    }

    async fn messages(&self, dialog: DialogId, from: u32, to: u32, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.readers.read(move |db| read::messages(db, dialog, from, to, limit)).await
    }

    async fn customers_on_site(&self, workspace: WorkspaceId) -> Result<Vec<CustomerId>, StoreError> {
        self.readers.read(move |db| read::customers_on_site(db, workspace)).await
    }

    async fn operators(&self, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError> {
        self.readers.read(move |db| people::operators(db, workspace)).await
    }

    async fn operator(&self, workspace: WorkspaceId, id: OperatorId) -> Result<Option<OperatorRow>, StoreError> {
        self.readers.read(move |db| people::operator(db, workspace, id)).await
    }

    async fn operator_by_login(&self, workspace: WorkspaceId, login: &str) -> Result<Option<OperatorRow>, StoreError> {
        let login = login.to_owned();
        self.readers.read(move |db| people::operator_by_login(db, workspace, &login)).await
    }

    async fn channels(&self, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError> {
        self.readers.read(move |db| read::channels(db, workspace)).await
    }

    async fn add_session(&self, session: NewSession) -> Result<(), StoreError> {
        self.write(move |db| people::add_session(db, &session)).await
    }

    async fn session_of(&self, token: TokenHash) -> Result<Option<SessionRow>, StoreError> {
        self.readers.read(move |db| people::session_of(db, token)).await
    }

    async fn add_customer(&self, new: NewCustomer) -> Result<Customer, StoreError> {
        self.write(move |db| people::add_customer(db, &new)).await
    }

    async fn customer_of(&self, workspace: WorkspaceId, token: TokenHash) -> Result<Option<Customer>, StoreError> {
        self.readers.read(move |db| people::customer_of(db, workspace, token)).await
    }

    async fn begin_try(
        &self,
        account: Uuid,
        address: AddressKey,
        limits: TryLimits,
        now: Stamp,
    ) -> Result<Option<u64>, StoreError> {
        self.write(move |db| people::begin_try(db, account, address, limits, now)).await
    }

    async fn forgive(&self, account: Uuid, address: AddressKey) -> Result<(), StoreError> {
        self.write(move |db| people::forgive(db, account, address)).await
    }

    async fn waiting(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        self.readers.read(move |db| read::waiting(db, workspace)).await
    }

    async fn sweep(&self, now: Stamp) -> Result<u64, StoreError> {
        self.write(move |db| people::sweep(db, now)).await
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
