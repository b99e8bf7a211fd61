//! When the window is covered, and when its keys go. Pure: moments come in.

use crate::CoverRules;
use std::time::Instant;

/// How the window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nobody has looked yet whether a start is covered.
    Unknown,
    Open,
    Covered {
        since: Instant,
        closed: bool,
    },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Cover the window.
    Cover,
    /// Close what was read, and forget its keys.
    Close,
}

/// Knows when a hand was here last.
#[derive(Debug)]
pub(super) struct Watch {
    here: Instant,
    phase: Phase,
}

impl Watch {
    pub(super) fn new(now: Instant) -> Self {
        Self { here: now, phase: Phase::Unknown }
    }

    pub(super) fn here(&mut self, now: Instant) {
        self.here = now;
    }

    pub(super) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    pub(super) fn is_covered(&self) -> bool {
        matches!(self.phase, Phase::Covered { .. })
    }

    /// False if it is covered already.
    pub(super) fn cover(&mut self, now: Instant) -> bool {
        let news = !self.is_covered();
        if news {
            self.phase = Phase::Covered { since: now, closed: false };
        }
        news
    }

    pub(super) fn open(&mut self, now: Instant) {
        *self = Self { here: now, phase: Phase::Open };
    }

    /// True if it was not known before.
    pub(super) fn open_if_unknown(&mut self, now: Instant) -> bool {
        let unknown = self.phase == Phase::Unknown;
        if unknown {
            self.open(now);
        }
        unknown
    }

    /// The keys go. False if it is not covered any more.
    pub(super) fn closed(&mut self) -> bool {
        if let Phase::Covered { closed, .. } = &mut self.phase {
            *closed = true;
        }
        self.is_covered()
    }

    /// What is due next, and when.
    pub(super) fn due(&self, rules: CoverRules) -> Option<(Instant, Due)> {
        match self.phase {
            Phase::Unknown | Phase::Covered { closed: true, .. } => None,
            Phase::Open => rules.cover_after.map(|after| (self.here + after, Due::Cover)),
            Phase::Covered { since, closed: false } => Some((since + rules.close_after, Due::Close)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const MINUTE: Duration = Duration::from_secs(60);
    const RULES: CoverRules =
        CoverRules { cover_after: Some(Duration::from_secs(600)), close_after: Duration::from_secs(1_800) };

    #[test]
    fn s_c20_ten_minutes_without_a_hand_cover_and_half_an_hour_later_the_keys_go() {
        let start = Instant::now();
        let mut watch = Watch::new(start);
        assert_eq!(watch.due(RULES), None, "nobody knows yet");
        assert!(watch.open_if_unknown(start) && !watch.open_if_unknown(start));
        assert_eq!(watch.due(RULES), Some((start + 10 * MINUTE, Due::Cover)));
        watch.here(start + 4 * MINUTE);
        assert_eq!(watch.due(RULES), Some((start + 14 * MINUTE, Due::Cover)));
        assert!(watch.cover(start + 14 * MINUTE) && !watch.cover(start + 15 * MINUTE));
        watch.here(start + 20 * MINUTE);
        assert_eq!(watch.due(RULES), Some((start + 44 * MINUTE, Due::Close)), "a hand opens nothing");
        assert!(watch.closed());
        assert_eq!(watch.due(RULES), None);
        watch.open(start + 60 * MINUTE);
        assert!(!watch.closed());
        assert_eq!(watch.due(RULES), Some((start + 70 * MINUTE, Due::Cover)));
    }

    #[test]
    fn s_c20_never_and_at_once() {
        let start = Instant::now();
        let rules = CoverRules { cover_after: None, close_after: Duration::ZERO };
        let mut watch = Watch::new(start);
        watch.open(start);
        assert_eq!(watch.due(rules), None);
        watch.cover(start);
        assert_eq!(watch.due(rules), Some((start, Due::Close)));
    }
}
