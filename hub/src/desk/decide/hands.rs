//! Who leads a dialog: taking, declining, giving, putting off, beginning one.

use super::guards::{
    checked, is_mine, leads_or, may, need, not_yours, optional_within, same_epoch, unseen_or, visible, window_open,
};
use crate::centre::{Occasion, Sharing};
use crate::desk::draft::{Draft, Words};
use crate::desk::lines::Line;
use crate::desk::timers::offer_until;
use crate::desk::words::words_after_router;
use crate::desk::{Actor, Colleague, DialogAggregate, Event, Moment, ReturnedWhy, Taking, Target, admits, reaches};
use otklik_model::{
    Author, ClientId, DepartmentKey, DialogState, Hold, MessageKind, OnlineState, Refusal, Right, Stamp, TeamKey,
};

/// The longest reason of a hold, in Unicode scalar values.
const REASON_CHARS: u32 = 200;

pub(super) fn accept(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    taking: Taking,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let row = &dialog.row;
    let mine = is_mine(dialog, by);
    match row.state {
        DialogState::Active | DialogState::Hold | DialogState::Invitation if mine => return Ok(Vec::new()),
        // Whoever asks to accept has seen it waiting, and is told who was first even if he may not see it any more; but
        // of a restricted customer nobody is told anything to whom the dialog may not be shown at all.
        DialogState::Active | DialogState::Hold | DialogState::Invitation => {
            if !admits(by, &dialog.standing()) {
                return Err(unseen_or(dialog, by, not_yours(dialog)));
            }
            return Err(match &row.assignee_name {
                Some(name) => Refusal::AlreadyAccepted { by: name.clone() },
                None => not_yours(dialog),
            });
        }
        DialogState::Offered if mine => {}
        DialogState::Offered => return Err(unseen_or(dialog, by, not_yours(dialog))),
        DialogState::Queue => {
            take_by_right(dialog, by)?;
            takes(dialog, taking, moment)?;
        }
        // Taking over from a bot breaks its talk off.
        DialogState::Bot => {
            take_by_right(dialog, by)?;
            status_lets(dialog, taking)?;
        }
        // Whoever closed it himself re-opens it by writing; what the customer closed is re-opened by him.
        DialogState::ClosedSoft if !mine && !dialog.standing().left => {
            take_by_right(dialog, by)?;
            status_lets(dialog, taking)?;
        }
        DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => {
            return Err(unseen_or(dialog, by, Refusal::DialogClosed));
        }
        DialogState::Routing | DialogState::Unknown => return Err(unseen_or(dialog, by, Refusal::WrongState)),
    }
    same_epoch(dialog, epoch)?;
    let accepted = Event::Accepted { by: by.id, name: by.name.clone(), at: moment.now };
    let reopens = row.state == DialogState::ClosedSoft;
    let line = if reopens { Line::ReopenedBy(&by.name) } else { Line::Accepted(&by.name) };
    let draft = Draft::new(dialog, moment).event(accepted).line(line);
    // Said once: a dialog that changes hands is not greeted again.
    let greets = dialog.led_by.is_empty();
    Ok(if greets { draft.auto(Occasion::Accepted) } else { draft }.done())
}

fn take_by_right(dialog: &DialogAggregate, by: &Actor) -> Result<(), Refusal> {
    need(dialog, by, Right::Accept)?;
    visible(dialog, by)
}

/// What a status lets him take from the queue, and whether the centre lets anybody take by hand.
fn takes(dialog: &DialogAggregate, taking: Taking, moment: &Moment<'_>) -> Result<(), Refusal> {
    let rules = &moment.centre.distribution;
    // What nobody is given by the rules is taken by hand or never.
    if !dialog.row.suspicious && !rules.manual && rules.sharing != Sharing::Everyone {
        return Err(Refusal::Forbidden);
    }
    status_lets(dialog, taking)
}

/// What a status lets him take at all.
fn status_lets(dialog: &DialogAggregate, taking: Taking) -> Result<(), Refusal> {
    match taking {
        Taking::All => Ok(()),
        Taking::OfflineRequests if dialog.row.current_state == OnlineState::Offline => Ok(()),
        Taking::OfflineRequests | Taking::Nothing => Err(Refusal::WrongStatus),
    }
}

pub(super) fn decline(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    if !is_mine(dialog, by) {
        return Err(unseen_or(dialog, by, not_yours(dialog)));
    }
    if dialog.row.state != DialogState::Offered {
        return Err(unseen_or(dialog, by, Refusal::WrongState));
    }
    same_epoch(dialog, epoch)?;
    if !moment.centre.distribution.return_to_queue {
        return Err(Refusal::Forbidden);
    }
    let draft = Draft::new(dialog, moment).event(returned(by, ReturnedWhy::Declined, None, moment));
    Ok(draft.line(Line::Declined(&by.name)).done())
}

