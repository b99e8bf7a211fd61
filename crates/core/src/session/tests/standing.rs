//! What the tray has to tell, beside the rows that it is derived from.

use super::{
    alarms::{Window, new_customer, workplace, write_to_me},
    hub::dialog_id,
    world::World,
};
use crate::*;
use otklik_model::*;

#[test]
fn whoever_waits_longest_is_next_then_what_is_unread() {
    let mut world = workplace(Window::Front);
    world.do_it(Command::Seen { dialog: dialog_id(1), upto: 1 });
    world.window(false, false);
    assert_eq!(world.session.standing().next, None, "everything is read and nobody waits");
    write_to_me(&mut world);
    let next = world.session.standing().next.expect("something is unread");
    assert_eq!((next.dialog, next.why), (dialog_id(1), NextWhy::Unread));
    new_customer(&mut world);
    world.pass(1_000);
    world.hub.customer_comes(8, "и я", world.now.stamp);
    world.settle();
    let next = world.session.standing().next.expect("two wait");
    assert_eq!((next.dialog, next.why), (dialog_id(7), NextWhy::Waits));
    assert_eq!(next.name.as_deref(), Some("Покупатель 7"));
}

#[test]
fn the_sums_are_those_of_the_lists_and_of_the_badge() {
    let mut world = workplace(Window::Hidden);
    new_customer(&mut world);
    write_to_me(&mut world);
    let (standing, counts) = (world.session.standing(), world.session.snapshot().counts);
    assert_eq!((standing.waiting, standing.unread, standing.badge), (counts.waiting, counts.mine_unread, counts.badge));
    assert_eq!(standing.badge, 2);
    assert!(standing.can_choose);
    world.hub_dies();
    assert!(!world.session.standing().can_choose, "a status is agreed on at once or not at all");
    assert!(matches!(world.session.standing().link, LinkView::Down { .. }));
    assert_eq!(world.session.standing().badge, 2, "what is unread stays so without a connection");
}

#[test]
fn a_start_from_the_disk_stands_as_it_stood() {
    let mut world = workplace(Window::Hidden);
    new_customer(&mut world);
    write_to_me(&mut world);
    let before = world.session.standing();
    world.crash();
    let after = world.session.standing();
    assert_eq!((after.waiting, after.unread, after.next), (before.waiting, before.unread, before.next));
}

#[test]
fn a_declined_notification_gives_the_dialog_back_and_says_why_when_it_cannot() {
    let mut world = World::new();
    let dialog = world.hub.customer_comes(1, "я здесь", world.now.stamp);
    world.hub.give(dialog, super::hub::IRA, DialogState::Offered);
    world.settle();
    world.take_seen();
    world.give(Input::PopupDeclined(dialog));
    assert!(!world.take_seen().contains(&Effect::ShowWindow), "there is nothing to be shown");
    let asked = world.hub.submitted.iter().any(|(_, op)| matches!(op, Op::Decline { dialog: of, .. } if *of == dialog));
    assert!(asked, "the hub was asked");
    world.hub_dies();
    world.take_seen();
    world.give(Input::PopupDeclined(dialog));
    let told = world.take_seen();
    assert!(told.contains(&Effect::ShowWindow));
    let toast = Toast::NotDone { why: UiErrorCode::Denied { why: Denied::Offline } };
    assert!(told.contains(&Effect::Emit(ViewEvent::Toast { toast })));
}

#[test]
fn an_answer_from_a_notification_leaves_the_composer_alone_and_reads_what_it_answers() {
    let mut world = workplace(Window::Hidden);
    let dialog = dialog_id(1);
    world.do_it(Command::SaveDraft { dialog, text: "черновик".into(), note: false, quote: None });
    write_to_me(&mut world);
    assert!(world.row(dialog).unread > 0);
    let answer = world.do_it(Command::Reply { dialog, text: "Уже едет.".into(), read: true });
    assert!(answer.message.is_some());
    world.settle();
    assert_eq!(world.on_hub(dialog), ["Уже едет."]);
    assert_eq!(world.session.draft(dialog).map(|draft| draft.text.as_str()), Some("черновик"));
    assert_eq!(world.row(dialog).unread, 0);
    // Of several messages the notification showed the last one only.
    write_to_me(&mut world);
    world.do_it(Command::Reply { dialog, text: "И это тоже.".into(), read: false });
    assert_eq!(world.row(dialog).unread, 1);
}

#[test]
fn an_answer_from_a_notification_of_a_dialog_that_is_not_mine_any_more_is_refused() {
    let mut world = workplace(Window::Hidden);
    let dialog = dialog_id(1);
    world.hub.give(dialog, super::hub::OLEG, DialogState::Active);
    world.settle();
    let refused = world.refused(Command::Reply { dialog, text: "Опоздала".into(), read: true });
    assert!(matches!(refused, UiErrorCode::Denied { .. }), "{refused:?}");
}
