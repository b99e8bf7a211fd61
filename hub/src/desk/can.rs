//! What an operator may do with a dialog that he sees: the buttons of his workplace.

use super::{Actor, Standing, allows};
use otklik_model::{Can, Denied, DialogState, Right};

/// What an operator who sees the dialog may do with it. [`super::decide`] refuses what this denies. What depends on more
/// than the dialog (his status, the age of a message) only the answer tells; what its channel does not carry the
/// handbook tells.
#[must_use]
pub fn can(me: &Actor, standing: &Standing) -> Can {
    let view = View { me, standing, mine: standing.assignee == Some(me.id) };
    let write = view.lead();
    let reword = view.unless_final().or(view.unless(Right::EditOwn));
    let delete = view.unless_final().or(view.unless(Right::DeleteOwn));
    Can {
        accept: view.accept(),
        write,
        note: view.unless_final().or(view.unless(Right::Note)),
        close: view.close(),
        transfer: view.transfer(),
        hold: view.hold(),
        sort: view.unless_final().or(view.unless(Right::Sort)),
        block: view.unless(Right::Block),
        edit: reword.and(delete).and(reword),
        reword,
        delete,
        quote: write,
        send_file: write.or(view.unless(Right::SendFile)),
        contacts: write.or(view.unless(Right::RequestContact)),
        teleport: view.teleport(),
        rating: view.unless(Right::SeeRatings),
    }
}

/// One operator looking at one dialog.
struct View<'a> {
    me: &'a Actor,
    standing: &'a Standing,
    mine: bool,
}

impl View<'_> {
    fn may(&self, right: Right) -> bool {
        allows(self.me, right, self.standing)
    }

    fn unless(&self, right: Right) -> Option<Denied> {
        if self.may(right) { None } else { Some(Denied::NoRight) }
    }

    /// One's own, or somebody else's by right.
    fn own_or(&self, right: Right) -> Option<Denied> {
        if self.mine || self.standing.assignee.is_some() && self.may(right) { None } else { Some(Denied::NotYours) }
    }

    fn accept(&self) -> Option<Denied> {
        match self.standing.state {
            DialogState::Queue | DialogState::Bot => self.unless(Right::Accept),
            DialogState::Offered if self.mine => None,
            DialogState::Offered | DialogState::Active | DialogState::Hold | DialogState::Invitation => {
                Some(Denied::AlreadyTaken)
            }
            DialogState::Routing => Some(Denied::WithBot),
            // One's own is re-opened by writing, and what the customer closed by him.
            DialogState::ClosedSoft if !self.mine && !self.standing.left => self.unless(Right::Accept),
            DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
            DialogState::Unknown => Some(Denied::Unknown),
        }
    }

    /// What is for whoever leads it, or answers in the dialogs of others.
    fn lead(&self) -> Option<Denied> {
        match self.standing.state {
            DialogState::ClosedSoft if self.standing.left => Some(Denied::Closed),
            DialogState::Active | DialogState::Hold | DialogState::Invitation | DialogState::ClosedSoft => {
                self.own_or(Right::AnswerOthers)
            }
            DialogState::Offered if !self.mine => Some(Denied::NotYours),
            DialogState::Queue | DialogState::Offered => Some(Denied::NotAccepted),
            DialogState::Routing | DialogState::Bot => Some(Denied::WithBot),
            DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
            DialogState::Unknown => Some(Denied::Unknown),
        }
    }

    /// What is for whoever leads it while it goes on and its customer looks at the site.
    fn teleport(&self) -> Option<Denied> {
        if self.standing.state == DialogState::ClosedSoft {
            return Some(Denied::Closed);
        }
        let away = (!self.standing.on_site).then_some(Denied::NotOnSite);
        self.lead().or(self.unless(Right::RequestContact)).or(away)
    }

    fn hold(&self) -> Option<Denied> {
        match self.standing.state {
            DialogState::Active | DialogState::Hold => self.own_or(Right::AnswerOthers),
            DialogState::Offered if !self.mine => Some(Denied::NotYours),
            DialogState::Queue | DialogState::Offered | DialogState::Invitation => Some(Denied::NotAccepted),
            DialogState::Routing | DialogState::Bot => Some(Denied::WithBot),
            DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
            DialogState::Unknown => Some(Denied::Unknown),
        }
    }

    fn close(&self) -> Option<Denied> {
        match self.standing.state {
            DialogState::Active | DialogState::Hold | DialogState::Invitation | DialogState::Offered if self.mine => {
                self.unless(Right::CloseOwn)
            }
            DialogState::Active | DialogState::Hold | DialogState::Invitation | DialogState::Offered => {
                self.own_or(Right::CloseOthers)
            }
            DialogState::Queue if self.may(Right::CloseOthers) => None,
            DialogState::Queue => Some(Denied::NotAccepted),
            // Closed by both sides it is closed for good.
            DialogState::ClosedSoft if self.standing.left && self.mine => self.unless(Right::CloseOwn),
            DialogState::ClosedSoft if self.standing.left => self.unless(Right::CloseOthers),
            DialogState::Routing | DialogState::Bot => Some(Denied::WithBot),
            DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
            DialogState::Unknown => Some(Denied::Unknown),
        }
    }

    fn transfer(&self) -> Option<Denied> {
        match self.standing.state {
            // Declining what one was offered needs no right.
            DialogState::Offered if self.mine => None,
            DialogState::Active | DialogState::Hold if self.mine => self.unless(Right::TransferOwn),
            DialogState::Offered | DialogState::Active | DialogState::Hold => self.own_or(Right::TransferOthers),
            DialogState::Queue if self.may(Right::Assign) => None,
            DialogState::Queue | DialogState::Invitation => Some(Denied::NotAccepted),
            DialogState::Routing | DialogState::Bot => Some(Denied::WithBot),
            DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
            DialogState::Unknown => Some(Denied::Unknown),
        }
    }

    fn unless_final(&self) -> Option<Denied> {
        match self.standing.state {
            DialogState::Closed | DialogState::Deleted => Some(Denied::Closed),
            DialogState::Unknown => Some(Denied::Unknown),
            DialogState::Queue
            | DialogState::Offered
            | DialogState::Active
            | DialogState::Routing
            | DialogState::Bot
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::ClosedSoft => None,
        }
    }
}
