use super::*;
use otklik_model::{Awaiting, CloseReason, Denied, DialogState, OnlineState, Page, Presence};

#[test]
fn ira_answers_closes_and_the_customer_comes_back_under_the_same_number() {
    let mut desk = Desk::new();
    desk.customer_says("Где заказ?").unwrap();
    desk.accept(&ira()).unwrap();
    desk.say(&ira(), "Смотрю.").unwrap();
    assert_eq!(desk.dialog.row.awaiting, Awaiting::Customer);
    desk.close(&ira()).unwrap();
    assert_eq!(desk.dialog.row.state, DialogState::ClosedSoft);
    assert_eq!(desk.dialog.row.close_reason, Some(CloseReason::Operator));
    assert_eq!(desk.close(&ira()), Ok(0), "closing a closed one changes nothing");
    let epoch = desk.epoch();
    desk.customer_says("Спасибо, ещё вопрос").unwrap();
    let row = &desk.dialog.row;
    assert_eq!((row.state, row.assignee, row.epoch), (DialogState::Queue, None, epoch + 1));
    assert_eq!((row.closed_at, row.accepted_at, row.awaiting), (None, None, Awaiting::Operator));
    let texts = ["Где заказ?", "accepted Ира", "Смотрю.", "closed Ира", "reopened", "Спасибо, ещё вопрос"];
    assert_eq!(desk.texts(), texts);
}

#[test]
fn of_two_who_accept_at_once_one_wins_and_the_other_is_told_who() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    let seen = desk.epoch();
    desk.accept(&ira()).unwrap();
    for late in [oleg(), newcomer()] {
        let answer = desk.run(Command::Accept { by: late, epoch: seen, taking: Taking::All });
        assert_eq!(answer, Err(Refusal::AlreadyAccepted { by: "Ира".into() }));
    }
    assert_eq!(desk.run(Command::Accept { by: ira(), epoch: seen, taking: Taking::All }), Ok(0), "it is hers already");
}

#[test]
fn an_old_epoch_is_refused_whatever_it_asks() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    let old = desk.epoch();
    desk.give(&ira(), Target::Queue).unwrap();
    let again = desk.run(Command::Accept { by: ira(), epoch: old, taking: Taking::All });
    assert_eq!(again, Err(not_yours(None)));
    desk.accept(&ira()).unwrap();
    let client = ClientId(uuid(9));
    for command in [
        Command::SendText { by: ira(), epoch: old, text: "late".into(), client, quote: None },
        Command::Close { by: ira(), epoch: old },
        Command::Transfer { by: ira(), epoch: old, to: colleague(&oleg()) },
    ] {
        assert_eq!(desk.run(command), Err(not_yours(Some("Ира"))));
    }
}

#[test]
fn a_transfer_is_an_offer_that_is_accepted_or_declined() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    desk.give(&ira(), colleague(&newcomer())).unwrap();
    let row = &desk.dialog.row;
    assert_eq!((row.state, row.assignee_name.as_deref()), (DialogState::Offered, Some("Нина")));
    assert_eq!(desk.say(&ira(), "still mine?"), Err(not_yours(Some("Нина"))));
    assert_eq!(desk.say(&newcomer(), "hello"), Err(not_yours(Some("Нина"))), "not before accepting");
    assert_eq!(desk.accept(&oleg()), Err(not_yours(Some("Нина"))));
    desk.give(&newcomer(), Target::Queue).expect("declining needs no right");
    assert_eq!(desk.dialog.row.state, DialogState::Queue);
    assert_eq!(desk.give(&ira(), colleague(&oleg())), Err(not_yours(None)), "not hers to give any more");
    desk.give(&senior(), colleague(&oleg())).expect("a senior may assign");
    desk.accept(&oleg()).unwrap();
    desk.say(&oleg(), "Здравствуйте").unwrap();
    desk.give(&senior(), Target::Queue).expect("and take back");
    let texts = [
        "?",
        "accepted Ира",
        "transferred Нина",
        "declined Нина",
        "transferred Олег",
        "accepted Олег",
        "Здравствуйте",
        "returned",
    ];
    assert_eq!(desk.texts(), texts);
}

#[test]
fn nobody_is_offered_what_he_cannot_take() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    let away = Target::Operator(Colleague { available: false, ..free(oleg()) });
    for target in [away, Target::Stranger, colleague(&ira())] {
        assert_eq!(desk.give(&ira(), target), Err(Refusal::TargetUnavailable));
    }
}

