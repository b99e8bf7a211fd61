//! What one entry of the log is to one operator.

use crate::desk::{Event, can, sees};
use crate::store::{DialogEntry, Entry, EntryBody};
use otklik_model::{Change, Dialog, GoneReason, OperatorId, Rights, SessionId};

/// Whose eyes.
#[derive(Clone, Debug)]
pub(super) struct Viewer {
    pub(super) id: OperatorId,
    pub(super) session: SessionId,
    pub(super) rights: Rights,
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

/// Looks at an entry with an operator's eyes.
pub(super) fn look(viewer: &Viewer, entry: &Entry) -> Seen {
    match &entry.body {
        EntryBody::Dialog(dialog) => Seen::Changes(look_at_dialog(viewer, dialog)),
        EntryBody::Operator(face) if face.id == viewer.id && face.disabled => Seen::SignedOut,
        EntryBody::Operator(face) if face.id == viewer.id && face.rights_changed => Seen::OtherRights,
        EntryBody::Operator(face) => Seen::Changes(vec![Change::OperatorUpserted(face.operator())]),
        EntryBody::Channel(channel) => Seen::Changes(vec![Change::ChannelUpserted(channel.clone())]),
        EntryBody::SignedOut { operator, session } => {
            let mine = *operator == viewer.id && session.is_none_or(|session| session == viewer.session);
            if mine { Seen::SignedOut } else { Seen::Changes(Vec::new()) }
        }
    }
}

fn look_at_dialog(viewer: &Viewer, entry: &DialogEntry) -> Vec<Change> {
    let saw = entry.before.is_some_and(|before| sees(viewer.id, &viewer.rights, before));
    if sees(viewer.id, &viewer.rights, entry.after()) {
        let mut changes = vec![Change::DialogUpserted(Box::new(row_for(viewer, &entry.row)))];
        changes.extend(entry.messages().map(|message| Change::MessageAdded(Box::new(message.clone()))));
        changes
    } else if saw {
        let to = entry.row.assignee_name.clone();
        vec![Change::DialogGone { dialog: entry.row.id, reason: reason_of(entry), to }]
    } else {
        Vec::new()
    }
}

/// The row with what this operator may do.
pub(super) fn row_for(viewer: &Viewer, row: &Dialog) -> Dialog {
    let standing = crate::desk::Standing { state: row.state, assignee: row.assignee };
    Dialog { can: can(viewer.id, &viewer.rights, standing), ..row.clone() }
}

fn reason_of(entry: &DialogEntry) -> GoneReason {
    let reason = entry.events.iter().find_map(|event| match event {
        Event::Accepted { .. } => Some(GoneReason::Accepted),
        Event::Offered { .. } => Some(GoneReason::Transferred),
        // Without the right to accept, a dialog that goes back to the queue is out of sight.
        Event::Returned { .. } => Some(GoneReason::Transferred),
        Event::Closed { .. } => Some(GoneReason::Closed),
        Event::MessageAdded(_)
        | Event::Resumed
        | Event::ReadByOperator { .. }
        | Event::SeenByCustomer { .. }
        | Event::PresenceChanged { .. }
        | Event::PageChanged { .. } => None,
    });
    reason.unwrap_or(GoneReason::Hidden)
}
