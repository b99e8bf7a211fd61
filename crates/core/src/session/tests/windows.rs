//! Links of other programs, and dialogs in windows of their own.

use super::{hub::dialog_id, world::World};
use crate::{AlertSound, Command, DialogLink, Effect, Input, PopupTag, Toast, UiErrorCode, ViewEvent, WindowState};
use otklik_model::DialogId;

const EYES: WindowState = WindowState { focused: true, hidden: false };
const AWAY: WindowState = WindowState { focused: false, hidden: false };
const HIDDEN: WindowState = WindowState { focused: false, hidden: true };

fn own(world: &mut World, dialog: DialogId, window: Option<WindowState>) {
    world.give(Input::OwnWindow { dialog, window });
}

fn asked(world: &World) -> Option<DialogId> {
    world.session.snapshot().asked_for
}

#[test]
fn s_c22_a_link_opens_nothing_before_the_operator_says_so() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.give(Input::LinkFollowed(DialogLink::Dialog(dialog)));
    assert_eq!(world.take_seen(), [Effect::ShowWindow, Effect::Emit(ViewEvent::LinkFollowed { dialog: Some(dialog) })]);
    assert_eq!(
        (asked(&world), world.session.snapshot().open),
        (Some(dialog), None),
        "a page that comes later asks too"
    );
    world.do_it(Command::Open { dialog: Some(dialog) });
    assert!(world.events().contains(&ViewEvent::LinkFollowed { dialog: None }));
    assert_eq!(asked(&world), None);
}

#[test]
fn a_link_that_is_not_wanted_is_forgotten() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.give(Input::LinkFollowed(DialogLink::Dialog(dialog)));
    world.do_it(Command::DropLink);
    assert_eq!((asked(&world), world.session.snapshot().open), (None, None));
    world.do_it(Command::DropLink);
}

#[test]
fn a_link_leads_by_the_number_of_the_dialog_or_of_its_customer() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    let row = world.row(dialog);
    world.give(Input::LinkFollowed(DialogLink::Number(row.number)));
    assert_eq!(asked(&world), Some(dialog));
    world.do_it(Command::DropLink);
    world.give(Input::LinkFollowed(DialogLink::Customer(row.customer_number)));
    assert_eq!(asked(&world), Some(dialog));
}

#[test]
fn a_link_to_the_open_dialog_only_shows_the_window() {
    let mut world = World::new();
    let dialog = world.my_dialog(1);
    world.do_it(Command::Open { dialog: Some(dialog) });
    world.take_seen();
    world.give(Input::LinkFollowed(DialogLink::Dialog(dialog)));
    assert_eq!(world.take_seen(), [Effect::ShowWindow]);
}

#[test]
fn a_link_to_what_is_not_known_waits_until_everything_has_come_and_then_says_so() {
    let nowhere = |world: &mut World| {
        let nowhere = ViewEvent::Toast { toast: Toast::LinkLeadsNowhere };
        world.events().contains(&nowhere)
    };
    let mut world = World::new();
    world.hub_dies();
    world.hub.customer_comes(7, "я пришла", world.now.stamp);
    world.give(Input::LinkFollowed(DialogLink::Dialog(dialog_id(7))));
    assert_eq!(asked(&world), None);
    world.hub_returns();
    assert_eq!(asked(&world), Some(dialog_id(7)), "it came while there was no connection");
    world.do_it(Command::DropLink);
    world.hub_dies();
    world.give(Input::LinkFollowed(DialogLink::Dialog(dialog_id(404))));
    assert!(!nowhere(&mut world), "the hub may know it");
    world.hub_returns();
    assert!(nowhere(&mut world));
    world.take_seen();
    world.give(Input::LinkFollowed(DialogLink::Customer(404)));
    assert!(nowhere(&mut world));
    assert_eq!(asked(&world), None);
}

#[test]
fn a_dialog_in_its_own_window_gets_its_lines_and_is_read_there() {
    let mut world = World::new();
    let (mine, other) = (world.my_dialog(1), world.my_dialog(2));
    world.do_it(Command::Open { dialog: Some(other) });
    own(&mut world, mine, Some(EYES));
    assert!(world.events().contains(&ViewEvent::OwnWindows { dialogs: vec![mine] }));
    world.take_seen();
    world.hub.customer_writes(1, "вы здесь?", world.now.stamp);
    world.settle();
    let lines =
        world.events().into_iter().filter(|event| matches!(event, ViewEvent::Thread { dialog, .. } if *dialog == mine));
    assert!(lines.count() > 0, "the thread in the other window goes on");
    let upto = world.row(mine).last_seq;
    world.do_it(Command::Seen { dialog: mine, upto });
    assert_eq!(world.row(mine).unread, 0);
    own(&mut world, mine, None);
    assert_eq!(world.session.snapshot().own_windows, []);
}

#[test]
fn no_sound_while_any_of_the_windows_has_the_keyboard() {
    for (main, other, rings) in [(AWAY, EYES, false), (EYES, AWAY, false), (HIDDEN, EYES, false), (AWAY, AWAY, true)] {
        let mut world = World::new();
        world.my_dialog(1);
        let beside = world.my_dialog(2);
        world.give(Input::Window(main));
        own(&mut world, beside, Some(other));
        // What rang when the two came is long over.
        world.pass(5_000);
        world.take_seen();
        world.hub.customer_writes(1, "ау", world.now.stamp);
        world.settle();
        let sounds = world.take_seen().into_iter().filter(|effect| *effect == Effect::Sound(AlertSound::Short)).count();
        assert_eq!(sounds > 0, rings, "{main:?} {other:?}");
    }
}

#[test]
fn a_notification_of_a_dialog_in_its_own_window_leads_there_and_looking_there_takes_it_back() {
    let mut world = World::new();
    let mine = world.my_dialog(1);
    world.give(Input::Window(HIDDEN));
    own(&mut world, mine, Some(AWAY));
    world.hub.customer_writes(1, "ау", world.now.stamp);
    world.settle();
    world.take_seen();
    world.give(Input::PopupClicked(Some(mine)));
    assert_eq!(world.take_seen(), [Effect::ShowOwnWindow(mine)]);
    let other = world.my_dialog(2);
    world.do_it(Command::BringUp { dialog: other });
    assert!(world.take_seen().contains(&Effect::Emit(ViewEvent::OpenDialog { dialog: other })));
    own(&mut world, mine, Some(EYES));
    assert!(world.take_seen().contains(&Effect::Withdraw(PopupTag::Dialog(mine))));
}

#[test]
fn a_window_of_a_dialog_that_nobody_knows_disturbs_nothing() {
    let mut world = World::new();
    own(&mut world, dialog_id(404), Some(EYES));
    assert_eq!(world.refused(Command::Seen { dialog: dialog_id(404), upto: 1 }), UiErrorCode::NotFound);
    world.settle();
    own(&mut world, dialog_id(404), None);
}
