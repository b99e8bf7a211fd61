//! A message of a dialog.

use crate::{ClientId, DialogId, MessageId, OperatorId, Seq, Stamp};
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
    /// Of a newer hub: shown as a neutral line.
    #[serde(other)]
    Unknown,
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
    /// The words. For [`MessageKind::System`] one of the codes `accepted`, `transferred`, `returned`, `closed`,
    /// `reopened`, followed by a space and the name of the person concerned, if any.
    pub text: String,
    /// When the hub stored it.
    pub at: Stamp,
    /// The event that last changed it; of two versions the higher one is kept.
    pub rev: Seq,
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
