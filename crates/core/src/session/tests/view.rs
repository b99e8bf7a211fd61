//! What the page is shown: each change once, and nothing it has to infer.
//!
//! Invariant 11.

use super::{
    hub::{OLEG, dialog_id},
    world::World,
};
use crate::*;
use otklik_model::*;
use std::collections::BTreeSet;

fn rows(world: &mut World) -> Vec<DialogRow> {
    let rows = world.events().into_iter().filter_map(|event| match event {
        ViewEvent::Rows { rows } => Some(rows),
        _ => None,
    });
    rows.flatten().collect()
}

#[test]
fn one_event_among_thousands_of_dialogs_shows_exactly_one_row() {
    let mut world = World::new();
    for n in 1..=3_000 {
        world.hub.customer_comes(n, "вопрос", Stamp(n as i64));
    }
    world.settle();
    world.seen.clear();
    world.hub.customer_writes(1_234, "ещё один", world.now.stamp);
    world.settle();
    let events = world.events();
    let [ViewEvent::Rows { rows }] = events.as_slice() else { panic!("{events:?}") };
    let [row] = rows.as_slice() else { panic!("{} rows", rows.len()) };
    assert_eq!((row.id, row.unread, row.last.as_ref().unwrap().text.as_str()), (dialog_id(1_234), 2, "ещё один"));
}

#[test]
fn whatever_needs_a_connection_goes_and_comes_back_with_it() {
    let takes: [fn(&mut Can); 7] = [
        |can| can.accept = None,
        |can| can.close = None,
        |can| can.transfer = None,
        |can| can.hold = None,
        |can| can.sort = None,
        |can| can.block = None,
        |can| can.edit = None,
    ];
    for take in takes {
        let mut world = World::new();
        let dialog = world.my_dialog(1);
        world.hub.change(dialog, |row| {
            row.can = Can::nothing(Denied::Closed);
            take(&mut row.can);
        });
        world.settle();
        let allowed = world.row(dialog).can;
        world.seen.clear();
        world.hub_dies();
        let without: Vec<_> = rows(&mut world).into_iter().map(|row| row.can).collect();
        assert!(without.last().is_some_and(|can| *can != allowed), "{allowed:?}, then {without:?}");
        world.hub_returns();
        assert_eq!(rows(&mut world).last().map(|row| row.can), Some(allowed));
    }
}

#[test]
fn whatever_can_wait_in_the_outbox_may_be_begun_without_a_connection() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let with = world.row(dialog).can;
    world.hub_dies();
    let without = world.row(dialog).can;
    assert_eq!((without.write, without.note, without.send_file), (None, None, None));
    assert_eq!((with.write, with.note, with.send_file), (None, None, None));
    assert_eq!(without.close, Some(Denied::Offline));
}

#[test]
fn a_snapshot_and_what_follows_it_are_every_row_once() {
    let mut world = World::new();
    for n in 1..=700 {
        world.hub.customer_comes(n, "вопрос", Stamp(n as i64));
    }
    world.settle();
    let last = dialog_id(300);
    world.do_it(Command::Open { dialog: Some(last) });
    let first = world.session.snapshot();
    let rest = world.session.rows_after_snapshot();
    let shown: BTreeSet<DialogId> = first.rows.iter().chain(&rest).map(|row| row.id).collect();
    assert_eq!((shown.len(), first.rows.len() + rest.len()), (700, 700));
    let of_first: BTreeSet<DialogId> = first.rows.iter().map(|row| row.id).collect();
    assert_eq!(of_first.len(), 121, "60 that wait longest, 60 newest, and the open one");
    assert!([1, 60, 641, 700, 300].iter().all(|n| of_first.contains(&dialog_id(*n))));
    assert_eq!((first.counts.waiting, first.counts.all, first.counts.badge), (700, 700, 700));
}

#[test]
fn revisions_grow_and_the_snapshot_has_the_newest() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let mut newest = 0;
    for i in 0..5 {
        world.hub.customer_writes(1, &format!("{i}"), world.now.stamp);
        world.settle();
        let shown = rows(&mut world);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].rev > newest);
        newest = shown[0].rev;
        assert_eq!(world.row(dialog), shown[0]);
    }
}