#[test]
fn what_is_out_of_sight_does_not_exist() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    let nina = newcomer();
    assert_eq!(desk.say(&nina, "x"), Err(Refusal::NotFound));
    assert_eq!(desk.note(&nina, "x"), Err(Refusal::NotFound));
    assert_eq!(desk.close(&nina), Err(Refusal::NotFound));
    assert_eq!(desk.give(&nina, Target::Queue), Err(Refusal::NotFound));
    assert_eq!(desk.run(Command::MarkRead { by: nina.clone(), upto: 1 }), Err(Refusal::NotFound));
    desk.close(&ira()).unwrap();
    assert_eq!(desk.accept(&nina), Err(Refusal::NotFound));
    assert_eq!(desk.accept(&ira()), Err(Refusal::DialogClosed), "her own is re-opened by writing");
    desk.accept(&oleg()).expect("one who sees it may take it up");
}

#[test]
fn whoever_led_it_is_told_who_has_it_and_may_leave_a_note() {
    let mut desk = Desk::new();
    let nina = operator(3, "Нина", &[Right::Accept, Right::TransferOwn, Right::Note]);
    desk.customer_says("?").unwrap();
    desk.accept(&nina).unwrap();
    desk.give(&nina, colleague(&oleg())).unwrap();
    desk.accept(&oleg()).unwrap();
    assert!(!sees(&nina, &desk.dialog.standing()));
    assert_eq!(desk.say(&nina, "written offline"), Err(not_yours(Some("Олег"))));
    assert_eq!(desk.note(&nina, "written offline"), Ok(1));
}

#[test]
fn the_operator_who_closed_it_writes_on_in_it() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    desk.close(&ira()).unwrap();
    let epoch = desk.epoch();
    assert_eq!(desk.say(&oleg(), "x"), Err(not_yours(Some("Ира"))));
    desk.say(&ira(), "И ещё одно.").unwrap();
    let row = &desk.dialog.row;
    assert_eq!((row.state, row.epoch, row.closed_at), (DialogState::Active, epoch, None));
    assert_eq!(desk.texts()[3..], ["reopened Ира", "И ещё одно."]);
}

#[test]
fn rights_are_needed() {
    let mut desk = Desk::new();
    desk.customer_says("?").unwrap();
    let watcher = operator(5, "Зоя", &[Right::SeeOthers]);
    assert_eq!(desk.accept(&watcher), Err(Refusal::Forbidden));
    assert_eq!(desk.note(&watcher, "x"), Err(Refusal::Forbidden));
    let bare = operator(6, "Яна", &[Right::Accept]);
    desk.accept(&bare).unwrap();
    assert_eq!(desk.close(&bare), Err(Refusal::Forbidden));
    assert_eq!(desk.give(&bare, Target::Queue), Err(Refusal::Forbidden));
    assert_eq!(desk.give(&ira(), Target::Queue), Err(not_yours(Some("Яна"))));
}

#[test]
fn texts_are_checked_and_kept_as_written() {
    let mut desk = Desk::new();
    for empty in ["", " \n\t", "\u{200b}\u{feff}", "\0"] {
        assert_eq!(desk.customer_says(empty), Err(Refusal::Empty));
    }
    assert_eq!(desk.customer_says(&"я".repeat(101)), Err(Refusal::TooLong { max: 100 }));
    desk.customer_says("a\0b\r\n<b>\u{202e}🙂").unwrap();
    assert_eq!(desk.texts(), ["ab\n<b>\u{202e}🙂"]);
    desk.accept(&ira()).unwrap();
    assert_eq!(desk.say(&ira(), "  "), Err(Refusal::Empty));
    assert_eq!(desk.note(&ira(), &"я".repeat(101)), Err(Refusal::TooLong { max: 100 }));
}

#[test]
fn the_wait_counts_from_the_first_unanswered_word() {
    let mut desk = Desk::new();
    desk.customer_says("1").unwrap();
    desk.customer_says("2").unwrap();
    desk.accept(&ira()).unwrap();
    desk.note(&ira(), "ask the store").unwrap();
    let row = &desk.dialog.row;
    assert_eq!((row.awaiting, row.awaiting_since), (Awaiting::Operator, Some(Stamp(1))));
    desk.say(&ira(), "3").unwrap();
    assert_eq!(desk.dialog.row.awaiting_since, Some(Stamp(5)));
    desk.close(&ira()).unwrap();
    assert_eq!((desk.dialog.row.awaiting, desk.dialog.row.awaiting_since), (Awaiting::Nobody, None));
}

#[test]
fn only_the_leader_moves_the_reading_mark_and_never_back() {
    let mut desk = Desk::new();
    desk.customer_says("1").unwrap();
    desk.customer_says("2").unwrap();
    let read = |by: Actor, upto| Command::MarkRead { by, upto };
    assert_eq!(desk.run(read(ira(), 2)), Ok(0), "a glance into the queue");
    desk.accept(&ira()).unwrap();
    assert_eq!(desk.run(read(oleg(), 2)), Ok(0), "a glance of a colleague");
    assert_eq!(desk.run(read(ira(), 1)), Ok(1));
    assert_eq!((desk.dialog.row.read_by_operator, desk.dialog.row.unread), (1, 1));
    assert_eq!(desk.run(read(ira(), 4_000_000)), Ok(1));
    assert_eq!((desk.dialog.row.read_by_operator, desk.dialog.row.unread), (3, 0));
    assert_eq!(desk.run(read(ira(), 1)), Ok(0));
}

