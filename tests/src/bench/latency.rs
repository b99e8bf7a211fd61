//! Many timings of one thing, and what is said of them.

use super::Figures;
use std::time::{Duration, Instant};

/// Timings in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Latency {
    ms: Vec<f64>,
    /// Processor time of all of them, where the system tells it: what a busy machine does not stretch.
    work: Option<Duration>,
}

impl Latency {
    /// Times `work` `runs` times after a tenth of them as warm-up.
    pub(super) fn of<E>(runs: usize, mut work: impl FnMut(usize) -> Result<(), E>) -> Result<Self, E> {
        for run in 0..runs / 10 {
            work(run)?;
        }
        let mut latency = Self::default();
        let before = own_work();
        for run in 0..runs {
            let start = Instant::now();
            work(run)?;
            latency.add(start.elapsed());
        }
        latency.work = before.zip(own_work()).map(|(before, after)| after.saturating_sub(before));
        Ok(latency)
    }

    pub(super) fn add(&mut self, time: Duration) {
        self.ms.push(time.as_secs_f64() * 1000.0);
    }

    /// Takes in somebody else's timings.
    pub(super) fn join(&mut self, other: Self) {
        self.ms.extend(other.ms);
    }

    /// How many.
    #[expect(clippy::cast_precision_loss, reason = "a count for reading")]
    pub(super) fn count(&self) -> f64 {
        self.ms.len() as f64
    }

    /// The value below which this share of the timings lies.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.ms.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let at = (share * (sorted.len().saturating_sub(1)) as f64).round() as usize;
        sorted.get(at).copied().unwrap_or(0.0)
    }

    /// Reports the median alone.
    pub(super) fn say_median(&self, name: &str, floor: Option<&Self>, figures: &mut Figures) {
        match floor {
            Some(floor) => figures.say_with_floor(name, self.quantile(0.5), "ms", floor.quantile(0.5)),
            None => figures.say(name, self.quantile(0.5), "ms"),
        }
    }

    /// Reports median, 95th and 99th percentile and maximum, beside a floor if there is one, and the processor time.
    pub(super) fn say(&self, name: &str, floor: Option<&Self>, figures: &mut Figures) {
        for (part, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)] {
            let name = format!("{name}_{part}");
            match floor {
                Some(floor) => figures.say_with_floor(&name, self.quantile(share), "ms", floor.quantile(share)),
                None => figures.say(&name, self.quantile(share), "ms"),
            }
        }
        if let Some(work) = self.work {
            figures.say(&format!("{name}_processor_mean"), work.as_secs_f64() * 1000.0 / self.count().max(1.0), "ms");
        }
    }
}

/// Processor time of this thread so far.
pub(super) fn own_work() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Processor time of all threads of this process so far, as far as they still run.
pub(super) fn all_work() -> Option<Duration> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?.filter_map(Result::ok);
    let stats = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("schedstat")).ok());
    let nanos = stats.filter_map(|stat| stat.split(' ').next()?.parse::<u64>().ok()).sum();
    Some(Duration::from_nanos(nanos))
}
