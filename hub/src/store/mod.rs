//! Where the hub keeps everything.
//!
//! [`Store`] is written for any number of hub processes on one database: whatever must hold together is one
//! [`Commit`], exclusivity is a compare-and-set on a version, and the position in a workspace's log is taken at the
//! end of the same transaction, so that a reader never sees a later position before an earlier one.
//! `conformance` holds the tests that every implementation has to pass.
//!
//! Must not know: sockets, frames, rights.

mod commit;
mod entry;
mod rows;
pub mod sqlite;

#[cfg(test)]
pub mod conformance;

pub use commit::{Commit, CommitError, Committed, DialogChange, Key, Work};
pub use entry::{DialogEntry, Entry, EntryBody, OperatorFace};
pub use rows::{
    AddressKey, LogRead, NewCustomer, NewSession, OperatorRow, SessionRow, SnapshotRead, StoreError, TokenHash, Tries,
    TryLimits, Workspace,
};

use crate::desk::DialogAggregate;
use async_trait::async_trait;
use otklik_model::{
    Channel, ClientId, Customer, CustomerId, DialogId, Message, OperatorId, Outcome, Seq, Stamp, WorkspaceId,
};
use uuid::Uuid;

/// How long the first answer to a command is kept. A stored message is recognised for as long as it exists.
pub const ANSWERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How long the log is kept; a workplace that was away longer gets a snapshot.
pub const LOG_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// How long a customer who never wrote is remembered.
pub const SILENT_CUSTOMERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How long a failed sign-in counts.
pub const TRIES_KEPT_MS: i64 = 15 * 60_000;

/// The hub's database. Every method fails with [`StoreError`]; nothing is then changed.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Finds the workspace of this short name, or makes it.
    async fn open_workspace(&self, short: &str) -> Result<Workspace, StoreError>;

    /// Does one piece of work, whole or not at all, and durably: when this returns, it survives a crash.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if the row has changed since it was read: read again and decide again.
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;
    /// The answer that was given to this key first, if any was.
    async fn first_answer(&self, key: Key) -> Result<Option<Outcome>, StoreError>;

    /// The newest position of the log.
    async fn head(&self, workspace: WorkspaceId) -> Result<Seq, StoreError>;
    /// At most `limit` entries after a position, in order and without gaps.
    async fn log_after(&self, workspace: WorkspaceId, after: Seq, limit: u32) -> Result<LogRead, StoreError>;
    /// Everything an operator may need to start with, at one position: dialogs that are open or were closed since.
    async fn snapshot(&self, workspace: WorkspaceId, closed_since: Stamp) -> Result<SnapshotRead, StoreError>;

    /// One dialog.
    async fn dialog(&self, workspace: WorkspaceId, id: DialogId) -> Result<Option<DialogAggregate>, StoreError>;
    /// The dialog that a customer's words go to: his one that is not closed for good.
    async fn dialog_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
    ) -> Result<Option<DialogAggregate>, StoreError>;
    /// The newest at most `limit` messages of numbers `from` to `to`, oldest first.
    async fn messages(&self, dialog: DialogId, from: u32, to: u32, limit: u32) -> Result<Vec<Message>, StoreError>;
    /// Customers who stand as being on the site in an open dialog.
    async fn customers_on_site(&self, workspace: WorkspaceId) -> Result<Vec<CustomerId>, StoreError>;

    /// All operators.
    async fn operators(&self, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError>;
    /// One operator.
    async fn operator(&self, workspace: WorkspaceId, id: OperatorId) -> Result<Option<OperatorRow>, StoreError>;
    /// One operator by login.
    async fn operator_by_login(&self, workspace: WorkspaceId, login: &str) -> Result<Option<OperatorRow>, StoreError>;
    /// All channels.
    async fn channels(&self, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError>;

    /// Opens a session.
    async fn add_session(&self, session: NewSession) -> Result<(), StoreError>;
    /// The session of a token, unless it ended. Its expiry is the caller's to check.
    async fn session_of(&self, token: TokenHash) -> Result<Option<SessionRow>, StoreError>;

    /// Remembers a customer.
    async fn add_customer(&self, new: NewCustomer) -> Result<Customer, StoreError>;
    /// The customer of a token.
    async fn customer_of(&self, workspace: WorkspaceId, token: TokenHash) -> Result<Option<Customer>, StoreError>;

    /// Notes an attempt to sign in before it is tried; or, if too many failed lately, only tells how many milliseconds
    /// to wait.
    async fn begin_try(
        &self,
        account: Uuid,
        address: AddressKey,
        limits: TryLimits,
        now: Stamp,
    ) -> Result<Option<u64>, StoreError>;
    /// Takes attempts back after one succeeded: all of the account, and this one of the address.
    async fn forgive(&self, account: Uuid, address: AddressKey) -> Result<(), StoreError>;

    /// How many dialogs wait in the queue.
    async fn waiting(&self, workspace: WorkspaceId) -> Result<u64, StoreError>;
    /// Forgets what is older than the times above. Returns how many rows went.
    async fn sweep(&self, now: Stamp) -> Result<u64, StoreError>;
    /// Whether the database answers.
    async fn check(&self) -> Result<(), StoreError>;
}

/// The key of idempotency of a message's writer.
#[must_use]
pub fn key(writer: Uuid, id: ClientId) -> Key {
    Key { writer, id }
}
