//! The simulated hub keeps the protocol's word.

use super::{Habits, Hub, Reach};
use crate::sim::cast;
use otklik_core::LinkInput;
use otklik_model::{Change, ClientId, Cursor, DialogId, Op, Outcome, Refusal, Seq};

fn hub(joint: bool) -> Hub {
    let habits = Habits { sees_others: false, joint, row_first: false, reopens_to_last: false };
    Hub::new(habits, None)
}

fn id(n: u64) -> ClientId {
    cast::foreign_client_id(1_000 + n)
}

fn accepted(joint: bool) -> (Hub, DialogId) {
    let mut hub = hub(joint);
    hub.customer_writes(0, "Где заказ?");
    let dialog = hub.dialog_of(0).unwrap();
    let outcome = hub.submit(id(0), &Op::Accept { dialog, epoch: hub.epoch(dialog) });
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    (hub, dialog)
}

#[test]
fn a_repeated_command_gets_the_first_answer_and_changes_nothing() {
    let (mut hub, dialog) = accepted(true);
    let op = Op::SendText { dialog, epoch: hub.epoch(dialog), text: "Смотрю".to_owned(), quote: None };
    let first = hub.submit(id(1), &op);
    let head = hub.head();
    assert_eq!(hub.submit(id(1), &op), first);
    assert_eq!(hub.head(), head);
}

#[test]
fn an_old_epoch_is_refused_even_when_the_dialog_came_back() {
    let (mut hub, dialog) = accepted(true);
    let old = hub.epoch(dialog);
    hub.seize_for_oleg(dialog);
    let epoch = hub.epoch(dialog);
    hub.oleg(&Op::Transfer {
        dialog,
        epoch,
        to: otklik_model::TransferTarget::Operator { id: cast::IRA, force: false },
    });
    hub.submit(id(1), &Op::Accept { dialog, epoch: hub.epoch(dialog) });
    let late = hub.submit(id(2), &Op::SendText { dialog, epoch: old, text: "?".to_owned(), quote: None });
    assert!(matches!(late, Outcome::Refused { reason: Refusal::NotYourDialog { .. } }), "{late:?}");
}

#[test]
fn events_folded_one_by_one_are_the_snapshot() {
    for joint in [true, false] {
        let (mut hub, dialog) = accepted(joint);
        hub.customer_writes(0, "Ау");
        hub.customer_writes(1, "И я тут");
        hub.seize_for_oleg(dialog);
        let mut rows = std::collections::BTreeMap::new();
        let mut at = Seq(0);
        while let Some((upto, LinkInput::Events { after, changes, .. })) = hub.events(at, 1) {
            assert_eq!(after, at);
            for change in changes {
                match change {
                    Change::DialogUpserted(dialog) => {
                        rows.insert(dialog.id, *dialog);
                    }
                    Change::DialogGone { dialog, .. } => {
                        rows.remove(&dialog);
                    }
                    Change::MessageAdded(_)
                    | Change::OperatorUpserted(_)
                    | Change::ChannelUpserted(_)
                    | Change::RightsChanged(_)
                    | Change::Unknown(_) => {}
                }
            }
            at = upto;
        }
        assert_eq!(rows.into_values().collect::<Vec<_>>(), hub.visible());
    }
}

#[test]
fn a_cursor_of_another_stream_or_beyond_the_log_starts_afresh() {
    let (mut hub, _) = accepted(true);
    let here = Cursor { stream: hub.stream, after: Seq(1) };
    assert_eq!(hub.reach(Some(here)), Reach::Resumed(Seq(1)));
    assert_eq!(hub.reach(Some(Cursor { after: Seq(999), ..here })), Reach::Afresh);
    assert_eq!(hub.reach(None), Reach::Afresh);
    hub.truncate_log();
    assert_eq!(hub.reach(Some(here)), Reach::Afresh);
    hub.renumber();
    assert_eq!(hub.reach(Some(Cursor { after: hub.head(), ..here })), Reach::Afresh);
}
