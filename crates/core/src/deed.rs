//! What an operator does with a dialog beside writing in it: asked of the hub now or not at all, because the dialog may
//! be another one by the time a queue would get to it.

use crate::Term;
use otklik_model::{Can, CustomerId, Denied, DepartmentKey, Dialog, DialogId, Op, Stamp, Union};
use serde::{Deserialize, Serialize};

/// A deed. Which words the hub has for it, and what it may answer, stands in [`Op`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// Do not take what is offered.
    Decline,
    /// Put off.
    Hold {
        /// How long, if neither a hand nor the customer's word wakes it before.
        term: Term,
        /// Why; at most 200 characters.
        reason: Option<String>,
    },
    /// Take up again what was put off.
    Unhold,
    /// Say what it is about; what is absent stays as it is.
    Sort {
        /// The category's key; empty: none.
        category: Option<String>,
        /// The subject, at most 200 characters.
        subject: Option<String>,
        /// The tags, all of them.
        tags: Option<Vec<String>>,
    },
    /// Change the words of one's own message, one that the hub has.
    EditMessage {
        /// Its number.
        seq: u32,
        /// The new words.
        text: String,
    },
    /// Take back one's own message, one that the hub has.
    DeleteMessage {
        /// Its number.
        seq: u32,
    },
    /// Ask the customer for contacts.
    RequestContact,
    /// Send the customer to another page of the site.
    Teleport {
        /// The page's address.
        address: String,
    },
    /// The customer may not write any more.
    Block {
        /// How long.
        term: Term,
        /// Why; at most 200 characters.
        reason: String,
    },
    /// The customer may write again.
    Unblock,
    /// Have the conversation sent to one's own mailbox.
    SendTranscript,
    /// Begin a new dialog with the customer of this one, or with another who is one person with him.
    Invite {
        /// The first words.
        text: String,
        /// With this one; with the dialog's own, if nobody is named.
        #[serde(default)]
        customer: Option<CustomerId>,
        /// The department it is for; the operator's own, if none is named.
        #[serde(default)]
        department: Option<DepartmentKey>,
    },
    /// Say that the customer of another dialog is one person with the customer of this one. Never queued: who is who may
    /// be said differently by the time a queue would get to it, and what is joined was looked at side by side.
    Join {
        /// The other dialog.
        other: DialogId,
        /// Which values stay.
        union: Box<Union>,
        /// The person of this dialog that was looked at.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        person: u64,
        /// The person of the other.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        other_person: u64,
    },
    /// Undo that for one of the customers.
    Separate {
        /// Who is somebody of his own again.
        customer: CustomerId,
        /// The person that was looked at.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        person: u64,
    },
}

impl Deed {
    /// Why it may not be done, as far as the hub has said so beforehand.
    pub(crate) fn denied(&self, can: &Can) -> Option<Denied> {
        match self {
            Self::Hold { .. } | Self::Unhold => can.hold,
            Self::Sort { .. } => can.sort,
            Self::EditMessage { .. } => can.reword,
            Self::DeleteMessage { .. } => can.delete,
            Self::RequestContact => can.contacts,
            Self::Teleport { .. } => can.teleport,
            Self::Block { .. } | Self::Unblock => can.block,
            Self::Decline | Self::SendTranscript | Self::Invite { .. } | Self::Join { .. } | Self::Separate { .. } => {
                None
            }
        }
    }

    /// As the hub is asked, for a dialog as it stands, at this moment of the hub's clock.
    pub(crate) fn op(self, row: &Dialog, now: Stamp) -> Op {
        let (dialog, epoch) = (row.id, row.epoch);
        match self {
            Self::Decline => Op::Decline { dialog, epoch },
            Self::Hold { term, reason } => Op::Hold { dialog, epoch, until: term.end(now), reason },
            Self::Unhold => Op::Unhold { dialog, epoch },
            Self::Sort { category, subject, tags } => Op::SortDialog { dialog, category, subject, tags },
            Self::EditMessage { seq, text } => Op::EditMessage { dialog, seq, text },
            Self::DeleteMessage { seq } => Op::DeleteMessage { dialog, seq },
            Self::RequestContact => Op::RequestContact { dialog, epoch },
            Self::Teleport { address } => Op::Teleport { dialog, epoch, address },
            Self::Block { term, reason } => Op::Block { dialog, until: term.end(now), reason },
            Self::Unblock => Op::Unblock { customer: row.customer.id },
            Self::SendTranscript => Op::SendTranscript { dialog },
            Self::Invite { text, customer, department } => {
                Op::Invite { customer: customer.unwrap_or(row.customer.id), text, department }
            }
            Self::Join { other, union, person, other_person } => {
                Op::JoinCustomers { dialog, other, union, person, other_person }
            }
            Self::Separate { customer, person } => Op::SeparateCustomer { dialog, customer, person },
        }
    }
}
