//! Who sees a dialog, and what he may do with it.

use super::Standing;
use otklik_model::{Can, Denied, DialogState, OperatorId, Right, Rights};

/// Whether an operator with these rights sees a dialog that stands so: his own always, unassigned ones if he may
/// take them, those of others by right.
#[must_use]
pub fn sees(me: OperatorId, rights: &Rights, standing: Standing) -> bool {
    let others = rights.contains(&Right::SeeOthers);
    standing.assignee == Some(me) || others || (standing.state == DialogState::Queue && rights.contains(&Right::Accept))
}

/// What an operator who sees the dialog may do with it. [`super::decide`] refuses exactly what this denies.
#[must_use]
pub fn can(me: OperatorId, rights: &Rights, standing: Standing) -> Can {
    let mine = standing.assignee == Some(me);
    Can {
        accept: accept(mine, rights, standing.state),
        write: write(mine, standing.state),
        note: unless_final(standing.state).or(unless(rights, Right::Note)),
        close: lead(mine, standing.state).or(unless(rights, Right::CloseOwn)),
        transfer: transfer(mine, rights, standing.state),
    }
}

fn accept(mine: bool, rights: &Rights, state: DialogState) -> Option<Denied> {
    match state {
        DialogState::Queue => unless(rights, Right::Accept),
        DialogState::Offered if mine => None,
        DialogState::Offered | DialogState::Active => Some(Denied::AlreadyTaken),
        DialogState::ClosedSoft | DialogState::Closed => Some(Denied::Closed),
        DialogState::Unknown => Some(Denied::Unknown),
    }
}

fn write(mine: bool, state: DialogState) -> Option<Denied> {
    match state {
        DialogState::ClosedSoft if mine => None,
        DialogState::ClosedSoft => Some(Denied::NotYours),
        DialogState::Queue
        | DialogState::Offered
        | DialogState::Active
        | DialogState::Closed
        | DialogState::Unknown => lead(mine, state),
    }
}

fn transfer(mine: bool, rights: &Rights, state: DialogState) -> Option<Denied> {
    match state {
        // Declining what one was offered needs no right.
        DialogState::Offered if mine => None,
        DialogState::Active if mine => unless(rights, Right::TransferOwn),
        DialogState::Queue => {
            if rights.contains(&Right::TransferOthers) {
                None
            } else {
                Some(Denied::NotAccepted)
            }
        }
        DialogState::Offered | DialogState::Active => {
            if rights.contains(&Right::TransferOthers) {
                None
            } else {
                Some(Denied::NotYours)
            }
        }
        DialogState::ClosedSoft | DialogState::Closed => Some(Denied::Closed),
        DialogState::Unknown => Some(Denied::Unknown),
    }
}

/// What only the one who leads an open dialog may do.
fn lead(mine: bool, state: DialogState) -> Option<Denied> {
    match state {
        DialogState::Active if mine => None,
        DialogState::Active => Some(Denied::NotYours),
        DialogState::Offered if !mine => Some(Denied::NotYours),
        DialogState::Queue | DialogState::Offered => Some(Denied::NotAccepted),
        DialogState::ClosedSoft | DialogState::Closed => Some(Denied::Closed),
        DialogState::Unknown => Some(Denied::Unknown),
    }
}

fn unless_final(state: DialogState) -> Option<Denied> {
    match state {
        DialogState::Closed => Some(Denied::Closed),
        DialogState::Unknown => Some(Denied::Unknown),
        DialogState::Queue | DialogState::Offered | DialogState::Active | DialogState::ClosedSoft => None,
    }
}

fn unless(rights: &Rights, right: Right) -> Option<Denied> {
    if rights.contains(&right) { None } else { Some(Denied::NoRight) }
}
