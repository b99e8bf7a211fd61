//! Stories of a dialog's life beyond the main line: bots, holds, invitations, closes, people who are gone, time.

use super::tries::robot;
use super::*;
use crate::centre::{Department, Occasion, OwnTimeOuts, TimeOuts};
use otklik_model::{Awaiting, CloseReason, Denied, DepartmentKey, DialogState, MessageKind, OnlineState, Presence};

fn states(desk: &Desk) -> (DialogState, Option<CloseReason>) {
    (desk.dialog.row.state, desk.dialog.row.close_reason)
}

/// Ира leads a dialog.
fn led(centre: Centre) -> Desk {
    let mut desk = Desk { centre, ..Desk::new() };
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    desk
}

fn says(texts: &[(Occasion, &str)]) -> Centre {
    let mut centre = Centre::default();
    for (occasion, text) in texts {
        centre.words.all.insert(*occasion, [("ru".to_owned(), (*text).to_owned())].into());
    }
    centre
}

#[test]
fn a_bot_answers_first_gives_up_and_the_wait_for_people_begins_then() {
    let mut desk = Desk::starting(Start::Bot { id: robot().id });
    desk.customer_says("Где заказ?").unwrap();
    assert_eq!(desk.dialog.row.state, DialogState::Bot);
    let answers = vec!["Да".to_owned(), "Нет".to_owned()];
    desk.run(Command::BotSays { bot: robot(), epoch: 0, text: "Номер\nзнаете?".into(), answers }).unwrap();
    let keyboard = desk.messages.last().unwrap();
    assert_eq!((keyboard.kind, keyboard.text.as_str()), (MessageKind::Keyboard, "Номер знаете?\nДа\nНет"));
    assert_eq!(desk.dialog.row.awaiting, Awaiting::Customer);
    desk.clock = 5_000;
    desk.run(Command::BotHandsOver { bot: robot(), epoch: 0, to: Target::Queue, silenced: true }).unwrap();
    let row = &desk.dialog.row;
    assert_eq!(
        (row.state, row.awaiting, row.awaiting_since),
        (DialogState::Queue, Awaiting::Operator, Some(Stamp(5_001)))
    );
    assert_eq!(row.bot, Some(robot().id), "who led it last");
    let late = desk.run(Command::BotSays { bot: robot(), epoch: 0, text: "!".into(), answers: Vec::new() });
    assert_eq!(late, Err(not_yours(None)));
    let again = desk.run(Command::Distribute { epoch: 1, to: Target::Bot { bot: Some(robot()), scenario: None } });
    assert_eq!(again, Err(Refusal::TargetUnavailable), "the customer called for a person");
}

#[test]
fn a_bot_that_does_not_answer_gives_up_and_one_that_waits_for_the_customer_does_not() {
    let mut desk = Desk::starting(Start::Bot { id: robot().id });
    desk.customer_says("?").unwrap();
    let answered = Command::BotSays { bot: robot(), epoch: 0, text: "!".into(), answers: Vec::new() };
    let mut quick = desk.clone();
    quick.run(answered).unwrap();
    assert_eq!(deadline(&quick.dialog, &quick.centre), None);
    desk.wait_until_due(Timer::Bot);
    assert_eq!(desk.dialog.row.state, DialogState::Queue);
    assert_eq!(desk.texts().last(), Some(&"bot_gave_up"));
}

#[test]
fn ira_takes_over_from_a_bot_and_gives_the_dialog_back_to_its_scenario() {
    let mut desk = Desk::starting(Start::Bot { id: robot().id });
    desk.customer_says("?").unwrap();
    desk.accept(&ira()).unwrap();
    assert_eq!((desk.dialog.row.state, desk.epoch()), (DialogState::Active, 1));
    let to = Target::Bot { bot: Some(robot()), scenario: Some("returns".into()) };
    desk.give(&ira(), to).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.row.assignee), (DialogState::Bot, None));
    assert_eq!(desk.dialog.life.scenario.as_deref(), Some("returns"));
    let epoch = desk.epoch();
    desk.run(Command::BotCloses { bot: robot(), epoch }).unwrap();
    assert_eq!(states(&desk), (DialogState::ClosedSoft, Some(CloseReason::Bot)));
}

