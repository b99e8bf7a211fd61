//! One run: the agenda is worked off, and every rule that can be broken in passing is checked in passing.
//!
//! [`deeds`] carries out the plan's steps, [`effects`] the core's wishes, [`network`] is the hub's side of the wires,
//! [`settle`] heals everything and waits for calm; what must then hold is in [`super::check`].

mod deeds;
mod effects;
mod network;
mod settle;

use super::{
    check,
    clock::Agenda,
    hub::{Habits, Hub},
    machine::Machine,
    plan::{HubMutant, Mutant, Plan, StoreMutant},
    promises::Promises,
    trace::Trace,
    wire::Up,
};
use otklik_core::{Command, CommitId, Input, LinkInput};
use otklik_model::{ClientId, Tick};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// A rule was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which: an invariant by its number in ARCHITECTURE.md, or a word.
    pub rule: &'static str,
    /// What was seen.
    pub what: String,
    /// When.
    pub at: Tick,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} broken at {} ms: {}", self.rule, self.at.0, self.what)
    }
}

/// What a run that broke no rule came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Effects carried out.
    pub effects: u64,
    /// Texts entered.
    pub entered: u64,
    /// Of these, on the hub at the end.
    pub arrived: u64,
    /// Of these, parked in own.db at the end.
    pub parked: u64,
    /// Times the program died.
    pub crashes: u64,
    /// Sounds played.
    pub sounds: u64,
    /// Simulated milliseconds.
    pub simulated_ms: u64,
    /// The trace as a number, if one was asked for.
    pub hash: u64,
}

/// Something that will happen.
#[derive(Debug)]
enum Event {
    /// A step of the plan.
    Step(usize),
    /// A frame reaches the hub; `era` is the hub's life it was meant for.
    Up { app: usize, call: u64, up: Up },
    /// A frame reaches a workplace.
    Down { app: usize, call: u64, input: LinkInput },
    /// A commit is carried out.
    Durable { app: usize, boot: u32, id: CommitId },
    /// A commit's result reaches the core.
    Told { app: usize, boot: u32, input: Input },
    /// The alarm rings.
    Alarm { app: usize, boot: u32 },
    /// The page asks for something by itself.
    Click { app: usize, boot: u32, command: Command },
    /// The program starts.
    Start { app: usize },
    /// The machine wakes.
    Morning { app: usize },
    /// The hub sends its beats.
    Beat,
    /// The hub is back.
    HubBack,
}

/// Everything of one run.
pub struct World {
    pub(super) plan: Plan,
    agenda: Agenda<Event>,
    pub(super) hub: Hub,
    /// The hub before its newest command, for the hub that answers too early.
    hub_before: Option<Box<Hub>>,
    hub_up: bool,
    mute_until: Tick,
    put_off: Option<(u8, u64)>,
    /// What was put off last, when, and for how long.
    just_put_off: Option<(Tick, ClientId, u64)>,
    pub(super) machines: Vec<Machine>,
    pub(super) promises: Promises,
    rng: ChaCha8Rng,
    trace: Trace,
    broken: Option<Broken>,
    report: Report,
    texts: u64,
    customers_said: BTreeMap<u8, u32>,
}

/// A beat of the simulated hub comes this often.
const BEAT_MS: u64 = 15_000;
/// More inputs than this without time passing is an endless loop.
const LIVELOCK: u32 = 5_000;

impl World {
    /// Plays a plan to its end.
    ///
    /// # Errors
    /// The first rule that was broken, and the trace in either case.
    pub fn run(plan: &Plan, trace: Trace) -> (Result<Report, Broken>, Trace) {
        let mut world = match Self::new(plan, trace) {
            Ok(world) => world,
            Err(error) => {
                let broken = Broken { rule: "setup", what: error.to_string(), at: Tick(0) };
                return (Err(broken), Trace::Silent);
            }
        };
        let result = world.play();
        (result, world.trace)
    }

