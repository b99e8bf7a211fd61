//! Which messages of one dialog are in the cache: missing history is data.
//!
//! The newest unbroken block is durable ([`Held`]); the block below it is remembered in memory only, so that a
//! filled gap joins both instead of fetching the lower one again. Knows numbers, no messages.

use crate::Held;

/// The newest blocks of a dialog's messages in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Blocks {
    /// The newest one.
    pub(crate) newest: Held,
    /// The one below it, if it is known.
    below: Option<Held>,
}

impl Blocks {
    /// Starts from what the cache says.
    pub(crate) fn new(held: Held) -> Self {
        // A block that makes no sense (a cache written by another version) counts as nothing held.
        let sound = held.from >= 1 && held.from <= held.upto;
        Self { newest: if sound { held } else { Held::default() }, below: None }
    }

    /// Whether nothing is held.
    fn is_empty(&self) -> bool {
        self.newest.upto == 0
    }

    /// Adds an unbroken run of messages.
    pub(crate) fn add(&mut self, run: Held) {
        if run.from == 0 || run.from > run.upto {
            return;
        }
        if self.is_empty() {
            self.newest = run;
        } else if touch(self.newest, run) {
            self.newest = union(self.newest, run);
        } else if run.from > self.newest.upto {
            self.below = Some(self.newest);
            self.newest = run;
        } else {
            self.below = match self.below {
                Some(below) if touch(below, run) => Some(union(below, run)),
                Some(below) if below.upto > run.upto => Some(below),
                Some(_) | None => Some(run),
            };
        }
        if let Some(below) = self.below
            && touch(below, self.newest)
        {
            self.newest = union(below, self.newest);
            self.below = None;
        }
    }

    /// The newest stretch that is missing, both ends included, in a dialog whose newest message is `last`.
    pub(crate) fn missing(&self, last: u32) -> Option<(u32, u32)> {
        if last > self.newest.upto {
            return Some((self.newest.upto.saturating_add(1), last));
        }
        if self.newest.from <= 1 {
            return None;
        }
        let from = self.below.map_or(1, |below| below.upto.saturating_add(1));
        Some((from, self.newest.from.saturating_sub(1)))
    }

    /// Whether a message with this number continues the newest block.
    pub(crate) fn continues(&self, seq: u32) -> bool {
        seq == self.newest.upto.saturating_add(1)
    }
}

/// Whether two runs overlap or stand side by side.
fn touch(one: Held, other: Held) -> bool {
    one.from <= other.upto.saturating_add(1) && other.from <= one.upto.saturating_add(1)
}

/// One run over both.
fn union(one: Held, other: Held) -> Held {
    Held { from: one.from.min(other.from), upto: one.upto.max(other.upto) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn run(from: u32, upto: u32) -> Held {
        Held { from, upto }
    }

    #[test]
    fn a_gap_is_filled_downwards_and_joins_the_block_below() {
        let mut blocks = Blocks::new(run(1, 10));
        assert_eq!(blocks.missing(10), None);
        assert_eq!(blocks.missing(15), Some((11, 15)), "the hub has five more");
        blocks.add(run(16, 16));
        assert_eq!(blocks.missing(16), Some((11, 15)), "a message beyond the gap does not hide it");
        blocks.add(run(13, 15));
        assert_eq!((blocks.newest, blocks.missing(16)), (run(13, 16), Some((11, 12))));
        blocks.add(run(11, 12));
        assert_eq!((blocks.newest, blocks.missing(16)), (run(1, 16), None), "joined, nothing fetched twice");
    }

    #[test]
    fn nonsense_is_held_as_nothing() {
        for held in [run(0, 0), run(0, 7), run(9, 3)] {
            assert_eq!(Blocks::new(held).newest, Held::default());
            let mut blocks = Blocks::default();
            blocks.add(held);
            assert_eq!(blocks.newest, Held::default());
        }
        let mut blocks = Blocks::default();
        blocks.add(run(u32::MAX, u32::MAX));
        assert_eq!(blocks.missing(u32::MAX), Some((1, u32::MAX - 1)));
    }

    proptest! {
        #[test]
        fn what_is_said_to_be_held_was_added(runs in prop::collection::vec((1_u32..40, 0_u32..6), 1..20)) {
            let mut blocks = Blocks::default();
            let mut added = BTreeSet::new();
            for (from, more) in runs {
                blocks.add(run(from, from + more));
                added.extend(from..=from + more);
                prop_assert!((blocks.newest.from..=blocks.newest.upto).all(|seq| added.contains(&seq)));
                prop_assert_eq!(Some(&blocks.newest.upto), added.last());
            }
            // Fetching whatever is missing ends, and then everything is held.
            let last = blocks.newest.upto;
            for _ in 0..=last {
                let Some((from, upto)) = blocks.missing(last) else { break };
                prop_assert!(from <= upto && upto <= last);
                blocks.add(run(upto.max(from), upto));
            }
            prop_assert_eq!(blocks.missing(last), None);
        }
    }
}