#[test]
fn what_is_put_off_wakes_by_time_or_by_a_word() {
    let mut desk = led(Centre::default());
    let put_off = |desk: &mut Desk| {
        let (epoch, until) = (desk.epoch(), Some(Stamp(desk.clock + 60_000)));
        desk.run(Command::Hold { by: ira(), epoch, until, reason: Some("ждём склад".into()) })
    };
    assert_eq!(put_off(&mut desk), Ok(2));
    assert_eq!(desk.dialog.row.hold.as_ref().unwrap().reason.as_deref(), Some("ждём склад"));
    assert_eq!(desk.dialog.row.assignee, Some(ira().id));
    desk.wait_until_due(Timer::Hold);
    assert_eq!((desk.dialog.row.state, &desk.dialog.row.hold), (DialogState::Active, &None));
    put_off(&mut desk).unwrap();
    desk.customer_says("Ну что?").unwrap();
    assert_eq!(desk.dialog.row.state, DialogState::Active);
    put_off(&mut desk).unwrap();
    let epoch = desk.epoch();
    desk.run(Command::Unhold { by: ira(), epoch }).unwrap();
    assert_eq!(desk.run(Command::Unhold { by: ira(), epoch }), Ok(0));
    assert_eq!(desk.dialog.row.state, DialogState::Active);
}

#[test]
fn an_offer_that_is_not_taken_goes_back_and_the_customer_hears_it_once() {
    let mut desk = led(says(&[(Occasion::Busy, "Все заняты")]));
    for round in 1..=2 {
        desk.give(&senior(), colleague(&oleg())).unwrap();
        assert_eq!(desk.dialog.row.offer_until, Some(Stamp(desk.clock + 60_000)));
        desk.wait_until_due(Timer::Offer);
        assert_eq!((desk.dialog.row.state, desk.dialog.life.missed), (DialogState::Queue, round));
        assert!(desk.dialog.life.passed_by.contains(&oleg().id));
    }
    assert_eq!(desk.texts().iter().filter(|text| **text == "Все заняты").count(), 1);
    desk.accept(&ira()).unwrap();
    assert_eq!(desk.dialog.life.passed_by.len(), 0, "who passed is forgotten when somebody takes it");
}

#[test]
fn whoever_waits_is_told_once_in_a_wait() {
    let mut centre = says(&[(Occasion::Waiting, "Скоро ответим"), (Occasion::NewOpen, "Здравствуйте")]);
    centre.time_outs.wait_words_s = 30;
    let mut desk = Desk { centre, ..Desk::new() };
    desk.customer_says("?").unwrap();
    desk.wait_until_due(Timer::WaitWords);
    assert_eq!(desk.texts(), ["?", "Здравствуйте", "Скоро ответим"]);
    assert_eq!(desk.messages.last().unwrap().kind, MessageKind::AutoReply);
    desk.accept(&ira()).unwrap();
    desk.give(&ira(), Target::Queue).unwrap();
    desk.wait_until_due(Timer::WaitWords);
}

#[test]
fn a_silent_operator_may_lose_it_to_another_and_an_answer_keeps_it() {
    let mut centre = Centre::default();
    centre.time_outs.silent_s = 60;
    let mut desk = led(centre);
    let (epoch, to) = (desk.epoch(), colleague(&oleg()));
    let early = desk.run(Command::Distribute { epoch, to: to.clone() });
    assert_eq!(early, Err(not_yours(Some("Ира"))), "nobody takes it from whoever is not silent");
    desk.wait_until_due(Timer::Silent);
    assert_eq!((desk.dialog.life.silent, desk.dialog.life.missed), (true, 0), "nobody else may be there");
    let mut answered = desk.clone();
    answered.say(&ira(), "Я тут").unwrap();
    assert!(!answered.dialog.life.silent);
    assert_eq!(answered.run(Command::Distribute { epoch, to: to.clone() }), Err(not_yours(Some("Ира"))));
    desk.run(Command::Distribute { epoch, to }).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.row.assignee), (DialogState::Offered, Some(oleg().id)));
    assert_eq!(desk.dialog.life.missed, 1, "another has it because of his silence");
}

