//! Files that the operator sends: a file in the queue is a message in the queue.

use super::world::{DiskMode, World};
use crate::*;
use otklik_model::*;
use uuid::Uuid;

fn staged(n: u128) -> StagedFile {
    StagedFile {
        id: StagedId(Uuid::from_u128(0x57A6 + n)),
        name: format!("чек {n}.png"),
        media: "image/png".into(),
        size: 1_000,
        pixels: Some((800, 600)),
    }
}

pub(super) fn attach(world: &mut World, dialog: DialogId, n: u128) -> StagedId {
    world.do_it(Command::Attach { dialog, file: staged(n) });
    staged(n).id
}

pub(super) fn send(world: &mut World, dialog: DialogId, files: &[StagedId], text: &str) -> ClientId {
    world.do_it(Command::SendFiles { dialog, files: files.to_vec(), text: text.into() }).message.unwrap()
}

fn names_on_hub(world: &World, dialog: DialogId) -> Vec<String> {
    let named = |message: &Message| match &message.details.file {
        Some(file) => file.name.clone(),
        None => message.text.clone(),
    };
    let own = |message: &&Message| matches!(message.author, Author::Operator { .. });
    world.hub.messages.get(&dialog).into_iter().flatten().filter(own).map(named).collect()
}

fn states(world: &World, dialog: DialogId) -> Vec<SendState> {
    world.unsent(dialog).into_iter().map(|(_, state)| state).collect()
}

#[test]
fn a_file_waits_in_the_tray_over_a_crash_and_goes_out_between_the_words_around_it_once() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let file = attach(&mut world, dialog, 1);
    assert!(world.row(dialog).draft, "a chosen file is an unfinished message");
    world.crash();
    assert_eq!(world.session.tray(dialog), [staged(1)]);
    world.write(dialog, "раз");
    send(&mut world, dialog, &[file], "вот он");
    world.write(dialog, "два");
    assert_eq!((world.session.tray(dialog), world.row(dialog).draft), (vec![], false));
    world.crash();
    assert_eq!(world.row(dialog).unsent, 3);
    assert_eq!(world.session.staged(), [file], "its bytes are still wanted");
    world.hub_returns();
    assert_eq!(names_on_hub(&world, dialog), ["раз"], "the file goes first, and is on its way");
    world.upload_done();
    assert_eq!(names_on_hub(&world, dialog), ["раз", "чек 1.png", "два"]);
    assert_eq!(world.unstaged, [file], "its bytes go when the message is in the cache");
    assert!(world.disk.outbox.is_empty() && world.disk.tray.is_empty());
    let kept = world.disk.messages.values().find(|message| message.kind == MessageKind::File).unwrap();
    assert_eq!(kept.details.file.as_ref().map(|file| file.name.as_str()), Some("чек 1.png"));
    assert_eq!(kept.text, "вот он");
    world.check();
}

#[test]
fn several_go_in_the_order_of_the_tray_and_the_words_with_the_first() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let files: Vec<_> = (1..=3).map(|n| attach(&mut world, dialog, n)).collect();
    assert_eq!(world.session.tray(dialog).iter().map(|file| file.id).collect::<Vec<_>>(), files);
    send(&mut world, dialog, &files, "три чека");
    for _ in 0..3 {
        assert_eq!(world.uploads.len(), 1, "one of a dialog at a time");
        world.upload_done();
    }
    assert_eq!(names_on_hub(&world, dialog), ["чек 1.png", "чек 2.png", "чек 3.png"]);
    assert_eq!(world.on_hub(dialog), ["три чека", "", ""]);
    world.check();
}

