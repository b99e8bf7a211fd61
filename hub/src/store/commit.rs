//! One piece of work: all of it is stored, or nothing.

use super::{
    AuditLine, Blocked, DialogEntry, Entry, EntryBody, Errand, FenceToken, OperatorRow, Reform, Regroup, Room,
    StoreError,
};
use crate::centre::Centre;
use crate::desk::{DialogAggregate, Event, Standing, deadline};
use otklik_model::{Channel, ClientId, Customer, Dialog, OperatorId, Outcome, Seq, SessionId, Stamp, WorkspaceId};
use serde::Serialize;
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
#[derive(Clone, Debug, PartialEq)]
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
    /// A line for the trail of acts.
    pub audit: Option<AuditLine>,
    /// What has to be done outside because of it.
    pub errands: Vec<Errand>,
    /// The lease under which it was decided; fenced if another node has it by now.
    pub fence: Option<FenceToken>,
    /// How much the operator who is given a dialog may carry; it conflicts if he would carry more.
    pub room: Option<Room>,
}

impl Commit {
    /// Work without a key, a line, errands, a lease or a limit.
    #[must_use]
    pub fn new(workspace: WorkspaceId, at: Stamp, work: Work, outcome: Outcome) -> Self {
        Self { workspace, at, key: None, work, outcome, audit: None, errands: Vec::new(), fence: None, room: None }
    }
}

/// What to store. Everything but `Nothing`, `Blocked`, `Regroup` and `Reform` takes one position of the log; a change of a
/// customer one more for each who is one person with him.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Only the answer: a refusal, or there was nothing to do.
    Nothing,
    /// A dialog and what happened to it. Files that were sent in it are its own from then on.
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
    /// A customer who has no open dialog; conflicts if the row's version is not this one, or he has a dialog that is
    /// not closed for good: that dialog carries a copy of him, and a change of it changes both.
    Customer {
        /// The new values.
        customer: Box<Customer>,
        /// The version they were made from.
        version: u64,
    },
    /// Somebody who may not write any more, with every dialog that goes on of whoever is one person with him; conflicts if
    /// any of them would, or if one is missing. Takes a position for each of the dialogs, and what a change of a customer
    /// takes.
    Blocked(Box<Blocked>),
    /// Customers who are one person now, or no longer, with all their dialogs; conflicts if the version of any is another
    /// one. Takes a position for each dialog, and for each customer who has none that is not closed for good.
    Regroup(Box<Regroup>),
    /// The centre's configuration; conflicts if the version in force is not this one.
    Centre {
        /// The version it was made from; 0: none was stored yet.
        version: u64,
        /// The new configuration.
        centre: Box<Centre>,
        /// By whom; nobody, if it comes from the command line.
        by: Option<OperatorId>,
        /// Why, in the administrator's words.
        note: String,
    },
    /// The centre's configuration with its people; conflicts if any of its rows would.
    Reform(Box<Reform>),
    /// Ends sessions.
    SignOut {
        /// Whose.
        operator: OperatorId,
        /// This one; all of them if none is named.
        session: Option<SessionId>,
    },
}

impl Work {
    /// Where the log tells what was asked for, if it has come from `before` to `head`. Of a dialog, a customer or a block
    /// that is its first entry: what follows for others who are the same person comes after it, and is not told to
    /// everybody.
    #[must_use]
    pub fn position(&self, before: Seq, head: Seq) -> Seq {
        match self {
            Self::Dialog(_) | Self::Customer { .. } | Self::Blocked(_) => head.min(Seq(before.0 + 1)),
            Self::Nothing
            | Self::Operator { .. }
            | Self::Channel(_)
            | Self::Regroup(_)
            | Self::Centre { .. }
            | Self::Reform(_)
            | Self::SignOut { .. } => head,
        }
    }
}

/// A decided change of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogChange {
    /// How it stood before; nothing if it is new.
    pub before: Option<Standing>,
    /// The version it was decided on. Version 0 is inserted, and conflicts if the customer has a dialog that is not
    /// closed for good.
    pub decided_on: u64,
    /// The new state.
    pub dialog: DialogAggregate,
    /// What happened.
    pub events: Vec<Event>,
    /// The customer as the decision knew him, if it changes him: his own row then follows, and other dialogs of his as
    /// [`Followers`] says. In a dialog that was closed for good already it conflicts if his row is another one by now.
    pub customer_before: Option<Box<Customer>>,
}

impl DialogChange {
    /// Applies events to a dialog.
    #[must_use]
    pub fn new(dialog: &DialogAggregate, events: Vec<Event>) -> Self {
        Self::of(dialog.clone(), events)
    }

