//! How the session stands at a glance: what a tray, which shows no rows, has to tell. Derived anew from the same rows
//! as the lists, so that whoever draws it can never drift away from them for long.

use super::Session;
use crate::{LinkView, row::name_of};
use otklik_model::{DialogId, OperatorStatus, StatusEntry, StatusKey};

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The centre's name.
    pub centre: String,
    /// The operator's name.
    pub operator: String,
    /// The connection.
    pub link: LinkView,
    /// Dialogs that wait.
    pub waiting: u32,
    /// One's own dialogs with something unread.
    pub unread: u32,
    /// Both together, as on the badge.
    pub badge: u32,
    /// The kind of one's present status.
    pub status: OperatorStatus,
    /// The present status in the centre's dictionary, if it has one.
    pub code: Option<StatusKey>,
    /// What may be chosen instead; empty: the kinds themselves.
    pub statuses: Vec<StatusEntry>,
    /// Whether it may be chosen now: the hub agrees at once or not at all.
    pub can_choose: bool,
    /// The dialog to go to next; behind a locked screen nobody is named.
    pub next: Option<NextDialog>,
}

/// The dialog that has the first claim on the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextDialog {
    /// Which.
    pub dialog: DialogId,
    /// The customer's name; `None` if made up by the hub.
    pub name: Option<String>,
    /// The hub's number of the customer.
    pub number: u64,
    /// Why it is next.
    pub why: NextWhy,
}

/// What claims the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextWhy {
    /// Nobody has taken it, and it has waited longest.
    Waits,
    /// It is one's own, and something in it is unread.
    Unread,
}

impl Session {
    /// How the session stands now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let (counts, profile, link) = (self.counts(), &self.mirror.profile, self.link.view(self.now));
        Standing {
            centre: profile.desk.clone(),
            operator: profile.me.name.clone(),
            can_choose: matches!(link, LinkView::Live { .. }),
            link,
            waiting: counts.waiting_calls(),
            unread: counts.mine_unread,
            badge: counts.badge,
            status: profile.me.status,
            code: profile.me.day.as_ref().map(|day| day.code.clone()),
            statuses: self.mirror.handbook.statuses.clone(),
            next: if self.desk.around.locked { None } else { self.next_dialog() },
        }
    }

    /// Whoever waits comes before whoever was answered once already.
    fn next_dialog(&self) -> Option<NextDialog> {
        let waits = self.board.first_waiting().map(|dialog| (dialog, NextWhy::Waits));
        let (dialog, why) = waits.or_else(|| Some((self.board.first_unread()?, NextWhy::Unread)))?;
        let row = self.mirror.row(dialog)?;
        Some(NextDialog { dialog, name: name_of(row), number: row.customer.number, why })
    }
}
