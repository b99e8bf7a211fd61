//! The two clocks, and noticing that the machine slept.

use otklik_model::{Now, Stamp, Tick};
use parking_lot::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often [`Clock::slept`] should be asked.
pub(crate) const WATCH_EVERY: Duration = Duration::from_secs(3);
/// A pause longer than this between two looks means that the machine or this process was stopped.
const PAUSE: u64 = 6_000;

/// Reads both clocks. On some systems the monotonic clock stands still while the machine sleeps; what it missed is
/// added, so that a tick counts sleep everywhere.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    looked: Mutex<Looked>,
}

#[derive(Debug)]
struct Looked {
    /// Added to the monotonic clock, milliseconds.
    missed: u64,
    mono: u64,
    wall: i64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), looked: Mutex::new(Looked { missed: 0, mono: 0, wall: wall() }) }
    }

    pub(crate) fn now(&self) -> Now {
        let missed = self.looked.lock().missed;
        Now { tick: Tick(self.mono() + missed), stamp: Stamp(wall()) }
    }

    /// Looks at both clocks and says whether there was a pause since the last look. A wall clock that was merely set
    /// forward looks like sleep: the cost is one needless reconnect.
    pub(crate) fn slept(&self) -> bool {
        let (mono, wall) = (self.mono(), wall());
        let mut looked = self.looked.lock();
        let by_mono = mono.saturating_sub(looked.mono);
        let by_wall = u64::try_from(wall - looked.wall).unwrap_or(0);
        (looked.mono, looked.wall) = (mono, wall);
        if by_wall > by_mono + PAUSE {
            looked.missed += by_wall - by_mono;
        }
        by_mono.max(by_wall) > PAUSE
    }

    fn mono(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
