//! In which list a dialog stands for one operator. Pure; must not know rows or orders.

use crate::mirror::Mirror;
use otklik_model::{Dialog, DialogState, OnlineState, OperatorId, Right, Section};

/// From where an operator looks at the dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standpoint {
    /// Who looks.
    pub(crate) me: OperatorId,
    /// The centre offers dialogs: what nobody has is not everybody's to take at once.
    pub(crate) offers: bool,
    /// He may look into the queue.
    pub(crate) sees_queue: bool,
}

impl Standpoint {
    /// As far as is durable.
    pub(crate) fn of(mirror: &Mirror) -> Self {
        let sees_queue = mirror.profile.rights.contains(&Right::SeeQueue);
        Self { me: mirror.me(), offers: mirror.handbook.offers, sees_queue }
    }

    /// Where the dialog stands.
    pub(crate) fn section(&self, dialog: &Dialog) -> Section {
        let mine = dialog.assignee == Some(self.me);
        match dialog.state {
            DialogState::Queue if dialog.assignee.is_none() => self.untaken(dialog.current_state),
            // Other platforms leave what is offered in the queue, with its operator's name on it.
            DialogState::Queue | DialogState::Offered if mine => Section::Waiting,
            DialogState::Active | DialogState::Hold | DialogState::Invitation if mine => Section::Mine,
            DialogState::Queue
            | DialogState::Offered
            | DialogState::Active
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::Routing
            | DialogState::Bot => Section::Open,
            DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted | DialogState::Unknown => Section::All,
        }
    }

    fn untaken(&self, customer: OnlineState) -> Section {
        if !self.sees_queue {
            return Section::Open;
        }
        match customer {
            OnlineState::Offline => Section::OfflineRequests,
            OnlineState::Online | OnlineState::Unknown if self.offers => Section::Queue,
            OnlineState::Online | OnlineState::Unknown => Section::Waiting,
        }
    }
}

#[cfg(test)]
mod tests;
