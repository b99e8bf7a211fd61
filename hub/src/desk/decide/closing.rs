//! Ending a dialog: softly, so that a word re-opens it, or for good.

use super::guards::{is_mine, may, need, not_yours, same_epoch, unseen_or, visible};
use crate::centre::Occasion;
use crate::desk::draft::Draft;
use crate::desk::lines::Line;
use crate::desk::timers::lacks_category;
use crate::desk::{Actor, DialogAggregate, Event, Moment};
use otklik_model::{CloseReason, DialogState, Refusal, Right};

pub(super) fn close(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let row = &dialog.row;
    let right = if is_mine(dialog, by) { Right::CloseOwn } else { Right::CloseOthers };
    match row.state {
        DialogState::Closed | DialogState::Deleted => return Err(unseen_or(dialog, by, Refusal::DialogClosed)),
        DialogState::Routing | DialogState::Bot | DialogState::Unknown => {
            return Err(unseen_or(dialog, by, Refusal::WrongState));
        }
        DialogState::Queue
        | DialogState::Offered
        | DialogState::Active
        | DialogState::Hold
        | DialogState::Invitation
        | DialogState::ClosedSoft => {}
    }
    if right == Right::CloseOthers && !may(dialog, by, right) {
        return Err(unseen_or(dialog, by, not_yours(dialog)));
    }
    visible(dialog, by)?;
    same_epoch(dialog, epoch)?;
    need(dialog, by, right)?;
    match row.state {
        DialogState::Queue | DialogState::Offered => {
            let (line, reason) = (Line::ClosedUntaken(&by.name), CloseReason::WithoutTaking);
            Ok(end(dialog, line, reason, moment.centre.close_at_once, moment))
        }
        // What the other side has closed already is closed for good.
        DialogState::ClosedSoft if row.close_reason == Some(CloseReason::Customer) => {
            categorised(dialog, moment)?;
            Ok(end(dialog, Line::Finished, CloseReason::Operator, true, moment))
        }
        DialogState::ClosedSoft => Ok(Vec::new()),
        DialogState::Invitation => Ok(end(dialog, Line::Closed(&by.name), CloseReason::Operator, true, moment)),
        DialogState::Active
        | DialogState::Hold
        | DialogState::Routing
        | DialogState::Bot
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => {
            categorised(dialog, moment)?;
            let at_once = moment.centre.close_at_once;
            Ok(end(dialog, Line::Closed(&by.name), CloseReason::Operator, at_once, moment))
        }
    }
}

pub(super) fn customer_closes(dialog: &DialogAggregate, moment: &Moment<'_>) -> Vec<Event> {
    let lacks = lacks_category(dialog, moment.centre);
    let (line, reason) = (Line::ClosedByCustomer, CloseReason::Customer);
    match dialog.row.state {
        // Nobody has spoken for the centre yet, so there is nothing to come back to.
        DialogState::Queue | DialogState::Offered | DialogState::Routing | DialogState::Invitation => {
            end(dialog, line, reason, true, moment)
        }
        DialogState::Active | DialogState::Hold | DialogState::Bot => {
            end(dialog, line, reason, moment.centre.close_at_once && !lacks, moment)
        }
        DialogState::ClosedSoft if dialog.row.close_reason == Some(CloseReason::Customer) || lacks => Vec::new(),
        DialogState::ClosedSoft => end(dialog, Line::Finished, reason, true, moment),
        DialogState::Closed | DialogState::Deleted | DialogState::Unknown => Vec::new(),
    }
}

/// Closes it with a line, for good or softly.
pub(super) fn end(
    dialog: &DialogAggregate,
    line: Line<'_>,
    reason: CloseReason,
    for_good: bool,
    moment: &Moment<'_>,
) -> Vec<Event> {
    let at = moment.now;
    let closed = if for_good { Event::Finished { reason, at } } else { Event::Closed { reason, at } };
    let draft = Draft::new(dialog, moment).line(line);
    // A farewell is said once, and only to somebody who was spoken to.
    let says = !dialog.row.state.is_closed() && dialog.row.accepted_at.is_some() && reason != CloseReason::Blocked;
    if says { draft.auto(Occasion::Closed) } else { draft }.event(closed).done()
}

fn categorised(dialog: &DialogAggregate, moment: &Moment<'_>) -> Result<(), Refusal> {
    if lacks_category(dialog, moment.centre) { Err(Refusal::CategoryRequired) } else { Ok(()) }
}
