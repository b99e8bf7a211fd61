//! A disk that refuses: nothing pretends to be saved, nothing written is lost.
//!
//! Invariants 4, 5 and 7.

use super::world::{DiskMode, World};
use crate::*;
use otklik_model::GoneReason;

const FULL: DiskFault = DiskFault::Full;

fn notices(world: &World) -> Vec<Notice> {
    world.session.snapshot().notices
}

#[test]
fn a_full_disk_leaves_the_text_in_the_composer_and_says_so() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::SaveDraft { dialog, text: "длинный ответ".into(), note: false, quote: None });
    world.disk_mode = DiskMode::Refuses(FULL);
    let told = UiErrorCode::Disk { fault: FULL };
    assert_eq!(world.refused(Command::SendText { dialog, text: "длинный ответ".into(), quote: None }), told);
    assert_eq!(world.refused(Command::SaveDraft { dialog, text: "ещё".into(), note: false, quote: None }), told);
    assert_eq!(world.refused(Command::SetSettings { settings: Settings::default().into() }), told);
    assert_eq!(world.session.draft(dialog).unwrap().text, "длинный ответ", "memory does not run ahead of the disk");
    assert_eq!((world.row(dialog).unsent, world.on_hub(dialog).len()), (0, 0));
    assert_eq!(notices(&world), [Notice::Disk { fault: FULL }]);
    world.disk_mode = DiskMode::Obeys;
    world.write(dialog, "длинный ответ");
    assert_eq!(notices(&world), []);
    assert_eq!(world.on_hub(dialog), ["длинный ответ"]);
}

#[test]
fn the_notice_goes_when_the_disk_is_well_without_a_word_of_the_operator() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.disk_mode = DiskMode::Refuses(FULL);
    world.refused(Command::SendText { dialog, text: "не влезло".into(), quote: None });
    world.pass(20_000);
    assert_eq!(notices(&world), [Notice::Disk { fault: FULL }], "asked again and again, and refused");
    world.disk_mode = DiskMode::Obeys;
    world.pass(6_000);
    assert_eq!(notices(&world), []);
}

#[test]
fn nothing_is_sent_whose_going_is_not_durable() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    world.write(dialog, "ждёт");
    world.disk_mode = DiskMode::Refuses(DiskFault::Io);
    // The cache is refused as well here; only own.db matters for this story, so let the hub bring nothing new.
    world.hub_returns();
    world.pass(20_000);
    assert_eq!(world.on_hub(dialog).len(), 0);
    world.disk_mode = DiskMode::Obeys;
    world.pass(5_000);
    assert_eq!(world.on_hub(dialog), ["ждёт"]);
    assert_eq!(notices(&world), []);
}

#[test]
fn a_refused_batch_does_not_move_the_position_and_is_tried_again_whole() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let position = world.disk.cursor;
    world.disk_mode = DiskMode::Refuses(FULL);
    world.hub.customer_writes(1, "не влезло", world.now.stamp);
    world.settle();
    world.pass(3_000);
    assert_eq!(world.disk.cursor, position);
    assert_eq!(world.row(dialog).unread, 1, "what is not durable is not shown");
    assert_eq!(notices(&world), [Notice::Disk { fault: FULL }]);
    world.disk_mode = DiskMode::Obeys;
    world.pass(30_000);
    assert_eq!(world.disk.cursor.unwrap().after, world.hub.head());
    assert_eq!((world.row(dialog).unread, notices(&world).len()), (2, 0));
}

#[test]
fn a_connection_lost_while_the_cache_is_refused_goes_on_from_what_is_durable() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let position = world.disk.cursor;
    world.disk_mode = DiskMode::Refuses(FULL);
    world.hub.customer_writes(1, "потом", world.now.stamp);
    world.settle();
    world.give(Input::Woke);
    assert_eq!(world.connects.last().unwrap().1, position);
    world.disk_mode = DiskMode::Obeys;
    world.pass(30_000);
    assert_eq!(world.disk.texts(dialog), ["здравствуйте", "потом"]);
    assert!(world.is_live());
}