#[test]
fn whoever_takes_up_what_was_put_off_has_not_been_silent_meanwhile() {
    let mut centre = Centre::default();
    centre.time_outs.silent_s = 60;
    let mut desk = led(centre);
    let epoch = desk.epoch();
    let until = Some(Stamp(desk.clock + 3_600_000));
    desk.run(Command::Hold { by: ira(), epoch, until, reason: None }).unwrap();
    desk.wait_until_due(Timer::Hold);
    assert_eq!(desk.dialog.row.state, DialogState::Active);
    let taken_up = desk.dialog.life.taken_up_at.unwrap();
    assert!(Some(taken_up) >= until);
    let due = deadline(&desk.dialog, &desk.centre);
    assert_eq!(due, Some((Stamp(taken_up.0 + 60_000), Timer::Silent)), "from then on");
}

#[test]
fn the_customer_leaves_and_is_told_of_at_once_after_two_minutes_and_as_offline() {
    let mut desk = led(Centre::default());
    desk.run(Command::CustomerLeft).unwrap();
    assert_eq!((desk.dialog.row.presence, desk.dialog.row.left_at), (Presence::LeftSite, Some(Stamp(desk.clock))));
    desk.wait_until_due(Timer::LeftLine);
    desk.wait_until_due(Timer::LeftOffline);
    assert_eq!(desk.dialog.row.current_state, OnlineState::Offline);
    desk.run(Command::CustomerCame).unwrap();
    assert_eq!((desk.dialog.row.current_state, desk.dialog.row.left_at), (OnlineState::Online, None));
    assert_eq!(desk.texts()[2..], ["left_site", "counts_as_offline", "came_back"]);
    desk.run(Command::CustomerPush { on: true }).unwrap();
    assert_eq!(desk.run(Command::CustomerLeft), Ok(0), "a push reaches the customer everywhere");
}

#[test]
fn a_soft_close_becomes_final_by_time_or_by_the_other_side() {
    let mut desk = led(Centre::default());
    desk.close(&ira()).unwrap();
    let mut by_customer = desk.clone();
    desk.wait_until_due(Timer::FinalClose);
    assert_eq!(states(&desk), (DialogState::Closed, Some(CloseReason::Operator)), "the first reason stays");
    by_customer.run(Command::CustomerCloses).unwrap();
    assert_eq!(states(&by_customer), (DialogState::Closed, Some(CloseReason::Operator)));

    let mut desk = led(Centre::default());
    desk.run(Command::CustomerCloses).unwrap();
    assert_eq!(states(&desk), (DialogState::ClosedSoft, Some(CloseReason::Customer)));
    assert_eq!(desk.run(Command::CustomerCloses), Ok(0));
    let mut goes_on = desk.clone();
    // He has ended it: only he goes on with it, or everybody is done with it.
    assert_eq!(desk.say(&ira(), "Ещё одно"), Err(Refusal::DialogClosed));
    let (by, epoch) = (senior(), desk.epoch());
    assert_eq!(desk.run(Command::Accept { by, epoch, taking: Taking::All }), Err(Refusal::DialogClosed));
    let buttons = can(&ira(), &desk.dialog.standing());
    assert_eq!((buttons.write, buttons.accept), (Some(Denied::Closed), Some(Denied::Closed)));
    assert_eq!((buttons.close, buttons.note), (None, None));
    goes_on.customer_says("Нет, ещё вопрос").unwrap();
    assert_eq!(goes_on.dialog.row.state, DialogState::Queue);
    desk.close(&ira()).unwrap();
    assert_eq!(states(&desk), (DialogState::Closed, Some(CloseReason::Customer)));
}

#[test]
fn a_category_that_must_be_chosen_blocks_every_close() {
    let mut centre = Centre { category_required: true, ..Centre::default() };
    centre.categories.insert("delivery".parse().unwrap(), Default::default());
    centre.time_outs.inactive_close_s = 600;
    let mut desk = led(centre);
    desk.say(&ira(), "!").unwrap();
    assert_eq!(deadline(&desk.dialog, &desk.centre), None, "not by time");
    assert_eq!(desk.close(&ira()), Err(Refusal::CategoryRequired));
    desk.run(Command::CustomerCloses).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.due_at), (DialogState::ClosedSoft, None));
    let sort = |key: &str| Command::Sort { by: senior(), category: Some(key.into()), subject: None, tags: None };
    assert_eq!(desk.run(sort("delivery")), Ok(1));
    assert_eq!(desk.run(sort("delivery")), Ok(0));
    desk.wait_until_due(Timer::FinalClose);
    assert_eq!(desk.dialog.row.state, DialogState::Closed);
}

