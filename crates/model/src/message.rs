//! A message of a dialog.

use crate::{ClientId, DialogId, FileId, MessageId, OperatorId, Seq, Spot, Stamp, spot};
use serde::{Deserialize, Serialize};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Words, from the customer or to the customer.
    Text,
    /// For operators only: never leaves towards the customer.
    Note,
    /// The hub says what happened (accepted, transferred, closed); `text` holds the code, see [`crate::Message`].
    System,
    /// The hub's own words to the customer: greeting, working hours, "all are busy".
    AutoReply,
    /// A file, from the customer or to the customer; `text` is its caption.
    File,
    /// The customer is asked for name, phone and e-mail.
    ContactRequest,
    /// What the customer filled in; `text` has one `name: value` a line.
    Contacts,
    /// Answers to choose from, by a bot; `text` is the question, then one answer a line.
    Keyboard,
    /// A place that the customer shares; `text` is its title, if it has one.
    Place,
    /// A picture in the place of words; `text` is the emoji that it stands for, if it stands for one.
    Sticker,
    /// Of a newer hub: shown as a neutral line.
    #[serde(other)]
    Unknown,
}

impl MessageKind {
    /// What an answer can name: what the customer has seen or could have seen. What is between operators is not quoted
    /// to him.
    pub const QUOTED: [Self; 6] = [Self::Text, Self::File, Self::Contacts, Self::Keyboard, Self::Place, Self::Sticker];
}

/// Who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Author {
    /// The customer of the dialog.
    Customer,
    /// An operator.
    Operator {
        /// Whose words.
        id: OperatorId,
        /// The name at the time of writing.
        name: String,
    },
    /// A bot.
    Bot {
        /// Whose words.
        id: OperatorId,
        /// The name at the time of writing.
        name: String,
    },
    /// The hub itself.
    System,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// A message as the hub keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Message {
    /// The hub's id.
    pub id: MessageId,
    /// The writer's own id, by which a writer recognises what he sent.
    pub client_id: Option<ClientId>,
    /// The dialog it belongs to.
    pub dialog: DialogId,
    /// Its number in the dialog, from 1 without holes: the order of the thread, and how missing history is seen.
    pub seq: u32,
    /// What it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// The words. For [`MessageKind::System`] a code, followed by a space and the name of whoever or whatever is
    /// concerned, if anything is. Told to both sides: `accepted NAME`, `assigned NAME` (without asking him),
    /// `transferred NAME`, `transferred_department KEY`, `transferred_team KEY`, `given_to_bot NAME`, `returned`, `invited NAME`,
    /// `reopened` (by the customer), `reopened NAME`, `closed NAME`, `closed_by_customer`, `closed_by_bot`,
    /// `closed_untaken NAME`, `closed_no_answer`, `closed_inactive`, `closed_operator_removed`, `finished`,
    /// `sent_to NAME` (by this operator, to the page of [`Details::address`]). Told to
    /// operators only: `offered NAME`, `waits_for NAME`, `declined NAME`, `offer_expired NAME`, `went_offline NAME`,
    /// `session_lost NAME`, `silent NAME`, `bot_gave_up`, `held NAME`, `unheld`, `blocked NAME`,
    /// `customer_edited NAME`, `left_site`, `came_back`, `counts_as_offline`.
    pub text: String,
    /// When the hub stored it.
    pub at: Stamp,
    /// The event that last changed it; of two versions the higher one is kept.
    pub rev: Seq,
    /// What only some messages have.
    #[serde(default, skip_serializing_if = "Details::is_plain")]
    pub details: Details,
}

/// What only some messages have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(default)]
pub struct Details {
    /// When its writer last changed the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Stamp>,
    /// Its writer took it back: the words are gone, the number stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Stamp>,
    /// The message it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// The file of a [`MessageKind::File`], the picture of a [`MessageKind::Sticker`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
    /// Where a [`MessageKind::Place`] is.
    #[serde(deserialize_with = "spot::if_any", skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
    /// The page that the customer was sent to, of a line that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What a [`MessageKind::System`] says, where a program has to know it. Nothing also of a hub that has no such marks:
    /// there the words are all there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<Says>,
}

/// What a line of the hub says, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// Somebody was made the dialog's operator without being asked.
    Assigned,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

impl Details {
    /// Whether the message is like most.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Quote {
    /// Its number in the same dialog.
    pub seq: u32,
    /// Its words at that time, at most 160 Unicode scalar values.
    pub excerpt: String,
}

/// A file that hangs on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Attachment {
    /// The hub's id of it; its content is fetched by it.
    pub id: FileId,
    /// Its name, cleaned.
    pub name: String,
    /// Its media type, as the hub found it.
    pub media: String,
    /// Bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub size: u64,
    /// Whether it can be fetched.
    pub state: FileState,
    /// Width and height in pixels, of an image that has a thumbnail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
}

/// Whether a file can be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The virus scanner has not answered yet.
    Checking,
    /// It can.
    Ready,
    /// The virus scanner refused it; the content is gone.
    Rejected,
    /// It was kept for as long as the centre keeps files; the content is gone.
    Expired,
    /// Of a newer hub: not to be fetched.
    #[serde(other)]
    Unknown,
}

/// The newest message as a list row shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Preview {
    /// What it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// The first line, at most 160 Unicode scalar values.
    pub text: String,
    /// When.
    pub at: Stamp,
}
