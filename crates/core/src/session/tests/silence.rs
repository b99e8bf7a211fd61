//! What never rings, whatever the window's state: row N14 of the table of alarms.
//!
//! Invariant 12.

use super::alarms::{ALL, Noticed, Window, noticed, workplace};
use super::hub::dialog_id;
use crate::*;
use otklik_model::*;

#[test]
fn n14_typing_marks_and_ones_own_words_never_ring() {
    for window in ALL {
        let mut world = workplace(window);
        let dialog = dialog_id(1);
        world.give(Input::Link(LinkInput::Draft { dialog, text: Some("я тут пиш".into()) }));
        world.write(dialog, "своё");
        world.hub.change(dialog, |row| row.read_by_customer = row.last_seq);
        world.hub.change(dialog, |row| row.presence = Presence::LeftSite);
        world.settle();
        assert_eq!(noticed(&mut world), [], "{window:?}");
    }
}

#[test]
fn n14_what_a_bot_and_its_customer_say_never_rings_until_people_are_asked_for() {
    for window in ALL {
        let mut world = workplace(window);
        let dialog = dialog_id(7);
        world.hub.bot_greets(7, "Здравствуйте! Чем помочь?", world.now.stamp);
        world.settle();
        world.hub.customer_writes(7, "где заказ", world.now.stamp);
        world.hub.bot_says(7, "Назовите номер.", world.now.stamp);
        world.settle();
        world.pass(30_000);
        assert_eq!(noticed(&mut world), [], "{window:?}: a bot leads it");

        // The one that he leads himself, where a bot has a word too.
        world.hub.bot_says(1, "Оцените разговор.", world.now.stamp);
        world.settle();
        assert_eq!(noticed(&mut world), [], "{window:?}: no bot's words ring");

        world.hub.change(dialog, |row| (row.state, row.bot) = (DialogState::Queue, None));
        world.settle();
        let told = noticed(&mut world);
        let waits = told.contains(&Noticed::Waiting { to_me: false });
        assert_eq!(waits, matches!(window, Window::Visible | Window::Hidden), "{window:?}: {told:?}");
    }
}
