//! What the hub counts, and how Prometheus reads it. Nothing here knows who or what was said.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Upper ends of the classes of commit times, in microseconds.
const CLASSES: [u64; 8] = [500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000];

/// Counters and gauges of one hub process.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Workplaces connected now.
    pub operators: AtomicI64,
    /// Customers' connections now, of both kinds.
    pub customers: AtomicI64,
    /// Entries of the log passed on.
    pub entries: AtomicU64,
    /// Changes queued for workplaces.
    pub changes: AtomicU64,
    /// Commands that were done.
    pub done: AtomicU64,
    /// Commands that were refused.
    pub refused: AtomicU64,
    /// Commands put off.
    pub put_off: AtomicU64,
    /// Messages of customers stored.
    pub customer_messages: AtomicU64,
    /// Conversations that did not begin because as many waited as may.
    pub queue_full: AtomicU64,
    /// Connections closed because their reader was too slow.
    pub too_slow: AtomicU64,
    /// Failed attempts to sign in.
    pub failed_logins: AtomicU64,
    /// Hashes computed to check a password: one for each attempt, whatever comes of it.
    pub password_checks: AtomicU64,
    /// Attempts to sign in that had to wait for too many failed ones: what an alarm goes by.
    pub logins_put_off: AtomicU64,
    /// Sessions that ended because a token was used that had been replaced: somebody has a copy.
    pub stolen_tokens: AtomicU64,
    /// Dialogs that wait in the queue and call for somebody, as last counted: what an alarm goes by.
    pub waiting: AtomicI64,
    /// Those that wait and are one of a flood, which calls nobody.
    pub suspicious: AtomicI64,
    commits: [AtomicU64; CLASSES.len() + 1],
    commit_micros: AtomicU64,
}

impl Metrics {
    /// Counts one transaction.
    pub fn commit_took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let class = CLASSES.iter().position(|end| micros <= *end).unwrap_or(CLASSES.len());
        self.commits[class].fetch_add(1, Relaxed);
        self.commit_micros.fetch_add(micros, Relaxed);
    }

    /// The text of `/metrics`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(2048);
        let mut row = |name: &str, kind: &str, value: String| {
            // Writing into a string cannot fail.
            let _ = write!(out, "# TYPE otklik_hub_{name} {kind}\notklik_hub_{name} {value}\n");
        };
        row("operators_connected", "gauge", self.operators.load(Relaxed).to_string());
        row("customers_connected", "gauge", self.customers.load(Relaxed).to_string());
        row("dialogs_waiting", "gauge", self.waiting.load(Relaxed).to_string());
        row("dialogs_suspicious", "gauge", self.suspicious.load(Relaxed).to_string());
        row("entries_total", "counter", self.entries.load(Relaxed).to_string());
        row("changes_total", "counter", self.changes.load(Relaxed).to_string());
        row("customer_messages_total", "counter", self.customer_messages.load(Relaxed).to_string());
        row("queue_full_total", "counter", self.queue_full.load(Relaxed).to_string());
        row("too_slow_total", "counter", self.too_slow.load(Relaxed).to_string());
        row("failed_logins_total", "counter", self.failed_logins.load(Relaxed).to_string());
        row("password_checks_total", "counter", self.password_checks.load(Relaxed).to_string());
        row("logins_put_off_total", "counter", self.logins_put_off.load(Relaxed).to_string());
        row("stolen_tokens_total", "counter", self.stolen_tokens.load(Relaxed).to_string());
        out.push_str("# TYPE otklik_hub_commands_total counter\n");
        for (outcome, count) in [("done", &self.done), ("refused", &self.refused), ("put_off", &self.put_off)] {
            let _ = writeln!(out, "otklik_hub_commands_total{{outcome=\"{outcome}\"}} {}", count.load(Relaxed));
        }
        self.commit_times(&mut out);
        out
    }

    fn commit_times(&self, out: &mut String) {
        out.push_str("# TYPE otklik_hub_commit_seconds histogram\n");
        let mut total = 0;
        for (class, count) in self.commits.iter().enumerate() {
            total += count.load(Relaxed);
            let end = CLASSES.get(class).map_or_else(|| "+Inf".to_owned(), |end| seconds(*end));
            let _ = writeln!(out, "otklik_hub_commit_seconds_bucket{{le=\"{end}\"}} {total}");
        }
        let sum = seconds(self.commit_micros.load(Relaxed));
        let _ = writeln!(out, "otklik_hub_commit_seconds_sum {sum}\notklik_hub_commit_seconds_count {total}");
    }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_counts_each_class_with_those_below_it() {
        let metrics = Metrics::default();
        metrics.done.fetch_add(3, Relaxed);
        for micros in [400, 900, 2_000_000] {
            metrics.commit_took(Duration::from_micros(micros));
        }
        let text = metrics.text();
        for line in [
            "otklik_hub_commands_total{outcome=\"done\"} 3",
            "otklik_hub_commit_seconds_bucket{le=\"0.000500\"} 1",
            "otklik_hub_commit_seconds_bucket{le=\"0.001000\"} 2",
            "otklik_hub_commit_seconds_bucket{le=\"1.000000\"} 2",
            "otklik_hub_commit_seconds_bucket{le=\"+Inf\"} 3",
            "otklik_hub_commit_seconds_sum 2.001300",
            "otklik_hub_commit_seconds_count 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }
}
