//! A sync that fails leaves it open what is on the disk. What was refused is not there when the refusal is said, nor later.

use super::world::{DiskMode, World};
use crate::*;
use otklik_model::DialogId;

const IO: DiskFault = DiskFault::Io;

/// Sends a text whose row gets to the disk though the sync says no.
fn send_in_doubt(world: &mut World, dialog: DialogId, text: &str) -> ReqId {
    world.disk_mode = DiskMode::Waits;
    let req = world.ask(Command::SendText { dialog, text: text.into(), quote: None });
    let (id, writes) = world.held.pop_front().expect("the text is on its way to the disk");
    world.disk.store(writes);
    assert_eq!(world.disk.outbox.len(), 1);
    world.give(Input::CommitFailed { id, fault: IO });
    req
}

fn refusal(world: &World, req: ReqId) -> Option<UiErrorCode> {
    world.replies.get(&req).map(|reply| reply.as_ref().unwrap_err().code.clone())
}

#[test]
fn a_refusal_is_said_when_what_is_in_doubt_has_been_taken_back() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let draft = Command::SaveDraft { dialog, text: "не знаю".into(), note: false, quote: None };
    world.do_it(draft);
    let req = send_in_doubt(&mut world, dialog, "не знаю");
    assert_eq!(refusal(&world, req), None, "nobody knows yet");
    assert!(world.release_one());
    assert_eq!(refusal(&world, req), Some(UiErrorCode::Disk { fault: IO }));
    assert!(world.disk.outbox.is_empty());
    world.disk_mode = DiskMode::Obeys;
    world.crash();
    assert_eq!(world.session.draft(dialog).unwrap().text, "не знаю", "it is in the composer, and only there");
    world.write(dialog, "не знаю");
    assert_eq!(world.on_hub(dialog), ["не знаю"]);
}

#[test]
fn what_could_not_be_taken_back_goes_with_the_next_commit_that_the_disk_takes() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let req = send_in_doubt(&mut world, dialog, "не знаю");
    let (id, _) = world.held.pop_front().expect("it is to be taken back");
    world.give(Input::CommitFailed { id, fault: IO });
    assert_eq!(refusal(&world, req), Some(UiErrorCode::Disk { fault: IO }));
    world.disk_mode = DiskMode::Obeys;
    world.do_it(Command::SaveDraft { dialog, text: "снова".into(), note: false, quote: None });
    assert!(world.disk.outbox.is_empty());
    world.crash();
    world.pass(1_000);
    assert_eq!(world.on_hub(dialog).len(), 0);
}

#[test]
fn a_disk_that_is_full_leaves_no_doubt_and_is_asked_for_nothing() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.disk_mode = DiskMode::Waits;
    let req = world.ask(Command::SendText { dialog, text: "не влезло".into(), quote: None });
    let (id, _) = world.held.pop_front().expect("the text is on its way to the disk");
    world.give(Input::CommitFailed { id, fault: DiskFault::Full });
    assert_eq!(refusal(&world, req), Some(UiErrorCode::Disk { fault: DiskFault::Full }));
    assert!(world.held.is_empty());
}
