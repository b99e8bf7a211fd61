//! Whom a dialog weighs on: what counts towards how much an operator may carry.

use otklik_model::{Dialog, DialogState, OperatorId};

/// Whoever leads a dialog or is offered it, and what it weighs, in hundredths of an ordinary one. What is put off or waits
/// for the customer's first word weighs nothing; the others are nobody's to carry.
#[must_use]
pub fn weighs_on(row: &Dialog) -> Option<(OperatorId, u32)> {
    match row.state {
        DialogState::Offered | DialogState::Active => row.assignee.map(|operator| (operator, row.weight)),
        DialogState::Hold
        | DialogState::Invitation
        | DialogState::Routing
        | DialogState::Bot
        | DialogState::Queue
        | DialogState::ClosedSoft
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => None,
    }
}