/// Where closing is final at once, what its customer closed waits for its category alone, and for no time.
#[test]
fn what_a_customer_closed_is_over_as_soon_as_it_is_sorted_where_closing_is_final() {
    for close_at_once in [true, false] {
        let mut centre = Centre { category_required: true, close_at_once, ..Centre::default() };
        centre.categories.insert("delivery".parse().unwrap(), Default::default());
        centre.time_outs.final_close_s = 0;
        let mut desk = led(centre);
        desk.run(Command::CustomerCloses).unwrap();
        assert_eq!(desk.dialog.row.state, DialogState::ClosedSoft);
        let sort = |category: Option<&str>, subject: Option<&str>| Command::Sort {
            by: senior(),
            category: category.map(str::to_owned),
            subject: subject.map(str::to_owned),
            tags: None,
        };
        desk.run(sort(None, Some("дача"))).unwrap();
        assert_eq!(desk.dialog.row.state, DialogState::ClosedSoft, "a subject is no category");
        desk.run(sort(Some("delivery"), None)).unwrap();
        let over = (DialogState::Closed, Some(CloseReason::Customer));
        assert_eq!(states(&desk) == over, close_at_once, "{:?}", states(&desk));
        assert_eq!(desk.dialog.row.category.as_ref().map(|key| key.as_str()), Some("delivery"));
    }
}

/// Whoever goes by himself, or does nothing, has closed in what nobody waits for him, where the centre wants that.
#[test]
fn what_waits_for_nobody_is_closed_when_its_operator_goes_if_the_centre_wants_it() {
    let release = |why| Command::Release { operator: ira().id, why };
    let mut centre = Centre::default();
    centre.distribution.close_on_leaving = true;
    let answered = |centre: &Centre| {
        let mut desk = led(centre.clone());
        desk.say(&ira(), "!").unwrap();
        desk
    };
    for why in [Leaving::WentByHimself, Leaving::Idle] {
        let mut desk = answered(&centre);
        desk.run(release(why)).unwrap();
        assert_eq!(states(&desk), (DialogState::ClosedSoft, Some(CloseReason::Operator)), "{why:?}");
        desk.customer_says("ещё").expect("closed softly");
        assert_eq!(led(centre.clone()).run(release(why)), Ok(0), "a customer waits");
        assert_eq!(answered(&Centre::default()).run(release(why)), Ok(0), "the centre does not want it");
        let sorted = Centre { category_required: true, ..centre.clone() };
        assert_eq!(answered(&sorted).run(release(why)), Ok(0), "it has to be sorted before");
    }
    assert_eq!(answered(&centre).run(release(Leaving::WentOffline)), Ok(0), "somebody else's doing");
    let mut offered = Desk { centre, ..Desk::new() };
    offered.customer_says("?").unwrap();
    offered.give(&senior(), colleague(&ira())).unwrap();
    assert_eq!(offered.run(release(Leaving::Idle)), Ok(0), "an offer ends by its own time");
    assert_eq!(offered.run(release(Leaving::WentByHimself)), Ok(2));
    assert_eq!(offered.dialog.row.state, DialogState::Queue);
}

