//! Who else has a dialog before him: told to colleagues, shown to the operator, never said to the customer.

use super::{
    hub::{IRA, OLEG, operator},
    world::World,
};
use crate::{Colleague, Command, Effect, Input, LinkInput, Surroundings, ViewEvent, WindowState};
use otklik_model::{DialogId, OperatorId};

const EYES: WindowState = WindowState { focused: true, hidden: false };

/// What was told to the hub, the typing that a customer hears of too.
fn told(world: &mut World) -> Vec<Effect> {
    let is_told = |effect: &Effect| matches!(effect, Effect::Looks { .. } | Effect::Typing { .. });
    world.take_seen().into_iter().filter(is_told).collect()
}

fn looks(dialog: DialogId, writes: bool) -> Effect {
    Effect::Looks { dialog: Some(dialog), writes }
}

fn comes(world: &mut World, dialog: DialogId, operator: OperatorId, here: bool, writes: bool) {
    world.give(Input::Link(LinkInput::Colleague { dialog, operator, here, writes }));
}

fn shown(world: &mut World) -> Vec<Vec<(String, bool)>> {
    let names = |here: Vec<Colleague>| here.into_iter().map(|one| (one.name, one.writes)).collect();
    let events = world.events().into_iter();
    events
        .filter_map(|event| if let ViewEvent::Colleagues { here, .. } = event { Some(names(here)) } else { None })
        .collect()
}

#[test]
fn the_hub_is_told_what_the_operator_turns_to_and_writes_in() {
    let mut world = World::new();
    let (one, two) = (world.my_dialog(1), world.my_dialog(2));
    world.do_it(Command::Open { dialog: Some(one) });
    assert_eq!(told(&mut world), [looks(one, false)]);
    world.do_it(Command::Typing { dialog: one, on: true, note: true });
    assert_eq!(told(&mut world), [looks(one, true)], "of a note the customer hears nothing");
    world.do_it(Command::Typing { dialog: one, on: true, note: false });
    assert_eq!(told(&mut world), [Effect::Typing { dialog: one, on: true }]);
    world.give(Input::OwnWindow { dialog: two, window: Some(EYES) });
    assert_eq!(told(&mut world), [looks(two, false)], "a window of its own is looked at as well");
    world.hub_dies();
    world.take_seen();
    world.hub_returns();
    assert_eq!(told(&mut world), [looks(two, false)], "said anew on each connection");
    world.give(Input::OwnWindow { dialog: two, window: None });
    assert_eq!(told(&mut world), [looks(one, false)], "what the main window shows is before him again");
    world.do_it(Command::Open { dialog: None });
    assert_eq!(told(&mut world), [Effect::Looks { dialog: None, writes: false }]);
}

#[test]
fn colleagues_are_shown_in_the_dialogs_that_windows_show() {
    let mut world = World::new();
    let (one, two) = (world.my_dialog(1), world.my_dialog(2));
    comes(&mut world, one, operator(OLEG), true, false);
    assert!(shown(&mut world).is_empty(), "no window shows it");
    world.do_it(Command::Open { dialog: Some(one) });
    assert_eq!(shown(&mut world), [[("Олег".to_owned(), false)]]);
    comes(&mut world, one, operator(OLEG), true, true);
    comes(&mut world, one, operator(OLEG), true, true);
    comes(&mut world, one, operator(IRA), true, true);
    assert_eq!(shown(&mut world), [[("Олег".to_owned(), true)]], "not oneself, and nothing twice");
    comes(&mut world, two, operator(OLEG), true, false);
    assert!(shown(&mut world).is_empty());
    assert_eq!(world.session.snapshot().colleagues[&one].len(), 1, "a page that comes later sees them");
    world.hub_dies();
    assert_eq!(shown(&mut world), [Vec::new()], "without a connection nothing is known");
}

#[test]
fn the_hub_is_told_whether_a_window_has_the_keyboard() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let told = |world: &mut World| -> Vec<bool> {
        let seen = world.take_seen().into_iter();
        seen.filter_map(|effect| if let Effect::Focus { on } = effect { Some(on) } else { None }).collect()
    };
    world.window(false, false);
    told(&mut world);
    world.window(true, false);
    world.window(true, false);
    assert_eq!(told(&mut world), [true], "once");
    world.give(Input::OwnWindow { dialog, window: Some(EYES) });
    world.window(false, false);
    assert_eq!(told(&mut world), [false; 0], "it went from one window to the other");
    world.hub_dies();
    world.take_seen();
    world.hub_returns();
    assert_eq!(told(&mut world), [true], "said anew on each connection");
    let locked = Surroundings { locked: true, ..Surroundings::default() };
    world.give(Input::Surroundings(locked));
    assert_eq!(told(&mut world), [false], "nobody sits before a locked screen");
}
