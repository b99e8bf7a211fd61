//! The hub's side of the wires: who is connected, what is sent to whom, and what happens to it on the way.

use super::{BEAT_MS, Event, World};
use crate::sim::{
    hub::Reach,
    plan::{Cut, HubMutant},
    wire::Up,
};
use otklik_core::{CloseCause, LinkInput, SessionInfo};
use otklik_model::{ClientId, Cursor, Op, Outcome};
use rand::Rng;

/// How long a connection attempt into nothing takes to fail.
const CONNECT_TIMEOUT_MS: u64 = 10_000;

impl World {
    /// A workplace says something on its present call.
    pub(super) fn say_up(&mut self, app: usize, up: Up) {
        let now = self.agenda.tick();
        let wire = &mut self.machines[app].wire;
        if now < wire.hole_until {
            if matches!(up, Up::Hello(_)) {
                let call = wire.call;
                let input = LinkInput::Closed(CloseCause::Lost);
                self.agenda.after(CONNECT_TIMEOUT_MS, Event::Down { app, call, input });
            }
            return;
        }
        let call = wire.call;
        if matches!(up, Up::Hello(_)) {
            let after = self.rng.random_range(1..40);
            self.agenda.after(after, Event::Up { app, call, up });
            return;
        }
        for (at, up) in wire.up.carry(up, now, &mut self.rng) {
            self.agenda.at(at, Event::Up { app, call, up });
        }
    }

    /// The hub says something on a workplace's present call.
    fn say_down(&mut self, app: usize, input: LinkInput) {
        let now = self.agenda.tick();
        let wire = &mut self.machines[app].wire;
        if now < wire.hole_until {
            return;
        }
        let call = wire.call;
        for (at, input) in wire.down.carry(input, now, &mut self.rng) {
            self.agenda.at(at, Event::Down { app, call, input });
        }
    }

    /// A frame reaches the hub. Commands of a call that was abandoned meanwhile are still carried out: they were under
    /// way.
    pub(super) fn arrive_at_hub(&mut self, app: usize, call: u64, up: Up) {
        let present = self.machines[app].wire.call == call;
        let open = self.machines[app].wire.open;
        match up {
            Up::Hello(cursor) if present => self.greet(app, cursor),
            Up::Hello(_) => {}
            _ if !self.hub_up => {}
            Up::Submit(id, op) if open || !present => self.submit(app, present, id, &op),
            _ if !present => {}
            Up::Fetch(req, dialog, from, to, limit) if open => {
                let result = self.hub.fetch(dialog, from, to, limit);
                self.say_down(app, LinkInput::Fetched { req, result });
            }
            Up::Probe if open => self.beat_one(app),
            // Nobody knows this call any more: the hub was restarted, or had given the peer up.
            Up::Submit(..) | Up::Fetch(..) | Up::Probe => self.hang_up(app, CloseCause::Lost),
        }
    }

    fn greet(&mut self, app: usize, cursor: Option<Cursor>) {
        let now = self.agenda.tick();
        if !self.hub_up || now < self.machines[app].wire.hole_until {
            return self.hang_up(app, CloseCause::Lost);
        }
        if now < self.machines[app].wire.expired_until {
            return self.hang_up(app, CloseCause::SignIn);
        }
        let reach = self.hub.reach(cursor);
        let session = SessionInfo {
            profile: self.hub.profile(),
            stream: self.hub.stream(),
            resumed: matches!(reach, Reach::Resumed(_)),
            head: self.hub.head(),
            beat_ms: BEAT_MS,
            server_at: self.hub.clock(),
        };
        self.say_down(app, LinkInput::Opened(Box::new(session)));
        let wire = &mut self.machines[app].wire;
        wire.open = true;
        match reach {
            Reach::Resumed(after) => (wire.sent, wire.resumes) = (after, true),
            Reach::Afresh => {
                wire.resumes = false;
                wire.sent = self.hub.head();
                let snapshot = self.hub.snapshot();
                self.say_down(app, snapshot);
            }
        }
        self.pump(app);
    }

