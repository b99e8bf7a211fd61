//! Everything a session can wish for.

use crate::{Draft, OutboxItem, Profile, Receipt, SavedDialog, Settings, StagedFile, TrayFile, UiError, ViewEvent};
use otklik_model::{
    Channel, ClientId, Cursor, DialogId, GoneReason, Handbook, Lookup, Message, MessageId, MessageKind, Op, Operator,
    OperatorStatus, StagedId, Stamp,
};
use serde::{Deserialize, Serialize};

/// Numbers a commit; growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub u64);

/// Numbers a request of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReqId(pub u64);

/// One wish. The engine carries effects out in the order given; it may run commits and network at the same time,
/// because whatever must wait for a commit is only released after [`crate::Input::Committed`].
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Store all of this in one transaction, answered by `Committed` or `CommitFailed`. Commits to one database are
    /// carried out in the order given.
    Commit {
        /// Echoed in the answer.
        id: CommitId,
        /// What, and in which database.
        writes: Writes,
    },
    /// Open a connection. An earlier one is abandoned.
    Connect {
        /// Go on from here, or ask for a snapshot.
        cursor: Option<Cursor>,
        /// The digest of the handbook that is here already.
        handbook: Option<String>,
    },
    /// Abandon the connection.
    Disconnect,
    /// The hub has ended this session for good: what it has sent is erased here, and the operator has to sign in again.
    /// Nothing of what he wrote is dropped.
    SessionEnded,
    /// Say this to the hub; the answer comes as `Answered`, `RetryLater`, or never.
    Submit {
        /// The idempotency key.
        id: ClientId,
        /// What.
        op: Op,
    },
    /// Give the hub the bytes of a file; how it goes comes as `Uploading`, then `Uploaded`, or never if the connection
    /// ends. Asked again with the same id it goes on where it broke off.
    Upload {
        /// The message that it is for.
        id: ClientId,
        /// Which file.
        file: StagedFile,
    },
    /// Nobody waits for this upload any more.
    StopUpload {
        /// The message that it was for.
        id: ClientId,
    },
    /// Nothing refers to the bytes of this file any more: they go.
    Unstage(StagedId),
    /// Read messages `from` to `to` of a dialog, the newest `limit` of them.
    Fetch {
        /// Echoed in the answer.
        req: u64,
        /// Which dialog.
        dialog: DialogId,
        /// First number.
        from: u32,
        /// Last number.
        to: u32,
        /// At most so many.
        limit: u32,
    },
    /// Look on the hub for this.
    LookUp {
        /// Echoed in the answer, as of a fetch.
        req: u64,
        /// For what.
        what: Lookup,
    },
    /// The operator is (or stopped) writing. Dropped if there is no connection.
    Typing {
        /// Where.
        dialog: DialogId,
        /// Writing or not.
        on: bool,
    },
    /// Which dialog the operator has before him now. Dropped if there is no connection.
    Looks {
        /// Where; `None`: nowhere.
        dialog: Option<DialogId>,
        /// Writing or only reading.
        writes: bool,
    },
    /// One of the windows has the keyboard, or none has. Dropped if there is no connection.
    Focus {
        /// One has it.
        on: bool,
    },
    /// Are you there? Asked for when a send stays unanswered.
    Probe,
    /// Tell the page.
    Emit(ViewEvent),
    /// Answer a command of the page.
    Reply {
        /// Which.
        req: ReqId,
        /// How it went.
        result: Result<Receipt, UiError>,
    },
    /// Play a sound once.
    Sound(AlertSound),
    /// Show a notification; one with the same tag is replaced.
    Popup(Popup),
    /// Take a notification back.
    Withdraw(PopupTag),
    /// Ask for attention in the task bar, or stop asking.
    Attention(bool),
    /// Dialogs with something unread or offered, for badge, tray and title.
    Badge(u32),
    /// Bring the main window to the front.
    ShowWindow,
    /// Bring a dialog's own window to the front.
    ShowOwnWindow(DialogId),
}

/// The writes of one transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Writes {
    /// To own.db, fully synchronous.
    Own(Vec<OwnWrite>),
    /// To cache.db, rows and cursor together.
    Cache(Vec<CacheWrite>),
}

/// One write to own.db: what only this machine has.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnWrite {
    /// Insert or replace by client id.
    PutOutbox(OutboxItem),
    /// Remove.
    DropOutbox(ClientId),
    /// Insert or replace by dialog.
    PutDraft(Draft),
    /// Remove.
    DropDraft(DialogId),
    /// Insert or replace by the file's id.
    PutTray(TrayFile),
    /// Take a file out of its tray.
    DropTray(StagedId),
    /// Replace.
    PutSettings(Settings),
    /// Remember that this message was alerted about.
    Alerted(MessageId, Stamp),
    /// Forget alerts older than this.
    ForgetAlerts(Stamp),
}

