//! The session's only source of chance: a seeded generator for ids and for the jitter of pauses.
//!
//! SplitMix64: small, even, and good enough for telling ids apart. Nothing secret is drawn from it.

use otklik_model::{ClientId, Stamp};

/// A seeded generator.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    state: u64,
}

impl Chance {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number from 0 to `max`, both included.
    pub(crate) fn up_to(&mut self, max: u64) -> u64 {
        match max.checked_add(1) {
            Some(count) => self.next() % count,
            None => self.next(),
        }
    }

    /// A new client id that sorts by the time it was made.
    pub(crate) fn client_id(&mut self, at: Stamp) -> ClientId {
        let (high, low) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        let mut random = [0; 10];
        random[..8].copy_from_slice(&high);
        random[8..].copy_from_slice(&low[..2]);
        ClientId::from_parts(u64::try_from(at.0).unwrap_or(0), random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_others() {
        let at = Stamp(1_700_000_000_000);
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (0..100).map(|_| chance.client_id(at)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        let both: BTreeSet<_> = draw(1).into_iter().chain(draw(2)).collect();
        assert_eq!(both.len(), 200, "ids of two seeds must not meet");
    }

    #[test]
    fn jitter_covers_its_range_and_stays_in_it() {
        let mut chance = Chance::new(7);
        let drawn: BTreeSet<u64> = (0..200).map(|_| chance.up_to(3)).collect();
        assert_eq!(drawn, BTreeSet::from([0, 1, 2, 3]));
        assert_eq!(chance.up_to(0), 0);
        chance.up_to(u64::MAX);
    }
}
