//! Whether a new dialog can begin in a department: by who is there, by how many wait, and by the centre's limits.

use crate::centre::QueueLimits;
use otklik_model::{Availability, DepartmentKey, Dialog, DialogState, Refusal};

/// How a department stands. Who is there now says which limit holds, and all that wait count, whatever they found when
/// they came and wherever their customers are now.
#[must_use]
pub fn availability(somebody_is_there: bool, waiting: u32, limits: QueueLimits) -> Availability {
    match (somebody_is_there, limits.is_reached(somebody_is_there, waiting)) {
        (true, false) => Availability::Online,
        (true, true) => Availability::BusyOnline,
        (false, false) => Availability::Offline,
        (false, true) => Availability::BusyOffline,
    }
}

/// Whether a dialog may begin where it stands so.
///
/// # Errors
/// [`Refusal::QueueFull`].
pub fn has_room(availability: Availability) -> Result<(), Refusal> {
    if availability.is_busy() { Err(Refusal::QueueFull) } else { Ok(()) }
}

/// In which department's queue a dialog waits; of none, `Some(None)`. What somebody has, leads, put off or is offered does
/// not wait, nor what a bot or the router has; and one of a flood takes nobody's place.
#[must_use]
pub fn waits_in(row: &Dialog) -> Option<Option<&DepartmentKey>> {
    let waits = match row.state {
        DialogState::Queue => !row.suspicious,
        DialogState::Routing
        | DialogState::Bot
        | DialogState::Offered
        | DialogState::Active
        | DialogState::Hold
        | DialogState::Invitation
        | DialogState::ClosedSoft
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => false,
    };
    waits.then_some(row.department.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::{ChannelId, Customer, CustomerId, DialogId, OnlineState, Particulars, Stamp};
    use uuid::Uuid;

    #[test]
    fn who_is_there_says_which_limit_holds() {
        use Availability::{BusyOffline, BusyOnline, Offline, Online};
        let limits = |online, offline| QueueLimits { online, offline };
        for (there, waiting, limits, expected) in [
            (true, 0, limits(0, 0), Online),
            (true, u32::MAX, limits(0, 1), Online),
            (true, 1, limits(2, 1), Online),
            (true, 2, limits(2, 1), BusyOnline),
            (true, 3, limits(2, 9), BusyOnline),
            (false, u32::MAX, limits(1, 0), Offline),
            (false, 2, limits(1, 3), Offline),
            (false, 3, limits(9, 3), BusyOffline),
            (false, 4, limits(9, 3), BusyOffline),
        ] {
            let found = availability(there, waiting, limits);
            assert_eq!(found, expected, "{there} {waiting} {limits:?}");
            let refused = matches!(expected, BusyOnline | BusyOffline).then_some(Refusal::QueueFull);
            assert_eq!(has_room(found).err(), refused, "{found:?}");
        }
    }

    #[test]
    fn what_waits_counts_wherever_its_customer_is_and_nothing_else_does() {
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
        let sales: DepartmentKey = "sales".parse().unwrap();
        let row = Dialog::new(DialogId(Uuid::nil()), ChannelId(Uuid::nil()), customer, Stamp(0));
        assert_eq!(waits_in(&row), Some(None), "of no department");
        let row = Dialog { department: Some(sales.clone()), ..row };
        for (start_state, current_state) in [
            (OnlineState::Online, OnlineState::Online),
            (OnlineState::Online, OnlineState::Offline),
            (OnlineState::Offline, OnlineState::Online),
            (OnlineState::Offline, OnlineState::Offline),
        ] {
            let row = Dialog { start_state, current_state, ..row.clone() };
            assert_eq!(waits_in(&row), Some(Some(&sales)), "{start_state:?} {current_state:?}");
        }
        assert_eq!(waits_in(&Dialog { suspicious: true, ..row.clone() }), None, "one of a flood");
        use DialogState::{Active, Bot, Closed, ClosedSoft, Deleted, Hold, Invitation, Offered, Routing, Unknown};
        for state in [Routing, Bot, Offered, Active, Hold, Invitation, ClosedSoft, Closed, Deleted, Unknown] {
            assert_eq!(waits_in(&Dialog { state, ..row.clone() }), None, "{state:?}");
        }
    }
}
