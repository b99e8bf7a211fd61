//! What an operator does with a dialog beside writing: asked now or not at all.
//!
//! Invariant 11.

use super::world::World;
use crate::*;
use otklik_model::*;

/// The hub of these stories refuses them all; what it was asked is what counts.
fn deeds() -> Vec<Deed> {
    vec![
        Deed::Decline,
        Deed::Hold { term: Term::Minutes { minutes: 15 }, reason: Some("ждём склад".into()) },
        Deed::Unhold,
        Deed::Sort { category: Some("late".into()), subject: None, tags: Some(vec!["vip".into()]) },
        Deed::EditMessage { seq: 2, text: "иначе".into() },
        Deed::DeleteMessage { seq: 2 },
        Deed::RequestContact,
        Deed::Teleport { address: "https://shop.example.org/pay".into() },
        Deed::Block { term: Term::Ever, reason: "брань".into() },
        Deed::Unblock,
        Deed::SendTranscript,
        Deed::Invite { text: "Заказ приехал".into(), customer: None, department: None },
        Deed::Join { other: other(), union: Box::default(), person: 5, other_person: 7 },
        Deed::Separate { customer: CustomerId(uuid::Uuid::from_u128(7)), person: 5 },
    ]
}

fn other() -> DialogId {
    DialogId::from_parts(7, [7; 10])
}

#[test]
fn each_deed_is_said_to_the_hub_in_its_own_words_with_the_epoch_that_was_seen() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.asked.clear();
    let row = world.disk.dialogs[&dialog].dialog.clone();
    let (epoch, customer) = (row.epoch, row.customer.id);
    for deed in deeds() {
        let refused = world.refused(Command::Do { dialog, deed: deed.clone() });
        assert!(matches!(refused, UiErrorCode::Refused { .. }), "{deed:?}: {refused:?}");
        let asked = world.asked.pop().expect("the hub was asked");
        let same = match asked {
            Op::Decline { dialog: of, epoch: seen }
            | Op::Hold { dialog: of, epoch: seen, .. }
            | Op::Unhold { dialog: of, epoch: seen }
            | Op::RequestContact { dialog: of, epoch: seen } => (of, seen) == (dialog, epoch),
            Op::Teleport { dialog: of, epoch: seen, address } => {
                (of, seen, address.as_str()) == (dialog, epoch, "https://shop.example.org/pay")
            }
            Op::SortDialog { dialog: of, .. }
            | Op::EditMessage { dialog: of, seq: 2, .. }
            | Op::DeleteMessage { dialog: of, seq: 2 }
            | Op::Block { dialog: of, .. }
            | Op::SendTranscript { dialog: of } => of == dialog,
            Op::JoinCustomers { dialog: of, other: with, person: 5, other_person: 7, .. } => {
                (of, with) == (dialog, other())
            }
            Op::SeparateCustomer { dialog: of, customer: whom, person: 5 } => {
                of == dialog && whom == CustomerId(uuid::Uuid::from_u128(7))
            }
            Op::Unblock { customer: whom } | Op::Invite { customer: whom, .. } => whom == customer,
            other => panic!("{deed:?} became {other:?}"),
        };
        assert!(same, "{deed:?}");
    }
}

#[test]
fn a_new_dialog_begins_with_the_one_who_was_chosen_and_in_the_department_that_was() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let (whom, key) = (CustomerId(uuid::Uuid::from_u128(7)), "sales".parse::<DepartmentKey>().unwrap());
    let deed = Deed::Invite { text: "Заказ".into(), customer: Some(whom), department: Some(key.clone()) };
    world.refused(Command::Do { dialog, deed });
    let asked = Op::Invite { customer: whom, text: "Заказ".into(), department: Some(key) };
    assert_eq!(world.asked.pop(), Some(asked));
}

#[test]
fn without_a_connection_a_deed_is_refused_at_once_and_never_done_later() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    world.asked.clear();
    for deed in deeds() {
        let refused = world.refused(Command::Do { dialog, deed });
        assert_eq!(refused, UiErrorCode::Denied { why: Denied::Offline });
    }
    world.hub_returns();
    assert_eq!(world.asked, []);
}

#[test]
fn what_the_hub_has_denied_beforehand_is_not_asked() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub.change(dialog, |row| {
        row.can.hold = Some(Denied::NoRight);
        row.can.block = Some(Denied::NoRight);
        row.can.edit = Some(Denied::NoRight);
        row.can.teleport = Some(Denied::NoRight);
    });
    world.settle();
    world.asked.clear();
    let hold = Deed::Hold { term: Term::Ever, reason: None };
    let teleport = Deed::Teleport { address: "https://shop.example.org/pay".into() };
    for deed in [hold, teleport, Deed::Unhold, Deed::Unblock, Deed::DeleteMessage { seq: 1 }] {
        let refused = world.refused(Command::Do { dialog, deed });
        assert_eq!(refused, UiErrorCode::Denied { why: Denied::NoRight });
    }
    assert_eq!(world.asked, []);
}

#[test]
fn nothing_is_done_with_a_dialog_that_is_not_there() {
    let mut world = World::new();
    let dialog = DialogId::from_parts(9, [9; 10]);
    assert_eq!(world.refused(Command::Do { dialog, deed: Deed::Unhold }), UiErrorCode::NotFound);
}

#[test]
fn how_long_is_reckoned_by_the_hubs_clock() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let ahead = 7 * 60_000;
    world.hub.ahead_ms = ahead;
    world.hub_dies();
    world.hub_returns();
    for (deed, minutes) in [
        (Deed::Hold { term: Term::Minutes { minutes: 15 }, reason: None }, Some(15)),
        (Deed::Hold { term: Term::Ever, reason: None }, None),
        (Deed::Block { term: Term::Minutes { minutes: 60 }, reason: "брань".into() }, Some(60)),
    ] {
        world.refused(Command::Do { dialog, deed: deed.clone() });
        let Some(Op::Hold { until, .. } | Op::Block { until, .. }) = world.asked.pop() else { panic!("{deed:?}") };
        assert_eq!(until, minutes.map(|minutes: i64| Stamp(world.now.stamp.0 + ahead + minutes * 60_000)), "{deed:?}");
    }
}
