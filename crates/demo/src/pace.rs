//! How fast the customers live. Knows numbers only.

use std::time::Duration;

/// The speed of a demonstration and its seed: with the same seed the same customers come in the same order and type in
/// the same way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// What everything a person does is multiplied by: 1 is life.
    pub time: f64,
    /// What waiting for an operator is multiplied by.
    pub patience: f64,
    /// The least time between two drafts; the protocol allows one a second.
    pub draft_every: Duration,
    /// How many customers are on the site at once, at most.
    pub most_at_once: usize,
    /// Decides everything that looks like chance.
    pub seed: u64,
}

impl Pace {
    /// The speed of people, another crowd each time.
    #[must_use]
    pub fn human() -> Self {
        let draft_every = Duration::from_millis(1_100);
        Self { time: 1.0, patience: 1.0, draft_every, most_at_once: 6, seed: rand::random() }
    }

    /// Two hundred times the speed of people, with all the patience in the world: for tests. A real hub would find it
    /// too fast.
    #[must_use]
    pub fn fast() -> Self {
        let draft_every = Duration::from_millis(5);
        Self { time: 0.005, patience: 1.0, draft_every, most_at_once: 6, seed: 1 }
    }

    /// The same pace with this seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Of something a person does.
    pub(crate) fn of(&self, time: Duration) -> Duration {
        time.mul_f64(self.time)
    }

    /// Of waiting for an operator.
    pub(crate) fn of_waiting(&self, time: Duration) -> Duration {
        time.mul_f64(self.patience)
    }
}