    fn submit(&mut self, app: usize, present: bool, id: ClientId, op: &Op) {
        if let Some(ms) = self.puts_off(id) {
            if present {
                self.say_down(app, LinkInput::RetryLater { id, after_ms: ms });
            }
            return;
        }
        if self.hub_mutant() == Some(HubMutant::AnswerBeforeCommit) {
            self.hub_before = Some(Box::new(self.hub.clone()));
        }
        let fresh = self.hub.answer(id).is_none();
        let epoch = op.dialog().map(|dialog| self.hub.epoch(dialog));
        let outcome = self.hub.submit(id, op);
        if let (Op::SendText { epoch: seen, .. } | Op::SendFile { epoch: seen, .. }, Outcome::Done { .. }) =
            (op, &outcome)
            && fresh
            && epoch != Some(*seen)
        {
            self.breaks("invariant 10", format!("{id} was taken under epoch {seen}, the dialog's is {epoch:?}"));
        }
        self.note(|| format!("hub: {id} {op:?} -> {outcome:?}"));
        let lost = std::mem::take(&mut self.machines[app].wire.lose_answer);
        if lost {
            self.hang_up(app, CloseCause::Lost);
        } else if present {
            // The answer and the event of the same command come in any order.
            let event_first = self.rng.random_bool(0.5);
            if event_first {
                self.pump(app);
            }
            self.say_down(app, LinkInput::Answered { id, outcome });
        }
        self.pump_all();
    }

    /// Whether the hub wants this later, and when. A command that the network doubled is put off with its copy: put off
    /// means that nothing came of it.
    fn puts_off(&mut self, id: ClientId) -> Option<u64> {
        let now = self.agenda.tick();
        if let Some((at, last, ms)) = self.just_put_off
            && (at, last) == (now, id)
        {
            return Some(ms);
        }
        let (count, ms) = self.put_off?;
        self.put_off = count.checked_sub(1).filter(|left| *left > 0).map(|left| (left, ms));
        self.just_put_off = Some((now, id, ms));
        Some(ms)
    }

    /// Sends whatever is new to everybody, in frames of any length.
    pub(super) fn pump_all(&mut self) {
        for app in 0..self.machines.len() {
            self.pump(app);
        }
    }

    fn pump(&mut self, app: usize) {
        while self.machines[app].wire.open {
            let cap = if self.rng.random_bool(0.2) { self.rng.random_range(1..4) } else { 100 };
            let wire = &mut self.machines[app].wire;
            let missed = std::mem::take(&mut wire.resumes);
            let next = if missed { self.hub.events_missed(wire.sent, cap) } else { self.hub.events(wire.sent, cap) };
            let Some((upto, frame)) = next else { break };
            wire.sent = upto;
            self.say_down(app, frame);
        }
    }

    /// The hub's regular beats.
    pub(super) fn beat(&mut self) {
        self.agenda.after(BEAT_MS, Event::Beat);
        if self.agenda.tick() < self.mute_until {
            return;
        }
        for app in 0..self.machines.len() {
            if self.machines[app].wire.open && self.hub_up {
                self.beat_one(app);
            }
        }
    }

    fn beat_one(&mut self, app: usize) {
        self.pump(app);
        let head = self.machines[app].wire.sent;
        self.say_down(app, LinkInput::Beat { head });
    }

    /// A passing word to a workplace that is connected.
    pub(super) fn whisper(&mut self, app: usize, input: LinkInput) {
        if self.machines[app].wire.open && self.hub_up {
            self.say_down(app, input);
        }
    }

    /// The connection ends; what was sent before still arrives before.
    pub(super) fn hang_up(&mut self, app: usize, cause: CloseCause) {
        let wire = &mut self.machines[app].wire;
        wire.open = false;
        let call = wire.call;
        let at = wire.down.last_arrival(self.agenda.tick()).plus(self.rng.random_range(1..20));
        self.agenda.at(at, Event::Down { app, call, input: LinkInput::Closed(cause) });
    }

    /// The plan ends a connection.
    pub(super) fn cut(&mut self, app: usize, how: Cut) {
        let cause = match how {
            Cut::Lost => CloseCause::Lost,
            Cut::RetryAfter { ms } => CloseCause::RetryAfter { ms },
            Cut::Resync => CloseCause::Resync,
        };
        if self.machines[app].wire.open {
            self.hang_up(app, cause);
        }
    }

    /// The hub dies and comes back. Some connections notice at once, the others when they next speak.
    pub(super) fn restart_hub(&mut self, new_stream: bool, forget_log: bool, down_ms: u64) {
        if let Some(before) = self.hub_before.take() {
            self.hub = *before;
        }
        for app in 0..self.machines.len() {
            if self.rng.random_bool(0.7) {
                self.hang_up(app, CloseCause::Lost);
            }
            self.machines[app].wire.open = false;
        }
        if new_stream {
            self.hub.renumber();
        } else if forget_log {
            self.hub.truncate_log();
        }
        self.hub_up = false;
        self.agenda.after(down_ms, Event::HubBack);
    }
}