#[test]
fn an_upload_that_breaks_off_begins_anew_and_leaves_one_message() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let file = attach(&mut world, dialog, 1);
    let id = send(&mut world, dialog, &[file], "");
    world.give(Input::Link(LinkInput::Uploading { id, sent: 400 }));
    assert_eq!(states(&world, dialog), [SendState::Uploading { sent: 400 }]);
    world.hub_dies();
    assert_eq!(states(&world, dialog), [SendState::Queued]);
    world.hub_returns();
    assert_eq!(states(&world, dialog), [SendState::Uploading { sent: 0 }]);
    world.crash();
    assert_eq!(world.uploads.len(), 1, "after a restart too");
    world.upload_fails(Upload::Later { after_ms: Some(2_000) });
    assert!(matches!(states(&world, dialog)[..], [SendState::Waiting { .. }]), "{:?}", states(&world, dialog));
    world.pass(2_100);
    world.upload_done();
    assert_eq!(names_on_hub(&world, dialog), ["чек 1.png"]);
    assert_eq!(world.unstaged, [file]);
}

#[test]
fn what_the_hub_has_already_is_not_uploaded_again_after_a_crash() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let file = attach(&mut world, dialog, 1);
    send(&mut world, dialog, &[file], "");
    world.hub_speaks = false;
    world.upload_done();
    assert_eq!(names_on_hub(&world, dialog), ["чек 1.png"], "the hub has the message, and the answer is lost");
    world.crash();
    world.hub_returns();
    assert!(world.uploads.is_empty());
    assert_eq!((names_on_hub(&world, dialog).len(), world.hub.uploaded), (1, 1));
    assert!(world.disk.outbox.is_empty());
    world.check();
}

#[test]
fn what_was_uploaded_a_day_ago_is_uploaded_anew() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let file = attach(&mut world, dialog, 1);
    world.do_it(Command::SetSettings { settings: Settings { ask_after_min: u32::MAX, ..Settings::default() }.into() });
    let id = send(&mut world, dialog, &[file], "");
    world.disk_mode = DiskMode::Waits;
    world.upload_done();
    // The hub's name for it reaches the disk, and nothing else happens for a day.
    world.release_one();
    world.hub_dies();
    world.release();
    assert!(matches!(world.disk.outbox.values().next().unwrap().op, OutboxOp::File { uploaded: Some(_), .. }));
    world.pass(21 * 3_600_000);
    world.hub.files.clear();
    world.hub_returns();
    world.do_it(Command::Reconnect);
    assert_eq!(states(&world, dialog), [SendState::Held { reason: HeldReason::TooOld }], "whatever the setting says");
    world.do_it(Command::Resend { message: id });
    world.upload_done();
    assert_eq!((names_on_hub(&world, dialog).len(), world.hub.uploaded), (1, 2));
    assert!(world.disk.outbox.is_empty());
}

#[test]
fn what_the_centre_does_not_take_is_said_before_it_is_uploaded() {
    let mut world = World::new();
    world.hub.profile.limits.files = FileLimits { most_bytes: 999, media: vec!["image/png".into()] };
    world.hub_dies();
    world.hub_returns();
    let dialog = world.my_dialog(1);
    let too_large = UiErrorCode::File { why: FileTrouble::TooLarge { most_bytes: 999 } };
    assert_eq!(world.refused(Command::Attach { dialog, file: staged(1) }), too_large);
    let exe = StagedFile { media: "application/x-executable".into(), size: 5, ..staged(2) };
    let media = UiErrorCode::File { why: FileTrouble::Media };
    assert_eq!(world.refused(Command::Attach { dialog, file: exe }), media);
    assert!(world.disk.tray.is_empty() && world.session.staged().is_empty());
}

#[test]
fn what_the_hub_refuses_steps_aside_and_may_be_tried_again_or_taken_back() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let file = attach(&mut world, dialog, 1);
    let id = send(&mut world, dialog, &[file], "подпись");
    world.write(dialog, "дальше");
    world.upload_fails(Upload::Refused(FileTrouble::Media));
    assert_eq!(states(&world, dialog), [SendState::NotTaken { why: FileTrouble::Media }]);
    assert_eq!(world.on_hub(dialog), ["дальше"]);
    let again = world.do_it(Command::Resend { message: id }).message.unwrap();
    assert_ne!(again, id, "the hub keeps its answer to the old id");
    assert!(world.unstaged.is_empty(), "the bytes are still wanted");
    let receipt = world.do_it(Command::Edit { message: again });
    assert_eq!(receipt.text.as_deref(), Some("подпись"));
    assert!(world.uploads.is_empty(), "nobody waits for the upload any more");
    assert_eq!(world.session.tray(dialog), [staged(1)]);
    world.crash();
    assert_eq!(world.session.tray(dialog), [staged(1)]);
    assert_eq!(world.session.draft(dialog).map(|draft| draft.text.as_str()), Some("подпись"));
}

