//! A dialog as one operator may see it.

use crate::{CategoryKey, ChannelId, Customer, DepartmentKey, DialogId, OperatorId, Page, Preview, Seq, Stamp};
use serde::{Deserialize, Serialize};

/// Where a dialog stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DialogState {
    /// An outside router decides where it goes.
    Routing,
    /// A bot leads it.
    Bot,
    /// Nobody's yet: any eligible operator may accept. Whether it is a general-queue dialog or an offline request is
    /// said by [`Dialog::current_state`].
    Queue,
    /// Assigned to an operator who has not accepted.
    Offered,
    /// An operator leads it.
    Active,
    /// An operator leads it and has put it off: no time-out, no load.
    Hold,
    /// An operator wrote first; the customer has not answered yet.
    Invitation,
    /// Closed by one side (see [`Dialog::close_reason`]); writing re-opens it under the same number.
    ClosedSoft,
    /// Closed for good.
    Closed,
    /// Removed by an administrator; dropped from every list.
    Deleted,
    /// A state of a newer hub: shown read-only.
    #[serde(other)]
    Unknown,
}

impl DialogState {
    /// Whether the conversation is over for now.
    #[must_use]
    pub fn is_closed(self) -> bool {
        match self {
            Self::ClosedSoft | Self::Closed | Self::Deleted => true,
            Self::Routing
            | Self::Bot
            | Self::Queue
            | Self::Offered
            | Self::Active
            | Self::Hold
            | Self::Invitation
            | Self::Unknown => false,
        }
    }

    /// Whether nothing can happen in it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Closed | Self::Deleted => true,
            Self::Routing
            | Self::Bot
            | Self::Queue
            | Self::Offered
            | Self::Active
            | Self::Hold
            | Self::Invitation
            | Self::ClosedSoft
            | Self::Unknown => false,
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

/// Where the customer is right now. A mobile dialog with a push token is always on site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The page is open and connected.
    OnSite,
    /// It is not, for longer than a reload takes; the dialog still counts as online.
    LeftSite,
    /// It has not been for so long that the dialog counts as offline.
    Offline,
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
    /// By an operator who never took it.
    WithoutTaking,
    /// Nobody answered an invitation.
    NoAnswer,
    /// By a bot that had done its work.
    Bot,
    /// Nothing happened for too long.
    TimeOut,
    /// The customer was blocked.
    Blocked,
    /// Its operator's account was removed.
    OperatorRemoved,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// Where a row stands for one operator. Each dialog stands in one of these; besides, Open lists whatever is not over,
/// and All every visible one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Somebody must take it: offered to me, or unassigned where operators take by hand.
    Waiting,
    /// I lead it.
    Mine,
    /// Nobody has it and its customer is there, where dialogs are offered: the general queue.
    Queue,
    /// Nobody has it and its customer has left.
    OfflineRequests,
    /// It goes on without me: with a colleague, a bot, a router.
    Open,
    /// It is over, or in a state that is not known here.
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
    /// The operator's status does not allow it.
    Status,
    /// The operator has as many dialogs as he may.
    LimitReached,
    /// The channel cannot carry it.
    Channel,
    /// A bot leads it.
    WithBot,
    /// The customer is not on the site now.
    NotOnSite,
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
    /// Put it off, or take it up again.
    #[serde(default)]
    pub hold: Option<Denied>,
    /// Set category, subject and tags.
    #[serde(default)]
    pub sort: Option<Denied>,
    /// Block or unblock the customer.
    #[serde(default)]
    pub block: Option<Denied>,
    /// Change or take back one's own messages: at least one of the two.
    #[serde(default)]
    pub edit: Option<Denied>,
    /// Change one's own messages. What the channel cannot change [`crate::Handbook::channels`] says.
    #[serde(default)]
    pub reword: Option<Denied>,
    /// Take one's own messages back. What the channel cannot take back [`crate::Handbook::channels`] says.
    #[serde(default)]
    pub delete: Option<Denied>,
    /// Name the message that an answer answers. Which kinds can be named [`crate::Handbook::quotes`] says.
    #[serde(default)]
    pub quote: Option<Denied>,
    /// Send files.
    #[serde(default)]
    pub send_file: Option<Denied>,
    /// Ask the customer for his contacts.
    #[serde(default)]
    pub contacts: Option<Denied>,
    /// Send the customer to another page of the site. Which sites may be named the handbook says.
    #[serde(default)]
    pub teleport: Option<Denied>,
    /// See how the customer rated.
    #[serde(default)]
    pub rating: Option<Denied>,
}

