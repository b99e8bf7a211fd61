//! One dialog's queue: which item goes next, if any.

use super::{Entry, Outbox, Stage, Step};
use crate::{
    HeldReason, OutboxItem, OutboxOp, OutboxState,
    mirror::{Mirror, is_remains, writing_denied},
    mutants::Mutant,
};
use otklik_model::{Denied, Dialog, DialogId, DialogState, Now, OperatorId, Stamp};

impl Outbox {
    /// The next step of a dialog: what is in doubt, else the oldest message that does not stand aside, else the read
    /// mark.
    ///
    /// A message that failed steps aside and later ones go on. A message that waits for the operator's word (or for
    /// a moment) holds up the later ones: the order of pressing Enter is never changed behind his back.
    pub(super) fn lane_step(&self, dialog: DialogId, mirror: &Mirror, ask_after_min: u32, now: Now) -> Option<Step> {
        let mut blocked = false;
        let (mut head, mut read, mut card): (Option<&Entry>, Option<&Entry>, Option<&Entry>) = (None, None, None);
        for (_, id) in self.lanes.get(&dialog)? {
            let Some(entry) = self.entries.get(id) else { continue };
            match entry.stage {
                Stage::Saving | Stage::Flying | Stage::Uploading { .. } if self.mutants.is(Mutant::TwoInFlight) => {
                    continue;
                }
                Stage::Saving | Stage::Flying | Stage::Uploading { .. } => return None,
                Stage::New | Stage::Answered => continue,
                Stage::Resting | Stage::Pausing { .. } => {}
            }
            if entry.echoed || entry.landed || entry.refused.is_some() {
                continue;
            }
            let pausing = matches!(entry.stage, Stage::Pausing { .. });
            match (&entry.item.op, &entry.item.state) {
                (OutboxOp::MarkRead { .. }, _) if pausing => {}
                (OutboxOp::MarkRead { .. }, _) => {
                    // Only the highest mark matters, and marks are written in growing order.
                    if let Some(lower) = read.replace(entry) {
                        return Some(Step::Drop(lower.item.client_id));
                    }
                }
                // A change of a card holds up nobody; of several the first goes first, because the next was made on it.
                (OutboxOp::EditCustomer { .. }, OutboxState::Queued | OutboxState::Sending) if !pausing => {
                    card = card.or(Some(entry));
                }
                (OutboxOp::EditCustomer { .. }, _) => {}
                (
                    OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::File { .. },
                    OutboxState::Stuck { .. } | OutboxState::NotTaken { .. },
                ) => {}
                (OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::File { .. }, OutboxState::Held { .. }) => {
                    blocked = true;
                }
                (
                    OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::File { .. },
                    OutboxState::Queued | OutboxState::Sending,
                ) => {
                    blocked |= pausing;
                    // What was sent before has its place with the hub already: it waits for nobody here.
                    if !pausing && entry.in_doubt && !head.is_some_and(|head| head.in_doubt) {
                        head = Some(entry);
                    } else if !blocked {
                        head = head.or(Some(entry));
                    }
                }
            }
        }
        match (head, read, card) {
            (Some(entry), _, _) => Some(self.message_step(entry, mirror, ask_after_min, now)),
            (None, Some(entry), _) => Some(read_step(&entry.item, mirror)),
            (None, None, Some(entry)) => Some(card_step(entry, mirror)),
            (None, None, None) => None,
        }
    }

    /// What is in doubt goes again whatever happened since: the hub may have it, and only its answer to this id can
    /// tell. If it does not have it, the ownership epoch keeps the words from somebody else's customer.
    fn message_step(&self, entry: &Entry, mirror: &Mirror, ask_after_min: u32, now: Now) -> Step {
        let item = &entry.item;
        let too_old = age_ms(last_wanted(item), now) > i64::from(ask_after_min).saturating_mul(60_000)
            || item.op.is_stale(now.stamp);
        let reason =
            self.held_reason(item, mirror.row(item.dialog), mirror).or_else(|| too_old.then_some(HeldReason::TooOld));
        match reason.filter(|_| !entry.in_doubt) {
            Some(reason) => Step::Park(OutboxItem { state: OutboxState::Held { reason }, ..item.clone() }),
            // What may be there already is asked for under its id: other bytes would be another message.
            None if item.op.needs_upload() && !entry.in_doubt => Step::Upload(item.client_id),
            None => Step::Send(on_its_way(item)),
        }
    }
}

