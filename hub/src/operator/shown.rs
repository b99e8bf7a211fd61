//! Which of the dialogs that wait one workplace is shown: as many as the centre's limits allow, longest waiting first.
//! The others are hidden and counted until a slot frees. Who is shown stays shown, also when a limit is lowered or the
//! customer's coming and going moves it between the general queue and the offline requests. Suspicious ones have a limit
//! of their own, the one of offline requests: a flood takes no place of anybody who waits.

use crate::centre::VisibleLimits;
use crate::desk::Standing;
use otklik_model::{Dialog, DialogId, DialogState, Stamp};
use std::collections::{BTreeMap, BTreeSet};

/// Which limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    Queue,
    OfflineRequests,
    Suspicious,
}

/// A dialog that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    line: Line,
    since: Stamp,
}

impl Waiting {
    /// Nothing, if it does not wait for anybody who takes it.
    pub(super) fn of(row: &Dialog) -> Option<Self> {
        let since = row.awaiting_since.unwrap_or(row.created_at);
        let line = Self::standing(&Standing::of(row))?;
        Some(Self { line: if row.suspicious { Line::Suspicious } else { line }, since })
    }

    fn standing(standing: &Standing) -> Option<Line> {
        let waits = standing.state == DialogState::Queue && standing.assignee.is_none();
        let line = if standing.offline { Line::OfflineRequests } else { Line::Queue };
        waits.then_some(line)
    }

    pub(super) fn waits(standing: &Standing) -> bool {
        Self::standing(standing).is_some()
    }
}

/// What is shown, and what is hidden.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    limits: VisibleLimits,
    shown: BTreeMap<DialogId, Line>,
    hidden: BTreeMap<DialogId, Waiting>,
    /// How many of both there are: asked at each entry of the log, while thousands may be hidden.
    sums: Sums,
    /// The hidden ones that may be shown next.
    order: BTreeSet<(Line, Stamp, DialogId)>,
}

/// How many are shown and hidden.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    queue: Sum,
    offline_requests: Sum,
    suspicious: Sum,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    shown: usize,
    hidden: usize,
}

impl Sums {
    fn of(&mut self, line: Line) -> &mut Sum {
        match line {
            Line::Queue => &mut self.queue,
            Line::OfflineRequests => &mut self.offline_requests,
            Line::Suspicious => &mut self.suspicious,
        }
    }
}

impl Shown {
    pub(super) fn new(limits: VisibleLimits) -> Self {
        let (shown, hidden, order) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { limits, shown, hidden, sums: Sums::default(), order }
    }

    /// New limits: what is shown stays, what is hidden may come.
    pub(super) fn limit(&mut self, limits: VisibleLimits) {
        self.limits = limits;
    }

