//! Where a dialog goes that comes back to everybody: by the centre's script, which is asked before anything is stored.
//!
//! So nobody sees the dialog waiting, or takes it, before the script has decided; and what it decides is stored with
//! what made the dialog come back, or not at all.

use super::{Office, scripted::Subject, settle::fresh_ids, turns::Turn};
use crate::{
    bot::RouterTrouble,
    centre::Centre,
    desk::{Command, DialogAggregate, Event, Leaving, Moment, ReturnedWhy, Target, Timer, deadline, decide},
    script::Route,
    store::{AuditLine, Errand, OperatorFace, SetBy, StoreError},
};
use otklik_model::{Author, DialogState, OperatorId, OperatorStatus, Refusal, Stamp};
use std::collections::BTreeSet;
use tokio::sync::RwLockReadGuard;

/// What a script wants beside the dialog's way: stored with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// What other systems are told of it.
    pub(super) errands: Vec<Errand>,
    /// What administrators are told.
    pub(super) audit: Option<AuditLine>,
    /// Held until it is stored, if it takes somebody's room.
    pub(super) turn: Option<Turn>,
}

impl Aside {
    /// With what is wanted beside it. Of two lines for the trail the later one stays: a commit has one.
    fn and(mut self, other: Self) -> Self {
        self.errands.extend(other.errands);
        Self { errands: self.errands, audit: other.audit.or(self.audit), turn: other.turn.or(self.turn) }
    }
}

/// That a dialog comes back to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Back {
    why: ReturnedWhy,
    /// Somebody has said which department is to have it.
    placed: bool,
}

impl Back {
    /// By these events, the last of which counts. What was routed is not routed again, but what a router leaves open is.
    fn by(before: &DialogAggregate, events: &[Event]) -> Option<Self> {
        let is_asked = before.row.state == DialogState::Routing;
        events.iter().rev().find_map(|event| match event {
            Event::Returned { why: ReturnedWhy::Routed, department: None, .. } if is_asked => {
                let why = if before.row.bot.is_some() { ReturnedWhy::BotGaveUp } else { ReturnedWhy::Routed };
                Some(Self { why, placed: false })
            }
            // Somebody has said which team is to have it: nothing is left to decide.
            Event::Returned { why: ReturnedWhy::Routed, .. } | Event::Returned { team: Some(_), .. } => None,
            Event::Returned { why, department, .. } => Some(Self { why: *why, placed: department.is_some() }),
            Event::SentToRouter { .. } => Some(Self { why: ReturnedWhy::BotGaveUp, placed: false }),
            Event::MessageAdded(_)
            | Event::MessageChanged(_)
            | Event::Accepted { .. }
            | Event::Offered { .. }
            | Event::QueuedFor { .. }
            | Event::GivenToBot { .. }
            | Event::Invited { .. }
            | Event::Answered { .. }
            | Event::Held { .. }
            | Event::Unheld { .. }
            | Event::Closed { .. }
            | Event::Finished { .. }
            | Event::Deleted { .. }
            | Event::Resumed
            | Event::Sorted { .. }
            | Event::CustomerChanged { .. }
            | Event::Rated { .. }
            | Event::ReadByOperator { .. }
            | Event::SeenByCustomer { .. }
            | Event::PresenceChanged { .. }
            | Event::PageChanged { .. }
            | Event::PushChanged { .. }
            | Event::Marked { .. }
            | Event::Reckoned { .. } => None,
        })
    }
}

impl Office {
    /// Adds to events that bring a dialog back to everybody where it goes from there. Without a script, or without a good
    /// answer of it, the built-in rule goes on: it waits in the queue, or begins as new ones do, if it is new and a router
    /// has left open where it goes. `held` is the turn of whoever has it already.
    pub(super) async fn route_back(
        &self,
        dialog: &DialogAggregate,
        events: &mut Vec<Event>,
        now: Stamp,
        held: Option<Turn>,
    ) -> Result<Aside, StoreError> {
        let Some(back) = Back::by(dialog, events) else { return Ok(Aside::default()) };
        let mut after = dialog.clone();
        events.iter().for_each(|event| after.apply(event));
        if after.row.suspicious || !matches!(after.row.state, DialogState::Queue | DialogState::Routing) {
            return Ok(Aside::default());
        }
        let centre = self.centre();
        let is_routed = centre.asks_router(after.row.department.as_ref());
        if after.row.state == DialogState::Routing && is_routed {
            // It is asked by the errand that is stored with this.
            return Ok(Aside::default());
        }
        let is_late = is_routed && waited_in_vain(dialog, &centre, now);
        let mut aside = if is_late { self.tell_of_router(RouterTrouble::Late).await? } else { Aside::default() };
        // As if it began only now: the script and the bots have not seen it yet.
        let is_new = back.why == ReturnedWhy::Routed;
        let mut to = None;
        if let Some(script) = &centre.script {
            let passed = passed_by(dialog, &after, back.why);
            let words = newest_words(&after, events);
            let subject = Subject {
                row: &after.row,
                life: Some(&after.life),
                words: words.as_deref(),
                returned: Some(back.why).filter(|_| !is_new),
                passed: Some(&passed),
            };
            let bots = self.bots(&centre).await?;
            let (route, of_script) = self.ask(script, &subject, &bots, held).await?;
            aside = aside.and(of_script);
            to = route.and_then(|route| self.way(route, &after, &back, &passed, &bots));
        }
        if to.is_none() && is_new {
            to = self.first_bot(after.row.department.as_ref());
        }
        // The centre has no router: what waits for one is everybody's at once.
        let to = to.or_else(|| (after.row.state == DialogState::Routing).then_some(Target::Queue));
        if let Some(to) = to {
            let carrier = self.carrier();
            let moment = Moment { now, ids: fresh_ids(), centre: &centre, carrier: &carrier, named: None };
            if is_new {
                // In the place of what made it wait in the queue, and of the words that it would have begun with there.
                let way = decide(dialog, Command::Distribute { epoch: dialog.row.epoch, to }, &moment);
                *events = way.unwrap_or(std::mem::take(events));
                return Ok(aside);
            }
            let routed = decide(&after, Command::Distribute { epoch: after.row.epoch, to }, &moment);
            let routed = routed.or_else(|_| into_the_queue(&after, &moment));
            events.extend(routed.unwrap_or_default());
        }
        Ok(aside)
    }

