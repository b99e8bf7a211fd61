//! The table of alarms, cell by cell, and the rules over all of them.
//!
//! Invariant 12.

use super::{
    hub::{IRA, OLEG, dialog_id},
    world::World,
};
use crate::*;
use otklik_model::*;

/// What an operator notices, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    Long,
    Short,
    Trouble,
    Request,
    Left,
    Ends,
    Note { text: Option<String> },
    Status,
    QueueLong,
    LowRating,
    Waiting { to_me: bool },
    Given,
    Messages { text: Option<String>, count: u32 },
    Unsent,
    LinkLost,
    SessionEnded,
    Summary { unread: u32, waiting: u32 },
    Withdrawn,
    Attention(bool),
    Toast,
}

pub(super) fn noticed(world: &mut World) -> Vec<Noticed> {
    let short = |effect| {
        Some(match effect {
            Effect::Sound(AlertSound::Long) => Noticed::Long,
            Effect::Sound(AlertSound::Short) => Noticed::Short,
            Effect::Sound(AlertSound::Trouble) => Noticed::Trouble,
            Effect::Popup(Popup::OfflineRequest { .. }) => Noticed::Request,
            Effect::Popup(Popup::Left { .. }) => Noticed::Left,
            Effect::Popup(Popup::OfferEnds { .. }) => Noticed::Ends,
            Effect::Popup(Popup::Note { text, .. }) => Noticed::Note { text },
            Effect::Popup(Popup::Status { .. }) => Noticed::Status,
            Effect::Popup(Popup::QueueLong { .. }) => Noticed::QueueLong,
            Effect::Popup(Popup::LowRating { .. }) => Noticed::LowRating,
            Effect::Popup(Popup::Waiting { to_me, .. }) => Noticed::Waiting { to_me },
            Effect::Popup(Popup::Given { .. }) => Noticed::Given,
            Effect::Popup(Popup::Messages { text, count, .. }) => {
                Noticed::Messages { text: text.map(|said| said.text), count }
            }
            Effect::Popup(Popup::Unsent { .. }) => Noticed::Unsent,
            Effect::Popup(Popup::LinkLost) => Noticed::LinkLost,
            Effect::Popup(Popup::SessionEnded) => Noticed::SessionEnded,
            Effect::Popup(Popup::Summary { unread, waiting }) => Noticed::Summary { unread, waiting },
            Effect::Withdraw(_) => Noticed::Withdrawn,
            Effect::Attention(on) => Noticed::Attention(on),
            Effect::Emit(ViewEvent::Toast { .. }) => Noticed::Toast,
            _ => return None,
        })
    };
    world.take_seen().into_iter().filter_map(short).collect()
}

/// The four states of the window of the rule table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// Focused, this dialog open.
    Front,
    /// Focused on something else.
    Focused,
    /// Visible, not focused.
    Visible,
    /// Minimised, in the tray or locked.
    Hidden,
}

pub(super) const ALL: [Window; 4] = [Window::Front, Window::Focused, Window::Visible, Window::Hidden];

/// A live session whose operator leads dialog 1 and has another one, 2, open; the window as asked.
pub(super) fn workplace(window: Window) -> World {
    let mut world = World::new();
    let (mine, other) = (world.my_dialog(1), world.my_dialog(2));
    world.window(true, false);
    world.do_it(Command::Open { dialog: Some(other) });
    world.do_it(Command::Seen { dialog: other, upto: 1 });
    world.do_it(Command::Open { dialog: Some(if window == Window::Front { mine } else { other }) });
    world.window(matches!(window, Window::Front | Window::Focused), window == Window::Hidden);
    world.pass(5_000);
    world.take_seen();
    world
}

pub(super) fn new_customer(world: &mut World) {
    world.hub.customer_comes(7, "есть кто?", world.now.stamp);
    world.settle();
}

pub(super) fn write_to_me(world: &mut World) {
    world.hub.customer_writes(1, "ну что там?", world.now.stamp);
    world.settle();
}

fn message(text: &str, count: u32) -> Noticed {
    Noticed::Messages { text: Some(text.into()), count }
}

