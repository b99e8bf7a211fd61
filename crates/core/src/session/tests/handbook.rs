//! What the centre keeps ready: stored, shown, and asked for again if it was lost.

use super::world::{DiskMode, World};
use crate::*;
use otklik_model::*;

fn handbook(digest: &str) -> Handbook {
    Handbook { digest: digest.into(), category_required: true, ..Handbook::default() }
}

fn told(world: &mut World, digest: &str) {
    world.give(Input::Link(LinkInput::Handbook(Box::new(handbook(digest)))));
}

fn shown(world: &World) -> Vec<String> {
    let of = |effect: &Effect| match effect {
        Effect::Emit(ViewEvent::Handbook { handbook }) => Some(handbook.digest.clone()),
        _ => None,
    };
    world.seen.iter().filter_map(of).collect()
}

#[test]
fn a_handbook_is_stored_shown_and_there_after_a_restart() {
    let mut world = World::new();
    assert_eq!(world.handbooks, [None]);
    told(&mut world, "a");
    assert_eq!(world.disk.handbook, Some(handbook("a")));
    assert_eq!(shown(&world), ["a"]);
    world.hub_up = false;
    world.crash();
    assert_eq!(world.session.snapshot().handbook, handbook("a"));
    assert_eq!(world.handbooks.last(), Some(&Some("a".to_owned())));
}

#[test]
fn a_handbook_that_the_disk_refused_is_not_shown_and_asked_for_again() {
    let mut world = World::new();
    told(&mut world, "a");
    world.disk_mode = DiskMode::Refuses(DiskFault::Full);
    told(&mut world, "b");
    assert_eq!(world.session.snapshot().handbook.digest, "a");
    world.disk_mode = DiskMode::Obeys;
    world.hub_dies();
    world.hub_returns();
    assert_eq!(world.handbooks.last(), Some(&Some("a".to_owned())));
    told(&mut world, "b");
    assert_eq!(world.session.snapshot().handbook.digest, "b");
}
