//! What the centre does by itself: distribution, and operators who are gone.

use super::bots::send;
use super::closing::end;
use super::guards::{not_yours, same_epoch};
use super::hands::offer;
use crate::desk::draft::Draft;
use crate::desk::lines::Line;
use crate::desk::timers::lacks_category;
use crate::desk::{DialogAggregate, Event, Leaving, Moment, ReturnedWhy, Target};
use otklik_model::{Awaiting, CloseReason, DialogState, OperatorId, Refusal};

pub(super) fn distribute(
    dialog: &DialogAggregate,
    epoch: u64,
    to: Target,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    match dialog.row.state {
        // Whoever looks for somebody by himself looks for nobody for these.
        DialogState::Queue if dialog.row.suspicious => Err(Refusal::WrongState),
        DialogState::Queue | DialogState::Routing => {
            same_epoch(dialog, epoch)?;
            send(dialog, to, ReturnedWhy::Routed, None, moment)
        }
        // From one who is silent to one who may speak; nobody takes it from him for less.
        DialogState::Active if dialog.life.silent => {
            same_epoch(dialog, epoch)?;
            match to {
                Target::Operator(colleague) => offer(dialog, &colleague, None, moment),
                Target::Queue
                | Target::Forced(_)
                | Target::Stranger
                | Target::Department(_)
                | Target::Team(_)
                | Target::Bot { .. } => Err(Refusal::WrongState),
            }
        }
        DialogState::Offered | DialogState::Active | DialogState::Hold | DialogState::Invitation => {
            Err(not_yours(dialog))
        }
        DialogState::Bot => Err(Refusal::WrongState),
        DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted | DialogState::Unknown => {
            Err(Refusal::DialogClosed)
        }
    }
}

pub(super) fn release(dialog: &DialogAggregate, operator: OperatorId, why: Leaving, moment: &Moment<'_>) -> Vec<Event> {
    if dialog.row.assignee != Some(operator) {
        return Vec::new();
    }
    let name = dialog.row.assignee_name.as_deref().unwrap_or_default();
    if matches!(why, Leaving::WentByHimself | Leaving::Idle) && closes_on_leaving(dialog, moment) {
        return end(dialog, Line::Closed(name), CloseReason::Operator, false, moment);
    }
    let (why, line) = match (dialog.row.state, why) {
        (DialogState::Offered, Leaving::WentOffline | Leaving::WentByHimself) => {
            (ReturnedWhy::WentOffline, Line::WentOffline(name))
        }
        (DialogState::Offered | DialogState::Active, Leaving::SessionLost) => {
            (ReturnedWhy::SessionLost, Line::SessionLost(name))
        }
        // He may answer those he has; what he put off waits for him; what is closed hurts nobody.
        (
            DialogState::Active
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::ClosedSoft
            | DialogState::Closed
            | DialogState::Deleted
            | DialogState::Routing
            | DialogState::Bot
            | DialogState::Queue
            | DialogState::Unknown,
            Leaving::WentOffline | Leaving::WentByHimself | Leaving::SessionLost | Leaving::Idle,
        )
        | (DialogState::Offered, Leaving::Idle) => return Vec::new(),
    };
    let event = Event::Returned { by: None, why, department: None, team: None, at: moment.now };
    Draft::new(dialog, moment).event(event).line(line).done()
}

/// Whether a dialog is closed because its operator went: nobody waits for him in it, and nothing has to be said of it
/// before.
fn closes_on_leaving(dialog: &DialogAggregate, moment: &Moment<'_>) -> bool {
    let led = matches!(dialog.row.state, DialogState::Active | DialogState::Hold);
    let waits = dialog.row.awaiting == Awaiting::Operator;
    moment.centre.distribution.close_on_leaving && led && !waits && !lacks_category(dialog, moment.centre)
}

/// His dialogs close and become available: a customer who waits for an answer waits in the queue, the others' dialogs
/// are closed softly and nobody's.
pub(super) fn operator_removed(dialog: &DialogAggregate, operator: OperatorId, moment: &Moment<'_>) -> Vec<Event> {
    let row = &dialog.row;
    if row.assignee != Some(operator) {
        return Vec::new();
    }
    let (line, reason) = (Line::ClosedOperatorRemoved, CloseReason::OperatorRemoved);
    match row.state {
        DialogState::Active | DialogState::Hold if row.awaiting != Awaiting::Operator => {
            end(dialog, line, reason, false, moment)
        }
        DialogState::Offered | DialogState::Active | DialogState::Hold => {
            let why = ReturnedWhy::OperatorRemoved;
            let event = Event::Returned { by: None, why, department: None, team: None, at: moment.now };
            Draft::new(dialog, moment).event(event).line(Line::Returned).done()
        }
        DialogState::Invitation => end(dialog, line, reason, true, moment),
        DialogState::Routing
        | DialogState::Bot
        | DialogState::Queue
        | DialogState::ClosedSoft
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => Vec::new(),
    }
}
