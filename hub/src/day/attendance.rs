//! Which operators have a workplace open at this process, and when they last did something.
//!
//! What several processes have to agree on is written down in the store from time to time ([`crate::store::Attendance`]);
//! of its own workplaces a process knows without reading.

use otklik_model::{OperatorId, Stamp};
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// An operator who is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Here {
    workplaces: u32,
    active_at: Stamp,
}

/// The operators who are here.
#[derive(Debug, Default)]
pub struct Attending(Mutex<BTreeMap<OperatorId, Here>>);

impl Attending {
    /// Another workplace of an operator is open. Whoever opens it does something.
    pub fn come(&self, operator: OperatorId, now: Stamp) {
        let mut here = self.0.lock();
        let found = here.entry(operator).or_insert(Here { workplaces: 0, active_at: now });
        found.workplaces += 1;
        found.active_at = found.active_at.max(now);
    }

    /// When an operator was last active, if a workplace that closes is his last here.
    pub fn leaves(&self, operator: OperatorId) -> Option<Stamp> {
        self.0.lock().get(&operator).filter(|here| here.workplaces == 1).map(|here| here.active_at)
    }

    /// One is closed. Returns whether the operator is still here.
    pub fn go(&self, operator: OperatorId) -> bool {
        let mut here = self.0.lock();
        let Some(found) = here.get_mut(&operator) else { return false };
        found.workplaces -= 1;
        let stays = found.workplaces > 0;
        if !stays {
            here.remove(&operator);
        }
        stays
    }

    /// An operator does something.
    pub fn stir(&self, operator: OperatorId, now: Stamp) {
        if let Some(found) = self.0.lock().get_mut(&operator) {
            found.active_at = found.active_at.max(now);
        }
    }

    /// When an operator who is here was last active.
    pub fn active_at(&self, operator: OperatorId) -> Option<Stamp> {
        self.0.lock().get(&operator).map(|here| here.active_at)
    }

    /// Everybody who is here, and when each was last active.
    pub fn all(&self) -> Vec<(OperatorId, Stamp)> {
        self.0.lock().iter().map(|(operator, here)| (*operator, here.active_at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn of_several_workplaces_the_last_one_counts() {
        let (attending, ira) = (Attending::default(), OperatorId(Uuid::from_u128(1)));
        attending.come(ira, Stamp(10));
        attending.come(ira, Stamp(20));
        attending.stir(ira, Stamp(15));
        assert_eq!((attending.leaves(ira), attending.go(ira)), (None, true));
        attending.stir(ira, Stamp(30));
        assert_eq!((attending.leaves(ira), attending.go(ira)), (Some(Stamp(30)), false));
        assert_eq!((attending.leaves(ira), attending.go(ira), attending.all()), (None, false, Vec::new()));
    }
}
