//! What happens to the operator's words: never lost, never doubled, never out of order.
//!
//! Invariants 1, 2, 3, 4, 5, 6 and 9.

use super::{
    hub::{Hub, OLEG},
    world::{DiskMode, World},
};
use crate::*;
use otklik_model::*;

fn effects_of(world: &mut World, command: Command) -> Vec<Effect> {
    let req = ReqId(9_000 + world.now.tick.0);
    world.session.handle(Input::Command { req, command }, world.now);
    std::iter::from_fn(|| world.session.poll_effect()).collect()
}

fn committed(world: &mut World, effects: Vec<Effect>) -> Vec<Effect> {
    for effect in effects {
        if let Effect::Commit { id, writes } = effect {
            world.disk.store(writes);
            world.session.handle(Input::Committed(id), world.now);
        }
    }
    std::iter::from_fn(|| world.session.poll_effect()).collect()
}

#[test]
fn a_message_is_stored_then_marked_as_going_then_sent_then_confirmed() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.seen.clear();

    let first = effects_of(&mut world, Command::SendText { dialog, text: "добрый день".into(), quote: None });
    let [Effect::Commit { writes: Writes::Own(writes), .. }] = first.as_slice() else { panic!("{first:?}") };
    assert!(
        matches!(writes.as_slice(), [OwnWrite::PutOutbox(item), OwnWrite::DropDraft(of)]
            if *of == dialog && item.state == OutboxState::Queued && item.attempts == 0),
        "message and cleared draft are one transaction: {writes:?}"
    );

    let second = committed(&mut world, first);
    let replied = second.iter().position(|effect| matches!(effect, Effect::Reply { result: Ok(_), .. }));
    let shown = second.iter().position(|effect| matches!(effect, Effect::Emit(ViewEvent::Thread { .. })));
    assert!(replied.is_some() && shown.is_some(), "confirmed and shown once it is durable: {second:?}");
    assert!(!second.iter().any(|effect| matches!(effect, Effect::Submit { .. })), "not sent yet");
    let sending = second.iter().find_map(|effect| match effect {
        Effect::Commit { writes: Writes::Own(writes), .. } => writes.first(),
        _ => None,
    });
    assert!(
        matches!(sending, Some(OwnWrite::PutOutbox(item)) if item.state == OutboxState::Sending && item.attempts == 1),
        "the try is counted before it is made"
    );

    let third = committed(&mut world, second);
    let Some(Effect::Submit { id, op }) = third.iter().find(|effect| matches!(effect, Effect::Submit { .. })) else {
        panic!("sent once that is durable: {third:?}")
    };
    let outcome = world.hub.submit(*id, op.clone(), world.now.stamp);
    world.session.handle(Input::Link(LinkInput::Answered { id: *id, outcome }), world.now);
    let fourth: Vec<Effect> = std::iter::from_fn(|| world.session.poll_effect()).collect();
    let [Effect::Commit { writes: Writes::Cache(writes), .. }] =
        &fourth.iter().filter(|effect| matches!(effect, Effect::Commit { .. })).collect::<Vec<_>>()[..]
    else {
        panic!("{fourth:?}")
    };
    assert!(writes.iter().any(|write| matches!(write, CacheWrite::PutMessage(_))), "first into the cache");

    let fifth = committed(&mut world, fourth);
    assert!(
        fifth.iter().any(|effect| matches!(effect, Effect::Commit { writes: Writes::Own(writes), .. }
            if matches!(writes.as_slice(), [OwnWrite::DropOutbox(gone)] if gone == id))),
        "and only then out of the outbox: {fifth:?}"
    );
    let sent = fifth.iter().any(|effect| matches!(effect, Effect::Emit(ViewEvent::Thread { items, .. })
        if items.iter().any(|item| item.key == id.to_string() && item.send == Some(SendState::Sent) && item.seq == Some(2))));
    assert!(sent, "shown as sent when it is durable here and there: {fifth:?}");
}

#[test]
fn three_messages_written_without_a_hub_arrive_once_and_in_order() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    for text in ["раз", "два", "три"] {
        world.write(dialog, text);
    }
    assert_eq!(world.row(dialog).unsent, 3);
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["раз", "два", "три"]);
    assert!(world.disk.outbox.is_empty(), "{:?}", world.disk.outbox);
    assert_eq!(world.disk.texts(dialog), ["здравствуйте", "раз", "два", "три"]);
    assert_eq!((world.row(dialog).unsent, world.session.snapshot().counts.unsent), (0, 0));
    world.check();
}

