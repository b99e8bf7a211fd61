//! The frames between a customer's page and the hub: on the WebSocket `/widget/v1/socket`, or in lists over
//! `POST /widget/v1/exchange` where a WebSocket does not get through.

use otklik_model::{
    Attachment, Availability, ClientId, ContactField, DepartmentKey, DialogId, FieldFault, FieldKind, FileId,
    MessageId, OnlineState, Page, Quote, Spot, Stamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the page says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// A file that was uploaded before. Repeated with the same id after a lost answer.
    SendFile {
        /// The idempotency key.
        id: ClientId,
        /// The file.
        file: FileId,
        /// A caption.
        #[serde(default)]
        text: String,
    },
    /// A place, in degrees of WGS 84. Repeated with the same id after a lost answer.
    SendPlace {
        /// The idempotency key.
        id: ClientId,
        /// Degrees north of the equator, as they are told: whether there is such a place is for the hub to say.
        latitude: f64,
        /// Degrees east of Greenwich.
        longitude: f64,
        /// How far off it may be, in metres.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accuracy: Option<f64>,
        /// What it is called.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
    },
    /// A picture in the place of words, uploaded before. Repeated with the same id after a lost answer.
    SendSticker {
        /// The idempotency key.
        id: ClientId,
        /// The picture.
        file: FileId,
        /// What it stands for.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        emoji: String,
    },
    /// Where a file can be fetched now.
    Link {
        /// The file.
        file: FileId,
    },
    /// Contacts, asked for or not. Repeated with the same id after a lost answer.
    Contacts {
        /// The idempotency key.
        id: ClientId,
        /// The name.
        #[serde(default)]
        name: Option<String>,
        /// E-mail.
        #[serde(default)]
        email: Option<String>,
        /// Phone.
        #[serde(default)]
        phone: Option<String>,
    },
    /// The customer has no more questions.
    Close,
    /// What the customer thinks of a conversation. The last word counts.
    Rate {
        /// Which.
        dialog: DialogId,
        /// 1 to 5.
        stars: u8,
        /// In the customer's words.
        #[serde(default)]
        note: Option<String>,
        /// The answers, in the order of the survey's questions.
        #[serde(default)]
        answers: Vec<String>,
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
    /// A notification reaches the customer also when nothing is connected, or does no longer: said by a mobile
    /// application after each `hello`.
    Push {
        /// Whether it does.
        on: bool,
    },
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
    /// The browser's time zone, such as "Europe/Moscow".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The page of the site.
    #[serde(default)]
    pub page: Option<Page>,
    /// The key of the department that a new conversation is for, as the site's line of the widget names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The page wants to hear how all departments stand, and not only its own line: one that lets its customers choose.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub departments: bool,
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
        /// What may be sent as a file; nothing, if customers may send none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        files: Option<FilesAllowed>,
        /// What is asked when a conversation is over; nothing, if nothing is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        survey: Option<Questions>,
        /// The customer may not write.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        blocked: bool,
        /// Whether somebody is there for the department that the site's line leads to: its hours and its people. An
        /// older hub does not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<OnlineState>,
        /// The same, and whether a conversation can begin there now. Whose conversation goes on can always write. An older
        /// hub does not tell; then `line` says all there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        availability: Option<Availability>,
        /// How each department stands that takes dialogs, by key, if the page asked.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        departments: BTreeMap<DepartmentKey, Availability>,
        /// The forms for contacts. An older hub has none: then nothing is asked before a conversation, and any of the
        /// fields when somebody asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forms: Option<Box<ContactForms>>,
    },
    /// The forms for contacts are others now.
    Forms(ContactForms),
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
    /// Messages that the page shows already are others now: edited, taken back, their file can be fetched.
    Changed {
        /// Of this dialog.
        dialog: DialogId,
        /// As they are now.
        items: Vec<CustomerMessage>,
    },
    /// Whether the customer may write changed.
    Blocked {
        /// The customer may not.
        on: bool,
    },
    /// The site's line stands otherwise now, or a department does.
    Line {
        /// Whether somebody is there.
        state: OnlineState,
        /// The same, and whether a conversation can begin. An older hub does not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        availability: Option<Availability>,
        /// The departments that stand otherwise, if the page asked in its hello. One that takes no dialogs any more is
        /// told with nothing.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        departments: BTreeMap<DepartmentKey, Option<Availability>>,
    },
    /// The centre is called something else now.
    Desk {
        /// Its name.
        name: String,
    },
    /// The conversation's head changed.
    Dialog(CustomerDialog),
    /// The answer to `link`.
    Link {
        /// The file.
        file: FileId,
        /// Where, from the folder of the widget's script; nothing, if it cannot be fetched.
        #[serde(default)]
        address: Option<String>,
        /// Where a small picture of it is, if there is one.
        #[serde(default)]
        thumbnail: Option<String>,
        /// The addresses are good until then.
        #[serde(default)]
        until: Option<Stamp>,
    },
    /// An operator sends the customer to another page. Said once, to the pages that are connected at that moment, and
    /// never again: of several the one that the customer looks at goes, and one that nobody looks at stays.
    Go {
        /// Where: an address of the web.
        address: String,
    },
    /// An operator is writing, or stopped.
    Typing {
        /// Writing or not.
        on: bool,
        /// Whose name to show.
        name: String,
    },
    /// The answer to `send`, `send_file`, `send_place`, `send_sticker` and `contacts`.
    Result {
        /// Of this message.
        id: ClientId,
        /// Number in the dialog, if stored.
        #[serde(default)]
        seq: Option<u32>,
        /// When it was stored.
        #[serde(default)]
        at: Option<Stamp>,
        /// Why not, if it was not: `empty`, `too_long`, `too_fast` (try again later), `queue_full` (no
        /// conversation begins now: again when the line has room), `blocked`, `file` (it cannot be
        /// sent), `place` (there is no such place), `malformed` (the contacts make no sense, or what a sticker stands
        /// for is no emoji), `contacts` (a field of the form has to be given first), `other`.
        #[serde(default)]
        refused: Option<String>,
        /// Which field of the form it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wrong: Option<WrongField>,
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
    /// How many stars the customer gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stars: Option<u8>,
}

/// The forms for contacts, as they are for this customer now. One without fields is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactForms {
    /// Before the first words of a conversation while nobody is there: what is not known yet. Empty while one goes on.
    #[serde(default)]
    pub offline: Vec<AskedField>,
    /// The same while somebody is there.
    #[serde(default)]
    pub first_question: Vec<AskedField>,
    /// When an operator asks.
    #[serde(default)]
    pub contacts_request: Vec<AskedField>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedField {
    /// Which.
    pub field: ContactField,
    /// It has to be given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The longest value, in Unicode scalar values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<u32>,
    /// What it is made of.
    #[serde(default)]
    pub kind: FieldKind,
    /// What it looks like: `9` is a digit, `a` a letter, `*` either, whatever follows a `\` and everything else itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
}

/// A field of a form that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongField {
    /// Which.
    pub field: ContactField,
    /// What is wrong with it.
    pub fault: FieldFault,
}

