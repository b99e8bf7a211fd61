//! What a store can be asked, by concern. Whoever holds a `dyn Store` has all of it.
//!
//! Every question names its workspace, and an id of another one finds nothing. Only secrets (a session's token, a key
//! of idempotency) are good without: they belong to one person, and he to one workspace.

use super::{
    AddressKey, Attendance, AuditLine, AuditRow, CentreRow, CentreVersion, Commit, CommitError, Committed, DoorStore,
    Errand, ErrandEnd, FileRow, IdentityStore, JourneyStore, Key, Lease, LogRead, NewCustomer, OperatorRow,
    PrivacyStore, RetentionStore, SearchStore, SessionStore, SnapshotRead, StatusChange, StoreError, TallyStore,
    TokenHash, TryLimits, Workspace,
};
use crate::centre::Template;
use crate::desk::DialogAggregate;
use async_trait::async_trait;
use otklik_model::{
    Channel, Customer, CustomerId, DialogId, FileId, Message, OperatorId, Outcome, Seq, Stamp, WorkspaceId,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The log: what is done, once and in order.
#[async_trait]
pub trait LogStore: Send + Sync + 'static {
    /// Finds the workspace of this short name, or makes it.
    async fn open_workspace(&self, short: &str) -> Result<Workspace, StoreError>;
    /// All workspaces with their short names, by name.
    async fn workspaces(&self) -> Result<Vec<(String, Workspace)>, StoreError>;

    /// Does one piece of work, whole or not at all, and durably: when this returns, it survives a crash.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if the row has changed since it was read, or whoever is given it has no room any more: read
    /// again and decide again.
    /// [`CommitError::Fenced`] if the lease it was decided under is another node's by now: decide no more.
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;
    /// Does many in one transaction, in their order; each is done whole or not at all, as by [`LogStore::commit`]. One
    /// answer for each.
    async fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<Committed, CommitError>>;
    /// The answer that was given to this key first, if any was.
    async fn first_answer(&self, key: Key) -> Result<Option<Outcome>, StoreError>;

    /// The newest position of the log.
    async fn head(&self, workspace: WorkspaceId) -> Result<Seq, StoreError>;
    /// At most `limit` entries after a position, in order and without gaps.
    async fn log_after(&self, workspace: WorkspaceId, after: Seq, limit: u32) -> Result<LogRead, StoreError>;
    /// Everything an operator may need to start with, at one position: dialogs that are open or were closed since.
    async fn snapshot(&self, workspace: WorkspaceId, closed_since: Stamp) -> Result<SnapshotRead, StoreError>;

    /// Takes or keeps the lease of a workspace for `ttl_ms`: renewed if `node` has it, taken with a higher token if it
    /// is free or has run out; nothing if another node has it.
    async fn take_lease(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        now: Stamp,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError>;
}

/// Dialogs as they stand.
#[async_trait]
pub trait DeskStore: Send + Sync + 'static {
    /// One dialog.
    async fn dialog(&self, workspace: WorkspaceId, id: DialogId) -> Result<Option<DialogAggregate>, StoreError>;
    /// The dialog that a customer's words go to: his one that is not closed for good.
    async fn dialog_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
    ) -> Result<Option<DialogAggregate>, StoreError>;
    /// All dialogs that are not closed, oldest first.
    async fn open_dialogs(&self, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError>;
    /// The dialogs that are not closed and are this operator's or offered to him, oldest first. Costs as much as there
    /// are, however many others there are.
    async fn open_dialogs_of(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
    ) -> Result<Vec<DialogAggregate>, StoreError>;
    /// All dialogs that are not closed for good: in these something may be due by time.
    async fn unfinished_dialogs(&self, workspace: WorkspaceId) -> Result<Vec<DialogAggregate>, StoreError>;
    /// At most `limit` dialogs in which something is due by time, what is due longest first.
    async fn due(&self, workspace: WorkspaceId, now: Stamp, limit: u32) -> Result<Vec<DialogId>, StoreError>;
    /// The newest at most `limit` messages of numbers `from` to `to`, oldest first.
    async fn messages(
        &self,
        workspace: WorkspaceId,
        dialog: DialogId,
        from: u32,
        to: u32,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;
    /// Customers who stand as being on the site in an open dialog.
    async fn customers_on_site(&self, workspace: WorkspaceId) -> Result<Vec<CustomerId>, StoreError>;
    /// How many dialogs wait in the queue, the suspicious ones among them.
    async fn waiting(&self, workspace: WorkspaceId) -> Result<u64, StoreError>;
    /// How many of those are suspicious.
    async fn waiting_suspicious(&self, workspace: WorkspaceId) -> Result<u64, StoreError>;
    /// All channels.
    async fn channels(&self, workspace: WorkspaceId) -> Result<Vec<Channel>, StoreError>;
}

/// Operators and customers, and how they prove who they are.
#[async_trait]
pub trait PeopleStore: Send + Sync + 'static {
    /// All operators, by login.
    async fn operators(&self, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError>;
    /// One operator.
    async fn operator(&self, workspace: WorkspaceId, id: OperatorId) -> Result<Option<OperatorRow>, StoreError>;
    /// One operator by login.
    async fn operator_by_login(&self, workspace: WorkspaceId, login: &str) -> Result<Option<OperatorRow>, StoreError>;
    /// An operator's statuses from a time on, oldest first; the first one is what held at that time.
    async fn status_changes(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        since: Stamp,
    ) -> Result<Vec<StatusChange>, StoreError>;

    /// Notes where operators' workplaces are. Of two notes about one operator the later one counts; no time goes back.
    async fn note_attendance(&self, workspace: WorkspaceId, notes: Vec<Attendance>) -> Result<(), StoreError>;
    /// What is known of operators' workplaces.
    async fn attendance(&self, workspace: WorkspaceId) -> Result<Vec<Attendance>, StoreError>;

    /// Remembers a customer.
    async fn add_customer(&self, new: NewCustomer) -> Result<Customer, StoreError>;
    /// The customer of a token.
    async fn customer_of(&self, workspace: WorkspaceId, token: TokenHash) -> Result<Option<Customer>, StoreError>;
    /// One customer, with the version that [`super::Work::Customer`] compares.
    async fn customer(&self, workspace: WorkspaceId, id: CustomerId) -> Result<Option<(Customer, u64)>, StoreError>;

    /// The customer of this number, with the version that [`super::Work::Customer`] compares.
    async fn customer_by_number(
        &self,
        workspace: WorkspaceId,
        number: u64,
    ) -> Result<Option<(Customer, u64)>, StoreError>;
    /// At most `limit` customers of numbers above `after` who are or were blocked and not freed, by number.
    async fn blocked_customers(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError>;

    /// Whether a customer has or had a dialog.
    async fn has_written(&self, workspace: WorkspaceId, id: CustomerId) -> Result<bool, StoreError>;

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

    /// Keeps a ready answer of an operator's own, whatever stood under this name before.
    async fn put_template(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        name: &str,
        template: Template,
    ) -> Result<(), StoreError>;
    /// An operator's own ready answers, by name.
    async fn templates_of(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
    ) -> Result<BTreeMap<String, Template>, StoreError>;
    /// Forgets a ready answer. Returns whether there was one.
    async fn remove_template(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        name: &str,
    ) -> Result<bool, StoreError>;
}

/// The centre's configuration, and who did and saw what.
#[async_trait]
pub trait CentreStore: Send + Sync + 'static {
    /// The configuration in force; version 0 with the default before the first one is stored.
    async fn centre(&self, workspace: WorkspaceId) -> Result<CentreRow, StoreError>;
    /// The configuration of a version, if there was one.
    async fn centre_at(&self, workspace: WorkspaceId, version: u64) -> Result<Option<CentreRow>, StoreError>;
    /// The newest at most `limit` versions, newest first.
    async fn centre_versions(&self, workspace: WorkspaceId, limit: u32) -> Result<Vec<CentreVersion>, StoreError>;

    /// Notes something that changed nothing else. What changes something notes it with its [`Commit`].
    async fn add_audit(&self, workspace: WorkspaceId, at: Stamp, line: AuditLine) -> Result<(), StoreError>;
    /// The newest at most `limit` lines, of numbers below `before` if one is given; newest first.
    async fn audit(&self, workspace: WorkspaceId, before: Option<u64>, limit: u32)
    -> Result<Vec<AuditRow>, StoreError>;
}

/// What has to be done outside, and files.
#[async_trait]
pub trait OutsideStore: Send + Sync + 'static {
    /// At most `limit` errands that are due, what is due longest first.
    async fn errands_due(&self, workspace: WorkspaceId, now: Stamp, limit: u32) -> Result<Vec<Errand>, StoreError>;
    /// Notes how an errand went. One that is not there is no error: another node was faster.
    async fn settle_errand(&self, id: Uuid, end: ErrandEnd) -> Result<(), StoreError>;

    /// Notes a file.
    async fn add_file(&self, file: FileRow) -> Result<(), StoreError>;
    /// One file.
    async fn file(&self, workspace: WorkspaceId, id: FileId) -> Result<Option<FileRow>, StoreError>;
    /// Changes what is known of a file. Returns whether it is there.
    async fn set_file(&self, workspace: WorkspaceId, file: FileRow) -> Result<bool, StoreError>;
}

/// The hub's database. Every method fails with [`StoreError`]; nothing is then changed.
#[async_trait]
pub trait Store:
    LogStore
    + DeskStore
    + SearchStore
    + JourneyStore
    + TallyStore
    + PeopleStore
    + SessionStore
    + CentreStore
    + OutsideStore
    + DoorStore
    + PrivacyStore
    + IdentityStore
    + RetentionStore
{
    /// Forgets what is older than the times of [`super`]. Returns how many rows went.
    async fn sweep(&self, now: Stamp) -> Result<u64, StoreError>;
    /// Whether the database answers.
    async fn check(&self) -> Result<(), StoreError>;
}
