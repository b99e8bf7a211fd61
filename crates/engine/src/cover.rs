//! The cover over the window, S-C20: after how long without a hand it comes, after how long the keys go, and how long
//! somebody waits who does not know what opens it.

use otklik_core::{CoverKey, Settings};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    time::{Duration, Instant},
};

/// The longest wait after a wrong try.
const LONGEST: Duration = Duration::from_secs(60);
/// Every wrong try doubles the wait so many times at most.
const DOUBLED: u32 = 6;

/// When the window is covered, and when its keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverRules {
    /// After so long without a hand; `None`: never by itself.
    pub cover_after: Option<Duration>,
    /// So long after that.
    pub close_after: Duration,
}

impl CoverRules {
    /// As an account has chosen.
    pub(crate) fn of(settings: &Settings) -> Self {
        let minutes = |count: u32| Duration::from_secs(u64::from(count) * 60);
        let cover_after = Some(settings.cover_after_min).filter(|count| *count > 0).map(minutes);
        Self { cover_after, close_after: minutes(settings.close_after_min) }
    }

    /// There is one window: what two accounts want of it, each at its earliest.
    pub(crate) fn strictest(self, other: Self) -> Self {
        let cover_after = match (self.cover_after, other.cover_after) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self { cover_after, close_after: self.close_after.min(other.close_after) }
    }
}

/// What a page asks about the cover.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "cover", rename_all = "snake_case")]
pub enum CoverCommand {
    /// Somebody is here: a key, a pointer, a wheel. Told every few seconds at most.
    Here,
    /// Cover the window now.
    Now,
    /// Open it again. A wrong secret is refused, and makes the next try wait.
    Open {
        /// The code or the passphrase, whichever is asked for.
        secret: Option<String>,
    },
    /// Set, change or remove the code.
    SetCode {
        /// The one that is set, if one is.
        now: Option<String>,
        /// The new one, 4 to 128 characters; `None`: none.
        code: Option<String>,
    },
}

/// Never what opens anything.
impl fmt::Debug for CoverCommand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Here => "Here",
            Self::Now => "Now",
            Self::Open { .. } => "Open(..)",
            Self::SetCode { .. } => "SetCode(..)",
        })
    }
}

/// How the cover is opened, as the settings show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CoverView {
    /// What opens it.
    pub by: CoverKey,
}

/// How many tries were wrong, and from when on the next one counts.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    wrong: u32,
    free_at: Option<Instant>,
}

impl Tries {
    /// So many were wrong already, and nobody knows when.
    pub(crate) fn begin(&mut self, wrong: u32, now: Instant) {
        self.wrong = wrong;
        self.free_at = (wrong > 0).then(|| now + wait_after(wrong));
    }

    /// How long the next one does not count yet.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let left = self.free_at?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// One more was wrong.
    pub(crate) fn failed(&mut self, now: Instant) {
        self.begin(self.wrong.saturating_add(1), now);
    }

    /// One was right.
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

/// In whole seconds, none of them too few.
pub(crate) fn seconds(wait: Option<Duration>) -> u32 {
    wait.map_or(0, |wait| u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX))
}

/// Everybody mistypes once.
fn wait_after(wrong: u32) -> Duration {
    let Some(doubled) = wrong.checked_sub(2) else { return Duration::ZERO };
    Duration::from_secs(1 << doubled.min(DOUBLED)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_try_makes_the_next_one_wait_longer_and_no_longer_than_a_minute() {
        let start = Instant::now();
        let mut tries = Tries::default();
        assert_eq!(tries.wait(start), None);
        let mut waits = Vec::new();
        for _ in 0..9 {
            tries.failed(start);
            waits.push(seconds(tries.wait(start)));
        }
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(tries.wait(start + Duration::from_secs(61)), None);
        tries.succeeded();
        tries.failed(start);
        assert_eq!(tries.wait(start), None);
        tries.begin(3, start);
        assert_eq!(seconds(tries.wait(start)), 2, "a new start begins where the last one ended");
    }

    #[test]
    fn of_several_accounts_the_strictest_decides() {
        let rules = |cover, close| {
            let (cover_after_min, close_after_min) = (cover, close);
            CoverRules::of(&Settings { cover_after_min, close_after_min, ..Settings::default() })
        };
        assert_eq!(rules(10, 0).strictest(rules(5, 30)), rules(5, 0));
        assert_eq!(rules(0, 30).strictest(rules(5, 40)), rules(5, 30), "never is no rule");
        assert_eq!(rules(0, 30).cover_after, None);
    }
}