#[test]
fn two_more_survive_the_death_of_the_app() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    world.write(dialog, "четыре");
    world.write(dialog, "пять");
    world.crash();
    assert_eq!(world.row(dialog).unsent, 2);
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["четыре", "пять"]);
    world.check();
}

#[test]
fn an_answer_lost_after_the_hub_stored_the_message_does_not_double_it() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_speaks = false;
    let id = world.write(dialog, "одно");
    assert_eq!(world.on_hub(dialog), ["одно"], "the hub has it, we do not know");
    assert_eq!(world.refused(Command::Cancel { message: id }), UiErrorCode::TooLate);
    world.hub_dies();
    assert_eq!(world.refused(Command::Edit { message: id }), UiErrorCode::TooLate, "in doubt it cannot be taken back");
    world.crash();
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["одно"]);
    assert!(world.disk.outbox.is_empty());
    assert_eq!(world.disk.texts(dialog), ["здравствуйте", "одно"]);
    world.check();
}

#[test]
fn the_echo_alone_completes_a_message() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_speaks = false;
    world.write(dialog, "эхо");
    // Only the events get through, never the answer.
    let after = world.told.unwrap();
    let events = world.hub.events(after).unwrap();
    world.told = Some(world.hub.head());
    world.give(Input::Link(events));
    assert!(world.disk.outbox.is_empty(), "the echo says that the hub has it");
    world.hub_dies();
    world.hub_returns();
    let sends = world.hub.submitted.iter().filter(|(_, op)| matches!(op, Op::SendText { .. })).count();
    assert_eq!(sends, 1, "and so it is not sent again");
}

#[test]
fn a_silent_send_is_probed_and_then_the_connection_given_up() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_speaks = false;
    world.write(dialog, "тишина");
    world.seen.clear();
    world.pass(2_000);
    assert!(!world.seen.contains(&Effect::Probe));
    world.pass(1);
    assert!(
        world.seen.contains(&Effect::Probe),
        "after two seconds, and one millisecond for the words: are you there?"
    );
    let connects = world.connects.len();
    world.hub_up = false;
    world.pass(4_100);
    assert!(world.connects.len() > connects, "before the sixth second it counts as dead");
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["тишина"]);
    world.check();
}

#[test]
fn a_hub_that_lives_but_does_not_answer_is_asked_again_over_a_new_connection() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_speaks = false;
    world.write(dialog, "ау");
    let connects = world.connects.len();
    for _ in 0..6 {
        world.pass(4_500);
        world.give(Input::Link(LinkInput::Beat { head: Seq(0) }));
    }
    assert_eq!(world.connects.len(), connects, "it lives");
    world.hub_speaks = true;
    world.told = None;
    world.pass(3_600);
    assert!(world.connects.len() > connects, "but after half a minute the answer counts as lost");
    assert_eq!(world.on_hub(dialog), ["ау"]);
}

#[test]
fn a_refused_message_steps_aside_and_is_tried_again_in_its_old_place_under_a_new_id() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let first = world.write(dialog, "первое");
    world.write(dialog, "второе");
    // The hub will refuse the first one whatever it is.
    world.hub.results.insert(first, Outcome::Refused { reason: Refusal::Forbidden });
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["второе"]);
    assert_eq!(world.unsent(dialog), [("первое".into(), SendState::Failed { reason: Refusal::Forbidden })]);
    assert!(world.row(dialog).unsent_trouble);

    world.hub_dies();
    world.write(dialog, "третье");
    let again = world.do_it(Command::Resend { message: first }).message.unwrap();
    assert_ne!(again, first, "the hub keeps its answer to the old id");
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["второе", "первое", "третье"], "it was written before the third");
    assert!(world.disk.outbox.is_empty());
    world.check();
}

#[test]
fn a_passing_failure_blocks_only_its_own_dialog() {
    let mut world = World::new();
    let (slow, quick) = (world.my_dialog(1), world.my_dialog(2));
    world.hub_speaks = false;
    let id = world.write(slow, "подождите");
    world.hub.messages.get_mut(&slow).unwrap().pop();
    world.hub.results.remove(&id);
    world.hub.log.truncate(world.told.unwrap().0 as usize);
    world.hub_speaks = true;
    world.give(Input::Link(LinkInput::RetryLater { id, after_ms: 3_000 }));
    world.write(slow, "и ещё");
    assert!(matches!(world.unsent(slow)[0].1, SendState::Waiting { .. }));
    assert_eq!(world.unsent(slow)[1].1, SendState::Queued, "in order");
    world.write(quick, "сразу");
    assert_eq!((world.on_hub(quick), world.on_hub(slow).len()), (vec!["сразу".to_owned()], 0));
    world.pass(3_000);
    assert_eq!(world.on_hub(slow), ["подождите", "и ещё"]);
    world.check();
}