#[test]
fn a_file_taken_back_without_a_caption_leaves_the_words_being_written_alone() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let file = attach(&mut world, dialog, 1);
    let id = send(&mut world, dialog, &[file], "");
    world.do_it(Command::SaveDraft { dialog, text: "пишу".into(), note: false, quote: None });
    world.do_it(Command::Edit { message: id });
    assert_eq!(world.session.draft(dialog).map(|draft| draft.text.as_str()), Some("пишу"));
    assert_eq!(world.session.tray(dialog), [staged(1)]);
}

#[test]
fn a_cancelled_file_stops_going_and_its_bytes_go() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let file = attach(&mut world, dialog, 1);
    let id = send(&mut world, dialog, &[file], "");
    assert_eq!(world.uploads.len(), 1);
    world.do_it(Command::Cancel { message: id });
    assert_eq!((world.uploads.len(), &world.unstaged[..]), (0, &[file][..]));
    // What comes of the upload all the same is nobody's.
    let attachment = world.hub.takes_file(&staged(1));
    world.give(Input::Link(LinkInput::Uploaded { id, result: Upload::Done(attachment) }));
    assert!(names_on_hub(&world, dialog).is_empty() && world.disk.outbox.is_empty());
}

#[test]
fn out_of_the_tray_is_gone() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let file = attach(&mut world, dialog, 1);
    assert_eq!(world.refused(Command::Attach { dialog, file: staged(1) }), UiErrorCode::Malformed, "one place each");
    world.do_it(Command::Detach { file });
    assert_eq!((world.session.tray(dialog), &world.unstaged[..]), (vec![], &[file][..]));
    assert_eq!(world.refused(Command::Detach { file }), UiErrorCode::NotFound);
    let gone = Command::SendFiles { dialog, files: vec![file], text: String::new() };
    assert_eq!(world.refused(gone), UiErrorCode::NotFound);
}

#[test]
fn what_the_disk_refuses_stays_where_it_was() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let full = UiErrorCode::Disk { fault: DiskFault::Full };
    world.disk_mode = DiskMode::Refuses(DiskFault::Full);
    assert_eq!(world.refused(Command::Attach { dialog, file: staged(1) }), full);
    assert!(world.session.tray(dialog).is_empty());
    world.disk_mode = DiskMode::Obeys;
    let file = attach(&mut world, dialog, 1);
    world.disk_mode = DiskMode::Refuses(DiskFault::Full);
    let send = Command::SendFiles { dialog, files: vec![file], text: String::new() };
    assert_eq!(world.refused(send), full);
    assert_eq!((world.session.tray(dialog), world.uploads.len()), (vec![staged(1)], 0));
}

#[test]
fn a_file_for_somebody_elses_customer_is_held() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.hub_dies();
    let file = attach(&mut world, dialog, 1);
    let id = send(&mut world, dialog, &[file], "");
    world.hub.give(dialog, super::hub::OLEG, DialogState::Active);
    world.hub_returns();
    let reason = HeldReason::NotMine { owner: Some("Олег".into()) };
    assert_eq!(states(&world, dialog), [SendState::Held { reason }]);
    assert!(world.uploads.is_empty(), "not a byte of it left");
    assert_eq!(world.refused(Command::AsNote { message: id }), UiErrorCode::Malformed, "a note has no files");
}

#[test]
fn a_long_upload_is_no_alarm() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.window(false, true);
    let file = attach(&mut world, dialog, 1);
    send(&mut world, dialog, &[file], "");
    world.seen.clear();
    world.pass(60_000);
    assert!(!world.seen.iter().any(|effect| matches!(effect, Effect::Popup(Popup::Unsent { .. }))));
    world.upload_done();
    assert_eq!(names_on_hub(&world, dialog), ["чек 1.png"]);
}