pub(super) fn transfer(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    to: Target,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let row = &dialog.row;
    let mine = is_mine(dialog, by);
    let right = match row.state {
        // To give an offer back to everybody is to decline it.
        DialogState::Offered if mine && to == Target::Queue => return decline(dialog, by, epoch, moment),
        DialogState::Offered if mine => None,
        DialogState::Active | DialogState::Hold if mine => Some(Right::TransferOwn),
        DialogState::Queue => Some(Right::Assign),
        DialogState::Offered | DialogState::Active | DialogState::Hold => Some(Right::TransferOthers),
        DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => {
            return Err(unseen_or(dialog, by, Refusal::DialogClosed));
        }
        DialogState::Routing | DialogState::Bot | DialogState::Invitation | DialogState::Unknown => {
            return Err(unseen_or(dialog, by, Refusal::WrongState));
        }
    };
    if right.is_some_and(|right| !may(dialog, by, right)) {
        let why = if mine { Refusal::Forbidden } else { not_yours(dialog) };
        return Err(unseen_or(dialog, by, why));
    }
    visible(dialog, by)?;
    same_epoch(dialog, epoch)?;
    // To send a suspicious one where it waits already is to say that it is an ordinary one.
    let calls = dialog.calls();
    match to {
        Target::Queue if calls => Ok(Vec::new()),
        Target::Queue => {
            let event = returned(by, ReturnedWhy::Given, None, moment);
            Ok(Draft::new(dialog, moment).event(event).line(Line::Returned).done())
        }
        Target::Department(key) => {
            check_department(&key, moment)?;
            if calls && row.department.as_ref() == Some(&key) {
                return Ok(Vec::new());
            }
            let event = returned(by, ReturnedWhy::Given, Some(key.clone()), moment);
            Ok(Draft::new(dialog, moment).event(event).line(Line::TransferredDepartment(key.as_str())).done())
        }
        Target::Team(key) => {
            check_team(&key, moment)?;
            if calls && dialog.life.for_team.as_ref() == Some(&key) {
                return Ok(Vec::new());
            }
            let (why, at) = (ReturnedWhy::Given, moment.now);
            let event = Event::Returned { by: Some(by.id), why, department: None, team: Some(key.clone()), at };
            Ok(Draft::new(dialog, moment).event(event).line(Line::TransferredTeam(key.as_str())).done())
        }
        Target::Operator(colleague) => {
            // What waits is given to those whom one's right reaches; one's own goes to whomever one likes.
            if right == Some(Right::Assign) {
                reached(by, Right::Assign, &colleague)?;
            }
            offer(dialog, &colleague, Some(by), moment)
        }
        Target::Forced(colleague) => {
            need(dialog, by, Right::ForceAssign)?;
            reached(by, Right::ForceAssign, &colleague)?;
            assign(dialog, &colleague, moment)
        }
        Target::Bot { bot, scenario } => {
            let bot = bot.ok_or(Refusal::NoSuchKey)?;
            if !matches!(row.state, DialogState::Active | DialogState::Hold) {
                return Err(Refusal::WrongState);
            }
            let event = Event::GivenToBot { bot: bot.id, scenario, by: Some(by.id), at: moment.now };
            Ok(Draft::new(dialog, moment).event(event).line(Line::GivenToBot(&bot.name)).done())
        }
        Target::Stranger => Err(Refusal::TargetUnavailable),
    }
}