#[test]
fn an_old_message_asks_first_and_later_ones_wait_behind_it() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let old = world.write(dialog, "давно");
    world.pass(16 * 60_000);
    world.write(dialog, "только что");
    world.hub_returns();
    assert_eq!(world.on_hub(dialog).len(), 0);
    assert_eq!(world.unsent(dialog)[0].1, SendState::Held { reason: HeldReason::TooOld });
    assert_eq!(world.unsent(dialog)[1].1, SendState::Queued);
    world.do_it(Command::Resend { message: old });
    assert_eq!(world.on_hub(dialog), ["давно", "только что"]);
    world.check();
}

#[test]
fn a_dialog_taken_meanwhile_holds_the_message_and_offers_it_as_a_note() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let id = world.write(dialog, "сейчас проверю");
    world.hub.give(dialog, OLEG, DialogState::Active);
    world.hub_returns();
    assert_eq!(world.on_hub(dialog).len(), 0, "nothing goes to somebody else's customer");
    let reason = HeldReason::NotMine { owner: Some("Олег".into()) };
    assert_eq!(world.unsent(dialog), [("сейчас проверю".into(), SendState::Held { reason })]);
    world.do_it(Command::AsNote { message: id });
    let notes: Vec<_> =
        world.hub.messages[&dialog].iter().filter(|message| message.kind == MessageKind::Note).collect();
    assert_eq!(notes.len(), 1);
    assert!(world.disk.outbox.is_empty());
    world.check();
}

#[test]
fn words_in_a_dialog_that_left_sight_stay_readable_until_they_are_dealt_with() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::SaveDraft { dialog, text: "черновик".into(), note: false, quote: None });
    world.hub_dies();
    let id = world.write(dialog, "не успела");
    world.do_it(Command::SaveDraft { dialog, text: "черновик".into(), note: false, quote: None });
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.hub_returns();
    let row = world.row(dialog);
    assert_eq!((row.unsent, row.last_seq, row.section), (1, 0, Section::All), "one's own words, no customer's");
    assert_eq!(world.disk.texts(dialog).len(), 0, "the conversation itself is gone from this machine");
    assert_eq!(world.unsent(dialog), [("не успела".into(), SendState::Held { reason: HeldReason::Gone })]);
    assert_eq!(
        world.refused(Command::SendText { dialog, text: "ещё".into(), quote: None }),
        UiErrorCode::Denied { why: Denied::NotYours }
    );
    world.crash();
    assert_eq!(world.row(dialog).unsent, 1, "also after a restart");
    let taken_back = world.do_it(Command::Edit { message: id });
    assert_eq!(taken_back.text.as_deref(), Some("не успела"));
    assert_eq!(world.session.draft(dialog).unwrap().text, "не успела\nчерновик");
    world.do_it(Command::SaveDraft { dialog, text: String::new(), note: false, quote: None });
    assert!(world.session.dialog(dialog).is_none(), "nothing is bound to it any more");
}

#[test]
fn edit_cancel_and_unknown_messages() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    world.do_it(Command::Open { dialog: Some(dialog) });
    let (one, two) = (world.write(dialog, "раз"), world.write(dialog, "два"));
    world.seen.clear();
    let receipt = world.do_it(Command::Edit { message: one });
    assert_eq!((receipt.message, receipt.text.as_deref()), (Some(one), Some("раз")));
    assert_eq!(world.disk.drafts[&dialog].text, "раз");
    let gone = world.events().into_iter().find_map(|event| match event {
        ViewEvent::Thread { gone, .. } if !gone.is_empty() => Some(gone),
        _ => None,
    });
    assert_eq!(gone, Some(vec![one.to_string()]), "it left the thread");
    world.do_it(Command::Cancel { message: two });
    assert!(world.disk.outbox.is_empty());
    assert_eq!(world.refused(Command::Cancel { message: two }), UiErrorCode::NotFound);
    world.hub_returns();
    assert_eq!(world.on_hub(dialog).len(), 0);
}

