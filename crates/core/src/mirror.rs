//! What cache.db holds, in memory: rows, directory, position. It changes only when a commit is durable, so that
//! memory never runs ahead of the disk.

use crate::{Profile, SavedDialog, batch::Left, blocks::Blocks};
use otklik_model::{
    Can, Channel, ChannelId, Cursor, Customer, CustomerId, Denied, Dialog, DialogId, DialogState, GoneReason, Handbook,
    Limits, OnlineState, Operator, OperatorId, OperatorStatus, Particulars, Presence, SetBy, Stamp,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A cached dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The row.
    pub(crate) row: Dialog,
    /// Which of its messages are in the cache.
    pub(crate) blocks: Blocks,
}

impl Known {
    /// As it is stored.
    pub(crate) fn saved(&self) -> SavedDialog {
        SavedDialog { dialog: self.row.clone(), held: self.blocks.newest }
    }
}

/// The durable cache.
#[derive(Debug)]
pub(crate) struct Mirror {
    /// All cached dialogs.
    pub(crate) dialogs: BTreeMap<DialogId, Known>,
    /// Colleagues.
    pub(crate) operators: BTreeMap<OperatorId, Operator>,
    /// Channels.
    pub(crate) channels: BTreeMap<ChannelId, Channel>,
    /// Oneself, as the hub last said.
    pub(crate) profile: Profile,
    /// What the centre keeps ready.
    pub(crate) handbook: Handbook,
    /// How far the cache has come.
    pub(crate) cursor: Option<Cursor>,
    /// Which history the rows come from; known even when the cursor was dropped.
    pub(crate) stream: Option<Uuid>,
}

impl Mirror {
    /// Oneself.
    pub(crate) fn me(&self) -> OperatorId {
        self.profile.me.id
    }

    /// A dialog's row.
    pub(crate) fn row(&self, id: DialogId) -> Option<&Dialog> {
        self.dialogs.get(&id).map(|known| &known.row)
    }

    /// Whether one has still to say with which status one begins: off duty by having signed in, and by nothing else.
    pub(crate) fn asks_status(&self) -> bool {
        let me = &self.profile.me;
        let by_login = me.day.as_ref().is_some_and(|day| day.set_by == SetBy::Login);
        self.handbook.asks_status && me.status == OperatorStatus::Offline && by_login
    }

    /// Whether one takes new dialogs.
    pub(crate) fn is_online(&self) -> bool {
        self.profile.me.status == OperatorStatus::Online
    }

    /// The longest text that may be sent in a dialog, in Unicode scalar values.
    pub(crate) fn text_chars(&self, dialog: &Dialog) -> u32 {
        let channel = self.channels.get(&dialog.channel).map_or(u32::MAX, |channel| channel.text_chars);
        channel.min(self.profile.limits.text_chars)
    }
}

/// Who one is before the hub has said so: nobody.
pub(crate) fn nobody() -> Profile {
    Profile {
        me: Operator::new(OperatorId(Uuid::nil()), String::new(), OperatorStatus::Offline),
        desk: String::new(),
        rights: [].into(),
        limits: Limits::default(),
    }
}

/// Why one may not write to the customer of this dialog, if one may not.
///
/// The hub's word comes first; ownership is looked at as well, because a text for one's own customer must never
/// reach somebody else's.
pub(crate) fn writing_denied(dialog: &Dialog, me: OperatorId) -> Option<Denied> {
    let by_ownership = match dialog.state {
        DialogState::Queue => Some(Denied::NotAccepted),
        DialogState::Bot | DialogState::Routing => Some(Denied::WithBot),
        DialogState::Offered if dialog.assignee == Some(me) => Some(Denied::NotAccepted),
        DialogState::Active | DialogState::Hold | DialogState::Invitation if dialog.assignee == Some(me) => None,
        DialogState::Offered | DialogState::Active | DialogState::Hold | DialogState::Invitation => {
            Some(Denied::NotYours)
        }
        DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
        DialogState::ClosedSoft | DialogState::Unknown => None,
    };
    dialog.can.write.or(by_ownership)
}

/// What stays of a dialog that left the operator's sight while his own words are still bound to it: enough to show
/// them, nothing of the customer's conversation; and nothing of the customer, if he was erased.
pub(crate) fn remains_of(dialog: &Dialog, left: &Left) -> Dialog {
    let mut rest = blank(dialog.id);
    if left.reason == GoneReason::Erased {
        return rest;
    }
    rest.number = dialog.number;
    rest.channel = dialog.channel;
    rest.customer.name.clone_from(&dialog.customer.name);
    rest.customer.number = dialog.customer.number;
    rest.customer.named = dialog.customer.named;
    rest.assignee_name.clone_from(&left.to);
    rest.rev = dialog.rev;
    rest.created_at = dialog.created_at;
    rest
}

/// The remains of a dialog of which not even the row is left.
pub(crate) fn blank(id: DialogId) -> Dialog {
    let customer = Customer {
        id: CustomerId(Uuid::nil()),
        name: String::new(),
        number: 0,
        named: false,
        email: None,
        phone: None,
        language: None,
        particulars: Particulars::default(),
    };
    Dialog {
        state: DialogState::Unknown,
        start_state: OnlineState::Unknown,
        current_state: OnlineState::Unknown,
        presence: Presence::Unknown,
        can: Can::nothing(Denied::NotYours),
        ..Dialog::new(id, ChannelId(Uuid::nil()), customer, Stamp(0))
    }
}

/// Whether a row is only the remains of a dialog. No living dialog looks like this: the customer's id is nil.
pub(crate) fn is_remains(dialog: &Dialog) -> bool {
    dialog.customer.id.0.is_nil() && dialog.state == DialogState::Unknown
}
