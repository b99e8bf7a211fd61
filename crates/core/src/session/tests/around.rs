//! What is told of things that happen around the operator's own talk (N4, N6, N7, N9, N12, N13), and when nothing is.
//!
//! Invariant 12.

use super::{
    alarms::{ALL, Noticed, Window, new_customer, noticed, workplace, write_to_me},
    hub::{IRA, OLEG, dialog_id},
    world::World,
};
use crate::*;
use otklik_model::*;

const MINUTE_MS: i64 = 60_000;

fn set(world: &mut World, settings: Settings) {
    world.do_it(Command::SetSettings { settings: settings.into() });
    noticed(world);
}

fn seen_by(window: Window, here: &[Noticed], visible: &[Noticed], hidden: &[Noticed]) -> Vec<Noticed> {
    match window {
        Window::Front | Window::Focused => here.to_vec(),
        Window::Visible => visible.to_vec(),
        Window::Hidden => hidden.to_vec(),
    }
}

#[test]
fn n4_an_offline_request_is_shown_silently_to_whom_cannot_see_the_window() {
    for (window, wanted) in ALL.into_iter().flat_map(|window| [(window, true), (window, false)]) {
        let mut world = workplace(window);
        set(&mut world, Settings { offline_popups: wanted, ..Settings::default() });
        world.hub.customer_leaves_word(7, "перезвоните завтра", OnlineState::Offline, world.now.stamp);
        world.settle();
        let told = if wanted { vec![Noticed::Request] } else { vec![] };
        assert_eq!(noticed(&mut world), seen_by(window, &[], &[], &told), "{window:?}");
    }
}

#[test]
fn n6_a_dialog_that_left_me_is_told_without_a_sound() {
    for window in ALL {
        for gone in [false, true] {
            let mut world = workplace(window);
            if gone {
                world.hub.hide(dialog_id(1), GoneReason::Transferred, "Олег");
            } else {
                world.hub.give(dialog_id(1), OLEG, DialogState::Active);
            }
            world.settle();
            let elsewhere = [Noticed::Toast, Noticed::Left];
            let expected = seen_by(window, &[Noticed::Toast], &elsewhere, &elsewhere);
            assert_eq!(noticed(&mut world), expected, "{window:?}, gone: {gone}");
        }
    }
}

#[test]
fn n6_what_i_gave_away_myself_is_no_news() {
    let mut world = workplace(Window::Hidden);
    world.do_it(Command::Close { dialog: dialog_id(1) });
    assert!(!noticed(&mut world).contains(&Noticed::Left));
}

#[test]
fn n6_a_customer_who_closes_and_whoever_takes_what_was_put_off_are_told_too() {
    let left: [fn(&mut World); 3] = [
        |world| world.hub.change(dialog_id(1), |row| row.state = DialogState::ClosedSoft),
        |world| {
            world.hub.give(dialog_id(1), IRA, DialogState::Hold);
            world.settle();
            world.hub.give(dialog_id(1), OLEG, DialogState::Active);
        },
        |world| {
            world.hub.give(dialog_id(1), IRA, DialogState::Invitation);
            world.settle();
            world.hub.give(dialog_id(1), OLEG, DialogState::Active);
        },
    ];
    for leave in left {
        let mut world = workplace(Window::Hidden);
        leave(&mut world);
        world.settle();
        assert!(noticed(&mut world).contains(&Noticed::Left));
    }
}

#[test]
fn n6_what_i_closed_once_is_told_when_it_is_taken_from_me_later() {
    let mut world = workplace(Window::Hidden);
    world.do_it(Command::Close { dialog: dialog_id(1) });
    world.settle();
    world.hub.give(dialog_id(1), IRA, DialogState::Active);
    world.settle();
    assert!(!noticed(&mut world).contains(&Noticed::Left));
    world.hub.give(dialog_id(1), OLEG, DialogState::Active);
    world.settle();
    assert!(noticed(&mut world).contains(&Noticed::Left));
}

