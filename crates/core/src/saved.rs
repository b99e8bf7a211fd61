//! What the stores hold when a session starts.

use crate::{OutboxItem, Settings, TrayFile};
use otklik_model::{Channel, Cursor, Dialog, DialogId, Handbook, Limits, MessageId, Operator, Quote, Rights, Stamp};
use serde::{Deserialize, Serialize};

/// Which account, and the seed of this run's id source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Ids are drawn from this; fresh randomness in the app, fixed in tests.
    pub seed: u64,
}

/// Everything read from disk before the first input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// From own.db: what was written, in any state, by `order`.
    pub outbox: Vec<OutboxItem>,
    /// From own.db: unfinished texts.
    pub drafts: Vec<Draft>,
    /// From own.db: files that were chosen and not sent, by `order`.
    pub tray: Vec<TrayFile>,
    /// From own.db.
    pub settings: Settings,
    /// From own.db: the largest `order` ever given out, so that an emptied outbox does not start again.
    pub last_order: u64,
    /// From own.db: messages that were alerted about in the last 24 hours.
    pub alerted: Vec<(MessageId, Stamp)>,
    /// From cache.db: how far this cache has come; `None` means a snapshot is wanted.
    pub cursor: Option<Cursor>,
    /// From cache.db: who one is, as the hub last said.
    pub profile: Option<Profile>,
    /// From cache.db: what the centre keeps ready; `None`: none came yet.
    pub handbook: Option<Handbook>,
    /// From cache.db.
    pub dialogs: Vec<SavedDialog>,
    /// From cache.db.
    pub operators: Vec<Operator>,
    /// From cache.db.
    pub channels: Vec<Channel>,
}

/// What the hub said of oneself at the last welcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Oneself.
    pub me: Operator,
    /// The centre's name.
    pub desk: String,
    /// What one may do.
    pub rights: Rights,
    /// What the hub accepts.
    pub limits: Limits,
}

/// A cached dialog with the newest unbroken block of its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDialog {
    /// The row.
    pub dialog: Dialog,
    /// Which messages are in the cache.
    pub held: Held,
}

/// The newest unbroken block of messages in the cache, numbers `from` to `upto`, both included; `upto` 0: none.
/// Older blocks may exist; the store sees their edges as holes in the numbering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// First.
    pub from: u32,
    /// Last.
    pub upto: u32,
}

/// An unfinished text, bound to its dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Where.
    pub dialog: DialogId,
    /// The text as it stands in the composer.
    pub text: String,
    /// Whether the composer is in note mode.
    pub note: bool,
    /// The message that the text answers.
    #[serde(default)]
    pub quote: Option<Quote>,
    /// When it was last touched.
    pub at: Stamp,
}
