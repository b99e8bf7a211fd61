//! Following the hub: nothing missed, nothing skipped, nothing fetched for ever.
//!
//! Invariants 7 and 8.

use super::{
    hub::{Hub, dialog_id},
    world::{DiskMode, FakeDisk, World},
};
use crate::*;
use otklik_model::*;

fn events(after: u64, upto: u64) -> Input {
    Input::Link(LinkInput::Events { after: Seq(after), upto: Seq(upto), changes: Vec::new() })
}

#[test]
fn a_first_start_takes_the_snapshot_and_a_restart_goes_on_from_there() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    assert_eq!(world.connects, [(Tick(1_000), None)]);
    assert!(world.is_live());
    world.crash();
    let (_, cursor) = world.connects[1];
    assert_eq!(cursor, Some(Cursor { stream: world.hub.stream, after: world.hub.head() }));
    assert!(world.is_live());
    assert_eq!(world.row(dialog).section, Section::Mine);
}

#[test]
fn events_that_do_not_continue_lead_to_a_snapshot() {
    for (after, upto) in [(99, 100), (0, 1), (3, 2)] {
        let mut world = World::new();
        world.my_dialog(1);
        world.give(events(after, upto));
        assert_eq!(world.disk.cursor, None, "({after}, {upto}]: the position is forgotten on disk");
        assert!(!world.is_live());
        world.pass(600);
        assert_eq!(world.connects.last().unwrap().1, None, "everything is asked for");
        assert!(world.is_live());
        assert_eq!(world.disk.cursor.unwrap().after, world.hub.head());
    }
}

#[test]
fn a_beat_that_is_ahead_tells_of_a_silent_miss() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.pass(20_000);
    world.hub.customer_writes(1, "потерянное", world.now.stamp);
    world.told = Some(world.hub.head());
    world.give(Input::Link(LinkInput::Beat { head: world.hub.head() }));
    assert!(!world.is_live());
    world.pass(600);
    assert!(world.is_live());
    assert_eq!(world.disk.texts(dialog).last().unwrap(), "потерянное");
    assert!(world.connects.last().unwrap().1.is_some(), "one miss: go on from the durable position");
}

#[test]
fn two_beats_missing_and_the_connection_is_dead() {
    let mut world = World::new();
    world.my_dialog(1);
    world.hub_speaks = false;
    let before = world.connects.len();
    world.pass(29_999);
    assert!(world.is_live());
    world.hub_speaks = true;
    world.told = None;
    world.pass(501);
    assert!(world.connects.len() > before);
    assert!(world.is_live());
}

#[test]
fn waking_up_and_asking_for_it_connect_at_once() {
    let mut world = World::new();
    world.my_dialog(1);
    world.hub_dies();
    world.pass(60_000);
    world.hub_up = true;
    let tries = world.connects.len();
    world.give(Input::Woke);
    assert_eq!((world.connects.len(), world.is_live()), (tries + 1, true));
    world.do_it(Command::Reconnect);
    assert_eq!((world.connects.len(), world.is_live()), (tries + 2, true));
}

#[test]
fn history_of_my_dialogs_is_fetched_whole_and_that_of_others_when_opened() {
    let mut hub = Hub::new();
    let at = Stamp(1_700_000_000_000);
    for n in [1, 2] {
        hub.customer_comes(n, "начало", at);
        for i in 2..=250 {
            hub.customer_writes(n, &format!("{i}"), at);
        }
    }
    hub.give(dialog_id(1), super::hub::IRA, DialogState::Active);
    let mut world = World::with(hub, FakeDisk::default());
    assert_eq!(world.disk.texts(dialog_id(1)).len(), 250);
    assert_eq!(world.hub.fetches, 3, "a full page is never the end");
    assert_eq!(world.disk.texts(dialog_id(2)).len(), 0);
    world.do_it(Command::Open { dialog: Some(dialog_id(2)) });
    assert_eq!(world.disk.texts(dialog_id(2)).len(), 250);
    assert_eq!(world.disk.dialogs[&dialog_id(2)].held, Held { from: 1, upto: 250 });
}

