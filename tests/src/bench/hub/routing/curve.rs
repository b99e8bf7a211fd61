//! P-H7: what an event costs the board as operators and waiting dialogs become more, in processor time.

use crate::bench::{Figures, latency::own_work};
use anyhow::{Context, Result};
use otklik_hub::{
    centre::{Grants, Scope, Sharing},
    desk::{
        Actor,
        assign::{Board, Candidate, Known, Need, Place, Rule, Waiting},
    },
};
use otklik_model::{DepartmentKey, DialogId, OperatorId, OperatorStatus, Right, Seq, Stamp};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};
use uuid::Uuid;

/// Each dialog makes so many events: it comes, is offered, accepted and closed.
const EVENTS: u32 = 4;
const DEPARTMENTS: u32 = 8;
const LANGUAGES: [&str; 2] = ["ru", "en"];
/// Operators carry this share of what they may: some are full, some are free.
const BUSY: (u32, u32) = (3, 5);
/// Dialogs an operator may have.
const MOST: u32 = 5;

pub(super) fn measure(quick: bool, figures: &mut Figures) -> Result<()> {
    let dialogs = if quick { 2_000 } else { 50_000 };
    let mut by_operators = Vec::new();
    for operators in [10, 100, 1_000, 5_000] {
        let cost = Shift::new(operators, 0).work(dialogs)?;
        figures.say(&format!("P-H7_event_at_{operators}_operators"), cost, "us");
        by_operators.push((f64::from(operators), cost));
    }
    figures.say("P-H7_slope_by_operators", slope(&by_operators), "exponent");
    let mut by_dialogs = Vec::new();
    for waiting in if quick { &[1_000, 10_000][..] } else { &[1_000, 10_000, 100_000, 1_000_000] } {
        let cost = Shift::new(100, *waiting).work(dialogs)?;
        figures.say(&format!("P-H7_event_at_{waiting}_waiting"), cost, "us");
        by_dialogs.push((f64::from(*waiting), cost));
    }
    figures.say("P-H7_slope_by_waiting_dialogs", slope(&by_dialogs), "exponent");
    Ok(())
}

/// The exponent of growth: the slope of a straight line through the logarithms. 0: flat; 1: as fast as the size.
pub(super) fn slope(points: &[(f64, f64)]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
    let count = points.len() as f64;
    let logs: Vec<_> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let along = logs.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>();
    along / logs.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// A board in the middle of a day.
struct Shift {
    board: Board,
    random: ChaCha8Rng,
    next: u128,
    rev: u64,
    /// Who leads what, longest first.
    led: VecDeque<DialogId>,
}

impl Shift {
    /// So many operators, most of whom are busy; and so many dialogs that wait for a team which is not at work.
    fn new(operators: u32, stuck: u32) -> Self {
        let rule = Rule { sharing: Sharing::LeastLoaded, same_operator: true, offer_offline: false };
        let random = ChaCha8Rng::seed_from_u64(u64::from(operators));
        let mut shift = Self { board: Board::new(rule), random, next: 0, rev: 0, led: VecDeque::new() };
        for number in 0..operators {
            shift.board.introduce(candidate(number));
        }
        let night = "night".parse().ok();
        for _ in 0..stuck {
            let waiting = shift.waiting();
            shift.arrive(Waiting { need: Need { team: night.clone(), ..waiting.need }, ..waiting });
        }
        while shift.board.place_next().is_some() {}
        let (share, of) = BUSY;
        for _ in 0..operators * MOST * share / of {
            shift.take_one();
        }
        shift
    }

    /// Takes dialogs through their lives: as many end as begin. Returns microseconds of processor time an event.
    fn work(mut self, dialogs: u32) -> Result<f64> {
        let clock = Instant::now();
        let before = own_work();
        for _ in 0..dialogs {
            self.take_one();
            let done = self.led.pop_front().context("nobody leads anything")?;
            self.tell(done, Place::Aside);
        }
        let took =
            before.zip(own_work()).map_or_else(|| clock.elapsed(), |(before, after)| after.saturating_sub(before));
        Ok(took.as_secs_f64() * 1e6 / f64::from(dialogs * EVENTS))
    }

    /// One comes, is given out and accepted.
    fn take_one(&mut self) {
        let waiting = self.waiting();
        self.arrive(waiting);
        while let Some(placement) = self.board.place_next() {
            let accepted = Some(Stamp(i64::try_from(self.rev).unwrap_or(i64::MAX)));
            self.tell(placement.dialog, Place::With { operator: placement.to, weight: 100, accepted, leaves: None });
            self.led.push_back(placement.dialog);
        }
    }

    fn waiting(&mut self) -> Waiting {
        let language = LANGUAGES[self.random.random_range(0..LANGUAGES.len())].to_owned();
        let department = department(self.random.random_range(0..DEPARTMENTS));
        let since = Stamp(i64::try_from(self.rev).unwrap_or(i64::MAX));
        let need =
            Need { team: None, department, language: Some(language), offline: false, restricted: false, weight: 100 };
        Waiting { since, need, only: None, team: None, prefer: None }
    }

    fn arrive(&mut self, waiting: Waiting) {
        self.next += 1;
        self.tell(DialogId(Uuid::from_u128(self.next)), Place::Waiting(waiting));
    }

    fn tell(&mut self, id: DialogId, place: Place) {
        self.rev += 1;
        self.board.tell(Known { id, epoch: self.rev, rev: Seq(self.rev), place });
    }
}

fn department(number: u32) -> Option<DepartmentKey> {
    format!("department-{number}").parse().ok()
}

fn candidate(number: u32) -> Candidate {
    let departments = [number, number + 1].into_iter().filter_map(|number| department(number % DEPARTMENTS)).collect();
    let grants = Grants {
        rights: [(Right::Accept, Scope::Own)].into(),
        departments: Some(departments),
        languages: Some(LANGUAGES.map(str::to_owned).into()),
        ..Grants::default()
    };
    let id = OperatorId(Uuid::from_u128(u128::from(number)));
    Candidate {
        actor: Actor { id, name: String::new(), grants },
        status: OperatorStatus::Online,
        may_accept: true,
        teams: BTreeMap::new(),
        most: MOST * 100,
        last_accepted: Stamp(0),
    }
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn the_slope_is_the_exponent() {
        let grows = |exponent: f64| [10.0_f64, 100.0, 1_000.0].map(|x| (x, 3.0 * x.powf(exponent)));
        for exponent in [0.0, 0.5, 1.0, 2.0] {
            assert!((slope(&grows(exponent)) - exponent).abs() < 1e-9, "{exponent}");
        }
    }
}
