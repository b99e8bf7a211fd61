//! What both files hold when a session starts.

use otklik_core::{Draft, OutboxItem, Profile, Saved, SavedDialog, Settings, TrayFile};
use otklik_model::{Channel, Cursor, Handbook, MessageId, Operator, Stamp};

/// Everything in own.db.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnSaved {
    /// By `order`.
    pub outbox: Vec<OutboxItem>,
    /// By dialog.
    pub drafts: Vec<Draft>,
    /// By file.
    pub tray: Vec<TrayFile>,
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
    /// `None`: none came yet.
    pub handbook: Option<Handbook>,
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
    let OwnSaved { outbox, drafts, tray, settings, last_order, alerted } = own;
    let CacheSaved { cursor, profile, handbook, dialogs, operators, channels } = cache;
    Saved {
        outbox,
        drafts,
        tray,
        settings,
        last_order,
        alerted,
        cursor,
        profile,
        handbook,
        dialogs,
        operators,
        channels,
    }
}