#[test]
fn a_note_for_whoever_gets_the_dialog_leaves_what_is_being_written() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::SaveDraft { dialog, text: "Сейчас посмо".into(), note: false, quote: None });
    world.do_it(Command::LeaveNote { dialog, text: "он звонил вчера".into() });
    assert_eq!(world.session.draft(dialog).unwrap().text, "Сейчас посмо");
    assert_eq!(world.on_hub(dialog), ["он звонил вчера"]);
    assert_eq!(world.refused(Command::LeaveNote { dialog, text: " ".into() }), UiErrorCode::Empty);
}

#[test]
fn a_message_is_taken_back_before_what_is_being_written() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let id = world.write(dialog, "раз");
    world.do_it(Command::SaveDraft { dialog, text: "а вот длинное".into(), note: true, quote: None });
    let receipt = world.do_it(Command::Edit { message: id });
    assert_eq!(receipt.text.as_deref(), Some("раз"), "what was taken back");
    let draft = &world.disk.drafts[&dialog];
    assert_eq!(
        (draft.text.as_str(), draft.note),
        ("раз\nа вот длинное", true),
        "nothing is told to the customer by it"
    );
    // Not stored yet when the next is taken back.
    world.do_it(Command::SaveDraft { dialog, text: String::new(), note: false, quote: None });
    let id = world.write(dialog, "два");
    world.disk_mode = DiskMode::Waits;
    world.ask(Command::SaveDraft { dialog, text: "только что".into(), note: false, quote: None });
    world.ask(Command::Edit { message: id });
    world.release();
    assert_eq!(world.disk.drafts[&dialog].text, "два\nтолько что");
}

#[test]
fn the_composer_is_told_what_is_wrong_with_a_text() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let foreign = world.hub.customer_comes(2, "мне бы", world.now.stamp);
    world.settle();
    let mut say = |dialog, text: &str| world.refused(Command::SendText { dialog, text: text.into(), quote: None });
    assert_eq!(say(dialog, " \u{200B}\n"), UiErrorCode::Empty);
    let long = "ы".repeat(32_001);
    assert_eq!(say(dialog, &long), UiErrorCode::TooLong { max: 32_000, chars: 32_001 });
    assert_eq!(say(foreign, "а"), UiErrorCode::Denied { why: Denied::NotAccepted });
    assert_eq!(say(super::hub::dialog_id(99), "а"), UiErrorCode::NotFound);
    world.write(dialog, &"ы".repeat(32_000));
    assert_eq!(world.on_hub(dialog).len(), 1);
}

#[test]
fn nothing_goes_out_before_everything_missed_was_received() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    world.write(dialog, "поздно?");
    world.hub.give(dialog, OLEG, DialogState::Active);
    world.hub.give(dialog, super::hub::IRA, DialogState::Active);
    world.disk_mode = DiskMode::Waits;
    world.hub_returns();
    assert!(!world.is_live());
    assert_eq!(world.on_hub(dialog).len(), 0, "the rows are not durable yet");
    world.release();
    assert_eq!(world.on_hub(dialog), ["поздно?"], "with the epoch of the newest row");
}

#[test]
fn read_marks_are_told_once_and_only_the_highest() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    for text in ["а", "б", "в"] {
        world.hub.customer_writes(1, text, world.now.stamp);
    }
    world.settle();
    assert_eq!(world.row(dialog).unread, 4);
    world.do_it(Command::Seen { dialog, upto: 4 });
    assert_eq!(world.row(dialog).unread, 4, "not open, not focused: not seen");
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.window(true, false);
    world.hub_dies();
    for upto in [2, 3, 3, 1, 700] {
        world.do_it(Command::Seen { dialog, upto });
    }
    assert_eq!(world.row(dialog).unread, 0, "read here");
    assert_eq!(world.disk.outbox.len(), 1, "one mark waits, the highest");
    world.hub_returns();
    let marks: Vec<_> = world.hub.submitted.iter().filter(|(_, op)| matches!(op, Op::MarkRead { .. })).collect();
    assert!(matches!(marks.as_slice(), [(_, Op::MarkRead { upto: 4, .. })]), "{marks:?}");
    assert!(world.disk.outbox.is_empty());
    assert_eq!(world.row(dialog).unread, 0, "and the hub agrees");
}

#[test]
fn a_message_of_a_dialog_lost_between_answer_and_cache_is_not_stuck() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.disk_mode = DiskMode::Waits;
    let req = world.ask(Command::SendText { dialog, text: "на прощание".into(), quote: None });
    while world.on_hub(dialog).is_empty() {
        assert!(world.release_one());
    }
    assert!(world.replies[&req].is_ok());
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.settle();
    world.release();
    world.settle();
    assert!(world.disk.outbox.is_empty(), "the hub has the words: {:?}", world.disk.outbox);
    let hub: &Hub = &world.hub;
    assert_eq!(hub.messages[&dialog].last().unwrap().text, "на прощание");
}

