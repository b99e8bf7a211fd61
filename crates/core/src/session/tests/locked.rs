//! A locked screen: nobody sees the window behind it, and whoever passes by sees the notifications on it.

use super::{
    alarms::{Noticed, Window, new_customer, noticed, workplace, write_to_me},
    hub::dialog_id,
    world::World,
};
use crate::*;

/// Ира has dialog 1 open and has read it.
fn at_work() -> World {
    let mut world = workplace(Window::Front);
    let dialog = dialog_id(1);
    world.do_it(Command::Seen { dialog, upto: world.row(dialog).last_seq });
    world.take_seen();
    world
}

fn lock(world: &mut World, locked: bool) {
    world.give(Input::Surroundings(Surroundings { locked, ..Surroundings::default() }));
}

#[test]
fn behind_a_locked_screen_even_the_focused_window_is_hidden() {
    let mut world = at_work();
    lock(&mut world, true);
    write_to_me(&mut world);
    assert_eq!(noticed(&mut world), [Noticed::Messages { text: None, count: 1 }, Noticed::Short]);
    // N5 recalls it, as it does for a window in the tray.
    world.pass(60_000);
    assert_eq!(noticed(&mut world), [Noticed::Short]);
}

#[test]
fn s_c20_a_notification_on_a_locked_screen_shows_nobodys_words_and_sounds_all_the_same() {
    let mut world = at_work();
    lock(&mut world, true);
    new_customer(&mut world);
    world.hub.noted(1, "телефон +7 900 000-00-00", world.now.stamp);
    world.settle();
    let texts = world.seen.iter().filter_map(|effect| match effect {
        Effect::Popup(Popup::Waiting { text, .. }) => Some(text.clone().map(|said| said.text)),
        Effect::Popup(Popup::Note { text, .. }) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(texts.collect::<Vec<_>>(), [None, None]);
    assert!(noticed(&mut world).contains(&Noticed::Long));
    // Unlocked, the settings decide again.
    world.window(false, true);
    lock(&mut world, false);
    write_to_me(&mut world);
    assert!(noticed(&mut world).contains(&Noticed::Messages { text: Some("ну что там?".into()), count: 1 }));
}

#[test]
fn what_a_page_shows_behind_the_lock_is_read_when_it_is_unlocked() {
    let (mut world, dialog) = (at_work(), dialog_id(1));
    lock(&mut world, true);
    write_to_me(&mut world);
    // The page does not know of the lock: its window has the keyboard.
    world.do_it(Command::Seen { dialog, upto: world.row(dialog).last_seq });
    assert_eq!(world.row(dialog).unread, 1, "nobody has read it");
    lock(&mut world, false);
    world.settle();
    assert_eq!(world.row(dialog).unread, 0);
}

#[test]
fn what_was_shown_behind_the_lock_and_left_is_not_read() {
    let (mut world, dialog) = (at_work(), dialog_id(1));
    lock(&mut world, true);
    write_to_me(&mut world);
    world.do_it(Command::Seen { dialog, upto: world.row(dialog).last_seq });
    world.do_it(Command::Open { dialog: Some(dialog_id(2)) });
    lock(&mut world, false);
    world.settle();
    assert_eq!(world.row(dialog).unread, 1);
}

#[test]
fn unlocking_before_the_window_is_as_good_as_focusing_it() {
    let mut world = at_work();
    lock(&mut world, true);
    write_to_me(&mut world);
    world.take_seen();
    lock(&mut world, false);
    assert!(noticed(&mut world).contains(&Noticed::Withdrawn), "the dialog is before the operator's eyes again");
}

#[test]
fn s_c20_a_notification_behind_the_lock_names_nobody_and_those_before_it_are_taken_back() {
    let mut world = workplace(Window::Hidden);
    let named = |world: &World| {
        let popups = world.seen.iter().filter_map(|effect| match effect {
            Effect::Popup(Popup::Messages { name, .. }) => Some(name.is_some()),
            _ => None,
        });
        popups.collect::<Vec<_>>()
    };
    write_to_me(&mut world);
    assert_eq!(named(&world), [true], "nobody is behind a lock yet");
    assert!(world.session.standing().next.is_some());
    world.take_seen();
    lock(&mut world, true);
    assert_eq!(noticed(&mut world), [Noticed::Withdrawn]);
    assert_eq!(world.session.standing().next, None, "the tray names nobody, and counts");
    assert_eq!(world.session.standing().unread, 1);
    world.pass(60_000);
    assert_eq!(named(&world), [] as [bool; 0], "what is recalled is heard, not shown again");
    write_to_me(&mut world);
    assert!(named(&world).iter().all(|named| !named) && !named(&world).is_empty());
}
