//! The frames between an operator's workplace and the hub, on the WebSocket `/api/v1/operator`.

use crate::VersionRange;
use otklik_model::{
    Candidate, Change, Channel, ClientId, Cursor, Dialog, DialogId, Handbook, Identity, Journey, Limits, Message,
    MessageSearch, Op, Operator, OperatorId, Outcome, Rights, SearchHit, Seq, SessionId, Stamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the workplace says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame, within five seconds.
    Hello(Hello),
    /// Do this once. Repeated with the same id after a lost answer.
    Command {
        /// The idempotency key.
        id: ClientId,
        /// What.
        #[serde(flatten)]
        op: Op,
    },
    /// Read from the hub.
    Fetch {
        /// Echoed in the answer.
        req: u64,
        /// What.
        #[serde(flatten)]
        what: Fetch,
    },
    /// The operator is (or stopped) writing in a dialog. Never stored, never answered.
    Typing {
        /// Where.
        dialog: DialogId,
        /// Writing or not.
        on: bool,
    },
    /// Which dialog the operator has before him, if any, and whether he writes in it, be it a note. Said whenever that
    /// changes, and on each connection anew. Never stored, never answered, never told to the customer.
    Looks {
        /// Where.
        dialog: Option<DialogId>,
        /// Writing or only reading.
        writes: bool,
    },
    /// A window of the workplace has the keyboard, or none has any more. Said whenever that changes; on a new connection
    /// none has until it is said. Never stored, never answered.
    Focus {
        /// One has it.
        on: bool,
    },
    /// The operator did something at the workplace just now, if only to look. Once a minute is enough.
    Here,
    /// The token that was offered is kept here durably, and is used from now on.
    Renewed {
        /// The token, as it was offered on this connection.
        token: String,
    },
    /// Are you there? Answered with a `beat` at once.
    Beat,
    /// A frame of a newer client: ignored.
    #[serde(other)]
    Unknown,
}

/// Who connects, and from where to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The versions the workplace speaks.
    pub protocol: VersionRange,
    /// The secret of the login.
    pub token: String,
    /// The workplace's name and version, for the log.
    #[serde(default)]
    pub client: String,
    /// The last position that is durable here; absent on a first start.
    #[serde(default)]
    pub resume: Option<Cursor>,
    /// The digest of the handbook that is kept here, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handbook: Option<String>,
    /// Whether the workplace can keep another token than the one it came with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub renews: bool,
}

/// What can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Fetch {
    /// Messages of one dialog, numbers `from` to `to`, both included; the hub answers with the newest at most
    /// `limit` (100 at most) of them, so a client asks again for what is left.
    History {
        /// Which dialog.
        dialog: DialogId,
        /// The first number wanted.
        from: u32,
        /// The last number wanted.
        to: u32,
        /// At most so many.
        limit: u32,
    },
    /// Messages, newest first; answered with `found`.
    Search {
        /// Which.
        search: MessageSearch,
        /// Only those stored before this place, which an earlier answer named.
        #[serde(default)]
        before: Option<u64>,
        /// At most so many, 100 at most.
        limit: u32,
    },
    /// All dialogs of the person of a dialog, newest first; answered with `dialogs`.
    DialogsOf {
        /// Of this dialog.
        dialog: DialogId,
        /// Only those that began before this one.
        #[serde(default)]
        before: Option<DialogId>,
        /// At most so many, 50 at most.
        limit: u32,
    },
    /// One dialog; answered with `dialogs`.
    Dialog {
        /// Which.
        dialog: DialogId,
    },
    /// Where the customer of a dialog is, and the pages he went to; answered with `journey`.
    Journey {
        /// Of this dialog.
        dialog: DialogId,
    },
    /// All customers who are one person with the customer of a dialog; answered with `identities`.
    Identities {
        /// Of this dialog.
        dialog: DialogId,
    },
    /// Customers who may be one person with the customer of a dialog; answered with `candidates`.
    Candidates {
        /// Of this dialog.
        dialog: DialogId,
        /// The number, or the beginnings of what the customer is called by; without it, those with the same address or
        /// phone number.
        #[serde(default)]
        wanted: Option<String>,
    },
    /// Of a newer client.
    #[serde(other)]
    Unknown,
}