#[test]
fn a_message_in_doubt_whose_dialog_left_is_asked_about_before_anything_is_said_of_it() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_speaks = false;
    world.write(dialog, "дошло, но мы не знаем");
    let lost = world.write(dialog, "это не дошло");
    assert_eq!(world.on_hub(dialog).len(), 1);
    world.hub_dies();
    // The dialog goes to somebody else, and no event of all this is left to be told.
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.hub.oldest = world.hub.head().0;
    world.hub_returns();
    let left: Vec<&OutboxItem> = world.disk.outbox.values().collect();
    assert_eq!(left.len(), 1, "the hub's answer to the old id settles the first: {left:?}");
    assert_eq!((left[0].client_id, &left[0].state), (lost, &OutboxState::Held { reason: HeldReason::Gone }));
    world.do_it(Command::Cancel { message: lost });
    world.check();
}

#[test]
fn what_is_in_doubt_does_not_wait_behind_a_message_that_was_put_back_ahead_of_it() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let first = world.write(dialog, "отказано");
    world.hub.results.insert(first, Outcome::Refused { reason: Refusal::Forbidden });
    world.hub_returns();
    // The second reaches the hub, its answer is lost; the first is put back ahead of it and then has to wait.
    world.hub_speaks = false;
    world.write(dialog, "дошло");
    world.hub_dies();
    world.do_it(Command::Resend { message: first });
    world.pass(16 * 60_000);
    world.crash();
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["дошло"]);
    let left = world.unsent(dialog);
    assert_eq!(left, [("отказано".into(), SendState::Held { reason: HeldReason::TooOld })]);
    world.check();
}

#[test]
fn nothing_remains_of_a_dialog_for_words_that_were_never_kept() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.disk_mode = DiskMode::Waits;
    world.ask(Command::SendText { dialog, text: "не сохранится".into(), quote: None });
    let (id, _) = world.held.pop_front().unwrap();
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.settle();
    world.release();
    assert!(world.session.dialog(dialog).is_some(), "the words may still be kept");
    world.give(Input::CommitFailed { id, fault: DiskFault::Full });
    assert!(world.session.dialog(dialog).is_none());
    assert!(world.disk.dialogs.is_empty());
}

#[test]
fn words_written_while_their_dialog_leaves_stay_in_sight() {
    let writes: [fn(DialogId) -> Command; 3] = [
        |dialog| Command::SendText { dialog, text: "вдогонку".into(), quote: None },
        |dialog| Command::SendNote { dialog, text: "вдогонку".into() },
        |dialog| Command::SaveDraft { dialog, text: "вдогонку".into(), note: false, quote: None },
    ];
    for write in writes {
        // The row goes to the disk first, or the words do.
        for row_first in [true, false] {
            let mut world = World::new();
            let dialog = world.my_dialog(1);
            world.disk_mode = DiskMode::Waits;
            world.hub.hide(dialog, GoneReason::Transferred, "Олег");
            world.settle();
            world.ask(write(dialog));
            if !row_first {
                world.held.rotate_left(1);
            }
            world.release();
            world.pass(1_000);
            let row = world.row(dialog);
            assert!(row.draft || row.unsent == 1, "{:?}, row first: {row_first}", write(dialog));
            assert_eq!((row.name.as_deref(), row.last_seq), (Some("Покупатель 1"), 0), "row first: {row_first}");
            world.crash();
            world.pass(1_000);
            assert!(world.row(dialog).draft || world.row(dialog).unsent == 1);
            world.check();
        }
    }
}

#[test]
fn a_read_mark_that_changed_nothing_leaves_the_count_to_the_hub() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.window(true, false);
    world.hub_speaks = false;
    world.do_it(Command::Seen { dialog, upto: 1 });
    assert_eq!(world.row(dialog).unread, 0, "read here");
    // The hub takes note of it and changes nothing: somebody else leads the dialog by then.
    let id = world.hub.submitted.last().unwrap().0;
    world.hub.give(dialog, OLEG, DialogState::Active);
    world.hub.change(dialog, |row| (row.read_by_operator, row.unread) = (0, 1));
    let outcome = Outcome::Done { at_seq: world.hub.head(), message: None };
    world.hub_speaks = true;
    world.settle();
    world.give(Input::Link(LinkInput::Answered { id, outcome }));
    assert_eq!(world.row(dialog).unread, 1);
}
