//! What happens in a dialog by time, and when.
//!
//! A time-out fires by being decided: what it does ends its own cause, so that a second one finds nothing to do.

use super::DialogAggregate;
use crate::centre::{Centre, TimeOuts};
use otklik_model::{Awaiting, DialogState, Presence, Stamp};
use serde::{Deserialize, Serialize};

/// A time-out of a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// An offer was not taken: back to the queue, and the customer is told once that all are busy.
    Offer,
    /// Nobody has taken it: the customer is told once that somebody will.
    WaitWords,
    /// The customer left the site: the dialog tells.
    LeftLine,
    /// The customer has been away for long: the dialog counts as offline.
    LeftOffline,
    /// Its operator does not answer: distribution may offer it to another.
    Silent,
    /// Nothing happens in it: it is closed for good.
    Inactive,
    /// It was closed softly, and nobody wrote: it is closed for good.
    FinalClose,
    /// Nobody answered the invitation: it is closed for good.
    Invitation,
    /// A router or a bot does not answer: people take over.
    Bot,
    /// What was put off wakes.
    Hold,
}

impl Timer {
    /// All of them. Of those that are due at the same moment the first one goes first.
    pub const ALL: [Self; 10] = [
        Self::Hold,
        Self::Offer,
        Self::Bot,
        Self::WaitWords,
        Self::LeftLine,
        Self::LeftOffline,
        Self::Silent,
        Self::Invitation,
        Self::Inactive,
        Self::FinalClose,
    ];
}

/// What happens next in a dialog by time, and when; nothing, if nothing does.
#[must_use]
pub fn deadline(dialog: &DialogAggregate, centre: &Centre) -> Option<(Stamp, Timer)> {
    let set = centre.time_outs_of(dialog.row.department.as_ref());
    // The first of the earliest ones: `min_by_key` keeps the order of `ALL`.
    let due = |timer| due_by(dialog, timer, &set, centre).map(|at| (at, timer));
    Timer::ALL.into_iter().filter_map(due).min_by_key(|(at, _)| *at)
}

/// When this time-out falls due, if it runs.
pub(super) fn due_of(dialog: &DialogAggregate, timer: Timer, centre: &Centre) -> Option<Stamp> {
    due_by(dialog, timer, &centre.time_outs_of(dialog.row.department.as_ref()), centre)
}

/// The same by the time-outs of its department.
fn due_by(dialog: &DialogAggregate, timer: Timer, set: &TimeOuts, centre: &Centre) -> Option<Stamp> {
    let (row, life) = (&dialog.row, &dialog.life);
    let state = row.state;
    match timer {
        Timer::Offer => row.offer_until.filter(|_| state == DialogState::Offered),
        Timer::Hold => row.hold.as_ref().and_then(|hold| hold.until).filter(|_| state == DialogState::Hold),
        Timer::WaitWords => {
            let waits =
                matches!(state, DialogState::Queue | DialogState::Offered) && !row.suspicious && !life.wait_said;
            after(life.waiting_since.filter(|_| waits), set.wait_words_s)
        }
        Timer::LeftLine => after(left_at(dialog).filter(|_| !life.left_said), set.left_line_s),
        Timer::LeftOffline => after(left_at(dialog), set.left_offline_s),
        Timer::Silent => {
            let silent = state == DialogState::Active && row.awaiting == Awaiting::Operator && !life.silent;
            // What was said before he took it, or while it was put off, is not what he is silent about.
            after(row.awaiting_since.max(row.accepted_at).max(life.taken_up_at).filter(|_| silent), set.silent_s)
        }
        Timer::Bot => {
            let asked = matches!(state, DialogState::Bot | DialogState::Routing);
            after(life.asked_at.filter(|_| asked), set.bot_s)
        }
        Timer::Inactive | Timer::FinalClose | Timer::Invitation => closes_at(dialog, timer, set, centre),
    }
}

/// The time-outs that close: without a category that has to be chosen they wait.
fn closes_at(dialog: &DialogAggregate, timer: Timer, set: &TimeOuts, centre: &Centre) -> Option<Stamp> {
    if lacks_category(dialog, centre) {
        return None;
    }
    let (row, life) = (&dialog.row, &dialog.life);
    match (timer, row.state) {
        (Timer::FinalClose, DialogState::ClosedSoft) => after(row.closed_at, set.final_close_s),
        (Timer::Invitation, DialogState::Invitation) => after(Some(life.active_at), set.invitation_s),
        // A customer who waits for an answer is not closed out.
        (Timer::Inactive, DialogState::Active) if row.awaiting == Awaiting::Operator => None,
        (Timer::Inactive, DialogState::Active | DialogState::Bot) => after(Some(life.active_at), set.inactive_close_s),
        (
            Timer::Offer
            | Timer::WaitWords
            | Timer::LeftLine
            | Timer::LeftOffline
            | Timer::Silent
            | Timer::Inactive
            | Timer::FinalClose
            | Timer::Invitation
            | Timer::Bot
            | Timer::Hold,
            DialogState::Routing
            | DialogState::Bot
            | DialogState::Queue
            | DialogState::Offered
            | DialogState::Active
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::ClosedSoft
            | DialogState::Closed
            | DialogState::Deleted
            | DialogState::Unknown,
        ) => None,
    }
}

/// Whether a category has to be chosen before it is closed.
pub(super) fn lacks_category(dialog: &DialogAggregate, centre: &Centre) -> bool {
    dialog.row.category.is_none() && centre.requires_category(dialog.row.department.as_ref())
}

/// When an offer made now ends.
pub(super) fn offer_until(dialog: &DialogAggregate, centre: &Centre, now: Stamp) -> Option<Stamp> {
    let returns = centre.distribution.return_to_queue;
    after(Some(now).filter(|_| returns), centre.time_outs_of(dialog.row.department.as_ref()).offer_s)
}

fn left_at(dialog: &DialogAggregate) -> Option<Stamp> {
    let row = &dialog.row;
    row.left_at.filter(|_| row.presence == Presence::LeftSite && !row.state.is_closed())
}

/// So many seconds later; 0 switches a time-out off.
fn after(since: Option<Stamp>, seconds: u32) -> Option<Stamp> {
    since.filter(|_| seconds > 0).map(|since| Stamp(since.0.saturating_add(i64::from(seconds) * 1_000)))
}