#[test]
fn n1_a_dialog_offered_to_me() {
    for window in ALL {
        let mut world = workplace(window);
        world.hub.customer_comes(7, "к Ире, пожалуйста", world.now.stamp);
        world.hub.give(dialog_id(7), IRA, DialogState::Offered);
        world.settle();
        let expected = match window {
            Window::Front | Window::Focused => vec![Noticed::Toast],
            Window::Visible => vec![Noticed::Waiting { to_me: true }, Noticed::Long],
            Window::Hidden => vec![Noticed::Waiting { to_me: true }, Noticed::Long, Noticed::Attention(true)],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
        // Again every 30 seconds until it is accepted, and only where nobody looks.
        world.pass(30_000);
        let again = match window {
            Window::Front | Window::Focused => vec![],
            Window::Visible | Window::Hidden => vec![Noticed::Waiting { to_me: true }, Noticed::Long],
        };
        assert_eq!(noticed(&mut world), again, "{window:?}");
        world.do_it(Command::Accept { dialog: dialog_id(7) });
        let rest = noticed(&mut world);
        assert_eq!(
            rest.contains(&Noticed::Withdrawn),
            matches!(window, Window::Visible | Window::Hidden),
            "{window:?}"
        );
        assert_eq!(rest.contains(&Noticed::Attention(false)), window == Window::Hidden);
    }
}

#[test]
fn n2_a_message_in_my_dialog() {
    for window in ALL {
        let mut world = workplace(window);
        write_to_me(&mut world);
        let unread = world.row(dialog_id(1)).unread;
        let expected = match window {
            Window::Front => vec![],
            Window::Focused => vec![Noticed::Toast],
            Window::Visible | Window::Hidden => vec![message("ну что там?", unread), Noticed::Short],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
    }
}

#[test]
fn n2_whatever_the_customer_says_by_words_or_without() {
    for kind in [MessageKind::File, MessageKind::Contacts, MessageKind::Place, MessageKind::Sticker] {
        let mut world = workplace(Window::Visible);
        world.hub.customer_says(1, kind, "у входа", world.now.stamp);
        world.settle();
        let popup = world.seen.iter().find_map(|effect| match effect {
            Effect::Popup(Popup::Messages { text, .. }) => text.clone(),
            _ => None,
        });
        assert_eq!(popup, Some(Said { kind, text: "у входа".into() }), "what it is goes with it");
        assert!(noticed(&mut world).contains(&Noticed::Short), "{kind:?}");
    }
    for kind in [MessageKind::Unknown, MessageKind::System] {
        let mut world = workplace(Window::Visible);
        world.hub.customer_says(1, kind, "", world.now.stamp);
        world.settle();
        assert_eq!(noticed(&mut world), [], "{kind:?}");
    }
}

#[test]
fn n3_a_new_dialog_that_i_may_take() {
    for window in ALL {
        let mut world = workplace(window);
        new_customer(&mut world);
        let expected = match window {
            Window::Front | Window::Focused => vec![],
            Window::Visible | Window::Hidden => vec![Noticed::Waiting { to_me: false }, Noticed::Long],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
        // Oleg takes it: the call has lost its cause.
        world.hub.give(dialog_id(7), OLEG, DialogState::Active);
        world.settle();
        let taken = if expected.is_empty() { vec![] } else { vec![Noticed::Withdrawn] };
        assert_eq!(noticed(&mut world), taken, "{window:?}");
    }
}

#[test]
fn n5_an_unread_message_is_recalled_only_while_nobody_can_see_the_window() {
    for window in ALL {
        let mut world = workplace(window);
        write_to_me(&mut world);
        noticed(&mut world);
        let mut sounds = 0;
        for _ in 0..4 {
            world.pass(15_000);
            sounds += noticed(&mut world).iter().filter(|n| **n == Noticed::Short).count();
        }
        assert_eq!(sounds, usize::from(window == Window::Hidden), "{window:?}: once a minute");
        world.window(true, false);
        world.do_it(Command::Open { dialog: Some(dialog_id(1)) });
        let upto = world.row(dialog_id(1)).last_seq;
        world.do_it(Command::Seen { dialog: dialog_id(1), upto });
        world.window(false, true);
        noticed(&mut world);
        world.pass(300_000);
        assert_eq!(noticed(&mut world), [], "{window:?}: read is read");
    }
}

#[test]
fn n10_a_message_that_failed_is_told_once_per_episode() {
    for window in ALL {
        let mut world = workplace(window);
        let dialog = dialog_id(1);
        let told = match window {
            Window::Front => vec![],
            Window::Focused => vec![Noticed::Toast],
            Window::Visible | Window::Hidden => vec![Noticed::Unsent],
        };
        // The hub has transferred the dialog an instant before.
        for (n, expected) in [(1, told.clone()), (2, vec![])] {
            let row = world.hub.dialogs.get_mut(&dialog).unwrap();
            row.epoch += 1;
            world.write(dialog, &format!("мимо {n}"));
            world.hub.dialogs.get_mut(&dialog).unwrap().epoch -= 1;
            assert_eq!(noticed(&mut world), expected, "{window:?}, message {n}");
        }
        for item in world.session.outbox_of(dialog) {
            world.do_it(Command::Cancel { message: item.client_id });
        }
        let over = if told == [Noticed::Unsent] { vec![Noticed::Withdrawn] } else { vec![] };
        assert_eq!(noticed(&mut world), over, "{window:?}");
    }
}

#[test]
fn n10_a_message_that_does_not_go_out_is_told_after_half_a_minute() {
    let mut world = workplace(Window::Visible);
    world.hub_speaks = false;
    let id = world.write(dialog_id(1), "застряло");
    world.give(Input::Link(LinkInput::RetryLater { id, after_ms: 120_000 }));
    for second in 0..31 {
        world.give(Input::Link(LinkInput::Beat { head: Seq(0) }));
        let told = noticed(&mut world);
        assert_eq!(told.is_empty(), second < 30, "after {second} s: {told:?}");
        world.pass(1_000);
    }
}

#[test]
fn n10_words_that_wait_for_a_lost_connection_are_told_once_to_whom_n11_tells_nothing() {
    let about_it = |n: &Noticed| matches!(n, Noticed::Unsent | Noticed::LinkLost | Noticed::Withdrawn);
    let told = |world: &mut World| noticed(world).into_iter().filter(about_it).collect::<Vec<_>>();
    for window in ALL {
        let mut world = workplace(window);
        world.hub_dies();
        world.write(dialog_id(1), "застряло");
        world.write(dialog_id(2), "и это");
        world.pass(29_000);
        assert_eq!(told(&mut world), [], "{window:?}");
        world.pass(2_000);
        let expected = match window {
            Window::Front | Window::Focused => vec![],
            Window::Visible => vec![Noticed::Unsent],
            Window::Hidden => vec![Noticed::LinkLost],
        };
        assert_eq!(told(&mut world), expected, "{window:?}: one for both dialogs");
        world.pass(300_000);
        world.write(dialog_id(1), "и ещё");
        world.pass(60_000);
        assert_eq!(told(&mut world), [], "{window:?}: once");
        world.hub_returns();
        let over = if expected.is_empty() { vec![] } else { vec![Noticed::Withdrawn] };
        assert_eq!(told(&mut world), over, "{window:?}: they have gone out");
    }
}

#[test]
fn n11_a_lost_connection_is_told_after_half_a_minute_to_whom_cannot_see_it() {
    for window in ALL {
        let mut world = workplace(window);
        world.hub_dies();
        world.pass(29_000);
        let lost = |world: &mut World| noticed(world).into_iter().filter(|n| *n == Noticed::LinkLost).count();
        assert_eq!(lost(&mut world), 0, "{window:?}");
        world.pass(120_000);
        assert_eq!(lost(&mut world), usize::from(window == Window::Hidden), "{window:?}: once");
        world.hub_returns();
        assert_eq!(noticed(&mut world).contains(&Noticed::Withdrawn), window == Window::Hidden, "{window:?}");
    }
}

#[test]
fn an_ended_session_is_told_at_once_to_whom_cannot_see_it_and_what_leads_nowhere_is_taken_back() {
    for window in ALL {
        let mut world = workplace(window);
        let trouble = SoundClass { on: true, ..SoundClass::default() };
        world.do_it(Command::SetSettings {
            settings: Settings { sound_trouble: trouble, ..Settings::default() }.into(),
        });
        write_to_me(&mut world);
        world.pass(5_000);
        noticed(&mut world);
        world.told = None;
        world.give(Input::Link(LinkInput::Closed(CloseCause::SignIn)));
        world.pass(1_000);
        let expected = match window {
            Window::Front | Window::Focused => vec![],
            Window::Visible => vec![Noticed::Withdrawn],
            Window::Hidden => vec![Noticed::Withdrawn, Noticed::SessionEnded, Noticed::Trouble],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
        world.pass(40_000);
        assert!(!noticed(&mut world).contains(&Noticed::LinkLost), "{window:?}");
    }
}

#[test]
fn a_burst_is_one_sound_and_one_notification_with_a_count() {
    let mut world = workplace(Window::Hidden);
    for i in 0..10 {
        world.hub.customer_writes(1, &format!("{i}"), world.now.stamp);
        world.settle();
        world.pass(30);
    }
    world.pass(1_500);
    let told = noticed(&mut world);
    assert_eq!(told.iter().filter(|n| **n == Noticed::Short).count(), 1, "{told:?}");
    let popups: Vec<_> = told.into_iter().filter(|n| *n != Noticed::Short).collect();
    assert_eq!(
        popups,
        [message("0", 2), message("1", 3), message("2", 4), Noticed::Messages { text: None, count: 11 }],
        "three singles, then one with a count"
    );
}

#[test]
fn sounds_keep_two_seconds_apart_and_somebody_new_is_still_rung_for() {
    let mut world = workplace(Window::Visible);
    let sounds = |world: &mut World| -> Vec<Noticed> {
        noticed(world).into_iter().filter(|n| matches!(n, Noticed::Long | Noticed::Short)).collect()
    };
    write_to_me(&mut world);
    new_customer(&mut world);
    assert_eq!(sounds(&mut world), [Noticed::Short]);
    world.pass(1_999);
    assert_eq!(sounds(&mut world), []);
    world.pass(1);
    assert_eq!(sounds(&mut world), [Noticed::Long], "put off, not swallowed");
    write_to_me(&mut world);
    assert_eq!(sounds(&mut world), [], "the lesser sound is");
}

#[test]
fn a_backlog_is_one_silent_line() {
    for window in ALL {
        let mut world = workplace(window);
        world.hub_dies();
        for n in 20..30 {
            world.hub.customer_comes(n, "пока вас не было", world.now.stamp);
            world.hub.customer_writes(1, "ау", world.now.stamp);
        }
        noticed(&mut world);
        world.hub_returns();
        let expected = match window {
            Window::Front | Window::Focused => vec![],
            Window::Visible | Window::Hidden => vec![Noticed::Summary { unread: 1, waiting: 10 }],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
        world.window(true, false);
        assert_eq!(noticed(&mut world).contains(&Noticed::Withdrawn), !expected.is_empty(), "{window:?}");
    }
}

#[test]
fn a_reconnect_without_news_says_nothing() {
    let mut world = workplace(Window::Hidden);
    world.hub_dies();
    world.pass(2_000);
    world.hub_returns();
    assert_eq!(noticed(&mut world), []);
}

#[test]
fn no_message_rings_twice_not_even_after_a_restart() {
    let mut world = workplace(Window::Visible);
    write_to_me(&mut world);
    assert!(noticed(&mut world).contains(&Noticed::Short));
    assert_eq!(world.disk.alerted.len(), 1);
    let Some(Change::MessageAdded(again)) =
        world.hub.log.iter().rev().find(|change| matches!(change, Change::MessageAdded(_))).cloned()
    else {
        panic!()
    };
    world.pass(3_000);
    let mut again = *again;
    again.rev = Seq(world.hub.head().0 + 1);
    world.hub.log.push(Change::MessageAdded(Box::new(again)));
    world.settle();
    assert_eq!(noticed(&mut world), [], "the hub says it twice");
    world.pass(25 * 60 * 60 * 1_000);
    write_to_me(&mut world);
    assert_eq!(world.disk.alerted.len(), 1, "forgotten after a day");
}

#[test]
fn who_is_offline_is_not_called_but_hears_his_own_customers() {
    let mut world = workplace(Window::Hidden);
    let offline = Operator { status: OperatorStatus::Offline, ..world.hub.profile.me.clone() };
    world.hub.log.push(Change::OperatorUpserted(offline));
    world.settle();
    noticed(&mut world);
    new_customer(&mut world);
    world.hub.customer_comes(8, "мне", world.now.stamp);
    world.hub.give(dialog_id(8), IRA, DialogState::Offered);
    world.settle();
    assert_eq!(noticed(&mut world), []);
    write_to_me(&mut world);
    assert!(noticed(&mut world).contains(&Noticed::Short));
}

#[test]
fn settings_silence_sounds_popups_and_words() {
    let mut world = workplace(Window::Visible);
    world.do_it(Command::SetSettings { settings: Settings { popup_text: false, ..Settings::default() }.into() });
    write_to_me(&mut world);
    assert!(matches!(noticed(&mut world)[0], Noticed::Messages { text: None, .. }));
    world.pass(20_000);
    world.do_it(Command::SetSettings {
        settings: Settings { sounds: false, popups: false, ..Settings::default() }.into(),
    });
    noticed(&mut world);
    write_to_me(&mut world);
    new_customer(&mut world);
    assert_eq!(noticed(&mut world), []);
    assert!(world.session.snapshot().counts.badge > 0, "the badge stays");
}

fn offer_to_me(world: &mut World) {
    world.hub.customer_comes(7, "к Ире, пожалуйста", world.now.stamp);
    world.hub.give(dialog_id(7), IRA, DialogState::Offered);
    world.settle();
}

fn chosen(req: u64, settings: Settings) -> Input {
    Input::Command { req: ReqId(req), command: Command::SetSettings { settings: settings.into() } }
}

fn around(quiet: bool) -> Input {
    Input::Surroundings(Surroundings { quiet, ..Surroundings::default() })
}

#[test]
fn nobody_is_asked_for_in_the_task_bar_who_wants_nothing_shown() {
    let usual = Settings::default;
    for (settings, system_is_quiet, asks) in [
        (usual(), false, true),
        (usual(), true, false),
        (Settings { follow_system_quiet: false, ..usual() }, true, true),
        (Settings { do_not_disturb: true, ..usual() }, false, false),
        (Settings { popups: false, ..usual() }, false, false),
        (Settings { sounds: false, ..usual() }, false, true),
    ] {
        let mut world = workplace(Window::Hidden);
        world.do_it(Command::SetSettings { settings: settings.clone().into() });
        world.give(around(system_is_quiet));
        noticed(&mut world);
        offer_to_me(&mut world);
        let told = noticed(&mut world);
        assert_eq!(told.contains(&Noticed::Attention(true)), asks, "{settings:?}, system quiet: {system_is_quiet}");
    }
}

#[test]
fn asking_for_attention_ends_when_nothing_is_to_be_shown_and_goes_on_after_it() {
    let quiet = Settings { do_not_disturb: true, ..Settings::default() };
    for (ends, goes_on) in [(chosen(901, quiet), chosen(902, Settings::default())), (around(true), around(false))] {
        let mut world = workplace(Window::Hidden);
        offer_to_me(&mut world);
        noticed(&mut world);
        world.give(ends);
        assert_eq!(noticed(&mut world), [Noticed::Attention(false)]);
        world.pass(30_000);
        assert_eq!(noticed(&mut world), [], "N1 comes round, and is silent");
        world.give(goes_on);
        world.pass(30_000);
        assert!(noticed(&mut world).contains(&Noticed::Attention(true)));
    }
}

#[test]
fn a_session_that_has_ended_asks_for_nobody() {
    let mut world = workplace(Window::Hidden);
    offer_to_me(&mut world);
    noticed(&mut world);
    world.give(Input::Link(LinkInput::Closed(CloseCause::SignIn)));
    assert!(noticed(&mut world).contains(&Noticed::Attention(false)));
}

#[test]
fn a_click_brings_the_window_and_opens_the_dialog() {
    let mut world = workplace(Window::Hidden);
    world.give(Input::PopupClicked(Some(dialog_id(1))));
    let open = ViewEvent::OpenDialog { dialog: dialog_id(1) };
    assert_eq!(world.take_seen(), [Effect::ShowWindow, Effect::Emit(open)]);
    world.give(Input::PopupClicked(Some(dialog_id(404))));
    assert_eq!(world.take_seen(), [Effect::ShowWindow], "gone in the meantime");
}

#[test]
fn the_badge_counts_dialogs_that_wait_and_mine_with_something_unread() {
    let mut world = workplace(Window::Hidden);
    let before = world.session.snapshot().counts.badge;
    new_customer(&mut world);
    write_to_me(&mut world);
    write_to_me(&mut world);
    let badges: Vec<Effect> = world.take_seen().into_iter().filter(|e| matches!(e, Effect::Badge(_))).collect();
    assert_eq!(badges, [Effect::Badge(before + 1)], "one waits; the unread one was counted already");
}

#[test]
fn muted_nothing_sounds_for_five_minutes_and_what_is_shown_goes_on() {
    let mut world = workplace(Window::Hidden);
    world.do_it(Command::Mute { on: true });
    let until = Stamp(world.now.stamp.0 + 300_000);
    assert_eq!(world.session.snapshot().muted_until, Some(until));
    noticed(&mut world);
    offer_to_me(&mut world);
    let told = noticed(&mut world);
    assert!(told.contains(&Noticed::Waiting { to_me: true }) && !told.contains(&Noticed::Long), "{told:?}");
    // The rhythm of an offer goes on in silence, and sounds as soon as that is over, whatever the wall's clock says.
    world.now.stamp.0 -= 86_400_000;
    world.pass(299_000);
    assert!(!noticed(&mut world).contains(&Noticed::Long));
    world.pass(31_000);
    assert!(noticed(&mut world).contains(&Noticed::Long));
    assert_eq!(world.session.snapshot().muted_until, None);
    // Asked for twice it lasts five minutes from the second time; taken back it is over at once.
    world.do_it(Command::Mute { on: true });
    world.pass(200_000);
    world.do_it(Command::Mute { on: true });
    world.pass(200_000);
    assert!(!noticed(&mut world).contains(&Noticed::Long));
    world.do_it(Command::Mute { on: false });
    world.pass(31_000);
    assert!(noticed(&mut world).contains(&Noticed::Long));
}
