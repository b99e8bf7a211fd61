//! Time as an argument: nobody below the edges asks a clock.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Wall-clock time, milliseconds since the Unix epoch. For showing and for ids only: it may jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(transparent)]
pub struct Stamp(pub i64);

/// Monotonic time, milliseconds since an arbitrary start. For timers only: it never goes back and counts while the
/// machine sleeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tick(pub u64);

impl Tick {
    /// The tick `ms` milliseconds later.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`, zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Both clocks, read once at the edge for one input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// The monotonic clock.
    pub tick: Tick,
    /// The wall clock.
    pub stamp: Stamp,
}

/// A position in a workspace's event sequence: gap-free, starting at 1; 0 is before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(transparent)]
pub struct Seq(pub u64);

/// A position in one event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which stream: another id means another history (a restored hub), so positions do not compare.
    pub stream: Uuid,
    /// The last event applied.
    pub after: Seq,
}
