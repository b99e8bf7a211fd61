//! One piece of work: all of it is stored, or nothing.

use super::{DialogEntry, Entry, EntryBody, OperatorRow, StoreError};
use crate::desk::{DialogAggregate, Event, Standing};
use otklik_model::{Channel, ClientId, OperatorId, Outcome, Seq, SessionId, Stamp, WorkspaceId};
use thiserror::Error;
use uuid::Uuid;

/// The key of idempotency: who asks, and his id of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// An operator's or a customer's id.
    pub writer: Uuid,
    /// Made by him.
    pub id: ClientId,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Where.
    pub workspace: WorkspaceId,
    /// When.
    pub at: Stamp,
    /// If this key was answered before, that answer is returned and nothing is done.
    pub key: Option<Key>,
    /// What to store.
    pub work: Work,
    /// The answer, kept for the key. Its position is filled in by the store.
    pub outcome: Outcome,
}

/// What to store. Everything but `Nothing` takes one position of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Only the answer: a refusal, or there was nothing to do.
    Nothing,
    /// A dialog and what happened to it.
    Dialog(Box<DialogChange>),
    /// An operator; conflicts if the row's `version` is not the stored one, or the login is taken.
    Operator {
        /// The new row, with the version it was made from.
        row: Box<OperatorRow>,
        /// Whether the rights differ from the stored ones.
        rights_changed: bool,
    },
    /// A channel, whatever stood there before.
    Channel(Channel),
    /// Ends sessions.
    SignOut {
        /// Whose.
        operator: OperatorId,
        /// This one; all of them if none is named.
        session: Option<SessionId>,
    },
}

/// A decided change of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogChange {
    /// How it stood before; nothing if it is new.
    pub before: Option<Standing>,
    /// The new state, with the version it was decided on. Version 0 is inserted, and conflicts if the customer has a
    /// dialog that is not closed for good.
    pub dialog: DialogAggregate,
    /// What happened.
    pub events: Vec<Event>,
}

impl DialogChange {
    /// Applies events to a dialog.
    #[must_use]
    pub fn new(dialog: &DialogAggregate, events: Vec<Event>) -> Self {
        let before = (dialog.version > 0).then(|| dialog.standing());
        let mut after = dialog.clone();
        for event in &events {
            after.apply(event);
        }
        Self { before, dialog: after, events }
    }

    /// Writes the position into everything that carries one, and the number into a new dialog.
    pub fn stamp(&mut self, seq: Seq, number: Option<u64>) {
        self.dialog.row.rev = seq;
        self.dialog.version += 1;
        if let Some(number) = number {
            self.dialog.row.number = number;
        }
        for event in &mut self.events {
            if let Event::MessageAdded(message) = event {
                message.rev = seq;
            }
        }
    }

    /// The entry of the log.
    #[must_use]
    pub fn entry(&self, seq: Seq, at: Stamp) -> Entry {
        let row = self.dialog.row.clone();
        let body = DialogEntry { before: self.before, row, events: self.events.clone() };
        Entry { seq, at, body: EntryBody::Dialog(Box::new(body)) }
    }
}

/// What a commit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The workspace's newest position after it.
    pub head: Seq,
    /// The answer for the key: this one, or the first one if it was repeated.
    pub outcome: Outcome,
    /// Whether the key was answered before, and so nothing was done now.
    pub repeated: bool,
}

/// The outcome with its position filled in.
#[must_use]
pub fn stamped(outcome: Outcome, seq: Seq) -> Outcome {
    match outcome {
        Outcome::Done { message, .. } => Outcome::Done { at_seq: seq, message },
        Outcome::Refused { reason } => Outcome::Refused { reason },
    }
}

/// Why a commit was not done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommitError {
    /// Somebody else was faster: read again, decide again.
    #[error("the row has changed")]
    Conflict,
    /// The store failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
