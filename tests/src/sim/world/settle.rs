//! The end of the faults: everything heals, Ира decides what waits for her word, and calm has to come in time.

use super::{Broken, World};
use crate::sim::plan::Verdict;
use otklik_core::{Command, LinkView};
use otklik_model::Tick;

/// How long calm may take after the last fault.
const CALM_MS: u64 = 60_000;
/// How often one looks.
const LOOK_MS: u64 = 200;

impl World {
    /// Heals everything and waits until nothing moves any more.
    pub(super) fn settle(&mut self) -> Result<(), Broken> {
        self.sleep_it_out()?;
        self.heal();
        self.wait_for_calm("liveness")?;
        if self.decide_what_waits()? {
            self.wait_for_calm("liveness after Ира's decisions")?;
        }
        Ok(())
    }

    /// Sleepers wake and the dead rise by themselves; the plan said when.
    fn sleep_it_out(&mut self) -> Result<(), Broken> {
        let mut until = self.agenda.tick();
        for machine in &self.machines {
            until = until.max(machine.asleep_until);
        }
        self.run_until(until.plus(1))?;
        for _ in 0..200 {
            if self.hub_up && self.machines.iter().all(|machine| machine.session.is_some()) {
                return Ok(());
            }
            let soon = self.agenda.tick().plus(500);
            self.step_to(soon)?;
        }
        Err(Broken { rule: "setup", what: "somebody never came back".to_owned(), at: self.agenda.tick() })
    }

    fn step_to(&mut self, until: Tick) -> Result<(), Broken> {
        self.run_until(until)?;
        self.agenda.wait_until(until);
        Ok(())
    }

    fn heal(&mut self) {
        let now = self.agenda.tick();
        self.note(|| "EVERYTHING HEALS".to_owned());
        self.mute_until = now;
        self.put_off = None;
        self.hub.refuses = 0;
        for app in 0..self.machines.len() {
            let machine = &mut self.machines[app];
            machine.fuse = None;
            machine.wire.heal(now);
            machine.own_disk.heal();
            machine.cache_disk.heal();
        }
    }

    fn wait_for_calm(&mut self, rule: &'static str) -> Result<(), Broken> {
        let deadline = self.agenda.tick().plus(CALM_MS);
        loop {
            let soon = self.agenda.tick().plus(LOOK_MS);
            self.step_to(soon)?;
            let Some(restless) = self.restless() else { return Ok(()) };
            if self.agenda.tick() > deadline {
                let what = format!("{CALM_MS} ms after the last fault {restless}");
                return Err(Broken { rule, what, at: self.agenda.tick() });
            }
        }
    }

    /// What still moves, in words.
    fn restless(&self) -> Option<String> {
        if self.promises.waiting() > 0 {
            return Some(format!("{} requests are unanswered", self.promises.waiting()));
        }
        for (app, machine) in self.machines.iter().enumerate() {
            let Some(session) = &machine.session else { return Some(format!("app {app} is down")) };
            let link = session.snapshot().link;
            if !matches!(link, LinkView::Live { .. }) {
                return Some(format!("app {app} is not live: {link:?}"));
            }
            if !machine.pending.is_empty() || !machine.told_at.is_empty() {
                return Some(format!("app {app} is still writing"));
            }
            if machine.cache_refused {
                return Some(format!("app {app} has something to write that was refused"));
            }
            let head = (self.hub.stream(), self.hub.head());
            let here = machine.kept.cursor.map(|cursor| (cursor.stream, cursor.after));
            if here != Some(head) {
                return Some(format!("app {app} is at {here:?} of {head:?}"));
            }
            if let Some(item) = machine.kept.on_its_way() {
                return Some(format!("app {app} still has {item:?}"));
            }
        }
        None
    }

    /// Ира looks at every parked message once. True if there was one.
    fn decide_what_waits(&mut self) -> Result<bool, Broken> {
        let mut any = false;
        for app in 0..self.machines.len() {
            let items = self.machines[app].kept.outbox_in_order();
            let parked: Vec<_> =
                items.into_iter().filter(|item| item.op.text().is_some()).map(|item| item.client_id).collect();
            for (nth, message) in parked.into_iter().enumerate() {
                any = true;
                let command = match decision(self.plan.seed, nth) {
                    Verdict::Resend => Command::Resend { message },
                    Verdict::Cancel => Command::Cancel { message },
                    Verdict::Edit => Command::Edit { message },
                    Verdict::AsNote => Command::AsNote { message },
                };
                self.command(app, command);
                let soon = self.agenda.tick().plus(50);
                self.step_to(soon)?;
            }
        }
        Ok(any)
    }
}

/// What Ира decides, from the plan's seed.
fn decision(seed: u64, nth: usize) -> Verdict {
    let all = [Verdict::Resend, Verdict::Cancel, Verdict::Resend, Verdict::Edit, Verdict::AsNote];
    let place = seed.wrapping_add(nth as u64) % all.len() as u64;
    usize::try_from(place).ok().and_then(|place| all.get(place).copied()).unwrap_or(Verdict::Resend)
}
