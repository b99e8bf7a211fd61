//! N1 for a dialog that was put into Ира's hands: nobody asked her, so she has to hear of it as of an offer.

use super::{
    alarms::{ALL, Noticed, Window, noticed, workplace},
    hub::dialog_id,
    world::World,
};
use crate::*;
use otklik_model::*;

/// Dialog 7 waits in the queue; what that is worth is over.
fn with_a_customer(window: Window) -> World {
    let mut world = workplace(window);
    world.hub.customer_comes(7, "есть кто?", world.now.stamp);
    world.settle();
    world.pass(5_000);
    if window == Window::Front {
        world.do_it(Command::Open { dialog: Some(dialog_id(7)) });
    }
    noticed(&mut world);
    world
}

fn assign(world: &mut World) {
    world.hub.given_at_once(7, false, world.now.stamp);
    world.settle();
}

#[test]
fn it_is_told_as_an_offer_is_and_once() {
    for window in ALL {
        let mut world = with_a_customer(window);
        assign(&mut world);
        let expected = match window {
            Window::Front => vec![],
            Window::Focused => vec![Noticed::Toast],
            // The notification of the queue goes: nobody else may take it any more.
            Window::Visible => vec![Noticed::Withdrawn, Noticed::Given, Noticed::Long],
            Window::Hidden => vec![Noticed::Withdrawn, Noticed::Given, Noticed::Long, Noticed::Attention(true)],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
        world.pass(30_000);
        assert_eq!(noticed(&mut world), [], "there is nothing to accept: {window:?}");
    }
}

#[test]
fn what_is_unread_in_it_rings_on_and_looking_at_it_ends_all() {
    let mut world = with_a_customer(Window::Hidden);
    assign(&mut world);
    noticed(&mut world);
    world.pass(60_000);
    assert!(noticed(&mut world).contains(&Noticed::Short), "N5");
    world.window(true, false);
    world.do_it(Command::Open { dialog: Some(dialog_id(7)) });
    let rest = noticed(&mut world);
    assert!(rest.contains(&Noticed::Attention(false)) && rest.contains(&Noticed::Withdrawn), "{rest:?}");
}

#[test]
fn one_that_leaves_again_is_taken_back() {
    let mut world = with_a_customer(Window::Hidden);
    assign(&mut world);
    noticed(&mut world);
    world.hub.give(dialog_id(7), super::hub::OLEG, DialogState::Active);
    world.settle();
    let rest = noticed(&mut world);
    assert!(rest.contains(&Noticed::Attention(false)) && rest.contains(&Noticed::Withdrawn), "{rest:?}");
}

#[test]
fn one_that_she_accepts_on_another_machine_is_no_news() {
    let mut world = with_a_customer(Window::Hidden);
    world.hub.given_at_once(7, true, world.now.stamp);
    world.settle();
    assert_eq!(noticed(&mut world), [Noticed::Withdrawn], "the notification of the queue goes");
}

#[test]
fn who_takes_no_new_dialogs_is_not_called_for_one() {
    let mut world = with_a_customer(Window::Hidden);
    world.hub.set_status(OperatorStatus::Break);
    world.settle();
    noticed(&mut world);
    assign(&mut world);
    assert!(!noticed(&mut world).contains(&Noticed::Given));
}

#[test]
fn what_was_assigned_without_a_connection_is_not_replayed() {
    let mut world = with_a_customer(Window::Hidden);
    world.hub_dies();
    world.hub.given_at_once(7, false, world.now.stamp);
    noticed(&mut world);
    world.hub_returns();
    let told = noticed(&mut world);
    assert!(!told.contains(&Noticed::Given) && !told.contains(&Noticed::Long), "{told:?}");
}

#[test]
fn it_is_known_by_its_mark_and_by_its_words_only_where_a_hub_has_no_marks() {
    for (line, says, rings) in [
        ("given_to Ира", Some(Says::Assigned), true),
        ("assigned Ира", None, true),
        ("assigned Ира", Some(Says::Unknown), false),
        ("given_to Ира", None, false),
    ] {
        let mut world = with_a_customer(Window::Hidden);
        world.hub.given_saying(7, line, says, world.now.stamp);
        world.settle();
        assert_eq!(noticed(&mut world).contains(&Noticed::Given), rings, "{line} {says:?}");
    }
}