    /// What an operator has put off waits for him, also while his connection is lost. When it wakes, and he still is not
    /// there, it is everybody's. Whoever is lost while a wake is being stored waits for it, so that one of both sees the
    /// other: the guard is held until then.
    pub(super) async fn take_from_the_lost(
        &self,
        dialog: &DialogAggregate,
        events: &mut Vec<Event>,
        now: Stamp,
    ) -> Option<RwLockReadGuard<'_, ()>> {
        if !events.iter().any(|event| matches!(event, Event::Unheld { .. } | Event::Answered { .. })) {
            return None;
        }
        let guard = self.wakes.read().await;
        let mut after = dialog.clone();
        events.iter().for_each(|event| after.apply(event));
        let his = after.row.assignee.and_then(|id| self.directory.read().face(id));
        let lost = |face: &OperatorFace| face.status == OperatorStatus::Offline && face.set_by == SetBy::SessionLost;
        if let Some(lost) = his.filter(lost) {
            let (centre, carrier) = (self.centre(), self.carrier());
            let moment = Moment { now, ids: fresh_ids(), centre: &centre, carrier: &carrier, named: None };
            let command = Command::Release { operator: lost.id, why: Leaving::SessionLost };
            events.extend(decide(&after, command, &moment).unwrap_or_default());
        }
        Some(guard)
    }

    /// Where a script's wish leads. What a person or a bot has just decided a script does not undo: it gives nothing to
    /// whoever has let it pass, nor to another department than somebody chose, nor back to a bot.
    fn way(
        &self,
        route: Route,
        after: &DialogAggregate,
        back: &Back,
        passed: &BTreeSet<OperatorId>,
        bots: &[(crate::script::SceneBot, OperatorId)],
    ) -> Option<Target> {
        match route {
            Route::Operator { operator } if passed.contains(&operator) => None,
            Route::Operator { operator } => Some(self.chosen(operator, &after.row)),
            Route::Department { .. } if back.placed => None,
            Route::Department { department } => Some(Target::Department(department)),
            Route::Bot { bot, scenario } if matches!(back.why, ReturnedWhy::Reopened | ReturnedWhy::Routed) => {
                let (_, id) = bots.iter().find(|(known, _)| known.login == bot)?;
                Some(Target::Bot { bot: self.directory.read().bot(*id), scenario })
            }
            Route::Bot { .. } | Route::Queue => None,
        }
    }
}

/// Whether a router has not answered in time.
fn waited_in_vain(dialog: &DialogAggregate, centre: &Centre, now: Stamp) -> bool {
    let next = deadline(dialog, centre).filter(|_| dialog.row.state == DialogState::Routing);
    next.is_some_and(|(at, timer)| timer == Timer::Bot && at <= now)
}

/// Whom it cannot be given to any more does not get it: it waits for everybody.
fn into_the_queue(after: &DialogAggregate, moment: &Moment<'_>) -> Result<Vec<Event>, Refusal> {
    decide(after, Command::Distribute { epoch: after.row.epoch, to: Target::Queue }, moment)
}

/// Who is not to get it again at once: whoever let it pass, and whoever has just given it back.
fn passed_by(before: &DialogAggregate, after: &DialogAggregate, why: ReturnedWhy) -> BTreeSet<OperatorId> {
    let gave = before.row.assignee.filter(|_| why == ReturnedWhy::Given);
    after.life.passed_by.iter().copied().chain(gave).collect()
}

/// The customer's newest words, as far as they are at hand: those he has just written, or the last of the conversation.
fn newest_words(after: &DialogAggregate, events: &[Event]) -> Option<String> {
    let his = |author: &Author| *author == Author::Customer;
    let written = events.iter().rev().filter_map(Event::message).find(|message| his(&message.author));
    let last = || after.row.last.as_ref().filter(|last| his(&last.author)).map(|last| last.text.clone());
    written.map(|message| message.text.clone()).or_else(last)
}
