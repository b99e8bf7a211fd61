//! How much one person, and one address of the network, may send: against floods.

use crate::bucket::{Bucket, Rate};
use parking_lot::Mutex;
use std::{collections::BTreeMap, time::Instant};
use uuid::Uuid;

/// So many senders are remembered; of more, those who have their full measure again are forgotten.
const SENDERS: usize = 10_000;

#[derive(Debug)]
struct Spent {
    files: Bucket,
    bytes: Bucket,
}

/// Who has sent how much lately, in this process.
pub(super) struct Quota {
    files: Rate,
    bytes: Rate,
    of: Mutex<BTreeMap<Uuid, Spent>>,
}

impl Quota {
    pub(super) fn new(files: Rate, bytes: Rate) -> Self {
        Self { files, bytes, of: Mutex::default() }
    }

    /// Whether all of these senders may send one file more. Taken at once, whatever becomes of it.
    pub(super) fn begin(&self, senders: &[Uuid]) -> bool {
        self.take(senders, |spent, now| spent.files.take(now))
    }

    /// Whether all of these senders may send so many bytes more.
    pub(super) fn spend(&self, senders: &[Uuid], bytes: usize) -> bool {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.take(senders, |spent, now| spent.bytes.take_many(bytes, now))
    }

    fn take(&self, senders: &[Uuid], mut take: impl FnMut(&mut Spent, Instant) -> bool) -> bool {
        let now = Instant::now();
        let mut of = self.of.lock();
        if of.len() >= SENDERS {
            of.retain(|_, spent| !spent.files.is_full(now) || !spent.bytes.is_full(now));
        }
        let new = || Spent { files: Bucket::new(self.files, now), bytes: Bucket::new(self.bytes, now) };
        // Each is charged, also after the first refusal: a flood through one does not spare another.
        let mut all = true;
        for sender in senders {
            all &= take(of.entry(*sender).or_insert_with(new), now);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_stopped_by_number_and_by_size_and_nobody_else_is() {
        let quota = Quota::new(Rate { burst: 2, per_second: 0.001 }, Rate { burst: 1_000, per_second: 0.001 });
        let [maria, pavel, network] = [1, 2, 3].map(Uuid::from_u128);
        assert_eq!([(); 3].map(|()| quota.begin(&[maria])), [true, true, false]);
        assert!(quota.begin(&[pavel]));
        assert_eq!([600, 500, 400, 1].map(|bytes| quota.spend(&[pavel], bytes)), [true, false, true, false]);
        assert!(quota.spend(&[maria], 1_000) && !quota.spend(&[maria], usize::MAX));
        let strangers = [11, 12, 13].map(Uuid::from_u128);
        assert_eq!(strangers.map(|stranger| quota.begin(&[stranger, network])), [true, true, false]);
    }

    #[test]
    fn those_who_are_quiet_again_are_forgotten() {
        let quota = Quota::new(Rate { burst: 1, per_second: 1e9 }, Rate { burst: 1, per_second: 1e9 });
        for sender in 0..2 * SENDERS as u128 {
            assert!(quota.begin(&[Uuid::from_u128(sender)]));
        }
        assert!(quota.of.lock().len() <= SENDERS);
    }
}
