//! What both files hold when a session starts.

use otklik_core::{Draft, OutboxItem, Profile, Saved, SavedDialog, Settings};
use otklik_model::{Channel, Cursor, MessageId, Operator, Stamp};

/// Everything in own.db.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnSaved {
    /// By `order`.
    pub outbox: Vec<OutboxItem>,
    /// By dialog.
    pub drafts: Vec<Draft>,
    /// The default ones if none were ever stored.
    pub settings: Settings,
    /// The largest `order` ever stored.
    pub last_order: u64,
    /// By message.
    pub alerted: Vec<(MessageId, Stamp)>,
}

/// What of cache.db is kept in memory: everything but the messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheSaved {
    /// `None`: a snapshot is wanted.
    pub cursor: Option<Cursor>,
    /// `None`: never signed in with this cache.
    pub profile: Option<Profile>,
    /// In no promised order.
    pub dialogs: Vec<SavedDialog>,
    /// By id.
    pub operators: Vec<Operator>,
    /// By id.
    pub channels: Vec<Channel>,
}

/// Joins both.
#[must_use]
pub fn into_saved(own: OwnSaved, cache: CacheSaved) -> Saved {
    let OwnSaved { outbox, drafts, settings, last_order, alerted } = own;
    let CacheSaved { cursor, profile, dialogs, operators, channels } = cache;
    Saved { outbox, drafts, settings, last_order, alerted, cursor, profile, dialogs, operators, channels }
}
