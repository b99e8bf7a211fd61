//! From a seed to a plan.
//!
//! Each plan draws first which kinds of trouble it knows at all: a run in which everything goes wrong at once hides more
//! than it shows.

use super::plan::{Cut, Deed, Fault, File, Gesture, Hand, HubFault, Mishap, Outside, Plan, Step, Verdict};
use otklik_core::DiskFault;
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// How many kinds of trouble there are.
const TROUBLES: usize = 14;

/// The plan of a seed.
#[must_use]
pub fn plan(seed: u64) -> Plan {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let apps = if rng.random_bool(0.15) { 2 } else { 1 };
    let customers = rng.random_range(1..=4);
    let count = rng.random_range(25..=95);
    let mut from = Draw { troubles: Vec::new(), apps, customers, rng };
    for trouble in 0..TROUBLES {
        if from.rng.random_bool(0.35) {
            from.troubles.push(trouble);
        }
    }
    let mut steps = from.opening();
    let mut at = steps.last().map_or(0, |step: &Step| step.at);
    while steps.len() < count {
        at += from.pause();
        if from.rng.random_bool(0.08) {
            at = from.scene(at, &mut steps);
        } else {
            let deed = from.deed();
            steps.push(Step { at, deed });
        }
    }
    let sees_others = from.rng.random_bool(0.5);
    Plan { comment: String::new(), seed, apps, sees_others, mutant: None, steps }
}

struct Draw {
    troubles: Vec<usize>,
    apps: u8,
    customers: u8,
    rng: ChaCha8Rng,
}

impl Draw {
    fn app(&mut self) -> u8 {
        self.rng.random_range(0..self.apps)
    }

    fn customer(&mut self) -> u8 {
        self.rng.random_range(0..self.customers)
    }

    /// Customers come and Ира takes some of them: without that nothing can go wrong.
    fn opening(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for customer in 0..self.customers {
            let count = if self.rng.random_bool(0.1) { 160 } else { self.rng.random_range(1..4) };
            let at = u64::from(customer) * 50 + 200;
            steps.push(Step { at, deed: Deed::Outside { customer, does: Outside::Writes { count } } });
        }
        for customer in 0..self.customers {
            if self.rng.random_bool(0.8) {
                let at = 1_000 + u64::from(customer) * 100;
                let app = self.app();
                steps.push(Step { at, deed: Deed::InDialog { app, customer, ira: Gesture::Accept } });
            }
        }
        steps
    }

    /// A few deeds that chance would hardly put together. Returns when they end.
    fn scene(&mut self, at: u64, steps: &mut Vec<Step>) -> u64 {
        let (app, customer) = (self.app(), self.customer());
        let ira = |ira| Deed::InDialog { app, customer, ira };
        let others = |does| Deed::Outside { customer, does };
        let befalls = |fault| Deed::Befalls { app, fault };
        let late = self.rng.random_range(500..3_000);
        let acts: Vec<(u64, Deed)> = match self.rng.random_range(0..6) {
            // Words to a dialog that changes hands while they are under way, and comes back.
            0 => vec![
                (0, ira(Gesture::Close)),
                (300, befalls(Fault::Up { skip: 0, mishap: Mishap::Delay { ms: late } })),
                (0, ira(Gesture::Text)),
                (50, others(Outside::Writes { count: 1 })),
            ],
            // A refused message is released while later ones wait for the connection.
            1 => vec![
                (0, Deed::Hub { hub: HubFault::Refuses { count: 1 } }),
                (0, ira(Gesture::Text)),
                (200, befalls(Fault::BlackHole { ms: late })),
                (20, befalls(Fault::Cut { how: Cut::Lost })),
                (10, ira(Gesture::Text)),
                (10, ira(Gesture::Text)),
                (50, Deed::AtDesk { app, ira: Hand::Judge { nth: 0, verdict: Verdict::Resend } }),
            ],
            // The answer is lost, and then the dialog is.
            2 => vec![
                (0, befalls(Fault::LoseAnswer)),
                (0, ira(Gesture::Text)),
                (10, ira(Gesture::Text)),
                (late, others(Outside::OlegSeizes)),
                (10, others(Outside::OlegGives { to_ira: self.rng.random_bool(0.5) })),
            ],
            // A note that is held is changed while nobody listens, and the hub does not remember how.
            3 => vec![
                (0, others(Outside::OlegNotes)),
                (400, befalls(Fault::BlackHole { ms: late })),
                (0, befalls(Fault::Cut { how: Cut::Lost })),
                (10, others(Outside::OlegRewords)),
                (10, Deed::Hub { hub: HubFault::Restarts { new_stream: false, forget_log: true, down_ms: 200 } }),
            ],
            // The news of such a change is lost alone.
            4 => vec![
                (0, others(Outside::OlegNotes)),
                (400, befalls(Fault::Down { skip: 0, mishap: Mishap::Drop })),
                (0, others(Outside::OlegRewords)),
                (50, others(Outside::Writes { count: 1 })),
            ],
            // Much is missed, with words waiting.
            _ => vec![
                (0, befalls(Fault::BlackHole { ms: late })),
                (0, befalls(Fault::Cut { how: Cut::Lost })),
                (10, ira(Gesture::Text)),
                (10, others(Outside::Writes { count: 120 })),
                (10, others(Outside::OlegSeizes)),
            ],
        };
        acts.into_iter().fold(at, |at, (pause, deed)| {
            steps.push(Step { at: at + pause, deed });
            at + pause
        })
    }

