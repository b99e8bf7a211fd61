//! The hub's clock, as far as it is known here. What the hub counts down, it counts by its own clock; a machine whose
//! clock is off must not show an offer as over that still stands.

use otklik_model::{Now, Stamp, Tick};

/// No clock is further off than this, in milliseconds: a hundred years. What a hub says beyond that is nonsense.
const MOST_AHEAD_MS: i64 = 100 * 366 * 86_400_000;

/// The hub's clock. Between two words of the hub it goes on by the monotonic clock, so that a correction of the wall
/// clock here does not move it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HubClock {
    told: Option<(Stamp, Tick)>,
}

impl HubClock {
    /// The hub says what time it is.
    pub(crate) fn set(&mut self, at: Stamp, now: Now) {
        self.told = Some((at, now.tick));
    }

    /// What time it is there; one's own clock is believed until the hub has told.
    pub(crate) fn now(&self, now: Now) -> Stamp {
        Stamp(now.stamp.0.saturating_add(self.ahead_ms(now)))
    }

    /// By how many milliseconds it is ahead of the wall clock here.
    pub(crate) fn ahead_ms(&self, now: Now) -> i64 {
        let Some((at, tick)) = self.told else { return 0 };
        let passed = i64::try_from(now.tick.since(tick)).unwrap_or(i64::MAX);
        let there = at.0.saturating_add(passed);
        there.saturating_sub(now.stamp.0).clamp(-MOST_AHEAD_MS, MOST_AHEAD_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tick: u64, stamp: i64) -> Now {
        Now { tick: Tick(tick), stamp: Stamp(stamp) }
    }

    #[test]
    fn a_correction_of_the_clock_here_does_not_move_the_hubs() {
        let mut clock = HubClock::default();
        assert_eq!(clock.now(at(5, 1_000)), Stamp(1_000), "nothing was told yet");
        clock.set(Stamp(61_000), at(10, 1_000));
        assert_eq!(clock.ahead_ms(at(10, 1_000)), 60_000);
        assert_eq!(clock.now(at(2_010, 3_000)), Stamp(63_000));
        assert_eq!(clock.now(at(2_010, 90_000)), Stamp(63_000), "two seconds have passed, whatever the wall says");
        assert_eq!(clock.ahead_ms(at(2_010, 90_000)), -27_000);
    }

    #[test]
    fn nonsense_is_bounded() {
        for told in [i64::MIN, i64::MAX] {
            let mut clock = HubClock::default();
            clock.set(Stamp(told), at(0, 0));
            assert_eq!(clock.ahead_ms(at(1, 0)).abs(), MOST_AHEAD_MS);
            assert!(clock.ahead_ms(at(u64::MAX, 0)).abs() <= MOST_AHEAD_MS);
        }
    }
}
