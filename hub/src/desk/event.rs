//! What happened to a dialog.

use otklik_model::{
    CategoryKey, CloseReason, Customer, DepartmentKey, FileId, Hold, Message, OperatorId, Page, Presence, Rating,
    Stamp, TeamKey,
};
use serde::{Deserialize, Serialize};

/// One fact about one dialog. Kept in the log for ever in this form: only add to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A message was written; its number follows the last.
    MessageAdded(Box<Message>),
    /// A message that was written before is another now: edited, taken back, its file settled.
    MessageChanged(Box<Message>),
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
        /// By whom; the centre, if by nobody.
        by: Option<OperatorId>,
        /// Until when the offer stands; without an end, if nothing ends it.
        #[serde(default)]
        until: Option<Stamp>,
        /// When.
        #[serde(default)]
        at: Stamp,
    },
    /// It is nobody's again.
    Returned {
        /// By whom; the hub or the customer, if by no operator.
        by: Option<OperatorId>,
        /// Why.
        #[serde(default)]
        why: ReturnedWhy,
        /// To this department; to the one it was in, if none is named.
        #[serde(default)]
        department: Option<DepartmentKey>,
        /// To this team of it; to no team, if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamKey>,
        /// When.
        #[serde(default)]
        at: Stamp,
    },
    /// It was given to somebody who is full: it waits for him, in the queue.
    QueuedFor {
        /// For whom.
        to: OperatorId,
        /// By whom; the centre, if by nobody.
        by: Option<OperatorId>,
        /// When.
        at: Stamp,
    },
    /// A bot leads it now.
    GivenToBot {
        /// Which.
        bot: OperatorId,
        /// Where its script goes on.
        scenario: Option<String>,
        /// By whom; the centre, if by nobody.
        by: Option<OperatorId>,
        /// When.
        at: Stamp,
    },
    /// An outside router is to say where it goes.
    SentToRouter {
        /// When.
        at: Stamp,
    },
    /// An operator began it, and the customer has not answered.
    Invited {
        /// Who.
        by: OperatorId,
        /// His name.
        name: String,
        /// When.
        at: Stamp,
    },
    /// The customer answered the invitation.
    Answered {
        /// When.
        at: Stamp,
    },
    /// Its operator put it off.
    Held {
        /// Since when, until when and why.
        hold: Hold,
    },
    /// It is taken up again.
    Unheld {
        /// When.
        #[serde(default)]
        at: Stamp,
    },
    /// It was closed softly.
    Closed {
        /// By whom.
        reason: CloseReason,
        /// When.
        at: Stamp,
    },
    /// It was closed for good.
    Finished {
        /// By whom, unless it was closed softly before.
        reason: CloseReason,
        /// When.
        at: Stamp,
    },
    /// It was removed.
    Deleted {
        /// When.
        at: Stamp,
    },
    /// The operator who had it when it was closed leads it again.
    Resumed,
    /// It is about something else now.
    Sorted {
        /// The category.
        category: Option<CategoryKey>,
        /// The subject.
        subject: Option<String>,
        /// The tags.
        tags: Vec<String>,
    },
    /// What is known of the customer changed.
    CustomerChanged {
        /// All of it.
        customer: Box<Customer>,
        /// By whom; the customer or another dialog, if by no operator.
        by: Option<OperatorId>,
    },
    /// The customer rated it.
    Rated {
        /// What the customer thinks.
        rating: Rating,
    },
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
        /// When.
        #[serde(default)]
        at: Stamp,
    },
    /// The customer is on another page.
    PageChanged {
        /// This one.
        page: Page,
    },
    /// The customer can be reached by a push, or no longer.
    PushChanged {
        /// Whether he can.
        on: bool,
    },
    /// The rules remember something.
    Marked {
        /// What.
        mark: Mark,
    },
    /// The time at which something happens by itself is another: the centre's time-outs changed.
    Reckoned {
        /// The new time.
        due_at: Option<Stamp>,
    },
}

impl Event {
    /// The message that was added or changed, if one was.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        if let Self::MessageAdded(message) | Self::MessageChanged(message) = self { Some(message) } else { None }
    }

    /// The file that was sent, if one was.
    #[must_use]
    pub fn file_sent(&self) -> Option<FileId> {
        let Self::MessageAdded(message) = self else { return None };
        message.details.file.as_ref().map(|file| file.id)
    }

    /// The same message, to be stamped by the store.
    pub fn message_mut(&mut self) -> Option<&mut Message> {
        if let Self::MessageAdded(message) | Self::MessageChanged(message) = self { Some(message) } else { None }
    }
}

/// Why a dialog is nobody's again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnedWhy {
    /// An operator gave it back, or to a department.
    #[default]
    Given,
    /// The one it was offered to does not take it: he missed it.
    Declined,
    /// The one it was offered to did not take it in time: he missed it.
    Expired,
    /// The one it was offered to went offline.
    WentOffline,
    /// The one who had it lost his connection.
    SessionLost,
    /// The account of the one who had it was removed.
    OperatorRemoved,
    /// A bot could not go on.
    BotGaveUp,
    /// A router sent it here, or did not answer.
    Routed,
    /// The customer wrote after a soft close.
    Reopened,
}

/// What the rules remember, and no row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The hub has said that all are busy.
    BusySaid,
    /// The hub has said that somebody will come.
    WaitSaid,
    /// The dialog tells that the customer has left.
    LeftSaid,
    /// Its operator is silent: he misses it, if it is then offered to another.
    Silent,
    /// No bot speaks in it any more.
    BotSilenced,
}
