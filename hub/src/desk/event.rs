//! What happened to a dialog.

use otklik_model::{CloseReason, Message, OperatorId, Page, Presence, Stamp};
use serde::{Deserialize, Serialize};

/// One fact about one dialog. Kept in the log for ever in this form: only add to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A message was written; its number follows the last.
    MessageAdded(Box<Message>),
    /// An operator leads it now.
    Accepted {
        /// Who.
        by: OperatorId,
        /// His name.
        name: String,
        /// When.
        at: Stamp,
    },
    /// It was given to somebody who has to accept.
    Offered {
        /// To whom.
        to: OperatorId,
        /// The name.
        name: String,
        /// By whom.
        by: OperatorId,
    },
    /// It is nobody's again.
    Returned {
        /// By whom; the hub or the customer, if by no operator.
        by: Option<OperatorId>,
    },
    /// It was closed softly.
    Closed {
        /// By whom.
        reason: CloseReason,
        /// When.
        at: Stamp,
    },
    /// The operator who closed it leads it again.
    Resumed,
    /// The operator has read up to this message.
    ReadByOperator {
        /// Its number.
        upto: u32,
    },
    /// Messages have come as far as this to the customer.
    SeenByCustomer {
        /// Received by the page.
        delivered: u32,
        /// Seen by the person.
        read: u32,
    },
    /// The customer came or left.
    PresenceChanged {
        /// Which of both.
        presence: Presence,
    },
    /// The customer is on another page.
    PageChanged {
        /// This one.
        page: Page,
    },
}