    /// How many are shown.
    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }

    pub(super) fn hides(&self, dialog: DialogId) -> bool {
        self.hidden.contains_key(&dialog)
    }

    /// How many are hidden, in the queue and among the offline requests. Of suspicious ones nobody is told.
    pub(super) fn hidden(&self) -> (u32, u32) {
        let count = |sum: Sum| u32::try_from(sum.hidden).unwrap_or(u32::MAX);
        (count(self.sums.queue), count(self.sums.offline_requests))
    }

    /// Takes note that a dialog waits, or (`now` is nothing) no longer does, or is out of sight. `was`: it was shown
    /// waiting before.
    pub(super) fn note(&mut self, dialog: DialogId, was: bool, now: Option<Waiting>) {
        let was = (was || self.shown.contains_key(&dialog)) && !self.hides(dialog);
        self.forget(dialog);
        let Some(waiting) = now else { return };
        if was || self.room(waiting.line) > 0 {
            self.sums.of(waiting.line).shown += 1;
            self.shown.insert(dialog, waiting.line);
        } else {
            self.sums.of(waiting.line).hidden += 1;
            self.hidden.insert(dialog, waiting);
            self.order.insert((waiting.line, waiting.since, dialog));
        }
    }

    /// Takes note of many at once, of which the longest waiting are shown.
    pub(super) fn fill(&mut self, mut waiting: Vec<(DialogId, Waiting)>) {
        waiting.sort_by_key(|(dialog, waiting)| (waiting.since, *dialog));
        for (dialog, waiting) in waiting {
            self.note(dialog, false, Some(waiting));
        }
    }

    /// The hidden ones for which there is room, the longest waiting first.
    pub(super) fn next(&self) -> Vec<DialogId> {
        let of = |line| {
            let hidden = self.order.range((line, Stamp(i64::MIN), DialogId(uuid::Uuid::nil()))..);
            hidden.take_while(move |(of, ..)| *of == line).take(self.room(line)).map(|(.., dialog)| *dialog)
        };
        if self.hidden.is_empty() {
            return Vec::new();
        }
        [Line::Queue, Line::OfflineRequests, Line::Suspicious].into_iter().flat_map(of).collect()
    }

    /// A hidden one has changed since, and its entry is coming: until then others are shown in its place.
    pub(super) fn pass_over(&mut self, dialog: DialogId) {
        if let Some(waiting) = self.hidden.get(&dialog) {
            self.order.remove(&(waiting.line, waiting.since, dialog));
        }
    }

    fn forget(&mut self, dialog: DialogId) {
        if let Some(line) = self.shown.remove(&dialog) {
            self.sums.of(line).shown -= 1;
        }
        if let Some(waiting) = self.hidden.remove(&dialog) {
            self.sums.of(waiting.line).hidden -= 1;
            self.order.remove(&(waiting.line, waiting.since, dialog));
        }
    }

    fn room(&self, line: Line) -> usize {
        let (most, sum) = match line {
            Line::Queue => (self.limits.online, self.sums.queue),
            Line::OfflineRequests => (self.limits.offline, self.sums.offline_requests),
            Line::Suspicious => (self.limits.offline, self.sums.suspicious),
        };
        (most as usize).saturating_sub(sum.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> DialogId {
        DialogId(Uuid::from_u128(number))
    }

    fn waits(since: i64) -> Waiting {
        Waiting { line: Line::Queue, since: Stamp(since) }
    }

    #[test]
    fn the_longest_waiting_are_shown_and_the_next_comes_when_a_slot_frees() {
        let mut shown = Shown::new(VisibleLimits { online: 2, offline: 0 });
        shown.fill((1..=4).map(|n| (id(n), waits(100 - i64::try_from(n).unwrap()))).collect());
        assert!([1, 2].iter().all(|n| shown.hides(id(*n))) && [3, 4].iter().all(|n| !shown.hides(id(*n))));
        assert_eq!((shown.hidden(), shown.next()), ((2, 0), vec![]));
        shown.note(id(4), true, None);
        assert_eq!(shown.next(), [id(2)]);
        shown.note(id(2), false, Some(waits(98)));
        assert_eq!((shown.hidden(), shown.next()), ((1, 0), vec![]));
        let before = shown.clone();
        shown.note(id(3), true, None);
        shown.pass_over(id(1));
        assert!(shown.next().is_empty() && shown.hides(id(1)), "its entry is coming, and it is told then");
        shown.note(id(1), false, Some(waits(99)));
        assert!(!shown.hides(id(1)) && shown.hidden() == (0, 0));
        let mut shown = before;
        let offline = Waiting { line: Line::OfflineRequests, since: Stamp(1) };
        shown.note(id(9), false, Some(offline));
        assert!(shown.hides(id(9)), "another limit, which is 0");
        shown.note(id(3), true, Some(Waiting { line: Line::OfflineRequests, ..waits(97) }));
        assert!(!shown.hides(id(3)), "who is shown stays shown");
        assert_eq!(shown.next(), [id(1)], "and has left a slot");
        shown.limit(VisibleLimits { online: 0, offline: 0 });
        assert!(shown.next().is_empty() && !shown.hides(id(2)));
        shown.limit(VisibleLimits { online: 9, offline: 9 });
        assert_eq!(shown.next(), [id(1), id(9)]);
    }

    #[test]
    fn s_h11_a_flood_takes_no_place_of_anybody_who_waits() {
        let suspicious = |since| Waiting { line: Line::Suspicious, ..waits(since) };
        let mut shown = Shown::new(VisibleLimits { online: 1, offline: 2 });
        shown.fill((1..=5).map(|n| (id(n), suspicious(1))).collect());
        assert_eq!(shown.hidden(), (0, 0), "nobody waits");
        assert!(shown.hides(id(3)) && !shown.hides(id(2)));
        shown.note(id(6), false, Some(waits(9)));
        shown.note(id(7), false, Some(Waiting { line: Line::OfflineRequests, ..waits(9) }));
        assert!(!shown.hides(id(6)) && !shown.hides(id(7)));
        shown.note(id(1), true, None);
        assert_eq!(shown.next(), [id(3)]);
        shown.note(id(4), false, Some(waits(1)));
        assert_eq!(shown.hidden(), (1, 0), "one that has been looked at waits like all others");
    }
}