    /// Mostly bursts, at times a breath.
    fn pause(&mut self) -> u64 {
        match self.rng.random_range(0..10) {
            0..4 => self.rng.random_range(0..20),
            4..8 => self.rng.random_range(20..400),
            8 => self.rng.random_range(400..4_000),
            _ => self.rng.random_range(4_000..20_000),
        }
    }

    fn deed(&mut self) -> Deed {
        if !self.troubles.is_empty() && self.rng.random_bool(0.3) {
            return self.trouble();
        }
        let customer = self.customer();
        match self.rng.random_range(0..10) {
            0..3 => Deed::Outside { customer, does: self.outside() },
            3..9 => Deed::InDialog { app: self.app(), customer, ira: self.gesture() },
            _ => Deed::AtDesk { app: self.app(), ira: self.hand() },
        }
    }

    fn outside(&mut self) -> Outside {
        match self.rng.random_range(0..27) {
            0..9 => Outside::Writes { count: self.rng.random_range(1..4) },
            9..11 => Outside::Receives,
            11..13 => Outside::Reads,
            13..15 => Outside::Types { on: self.rng.random_bool(0.7) },
            15 => Outside::ClosesForGood,
            16..18 => Outside::OlegAccepts,
            18 => Outside::OlegWrites,
            19 => Outside::OlegNotes,
            20 => Outside::OlegCloses,
            21 => Outside::OlegGives { to_ira: self.rng.random_bool(0.7) },
            22 => Outside::OlegSeizes,
            23..25 => Outside::OlegRewords,
            25 => Outside::OlegTakesBack,
            _ => Outside::Writes { count: if self.rng.random_bool(0.2) { 130 } else { 1 } },
        }
    }

    fn gesture(&mut self) -> Gesture {
        match self.rng.random_range(0..43) {
            0..12 => Gesture::Text,
            12..16 => Gesture::File,
            16..19 => Gesture::Note,
            19 => Gesture::Blank,
            20 => Gesture::TooLong,
            21..24 => Gesture::Draft { note: self.rng.random_bool(0.2) },
            24 => Gesture::ClearDraft,
            25..28 => Gesture::Open,
            28..31 => Gesture::Seen,
            31..35 => Gesture::Accept,
            35 => Gesture::Close,
            36 => Gesture::Transfer { to_oleg: self.rng.random_bool(0.5) },
            37 => Gesture::FillGap { from: self.rng.random_range(1..40), to: self.rng.random_range(1..200) },
            38..41 => Gesture::Reword { nth: self.rng.random_range(0..3) },
            41 => Gesture::Typing { on: self.rng.random_bool(0.5) },
            _ => Gesture::ClickPopup,
        }
    }