#[test]
fn marks_of_the_customer_move_forward_and_seen_means_delivered() {
    let mut desk = Desk::new();
    desk.customer_says("1").unwrap();
    desk.customer_says("2").unwrap();
    for (delivered, read, expected) in [(1, 0, (1, 0)), (0, 0, (1, 0)), (1, 2, (2, 2)), (99, 99, (2, 2))] {
        desk.run(Command::CustomerSaw { delivered, read }).unwrap();
        let row = &desk.dialog.row;
        assert_eq!((row.delivered_to_customer, row.read_by_customer), expected);
    }
}

#[test]
fn the_current_state_follows_the_customer_and_the_start_state_stays() {
    let mut desk = Desk::new();
    desk.customer_says("1").unwrap();
    desk.run(Command::CustomerLeft).unwrap();
    assert_eq!(desk.run(Command::CustomerLeft), Ok(0));
    let row = &desk.dialog.row;
    assert_eq!((row.presence, row.current_state), (Presence::LeftSite, OnlineState::Online), "not at once");
    desk.wait_until_due(Timer::LeftLine);
    desk.wait_until_due(Timer::LeftOffline);
    let row = &desk.dialog.row;
    assert_eq!((row.presence, row.current_state), (Presence::Offline, OnlineState::Offline));
    assert_eq!(row.start_state, OnlineState::Online);
    desk.run(Command::CustomerCame).unwrap();
    assert_eq!(desk.dialog.row.current_state, OnlineState::Online);
    let page = Page { url: "https://shop.example.org/".into(), title: "Shop".into() };
    assert_eq!(desk.run(Command::CustomerMoved(page.clone())), Ok(1));
    assert_eq!(desk.run(Command::CustomerMoved(page)), Ok(0));
}

#[test]
fn buttons_say_why_they_are_off() {
    let me = ira().id;
    let standing = |state, assignee| Standing { state, assignee, ..Desk::new().dialog.standing() };
    let can_in = |state, assignee| can(&ira(), &standing(state, assignee));
    let other = Some(oleg().id);
    for (state, assignee, accept, write, close, transfer) in [
        (
            DialogState::Queue,
            None,
            None,
            Some(Denied::NotAccepted),
            Some(Denied::NotAccepted),
            Some(Denied::NotAccepted),
        ),
        (DialogState::Offered, Some(me), None, Some(Denied::NotAccepted), None, None),
        (
            DialogState::Offered,
            other,
            Some(Denied::AlreadyTaken),
            Some(Denied::NotYours),
            Some(Denied::NotYours),
            Some(Denied::NotYours),
        ),
        (DialogState::Active, Some(me), Some(Denied::AlreadyTaken), None, None, None),
        (
            DialogState::Active,
            other,
            Some(Denied::AlreadyTaken),
            Some(Denied::NotYours),
            Some(Denied::NotYours),
            Some(Denied::NotYours),
        ),
        (DialogState::ClosedSoft, Some(me), Some(Denied::Closed), None, Some(Denied::Closed), Some(Denied::Closed)),
        (
            DialogState::Closed,
            Some(me),
            Some(Denied::Closed),
            Some(Denied::Closed),
            Some(Denied::Closed),
            Some(Denied::Closed),
        ),
    ] {
        let found = can_in(state, assignee);
        assert_eq!(
            (found.accept, found.write, found.close, found.transfer),
            (accept, write, close, transfer),
            "{state:?} {assignee:?}"
        );
    }
    assert_eq!(can(&operator(1, "Ира", &[]), &standing(DialogState::Queue, None)).note, Some(Denied::NoRight));
}

#[test]
fn each_thing_that_may_be_done_with_words_has_a_word_of_its_own() {
    let mine = Standing { state: DialogState::Active, assignee: Some(ira().id), ..Desk::new().dialog.standing() };
    let with = |rights: &[Right]| {
        let can = can(&operator(1, "Ира", rights), &mine);
        (can.edit, can.reword, can.delete, can.contacts, can.quote)
    };
    let no = Some(Denied::NoRight);
    assert_eq!(with(&[]), (no, no, no, no, None));
    assert_eq!(with(&[Right::EditOwn]), (None, None, no, no, None));
    assert_eq!(with(&[Right::DeleteOwn]), (None, no, None, no, None));
    assert_eq!(with(&[Right::RequestContact]), (no, no, no, None, None));
    let over = Standing { state: DialogState::Closed, ..mine };
    let can = can(&ira(), &over);
    let closed = Some(Denied::Closed);
    assert_eq!((can.edit, can.reword, can.delete, can.contacts, can.quote), (closed, closed, closed, closed, closed));
}