/// Refuses to give somebody a dialog whom this right of the giver does not reach.
fn reached(by: &Actor, right: Right, to: &Colleague) -> Result<(), Refusal> {
    let reach = reaches(by, right, to.who.id, to.who.grants.departments.as_ref());
    if reach { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// Refuses to give somebody a dialog that may not be shown to him.
fn admitted(dialog: &DialogAggregate, to: &Colleague) -> Result<(), Refusal> {
    if admits(&to.who, &dialog.standing()) { Ok(()) } else { Err(Refusal::TargetUnavailable) }
}

/// Offers it to somebody, who has to accept.
pub(super) fn offer(
    dialog: &DialogAggregate,
    to: &Colleague,
    by: Option<&Actor>,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    if !to.available || dialog.row.assignee == Some(to.who.id) {
        return Err(Refusal::TargetUnavailable);
    }
    admitted(dialog, to)?;
    let (at, by_id) = (moment.now, by.map(|by| by.id));
    let greets = words_after_router(dialog, dialog.row.department.as_ref(), moment);
    if to.room < dialog.row.weight {
        return match moment.centre.distribution.wait_for_full {
            true if dialog.life.waits_for == Some(to.who.id) => Ok(Vec::new()),
            true => {
                let event = Event::QueuedFor { to: to.who.id, by: by_id, at };
                Ok(Draft::new(dialog, moment).event(event).line(Line::WaitsFor(&to.who.name)).auto_if(greets).done())
            }
            false => Err(Refusal::LimitReached),
        };
    }
    let until = offer_until(dialog, moment.centre, at);
    let name = &to.who.name;
    let event = Event::Offered { to: to.who.id, name: name.clone(), by: by_id, until, at };
    let line = if by.is_some() { Line::Transferred(name) } else { Line::Offered(name) };
    Ok(Draft::new(dialog, moment).event(event).line(line).auto_if(greets).done())
}

/// Makes somebody its operator without asking him.
fn assign(dialog: &DialogAggregate, to: &Colleague, moment: &Moment<'_>) -> Result<Vec<Event>, Refusal> {
    let leads_already = dialog.row.assignee == Some(to.who.id) && dialog.row.state != DialogState::Offered;
    if leads_already {
        return Err(Refusal::TargetUnavailable);
    }
    admitted(dialog, to)?;
    let event = Event::Accepted { by: to.who.id, name: to.who.name.clone(), at: moment.now };
    Ok(Draft::new(dialog, moment).event(event).line(Line::Assigned(&to.who.name)).done())
}

pub(super) fn check_department(key: &DepartmentKey, moment: &Moment<'_>) -> Result<(), Refusal> {
    match moment.centre.departments.get(key) {
        None => Err(Refusal::NoSuchKey),
        Some(department) if department.disabled => Err(Refusal::TargetUnavailable),
        Some(_) => Ok(()),
    }
}

pub(super) fn check_team(key: &TeamKey, moment: &Moment<'_>) -> Result<(), Refusal> {
    if moment.centre.teams.contains_key(key) { Ok(()) } else { Err(Refusal::NoSuchKey) }
}

fn returned(by: &Actor, why: ReturnedWhy, department: Option<DepartmentKey>, moment: &Moment<'_>) -> Event {
    Event::Returned { by: Some(by.id), why, department, team: None, at: moment.now }
}

pub(super) fn hold(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    until: Option<Stamp>,
    reason: Option<&str>,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads_or(dialog, by, epoch, Right::AnswerOthers)?;
    if !matches!(dialog.row.state, DialogState::Active | DialogState::Hold) {
        return Err(Refusal::WrongState);
    }
    if until.is_some_and(|until| until <= moment.now) {
        return Err(Refusal::Unsupported);
    }
    let reason = optional_within(reason.unwrap_or_default(), REASON_CHARS)?;
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    let since = dialog.row.hold.as_ref().map_or(moment.now, |hold| hold.since);
    let hold = Hold { since, until, reason };
    if dialog.row.hold.as_ref() == Some(&hold) {
        return Ok(Vec::new());
    }
    let again = dialog.row.state == DialogState::Hold;
    let draft = Draft::new(dialog, moment).event(Event::Held { hold });
    Ok(if again { draft } else { draft.line(Line::Held(&by.name)) }.done())
}

pub(super) fn unhold(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads_or(dialog, by, epoch, Right::AnswerOthers)?;
    match dialog.row.state {
        DialogState::Hold => Ok(wake(dialog, moment)),
        DialogState::Active => Ok(Vec::new()),
        DialogState::Routing
        | DialogState::Bot
        | DialogState::Queue
        | DialogState::Offered
        | DialogState::Invitation
        | DialogState::ClosedSoft
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => Err(Refusal::WrongState),
    }
}

/// Takes up again what was put off.
pub(super) fn wake(dialog: &DialogAggregate, moment: &Moment<'_>) -> Vec<Event> {
    Draft::new(dialog, moment).event(Event::Unheld { at: moment.now }).line(Line::Unheld).done()
}

/// Begins a dialog with a customer: on one that is not stored yet.
pub(super) fn invite(
    dialog: &DialogAggregate,
    by: &Actor,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    if dialog.version > 0 {
        return Err(Refusal::DialogOpen);
    }
    if !admits(by, &dialog.standing()) {
        return Err(Refusal::NotFound);
    }
    if !may(dialog, by, Right::Invite) {
        return Err(Refusal::Forbidden);
    }
    super::customer::not_blocked(dialog, moment)?;
    window_open(dialog, moment)?;
    let text = checked(text, moment)?;
    let author = Author::Operator { id: by.id, name: by.name.clone() };
    let invited = Event::Invited { by: by.id, name: by.name.clone(), at: moment.now };
    let draft = Draft::new(dialog, moment).event(invited).line(Line::Invited(&by.name));
    Ok(draft.words(Words::new(MessageKind::Text, author, text).from(client)).done())
}
