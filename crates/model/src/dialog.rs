//! A dialog as one operator may see it.

use crate::{ChannelId, Customer, DialogId, OperatorId, Page, Preview, Seq, Stamp};
use serde::{Deserialize, Serialize};

/// Where a dialog stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DialogState {
    /// Nobody's yet: any eligible operator may accept.
    Queue,
    /// Assigned to an operator who has not accepted.
    Offered,
    /// An operator leads it.
    Active,
    /// Closed by the operator; writing re-opens it under the same number.
    ClosedSoft,
    /// Closed for good.
    Closed,
    /// A state of a newer hub: shown read-only.
    #[serde(other)]
    Unknown,
}

impl DialogState {
    /// Whether the conversation is over for now.
    #[must_use]
    pub fn is_closed(self) -> bool {
        match self {
            Self::ClosedSoft | Self::Closed => true,
            Self::Queue | Self::Offered | Self::Active | Self::Unknown => false,
        }
    }
}

/// Online or offline, for the start state (fixed) and the current state (the customer's presence now).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OnlineState {
    /// At start: an operator was online. Now: the customer is on the site.
    Online,
    /// At start: nobody was. Now: the customer has left.
    Offline,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// Whether the customer's page is connected to the hub right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The page is open and connected.
    OnSite,
    /// It is not.
    LeftSite,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// Whose word is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Awaiting {
    /// The customer wrote last.
    Operator,
    /// The operator wrote last.
    Customer,
    /// Nobody's: closed, or nothing was written.
    #[serde(other)]
    Nobody,
}

/// Why a dialog was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// By the operator.
    Operator,
    /// By the customer.
    Customer,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// Where a row belongs for one operator. A dialog can be in Waiting or Mine; All holds every visible one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Somebody must take it: offered to me, or unassigned.
    Waiting,
    /// I lead it.
    Mine,
    /// Everything I may see.
    All,
}

/// Why something is not allowed now: shown on the disabled button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Denied {
    /// The operator's rights do not cover it.
    NoRight,
    /// Somebody else leads the dialog.
    NotYours,
    /// The dialog has to be accepted first.
    NotAccepted,
    /// Somebody has accepted it already.
    AlreadyTaken,
    /// The dialog is closed.
    Closed,
    /// It cannot be done without a connection, because another operator may have acted.
    Offline,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// What one operator may do with one dialog, computed by the hub. `None` is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Can {
    /// Become its operator.
    pub accept: Option<Denied>,
    /// Write to the customer.
    pub write: Option<Denied>,
    /// Write a note that the customer never sees.
    pub note: Option<Denied>,
    /// Close it.
    pub close: Option<Denied>,
    /// Give it to somebody else or back to the queue.
    pub transfer: Option<Denied>,
}

/// A dialog row: all that a list, a header and a decision need, without the messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Dialog {
    /// Its id.
    pub id: DialogId,
    /// The number people say aloud; unique in the workspace, starting at 1.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// Where the customer writes from.
    pub channel: ChannelId,
    /// Who writes.
    pub customer: Customer,
    /// Where it stands.
    pub state: DialogState,
    /// Fixed when the dialog began.
    pub start_state: OnlineState,
    /// Follows the customer's presence; decides where an unassigned dialog waits.
    pub current_state: OnlineState,
    /// Whether the customer's page is connected.
    pub presence: Presence,
    /// Who leads it or is offered it.
    pub assignee: Option<OperatorId>,
    /// The assignee's name, so that it can be said without a directory.
    pub assignee_name: Option<String>,
    /// Grows by one each time the owner changes. A command that carries an older one is refused: the fencing token.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub epoch: u64,
    /// The event that last changed this row; of two versions the higher one is kept.
    pub rev: Seq,
    /// Number of the newest message; messages are numbered from 1 without holes. 0: none yet.
    pub last_seq: u32,
    /// The newest message, shortened.
    pub last: Option<Preview>,
    /// Whose word is awaited.
    pub awaiting: Awaiting,
    /// Since when, if somebody's is.
    pub awaiting_since: Option<Stamp>,
    /// How many of the customer's messages no operator has read.
    pub unread: u32,
    /// The operator has read up to this message.
    pub read_by_operator: u32,
    /// The customer's page has received up to this message.
    pub delivered_to_customer: u32,
    /// The customer has seen up to this message.
    pub read_by_customer: u32,
    /// The page the customer is on.
    pub page: Option<Page>,
    /// When it began.
    pub created_at: Stamp,
    /// When it was accepted by the present operator.
    pub accepted_at: Option<Stamp>,
    /// When it was closed.
    pub closed_at: Option<Stamp>,
    /// Why it was closed.
    pub close_reason: Option<CloseReason>,
    /// What the operator this row was made for may do.
    pub can: Can,
}