    fn hand(&mut self) -> Hand {
        match self.rng.random_range(0..12) {
            0 => Hand::ShowNothing,
            1..5 => Hand::Judge { nth: self.rng.random_range(0..4), verdict: self.verdict() },
            5 => Hand::Reconnect,
            6 => Hand::Settings {
                reminder_s: self.rng.random_range(15..120),
                ask_after_min: self.rng.random_range(1..20),
                popups: self.rng.random_bool(0.8),
                sounds: self.rng.random_bool(0.9),
            },
            7 => Hand::Status { online: self.rng.random_bool(0.6) },
            _ => {
                let focused = self.rng.random_bool(0.4);
                Hand::Window { focused, hidden: !focused && self.rng.random_bool(0.5) }
            }
        }
    }

    fn verdict(&mut self) -> Verdict {
        let all = [Verdict::Resend, Verdict::Resend, Verdict::Cancel, Verdict::Edit, Verdict::AsNote];
        all.choose(&mut self.rng).copied().unwrap_or(Verdict::Resend)
    }

    fn trouble(&mut self) -> Deed {
        let app = self.app();
        let kind = self.troubles.choose(&mut self.rng).copied().unwrap_or(0);
        let befalls = |fault| Deed::Befalls { app, fault };
        let rng = &mut self.rng;
        match kind {
            0 => befalls(Fault::Down { skip: rng.random_range(0..4), mishap: mishap(rng) }),
            1 => befalls(Fault::Up { skip: rng.random_range(0..3), mishap: mishap(rng) }),
            2 => befalls(Fault::LoseAnswer),
            3 => {
                Deed::Hub { hub: HubFault::PutsOff { count: rng.random_range(1..4), ms: rng.random_range(50..4_000) } }
            }
            4 => befalls(Fault::Cut { how: cut(rng) }),
            5 => befalls(Fault::BlackHole { ms: rng.random_range(500..40_000) }),
            6 => Deed::Hub { hub: HubFault::Mute { ms: rng.random_range(5_000..60_000) } },
            7 => {
                let (new_stream, forget_log) = (rng.random_bool(0.3), rng.random_bool(0.3));
                let down_ms = rng.random_range(10..15_000);
                Deed::Hub { hub: HubFault::Restarts { new_stream, forget_log, down_ms } }
            }
            8 => befalls(Fault::SignInExpires { ms: rng.random_range(1_000..20_000) }),
            9 => befalls(Fault::DiskFails { file: file(rng), why: fault(rng), ms: rng.random_range(5..8_000) }),
            10 => {
                let (by_ms, ms) = (rng.random_range(10..3_000), rng.random_range(100..10_000));
                befalls(Fault::DiskSlow { file: file(rng), by_ms, ms })
            }
            11 => {
                let ms = match rng.random_range(0..10) {
                    // A night, longer than anything that is kept for a while.
                    0 => 28_800_000,
                    1..4 => 1_200_000,
                    _ => rng.random_range(1_000..90_000),
                };
                befalls(Fault::Sleep { ms, link_survives: rng.random_bool(0.4) })
            }
            12 => befalls(Fault::WallJump { by_ms: rng.random_range(-90_000_000..90_000_000) }),
            _ if rng.random_bool(0.1) => Deed::Hub { hub: HubFault::SaysUnknown },
            _ => {
                let after_effects = if rng.random_bool(0.2) { 0 } else { rng.random_range(0..24) };
                befalls(Fault::Crash { after_effects, down_ms: rng.random_range(10..3_000) })
            }
        }
    }
}

fn mishap(rng: &mut ChaCha8Rng) -> Mishap {
    match rng.random_range(0..4) {
        0 => Mishap::Drop,
        1 => Mishap::Double,
        2 => Mishap::Delay { ms: rng.random_range(50..9_000) },
        _ => Mishap::Swap,
    }
}

fn cut(rng: &mut ChaCha8Rng) -> Cut {
    match rng.random_range(0..6) {
        0 => Cut::RetryAfter { ms: rng.random_range(100..9_000) },
        1 => Cut::Resync,
        _ => Cut::Lost,
    }
}

fn file(rng: &mut ChaCha8Rng) -> File {
    if rng.random_bool(0.5) { File::Own } else { File::Cache }
}

fn fault(rng: &mut ChaCha8Rng) -> DiskFault {
    match rng.random_range(0..3) {
        0 => DiskFault::Io,
        1 => DiskFault::ReadOnly,
        _ => DiskFault::Full,
    }
}
