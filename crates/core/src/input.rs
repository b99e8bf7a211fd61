//! Everything that can happen to a session.

use crate::{Command, CommitId, Profile, ReqId};
use otklik_model::{Change, Channel, ClientId, Dialog, DialogId, Message, Operator, Outcome, Seq};

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
    /// A [`crate::Effect::Commit`] failed; nothing of it is stored.
    CommitFailed {
        /// Which.
        id: CommitId,
        /// Why.
        fault: DiskFault,
    },
    /// The window's state, whenever it changes.
    Window(WindowState),
    /// The operator clicked a notification about this dialog.
    PopupClicked(Option<DialogId>),
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
    /// A customer's unfinished text.
    Draft {
        /// Where.
        dialog: DialogId,
        /// `None` when it was sent or cleared.
        text: Option<String>,
    },
    /// Alive; the newest position that concerns this connection.
    Beat {
        /// The newest position.
        head: Seq,
    },
    /// The connection ended or could not be made. The failure was classified at the edge.
    Closed(CloseCause),
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
    /// The token is no longer good: the operator has to sign in again. Nothing is dropped.
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
    /// Minimised, in the tray, or the screen is locked: nobody can see it.
    pub hidden: bool,
}
