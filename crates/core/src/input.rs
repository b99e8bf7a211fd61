//! Everything that can happen to a session.

use crate::{Command, CommitId, DialogLink, FileTrouble, Profile, ReqId};
use otklik_model::{
    Attachment, Change, Channel, ClientId, Dialog, DialogId, Found, Handbook, Message, Operator, OperatorId, Outcome,
    Seq, Stamp,
};

/// One thing that happened. A closed enum: every match names all arms.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The operator did something. Answered with exactly one [`crate::Effect::Reply`].
    Command {
        /// Echoed in the reply.
        req: ReqId,
        /// What.
        command: Command,
    },
    /// The connection says something.
    Link(LinkInput),
    /// A [`crate::Effect::Commit`] is durable.
    Committed(CommitId),
    /// A [`crate::Effect::Commit`] failed; nothing of it is stored, except that after [`DiskFault::Io`] nobody knows.
    CommitFailed {
        /// Which.
        id: CommitId,
        /// Why.
        fault: DiskFault,
    },
    /// The main window's state, whenever it changes.
    Window(WindowState),
    /// A dialog has a window of its own, whenever that changes.
    OwnWindow {
        /// Which dialog.
        dialog: DialogId,
        /// How it stands; `None` once it is closed.
        window: Option<WindowState>,
    },
    /// Another program's link was followed.
    LinkFollowed(DialogLink),
    /// What the system around says, whenever it changes.
    Surroundings(Surroundings),
    /// The operator clicked a notification about this dialog.
    PopupClicked(Option<DialogId>),
    /// The operator pressed the button of a notification that accepts this dialog.
    PopupAccepted(DialogId),
    /// The operator pressed the button of a notification that declines what is offered to him.
    PopupDeclined(DialogId),
    /// The system woke from sleep, or its network changed: the connection is probably dead.
    Woke,
    /// The time asked for by [`crate::Session::next_wakeup`] has come.
    Tick,
}

/// What the connection says. Which socket it was is the engine's business: inputs of an abandoned connection are
/// dropped by the engine and never reach the core.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkInput {
    /// Signed in. Events or a snapshot follow.
    Opened(Box<SessionInfo>),
    /// The whole visible state at a position.
    Snapshot {
        /// Stands for this position.
        at: Seq,
        /// Visible dialogs.
        dialogs: Vec<Dialog>,
        /// Visible colleagues.
        operators: Vec<Operator>,
        /// Channels.
        channels: Vec<Channel>,
    },
    /// What happened in `(after, upto]`.
    Events {
        /// Continues this position.
        after: Seq,
        /// The new position.
        upto: Seq,
        /// In order.
        changes: Vec<Change>,
    },
    /// The final answer to a [`crate::Effect::Submit`].
    Answered {
        /// Which.
        id: ClientId,
        /// What came of it.
        outcome: Outcome,
    },
    /// So much of a file is on the hub: how a [`crate::Effect::Upload`] goes.
    Uploading {
        /// Which message it is for.
        id: ClientId,
        /// Bytes.
        sent: u64,
    },
    /// What came of a [`crate::Effect::Upload`].
    Uploaded {
        /// Which message it is for.
        id: ClientId,
        /// How it ended.
        result: Upload,
    },
    /// Try that again after a while.
    RetryLater {
        /// Which.
        id: ClientId,
        /// Not before so many milliseconds.
        after_ms: u64,
    },
    /// The answer to a [`crate::Effect::Fetch`].
    Fetched {
        /// Which.
        req: u64,
        /// What came.
        result: Fetched,
    },
    /// The answer to a [`crate::Effect::LookUp`]; that it failed comes as [`LinkInput::Fetched`].
    Found {
        /// Which.
        req: u64,
        /// What was found.
        found: Found,
    },
    /// A customer's unfinished text.
    Draft {
        /// Where.
        dialog: DialogId,
        /// `None` when it was sent or cleared.
        text: Option<String>,
    },
    /// A colleague has a dialog before him, or not any more.
    Colleague {
        /// Where.
        dialog: DialogId,
        /// Who.
        operator: OperatorId,
        /// Has it before him.
        here: bool,
        /// Writes in it.
        writes: bool,
    },
    /// The operator sits before another workplace of his, or not any more.
    FocusElsewhere {
        /// He does.
        on: bool,
    },
    /// What the centre keeps ready for this operator.
    Handbook(Box<Handbook>),
    /// So many dialogs that wait are not shown to this operator, because he is shown as many as he may be.
    Hidden {
        /// Of those whose customer is there.
        online: u32,
        /// Of the offline requests.
        offline: u32,
    },
    /// Alive; the newest position that concerns this connection.
    Beat {
        /// The newest position.
        head: Seq,
    },
    /// The connection ended or could not be made. The failure was classified at the edge.
    Closed(CloseCause),
}

