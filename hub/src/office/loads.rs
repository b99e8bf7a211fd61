//! What each operator carries, as the log tells it.

use crate::desk::weighs_on;
use otklik_model::{Dialog, DialogId, DialogState, Load, OperatorId};
use std::collections::BTreeMap;

/// A dialog that weighs on somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Carried {
    by: OperatorId,
    state: DialogState,
    weight: u32,
}

/// What operators carry.
#[derive(Debug, Default)]
pub struct Loads {
    dialogs: BTreeMap<DialogId, Carried>,
    of: BTreeMap<OperatorId, Load>,
    /// Invitations that nobody has answered: they weigh nothing, and are somebody's.
    invitations: BTreeMap<DialogId, OperatorId>,
}

impl Loads {
    /// Learns how a dialog stands. Returns whose load is another now.
    pub fn learn(&mut self, row: &Dialog) -> Vec<OperatorId> {
        match row.assignee.filter(|_| row.state == DialogState::Invitation) {
            Some(by) => self.invitations.insert(row.id, by),
            None => self.invitations.remove(&row.id),
        };
        let weighs = match row.state {
            DialogState::Offered | DialogState::Active | DialogState::Hold => row.assignee,
            DialogState::Routing
            | DialogState::Bot
            | DialogState::Queue
            | DialogState::Invitation
            | DialogState::ClosedSoft
            | DialogState::Closed
            | DialogState::Deleted
            | DialogState::Unknown => None,
        };
        let now =
            weighs.map(|by| Carried { by, state: row.state, weight: weighs_on(row).map_or(0, |(_, weight)| weight) });
        let before = match now {
            Some(now) => self.dialogs.insert(row.id, now),
            None => self.dialogs.remove(&row.id),
        };
        if before == now {
            return Vec::new();
        }
        let mut changed = Vec::new();
        for (carried, sign) in [(before, -1), (now, 1)] {
            if let Some(carried) = carried {
                put(self.of.entry(carried.by).or_default(), carried, sign);
                changed.push(carried.by);
            }
        }
        changed.dedup();
        changed
    }

    /// Whether a dialog weighs on somebody.
    #[must_use]
    pub fn weighs(&self, dialog: DialogId) -> bool {
        self.dialogs.contains_key(&dialog)
    }

    /// Whether an operator has a dialog that is not closed, or is offered one.
    #[must_use]
    pub fn holds_any(&self, operator: OperatorId) -> bool {
        let carries = self.of.get(&operator).is_some_and(|load| load.active + load.offered + load.held > 0);
        carries || self.invitations.values().any(|by| *by == operator)
    }

    /// What an operator carries of the `most` he may.
    #[must_use]
    pub fn of(&self, operator: OperatorId, most: u32) -> Load {
        Load { most, ..self.of.get(&operator).copied().unwrap_or_default() }
    }
}

fn put(load: &mut Load, carried: Carried, sign: i32) {
    let count = match carried.state {
        DialogState::Offered => &mut load.offered,
        DialogState::Hold => &mut load.held,
        DialogState::Active
        | DialogState::Routing
        | DialogState::Bot
        | DialogState::Queue
        | DialogState::Invitation
        | DialogState::ClosedSoft
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => &mut load.active,
    };
    *count = count.saturating_add_signed(sign);
    let weight = i32::try_from(carried.weight).unwrap_or(i32::MAX);
    load.weight = load.weight.saturating_add_signed(sign.saturating_mul(weight));
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::{ChannelId, Customer, CustomerId, Particulars, Stamp};
    use uuid::Uuid;

    #[test]
    fn loads_follow_the_dialogs() {
        let [ira, oleg] = [1, 2].map(|n| OperatorId(Uuid::from_u128(n)));
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
        let row = Dialog::new(DialogId(Uuid::from_u128(9)), ChannelId(Uuid::nil()), customer, Stamp(0));
        let stands = |state, assignee| Dialog { state, assignee, weight: 150, ..row.clone() };
        let mut loads = Loads::default();
        let load = |active, offered, held, weight| Load { active, offered, held, weight, most: 500 };
        use DialogState::{Active, ClosedSoft, Hold, Invitation, Offered, Queue};
        for (state, assignee, changed, of_ira, of_oleg) in [
            (Queue, None, vec![], load(0, 0, 0, 0), load(0, 0, 0, 0)),
            (Offered, Some(ira), vec![ira], load(0, 1, 0, 150), load(0, 0, 0, 0)),
            (Active, Some(ira), vec![ira], load(1, 0, 0, 150), load(0, 0, 0, 0)),
            (Active, Some(ira), vec![], load(1, 0, 0, 150), load(0, 0, 0, 0)),
            (Hold, Some(ira), vec![ira], load(0, 0, 1, 0), load(0, 0, 0, 0)),
            (Offered, Some(oleg), vec![ira, oleg], load(0, 0, 0, 0), load(0, 1, 0, 150)),
            (ClosedSoft, Some(oleg), vec![oleg], load(0, 0, 0, 0), load(0, 0, 0, 0)),
            (Invitation, Some(oleg), vec![], load(0, 0, 0, 0), load(0, 0, 0, 0)),
        ] {
            assert_eq!(loads.learn(&stands(state, assignee)), changed, "{state:?}");
            assert_eq!((loads.of(ira, 500), loads.of(oleg, 500)), (of_ira, of_oleg), "{state:?}");
            let holds = |who| assignee == Some(who) && state != ClosedSoft;
            assert_eq!((loads.holds_any(ira), loads.holds_any(oleg)), (holds(ira), holds(oleg)), "{state:?}");
        }
    }
}