/// One write to cache.db: what the hub can send again.
#[derive(Clone, Debug, PartialEq)]
pub enum CacheWrite {
    /// Insert or replace by id.
    PutDialog(Box<SavedDialog>),
    /// Remove the row and its messages.
    DropDialog(DialogId),
    /// Insert, or replace if `rev` is higher; also by (dialog, seq).
    PutMessage(Box<Message>),
    /// Insert or replace by id.
    PutOperator(Operator),
    /// Insert or replace by id.
    PutChannel(Channel),
    /// Replace.
    PutProfile(Profile),
    /// Replace.
    PutHandbook(Box<Handbook>),
    /// How far this cache has come.
    PutCursor(Cursor),
    /// Ask for a snapshot next time.
    DropCursor,
}

/// The classes of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AlertSound {
    /// Somebody new waits.
    Long,
    /// Something in one's own dialog.
    Short,
    /// What was written does not go out, or there is no connection.
    Trouble,
}

/// What a notification is about; one per tag is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PopupTag {
    /// What waits in this dialog; taken back when it does not wait any more.
    Dialog(DialogId),
    /// What happened to this dialog; stays until it is looked at.
    News(DialogId),
    /// The connection.
    Link,
    /// A summary after a reconnect.
    Summary,
    /// A message that does not go out.
    Outbox,
    /// One's own status.
    Status,
    /// How long the queue is.
    Queue,
}

/// What a customer said, as an alert tells of it. What the text means depends on the kind, and the core speaks no
/// language: whoever shows it has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What it is.
    pub kind: MessageKind,
    /// Its text; as a whole, or shortened to a line.
    pub text: String,
}

/// A notification. The shell finds the words in the operator's language; the core says only what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Popup {
    /// N3 and N1: somebody new waits, or was offered to me.
    Waiting {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// The words, if settings let them be shown.
        text: Option<Said>,
        /// Offered or transferred to me, rather than in the queue.
        to_me: bool,
    },
    /// N1: a dialog was put into my hands without asking me. There is nothing to accept.
    Given {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// The words, if settings let them be shown.
        text: Option<Said>,
    },
    /// N2 and N5: messages in my dialog.
    Messages {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// The newest words, if settings let them be shown.
        text: Option<Said>,
        /// How many are unread.
        count: u32,
    },
    /// N4: somebody left an offline request.
    OfflineRequest {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// The words, if settings let them be shown.
        text: Option<Said>,
    },
    /// N6: a dialog of mine is no longer mine.
    Left {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// How it left.
        reason: GoneReason,
        /// To whom.
        to: Option<String>,
    },
    /// N7: an offer to me is about to expire.
    OfferEnds {
        /// Which.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// Seconds left.
        seconds: u32,
    },
    /// N9: a colleague wrote a note in my dialog, or one that names me.
    Note {
        /// Which.
        dialog: DialogId,
        /// Who wrote it; `None` where nobody may be named.
        by: Option<String>,
        /// The words, if settings let them be shown.
        text: Option<String>,
    },
    /// N12: somebody else changed my status.
    Status {
        /// What it is now.
        status: OperatorStatus,
    },
    /// N13: more dialogs wait than the supervisor wants to bear.
    QueueLong {
        /// How many wait.
        waiting: u32,
    },
    /// N13: a customer gave one or two stars.
    LowRating {
        /// Which dialog.
        dialog: DialogId,
        /// The customer's name; `None` if made up by the hub.
        name: Option<String>,
        /// The hub's number of the customer.
        number: u64,
        /// One or two.
        stars: u8,
    },
    /// N10: a message failed or has been stuck for 30 seconds.
    Unsent {
        /// Which dialog.
        dialog: DialogId,
        /// How many.
        count: u32,
    },
    /// N11: no connection for 30 seconds.
    LinkLost,
    /// The hub has ended the session: nothing comes any more before the operator signs in.
    SessionEnded,
    /// After a reconnect: one line instead of a volley.
    Summary {
        /// Dialogs that now have something unread.
        unread: u32,
        /// Dialogs that now wait.
        waiting: u32,
    },
}

impl Popup {
    /// What it is about.
    #[must_use]
    pub fn tag(&self) -> PopupTag {
        match self {
            Self::Waiting { dialog, .. }
            | Self::Given { dialog, .. }
            | Self::Messages { dialog, .. }
            | Self::OfflineRequest { dialog, .. }
            | Self::OfferEnds { dialog, .. } => PopupTag::Dialog(*dialog),
            Self::Left { dialog, .. } | Self::Note { dialog, .. } | Self::LowRating { dialog, .. } => {
                PopupTag::News(*dialog)
            }
            Self::Status { .. } => PopupTag::Status,
            Self::QueueLong { .. } => PopupTag::Queue,
            Self::Unsent { .. } => PopupTag::Outbox,
            Self::LinkLost | Self::SessionEnded => PopupTag::Link,
            Self::Summary { .. } => PopupTag::Summary,
        }
    }
}
