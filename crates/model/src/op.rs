//! What an operator asks of the hub, and how the hub answers.

use crate::{DialogId, MessageId, OperatorId, OperatorStatus, Seq, Stamp};
use serde::{Deserialize, Serialize};

/// An operation. Each travels with a [`crate::ClientId`]; the hub keeps the answer for that id, so a repeat gets the
/// first answer and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// Become the operator of a dialog. Compare-and-set on `epoch`.
    Accept {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Write to the customer.
    SendText {
        /// Where.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// The words.
        text: String,
    },
    /// Write for operators only.
    SendNote {
        /// Where.
        dialog: DialogId,
        /// The words.
        text: String,
    },
    /// Everything up to this message was read. Moves forward only.
    MarkRead {
        /// Where.
        dialog: DialogId,
        /// The number of the last message read.
        upto: u32,
    },
    /// Close softly: writing re-opens.
    Close {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Give away.
    Transfer {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// To whom.
        to: TransferTarget,
    },
    /// Change one's own status.
    SetStatus {
        /// To this.
        status: OperatorStatus,
    },
    /// An operation of a newer client.
    #[serde(other)]
    Unknown,
}

impl Op {
    /// The dialog it concerns, if one.
    #[must_use]
    pub fn dialog(&self) -> Option<DialogId> {
        match self {
            Self::Accept { dialog, .. }
            | Self::SendText { dialog, .. }
            | Self::SendNote { dialog, .. }
            | Self::MarkRead { dialog, .. }
            | Self::Close { dialog, .. }
            | Self::Transfer { dialog, .. } => Some(*dialog),
            Self::SetStatus { .. } | Self::Unknown => None,
        }
    }
}

/// Where a dialog is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum TransferTarget {
    /// Back to everybody.
    Queue,
    /// To one person, who has to accept.
    Operator {
        /// Whom.
        id: OperatorId,
    },
}

/// The hub's final answer to an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Done, and durable.
    Done {
        /// The event sequence at which it took effect (the workspace's head if nothing changed).
        at_seq: Seq,
        /// The message that was stored, for the operations that store one.
        message: Option<Stored>,
    },
    /// Not done, and will not be done for this id.
    Refused {
        /// Why.
        reason: Refusal,
    },
}

/// Where a sent message landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The hub's id of it.
    pub id: MessageId,
    /// Its number in the dialog.
    pub seq: u32,
    /// When the hub stored it.
    pub at: Stamp,
}

/// Why the hub says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Somebody was first.
    AlreadyAccepted {
        /// The winner's name.
        by: String,
    },
    /// Somebody else leads the dialog now, or nobody does.
    NotYourDialog {
        /// The present owner's name.
        owner: Option<String>,
    },
    /// The dialog is closed for good.
    DialogClosed,
    /// No such dialog, or not visible to this operator: the same answer, so that ids cannot be probed.
    NotFound,
    /// The rights do not cover it.
    Forbidden,
    /// The text has nothing to read in it.
    Empty,
    /// The text is too long.
    TooLong {
        /// The limit, in Unicode scalar values.
        max: u32,
    },
    /// The target of a transfer cannot take it.
    TargetUnavailable,
    /// The operation is not one this hub knows, or its fields make no sense.
    Unsupported,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}
