//! Which messages were alerted about in the last day: one alert per message, over restarts.

use crate::OwnWrite;
use otklik_model::{MessageId, Now, Stamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long an alert is remembered.
const KEEP_MS: i64 = 24 * 60 * 60 * 1_000;
/// No more than this is remembered, whatever the hub sends.
const KEEP_MAX: usize = 50_000;

/// The messages alerted about.
#[derive(Debug)]
pub(super) struct Memory {
    at: BTreeMap<MessageId, Stamp>,
    by_age: BTreeSet<(Stamp, MessageId)>,
    writes: Vec<OwnWrite>,
}

impl Memory {
    /// Starts from what the disk remembers.
    pub(super) fn new(alerted: Vec<(MessageId, Stamp)>) -> Self {
        let at: BTreeMap<_, _> = alerted.into_iter().collect();
        let by_age = at.iter().map(|(id, at)| (*at, *id)).collect();
        Self { at, by_age, writes: Vec::new() }
    }

    /// Whether this message was not alerted about; from now on it was.
    pub(super) fn is_new(&mut self, id: MessageId, now: Now) -> bool {
        if self.at.contains_key(&id) {
            return false;
        }
        self.at.insert(id, now.stamp);
        self.by_age.insert((now.stamp, id));
        self.writes.push(OwnWrite::Alerted(id, now.stamp));
        self.forget_old(now);
        true
    }

    fn forget_old(&mut self, now: Now) {
        let horizon = Stamp(now.stamp.0.saturating_sub(KEEP_MS));
        let mut forgotten = None;
        while let Some((at, id)) = self.by_age.first().copied() {
            if at >= horizon && self.by_age.len() <= KEEP_MAX {
                break;
            }
            self.by_age.remove(&(at, id));
            self.at.remove(&id);
            forgotten = Some(Stamp(at.0.saturating_add(1)).min(now.stamp));
        }
        self.writes.extend(forgotten.map(OwnWrite::ForgetAlerts));
    }

    /// What has to be written down.
    pub(super) fn take_writes(&mut self) -> Vec<OwnWrite> {
        std::mem::take(&mut self.writes)
    }
}