impl Can {
    /// Everything is denied for the same reason.
    #[must_use]
    pub fn nothing(why: Denied) -> Self {
        let no = Some(why);
        Self {
            accept: no,
            write: no,
            note: no,
            close: no,
            transfer: no,
            hold: no,
            sort: no,
            block: no,
            edit: no,
            reword: no,
            delete: no,
            quote: no,
            send_file: no,
            contacts: no,
            teleport: no,
            rating: no,
        }
    }
}

/// A dialog that its operator has put off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hold {
    /// Since when.
    pub since: Stamp,
    /// It wakes by itself then.
    pub until: Option<Stamp>,
    /// Why, in the operator's words; at most 200 characters.
    pub reason: Option<String>,
}

/// What the customer thought of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Rating {
    /// Who was rated; nobody, if no operator had led the dialog.
    pub operator: Option<OperatorId>,
    /// 1 to 5.
    pub stars: u8,
    /// In the customer's words; at most 2,000 characters.
    pub note: Option<String>,
    /// Answers of the survey, in the order of its questions.
    #[serde(default)]
    pub answers: Vec<String>,
    /// When.
    pub at: Stamp,
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
    /// Which department it belongs to, if the centre has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentKey>,
    /// The bot that leads it or led it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<OperatorId>,
    /// Until when the offer stands; without an end, if nothing ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_until: Option<Stamp>,
    /// Why and since when it is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Since when the customer has been away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Stamp>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryKey>,
    /// What it is about, in the operator's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Words to find it by, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How much of an operator's capacity it takes, in hundredths of an ordinary dialog.
    #[serde(default = "ordinary_weight", skip_serializing_if = "is_ordinary_weight")]
    pub weight: u32,
    /// It began in a flood of its address that nobody had answered. It waits behind all others, calls nobody, and is
    /// given to nobody, until somebody takes it or sends it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspicious: bool,
    /// What the customer thought of it; absent for whoever may not see ratings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What the operator this row was made for may do.
    pub can: Can,
}

impl Dialog {
    /// A dialog at its beginning: in the queue, customer on site, nothing said, nobody's.
    #[must_use]
    pub fn new(id: DialogId, channel: ChannelId, customer: Customer, at: Stamp) -> Self {
        Self {
            id,
            number: 0,
            channel,
            customer,
            state: DialogState::Queue,
            start_state: OnlineState::Online,
            current_state: OnlineState::Online,
            presence: Presence::OnSite,
            assignee: None,
            assignee_name: None,
            epoch: 0,
            rev: Seq(0),
            last_seq: 0,
            last: None,
            awaiting: Awaiting::Nobody,
            awaiting_since: None,
            unread: 0,
            read_by_operator: 0,
            delivered_to_customer: 0,
            read_by_customer: 0,
            page: None,
            created_at: at,
            accepted_at: None,
            closed_at: None,
            close_reason: None,
            department: None,
            bot: None,
            offer_until: None,
            hold: None,
            left_at: None,
            category: None,
            subject: None,
            tags: Vec::new(),
            weight: ORDINARY_WEIGHT,
            suspicious: false,
            rating: None,
            can: Can::default(),
        }
    }
}

/// The weight of an ordinary dialog, in hundredths.
pub const ORDINARY_WEIGHT: u32 = 100;

fn ordinary_weight() -> u32 {
    ORDINARY_WEIGHT
}

fn is_ordinary_weight(weight: &u32) -> bool {
    *weight == ORDINARY_WEIGHT
}
