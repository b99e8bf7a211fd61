//! What happened, as lines for a reader or as one number for a comparison of two runs.

use otklik_model::Tick;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How much of a run is kept.
#[derive(Debug, Default)]
pub enum Trace {
    /// Nothing.
    #[default]
    Silent,
    /// One number.
    Hash(DefaultHasher),
    /// Every line.
    Lines(Vec<String>),
}

impl Trace {
    /// Notes a line; it is only made if somebody wants it.
    pub fn note(&mut self, at: Tick, line: impl FnOnce() -> String) {
        match self {
            Self::Silent => {}
            Self::Hash(hasher) => (at.0, line()).hash(hasher),
            Self::Lines(lines) => lines.push(format!("{:>9} ms  {}", at.0, line())),
        }
    }

    /// The number.
    #[must_use]
    pub fn hash(&self) -> u64 {
        match self {
            Self::Silent | Self::Lines(_) => 0,
            Self::Hash(hasher) => hasher.finish(),
        }
    }
}
