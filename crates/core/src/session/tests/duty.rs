//! Going on duty: asked once after a login, by what the hub has told, and answered at the hub.

use super::{
    hub::{IRA, operator},
    world::World,
};
use crate::*;
use otklik_model::*;

fn day(set_by: SetBy, code: &str) -> Box<Day> {
    Box::new(Day {
        code: code.parse().unwrap(),
        since: Stamp(0),
        set_by,
        departments: Vec::new(),
        load: Load::default(),
        shift: None,
    })
}

fn becomes(world: &mut World, status: OperatorStatus, set_by: SetBy, code: &str) {
    world.hub.profile.me.day = Some(day(set_by, code));
    world.hub.set_status(status);
    world.settle();
}

fn told(world: &mut World, asks_status: bool) {
    let handbook = Handbook { digest: format!("{asks_status}"), asks_status, ..Handbook::default() };
    world.give(Input::Link(LinkInput::Handbook(Box::new(handbook))));
}

fn asked(world: &World) -> bool {
    world.session.snapshot().asks_status
}

/// What the page was told last, if it was.
fn shown(world: &mut World) -> Option<bool> {
    let of = |effect: &Effect| match effect {
        Effect::Emit(ViewEvent::Me { asks_status, .. }) => Some(*asks_status),
        _ => None,
    };
    world.take_seen().iter().rev().find_map(of)
}

#[test]
fn whoever_signs_in_is_asked_once_whichever_of_both_is_told_first() {
    for handbook_first in [true, false] {
        let mut world = World::new();
        if handbook_first {
            told(&mut world, true);
        }
        becomes(&mut world, OperatorStatus::Offline, SetBy::Login, "offline");
        if !handbook_first {
            assert!(!asked(&world));
            told(&mut world, true);
        }
        assert_eq!((asked(&world), shown(&mut world)), (true, Some(true)), "{handbook_first}");
        world.hub_dies();
        world.hub_returns();
        assert!(asked(&world), "nothing was said yet");
        let op = Op::ChooseStatus { code: "online".parse().unwrap(), of: None };
        world.do_it(Command::ChooseStatus { code: "online".parse().unwrap(), of: None });
        assert!(world.hub.submitted.iter().any(|(_, submitted)| *submitted == op));
        becomes(&mut world, OperatorStatus::Online, SetBy::Himself, "online");
        assert_eq!((asked(&world), shown(&mut world)), (false, Some(false)));
    }
}

#[test]
fn neither_a_reconnect_nor_a_restart_asks_whoever_has_said_that_he_stays_off_duty() {
    let mut world = World::new();
    told(&mut world, true);
    becomes(&mut world, OperatorStatus::Offline, SetBy::Login, "offline");
    assert!(asked(&world));
    becomes(&mut world, OperatorStatus::Offline, SetBy::Himself, "offline");
    assert!(!asked(&world));
    world.hub_dies();
    world.hub_returns();
    assert!(!asked(&world));
    world.hub_up = false;
    world.crash();
    assert!(!asked(&world), "before the hub is heard, too");
    world.hub_returns();
    assert!(!asked(&world));
    assert_eq!(world.session.snapshot().me.id, operator(IRA));
}

#[test]
fn nobody_is_asked_where_the_centre_does_not_want_it_or_something_else_set_his_status() {
    let mut world = World::new();
    told(&mut world, false);
    becomes(&mut world, OperatorStatus::Offline, SetBy::Login, "offline");
    assert!(!asked(&world));
    told(&mut world, true);
    assert!(asked(&world), "the centre thinks better of it");
    for set_by in [SetBy::SessionLost, SetBy::Schedule, SetBy::Logout, SetBy::Hub, SetBy::Unknown] {
        becomes(&mut world, OperatorStatus::Offline, set_by, "offline");
        assert!(!asked(&world), "{set_by:?}");
    }
    becomes(&mut world, OperatorStatus::Online, SetBy::Login, "online");
    assert!(!asked(&world));
}
