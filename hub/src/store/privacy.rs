//! What is kept about one customer: found whole, and erased whole.
//!
//! An erasure is two steps. One transaction takes the rows and tells everybody, in the log, that the dialogs are gone;
//! then [`ErrandKind::Scrub`] takes the words out of the older entries of the log, which are told to nobody new but
//! still stand in the file. The sequence keeps its positions: an entry is emptied, never removed.
//!
//! [`ErrandKind::Scrub`]: super::ErrandKind::Scrub

use super::{AuditLine, DialogChange, Entry, Errand, ErrandKind, FileRow, StoreError, scrub::scrubbed};
use crate::desk::{DialogAggregate, Event};
use async_trait::async_trait;
use otklik_model::{Customer, CustomerId, DialogId, FileId, Journey, Seq, Stamp, WorkspaceId};
use serde_json::json;
use uuid::Uuid;

/// The rows about one customer, but for his messages and the log, which are read in pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectRows {
    /// What is known of him.
    pub customer: Customer,
    /// Since when.
    pub created_at: Stamp,
    /// Where he is, and the pages he went to.
    pub journey: Journey,
    /// All his dialogs, oldest first.
    pub dialogs: Vec<DialogAggregate>,
    /// All files of his dialogs, and those he uploaded and did not send.
    pub files: Vec<FileRow>,
    /// What is still to be done outside, or was given up, and names him, one of his dialogs or files.
    pub errands: Vec<(Uuid, ErrandKind)>,
}

impl SubjectRows {
    /// These, and the rows about another who is one person with the customer.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.dialogs.extend(other.dialogs);
        self.files.extend(other.files);
        // One errand may name both.
        self.errands.extend(other.errands);
        self.errands.sort_by_key(|(id, _)| *id);
        self.errands.dedup_by_key(|(id, _)| *id);
        self
    }
}

/// What is to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A customer with all that is about him, and all who are one person with him.
    Customer(CustomerId),
    /// One dialog, whatever state it is in, and its person as [`Whose::Customer`] if he has no other and is not blocked.
    Dialog(DialogId),
    /// These dialogs, as far as they are closed, and persons who have no other and are not blocked.
    Dialogs(Vec<DialogId>),
}

impl Whose {
    /// Whether somebody asked for it, and it has to be in no file of the database at once. What is only old goes from them
    /// in time by itself, and there is too much of it to clean them each time.
    pub(super) fn is_asked_for(&self) -> bool {
        match self {
            Self::Customer(_) | Self::Dialog(_) => true,
            Self::Dialogs(_) => false,
        }
    }
}

/// An erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Where.
    pub workspace: WorkspaceId,
    /// When.
    pub at: Stamp,
    /// Whose rows.
    pub whose: Whose,
    /// A line for the trail of acts; what went is added to its detail. None is written if nothing went.
    pub line: AuditLine,
}

/// What an erasure took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The workspace's newest position after it.
    pub head: Seq,
    /// Customers.
    pub customers: u64,
    /// The dialogs.
    pub dialogs: Vec<DialogId>,
    /// Messages.
    pub messages: u64,
    /// The files; their contents go by an errand each.
    pub files: Vec<FileId>,
}

impl Erased {
    /// Whether there was nothing to take.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.customers == 0 && self.dialogs.is_empty() && self.files.is_empty()
    }

    /// The line of the trail with what went.
    pub(super) fn told(&self, mut line: AuditLine) -> AuditLine {
        if let Some(detail) = line.detail.as_object_mut() {
            for (what, count) in [
                ("customers", self.customers),
                ("dialogs", self.dialogs.len() as u64),
                ("messages", self.messages),
                ("files", self.files.len() as u64),
            ] {
                detail.insert(what.to_owned(), json!(count));
            }
        }
        line
    }

    /// What is to be done about it outside of the rows.
    pub(super) fn errands(&self, at: Stamp, whose: &Whose, customers: &[CustomerId], upto: Seq) -> Vec<Errand> {
        let scour = whose.is_asked_for();
        let contents = self.files.iter().map(|file| ErrandKind::DropFile { file: *file, always: true });
        let first =
            ErrandKind::Scrub { customer: customers.first().copied(), dialogs: self.dialogs.clone(), upto, scour };
        let others = customers.iter().skip(1).copied();
        let others = others.map(|other| ErrandKind::Scrub { customer: Some(other), dialogs: Vec::new(), upto, scour });
        contents
            .chain([first])
            .chain(others)
            .map(|kind| Errand { id: Uuid::now_v7(), kind, due_at: at, attempts: 0 })
            .collect()
    }
}

/// The entry that tells that a dialog is gone, without a word of what it was.
pub(super) fn removal(dialog: &DialogAggregate, seq: Seq, at: Stamp) -> Entry {
    let mut change = DialogChange::new(dialog, vec![Event::Deleted { at }]);
    change.stamp(seq, None);
    let entry = change.entry(seq, at);
    Entry { body: scrubbed(entry.body), ..entry }
}

/// The last position at which the log may tell of what is erased.
pub(super) fn last_word(customers: &[CustomerId], dialogs: &[DialogAggregate], head: Seq) -> Seq {
    let of_dialogs = dialogs.iter().map(|dialog| dialog.row.rev).max();
    // A customer without an open dialog is told of by entries of his own.
    of_dialogs.filter(|_| customers.is_empty()).unwrap_or(head)
}

/// All ids under which something is kept.
pub(super) fn ids(customers: &[CustomerId], dialogs: &[DialogAggregate], files: &[FileRow]) -> Vec<Uuid> {
    let dialogs = dialogs.iter().map(|dialog| dialog.row.id.0);
    customers.iter().map(|customer| customer.0).chain(dialogs).chain(files.iter().map(|file| file.id.0)).collect()
}

/// Whether an errand, as it is stored, names one of these ids.
pub(super) fn names(kind: &str, ids: &[Uuid]) -> bool {
    ids.iter().any(|id| kind.contains(&id.to_string()))
}

/// Customers' rights over what is kept about them, as questions to the database.
#[async_trait]
pub trait PrivacyStore: Send + Sync + 'static {
    /// The rows about a customer; nothing, if there is no such one.
    async fn subject(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Option<SubjectRows>, StoreError>;
    /// Erases rows, all or none, and tells of each dialog in the log.
    async fn erase(&self, erasure: Erasure) -> Result<Erased, StoreError>;
    /// Puts other bodies into entries of the log. Positions that are forgotten are left out.
    async fn rewrite(&self, workspace: WorkspaceId, entries: Vec<Entry>) -> Result<(), StoreError>;
    /// At most `limit` dialogs that were erased after a position, with the position of each, in order.
    async fn erased_after(
        &self,
        workspace: WorkspaceId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<(Seq, DialogId)>, StoreError>;
    /// Makes sure that what was deleted stands in none of the database's files any more.
    async fn scour(&self) -> Result<(), StoreError>;
}
