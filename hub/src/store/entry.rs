//! The log: what happened in a workspace, in order, as it is kept.

use crate::desk::{Event, Standing};
use otklik_model::{Channel, Dialog, Message, Operator, OperatorId, OperatorStatus, Rights, Seq, SessionId, Stamp};
use serde::{Deserialize, Serialize};

/// One position of the log: everything one commit did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The position: 1, 2, 3, ...
    pub seq: Seq,
    /// When.
    pub at: Stamp,
    /// What.
    pub body: EntryBody,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum EntryBody {
    /// To a dialog.
    Dialog(Box<DialogEntry>),
    /// An operator's row is new or changed.
    Operator(OperatorFace),
    /// A channel's row is new or changed.
    Channel(Channel),
    /// Sessions ended.
    SignedOut {
        /// Whose.
        operator: OperatorId,
        /// This one; all of them if none is named.
        session: Option<SessionId>,
    },
}

/// What happened to a dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogEntry {
    /// How it stood before; nothing if it began here.
    pub before: Option<Standing>,
    /// The row afterwards, `can` left empty.
    pub row: Dialog,
    /// The facts, in order.
    pub events: Vec<Event>,
}

impl DialogEntry {
    /// How it stands afterwards.
    #[must_use]
    pub fn after(&self) -> Standing {
        Standing { state: self.row.state, assignee: self.row.assignee }
    }

    /// The messages it added.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.events.iter().filter_map(|event| match event {
            Event::MessageAdded(message) => Some(&**message),
            Event::Accepted { .. }
            | Event::Offered { .. }
            | Event::Returned { .. }
            | Event::Closed { .. }
            | Event::Resumed
            | Event::ReadByOperator { .. }
            | Event::SeenByCustomer { .. }
            | Event::PresenceChanged { .. }
            | Event::PageChanged { .. } => None,
        })
    }
}

/// An operator as others may know him: no login, no password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorFace {
    /// Who.
    pub id: OperatorId,
    /// The name shown.
    pub name: String,
    /// The present status.
    pub status: OperatorStatus,
    /// What he may do.
    pub rights: Rights,
    /// Whether rights changed in this entry: what he sees is another world then, and he starts afresh.
    pub rights_changed: bool,
    /// He may not sign in.
    pub disabled: bool,
}

impl OperatorFace {
    /// The row that is told to workplaces.
    #[must_use]
    pub fn operator(&self) -> Operator {
        Operator { id: self.id, name: self.name.clone(), status: self.status }
    }
}