#[test]
fn n7_an_offer_that_ends_is_told_once_more() {
    for window in ALL {
        let mut world = workplace(window);
        world.hub.customer_comes(7, "к Ире, пожалуйста", world.now.stamp);
        let until = Stamp(world.now.stamp.0 + 45_000);
        world.hub.give(dialog_id(7), IRA, DialogState::Offered);
        world.hub.change(dialog_id(7), |row| row.offer_until = Some(until));
        world.settle();
        noticed(&mut world);
        world.pass(24_000);
        assert_eq!(noticed(&mut world), [], "{window:?}: not yet");
        world.pass(2_000);
        let hidden = [Noticed::Ends, Noticed::Short];
        assert_eq!(noticed(&mut world), seen_by(window, &[], &[Noticed::Ends], &hidden), "{window:?}");
        // Gone before its end: nothing rings any more.
        world.hub.give(dialog_id(7), OLEG, DialogState::Active);
        world.settle();
        noticed(&mut world);
        world.pass(60_000);
        assert!(!noticed(&mut world).contains(&Noticed::Ends), "{window:?}");
    }
}

#[test]
fn n9_a_colleagues_note_in_my_dialog_is_told_like_a_message() {
    for window in ALL {
        let mut world = workplace(window);
        world.hub.noted(1, "он уже звонил", world.now.stamp);
        world.settle();
        let note = Noticed::Note { text: Some("он уже звонил".into()) };
        let expected = match window {
            Window::Front => vec![],
            Window::Focused => vec![Noticed::Toast],
            Window::Visible | Window::Hidden => vec![note, Noticed::Short],
        };
        assert_eq!(noticed(&mut world), expected, "{window:?}");
    }
}

#[test]
fn n9_a_note_elsewhere_is_mine_only_if_it_names_me() {
    let mut world = workplace(Window::Hidden);
    world.hub.customer_comes(7, "вопрос", world.now.stamp);
    world.hub.give(dialog_id(7), OLEG, DialogState::Active);
    world.settle();
    noticed(&mut world);
    let me = world.session.snapshot().me.name;
    for (words, mine) in [
        ("просто заметка".to_owned(), false),
        (format!("@{me}, посмотри"), true),
        (format!("спроси @{}", me.to_uppercase()), true),
        (format!("@{me}нка"), false),
        (format!("{me} в отпуске"), false),
    ] {
        world.pass(3_000);
        noticed(&mut world);
        world.hub.noted(7, &words, world.now.stamp);
        world.settle();
        let told = noticed(&mut world).iter().any(|n| matches!(n, Noticed::Note { .. }));
        assert_eq!(told, mine, "{words}");
    }
}

#[test]
fn n9_a_note_that_is_changed_or_taken_back_is_no_news() {
    let mut world = workplace(Window::Hidden);
    world.hub.customer_comes(7, "вопрос", world.now.stamp);
    world.hub.give(dialog_id(7), OLEG, DialogState::Active);
    world.hub.noted(7, "он уже звонил", world.now.stamp);
    world.hub.give(dialog_id(7), IRA, DialogState::Active);
    world.settle();
    let now = world.now.stamp;
    world.pass(3_000);
    noticed(&mut world);
    let me = world.session.snapshot().me.name;
    let changes: [&dyn Fn(&mut Message); 2] =
        [&|note| (note.text, note.details.edited_at) = (format!("@{me}, он уже писал"), Some(now)), &|note| {
            (note.text, note.details.deleted_at) = (String::new(), Some(now))
        }];
    for change in changes {
        world.hub.comes_again(7, change);
        world.settle();
        world.pass(3_000);
        let told = noticed(&mut world).iter().any(|n| matches!(n, Noticed::Note { .. } | Noticed::Short));
        assert!(!told, "it was told of when it came, to whomever it concerned then");
    }
}

