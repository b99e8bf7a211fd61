//! Who comes when. Knows the order and the number of customers, not what they do.

use crate::customer::Customer;
use crate::{Pace, Script};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The first few come soon after one another, so that there is something to see; later ones take their time.
const LIVELY: usize = 3;

/// Somebody about to come.
#[derive(Debug, PartialEq)]
pub(crate) struct Arrival {
    /// After the one before, at a human pace.
    pub after: Duration,
    /// What is going to be said.
    pub script: Script,
    /// For the customer's own chances.
    pub seed: u64,
}

/// Endless arrivals: every script once in some order, then again in another.
pub(crate) struct Arrivals {
    scripts: Vec<Script>,
    left: Vec<usize>,
    come: usize,
    chance: ChaCha8Rng,
}

impl Arrivals {
    pub(crate) fn new(scripts: Vec<Script>, seed: u64) -> Self {
        Self { scripts, left: Vec::new(), come: 0, chance: ChaCha8Rng::seed_from_u64(seed) }
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    /// `None` only if there are no scripts.
    fn next(&mut self) -> Option<Arrival> {
        if self.left.is_empty() {
            self.left = (0..self.scripts.len()).collect();
            self.left.shuffle(&mut self.chance);
        }
        let script = self.scripts.get(self.left.pop()?)?.clone();
        let (least, most) = if self.come < LIVELY { (1_000, 8_000) } else { (25_000, 70_000) };
        self.come += 1;
        let after = Duration::from_millis(self.chance.random_range(least..most));
        Some(Arrival { after, script, seed: self.chance.random() })
    }
}

/// Lets customers come until `stop`, and waits until the last has left.
pub(crate) async fn come(socket: Url, scripts: Vec<Script>, pace: Pace, stop: CancellationToken) {
    let mut present = JoinSet::new();
    for arrival in Arrivals::new(scripts, pace.seed) {
        let gap = tokio::time::sleep(pace.of(arrival.after));
        tokio::select! {
            () = stop.cancelled() => break,
            () = gap => {}
        }
        while present.len() >= pace.most_at_once {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = present.join_next() => {}
            }
        }
        if stop.is_cancelled() {
            break;
        }
        let name = arrival.script.name.clone();
        let customer = Customer::new(arrival.script, socket.clone(), pace, arrival.seed, stop.clone());
        present.spawn(async move {
            tracing::debug!(script = name, "a customer comes");
            let ending = customer.visit().await;
            tracing::debug!(script = name, ?ending, "a customer leaves");
        });
    }
    while present.join_next().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::library;
    use std::collections::BTreeSet;

    fn first(count: usize, seed: u64) -> Vec<Arrival> {
        Arrivals::new(library().unwrap(), seed).take(count).collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_customers() {
        assert_eq!(first(100, 7), first(100, 7));
        assert_ne!(first(100, 7), first(100, 8));
    }

    #[test]
    fn everybody_comes_before_anybody_comes_again() {
        let all = library().unwrap().len();
        for seed in 0..50 {
            let names: BTreeSet<_> = first(all, seed).into_iter().map(|arrival| arrival.script.name).collect();
            assert_eq!(names.len(), all);
        }
    }

    #[test]
    fn three_come_within_half_a_minute_and_then_one_or_two_a_minute() {
        for seed in 0..50 {
            let arrivals = first(20, seed);
            let early: Duration = arrivals.iter().take(LIVELY).map(|arrival| arrival.after).sum();
            assert!(early < Duration::from_secs(30));
            assert!(arrivals.iter().skip(LIVELY).all(|arrival| arrival.after >= Duration::from_secs(25)));
        }
    }
}