/// The item as it is stored before a try: the try is counted first, so that a crash during it is seen.
fn on_its_way(item: &OutboxItem) -> OutboxItem {
    OutboxItem { state: OutboxState::Sending, attempts: item.attempts.saturating_add(1), ..item.clone() }
}

/// A read mark goes if it still says something.
fn read_step(item: &OutboxItem, mirror: &Mirror) -> Step {
    let OutboxOp::MarkRead { upto } = item.op else { return Step::Drop(item.client_id) };
    let useful = mirror
        .row(item.dialog)
        .is_some_and(|row| row.assignee == Some(mirror.me()) && row.read_by_operator < upto && !is_remains(row));
    if useful { Step::Send(on_its_way(item)) } else { Step::Drop(item.client_id) }
}

/// A change of a card goes, however old it is: the hub compares what it was made on.
fn card_step(entry: &Entry, mirror: &Mirror) -> Step {
    let item = &entry.item;
    match held_reason(item, mirror.row(item.dialog), mirror.me()).filter(|_| !entry.in_doubt) {
        Some(reason) => Step::Park(OutboxItem { state: OutboxState::Held { reason }, ..item.clone() }),
        None => Step::Send(on_its_way(item)),
    }
}

/// When the operator last had a hand in it, or the hub: a file that took long to upload is not an old one.
fn last_wanted(item: &OutboxItem) -> Stamp {
    match &item.op {
        OutboxOp::File { uploaded: Some(uploaded), .. } => item.created_at.max(uploaded.at),
        OutboxOp::File { uploaded: None, .. }
        | OutboxOp::Text { .. }
        | OutboxOp::Note { .. }
        | OutboxOp::MarkRead { .. }
        | OutboxOp::EditCustomer { .. } => item.created_at,
    }
}

/// How long ago something was written, as far as the wall clock can tell.
fn age_ms(at: Stamp, now: Now) -> i64 {
    now.stamp.0.saturating_sub(at.0)
}

/// Why an item may not go to its dialog as things stand.
pub(super) fn held_reason(item: &OutboxItem, row: Option<&Dialog>, me: OperatorId) -> Option<HeldReason> {
    let Some(row) = row.filter(|row| !is_remains(row)) else { return Some(HeldReason::Gone) };
    let denied = match item.op {
        OutboxOp::Text { .. } => writing_denied(row, me),
        OutboxOp::File { .. } => writing_denied(row, me).or(row.can.send_file),
        OutboxOp::Note { .. } => row.can.note,
        OutboxOp::MarkRead { .. } | OutboxOp::EditCustomer { .. } => None,
    };
    match denied? {
        Denied::Closed => Some(HeldReason::Gone),
        Denied::NoRight
        | Denied::NotYours
        | Denied::NotAccepted
        | Denied::AlreadyTaken
        | Denied::Offline
        | Denied::Status
        | Denied::LimitReached
        | Denied::Channel
        | Denied::WithBot
        | Denied::NotOnSite
        | Denied::Unknown => Some(match row.state {
            DialogState::Closed | DialogState::Deleted => HeldReason::Gone,
            DialogState::Routing
            | DialogState::Bot
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::Queue
            | DialogState::Offered
            | DialogState::Active
            | DialogState::ClosedSoft
            | DialogState::Unknown => HeldReason::NotMine { owner: owner_of(row, me) },
        }),
    }
}

/// Who has the dialog, if somebody else.
fn owner_of(row: &Dialog, me: OperatorId) -> Option<String> {
    row.assignee.filter(|assignee| *assignee != me).and(row.assignee_name.clone())
}
