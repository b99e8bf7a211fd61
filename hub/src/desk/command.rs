//! What is asked of a dialog.

use otklik_model::{ClientId, MessageId, OperatorId, Page, Rights, Stamp};

/// The operator who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub id: OperatorId,
    /// The name that is written into messages.
    pub name: String,
    /// What he may do.
    pub rights: Rights,
}

/// Somebody to give a dialog to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub id: OperatorId,
    /// The name.
    pub name: String,
    /// Online, and not disabled.
    pub available: bool,
}

/// Where a dialog is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Back to everybody.
    Queue,
    /// To this person.
    Operator(Colleague),
    /// To somebody who does not exist.
    Stranger,
}

/// What is asked. A closed list: what operators ask over their protocol, what customers' pages do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Become its operator.
    Accept {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
    },
    /// Write to the customer.
    SendText {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// The words.
        text: String,
        /// His id of the message.
        client: ClientId,
    },
    /// Write for operators.
    SendNote {
        /// Who asks.
        by: Actor,
        /// The words.
        text: String,
        /// His id of the message.
        client: ClientId,
    },
    /// Everything up to here was read.
    MarkRead {
        /// Who asks.
        by: Actor,
        /// Number of the message.
        upto: u32,
    },
    /// Close softly.
    Close {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
    },
    /// Give away.
    Transfer {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// To whom.
        to: Target,
    },
    /// The customer writes.
    CustomerWrites {
        /// The words.
        text: String,
        /// The page's id of the message.
        client: ClientId,
    },
    /// How far messages have come to the customer.
    CustomerSaw {
        /// Received by the page.
        delivered: u32,
        /// Seen by the person.
        read: u32,
    },
    /// The customer's page is connected.
    CustomerCame,
    /// It no longer is, for longer than a reload takes.
    CustomerLeft,
    /// The customer went to another page.
    CustomerMoved(Page),
}

/// What a decision takes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: Stamp,
    /// Fresh ids: one decision writes two messages at most.
    pub ids: [MessageId; 2],
    /// The longest text the channel carries, in Unicode scalar values.
    pub text_chars: u32,
}