#[test]
fn without_a_connection_racy_buttons_say_why_and_writing_goes_on() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let foreign = world.hub.customer_comes(2, "вопрос", world.now.stamp);
    world.settle();
    assert_eq!(world.row(foreign).can.accept, None);
    world.seen.clear();
    world.hub_dies();
    let offline = Some(Denied::Offline);
    let can = world.row(dialog).can;
    assert_eq!((can.close, can.transfer, can.write, can.note), (offline, offline, None, None));
    assert_eq!(world.row(foreign).can.accept, offline);
    let told: BTreeSet<DialogId> = rows(&mut world).iter().map(|row| row.id).collect();
    assert_eq!(told, BTreeSet::from([dialog, foreign]), "the page is told");
    let why = UiErrorCode::Denied { why: Denied::Offline };
    let racy = [
        Command::Accept { dialog: foreign },
        Command::Close { dialog },
        Command::Transfer { dialog, target: TransferTarget::Queue },
        Command::SetStatus { status: OperatorStatus::Offline },
    ];
    for command in racy {
        assert_eq!(world.refused(command), why);
    }
    assert_eq!(world.refused(Command::FillGap { dialog, from: 1, to: 1 }), UiErrorCode::NoConnection);
    world.hub_returns();
    assert_eq!(world.row(dialog).can.close, None);
}

#[test]
fn two_accept_at_once_and_the_loser_is_told_who_won() {
    let mut world = World::new();
    let dialog = world.hub.customer_comes(1, "кто первый?", world.now.stamp);
    world.settle();
    // Oleg's accept reaches the hub first; the news of it has not come here yet.
    world.hub_speaks = false;
    world.hub.give(dialog, OLEG, DialogState::Active);
    let told = world.told.unwrap();
    world.seen.clear();
    let req = world.ask(Command::Accept { dialog });
    assert!(!world.replies.contains_key(&req), "answered by the hub alone");
    assert_eq!(
        world.refused(Command::Accept { dialog }),
        UiErrorCode::Denied { why: Denied::AlreadyTaken },
        "once is enough"
    );
    let (id, _) = world.hub.submitted.last().unwrap();
    let outcome = world.hub.results[id].clone();
    world.give(Input::Link(LinkInput::Answered { id: *id, outcome }));
    let by = "Олег".to_owned();
    let code = UiErrorCode::Refused { reason: Refusal::AlreadyAccepted { by: by.clone() } };
    assert_eq!(world.replies.remove(&req), Some(Err(UiError { code })));
    let toast = Toast::AlreadyAccepted { by, name: Some("Покупатель 1".into()), number: 0 };
    assert!(world.events().contains(&ViewEvent::Toast { toast }));
    world.told = Some(told);
    world.hub_speaks = true;
    world.settle();
    assert_eq!((world.row(dialog).section, world.row(dialog).assignee), (Section::Open, Some("Олег".into())));
}

#[test]
fn an_accepted_dialog_opens_and_one_that_was_taken_from_me_is_announced() {
    let mut world = World::new();
    let dialog = world.hub.customer_comes(1, "мне", world.now.stamp);
    world.settle();
    world.seen.clear();
    world.do_it(Command::Accept { dialog });
    assert!(world.events().contains(&ViewEvent::OpenDialog { dialog }));
    world.hub.give(dialog, OLEG, DialogState::Active);
    world.settle();
    let left = |world: &mut World| {
        world.events().into_iter().any(|e| matches!(e, ViewEvent::Toast { toast: Toast::DialogLeft { .. } }))
    };
    assert!(left(&mut world));
    let own = world.my_dialog(2);
    world.do_it(Command::Transfer { dialog: own, target: TransferTarget::Queue });
    assert!(!left(&mut world), "my own doing is no news to me");
}

#[test]
fn a_request_whose_answer_is_lost_is_answered_with_no_connection() {
    let mut world = World::new();
    let dialog = world.hub.customer_comes(1, "мне", world.now.stamp);
    world.settle();
    world.hub_speaks = false;
    let req = world.ask(Command::Accept { dialog });
    world.hub_dies();
    assert_eq!(world.replies.remove(&req), Some(Err(UiError { code: UiErrorCode::NoConnection })));
    world.hub_returns();
    assert_eq!(world.row(dialog).section, Section::Mine, "what happened shows after the reconnect");
}

#[test]
fn a_busy_hub_is_asked_again_under_the_same_id() {
    let mut world = World::new();
    let dialog = world.hub.customer_comes(1, "мне", world.now.stamp);
    world.settle();
    world.hub_speaks = false;
    let req = world.ask(Command::Accept { dialog });
    let id = world.hub.submitted.last().unwrap().0;
    world.hub_speaks = true;
    world.give(Input::Link(LinkInput::RetryLater { id, after_ms: 2_000 }));
    world.pass(2_000);
    assert_eq!(world.replies.remove(&req), Some(Ok(Receipt::default())));
    assert!(world.hub.submitted.iter().filter(|(one, _)| *one == id).count() == 2);
}