#[test]
fn n12_a_status_that_somebody_else_set_is_told_and_ones_own_choice_is_not() {
    for window in ALL {
        let mut world = workplace(window);
        world.hub.set_status(OperatorStatus::Break);
        world.settle();
        let elsewhere = [Noticed::Toast, Noticed::Status];
        assert_eq!(noticed(&mut world), seen_by(window, &[Noticed::Toast], &elsewhere, &elsewhere), "{window:?}");
        world.do_it(Command::SetStatus { status: OperatorStatus::Online });
        world.settle();
        assert_eq!(world.session.snapshot().me.status, OperatorStatus::Online);
        assert_eq!(noticed(&mut world), [], "{window:?}: his own choice");
        world.hub.set_status(OperatorStatus::Offline);
        world.settle();
        assert!(noticed(&mut world).contains(&Noticed::Toast), "{window:?}: and then not his");
    }
}

#[test]
fn n12_another_status_of_the_same_kind_is_another_one_and_a_choice_of_ones_own_excuses_no_later_one() {
    let mut world = workplace(Window::Hidden);
    let day = |code: &str| {
        Some(Box::new(Day {
            code: code.parse().unwrap(),
            since: Stamp(1),
            set_by: SetBy::default(),
            departments: Vec::new(),
            load: Load::default(),
            shift: None,
        }))
    };
    world.hub.set_status(OperatorStatus::Break);
    world.settle();
    noticed(&mut world);
    world.hub.profile.me.day = day("lunch");
    world.hub.set_status(OperatorStatus::Break);
    world.settle();
    assert_eq!(noticed(&mut world), [], "the same status, said more exactly");
    let mut set_by_others = |code: &str| {
        world.hub.profile.me.day = day(code);
        world.hub.set_status(OperatorStatus::Break);
        world.settle();
        let told = noticed(&mut world).contains(&Noticed::Status);
        world.do_it(Command::ChooseStatus { code: code.parse().unwrap(), of: None });
        told
    };
    assert!(["meeting", "lunch", "training"].into_iter().all(&mut set_by_others), "each is another one");
    assert!(!set_by_others("training"), "the same one");
}

#[test]
fn s_h11_a_flood_alarms_nobody_until_somebody_has_looked() {
    for line in [OnlineState::Online, OnlineState::Offline] {
        let mut world = workplace(Window::Hidden);
        set(&mut world, Settings { queue_over: 3, offline_popups: true, ..Settings::default() });
        world.hub.log.push(Change::RightsChanged([Right::SeeQueue, Right::SeeReports].into()));
        world.settle();
        noticed(&mut world);
        let before = world.session.snapshot().counts.badge;
        for n in 20..30 {
            let dialog = world.hub.customer_leaves_word(n, "купите", line, world.now.stamp);
            world.hub.change(dialog, |row| row.suspicious = true);
            world.settle();
        }
        assert_eq!(noticed(&mut world), [], "{line:?}");
        assert_eq!(world.session.snapshot().counts.badge, before, "{line:?}");
        world.hub.change(dialog_id(20), |row| row.suspicious = false);
        world.settle();
        let rings = if line == OnlineState::Online {
            vec![Noticed::Waiting { to_me: false }, Noticed::Long]
        } else {
            vec![Noticed::Request]
        };
        assert_eq!(noticed(&mut world), rings, "{line:?}");
    }
}

#[test]
fn n13_a_long_queue_is_told_once_to_whom_it_concerns() {
    for (concerned, expected) in [(true, 1), (false, 0)] {
        let mut world = workplace(Window::Hidden);
        set(&mut world, Settings { queue_over: 3, ..Settings::default() });
        let rights = if concerned { [Right::SeeQueue, Right::SeeReports].into() } else { Rights::new() };
        world.hub.log.push(Change::RightsChanged(rights));
        world.settle();
        let mut told = 0;
        let mut wave = |world: &mut World, numbers: std::ops::Range<u128>| {
            for n in numbers {
                world.hub.customer_comes(n, "очередь", world.now.stamp);
                world.settle();
                told += noticed(world).iter().filter(|n| **n == Noticed::QueueLong).count();
            }
            told
        };
        assert_eq!(wave(&mut world, 20..26), expected, "six wait, told once");
        for n in 20..26 {
            world.hub.give(dialog_id(n), OLEG, DialogState::Active);
            world.settle();
        }
        noticed(&mut world);
        let mut again = 0;
        for n in 30..35 {
            world.hub.customer_comes(n, "снова", world.now.stamp);
            world.settle();
            again += noticed(&mut world).iter().filter(|n| **n == Noticed::QueueLong).count();
        }
        assert_eq!(again, expected, "long again after it was short");
    }
}

