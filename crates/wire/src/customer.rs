//! The frames between a customer's page and the hub: on the WebSocket `/widget/v1/socket`, or in lists over
//! `POST /widget/v1/exchange` where a WebSocket does not get through.

use otklik_model::{ClientId, DialogId, MessageId, Page, Stamp};
use serde::{Deserialize, Serialize};

/// What the page says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum CustomerFrame {
    /// The first frame.
    Hello(CustomerHello),
    /// Words. Repeated with the same id after a lost answer.
    Send {
        /// The idempotency key.
        id: ClientId,
        /// The words.
        text: String,
    },
    /// The unfinished text; `None` when cleared. At most one a second.
    Draft {
        /// The text so far.
        text: Option<String>,
    },
    /// How far messages have come. Moves forward only.
    Seen {
        /// Received by the page.
        delivered: u32,
        /// Seen by the person.
        read: u32,
    },
    /// The customer went to another page of the site.
    Page(Page),
    /// Are you there? Answered with a `beat` at once.
    Beat,
    /// A frame of a newer page: ignored.
    #[serde(other)]
    Unknown,
}

/// Who comes, and what the page shows already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerHello {
    /// The protocol version; the hub answers `bye` with `protocol` to one it does not speak.
    pub protocol: u16,
    /// The secret given in an earlier `welcome`; absent for a stranger.
    #[serde(default)]
    pub token: Option<String>,
    /// What is on the page already.
    #[serde(default)]
    pub after: Option<Shown>,
    /// The browser's language, a BCP 47 tag.
    #[serde(default)]
    pub language: Option<String>,
    /// The page of the site.
    #[serde(default)]
    pub page: Option<Page>,
}

/// A position in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Of this dialog.
    pub dialog: DialogId,
    /// Up to this message.
    pub upto: u32,
}

/// What the hub says to a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum HubCustomerFrame {
    /// The answer to `hello`. The messages the page does not show yet follow.
    Welcome {
        /// The version spoken.
        protocol: u16,
        /// The secret to come back with; kept by the page.
        token: String,
        /// The centre's name.
        desk: String,
        /// Longest text, in Unicode scalar values.
        text_chars: u32,
        /// A `beat` comes at least this often.
        beat_ms: u64,
        /// The conversation as it stands; `None` before the first message.
        dialog: Option<CustomerDialog>,
    },
    /// Messages in order. `after` must equal what the page has of this dialog; otherwise it says `hello` again.
    Messages {
        /// Of this dialog.
        dialog: DialogId,
        /// The position this continues.
        after: u32,
        /// The new position; notes are skipped, so it may be ahead of the last item.
        upto: u32,
        /// Oldest first.
        items: Vec<CustomerMessage>,
    },
    /// The conversation's head changed.
    Dialog(CustomerDialog),
    /// An operator is writing, or stopped.
    Typing {
        /// Writing or not.
        on: bool,
        /// Whose name to show.
        name: String,
    },
    /// The answer to `send`.
    Result {
        /// Of this message.
        id: ClientId,
        /// Number in the dialog, if stored.
        #[serde(default)]
        seq: Option<u32>,
        /// When it was stored.
        #[serde(default)]
        at: Option<Stamp>,
        /// Why not, if it was not: `empty`, `too_long`, `too_fast` (try again later), `blocked`.
        #[serde(default)]
        refused: Option<String>,
    },
    /// Alive.
    Beat,
    /// The hub closes the connection: `draining`, `protocol`, `too_slow`, `session` (an exchange of an unknown session: say hello).
    Bye {
        /// Why.
        code: String,
        /// Not sooner than this.
        #[serde(default)]
        retry_after_ms: Option<u64>,
    },
    /// Of a newer hub: ignored.
    #[serde(other)]
    Unknown,
}

/// The head of a conversation as the customer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerDialog {
    /// Which.
    pub id: DialogId,
    /// Its number.
    pub number: u64,
    /// The operator's name, once accepted.
    pub operator: Option<String>,
    /// Whether it is closed for now.
    pub closed: bool,
    /// The operator's side has received all stored messages; it has read up to this one.
    pub read_by_operator: u32,
    /// The newest message.
    pub last_seq: u32,
}

/// A message as the customer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerMessage {
    /// The hub's id.
    pub id: MessageId,
    /// The page's own id, for its own messages.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// Number in the dialog.
    pub seq: u32,
    /// `customer`, `operator` or `system`.
    pub from: String,
    /// The operator's name, for his messages.
    #[serde(default)]
    pub name: Option<String>,
    /// The words; for `system` one of the codes of [`otklik_model::Message::text`].
    pub text: String,
    /// When it was stored.
    pub at: Stamp,
}

/// The body of `POST /widget/v1/exchange`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The session given by the first exchange; absent in it.
    #[serde(default)]
    pub session: Option<String>,
    /// Whether to wait (up to 20 s) for something to say.
    #[serde(default)]
    pub wait: bool,
    /// What the page says; the very first frame is `hello`.
    pub frames: Vec<CustomerFrame>,
}

/// The answer to an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeAnswer {
    /// To be said in the next exchange.
    pub session: String,
    /// What the hub says.
    pub frames: Vec<HubCustomerFrame>,
}
