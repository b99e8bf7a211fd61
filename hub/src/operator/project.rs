//! What one entry of the log is to one operator.

use super::shift;
use crate::desk::{Actor, Event, Standing, allows, can, knows, mask_customer, mask_message, mask_preview, reaches};
use crate::office::Office;
use crate::store::{DialogEntry, Entry, EntryBody, OperatorFace, StoreError};
use otklik_model::{Change, Day, Dialog, GoneReason, Load, Message, Operator, OperatorId, Right, SessionId, Shift};
use std::collections::BTreeSet;

/// Whose eyes.
#[derive(Clone, Debug)]
pub(super) struct Viewer {
    pub(super) me: Actor,
    pub(super) session: SessionId,
    /// What came of his work, as last read.
    pub(super) shift: Shift,
}

/// What an entry is to a viewer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// These changes; maybe none.
    Changes(Vec<Change>),
    /// His session has ended.
    SignedOut,
    /// His rights have changed, so that he has to start afresh.
    OtherRights,
}

/// Looks at an entry that is of no dialog with an operator's eyes.
pub(super) fn look(viewer: &Viewer, office: &Office, entry: &Entry) -> Seen {
    match &entry.body {
        EntryBody::Operator(face) if face.id == viewer.me.id && face.disabled => Seen::SignedOut,
        EntryBody::Operator(face) if face.id == viewer.me.id && face.rights_changed => Seen::OtherRights,
        EntryBody::Operator(face) => {
            let row = viewer.colleague(face, office.load(face.id));
            Seen::Changes(row.map(Change::OperatorUpserted).into_iter().collect())
        }
        EntryBody::Channel(channel) => Seen::Changes(vec![Change::ChannelUpserted(channel.clone())]),
        // A dialog that is open tells of its customer itself; what the configuration changes for one comes as his row.
        EntryBody::Dialog(_) | EntryBody::Customer(_) | EntryBody::Centre { .. } => Seen::Changes(Vec::new()),
        EntryBody::SignedOut { operator, session } => {
            let mine = *operator == viewer.me.id && session.is_none_or(|session| session == viewer.session);
            if mine { Seen::SignedOut } else { Seen::Changes(Vec::new()) }
        }
    }
}

impl Viewer {
    /// What an entry of a dialog is to an operator who sees it.
    pub(super) fn tell(&self, entry: &DialogEntry) -> Vec<Change> {
        let after = entry.after();
        // What becomes of a message long after the end is no news of its dialog: who does not have it any more is not
        // shown it again.
        let of_messages = entry.events.iter().all(|event| matches!(event, Event::MessageChanged(_)));
        let news = !(of_messages && after.state.is_final());
        let row = news.then(|| Change::DialogUpserted(Box::new(row_for(self, &entry.row))));
        let mut changes: Vec<_> = row.into_iter().collect();
        changes.extend(entry.messages().map(|message| {
            let mut message = message.clone();
            self.clean(&after, &mut message);
            Change::MessageAdded(Box::new(message))
        }));
        changes
    }

    /// That an entry took a dialog out of his sight.
    pub(super) fn gone(&self, entry: &DialogEntry) -> Change {
        Change::DialogGone { dialog: entry.row.id, reason: reason_of(entry), to: entry.row.assignee_name.clone() }
    }

    /// Takes out of a message what he may not see.
    pub(super) fn clean(&self, standing: &Standing, message: &mut Message) {
        if !allows(&self.me, Right::SeeContacts, standing) {
            mask_message(message);
        }
    }

    /// A colleague as he may see him, if he may.
    pub(super) fn colleague(&self, face: &OperatorFace, load: Load) -> Option<Operator> {
        let departments = Some(&face.post.departments).filter(|departments| !departments.is_empty());
        // One's own day is one's own.
        let tells = face.id == self.me.id || reaches(&self.me, Right::SeeStatuses, face.id, departments);
        let day = tells.then(|| Day {
            code: face.status_code.clone(),
            since: face.status_since,
            set_by: face.set_by.into(),
            departments: face.post.departments.iter().cloned().collect(),
            load,
            shift: (face.id == self.me.id).then_some(self.shift),
        });
        let row = Operator { day: day.map(Box::new), ..face.operator() };
        knows(&self.me, face.id, departments).then_some(row)
    }

    /// Reads anew what came of his work, if an entry made it another. Returns whether it did.
    ///
    /// # Errors
    /// The store fails.
    pub(super) async fn count(&mut self, office: &Office, entry: &Entry) -> Result<bool, StoreError> {
        let counts = shift::concerns(self.me.id, entry);
        if counts {
            self.shift = shift::read(office, self.me.id).await?;
        }
        Ok(counts)
    }

    /// Those whose load an entry changes, for whoever may see loads; one's own is one's own, and so is what an entry
    /// `counts` for.
    pub(super) fn loads(&self, office: &Office, entry: &DialogEntry, counts: bool) -> Vec<Change> {
        let sees_others = self.me.grants.rights.contains_key(&Right::SeeStatuses);
        let (before, after) = (entry.before.as_ref(), entry.after());
        let same = before.is_some_and(|before| (before.state, before.assignee) == (after.state, after.assignee));
        if same && !counts {
            return Vec::new();
        }
        let people: BTreeSet<_> = before.and_then(|before| before.assignee).into_iter().chain(after.assignee).collect();
        let people = people.into_iter().filter(|id| sees_others || *id == self.me.id);
        let row = |id: OperatorId| office.face(id).and_then(|face| self.colleague(&face, office.load(id)));
        let rows = people.filter_map(row).filter(|row| row.day.is_some());
        rows.map(Change::OperatorUpserted).collect()
    }
}

/// The row with what this operator may do, and without what he may not see.
pub(super) fn row_for(viewer: &Viewer, row: &Dialog) -> Dialog {
    let standing = Standing::of(row);
    let mut row = Dialog { can: can(&viewer.me, &standing), ..row.clone() };
    if !allows(&viewer.me, Right::SeeContacts, &standing) {
        mask_customer(&mut row.customer);
        row.last.iter_mut().for_each(mask_preview);
    }
    if !allows(&viewer.me, Right::SeeRatings, &standing) {
        row.rating = None;
    }
    row
}

fn reason_of(entry: &DialogEntry) -> GoneReason {
    let reason = entry.events.iter().find_map(|event| match event {
        Event::Accepted { .. } => Some(GoneReason::Accepted),
        Event::Offered { .. } => Some(GoneReason::Transferred),
        // Without the right to accept, a dialog that goes back to the queue is out of sight.
        Event::Returned { .. } => Some(GoneReason::Transferred),
        Event::QueuedFor { .. } | Event::GivenToBot { .. } | Event::SentToRouter { .. } => {
            Some(GoneReason::Transferred)
        }
        Event::Closed { .. } | Event::Finished { .. } => Some(GoneReason::Closed),
        Event::Deleted { .. } => Some(GoneReason::Erased),
        Event::MessageAdded(_)
        | Event::MessageChanged(_)
        | Event::Invited { .. }
        | Event::Answered { .. }
        | Event::Held { .. }
        | Event::Unheld { .. }
        | Event::Resumed
        | Event::Sorted { .. }
        | Event::CustomerChanged { .. }
        | Event::Rated { .. }
        | Event::PushChanged { .. }
        | Event::Marked { .. }
        | Event::Reckoned { .. }
        | Event::ReadByOperator { .. }
        | Event::SeenByCustomer { .. }
        | Event::PresenceChanged { .. }
        | Event::PageChanged { .. } => None,
    });
    reason.unwrap_or(GoneReason::Hidden)
}
