//! The log: what happened in a workspace, in order, as it is kept.

use super::{SetBy, usual_code};
use crate::centre::{Grants, Post};
use crate::desk::{Event, Standing};
use otklik_model::{
    Channel, Customer, Dialog, Message, Operator, OperatorId, OperatorStatus, Rights, Seq, SessionId, Stamp, StatusKey,
};
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
    Operator(Box<OperatorFace>),
    /// A channel's row is new or changed.
    Channel(Channel),
    /// A customer who has no open dialog changed.
    Customer(Box<Customer>),
    /// The centre's configuration changed.
    Centre {
        /// The version in force now.
        version: u64,
    },
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
        Standing::of(&self.row)
    }

    /// The messages it added.
    pub fn added(&self) -> impl Iterator<Item = &Message> {
        self.events
            .iter()
            .filter_map(|event| if let Event::MessageAdded(message) = event { Some(&**message) } else { None })
    }

    /// The messages that are others now.
    pub fn changed(&self) -> impl Iterator<Item = &Message> {
        self.events
            .iter()
            .filter_map(|event| if let Event::MessageChanged(message) = event { Some(&**message) } else { None })
    }

    /// The messages it added or changed.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.events.iter().filter_map(Event::message)
    }
}

/// An operator as others may know him: no password, no mailbox, and a login of bots only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorFace {
    /// Who.
    pub id: OperatorId,
    /// The name shown.
    pub name: String,
    /// Of a bot: the login under which the centre configures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot_login: Option<String>,
    /// The kind of the present status.
    pub status: OperatorStatus,
    /// The present status in the centre's dictionary.
    #[serde(default = "offline")]
    pub status_code: StatusKey,
    /// Since when.
    #[serde(default = "long_ago")]
    pub status_since: Stamp,
    /// Who or what set it.
    #[serde(default = "by_hub")]
    pub set_by: SetBy,
    /// He logged out and stays online.
    #[serde(default)]
    pub keep_online: bool,
    /// When a dialog last became his.
    #[serde(default)]
    pub last_accepted_at: Option<Stamp>,
    /// What he does here.
    #[serde(default)]
    pub post: Post,
    /// What he may do, and how far it reaches.
    #[serde(default)]
    pub grants: Grants,
    /// Whether rights changed in this entry: what he sees is another world then, and he starts afresh.
    pub rights_changed: bool,
    /// He may not sign in.
    pub disabled: bool,
}

// Entries of before these were known are read for a month more.
fn offline() -> StatusKey {
    usual_code(OperatorStatus::Offline)
}

fn long_ago() -> Stamp {
    Stamp(0)
}

fn by_hub() -> SetBy {
    SetBy::Hub
}

impl OperatorFace {
    /// What he may do, however far it reaches.
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.grants.flat()
    }

    /// The row that is told to workplaces.
    #[must_use]
    pub fn operator(&self) -> Operator {
        Operator { is_bot: self.post.is_bot, ..Operator::new(self.id, self.name.clone(), self.status) }
    }
}