#[test]
fn a_department_says_for_itself_whether_a_category_must_be_chosen() {
    let sales: DepartmentKey = "sales".parse().unwrap();
    for (everywhere, own, required) in [
        (true, None, true),
        (true, Some(false), false),
        (false, Some(true), true),
        (false, None, false),
        (true, Some(true), true),
        (false, Some(false), false),
    ] {
        let mut centre = Centre { category_required: everywhere, ..Centre::default() };
        centre.departments.insert(sales.clone(), Department { category_required: own, ..Department::default() });
        centre.time_outs.inactive_close_s = 600;
        for (department, required) in [(Some(sales.clone()), required), (None, everywhere)] {
            let mut desk = led(centre.clone());
            desk.dialog.row.department = department.clone();
            desk.say(&ira(), "!").unwrap();
            let case = (everywhere, own, &department);
            let next = deadline(&desk.dialog, &desk.centre).map(|(_, timer)| timer);
            assert_eq!(next, (!required).then_some(Timer::Inactive), "{case:?}");
            let mut at_once = desk.clone();
            let answer = desk.close(&ira()).err();
            assert_eq!(answer, required.then_some(Refusal::CategoryRequired), "{case:?}");
            // What its customer ends is not over for good before somebody has sorted it.
            at_once.centre.close_at_once = true;
            at_once.run(Command::CustomerCloses).unwrap();
            let state = if required { DialogState::ClosedSoft } else { DialogState::Closed };
            assert_eq!(at_once.dialog.row.state, state, "{case:?}");
        }
    }
}

#[test]
fn closed_at_once_is_closed_for_good_and_frozen() {
    let mut desk = led(Centre { close_at_once: true, ..Centre::default() });
    desk.close(&ira()).unwrap();
    assert_eq!(states(&desk), (DialogState::Closed, Some(CloseReason::Operator)));
    assert_eq!(desk.customer_says("ещё"), Err(Refusal::DialogClosed));
    assert_eq!(desk.say(&ira(), "ещё"), Err(Refusal::DialogClosed));
    assert_eq!(desk.note(&ira(), "ещё"), Err(Refusal::DialogClosed));
    let rate = Command::CustomerRates { stars: 1, note: Some("долго".into()), answers: vec!["нет".into()] };
    desk.run(rate).expect("what the customer thinks comes after the end");
    let rating = desk.dialog.row.rating.as_ref().unwrap();
    assert_eq!((rating.operator, rating.stars, rating.note.as_deref()), (Some(ira().id), 1, Some("долго")));
}

#[test]
fn inactivity_closes_but_never_on_a_customer_who_waits() {
    let mut centre = Centre::default();
    centre.time_outs.inactive_close_s = 600;
    let mut desk = led(centre);
    assert_eq!(deadline(&desk.dialog, &desk.centre), None);
    desk.say(&ira(), "!").unwrap();
    desk.wait_until_due(Timer::Inactive);
    assert_eq!(states(&desk), (DialogState::Closed, Some(CloseReason::TimeOut)));
    assert_eq!(desk.texts().last(), Some(&"closed_inactive"));
}

#[test]
fn an_invitation_is_answered_or_ends() {
    let mut desk = Desk::begun(Start::Invitation, Centre::default());
    let row = &desk.dialog.row;
    assert_eq!((row.state, row.assignee_name.as_deref(), row.epoch), (DialogState::Invitation, Some("Вера"), 1));
    let mut silent = desk.clone();
    silent.wait_until_due(Timer::Invitation);
    assert_eq!(states(&silent), (DialogState::Closed, Some(CloseReason::NoAnswer)));
    let mut withdrawn = desk.clone();
    withdrawn.close(&senior()).unwrap();
    assert_eq!(withdrawn.dialog.row.state, DialogState::Closed);
    desk.customer_says("Спасибо!").unwrap();
    assert_eq!((desk.dialog.row.state, desk.epoch()), (DialogState::Active, 1), "it is hers already");
}

#[test]
fn a_dialog_given_to_somebody_who_is_full_waits_for_him_or_is_refused() {
    let full = |who: Actor| Target::Operator(Colleague { room: 0, ..free(who) });
    let mut desk = led(Centre::default());
    desk.give(&ira(), full(oleg())).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.life.waits_for), (DialogState::Queue, Some(oleg().id)));
    let mut desk = led(Centre::default());
    desk.centre.distribution.wait_for_full = false;
    assert_eq!(desk.give(&ira(), full(oleg())), Err(Refusal::LimitReached));
}