/// What may be sent as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesAllowed {
    /// Largest size, in bytes.
    pub most_bytes: u64,
    /// Media types, such as "image/png" or "image/*"; all of them, if none is named.
    #[serde(default)]
    pub media: Vec<String>,
}

/// What is asked when a conversation is over, in the customer's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// Whether stars are asked for.
    pub stars: bool,
    /// Further questions.
    #[serde(default)]
    pub questions: Vec<String>,
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
    /// `customer`, `operator`, `system` (the text is a code) or `hub` (its own words).
    pub from: String,
    /// What it is besides words: `file`, `contact_request`, `contacts` (one `name: value` a line), `keyboard` (the
    /// question, then one answer a line), `place` (the words are its title) or `sticker` (its emoji).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The operator's name, for his messages.
    #[serde(default)]
    pub name: Option<String>,
    /// The words; for `system` one of the codes of [`otklik_model::Message::text`].
    pub text: String,
    /// When it was stored.
    pub at: Stamp,
    /// Its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
    /// Its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
    /// The page that the customer was sent to, of the `system` line that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// Its words were changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// It was taken back: the words are gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

impl CustomerMessage {
    /// Plain words of nobody in particular.
    #[must_use]
    pub fn words(id: MessageId, seq: u32, from: &str, text: String, at: Stamp) -> Self {
        let from = from.to_owned();
        Self {
            id,
            client_id: None,
            seq,
            from,
            kind: None,
            name: None,
            text,
            at,
            file: None,
            place: None,
            address: None,
            quote: None,
            edited: false,
            deleted: false,
        }
    }
}

/// The body of `POST /widget/v1/exchange`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
