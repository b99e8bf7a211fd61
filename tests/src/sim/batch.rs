//! Many plans, on as many threads as are given.

use super::{
    generate,
    plan::{Mutant, Plan},
    trace::Trace,
    world::{Broken, Report, World},
};
use otklik_model::Tick;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Plays a plan and tells how it ended. A panic below is a broken rule like any other.
///
/// # Errors
/// The first broken rule.
pub fn play(plan: &Plan) -> Result<Report, Broken> {
    play_traced(plan, Trace::Silent).0
}

/// The same, and the trace.
pub fn play_traced(plan: &Plan, trace: Trace) -> (Result<Report, Broken>, Trace) {
    catch_unwind(AssertUnwindSafe(|| World::run(plan, trace))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let what = said.unwrap_or_else(|| "without a word".to_owned());
        (Err(Broken { rule: "panic", what, at: Tick(0) }), Trace::Silent)
    })
}

/// What many plans came to.
#[derive(Debug, Default)]
pub struct Batch {
    /// How many ended well.
    pub passed: u64,
    /// Sums over those.
    pub sums: Report,
    /// Those that did not, by seed.
    pub failed: Vec<(u64, Broken)>,
    /// How long it took.
    pub took: Duration,
}

impl Batch {
    fn add(&mut self, report: Report) {
        self.passed += 1;
        let sums = &mut self.sums;
        sums.effects += report.effects;
        sums.entered += report.entered;
        sums.arrived += report.arrived;
        sums.parked += report.parked;
        sums.crashes += report.crashes;
        sums.sounds += report.sounds;
        sums.simulated_ms += report.simulated_ms;
    }
}

/// Plays the plans of seeds `first..first + count`; stops soon after `enough` failures.
#[must_use]
pub fn run(first: u64, count: u64, threads: usize, mutant: Option<Mutant>, enough: usize) -> Batch {
    let began = Instant::now();
    let batch = Mutex::new(Batch::default());
    let next = AtomicU64::new(first);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        break;
                    }
                    let result = play(&Plan { mutant, ..generate::plan(seed) });
                    let mut batch = batch.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    match result {
                        Ok(report) => batch.add(report),
                        Err(broken) => batch.failed.push((seed, broken)),
                    }
                    stop.fetch_or(batch.failed.len() >= enough, Ordering::Relaxed);
                }
            });
        }
    });
    let mut batch = batch.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    batch.failed.sort_by_key(|(seed, _)| *seed);
    batch.took = began.elapsed();
    batch
}