#[test]
fn what_remains_of_a_dialog_out_of_sight_goes_even_if_the_disk_refuses_and_the_connection_is_made_anew() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::SaveDraft { dialog, text: "недописано".into(), note: false, quote: None });
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.settle();
    assert_eq!(world.row(dialog).last_seq, 0, "for the draft's sake something remains of it");
    world.disk_mode = DiskMode::Waits;
    world.ask(Command::SaveDraft { dialog, text: String::new(), note: false, quote: None });
    world.release_one();
    let (id, _) = world.held.pop_front().expect("what remains is to go");
    world.give(Input::CommitFailed { id, fault: FULL });
    world.disk_mode = DiskMode::Obeys;
    world.give(Input::Woke);
    assert!(world.is_live());
    assert!(world.session.dialog(dialog).is_none() && world.disk.dialogs.is_empty(), "{:?}", world.disk.dialogs);
    assert_eq!(notices(&world), []);
}

#[test]
fn a_draft_begun_anew_while_the_disk_refuses_keeps_what_remains_of_its_dialog() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::SaveDraft { dialog, text: "недописано".into(), note: false, quote: None });
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.settle();
    world.disk_mode = DiskMode::Waits;
    world.ask(Command::SaveDraft { dialog, text: String::new(), note: false, quote: None });
    world.release_one();
    let (id, _) = world.held.pop_front().expect("what remains is to go");
    world.give(Input::CommitFailed { id, fault: FULL });
    world.disk_mode = DiskMode::Obeys;
    world.do_it(Command::SaveDraft { dialog, text: "передумала".into(), note: false, quote: None });
    world.give(Input::Woke);
    assert!(world.row(dialog).draft);
    world.crash();
    assert!(world.row(dialog).draft);
}

#[test]
fn a_position_that_is_no_good_is_not_gone_on_from_though_the_disk_would_not_forget_it() {
    let mut world = World::new();
    world.my_dialog(1);
    world.disk_mode = DiskMode::Refuses(FULL);
    world.give(Input::Link(LinkInput::Closed(CloseCause::Resync)));
    // The whole state comes and cannot be stored either; then the connection is lost once more.
    world.pass(600);
    world.give(Input::Woke);
    let asked: Vec<_> = world.connects.iter().skip(1).map(|(_, cursor)| *cursor).collect();
    assert!(asked.len() >= 2 && asked.iter().all(Option::is_none), "{asked:?}");
    world.disk_mode = DiskMode::Obeys;
    world.pass(40_000);
    assert!(world.is_live());
    assert_eq!(world.disk.cursor.unwrap().after, world.hub.head());
}

#[test]
fn an_answer_that_could_not_be_stored_is_asked_for_again_and_not_doubled() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.disk_mode = DiskMode::Waits;
    world.ask(Command::SendText { dialog, text: "один раз".into(), quote: None });
    while world.on_hub(dialog).is_empty() {
        assert!(world.release_one());
    }
    let (id, _) = world.held.pop_front().expect("the message's row is on its way to the cache");
    world.disk_mode = DiskMode::Refuses(FULL);
    world.give(Input::CommitFailed { id, fault: FULL });
    assert_eq!(world.unsent(dialog), [("один раз".into(), SendState::Sending)], "not shown as sent");
    world.hub_dies();
    world.disk_mode = DiskMode::Obeys;
    world.hub_returns();
    assert_eq!(world.on_hub(dialog), ["один раз"]);
    assert!(world.disk.outbox.is_empty());
    world.check();
}

