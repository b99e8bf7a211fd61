//! One file's disk: when a commit becomes durable, when that is told, and whether it refuses.

use otklik_core::DiskFault;
use otklik_model::Tick;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// The state of one file's disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk {
    fault: Option<(DiskFault, Tick)>,
    slow: Option<(u64, Tick)>,
    /// Commits are carried out in order.
    durable_at: Tick,
    /// And told in order.
    told_at: Tick,
}

impl Disk {
    /// It refuses until then.
    pub fn fail(&mut self, fault: DiskFault, until: Tick) {
        self.fault = Some((fault, until));
    }

    /// It takes so much longer until then.
    pub fn slow_down(&mut self, by_ms: u64, until: Tick) {
        self.slow = Some((by_ms, until));
    }

    /// Everything works again.
    pub fn heal(&mut self) {
        self.fault = None;
        self.slow = None;
    }

    /// Why it refuses now, if it does.
    #[must_use]
    pub fn fault(&self, now: Tick) -> Option<DiskFault> {
        self.fault.filter(|(_, until)| now < *until).map(|(fault, _)| fault)
    }

    /// When a commit that is asked for now will be carried out, and when that will be told.
    pub fn schedule(&mut self, now: Tick, rng: &mut ChaCha8Rng) -> (Tick, Tick) {
        let slow = self.slow.filter(|(_, until)| now < *until).map_or(0, |(by, _)| by);
        self.durable_at = self.durable_at.max(now.plus(rng.random_range(0..3) + slow));
        self.told_at = self.told_at.max(self.durable_at.plus(rng.random_range(0..3)));
        (self.durable_at, self.told_at)
    }
}