#[test]
fn n13_one_or_two_stars_are_told_and_more_are_not() {
    for stars in 1..=5 {
        let mut world = workplace(Window::Hidden);
        let rating = Rating { operator: None, stars, note: None, answers: vec![], at: world.now.stamp };
        world.hub.change(dialog_id(1), |row| row.rating = Some(rating));
        world.settle();
        let low = noticed(&mut world).contains(&Noticed::LowRating);
        assert_eq!(low, stars <= 2, "{stars} stars");
    }
}

#[test]
fn nothing_is_shown_or_played_while_the_operator_wants_peace() {
    let night = |from, to| Settings { quiet_hours: Some(QuietHours { from, to }), ..Settings::default() };
    let peace = Settings { do_not_disturb: true, ..Settings::default() };
    for (settings, around, quiet) in [
        (peace, Surroundings::default(), true),
        (Settings::default(), Surroundings { quiet: true, ..Surroundings::default() }, true),
        (
            Settings { follow_system_quiet: false, ..Settings::default() },
            Surroundings { quiet: true, ..Surroundings::default() },
            false,
        ),
        (night(0, 1_439), Surroundings::default(), true),
        (night(600, 600), Surroundings::default(), false),
    ] {
        let mut world = workplace(Window::Hidden);
        world.give(Input::Surroundings(around));
        set(&mut world, settings.clone());
        new_customer(&mut world);
        write_to_me(&mut world);
        world.pass(90_000);
        assert_eq!(noticed(&mut world).is_empty(), quiet, "{settings:?}, {around:?}");
        assert!(world.session.snapshot().counts.badge > 0, "the badge stays");
    }
}

#[test]
fn quiet_hours_go_by_the_clock_on_the_wall_and_over_midnight() {
    let night = QuietHours { from: 22 * 60, to: 8 * 60 };
    for (minute, quiet) in [(22 * 60, true), (23 * 60 + 59, true), (0, true), (479, true), (480, false), (1_319, false)]
    {
        assert_eq!(night.holds(minute), quiet, "{minute}");
    }
    let at = |utc_min: i64, utc_offset_min| {
        Surroundings { utc_offset_min, ..Surroundings::default() }.minute_of_day(Stamp(utc_min * MINUTE_MS))
    };
    assert_eq!(at(0, 180), 180);
    assert_eq!(at(30, -60), 1_410, "still yesterday");
    assert_eq!(at(-1, 0), 1_439, "before 1970");
    assert_eq!(at(23 * 60, 720), 660, "already tomorrow");
}

#[test]
fn only_when_hidden_spares_whoever_still_sees_the_window() {
    for window in ALL {
        let mut world = workplace(window);
        set(&mut world, Settings { alert_when: AlertWhen::Hidden, ..Settings::default() });
        new_customer(&mut world);
        let told = [Noticed::Waiting { to_me: false }, Noticed::Long];
        assert_eq!(noticed(&mut world), seen_by(window, &[], &[], &told), "{window:?}");
    }
}

#[test]
fn a_class_can_be_switched_off_and_a_short_one_heard_in_the_window() {
    let mut world = workplace(Window::Hidden);
    let off = SoundClass { on: false, ..SoundClass::default() };
    set(&mut world, Settings { sound_long: off, ..Settings::default() });
    new_customer(&mut world);
    assert_eq!(noticed(&mut world), [Noticed::Waiting { to_me: false }]);
    let mut world = workplace(Window::Focused);
    set(&mut world, Settings { sound_in_window: true, ..Settings::default() });
    write_to_me(&mut world);
    new_customer(&mut world);
    assert_eq!(noticed(&mut world), [Noticed::Toast, Noticed::Short], "the long one never in the window");
}