#[test]
fn after_a_snapshot_the_gap_is_seen_and_filled() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.hub_dies();
    for i in 0..150 {
        world.hub.customer_writes(1, &format!("{i}"), world.now.stamp);
    }
    world.hub.oldest = world.hub.head().0;
    world.hub_returns();
    assert_eq!(world.disk.texts(dialog).len(), 151);
    assert_eq!(world.disk.dialogs[&dialog].held, Held { from: 1, upto: 151 });
    let filled: Vec<(u32, u32)> = world
        .events()
        .into_iter()
        .filter_map(|event| match event {
            ViewEvent::GapFilled { from, to, .. } => Some((from, to)),
            _ => None,
        })
        .collect();
    let told = "the page is told where to read again, what was held included: it may have been changed meanwhile";
    assert_eq!(filled, [(52, 151), (1, 51)], "{told}");
}

#[test]
fn batches_that_come_during_a_commit_go_into_the_next_one_together() {
    let mut world = World::new();
    world.my_dialog(1);
    world.disk_mode = DiskMode::Waits;
    for text in ["раз", "два", "три"] {
        world.hub.customer_writes(1, text, world.now.stamp);
        world.settle();
    }
    assert_eq!(world.held.len(), 1, "one commit of the cache at a time");
    let (_, first) = world.held.front().unwrap().clone();
    world.release_one();
    let (_, second) = world.held.front().unwrap().clone();
    let positions = |writes: &Writes| match writes {
        Writes::Cache(writes) => {
            let puts = writes.iter().filter(|write| matches!(write, CacheWrite::PutMessage(_))).count();
            let moves = writes.iter().filter(|write| matches!(write, CacheWrite::PutCursor(_))).count();
            (puts, moves)
        }
        Writes::Own(_) => panic!("not of the cache"),
    };
    assert_eq!((positions(&first), positions(&second)), ((1, 1), (2, 1)));
    world.release();
    assert_eq!(world.row(dialog_id(1)).unread, 4);
}

#[test]
fn connecting_waits_for_the_commit_that_decides_from_where() {
    let mut world = World::new();
    world.my_dialog(1);
    world.disk_mode = DiskMode::Waits;
    world.hub.customer_writes(1, "в полёте", world.now.stamp);
    world.settle();
    let before = world.connects.len();
    world.give(Input::Woke);
    assert_eq!(world.connects.len(), before, "the commit may still succeed or fail");
    world.release();
    assert_eq!(world.connects.last().unwrap().1.unwrap().after, world.hub.head());
    assert!(world.is_live());
}

/// Whoever is erased leaves no name behind, not even with words that were bound to his dialog.
#[test]
fn of_an_erased_customer_nothing_stays_in_the_cache() {
    let mut world = World::new();
    let (bound, free) = (world.my_dialog(1), world.my_dialog(2));
    world.hub.change(bound, |dialog| dialog.customer.name = "Мария Канарейкина".into());
    world.settle();
    world.hub_dies();
    world.write(bound, "не отправлено");
    world.hub.hide(bound, GoneReason::Erased, "");
    world.hub.hide(free, GoneReason::Erased, "");
    world.hub_returns();
    assert!(!world.disk.dialogs.contains_key(&free));
    let rest = &world.disk.dialogs[&bound].dialog;
    assert_eq!((rest.customer.name.as_str(), rest.customer.number, rest.number), ("", 0, 0));
    assert_eq!(world.disk.outbox.len(), 1, "the operator's own words are his");
    assert!(world.disk.messages.keys().all(|(dialog, _)| *dialog != bound && *dialog != free));
}

#[test]
fn the_state_built_from_events_is_the_state_of_a_snapshot() {
    let mut world = World::new();
    for n in 1..=6 {
        world.hub.customer_comes(n, "вопрос", world.now.stamp);
        world.settle();
    }
    for n in 1..=3 {
        world.do_it(Command::Accept { dialog: dialog_id(n) });
        world.write(dialog_id(n), "ответ");
    }
    world.do_it(Command::Close { dialog: dialog_id(2) });
    world.hub.hide(dialog_id(5), GoneReason::Accepted, "Олег");
    world.settle();
    let built: Vec<SavedDialog> = world.disk.dialogs.values().cloned().collect();
    let rows: Vec<Dialog> = built.iter().map(|saved| saved.dialog.clone()).collect();
    assert_eq!(rows, world.hub.dialogs.values().cloned().collect::<Vec<_>>());
    let hub = std::mem::replace(&mut world.hub, Hub::new());
    let anew = World::with(hub, FakeDisk::default());
    assert_eq!(anew.disk.dialogs.values().map(|saved| saved.dialog.clone()).collect::<Vec<_>>(), rows);
}
