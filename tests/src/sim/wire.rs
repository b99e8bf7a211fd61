//! One workplace's connection: two directions, each in order, each with its mishaps.
//!
//! It decides when a frame arrives, never what it says. The engine's part of the contract is kept here too: frames of
//! an abandoned connection never reach the core.

use super::plan::Mishap;
use otklik_core::LinkInput;
use otklik_model::{ClientId, Cursor, DialogId, Op, Seq, Tick};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// What a workplace says.
#[derive(Clone, Debug)]
pub enum Up {
    /// Sign in.
    Hello(Option<Cursor>),
    /// A command.
    Submit(ClientId, Op),
    /// A question for history: number, dialog, from, to, limit.
    Fetch(u64, DialogId, u32, u32, u32),
    /// Are you there?
    Probe,
}

/// One direction.
#[derive(Clone, Debug)]
pub struct Lane<T> {
    /// Nothing overtakes: the next frame arrives no sooner.
    clear_at: Tick,
    mishaps: Vec<(u8, Mishap)>,
    /// A frame that waits to be overtaken.
    aside: Option<T>,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { clear_at: Tick(0), mishaps: Vec::new(), aside: None }
    }
}

impl<T: Clone> Lane<T> {
    /// Plans a mishap for the frame after the next `skip`.
    pub fn plan(&mut self, skip: u8, mishap: Mishap) {
        self.mishaps.push((skip, mishap));
    }

    /// When this frame arrives, and which others arrive with it: nothing, itself, itself twice, or with an earlier one.
    pub fn carry(&mut self, frame: T, now: Tick, rng: &mut ChaCha8Rng) -> Vec<(Tick, T)> {
        let mut arrives = now.plus(rng.random_range(1..25)).max(self.clear_at);
        let mut frames = Vec::with_capacity(1);
        match self.next_mishap() {
            None => frames.push(frame),
            Some(Mishap::Drop) => {}
            Some(Mishap::Double) => frames.extend([frame.clone(), frame]),
            Some(Mishap::Delay { ms }) => {
                arrives = arrives.plus(ms);
                frames.push(frame);
            }
            Some(Mishap::Swap) if self.aside.is_none() => self.aside = Some(frame),
            Some(Mishap::Swap) => frames.push(frame),
        }
        if !frames.is_empty() {
            frames.extend(self.aside.take());
        }
        self.clear_at = arrives;
        frames.into_iter().map(|frame| (arrives, frame)).collect()
    }

    fn next_mishap(&mut self) -> Option<Mishap> {
        let due = self.mishaps.iter().position(|(skip, _)| *skip == 0);
        for (skip, _) in &mut self.mishaps {
            *skip = skip.saturating_sub(1);
        }
        due.map(|place| self.mishaps.remove(place).1)
    }

    /// When the last frame under way arrives.
    #[must_use]
    pub fn last_arrival(&self, now: Tick) -> Tick {
        self.clear_at.max(now)
    }

    /// A new connection begins in order; mishaps that are due stay due.
    fn reset(&mut self) {
        self.clear_at = Tick(0);
        self.aside = None;
    }

    /// All mishaps are over.
    pub fn heal(&mut self) {
        self.mishaps.clear();
    }
}

/// The connection of one workplace.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// Which connection; growing. 0: none was ever made.
    pub call: u64,
    /// The hub has this call open and sends to it.
    pub open: bool,
    /// It goes on from its cursor, and what was missed is next.
    pub resumes: bool,
    /// What the hub has sent to this call.
    pub sent: Seq,
    /// Nothing passes before this.
    pub hole_until: Tick,
    /// The token is no good before this.
    pub expired_until: Tick,
    /// The next command's answer is lost.
    pub lose_answer: bool,
    /// Towards the workplace.
    pub down: Lane<LinkInput>,
    /// Towards the hub.
    pub up: Lane<Up>,
}

impl Wire {
    /// A new call; the earlier one is abandoned.
    pub fn begin(&mut self) {
        self.call += 1;
        self.open = false;
        self.down.reset();
        self.up.reset();
    }

    /// Everything works again.
    pub fn heal(&mut self, now: Tick) {
        self.hole_until = now;
        self.expired_until = now;
        self.lose_answer = false;
        self.down.heal();
        self.up.heal();
    }
}
