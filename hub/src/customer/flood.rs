//! New dialogs of one address of the network that nobody has answered: from how many on the next ones are suspicious.
//!
//! Knows addresses and dialogs by ids only, and only those of this process: an address is kept nowhere. Forgets a dialog
//! when somebody has answered it, or when its time is over.

use super::crowd::Address;
use crate::centre::FloodRules;
use otklik_model::{DialogId, Stamp};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};

/// Whoever is remembered is looked through when there are so many.
const MANY: usize = 1_024;

/// What has begun of late, and nobody has answered.
#[derive(Debug, Default)]
pub struct Floods(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    /// Ids grow with time: the oldest of an address comes first.
    of: HashMap<Address, BTreeMap<DialogId, Begun>>,
    from: HashMap<DialogId, Address>,
    /// How many there may be before those are forgotten whose time is over.
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct Begun {
    at: Stamp,
    suspicious: bool,
}

impl Floods {
    /// Whether a new dialog from here would be suspicious now.
    #[must_use]
    pub fn is_flooding(&self, from: Option<Address>, rules: FloodRules, now: Stamp) -> bool {
        from.is_some_and(|from| self.0.lock().is_flooding(from, rules, now))
    }

    /// Takes note of a new dialog, and tells whether it is suspicious: the same each time it is asked about.
    #[must_use]
    pub fn begins(&self, dialog: DialogId, from: Option<Address>, rules: FloodRules, now: Stamp) -> bool {
        let Some(from) = from.filter(|_| rules.unanswered > 0) else { return false };
        let inside = &mut *self.0.lock();
        if let Some(known) = inside.of.get(&from).and_then(|begun| begun.get(&dialog)) {
            return known.suspicious;
        }
        if inside.from.len() >= inside.most {
            inside.of.keys().copied().collect::<Vec<_>>().into_iter().for_each(|from| inside.prune(from, rules, now));
            inside.most = MANY.max(2 * inside.from.len());
        }
        let suspicious = inside.is_flooding(from, rules, now);
        inside.of.entry(from).or_default().insert(dialog, Begun { at: now, suspicious });
        inside.from.insert(dialog, from);
        suspicious
    }

    /// It does not count any more: somebody has answered it, or it was not begun after all.
    pub fn forget(&self, dialog: DialogId) {
        self.0.lock().forget(dialog);
    }
}

impl Inside {
    fn is_flooding(&mut self, from: Address, rules: FloodRules, now: Stamp) -> bool {
        if rules.unanswered == 0 {
            return false;
        }
        self.prune(from, rules, now);
        self.of.get(&from).is_some_and(|begun| begun.len() >= rules.unanswered as usize)
    }

    /// Those whose time is over.
    fn prune(&mut self, from: Address, rules: FloodRules, now: Stamp) {
        let over = |begun: &Begun| now.0.saturating_sub(begun.at.0) >= i64::from(rules.within_s) * 1_000;
        let oldest = |of: &HashMap<Address, BTreeMap<DialogId, Begun>>| {
            let (dialog, begun) = of.get(&from)?.first_key_value()?;
            over(begun).then_some(*dialog)
        };
        while let Some(dialog) = oldest(&self.of) {
            self.forget(dialog);
        }
    }

    fn forget(&mut self, dialog: DialogId) {
        let Some(from) = self.from.remove(&dialog) else { return };
        let Some(begun) = self.of.get_mut(&from) else { return };
        begun.remove(&dialog);
        if begun.is_empty() {
            self.of.remove(&from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const RULES: FloodRules = FloodRules { unanswered: 2, within_s: 60 };

    fn dialog(number: u128) -> DialogId {
        DialogId(Uuid::from_u128(number))
    }

    fn from(number: u128) -> Option<Address> {
        Some(Uuid::from_u128(number))
    }

    fn begin(floods: &Floods, number: u128, of: u128, at_s: i64) -> bool {
        floods.begins(dialog(number), from(of), RULES, Stamp(at_s * 1_000))
    }

    #[test]
    fn s_h11_what_begins_beyond_the_bound_is_suspicious_until_the_time_is_over_or_somebody_answers() {
        let floods = Floods::default();
        let seen = |number, at: i64| floods.is_flooding(from(number), RULES, Stamp(at * 1_000));
        assert_eq!([1, 2, 3].map(|number| begin(&floods, number, 1, 0)), [false, false, true]);
        assert!(seen(1, 1) && !seen(2, 1), "another address is another one");
        assert!(!begin(&floods, 4, 2, 1));
        // Of those that were let in one was answered: three less one are still two.
        floods.forget(dialog(1));
        assert!(begin(&floods, 5, 1, 30), "what is suspicious counts itself");
        floods.forget(dialog(2));
        floods.forget(dialog(3));
        assert!(!seen(1, 31) && !begin(&floods, 6, 1, 31), "two were answered");
        assert!(begin(&floods, 7, 1, 32));
        // The fifth began at 30, the sixth at 31, the seventh at 32.
        assert!(seen(1, 90), "two are left");
        assert!(!seen(1, 91), "one is");
    }

    #[test]
    fn s_h11_a_dialog_that_is_asked_about_again_is_what_it_was_and_counts_once() {
        let floods = Floods::default();
        assert_eq!([1, 1, 1].map(|number| begin(&floods, number, 1, 0)), [false; 3]);
        assert_eq!([2, 3, 2, 3].map(|number| begin(&floods, number, 1, 0)), [false, true, false, true]);
        floods.forget(dialog(1));
        floods.forget(dialog(2));
        assert!(begin(&floods, 3, 1, 1), "whatever has become of the others");
        floods.forget(dialog(9));
    }

    #[test]
    fn s_h11_without_an_address_or_a_bound_nothing_is_suspicious() {
        let floods = Floods::default();
        let off = FloodRules { unanswered: 0, ..RULES };
        for number in 0..100 {
            assert!(!floods.begins(dialog(number), None, RULES, Stamp(0)), "the machine's own");
            assert!(!floods.begins(dialog(number), from(1), off, Stamp(0)), "switched off");
        }
        assert!(floods.0.lock().from.is_empty(), "and nobody is remembered for it");
    }

    #[test]
    fn s_h11_whose_time_is_over_is_forgotten() {
        let floods = Floods::default();
        for number in 0..MANY as u128 {
            assert!(!begin(&floods, number, number, 0));
        }
        assert!(!begin(&floods, u128::MAX, 0, 60));
        let inside = floods.0.lock();
        assert_eq!((inside.from.len(), inside.of.len()), (1, 1));
    }
}