#[test]
fn a_department_has_time_outs_of_its_own() {
    let mut centre = Centre::default();
    centre.time_outs = TimeOuts { offer_s: 60, silent_s: 600, ..centre.time_outs };
    let own = OwnTimeOuts { offer_s: Some(20), silent_s: Some(30), ..OwnTimeOuts::default() };
    let sales: DepartmentKey = "sales".parse().unwrap();
    centre.departments.insert(sales.clone(), Department { time_outs: Some(own), ..Department::default() });
    let mut elsewhere = led(centre.clone());
    assert_eq!(due_in(&elsewhere), Some((600_000, Timer::Silent)));
    elsewhere.give(&ira(), Target::Department(sales)).unwrap();
    let mut desk = elsewhere;
    desk.give(&senior(), colleague(&oleg())).unwrap();
    assert_eq!(due_in(&desk), Some((20_000, Timer::Offer)));
    desk.wait_until_due(Timer::Offer);
    assert_eq!(desk.dialog.row.state, DialogState::Queue);
    desk.accept(&ira()).unwrap();
    desk.customer_says("!").unwrap();
    assert_eq!(due_in(&desk).map(|(_, timer)| timer), Some(Timer::Silent));
    desk.wait_until_due(Timer::Silent);
    assert!(desk.dialog.life.silent);
}

/// In how many milliseconds something is due, and what.
fn due_in(desk: &Desk) -> Option<(i64, Timer)> {
    deadline(&desk.dialog, &desk.centre).map(|(at, timer)| (at.0 - desk.clock, timer))
}

#[test]
fn what_is_heavier_than_the_room_waits_for_him() {
    for (room, weight, offered) in [(200, 200, true), (199, 200, false), (100, 200, false), (50, 50, true)] {
        let mut desk = led(Centre::default());
        desk.dialog.row.weight = weight;
        desk.give(&ira(), Target::Operator(Colleague { room, ..free(oleg()) })).unwrap();
        assert_eq!(desk.dialog.row.state == DialogState::Offered, offered, "{weight} into {room}");
    }
}

#[test]
fn to_give_an_offer_back_is_to_decline_it() {
    let offered = |returns: bool| {
        let mut desk = led(Centre::default());
        desk.centre.distribution.return_to_queue = returns;
        desk.give(&senior(), colleague(&oleg())).unwrap();
        desk
    };
    let mut desk = offered(true);
    desk.give(&oleg(), Target::Queue).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.life.missed), (DialogState::Queue, 1));
    assert!(desk.dialog.life.passed_by.contains(&oleg().id));
    assert_eq!(offered(false).give(&oleg(), Target::Queue), Err(Refusal::Forbidden));
}

#[test]
fn what_a_team_was_given_is_the_team_s_until_somebody_leads_it_or_gives_it_elsewhere() {
    let cards: otklik_model::TeamKey = "cards".parse().unwrap();
    let mut centre = Centre::default();
    centre.teams.insert(cards.clone(), Default::default());
    centre.departments.insert("sales".parse().unwrap(), Department::default());
    let mut desk = led(centre);
    desk.give(&ira(), Target::Team(cards.clone())).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.row.assignee), (DialogState::Queue, None));
    assert_eq!(
        (desk.dialog.life.for_team.as_ref(), desk.texts().last().copied()),
        (Some(&cards), Some("transferred_team cards"))
    );
    assert_eq!(desk.dialog.life.rated_operator, None, "whoever goes on with it is another one");
    assert_eq!(
        desk.decide(Command::Transfer { by: senior(), epoch: desk.epoch(), to: Target::Team(cards.clone()) }),
        Ok(vec![])
    );
    desk.give(&senior(), colleague(&oleg())).unwrap();
    desk.run(Command::Decline { by: oleg(), epoch: desk.epoch() }).unwrap();
    assert_eq!(desk.dialog.life.for_team.as_ref(), Some(&cards), "the others of the team are asked");
    for to in [Target::Department("sales".parse().unwrap()), colleague(&oleg())] {
        let mut other = desk.clone();
        other.give(&senior(), to).unwrap();
        if other.dialog.row.state == DialogState::Offered {
            other.accept(&oleg()).unwrap();
        }
        assert_eq!(other.dialog.life.for_team, None);
    }
}