#[test]
fn sections_tones_and_order() {
    let mut world = World::new();
    let at = |n: i64| Stamp(1_700_000_000_000 + n);
    let waiting = world.hub.customer_comes(1, "жду", at(1));
    let left = world.hub.customer_comes(2, "ушёл", at(2));
    world.hub.change(left, |row| row.current_state = OnlineState::Offline);
    let theirs = world.hub.customer_comes(3, "чужой", at(3));
    world.hub.give(theirs, OLEG, DialogState::Active);
    let closed = world.hub.customer_comes(4, "закрыт", at(4));
    world.hub.change(closed, |row| row.state = DialogState::Closed);
    let unanswered = world.my_dialog(5);
    let answered = world.my_dialog(6);
    world.write(answered, "ответ");
    let (section, tone) = (|w: &World, id| w.row(id).section, |w: &World, id| w.row(id).tone);
    let table = [
        (waiting, Section::Waiting, RowTone::Waiting),
        (left, Section::OfflineRequests, RowTone::Offline),
        (theirs, Section::Open, RowTone::Others),
        (closed, Section::All, RowTone::Closed),
        (unanswered, Section::Mine, RowTone::MineUnanswered),
        (answered, Section::Mine, RowTone::MineAnswered),
    ];
    for (id, in_section, with_tone) in table {
        assert_eq!((section(&world, id), tone(&world, id)), (in_section, with_tone));
    }
    assert!(world.row(waiting).sort < world.row(left).sort, "who waits longest first");
    assert!(world.row(unanswered).sort < world.row(answered).sort, "the answered ones below");
}

#[test]
fn marks_of_delivery_move_on_the_lines_of_the_open_dialog() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.write(dialog, "дошло?");
    let marks = |world: &mut World| -> Vec<(Option<u32>, Option<SendState>)> {
        let events = world.events().into_iter().filter_map(|event| match event {
            ViewEvent::Thread { items, .. } => Some(items),
            _ => None,
        });
        events.flatten().map(|item| (item.seq, item.send)).collect()
    };
    world.seen.clear();
    world.hub.change(dialog, |row| row.delivered_to_customer = 2);
    world.settle();
    assert_eq!(marks(&mut world), [(Some(2), Some(SendState::Delivered))]);
    world.hub.change(dialog, |row| row.read_by_customer = 2);
    world.settle();
    assert_eq!(marks(&mut world), [(Some(2), Some(SendState::Read))]);

    // After a restart the line is not in memory any more: the page reads it again.
    world.write(dialog, "а это?");
    world.crash();
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.seen.clear();
    world.hub.change(dialog, |row| row.read_by_customer = 3);
    world.settle();
    assert!(world.events().contains(&ViewEvent::GapFilled { dialog, from: 3, to: 3 }));
}

#[test]
fn the_key_of_a_line_is_the_same_from_enter_to_read() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.seen.clear();
    let id = world.write(dialog, "одна строка");
    let items: Vec<ThreadItem> = world
        .events()
        .into_iter()
        .filter_map(|event| match event {
            ViewEvent::Thread { items, gone, .. } => {
                assert!(gone.is_empty(), "a bubble never jumps");
                Some(items)
            }
            _ => None,
        })
        .flatten()
        .collect();
    assert!(items.iter().all(|item| item.key == id.to_string() && item.mine));
    assert!(items.windows(2).all(|pair| pair[0].rev < pair[1].rev || pair[0].seq.is_none()));
    let states: Vec<_> = items.iter().map(|item| item.send.clone().unwrap()).collect();
    assert_eq!(states.first(), Some(&SendState::Queued));
    assert_eq!(states.last(), Some(&SendState::Sent));
}

#[test]
fn what_the_customer_types_is_shown_until_it_is_sent_or_the_connection_goes() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let types = |world: &mut World, text: &str| {
        world.give(Input::Link(LinkInput::Draft { dialog, text: Some(text.into()) }));
    };
    types(&mut world, "а где мо");
    assert_eq!(world.row(dialog).typing.as_deref(), Some("а где мо"));
    world.hub.customer_writes(1, "а где мой заказ", world.now.stamp);
    world.settle();
    assert_eq!(world.row(dialog).typing, None);
    types(&mut world, &"щ".repeat(5_000));
    assert_eq!(world.row(dialog).typing.unwrap().chars().count(), MAX_DRAFT_CHARS);
    world.hub_dies();
    assert_eq!(world.row(dialog).typing, None);
}

#[test]
fn the_newest_line_of_a_row_is_what_was_written_here_even_before_it_is_sent() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    world.write(dialog, "ответ\nв две строки");
    let row = world.row(dialog);
    assert_eq!((row.last.unwrap().text.as_str(), row.last_mine, row.unsent), ("ответ в две строки", true, 1));
}
