//! A token bucket: so many at once, so many a second.

use std::time::Instant;

/// A rate: `burst` at once, refilled by `per_second`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// How many a second, in the long run.
    pub per_second: f64,
}

/// A token bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    rate: Rate,
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: f64::from(rate.burst), filled_at: now }
    }

    /// Takes one, if there is one.
    pub fn take(&mut self, now: Instant) -> bool {
        self.take_many(1, now)
    }

    /// Takes so many, if there are as many; none otherwise.
    pub fn take_many(&mut self, count: u32, now: Instant) -> bool {
        self.fill(now);
        let there = self.tokens >= f64::from(count);
        if there {
            self.tokens -= f64::from(count);
        }
        there
    }

    /// Whether nothing is missing.
    pub fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.tokens >= f64::from(self.rate.burst)
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate.per_second).min(f64::from(self.rate.burst));
        self.filled_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(Rate { burst: 3, per_second: 2.0 }, start);
        let taken = |bucket: &mut Bucket, ms| bucket.take(start + Duration::from_millis(ms));
        assert_eq!([0, 0, 0, 0].map(|ms| taken(&mut bucket, ms)), [true, true, true, false]);
        assert_eq!([499, 501, 502].map(|ms| taken(&mut bucket, ms)), [false, true, false]);
        assert_eq!([60_000; 4].map(|ms| taken(&mut bucket, ms)), [true, true, true, false]);
        // A clock that goes back gives nothing and takes nothing.
        assert!(!taken(&mut bucket, 0));
    }
}
