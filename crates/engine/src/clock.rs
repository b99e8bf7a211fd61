//! The two clocks, and noticing that the machine slept.

use otklik_model::{Now, Stamp, Tick};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often [`Pauses::slept`] should be asked.
pub(crate) const WATCH_EVERY: Duration = Duration::from_secs(3);
/// A pause longer than this between two looks means that the machine or this process was stopped.
const PAUSE: u64 = 6_000;

/// Reads both clocks. On some systems the monotonic clock stands still while the machine sleeps; what it missed is
/// added, so that a tick counts sleep everywhere.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    /// Added to the monotonic clock, milliseconds.
    missed: AtomicU64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), missed: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) -> Now {
        Now { tick: Tick(self.mono() + self.missed.load(Ordering::Relaxed)), stamp: Stamp(wall()) }
    }

    /// Begins to look out for pauses, which somebody then does every [`WATCH_EVERY`]. What went by before is none: the
    /// operator may have taken a minute over his password.
    pub(crate) fn watched(&self) -> Pauses {
        Pauses { mono: self.mono(), wall: wall() }
    }

    fn mono(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// When both clocks were looked at last, milliseconds.
#[derive(Debug)]
pub(crate) struct Pauses {
    mono: u64,
    wall: i64,
}

impl Pauses {
    /// Looks at both clocks and says whether there was a pause since the last look. A wall clock that was merely set
    /// forward looks like sleep: the cost is one needless reconnect.
    pub(crate) fn slept(&mut self, clock: &Clock) -> bool {
        let (slept, missed) = self.look(clock.mono(), wall());
        clock.missed.fetch_add(missed, Ordering::Relaxed);
        slept
    }

    /// Whether there was a pause, and what of it the monotonic clock missed.
    fn look(&mut self, mono: u64, wall: i64) -> (bool, u64) {
        let by_mono = mono.saturating_sub(self.mono);
        let by_wall = u64::try_from(wall - self.wall).unwrap_or(0);
        *self = Self { mono, wall };
        let missed = if by_wall > by_mono + PAUSE { by_wall - by_mono } else { 0 };
        (by_mono.max(by_wall) > PAUSE, missed)
    }
}

fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_by_before_somebody_watches_is_no_pause() {
        let long_ago = Instant::now().checked_sub(Duration::from_secs(90)).expect("the machine runs longer");
        let clock = Clock { start: long_ago, missed: AtomicU64::new(0) };
        let mut pauses = clock.watched();
        assert!(!pauses.slept(&clock), "ninety seconds over a password");
        assert!(clock.now().tick.0 >= 90_000);
    }

    #[test]
    fn a_pause_is_seen_by_either_clock() {
        let mut pauses = Pauses { mono: 1_000, wall: 50_000 };
        assert_eq!(pauses.look(4_000, 53_000), (false, 0), "three seconds on both");
        assert_eq!(pauses.look(14_000, 63_000), (true, 0), "the process was stopped");
        assert_eq!(pauses.look(15_000, 3_664_000), (true, 3_600_000), "an hour that the monotonic clock missed");
        assert_eq!(pauses.look(18_000, 3_667_000), (false, 0));
        assert_eq!(pauses.look(21_000, 1_000), (false, 0), "a wall clock that was set back");
    }
}
