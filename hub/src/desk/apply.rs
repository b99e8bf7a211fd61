//! What an event does to a dialog.

mod messages;

use super::{DialogAggregate, Event, Mark, ReturnedWhy};
use otklik_model::{
    Awaiting, CloseReason, DepartmentKey, DialogState, OnlineState, OperatorId, Presence, Stamp, TeamKey,
};

impl DialogAggregate {
    /// Applies a fact. Facts come from [`super::decide`], so nothing is checked again.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::MessageAdded(message) => self.apply_message(message),
            Event::MessageChanged(message) => self.apply_change(message),
            Event::Accepted { by, name, at } => {
                self.lead(*by, name, *at);
                self.enter(DialogState::Active);
            }
            Event::Offered { to, name, until, at, .. } => self.offer(*to, name, *until, *at),
            Event::Returned { by, why, department, team, at } => {
                self.give_back(*why, department.as_ref(), team.as_ref(), *at);
                // Also where it waited before: whoever sends it there has looked.
                self.row.suspicious &= by.is_none();
            }
            Event::QueuedFor { to, at, .. } => {
                self.give_back(ReturnedWhy::Given, None, None, *at);
                self.row.suspicious = false;
                self.life.waits_for = Some(*to);
            }
            Event::GivenToBot { bot, scenario, at, .. } => {
                self.enter(DialogState::Bot);
                self.assign_nobody();
                self.row.bot = Some(*bot);
                self.life.for_team = None;
                self.life.scenario.clone_from(scenario);
                self.life.asked_at = (self.row.awaiting == Awaiting::Operator).then_some(*at);
                self.life.active_at = *at;
            }
            Event::SentToRouter { at } => {
                self.enter(DialogState::Routing);
                self.assign_nobody();
                self.life.asked_at = Some(*at);
            }
            Event::Invited { by, name, at } => {
                self.lead(*by, name, *at);
                self.enter(DialogState::Invitation);
            }
            Event::Answered { at } => {
                self.enter(DialogState::Active);
                self.life.active_at = *at;
            }
            Event::Held { hold } => {
                self.enter(DialogState::Hold);
                self.row.hold = Some(hold.clone());
            }
            Event::Unheld { at } => {
                self.enter(DialogState::Active);
                self.life.taken_up_at = Some(*at);
                self.life.active_at = (*at).max(self.life.active_at);
            }
            Event::Closed { reason, at } => self.close(DialogState::ClosedSoft, *reason, *at),
            Event::Finished { reason, at } => self.close(DialogState::Closed, *reason, *at),
            Event::Deleted { at } => {
                self.leave_for(DialogState::Deleted);
                self.stop_waiting(*at);
            }
            Event::Resumed => self.enter(DialogState::Active),
            Event::Sorted { category, subject, tags } => {
                self.row.category.clone_from(category);
                self.row.subject.clone_from(subject);
                self.row.tags.clone_from(tags);
            }
            Event::CustomerChanged { customer, .. } => self.row.customer = (**customer).clone(),
            Event::Rated { rating } => self.row.rating = Some(rating.clone()),
            Event::ReadByOperator { upto } => self.apply_read(*upto),
            Event::SeenByCustomer { delivered, read } => {
                self.row.delivered_to_customer = *delivered;
                self.row.read_by_customer = *read;
            }
            Event::PresenceChanged { presence, at } => self.apply_presence(*presence, *at),
            Event::PageChanged { page } => self.row.page = Some(page.clone()),
            Event::PushChanged { on } => self.life.has_push = *on,
            Event::Marked { mark } => self.apply_mark(*mark),
            Event::Reckoned { due_at } => self.due_at = *due_at,
        }
    }

    /// Goes into a state; what belongs to the one before it is over.
    fn enter(&mut self, state: DialogState) {
        self.row.state = state;
        self.row.hold = None;
        self.row.offer_until = None;
        if !state.is_closed() {
            self.row.closed_at = None;
            self.row.close_reason = None;
        }
        self.life.asked_at = None;
        if !matches!(state, DialogState::Queue | DialogState::Offered) {
            self.life.waiting_since = None;
            self.life.wait_said = false;
        }
        // One that was closed without being taken is still what it was, if its customer writes again.
        self.row.suspicious &= state == DialogState::Queue || state.is_closed();
        self.life.silent = false;
        self.life.prefers = None;
        self.life.waits_for = None;
    }

    fn lead(&mut self, by: OperatorId, name: &str, at: Stamp) {
        self.row.assignee = Some(by);
        self.row.assignee_name = Some(name.to_owned());
        self.row.accepted_at = Some(at);
        self.row.epoch += 1;
        self.led_by.insert(by);
        self.life.passed_by.clear();
        self.life.for_team = None;
        self.life.last_operator = Some(by);
        self.life.rated_operator = Some(by);
        self.life.active_at = at;
    }

    fn assign_nobody(&mut self) {
        self.row.assignee = None;
        self.row.assignee_name = None;
        self.row.accepted_at = None;
        self.row.epoch += 1;
    }

    fn offer(&mut self, to: OperatorId, name: &str, until: Option<Stamp>, at: Stamp) {
        self.await_people_after_bot(at);
        // He was silent, and there is somebody who may speak: only now he has missed it.
        self.life.missed += u32::from(self.life.silent);
        self.enter(DialogState::Offered);
        self.row.assignee = Some(to);
        self.row.assignee_name = Some(name.to_owned());
        self.row.accepted_at = None;
        self.row.epoch += 1;
        self.row.offer_until = until;
        self.life.waiting_since.get_or_insert(at);
    }

    fn give_back(&mut self, why: ReturnedWhy, department: Option<&DepartmentKey>, team: Option<&TeamKey>, at: Stamp) {
        match why {
            ReturnedWhy::Declined | ReturnedWhy::Expired => self.pass_by(),
            // Whoever goes on with it is another one: the last one cannot be rated any more.
            ReturnedWhy::Given => self.life.rated_operator = None,
            ReturnedWhy::WentOffline
            | ReturnedWhy::SessionLost
            | ReturnedWhy::OperatorRemoved
            | ReturnedWhy::BotGaveUp
            | ReturnedWhy::Routed
            | ReturnedWhy::Reopened => {}
        }
        self.await_people_after_bot(at);
        self.enter(DialogState::Queue);
        self.assign_nobody();
        self.life.prefers = self.life.last_operator.filter(|_| why == ReturnedWhy::Reopened);
        if let Some(department) = department {
            self.row.department = Some(department.clone());
            self.life.passed_by.clear();
        }
        // An offer that one of the team let pass is the team's still.
        if department.is_some() || why == ReturnedWhy::Given {
            self.life.for_team = None;
        }
        if let Some(team) = team {
            self.life.for_team = Some(team.clone());
            self.life.passed_by.clear();
        }
        self.life.waiting_since.get_or_insert(at);
    }

    /// What the customer last said to a bot is a person's to answer, from now on.
    fn await_people_after_bot(&mut self, at: Stamp) {
        if self.row.state == DialogState::Bot && self.row.last_seq > 0 {
            self.row.awaiting = Awaiting::Operator;
            self.row.awaiting_since = Some(at);
        }
    }

    fn pass_by(&mut self) {
        self.life.passed_by.extend(self.row.assignee);
        self.life.missed += 1;
    }

    fn close(&mut self, state: DialogState, reason: CloseReason, at: Stamp) {
        self.leave_for(state);
        if reason == CloseReason::OperatorRemoved {
            self.assign_nobody();
        }
        self.row.close_reason.get_or_insert(reason);
        self.stop_waiting(at);
    }

    /// Goes into a state in which nobody waits: whoever was only offered it has nothing to do with it any more.
    fn leave_for(&mut self, state: DialogState) {
        if self.row.state == DialogState::Offered {
            self.assign_nobody();
        }
        self.enter(state);
    }

    fn stop_waiting(&mut self, at: Stamp) {
        self.row.closed_at.get_or_insert(at);
        self.row.awaiting = Awaiting::Nobody;
        self.row.awaiting_since = None;
    }

    fn apply_presence(&mut self, presence: Presence, at: Stamp) {
        self.row.presence = presence;
        match presence {
            Presence::OnSite => {
                self.row.current_state = OnlineState::Online;
                self.row.left_at = None;
                self.life.left_said = false;
            }
            // Still online for a while: a reload or a tunnel is no farewell.
            Presence::LeftSite => self.row.left_at = Some(at),
            Presence::Offline => self.row.current_state = OnlineState::Offline,
            Presence::Unknown => self.row.current_state = OnlineState::Unknown,
        }
    }

    fn apply_mark(&mut self, mark: Mark) {
        match mark {
            Mark::BusySaid => self.life.busy_said = true,
            Mark::WaitSaid => self.life.wait_said = true,
            Mark::LeftSaid => self.life.left_said = true,
            Mark::BotSilenced => self.life.bot_silenced = true,
            Mark::Silent => {
                self.life.silent = true;
                self.life.passed_by.extend(self.row.assignee);
            }
        }
    }
}