#[test]
fn whoever_may_force_gives_without_asking() {
    let forced = || Target::Forced(Colleague { available: false, room: 0, ..free(oleg()) });
    let mut desk = led(Centre::default());
    assert_eq!(desk.give(&ira(), forced()), Err(Refusal::Forbidden));
    desk.give(&senior(), forced()).unwrap();
    assert_eq!((desk.dialog.row.state, desk.dialog.row.assignee), (DialogState::Active, Some(oleg().id)));
    let marks: Vec<_> = desk.messages.iter().filter_map(|line| line.details.says).collect();
    assert_eq!(marks, [otklik_model::Says::Assigned], "his workplace knows it without reading the words");
    assert_eq!(desk.dialog.life.rated_operator, Some(oleg().id));
}

#[test]
fn the_rating_is_about_whoever_led_it_last_and_about_nobody_after_the_queue() {
    let mut desk = led(Centre::default());
    desk.give(&ira(), Target::Queue).unwrap();
    desk.run(Command::CustomerRates { stars: 5, note: None, answers: Vec::new() }).unwrap();
    assert_eq!(desk.dialog.row.rating.as_ref().unwrap().operator, None);
    desk.accept(&oleg()).unwrap();
    desk.run(Command::CustomerRates { stars: 4, note: None, answers: Vec::new() }).unwrap();
    let rating = desk.dialog.row.rating.as_ref().unwrap();
    assert_eq!((rating.operator, rating.stars), (Some(oleg().id), 4), "the last one counts");
}

#[test]
fn operators_who_are_gone_leave_their_dialogs_to_others() {
    let release = |why| Command::Release { operator: ira().id, why };
    let mut desk = led(Centre::default());
    assert_eq!(desk.run(release(Leaving::WentOffline)), Ok(0), "he may answer those he has");
    assert_eq!(desk.run(release(Leaving::SessionLost)), Ok(2));
    assert_eq!(desk.dialog.row.state, DialogState::Queue);
    desk.give(&senior(), colleague(&ira())).unwrap();
    assert_eq!(desk.run(release(Leaving::WentOffline)), Ok(2));
    assert_eq!(desk.dialog.row.state, DialogState::Queue);

    let removed = || Command::OperatorRemoved { operator: ira().id };
    let mut waiting = led(Centre::default());
    waiting.run(removed()).unwrap();
    assert_eq!(waiting.dialog.row.state, DialogState::Queue, "a customer who waits is not closed out");
    let mut answered = led(Centre::default());
    answered.say(&ira(), "!").unwrap();
    answered.run(removed()).unwrap();
    assert_eq!(states(&answered), (DialogState::ClosedSoft, Some(CloseReason::OperatorRemoved)));
    assert_eq!(answered.dialog.row.assignee, None);
    answered.accept(&oleg()).expect("closed, then available");
}

#[test]
fn a_router_decides_where_a_dialog_goes_and_one_that_is_silent_does_not() {
    let mut desk = Desk::starting(Start::Router);
    desk.customer_says("?").unwrap();
    let mut silent = desk.clone();
    silent.wait_until_due(Timer::Bot);
    assert_eq!(silent.dialog.row.state, DialogState::Queue);
    desk.centre.departments.insert("sales".parse().unwrap(), Default::default());
    desk.run(Command::Distribute { epoch: 0, to: Target::Department("sales".parse().unwrap()) }).unwrap();
    assert_eq!(desk.dialog.row.department.as_ref().map(|key| key.as_str()), Some("sales"));
    assert_eq!(desk.dialog.row.state, DialogState::Queue);
}

#[test]
fn other_time_outs_of_the_centre_are_reckoned_anew() {
    let mut desk = led(Centre::default());
    desk.give(&senior(), colleague(&oleg())).unwrap();
    desk.accept(&oleg()).unwrap();
    desk.close(&oleg()).unwrap();
    let before = desk.dialog.due_at.unwrap();
    desk.centre.time_outs.final_close_s *= 2;
    desk.clock = before.0;
    // Due by what is stored, and not by what holds now: only the time is corrected.
    desk.dialog.due_at = Some(before);
    let events = desk.decide(Command::TimeOut(Timer::FinalClose)).unwrap();
    assert_eq!(events, [Event::Reckoned { due_at: Some(Stamp(desk.dialog.row.closed_at.unwrap().0 + 172_800_000)) }]);
}