    /// The same with a dialog that nobody needs any more as it stood before.
    #[must_use]
    pub fn of(mut dialog: DialogAggregate, events: Vec<Event>) -> Self {
        let before = (dialog.version > 0).then(|| dialog.standing());
        let changes = events.iter().any(|event| matches!(event, Event::CustomerChanged { .. }));
        let customer = changes.then(|| dialog.row.customer.clone());
        for event in &events {
            dialog.apply(event);
        }
        let customer_before = customer.filter(|customer| *customer != dialog.row.customer).map(Box::new);
        Self { before, decided_on: dialog.version, dialog, events, customer_before }
    }

    /// The customer as he has to be still: changed in a dialog that was over already.
    #[must_use]
    pub fn customer_of_old(&self) -> Option<&Customer> {
        self.customer_before.as_deref().filter(|_| self.was_final())
    }

    /// Who changed the customer, if an operator did.
    #[must_use]
    pub fn customer_changed_by(&self) -> Option<OperatorId> {
        self.events.iter().find_map(|event| if let Event::CustomerChanged { by, .. } = event { *by } else { None })
    }

    /// Whether the dialog was closed for good before.
    #[must_use]
    pub fn was_final(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.state.is_final())
    }

    /// The same, with the time at which something happens next by this configuration.
    #[must_use]
    pub fn due(mut self, centre: &Centre) -> Self {
        self.dialog.due_at = deadline(&self.dialog, centre).map(|(at, _)| at);
        self
    }

    /// [`DialogChange::new`] with the time at which something happens next by this configuration.
    #[must_use]
    pub fn timed(dialog: &DialogAggregate, events: Vec<Event>, centre: &Centre) -> Self {
        Self::new(dialog, events).due(centre)
    }

    /// Writes the version it makes, the position into everything that carries one, and the number into a new dialog. Of
    /// two stamps the later one counts.
    pub fn stamp(&mut self, seq: Seq, number: Option<u64>) {
        self.dialog.row.rev = seq;
        self.dialog.version = self.decided_on + 1;
        if let Some(number) = number {
            self.dialog.row.number = number;
        }
        for event in &mut self.events {
            if let Some(message) = event.message_mut() {
                message.rev = seq;
            }
        }
    }

    /// What the log says of it: written as the body of [`DialogChange::entry`] is, without a copy of it all.
    #[must_use]
    pub fn written(&self) -> impl Serialize + '_ {
        WrittenBody::Dialog { before: &self.before, row: &self.dialog.row, events: &self.events }
    }

    /// The entry of the log.
    #[must_use]
    pub fn entry(&self, seq: Seq, at: Stamp) -> Entry {
        let row = self.dialog.row.clone();
        let body = DialogEntry { before: self.before.clone(), row, events: self.events.clone() };
        Entry { seq, at, body: EntryBody::Dialog(Box::new(body)) }
    }

    /// The same, of a change that is over.
    #[must_use]
    pub fn into_entry(self, seq: Seq, at: Stamp) -> Entry {
        let body = DialogEntry { before: self.before, row: self.dialog.row, events: self.events };
        Entry { seq, at, body: EntryBody::Dialog(Box::new(body)) }
    }
}

/// [`EntryBody::Dialog`], borrowed.
#[derive(Serialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum WrittenBody<'a> {
    Dialog { before: &'a Option<Standing>, row: &'a Dialog, events: &'a [Event] },
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
    /// Another node has the lease by now.
    #[error("another hub process has taken over")]
    Fenced,
    /// The store failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Beginning, Reach, Start};
    use otklik_model::{ChannelId, CloseReason, CustomerId, DialogId, Particulars};

    #[test]
    fn what_is_written_is_the_body_of_the_entry() {
        let customer = Customer {
            id: CustomerId(Uuid::from_u128(1)),
            name: "Customer 1".into(),
            number: 1,
            named: false,
            email: None,
            phone: None,
            language: Some("ru".into()),
            particulars: Particulars::default(),
        };
        let mut dialog = DialogAggregate::begin(Beginning {
            id: DialogId(Uuid::from_u128(2)),
            channel: ChannelId(Uuid::from_u128(3)),
            customer,
            page: None,
            operator_online: true,
            wrote_before: false,
            customer_at: None,
            department: None,
            weight: 100,
            start: Start::Queue,
            suspicious: false,
            reach: Reach::Here,
            at: Stamp(1),
        });
        for version in [0, 1] {
            dialog.version = version;
            let closed = Event::Closed { reason: CloseReason::Operator, at: Stamp(5) };
            let mut change = DialogChange::new(&dialog, vec![closed]);
            change.stamp(Seq(9), Some(4));
            change.stamp(Seq(10), Some(4));
            assert_eq!(
                (change.dialog.version, change.dialog.row.rev),
                (version + 1, Seq(10)),
                "the later stamp counts"
            );
            let body = serde_json::to_string(&change.entry(Seq(10), Stamp(5)).body).unwrap();
            assert_eq!(serde_json::to_string(&change.written()).unwrap(), body);
        }
    }
}