/// How an upload ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upload {
    /// The hub has it and calls it so.
    Done(Attachment),
    /// The hub does not take it, or its bytes are gone: trying again would not help.
    Refused(FileTrouble),
    /// It broke off, or the hub is busy.
    Later {
        /// Not before so many milliseconds, if the hub said so.
        after_ms: Option<u64>,
    },
}

/// What a fetch brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// Messages, oldest first; the newest of the range that was asked for.
    History(Vec<Message>),
    /// Failed; asking again may help.
    Retry,
    /// Failed for good.
    Refused,
}

/// A signed-in connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Who one is here.
    pub profile: Profile,
    /// The event stream.
    pub stream: uuid::Uuid,
    /// True: events after the cursor follow. False: a snapshot follows.
    pub resumed: bool,
    /// The newest position at sign-in; reaching it is "caught up".
    pub head: Seq,
    /// A beat comes at least this often.
    pub beat_ms: u64,
    /// What time it is at the hub.
    pub server_at: Stamp,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCause {
    /// Lost, refused, timed out: try again with back-off.
    Lost,
    /// The hub asked to come back no sooner than this.
    RetryAfter {
        /// Milliseconds.
        ms: u64,
    },
    /// The token is no longer good: the operator has to sign in again. Nothing that he wrote is dropped.
    SignIn,
    /// The hub speaks only older protocol versions.
    HubTooOld,
    /// The hub speaks only newer protocol versions.
    HubTooNew,
    /// The hub's certificate is not trusted.
    Certificate,
    /// The stream broke the protocol: drop the cursor and ask for a snapshot.
    Resync,
}

/// Why the disk refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiskFault {
    /// No space left.
    Full,
    /// Read-only, or no permission.
    ReadOnly,
    /// The file is damaged.
    Corrupt,
    /// Reading or writing failed otherwise.
    Io,
}

/// What the shell knows of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowState {
    /// Has the keyboard.
    pub focused: bool,
    /// Minimised or in the tray: nobody can see it.
    pub hidden: bool,
}

impl WindowState {
    /// Whether the operator looks at it.
    #[must_use]
    pub fn has_eyes(self) -> bool {
        self.focused && !self.hidden
    }
}

/// What the system around the window says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// How far the clock on the wall is ahead of UTC, minutes.
    pub utc_offset_min: i32,
    /// The system itself wants no notifications shown (presentation, focus, do not disturb).
    pub quiet: bool,
    /// The screen is locked or the window is covered: whatever the window does, nobody can see it, and strangers can see
    /// the notifications.
    pub locked: bool,
}

impl Surroundings {
    /// The minute of the day that the clock on the wall shows, 0 to 1439.
    #[must_use]
    pub fn minute_of_day(self, at: Stamp) -> u16 {
        let minutes = at.0.div_euclid(60_000).saturating_add(self.utc_offset_min.into());
        u16::try_from(minutes.rem_euclid(24 * 60)).unwrap_or(0)
    }
}
