//! Short words that go away by themselves.

use crate::UiErrorCode;
use otklik_model::{DialogId, GoneReason, MessageKind, OperatorStatus};
use serde::{Deserialize, Serialize};

/// A short word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "toast", rename_all = "snake_case")]
pub enum Toast {
    /// Another operator was first.
    AlreadyAccepted {
        /// The winner.
        by: String,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        number: u64,
    },
    /// A dialog of mine left me.
    DialogLeft {
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        number: u64,
        /// How.
        reason: GoneReason,
        /// To whom.
        to: Option<String>,
    },
    /// N2, focused on something else: a message in another of my dialogs.
    Message {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        number: u64,
        /// What it is.
        kind: MessageKind,
        /// Its text, shortened.
        text: String,
    },
    /// N1, focused: a dialog was given to me.
    Offered {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        number: u64,
    },
    /// What was offered to me is so no more, and it was not I who declined or accepted.
    OfferEnded {
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        number: u64,
        /// What became of it.
        end: OfferEnd,
    },
    /// What a notification's button asked for was not done.
    NotDone {
        /// Why.
        why: UiErrorCode,
    },
    /// A link of another program leads to no dialog that this operator may see.
    LinkLeadsNowhere,
    /// N10: a message failed or does not go out.
    Unsent {
        /// Which dialog.
        dialog: DialogId,
    },
    /// N9, focused on something else: a colleague wrote a note.
    Noted {
        /// Which dialog.
        dialog: DialogId,
        /// Who wrote it.
        by: String,
        /// The words, shortened.
        text: String,
    },
    /// N12: somebody else changed my status.
    StatusChanged {
        /// What it is now.
        status: OperatorStatus,
    },
    /// N13: more dialogs wait than the supervisor wants to bear.
    QueueLong {
        /// How many.
        waiting: u32,
    },
    /// N13: a customer gave one or two stars.
    LowRating {
        /// Which dialog.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        number: u64,
        /// One or two.
        stars: u8,
    },
}

/// What became of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum OfferEnd {
    /// A colleague has the dialog now.
    Taken {
        /// Who.
        to: String,
    },
    /// Its time is over, or it was taken back: somebody else will be asked.
    Returned,
    /// The dialog is over.
    Closed,
}