#[test]
fn a_crash_between_any_two_commits_ends_in_the_same_place() {
    for survived in 0..9 {
        let mut world = World::new();
        let dialog = world.my_dialog(1);
        world.disk_mode = DiskMode::Waits;
        for text in ["раз", "два"] {
            world.ask(Command::SendText { dialog, text: text.into(), quote: None });
        }
        let mut stored = 0;
        while stored < survived && world.release_one() {
            stored += 1;
        }
        let promised: Vec<String> =
            world.replies.iter().filter(|(_, reply)| reply.is_ok()).map(|(req, _)| format!("{req:?}")).collect();
        world.disk_mode = DiskMode::Obeys;
        world.crash();
        world.pass(1_000);
        let on_hub = world.on_hub(dialog);
        assert!(
            on_hub.len() >= promised.len(),
            "after {survived} commits: {promised:?} were promised, {on_hub:?} sent"
        );
        assert!(["раз", "два"].starts_with(&on_hub.iter().map(String::as_str).collect::<Vec<_>>()), "{on_hub:?}");
        assert!(world.disk.outbox.is_empty(), "after {survived} commits: {:?}", world.disk.outbox);
        assert_eq!(world.disk.texts(dialog)[1..], on_hub);
        world.check();
    }
}

#[test]
fn the_rebuilt_cache_is_told_until_everything_is_back() {
    let mut world = World::new();
    world.hub_dies();
    world.session.set_notice(Notice::CacheRebuilt);
    assert_eq!(notices(&world), [Notice::CacheRebuilt]);
    world.hub_returns();
    assert_eq!(notices(&world), []);
}

#[test]
fn s_c19_an_ended_session_is_the_operators_to_begin_anew_and_what_he_wrote_goes_out_then() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.write(dialog, "раз");
    world.told = None;
    world.give(Input::Link(LinkInput::Closed(CloseCause::SignIn)));
    let ends = world.take_seen().into_iter().filter(|effect| *effect == Effect::SessionEnded);
    assert_eq!(ends.count(), 1);
    // The last words of a page whose screen has gone away.
    world.write(dialog, "два");
    world.do_it(Command::SaveDraft { dialog, text: "три".into(), note: false, quote: None });
    let tries = world.connects.len();
    world.pass(300_000);
    assert_eq!(world.connects.len(), tries, "nothing helps but the operator");
    assert!(matches!(world.session.snapshot().link, LinkView::Down { retry_at: None, .. }));
    assert_eq!(notices(&world), []);

    world.disk.erase_cache();
    world.crash();
    assert_eq!(world.connects.last(), Some(&(world.now.tick, None)), "from the beginning");
    assert_eq!(world.on_hub(dialog), ["раз", "два"]);
    assert_eq!(world.session.draft(dialog).unwrap().text, "три");
    assert!(world.disk.outbox.is_empty());
    world.check();
}

#[test]
fn each_reason_to_stay_away_is_told_until_the_hub_lets_us_in() {
    let table = [
        (CloseCause::HubTooOld, Notice::HubTooOld),
        (CloseCause::HubTooNew, Notice::HubTooNew),
        (CloseCause::Certificate, Notice::Certificate),
    ];
    for (cause, notice) in table {
        let mut world = World::new();
        let dialog = world.my_dialog(1);
        world.refusal = cause;
        world.hub_dies();
        world.write(dialog, "раз");
        world.do_it(Command::Reconnect);
        assert_eq!(notices(&world), std::slice::from_ref(&notice));
        world.write(dialog, "два");
        world.crash();
        world.pass(200_000);
        assert_eq!((notices(&world), world.is_live()), (vec![notice], false), "tried again, and refused");
        let waiting: Vec<_> = world.unsent(dialog).into_iter().map(|(text, _)| text).collect();
        assert_eq!(waiting, ["раз", "два"], "what was written waits");
        world.hub_up = true;
        world.do_it(Command::Reconnect);
        assert_eq!((notices(&world).len(), world.is_live()), (0, true));
        assert_eq!(world.on_hub(dialog), ["раз", "два"], "once, in order");
        world.check();
    }
}
