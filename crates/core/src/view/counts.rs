//! The sums that stand beside the lists.

use serde::{Deserialize, Serialize};

/// Sums over all rows, derived from the store's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Counts {
    /// Dialogs in Waiting.
    pub waiting: u32,
    /// Suspicious ones among them: nobody is called for those.
    pub waiting_suspicious: u32,
    /// Dialogs in Mine.
    pub mine: u32,
    /// Dialogs in Mine with something unread.
    pub mine_unread: u32,
    /// Dialogs in the general queue.
    pub queue: u32,
    /// Suspicious ones among them: nobody is called for those.
    pub queue_suspicious: u32,
    /// Offline requests.
    pub offline_requests: u32,
    /// Dialogs that are not over, wherever they stand.
    pub open: u32,
    /// Visible dialogs.
    pub all: u32,
    /// Dialogs that wait and are not shown here: of those whose customer is there.
    pub hidden: u32,
    /// The same of the offline requests.
    pub hidden_offline: u32,
    /// Messages written and not yet on the hub (held and failed ones too).
    pub unsent: u32,
    /// Dialogs with something unread in Mine, plus those that wait and call: title, tray, badge.
    pub badge: u32,
}

impl Counts {
    /// Dialogs of Waiting that call somebody.
    #[must_use]
    pub fn waiting_calls(&self) -> u32 {
        self.waiting.saturating_sub(self.waiting_suspicious)
    }

    /// Dialogs of Waiting and of the general queue that call somebody.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.waiting_calls().saturating_add(self.queue.saturating_sub(self.queue_suspicious))
    }
}
