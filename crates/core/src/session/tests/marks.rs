//! Marks of delivery on the lines of the open dialog: every own line that a customer receives shows how far it came.

use super::{
    files::{attach, send},
    world::World,
};
use crate::*;
use otklik_model::*;

/// The lines that were shown anew, by their numbers.
fn marks(world: &mut World) -> Vec<(u32, SendState)> {
    let events = world.events().into_iter().filter_map(|event| match event {
        ViewEvent::Thread { items, .. } => Some(items),
        _ => None,
    });
    events.flatten().filter_map(|item| item.seq.zip(item.send)).collect()
}

#[test]
fn one_reading_marks_the_words_and_the_file_and_the_request_behind_them() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.write(dialog, "сейчас пришлю");
    let file = attach(&mut world, dialog, 1);
    send(&mut world, dialog, &[file], "");
    world.upload_done();
    world.hub.says_elsewhere(1, MessageKind::ContactRequest, "", world.now.stamp);
    world.hub.says_elsewhere(1, MessageKind::Note, "между нами", world.now.stamp);
    world.settle();
    world.seen.clear();
    world.hub.change(dialog, |row| row.read_by_customer = 5);
    world.settle();
    assert_eq!(marks(&mut world), [(2, SendState::Read), (3, SendState::Read), (4, SendState::Read)]);
}

#[test]
fn one_reading_marks_what_came_late_as_history_too() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.write(dialog, "с этой машины");
    world.hub_dies();
    world.hub.says_elsewhere(1, MessageKind::Text, "с другой", world.now.stamp);
    world.hub.oldest = world.hub.head().0;
    world.hub_returns();
    assert_eq!(world.disk.texts(dialog).len(), 3, "a snapshot came, and then the history it left out");
    world.seen.clear();
    world.hub.change(dialog, |row| row.read_by_customer = 3);
    world.settle();
    assert_eq!(marks(&mut world), [(2, SendState::Read), (3, SendState::Read)]);
}
