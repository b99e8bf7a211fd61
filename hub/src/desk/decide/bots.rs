//! What a bot does in a dialog that it leads.

use super::closing::end;
use super::guards::{checked, not_yours, same_epoch};
use super::hands::{check_department, check_team, offer};
use crate::desk::draft::{Draft, Words};
use crate::desk::lines::Line;
use crate::desk::words::words_after_router;
use crate::desk::{BotFace, DialogAggregate, Event, Mark, Moment, ReturnedWhy, Target};
use otklik_model::{CloseReason, DialogState, MessageKind, Refusal};

/// The most answers a customer chooses from.
const MOST_ANSWERS: usize = 20;

pub(super) fn say(
    dialog: &DialogAggregate,
    bot: &BotFace,
    epoch: u64,
    text: &str,
    answers: &[String],
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads(dialog, bot, epoch)?;
    let text = checked(text, moment)?;
    if answers.len() > MOST_ANSWERS || answers.iter().any(|answer| answer.trim().is_empty() || answer.contains('\n')) {
        return Err(Refusal::Unsupported);
    }
    let words = if answers.is_empty() {
        Words::new(MessageKind::Text, bot.author(), text)
    } else {
        // The question is one line, so that the answers are the others.
        let question = text.split('\n').collect::<Vec<_>>().join(" ");
        Words::new(
            MessageKind::Keyboard,
            bot.author(),
            checked(&format!("{question}\n{}", answers.join("\n")), moment)?,
        )
    };
    Ok(Draft::new(dialog, moment).words(words).done())
}

pub(super) fn hand_over(
    dialog: &DialogAggregate,
    bot: &BotFace,
    epoch: u64,
    to: Target,
    silenced: bool,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads(dialog, bot, epoch)?;
    let mut events = send(dialog, to, ReturnedWhy::BotGaveUp, Some(Line::BotGaveUp), moment)?;
    if silenced && !dialog.life.bot_silenced {
        events.push(Event::Marked { mark: Mark::BotSilenced });
    }
    Ok(events)
}

pub(super) fn close(
    dialog: &DialogAggregate,
    bot: &BotFace,
    epoch: u64,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads(dialog, bot, epoch)?;
    Ok(end(dialog, Line::ClosedByBot, CloseReason::Bot, false, moment))
}

/// Sends a dialog on that no person has: from a bot, a router or the queue. Without people in between there is
/// nobody to ask for a right.
pub(super) fn send<'a>(
    dialog: &'a DialogAggregate,
    to: Target,
    why: ReturnedWhy,
    line: Option<Line<'_>>,
    moment: &'a Moment<'a>,
) -> Result<Vec<Event>, Refusal> {
    let at = moment.now;
    let row = &dialog.row;
    let with_line = |draft: Draft<'a>| match line {
        Some(line) => draft.line(line),
        None => draft,
    };
    match to {
        Target::Queue if row.state == DialogState::Queue => Ok(Vec::new()),
        // A department with a router of its own asks it first, but not again for what it has sent itself.
        Target::Queue if why == ReturnedWhy::BotGaveUp && routes(dialog, moment) => {
            Ok(with_line(Draft::new(dialog, moment).event(Event::SentToRouter { at })).done())
        }
        Target::Queue => {
            let event = Event::Returned { by: None, why, department: None, team: None, at };
            let greets = words_after_router(dialog, row.department.as_ref(), moment);
            Ok(with_line(Draft::new(dialog, moment).event(event)).auto_if(greets).done())
        }
        Target::Department(key) => {
            check_department(&key, moment)?;
            if row.state == DialogState::Queue && row.department.as_ref() == Some(&key) {
                return Ok(Vec::new());
            }
            let line = Line::TransferredDepartment(key.as_str());
            let event = Event::Returned { by: None, why, department: Some(key.clone()), team: None, at };
            let greets = words_after_router(dialog, Some(&key), moment);
            Ok(Draft::new(dialog, moment).event(event).line(line).auto_if(greets).done())
        }
        Target::Team(key) => {
            check_team(&key, moment)?;
            let line = Line::TransferredTeam(key.as_str());
            let event = Event::Returned { by: None, why, department: None, team: Some(key.clone()), at };
            let greets = words_after_router(dialog, row.department.as_ref(), moment);
            Ok(Draft::new(dialog, moment).event(event).line(line).auto_if(greets).done())
        }
        Target::Operator(colleague) => offer(dialog, &colleague, None, moment),
        Target::Forced(_) => Err(Refusal::Forbidden),
        Target::Bot { bot, scenario } => {
            let bot = bot.ok_or(Refusal::NoSuchKey)?;
            if dialog.life.bot_silenced {
                return Err(Refusal::TargetUnavailable);
            }
            let event = Event::GivenToBot { bot: bot.id, scenario, by: None, at };
            let draft = Draft::new(dialog, moment).event(event);
            // One that begins with it hears all that was said: what was said before such a line is between others.
            let begins = row.state == DialogState::Routing && row.bot.is_none();
            Ok(if begins { draft } else { draft.line(Line::GivenToBot(&bot.name)) }.done())
        }
        Target::Stranger => Err(Refusal::TargetUnavailable),
    }
}

fn routes(dialog: &DialogAggregate, moment: &Moment<'_>) -> bool {
    let key = dialog.row.department.as_ref();
    let department = key.and_then(|key| moment.centre.departments.get(key));
    department.is_some_and(|department| department.routing) || moment.centre.asks_router(key)
}

fn leads(dialog: &DialogAggregate, bot: &BotFace, epoch: u64) -> Result<(), Refusal> {
    let row = &dialog.row;
    if row.state.is_final() {
        return Err(Refusal::DialogClosed);
    }
    if row.state != DialogState::Bot || row.bot != Some(bot.id) {
        return Err(not_yours(dialog));
    }
    same_epoch(dialog, epoch)
}
