//! What a time-out does.

use super::closing::end;
use super::hands::wake;
use crate::centre::Occasion;
use crate::desk::draft::Draft;
use crate::desk::lines::Line;
use crate::desk::timers::due_of;
use crate::desk::words::words_after_router;
use crate::desk::{DialogAggregate, Event, Mark, Moment, ReturnedWhy, Timer, deadline};
use otklik_model::{CloseReason, DialogState, Presence};

pub(super) fn time_out(dialog: &DialogAggregate, timer: Timer, moment: &Moment<'_>) -> Vec<Event> {
    let due = due_of(dialog, timer, moment.centre).is_some_and(|at| at <= moment.now);
    if !due {
        return reckon(dialog, moment);
    }
    let name = dialog.row.assignee_name.as_deref().unwrap_or_default();
    let at = moment.now;
    let draft = Draft::new(dialog, moment);
    match timer {
        Timer::Offer => {
            let why = ReturnedWhy::Expired;
            let draft = draft.event(Event::Returned { by: None, why, department: None, team: None, at });
            let draft = draft.line(Line::OfferExpired(name));
            if dialog.life.busy_said {
                return draft.done();
            }
            draft.auto(Occasion::Busy).event(Event::Marked { mark: Mark::BusySaid }).done()
        }
        Timer::WaitWords => draft.auto(Occasion::Waiting).event(Event::Marked { mark: Mark::WaitSaid }).done(),
        Timer::LeftLine => draft.line(Line::LeftSite).event(Event::Marked { mark: Mark::LeftSaid }).done(),
        Timer::LeftOffline => {
            let offline = Event::PresenceChanged { presence: Presence::Offline, at };
            draft.event(offline).line(Line::CountsAsOffline).event(Event::Marked { mark: Mark::LeftSaid }).done()
        }
        Timer::Silent => draft.line(Line::Silent(name)).event(Event::Marked { mark: Mark::Silent }).done(),
        Timer::Bot => {
            let routing = dialog.row.state == DialogState::Routing;
            let why = if routing { ReturnedWhy::Routed } else { ReturnedWhy::BotGaveUp };
            let draft = draft.event(Event::Returned { by: None, why, department: None, team: None, at });
            let greets = words_after_router(dialog, dialog.row.department.as_ref(), moment);
            if routing { draft.auto_if(greets) } else { draft.line(Line::BotGaveUp) }.done()
        }
        Timer::Hold => wake(dialog, moment),
        Timer::Inactive => end(dialog, Line::ClosedInactive, CloseReason::TimeOut, true, moment),
        Timer::Invitation => end(dialog, Line::ClosedNoAnswer, CloseReason::NoAnswer, true, moment),
        Timer::FinalClose => end(dialog, Line::Finished, CloseReason::TimeOut, true, moment),
    }
}

/// Corrects the time at which something happens next, if the centre's time-outs have changed since.
pub(super) fn reckon(dialog: &DialogAggregate, moment: &Moment<'_>) -> Vec<Event> {
    let due_at = deadline(dialog, moment.centre).map(|(at, _)| at);
    if dialog.due_at == due_at { Vec::new() } else { vec![Event::Reckoned { due_at }] }
}