/// What the hub says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum HubFrame {
    /// The answer to a good `hello`.
    Welcome(Box<Welcome>),
    /// One part of the whole visible state. The parts of one snapshot share `at` and replace everything when the
    /// last has come.
    Snapshot {
        /// The position the state stands for.
        at: Seq,
        /// From 0.
        part: u32,
        /// Whether this is the last part.
        last: bool,
        /// Visible dialogs: all open ones and the recently closed.
        dialogs: Vec<Dialog>,
        /// Visible colleagues and oneself. In part 0 only.
        operators: Vec<Operator>,
        /// Channels. In part 0 only.
        channels: Vec<Channel>,
    },
    /// What happened after `after` up to and including `upto`. Positions that concern others are skipped, so
    /// `changes` may be shorter than the range, or empty. `after` must equal the receiver's position.
    Events {
        /// The position this continues.
        after: Seq,
        /// The new position.
        upto: Seq,
        /// In order.
        changes: Vec<Change>,
    },
    /// The final answer to a command.
    Result {
        /// Of this command.
        id: ClientId,
        /// What came of it.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// The command was not tried, or failed for a passing reason: repeat it after a while.
    Retry {
        /// Which command.
        id: ClientId,
        /// Not before so many milliseconds.
        after_ms: u64,
    },
    /// The answer to [`Fetch::History`], oldest first.
    History {
        /// Of this request.
        req: u64,
        /// Which dialog.
        dialog: DialogId,
        /// The messages.
        messages: Vec<Message>,
    },
    /// The answer to [`Fetch::Search`].
    Found {
        /// Of this request.
        req: u64,
        /// Newest first; may be empty although there are more.
        hits: Vec<SearchHit>,
        /// Ask on from here; nothing if that was all.
        before: Option<u64>,
    },
    /// The answer to [`Fetch::DialogsOf`] and [`Fetch::Dialog`].
    Dialogs {
        /// Of this request.
        req: u64,
        /// Newest first.
        dialogs: Vec<Dialog>,
        /// There are older ones.
        more: bool,
    },
    /// The answer to [`Fetch::Journey`].
    Journey {
        /// Of this request.
        req: u64,
        /// Which dialog.
        dialog: DialogId,
        /// As far as it is known.
        #[serde(flatten)]
        journey: Journey,
    },
    /// The answer to [`Fetch::Identities`].
    Identities {
        /// Of this request.
        req: u64,
        /// The one that was written with last comes first.
        identities: Vec<Identity>,
    },
    /// The answer to [`Fetch::Candidates`].
    Candidates {
        /// Of this request.
        req: u64,
        /// Those with the same address or phone number first.
        candidates: Vec<Candidate>,
    },
    /// A fetch failed.
    FetchFailed {
        /// Of this request.
        req: u64,
        /// Whether asking again may help.
        retry: bool,
    },
    /// The customer's unfinished text; `None` when it was sent or cleared. Never stored.
    Draft {
        /// Where.
        dialog: DialogId,
        /// At most [`otklik_model::MAX_DRAFT_CHARS`] characters.
        text: Option<String>,
    },
    /// A colleague has this dialog before him, or not any more. Never stored.
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
    /// The operator sits before another workplace of his, or not any more: while he does, he is told what happens there.
    /// Not so until it is said. Never stored.
    FocusElsewhere {
        /// He does.
        on: bool,
    },
    /// So many dialogs that wait are hidden from this workplace, because it is shown as many as it may be. Told after a
    /// snapshot and whenever it changes; nothing is hidden before the first one.
    Hidden {
        /// Of the general queue.
        online: u32,
        /// Of the offline requests.
        offline: u32,
    },
    /// What the centre keeps ready for this operator. Told after the welcome and what follows it, unless the
    /// workplace has the same already, and whenever it changes.
    Handbook(Box<HandbookPart>),
    /// A token that can take the place of the one in `hello`. The old one is good until the new one is used.
    Renew {
        /// The secret to say from now on; 256 random bits in base64url.
        token: String,
    },
    /// Alive; `head` is the newest position sent or skipped for this socket, so a silent miss shows.
    Beat {
        /// The newest position.
        head: Seq,
    },
    /// The hub closes the connection.
    Bye {
        /// Why.
        code: ByeCode,
        /// Do not come back sooner; clients spread themselves from here on.
        #[serde(default)]
        retry_after_ms: Option<u64>,
    },
    /// A frame of a newer hub: ignored.
    #[serde(other)]
    Unknown,
}

/// A part of a handbook. The first one has all but the ready answers that do not fit; the last one makes it whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandbookPart {
    /// Whether this is the last part.
    pub last: bool,
    /// Its digest is in every part.
    #[serde(flatten)]
    pub handbook: Handbook,
}

/// What a signed-in workplace has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version spoken from here on.
    pub protocol: u16,
    /// The hub's version, for the log and the about box.
    pub hub: String,
    /// This session.
    pub session: SessionId,
    /// The event stream.
    pub stream: Uuid,
    /// True: events after the cursor follow. False: a snapshot follows.
    pub resumed: bool,
    /// The newest position at this moment; at it the client has caught up.
    pub head: Seq,
    /// Oneself.
    pub me: Operator,
    /// The centre's name.
    pub desk: String,
    /// What one may do.
    pub rights: Rights,
    /// What the hub accepts.
    pub limits: Limits,
    /// A `beat` comes at least this often; two missed mean a dead connection.
    pub beat_ms: u64,
    /// The hub's clock, to show how far ours is off.
    pub server_at: Stamp,
}

/// Why the hub closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeCode {
    /// The token is unknown, expired or revoked: sign in again.
    SignIn,
    /// The workplace speaks only versions this hub no longer knows.
    ClientTooOld,
    /// The workplace speaks only versions this hub does not know yet.
    ClientTooNew,
    /// The hub stops or restarts.
    Draining,
    /// The reader was too slow; resume.
    TooSlow,
    /// The frames make no sense, or too many came.
    Protocol,
    /// Of a newer hub: reconnect.
    #[serde(other)]
    Unknown,
}
