//! What is not on this machine is asked of the hub; dialogs that are over stay here once they were found.

use super::world::World;
use crate::*;
use otklik_model::*;
use uuid::Uuid;

fn old_dialog(world: &World, state: DialogState) -> Dialog {
    let row = world.hub.dialogs.values().next().expect("somebody writes").clone();
    let id = DialogId(Uuid::from_u128(77));
    Dialog { id, number: 3, state, closed_at: state.is_closed().then_some(Stamp(9)), last_seq: 4, ..row }
}

fn ask(world: &mut World) -> (ReqId, u64) {
    let dialog = *world.hub.dialogs.keys().next().unwrap();
    let req = world.ask(Command::LookUp { what: Lookup::DialogsOf { dialog, before: None, limit: 10 } });
    let asked = world.take_seen().into_iter().find_map(|effect| match effect {
        Effect::LookUp { req, .. } => Some(req),
        _ => None,
    });
    (req, asked.expect("the hub is asked"))
}

#[test]
fn a_dialog_that_is_over_is_kept_before_it_is_told() {
    let mut world = World::new();
    world.my_dialog(1);
    let (req, fetch) = ask(&mut world);
    let old = old_dialog(&world, DialogState::Closed);
    world.disk_mode = super::world::DiskMode::Waits;
    let found = Found::Dialogs { dialogs: vec![old.clone()], more: false };
    world.give(Input::Link(LinkInput::Found { req: fetch, found: found.clone() }));
    assert!(!world.replies.contains_key(&req), "what is told can be opened");
    world.release();
    assert_eq!(world.replies.remove(&req).unwrap().unwrap().found, Some(found));
    assert_eq!(world.row(old.id).number, 3);
    world.do_it(Command::Open { dialog: Some(old.id) });
    world.crash();
    assert_eq!(world.row(old.id).number, 3, "it stays, with a connection and without");
}

#[test]
fn a_dialog_that_goes_on_is_told_and_not_kept() {
    let mut world = World::new();
    world.my_dialog(1);
    let (req, fetch) = ask(&mut world);
    let waits = old_dialog(&world, DialogState::Queue);
    let found = Found::Dialogs { dialogs: vec![waits.clone()], more: false };
    world.give(Input::Link(LinkInput::Found { req: fetch, found }));
    assert!(world.replies.remove(&req).unwrap().is_ok());
    assert!(world.session.dialog(waits.id).is_none(), "nobody would tell what becomes of it");
}

#[test]
fn what_is_found_never_goes_back_behind_what_events_have_told() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let (_, fetch) = ask(&mut world);
    let stale = Dialog { number: 99, state: DialogState::Closed, rev: Seq(1), ..world.hub.dialogs[&dialog].clone() };
    let found = Found::Dialogs { dialogs: vec![stale], more: false };
    world.give(Input::Link(LinkInput::Found { req: fetch, found }));
    assert_ne!(world.row(dialog).number, 99);
}

#[test]
fn every_question_is_answered_once_whatever_happens() {
    let mut world = World::new();
    world.my_dialog(1);
    let (req, fetch) = ask(&mut world);
    world.give(Input::Link(LinkInput::Fetched { req: fetch, result: Fetched::Refused }));
    assert_eq!(world.replies.remove(&req).unwrap().unwrap_err().code, UiErrorCode::NotFound);
    let (req, fetch) = ask(&mut world);
    world.hub_dies();
    assert_eq!(world.replies.remove(&req).unwrap().unwrap_err().code, UiErrorCode::NoConnection);
    let what = Lookup::Messages { search: MessageSearch::of("заказ"), before: None, limit: 10 };
    let refused = world.refused(Command::LookUp { what });
    assert_eq!(refused, UiErrorCode::Denied { why: Denied::Offline }, "now or not at all");
    world.hub_returns();
    // The answer to a question of a connection that is gone.
    let late = Found::Messages { hits: Vec::new(), before: None };
    world.give(Input::Link(LinkInput::Found { req: fetch, found: late }));
    assert!(world.replies.is_empty());
}