    fn new(plan: &Plan, trace: Trace) -> anyhow::Result<Self> {
        let bits = plan.seed;
        let habits = Habits {
            sees_others: plan.sees_others,
            joint: bits & 1 == 0,
            row_first: bits & 2 == 0,
            reopens_to_last: bits & 4 == 0,
        };
        let hub_mutant = match plan.mutant {
            Some(Mutant::Hub(mutant)) => Some(mutant),
            Some(Mutant::Core(_) | Mutant::Store(_)) | None => None,
        };
        let machines = (0..plan.apps.clamp(1, 2)).map(|_| Machine::new()).collect::<anyhow::Result<_>>()?;
        Ok(Self {
            plan: plan.clone(),
            agenda: Agenda::default(),
            hub: Hub::new(habits, hub_mutant),
            hub_before: None,
            hub_up: true,
            mute_until: Tick(0),
            put_off: None,
            just_put_off: None,
            machines,
            promises: Promises::default(),
            rng: ChaCha8Rng::seed_from_u64(plan.seed ^ 0x6e65_7477_6f72_6b73),
            trace,
            broken: None,
            report: Report::default(),
            texts: 0,
            customers_said: BTreeMap::new(),
        })
    }

    fn play(&mut self) -> Result<Report, Broken> {
        let start = self.agenda.tick();
        for (place, step) in self.plan.steps.iter().enumerate() {
            self.agenda.at(start.plus(step.at), Event::Step(place));
        }
        for app in 0..self.machines.len() {
            self.agenda.at(start, Event::Start { app });
        }
        self.agenda.after(BEAT_MS, Event::Beat);
        let last = self.plan.steps.last().map_or(0, |step| step.at);
        self.run_until(start.plus(last + 1_000))?;
        self.settle()?;
        check::at_the_end(self).map_err(|(rule, what)| Broken { rule, what, at: self.agenda.tick() })?;
        self.report.simulated_ms = self.agenda.tick().since(start);
        self.report.hash = self.trace.hash();
        self.count_texts();
        Ok(self.report)
    }

    fn count_texts(&mut self) {
        let mine = |message: &&otklik_model::Message| message.text.starts_with(deeds::MARK);
        self.report.entered = self.promises.entered.len() as u64;
        self.report.arrived = self.hub.all_messages().filter(mine).count() as u64;
        self.report.parked =
            self.machines.iter().flat_map(|m| m.kept.outbox.values()).filter(|item| item.op.text().is_some()).count()
                as u64;
        self.report.sounds = self.machines.iter().map(|m| u64::from(m.ears.sounds)).sum();
    }

    /// Works the agenda off up to a tick.
    fn run_until(&mut self, until: Tick) -> Result<(), Broken> {
        let mut still = 0;
        let mut last = self.agenda.tick();
        while let Some(event) = self.agenda.next(until) {
            still = if self.agenda.tick() == last { still + 1 } else { 0 };
            last = self.agenda.tick();
            if still > LIVELOCK {
                self.breaks("livelock", format!("{LIVELOCK} things at one tick, the newest {event:?}"));
            }
            self.hub.now = self.agenda.true_stamp();
            self.happen(event);
            if let Some(broken) = self.broken.take() {
                return Err(broken);
            }
        }
        Ok(())
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Step(place) => self.step(place),
            Event::Up { app, call, up } => self.arrive_at_hub(app, call, up),
            Event::Down { app, call, input } => self.arrive_at_app(app, call, input),
            Event::Durable { app, boot, id } => self.durable(app, boot, id),
            Event::Told { app, boot, input } => self.told(app, boot, input),
            Event::Alarm { app, boot } => self.alarm(app, boot),
            Event::Click { app, boot, command } => self.click(app, boot, command),
            Event::Start { app } => self.start(app),
            Event::Morning { app } => self.morning(app),
            Event::Beat => self.beat(),
            Event::HubBack => self.hub_up = true,
        }
    }

    /// Notes the first broken rule; what follows from it is of no interest.
    fn breaks(&mut self, rule: &'static str, what: String) {
        let at = self.agenda.tick();
        self.trace.note(at, || format!("BROKEN {rule}: {what}"));
        self.broken.get_or_insert(Broken { rule, what, at });
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        self.trace.note(self.agenda.tick(), line);
    }

    fn store_mutant(&self) -> Option<StoreMutant> {
        match self.plan.mutant {
            Some(Mutant::Store(mutant)) => Some(mutant),
            Some(Mutant::Core(_) | Mutant::Hub(_)) | None => None,
        }
    }

    fn hub_mutant(&self) -> Option<HubMutant> {
        match self.plan.mutant {
            Some(Mutant::Hub(mutant)) => Some(mutant),
            Some(Mutant::Core(_) | Mutant::Store(_)) | None => None,
        }
    }
}
