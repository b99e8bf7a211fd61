//! Silence for a while, asked for by a key: somebody is on the phone beside it, and what is shown goes on.
//!
//! It ends by itself, measured by the clock that nobody can set, and it does not outlive the session: an operator who
//! starts anew hears again.

use super::Session;
use crate::ViewEvent;
use otklik_model::{Now, Stamp, Tick};

/// How long sounds are silent.
const MUTED_MS: u64 = 5 * 60 * 1_000;

/// Sounds are silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Muted {
    ends: Tick,
    until: Stamp,
}

impl Muted {
    fn from(now: Now) -> Self {
        let until = Stamp(now.stamp.0.saturating_add_unsigned(MUTED_MS));
        Self { ends: now.tick.plus(MUTED_MS), until }
    }

    /// When it is over.
    pub(super) fn ends(self) -> Tick {
        self.ends
    }

    /// The same as the clock on the wall says it.
    pub(super) fn until(self) -> Stamp {
        self.until
    }
}

impl Session {
    /// Silence from now on, five minutes anew if it was silent already, or its end.
    pub(super) fn mute(&mut self, on: bool, now: Now) {
        let muted = on.then(|| Muted::from(now));
        if self.desk.muted != muted {
            self.desk.muted = muted;
            self.emit(ViewEvent::Muted { until: muted.map(Muted::until) });
        }
    }

    /// Ends a silence whose time is over.
    pub(super) fn unmute_in_time(&mut self, now: Now) {
        if self.desk.muted.is_some_and(|muted| muted.ends() <= now.tick) {
            self.mute(false, now);
        }
    }
}
