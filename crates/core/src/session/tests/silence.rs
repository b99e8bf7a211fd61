//! What does not ring, whatever the window's state: row N14 of the table of alarms, and what another workplace of the
//! operator tells him.
//!
//! Invariant 12.

use super::alarms::{ALL, Noticed, Window, noticed, workplace, write_to_me};
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

#[test]
fn what_another_workplace_of_his_tells_him_does_not_ring_here_until_he_leaves_that() {
    for window in [Window::Visible, Window::Hidden] {
        let mut world = workplace(window);
        world.give(Input::Link(LinkInput::FocusElsewhere { on: true }));
        write_to_me(&mut world);
        world.hub.customer_comes(7, "к Ире", world.now.stamp);
        world.hub.give(dialog_id(7), super::hub::IRA, DialogState::Offered);
        world.settle();
        world.pass(61_000);
        assert_eq!(noticed(&mut world), [], "{window:?}");
        assert_eq!(world.session.snapshot().counts.mine_unread, 1, "what is counted is counted");

        world.give(Input::Link(LinkInput::FocusElsewhere { on: false }));
        world.pass(60_000);
        let told = noticed(&mut world);
        assert!(told.contains(&Noticed::Long), "{window:?}: the offer waits still: {told:?}");
        assert!(!told.contains(&Noticed::Messages { text: Some("ну что там?".into()), count: 2 }), "it was told there");

        // What is wrong with this workplace no other one tells.
        world.give(Input::Link(LinkInput::FocusElsewhere { on: true }));
        world.hub_dies();
        world.pass(40_000);
        assert_eq!(noticed(&mut world).contains(&Noticed::LinkLost), window == Window::Hidden, "{window:?}");
        world.hub_returns();
        noticed(&mut world);
        write_to_me(&mut world);
        assert!(
            noticed(&mut world).contains(&Noticed::Short),
            "{window:?}: a new connection knows nothing of the other"
        );
    }
}

#[test]
fn the_workplace_that_he_turned_to_rings_as_ever() {
    let mut world = workplace(Window::Focused);
    world.give(Input::Link(LinkInput::FocusElsewhere { on: true }));
    write_to_me(&mut world);
    assert_eq!(noticed(&mut world), [Noticed::Toast]);
}