#[test]
fn a_message_that_the_hub_says_twice_sounds_once_in_the_window_too() {
    let mut world = workplace(Window::Focused);
    set(&mut world, Settings { sound_in_window: true, ..Settings::default() });
    write_to_me(&mut world);
    assert_eq!(noticed(&mut world), [Noticed::Toast, Noticed::Short]);
    let said = |change: &&Change| matches!(change, Change::MessageAdded(_));
    let Some(Change::MessageAdded(mut again)) = world.hub.log.iter().rev().find(said).cloned() else { panic!() };
    world.pass(3_000);
    again.rev = Seq(world.hub.head().0 + 1);
    world.hub.log.push(Change::MessageAdded(again));
    world.settle();
    assert!(!noticed(&mut world).contains(&Noticed::Short));
}

#[test]
fn trouble_sounds_only_where_that_was_wished_for() {
    for wished in [false, true] {
        let mut world = workplace(Window::Hidden);
        let trouble = SoundClass { on: wished, ..SoundClass::default() };
        set(&mut world, Settings { sound_trouble: trouble, ..Settings::default() });
        world.hub_dies();
        world.pass(40_000);
        let told = noticed(&mut world);
        assert!(told.contains(&Noticed::LinkLost));
        assert_eq!(told.contains(&Noticed::Trouble), wished);
    }
}

#[test]
fn a_sound_can_be_tried_and_another_taken() {
    let mut world = workplace(Window::Front);
    world.do_it(Command::TrySound { sound: AlertSound::Long });
    assert_eq!(noticed(&mut world), [Noticed::Long], "even in the focused window");
    let own = OwnSound { name: "колокол.wav".into(), key: "ab".into() };
    world.do_it(Command::UseSound { sound: AlertSound::Long, own: Some(own.clone()) });
    assert_eq!(world.session.snapshot().settings.sound_long.own, Some(own));
    let settings = Settings {
        volume: 250,
        sound_short: SoundClass { volume: 50, ..SoundClass::default() },
        ..Settings::default()
    };
    world.do_it(Command::SetSettings { settings: settings.into() });
    let kept = world.session.snapshot().settings;
    assert_eq!((kept.volume, kept.loudness(AlertSound::Short), kept.loudness(AlertSound::Long)), (100, 50, 100));
}

#[test]
fn words_of_ones_own_and_the_pages_choices_are_kept_within_bounds() {
    let mut world = workplace(Window::Front);
    assert_eq!(world.session.snapshot().settings.page, None, "the page is asked for what it kept");
    let view = |n: u32| SavedView { name: format!("{n}{}", "щ".repeat(90)), ..SavedView::default() };
    let page = PageChoices { undo_s: 5_000, views: (0..20).map(view).collect(), ..PageChoices::default() };
    let own_words = (0..2_100).map(|n| format!("слово{n}")).collect();
    set(&mut world, Settings { page: Some(Box::new(page)), own_words, ..Settings::default() });
    let kept = world.session.snapshot().settings;
    let page = kept.page.unwrap();
    assert_eq!((page.undo_s, page.views.len()), (30, 12));
    assert!(page.views[0].name.starts_with("8щ") && page.views[0].name.chars().count() == 60, "the newest are kept");
    assert_eq!((kept.own_words.len(), kept.own_words[0].as_str()), (2_000, "слово100"));
    set(&mut world, Settings::default());
    for word in [" Вебимчик ", "вебимчик", "", "ВЕБИМЧИК", "Деск"] {
        world.do_it(Command::KeepWord { word: word.to_owned() });
    }
    assert_eq!(world.session.snapshot().settings.own_words, ["вебимчик", "деск"]);
}
