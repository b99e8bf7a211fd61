//! Virtual time: one agenda, and a wall clock that may lie.

use super::cast::MORNING;
use otklik_model::{Now, Stamp, Tick};
use std::{cmp::Reverse, collections::BinaryHeap};

/// What will happen, in order of time; of two things at one tick the one noted first happens first.
#[derive(Debug)]
pub struct Agenda<T> {
    now: Tick,
    /// How far the wall clock is off.
    skew_ms: i64,
    serial: u64,
    entries: BinaryHeap<Reverse<Entry<T>>>,
}

#[derive(Debug)]
struct Entry<T> {
    at: Tick,
    serial: u64,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.serial) == (other.at, other.serial)
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.serial).cmp(&(other.at, other.serial))
    }
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { now: Tick(1_000), skew_ms: 0, serial: 0, entries: BinaryHeap::new() }
    }
}

impl<T> Agenda<T> {
    /// Both clocks as the machine under test reads them.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { tick: self.now, stamp: Stamp(self.true_stamp().0 + self.skew_ms) }
    }

    /// The present tick.
    #[must_use]
    pub fn tick(&self) -> Tick {
        self.now
    }

    /// The wall clock of the hub, which does not jump.
    #[must_use]
    pub fn true_stamp(&self) -> Stamp {
        Stamp(MORNING + i64::try_from(self.now.0).unwrap_or(i64::MAX / 2))
    }

    /// Moves the machine's wall clock.
    pub fn skew(&mut self, by_ms: i64) {
        self.skew_ms += by_ms;
    }

    /// Notes something for a tick; the past means now.
    pub fn at(&mut self, at: Tick, what: T) {
        self.serial += 1;
        self.entries.push(Reverse(Entry { at: at.max(self.now), serial: self.serial, what }));
    }

    /// Notes something for a while from now.
    pub fn after(&mut self, ms: u64, what: T) {
        self.at(self.now.plus(ms), what);
    }

    /// Lets time pass to a tick up to which nothing is due.
    pub fn wait_until(&mut self, tick: Tick) {
        self.now = self.now.max(tick);
    }

    /// The next thing not later than `until`, moving the clock to it. `None`: nothing is due by then, and the clock
    /// stands where it stood.
    pub fn next(&mut self, until: Tick) -> Option<T> {
        if self.entries.peek().is_none_or(|Reverse(entry)| entry.at > until) {
            return None;
        }
        let Reverse(entry) = self.entries.pop()?;
        self.now = self.now.max(entry.at);
        Some(entry.what)
    }
}
