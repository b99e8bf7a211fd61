//! S-H11: what is suspicious. Nobody is called for it by the rules; whatever a person does with it makes it ordinary.

use super::tries::robot;
use super::*;
use crate::centre::{Department, Occasion, Sharing, Team};
use otklik_model::{DepartmentKey, DialogState, TeamKey};

fn sales() -> DepartmentKey {
    "sales".parse().unwrap()
}

fn cards() -> TeamKey {
    "cards".parse().unwrap()
}

fn centre() -> Centre {
    let mut centre = Centre::default();
    centre.departments.insert(sales(), Department::default());
    centre.teams.insert(cards(), Team::default());
    centre.time_outs.wait_words_s = 30;
    centre.words.all.insert(Occasion::NewOpen, [("ru".to_owned(), "Здравствуйте!".to_owned())].into());
    centre
}

/// A dialog in which its customer has written, one of a flood or not.
fn desk(suspicious: bool) -> Desk {
    let mut desk = Desk { centre: centre(), ..Desk::new() };
    desk.dialog.row.suspicious = suspicious;
    desk.customer_says("Купите!").unwrap();
    desk
}

type Deed = fn(&mut Desk) -> Result<usize, Refusal>;

#[test]
fn s_h11_whatever_a_person_does_with_it_makes_it_ordinary_and_nothing_else_does() {
    let (waits, over) = (DialogState::Queue, DialogState::ClosedSoft);
    let deeds: [(&str, Deed, DialogState, bool); 13] = [
        ("accepted", |desk| desk.accept(&ira()), DialogState::Active, false),
        ("given to somebody", |desk| desk.give(&senior(), colleague(&ira())), DialogState::Offered, false),
        ("by force", |desk| desk.give(&senior(), Target::Forced(free(ira()))), DialogState::Active, false),
        (
            "to somebody who is full",
            |desk| desk.give(&senior(), Target::Operator(Colleague { room: 0, ..free(ira()) })),
            waits,
            false,
        ),
        ("to a department", |desk| desk.give(&senior(), Target::Department(sales())), waits, false),
        ("to a team", |desk| desk.give(&senior(), Target::Team(cards())), waits, false),
        ("to everybody", |desk| desk.give(&senior(), Target::Queue), waits, false),
        ("written on", |desk| desk.customer_says("Купите!"), waits, true),
        ("noted", |desk| desk.note(&senior(), "спам"), waits, true),
        ("left", |desk| desk.run(Command::CustomerLeft), waits, true),
        ("closed untaken", |desk| desk.close(&senior()), over, true),
        (
            "closed untaken, and written on",
            |desk| {
                desk.close(&senior())?;
                desk.customer_says("Купите!")
            },
            waits,
            true,
        ),
        ("ended by its customer", |desk| desk.run(Command::CustomerCloses), DialogState::Closed, true),
    ];
    for (what, deed, state, suspicious) in deeds {
        let mut desk = desk(true);
        assert_ne!(deed(&mut desk).unwrap(), 0, "{what}");
        let row = &desk.dialog.row;
        assert_eq!((row.state, row.suspicious), (state, suspicious), "{what}");
        assert_eq!(desk.dialog.calls(), state == waits && !suspicious, "{what}");
    }
}

#[test]
fn s_h11_the_rules_give_it_to_nobody() {
    let bot = || Target::Bot { bot: Some(robot()), scenario: None };
    for to in [Target::Queue, colleague(&ira()), Target::Department(sales()), Target::Team(cards()), bot()] {
        let command = Command::Distribute { epoch: 0, to };
        assert_eq!(desk(true).run(command.clone()), Err(Refusal::WrongState));
        assert!(desk(false).run(command).is_ok());
    }
}

#[test]
fn s_h11_its_customer_is_told_what_all_are_told_at_first_and_nothing_by_time() {
    let (suspicious, ordinary) = (desk(true), desk(false));
    assert_eq!(suspicious.texts(), ordinary.texts());
    assert_eq!(suspicious.texts(), ["Купите!", "Здравствуйте!"]);
    let next = |desk: &Desk| deadline(&desk.dialog, &desk.centre).map(|(_, timer)| timer);
    assert_eq!((next(&suspicious), next(&ordinary)), (None, Some(Timer::WaitWords)));
}

#[test]
fn s_h11_it_is_taken_by_hand_also_where_all_else_is_given_out() {
    for (suspicious, answer) in [(true, None), (false, Some(Refusal::Forbidden))] {
        let mut desk = desk(suspicious);
        desk.centre.distribution.sharing = Sharing::LeastLoaded;
        desk.centre.distribution.manual = false;
        assert_eq!(desk.accept(&ira()).err(), answer);
    }
}
