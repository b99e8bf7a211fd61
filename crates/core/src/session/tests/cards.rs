//! What Ира puts right in a card is kept like her words, and nobody's is written over unseen.

use super::{hub::write_card, world::World};
use crate::*;
use otklik_model::*;

fn phone(phone: &str) -> CustomerEdit {
    CustomerEdit { phone: Some(phone.into()), ..CustomerEdit::default() }
}

fn comment(comment: &str) -> CustomerEdit {
    CustomerEdit { comment: Some(comment.into()), ..CustomerEdit::default() }
}

/// Ира, who may change cards, with a dialog.
fn scene() -> (World, DialogId) {
    let mut world = World::new();
    world.hub.profile.rights.insert(Right::EditCustomer);
    world.hub_dies();
    world.hub_returns();
    let dialog = world.my_dialog(1);
    world.asked.clear();
    (world, dialog)
}

fn edit(world: &mut World, dialog: DialogId, edit: CustomerEdit, was: CustomerEdit) -> ClientId {
    world.do_it(Command::EditCustomer { dialog, edit, was: was.into() }).message.expect("it is kept")
}

/// A colleague changes the card at the same time.
fn colleague_writes(world: &mut World, dialog: DialogId, edit: CustomerEdit) {
    world.hub.change(dialog, |row| write_card(&mut row.customer, edit));
    world.settle();
}

#[test]
fn what_is_put_right_without_a_connection_is_kept_shown_and_sent_when_there_is_one() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    edit(&mut world, dialog, phone("+7 900"), phone(""));
    let shown = world.row(dialog).card;
    assert_eq!((shown.len(), &shown[0].edit, &shown[0].send), (1, &phone("+7 900"), &SendState::Queued));
    world.crash();
    assert_eq!(world.row(dialog).card.len(), 1, "a restart loses nothing");
    assert_eq!(world.session.snapshot().counts.unsent, 0, "it is no message");
    world.hub_returns();
    let row = world.row(dialog);
    assert_eq!((row.phone.as_deref(), row.card.len()), (Some("+7 900"), 0));
    assert!(world.disk.outbox.is_empty());
}

#[test]
fn it_is_shown_as_unsent_until_its_row_has_come() {
    let (mut world, dialog) = scene();
    world.hub_speaks = false;
    edit(&mut world, dialog, phone("+7 900"), phone(""));
    assert_eq!(world.row(dialog).card[0].send, SendState::Sending);
    let (id, at_seq) = (world.row(dialog).card[0].id, world.hub.head());
    let done = Outcome::Done { at_seq, message: None };
    world.give(Input::Link(LinkInput::Answered { id, outcome: done }));
    assert_eq!(world.row(dialog).phone, None, "the row is on its way");
    assert_eq!(world.row(dialog).card.len(), 1, "so it is still shown over it");
    world.hub_speaks = true;
    world.settle();
    let row = world.row(dialog);
    assert_eq!((row.phone.as_deref(), row.card.len()), (Some("+7 900"), 0));
    assert!(world.disk.outbox.is_empty());
}

#[test]
fn one_that_never_left_takes_the_next_one_in() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    edit(&mut world, dialog, phone("1"), phone(""));
    edit(&mut world, dialog, phone("2"), phone("1"));
    edit(&mut world, dialog, comment("вежливый"), comment(""));
    assert_eq!(world.row(dialog).card.len(), 1);
    world.hub_returns();
    let both = CustomerEdit { phone: Some("2".into()), ..comment("вежливый") };
    let was = CustomerEdit { phone: Some(String::new()), ..comment("") };
    assert_eq!(
        world.asked,
        [Op::EditCustomer { dialog, edit: both, was: Box::new(was) }],
        "made on what stood there first"
    );
}

#[test]
fn of_two_who_change_the_same_the_later_one_is_asked() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    let mine = edit(&mut world, dialog, comment("мой"), comment(""));
    colleague_writes(&mut world, dialog, comment("чужой"));
    world.hub_returns();
    let now = Box::new(comment("чужой"));
    let conflict = SendState::Failed { reason: Refusal::Conflict { now } };
    let row = world.row(dialog);
    assert_eq!((row.card[0].id, &row.card[0].send), (mine, &conflict));
    assert_eq!(row.particulars.comment, "чужой", "nothing was written over");
    world.crash();
    assert_eq!(world.row(dialog).card[0].send, conflict, "the question survives a restart");

    // Mine: made on theirs from now on, under a new id.
    let again = world.do_it(Command::Resend { message: mine }).message.unwrap();
    assert_ne!(again, mine);
    let row = world.row(dialog);
    assert_eq!((row.particulars.comment.as_str(), row.card.len()), ("мой", 0));
}

#[test]
fn theirs_is_kept_by_giving_up_mine() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    let mine = edit(&mut world, dialog, phone("1"), phone(""));
    colleague_writes(&mut world, dialog, phone("2"));
    world.hub_returns();
    world.do_it(Command::Cancel { message: mine });
    let row = world.row(dialog);
    assert_eq!((row.phone.as_deref(), row.card.len()), (Some("2"), 0));
    assert!(world.disk.outbox.is_empty());
}

#[test]
fn different_fields_do_not_stand_in_each_others_way() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    edit(&mut world, dialog, phone("1"), phone(""));
    colleague_writes(&mut world, dialog, comment("чужой"));
    world.hub_returns();
    let row = world.row(dialog);
    assert_eq!((row.phone.as_deref(), row.particulars.comment.as_str(), row.card.len()), (Some("1"), "чужой", 0));
}

#[test]
fn a_card_never_holds_up_words_and_is_no_message() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    let mine = edit(&mut world, dialog, phone("1"), phone(""));
    world.write(dialog, "Здравствуйте");
    colleague_writes(&mut world, dialog, phone("2"));
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["Здравствуйте"]);
    assert!(world.unsent(dialog).is_empty());
    assert_eq!(world.row(dialog).unsent, 0);
    for command in [Command::Edit { message: mine }, Command::AsNote { message: mine }] {
        assert_eq!(world.refused(command), UiErrorCode::Malformed);
    }
}

#[test]
fn whose_dialog_has_left_is_told_and_nothing_is_lost() {
    let (mut world, dialog) = scene();
    world.hub_dies();
    edit(&mut world, dialog, phone("1"), phone(""));
    world.hub.hide(dialog, GoneReason::Hidden, "Олег");
    world.hub_returns();
    let row = world.row(dialog);
    assert_eq!(row.card[0].send, SendState::Held { reason: HeldReason::Gone });
    world.do_it(Command::Cancel { message: row.card[0].id });
    assert!(world.disk.outbox.is_empty() && world.disk.dialogs.is_empty());
}

#[test]
fn who_may_not_is_told_so_and_nothing_is_kept() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let command = Command::EditCustomer { dialog, edit: phone("1"), was: phone("").into() };
    assert_eq!(world.refused(command), UiErrorCode::Denied { why: Denied::NoRight });
    assert!(world.disk.outbox.is_empty());
}
