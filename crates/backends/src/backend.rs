//! The trait, and the closed vocabularies on both sides of it.

use crate::{Content, Downloads, NoUpload};
use async_trait::async_trait;
use otklik_model::{
    Attachment, Change, Channel, ClientId, Cursor, Dialog, DialogId, FileId, Found, Handbook, Limits, Lookup, Message,
    Op, Operator, OperatorId, Outcome, Rights, Seq, Stamp,
};
use thiserror::Error;
use tokio::sync::mpsc;
use uuid::Uuid;

/// A platform's connection, for one account.
///
/// New features grow [`Request`], [`Incoming`] and [`Capabilities`], not the trait.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// For logs.
    fn name(&self) -> &'static str;

    /// What the platform can.
    fn capabilities(&self) -> Capabilities;

    /// Opens a connection, going on from `cursor` or asking for everything. `handbook` is the digest of the handbook
    /// that is here already.
    ///
    /// # Errors
    /// The class of what went wrong.
    async fn connect(&self, cursor: Option<Cursor>, handbook: Option<String>) -> Result<Connection, Failure>;
}

/// What a platform can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// A repeated command id changes nothing and returns the first answer.
    pub idempotent: bool,
    /// Going on from a cursor is possible.
    pub resume: bool,
    /// Customers' unfinished texts arrive.
    pub drafts: bool,
    /// Delivery and reading by the customer are told.
    pub receipts: bool,
    /// Notes that the customer never sees exist.
    pub notes: bool,
}

/// A signed-in connection. Dropping it closes it.
#[derive(Debug)]
pub struct Connection {
    /// What was said at sign-in.
    pub opened: Opened,
    /// What the platform says, in order. Ends with exactly one [`Incoming::Closed`].
    pub incoming: mpsc::Receiver<Incoming>,
    /// What we say. Bounded: a full channel means a dead peer.
    pub requests: mpsc::Sender<Request>,
}

/// What was said at sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Oneself.
    pub me: Operator,
    /// The centre's name.
    pub desk: String,
    /// What one may do.
    pub rights: Rights,
    /// What the platform accepts.
    pub limits: Limits,
    /// The event stream.
    pub stream: Uuid,
    /// True: events after the cursor follow. False: a snapshot follows.
    pub resumed: bool,
    /// The newest position at sign-in.
    pub head: Seq,
    /// A beat comes at least this often.
    pub beat_ms: u64,
    /// What time it is there.
    pub server_at: Stamp,
}

/// What we say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Do this once.
    Submit {
        /// The idempotency key.
        id: ClientId,
        /// What.
        op: Op,
    },
    /// Read messages `from` to `to`, the newest `limit` of them.
    History {
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
    /// Look for what is not here; answered with [`Incoming::Found`], or [`Incoming::HistoryFailed`].
    LookUp {
        /// Echoed in the answer.
        req: u64,
        /// For what.
        what: Lookup,
    },
    /// Take in a file; how it goes comes as [`Incoming::Uploading`], then [`Incoming::Uploaded`]. One that was begun
    /// over an earlier connection goes on where it broke off, if the platform can.
    Upload {
        /// The message that it is for.
        id: ClientId,
        /// A new id of the file, the same whenever the upload of these bytes goes on.
        file: FileId,
        /// What it is called.
        name: String,
        /// Its bytes.
        content: Content,
    },
    /// Nobody waits for this upload any more.
    StopUpload {
        /// The message that it was for.
        id: ClientId,
    },
    /// Give out a file.
    Download {
        /// Which.
        file: FileId,
        /// More bytes than this are not wanted.
        most: u64,
        /// Where it goes; dropped, it is not wanted any more.
        to: Downloads,
    },
    /// The operator is (or stopped) writing.
    Typing {
        /// Where.
        dialog: DialogId,
        /// Writing or not.
        on: bool,
    },
    /// Which dialog the operator has before him.
    Looks {
        /// Where; `None`: nowhere.
        dialog: Option<DialogId>,
        /// Writing or only reading.
        writes: bool,
    },
    /// A window here has the keyboard, or none has.
    Focus {
        /// One has it.
        on: bool,
    },
    /// The operator does something, if only here.
    Here,
    /// Are you there?
    Probe,
}

/// What the platform says.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// The whole visible state.
    Snapshot {
        /// Stands for this position.
        at: Seq,
        /// Dialogs.
        dialogs: Vec<Dialog>,
        /// Colleagues.
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
    /// The final answer to a submit.
    Answered {
        /// Which.
        id: ClientId,
        /// What came of it.
        outcome: Outcome,
    },
    /// So much of a file is there.
    Uploading {
        /// The message that it is for.
        id: ClientId,
        /// Bytes.
        sent: u64,
    },
    /// The end of an upload.
    Uploaded {
        /// The message that it is for.
        id: ClientId,
        /// How it ended.
        result: Result<Attachment, NoUpload>,
    },
    /// Try that again after a while.
    RetryLater {
        /// Which.
        id: ClientId,
        /// Not before so many milliseconds.
        after_ms: u64,
    },
    /// The answer to a history request.
    History {
        /// Which.
        req: u64,
        /// Oldest first.
        messages: Vec<Message>,
    },
    /// The answer to a look-up.
    Found {
        /// Which.
        req: u64,
        /// What was found.
        found: Found,
    },
    /// A history request, or a look-up, failed.
    HistoryFailed {
        /// Which.
        req: u64,
        /// Asking again may help.
        retry: bool,
    },
    /// A customer's unfinished text.
    Draft {
        /// Where.
        dialog: DialogId,
        /// `None`: stopped.
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
    /// So many dialogs that wait are not shown to this operator.
    Hidden {
        /// Of those whose customer is there.
        online: u32,
        /// Of the offline requests.
        offline: u32,
    },
    /// Alive.
    Beat {
        /// The newest position.
        head: Seq,
    },
    /// The end, and why.
    Closed(Failure),
}

/// The classes of failure of a connection. What happened to a single command is told as [`Incoming::Answered`] or
/// [`Incoming::RetryLater`]; a command that was not answered before the end is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// Lost, refused, timed out.
    #[error("the connection was lost")]
    Lost,
    /// Come back no sooner than this.
    #[error("the hub asks to come back in {ms} ms")]
    RetryAfter {
        /// Milliseconds.
        ms: u64,
    },
    /// The token is no longer good.
    #[error("the session has ended")]
    SignIn,
    /// The platform speaks only older protocol versions.
    #[error("the hub is too old")]
    TooOld,
    /// The platform speaks only newer protocol versions.
    #[error("the hub is too new")]
    TooNew,
    /// The certificate is not trusted.
    #[error("the certificate was refused: {detail}")]
    Certificate {
        /// In the library's words.
        detail: String,
    },
    /// What came broke the protocol: positions can no longer be trusted.
    #[error("the hub broke the protocol")]
    Resync,
}
