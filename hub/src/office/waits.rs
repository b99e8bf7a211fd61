//! How many dialogs wait in each department, as the log tells it, with those that are about to begin here.

use crate::desk::waits_in;
use otklik_model::{DepartmentKey, Dialog, DialogId};
use std::collections::BTreeMap;

/// A department, or none.
type Of = Option<DepartmentKey>;

/// What waits.
#[derive(Debug, Default)]
pub struct Waits {
    dialogs: BTreeMap<DialogId, Of>,
    /// Decided here and not heard of yet.
    coming: BTreeMap<DialogId, Of>,
    counts: BTreeMap<Of, u32>,
}

impl Waits {
    /// Learns how a dialog stands. What was coming has come, or has become something else.
    pub fn learn(&mut self, row: &Dialog) {
        self.forget(row.id);
        let now = waits_in(row).map(<Option<&DepartmentKey>>::cloned);
        let before = self.dialogs.get(&row.id);
        if before == now.as_ref() {
            return;
        }
        let before = match now.clone() {
            Some(of) => self.dialogs.insert(row.id, of),
            None => self.dialogs.remove(&row.id),
        };
        self.count(before, false);
        self.count(now, true);
    }

    /// A dialog is about to begin: it counts from here on, so that whoever decides next knows of it.
    pub fn expect(&mut self, dialog: DialogId, of: Of) {
        self.forget(dialog);
        self.coming.insert(dialog, of.clone());
        self.count(Some(of), true);
    }

    /// It does not begin, or it was heard of: it does not count twice.
    pub fn forget(&mut self, dialog: DialogId) {
        let of = self.coming.remove(&dialog);
        self.count(of, false);
    }

    /// How many wait in a department.
    #[must_use]
    pub fn of(&self, department: Option<&DepartmentKey>) -> u32 {
        self.counts.get(&department.cloned()).copied().unwrap_or_default()
    }

    /// Where anything waits, and how much.
    pub fn all(&self) -> impl Iterator<Item = (Option<&DepartmentKey>, u32)> {
        self.counts.iter().map(|(of, count)| (of.as_ref(), *count))
    }

    fn count(&mut self, of: Option<Of>, more: bool) {
        let Some(of) = of else { return };
        let count = self.counts.entry(of.clone()).or_default();
        *count = if more { count.saturating_add(1) } else { count.saturating_sub(1) };
        if *count == 0 {
            self.counts.remove(&of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::{ChannelId, Customer, CustomerId, DialogState, Particulars, Stamp};
    use uuid::Uuid;

    fn row(id: u128, state: DialogState, department: Option<&str>) -> Dialog {
        let customer = Customer {
            id: CustomerId(Uuid::nil()),
            name: "Customer 1".into(),
            number: 1,
            named: false,
            email: None,
            phone: None,
            language: None,
            particulars: Particulars::default(),
        };
        let row = Dialog::new(DialogId(Uuid::from_u128(id)), ChannelId(Uuid::nil()), customer, Stamp(0));
        Dialog { state, department: department.map(|key| key.parse().unwrap()), ..row }
    }

    #[test]
    fn counts_follow_the_dialogs_from_department_to_department() {
        use DialogState::{Active, Bot, ClosedSoft, Hold, Queue};
        let [sales, care] = ["sales", "care"].map(|key| key.parse::<DepartmentKey>().unwrap());
        let mut waits = Waits::default();
        for (id, state, department, expected) in [
            (1, Queue, Some("sales"), [1, 0, 0]),
            (1, Queue, Some("sales"), [1, 0, 0]),
            (2, Queue, Some("sales"), [2, 0, 0]),
            (3, Bot, Some("sales"), [2, 0, 0]),
            (3, Queue, Some("sales"), [3, 0, 0]),
            (2, Queue, Some("care"), [2, 1, 0]),
            (1, Active, Some("sales"), [1, 1, 0]),
            (1, Queue, Some("sales"), [2, 1, 0]),
            (1, Hold, Some("sales"), [1, 1, 0]),
            (4, Queue, None, [1, 1, 1]),
            (3, ClosedSoft, Some("sales"), [0, 1, 1]),
            (2, Active, Some("care"), [0, 0, 1]),
            (9, Active, Some("care"), [0, 0, 1]),
        ] {
            waits.learn(&row(id, state, department));
            assert_eq!([waits.of(Some(&sales)), waits.of(Some(&care)), waits.of(None)], expected, "{id} {state:?}");
            assert_eq!(
                waits.all().map(|(_, count)| count).sum::<u32>(),
                expected.iter().sum::<u32>(),
                "{id} {state:?}"
            );
        }
    }

    #[test]
    fn what_is_about_to_begin_counts_once() {
        let mut waits = Waits::default();
        let id = |id| DialogId(Uuid::from_u128(id));
        waits.expect(id(1), None);
        waits.expect(id(1), None);
        waits.expect(id(2), None);
        assert_eq!(waits.of(None), 2);
        waits.learn(&row(1, DialogState::Queue, None));
        assert_eq!(waits.of(None), 2, "it came");
        waits.forget(id(1));
        waits.forget(id(2));
        assert_eq!(waits.of(None), 1, "what came stays, what did not is gone");
        waits.expect(id(3), None);
        waits.learn(&row(3, DialogState::Bot, None));
        assert_eq!(waits.of(None), 1, "a bot has it");
    }
}
