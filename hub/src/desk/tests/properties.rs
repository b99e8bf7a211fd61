//! What holds after any sequence of commands, in any configuration.

use super::table::{TABLE, cause, row_of};
use super::tries::{To, Try, centres, people, starts, tries};
use super::*;
use otklik_model::{Author, Awaiting, DialogState, MessageKind};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

/// The row agrees with itself and with the messages, counted naively.
fn check_row(desk: &Desk) {
    let (row, life) = (&desk.dialog.row, &desk.dialog.life);
    let state = row.state;
    let led = matches!(state, DialogState::Active | DialogState::Hold | DialogState::Invitation);
    let unassigned = matches!(state, DialogState::Queue | DialogState::Routing | DialogState::Bot);
    assert!(row.assignee.is_some() || !(led || state == DialogState::Offered), "{row:?}");
    assert!(row.assignee.is_none() || !unassigned, "{row:?}");
    assert_eq!(row.assignee_name.is_some(), row.assignee.is_some());
    assert_eq!(row.accepted_at.is_some(), row.assignee.is_some() && state != DialogState::Offered, "{row:?}");
    assert_eq!(row.closed_at.is_some(), state.is_closed());
    assert!(row.close_reason.is_some() || !matches!(state, DialogState::ClosedSoft | DialogState::Closed));
    assert!(row.close_reason.is_none() || state.is_closed());
    assert_eq!(row.hold.is_some(), state == DialogState::Hold);
    assert!(row.offer_until.is_none() || state == DialogState::Offered);
    assert!(row.bot.is_some() || state != DialogState::Bot);
    assert!(!row.suspicious || row.assignee.is_none() && (state == DialogState::Queue || state.is_closed()), "{row:?}");
    let waits = matches!(state, DialogState::Queue | DialogState::Offered);
    assert_eq!(life.waiting_since.is_some(), waits, "{state:?} {life:?}");
    assert!(life.asked_at.is_none() || matches!(state, DialogState::Bot | DialogState::Routing));
    assert!(!life.silent || state == DialogState::Active && row.awaiting == Awaiting::Operator);
    assert_eq!(row.awaiting_since.is_some(), row.awaiting != Awaiting::Nobody);
    assert!(row.awaiting == Awaiting::Nobody || !state.is_closed());
    check_messages(desk);
}

fn check_messages(desk: &Desk) {
    let row = &desk.dialog.row;
    let numbers: Vec<u32> = desk.messages.iter().map(|message| message.seq).collect();
    assert_eq!(numbers, (1..=row.last_seq).collect::<Vec<_>>(), "numbers without holes");
    let mut ids: Vec<MessageId> = desk.messages.iter().map(|message| message.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), desk.messages.len(), "every message has an id of its own");
    let theirs = |message: &&Message| message.author == Author::Customer && message.seq > row.read_by_operator;
    assert_eq!(row.unread as usize, desk.messages.iter().filter(theirs).count());
    assert!(row.read_by_customer <= row.delivered_to_customer && row.delivered_to_customer <= row.last_seq);
    assert!(row.read_by_operator <= row.last_seq);
    if let (Some(preview), Some(last)) = (&row.last, desk.messages.last()) {
        assert_eq!(preview.text, otklik_model::excerpt(&last.text, 160));
    }
}

/// What the buttons promise is what a command with the present epoch gets.
fn check_buttons(desk: &Desk) {
    let standing = desk.dialog.standing();
    let lacks_category = desk.centre.category_required && desk.dialog.row.category.is_none();
    for (number, me) in people().iter().enumerate() {
        if !sees(me, &standing) {
            continue;
        }
        let can = can(me, &standing);
        // Somebody who may get it; if there is none, everybody may.
        let gets = |to: &usize| {
            let them = &people()[*to];
            Some(them.id) != standing.assignee && *to != number && admits(them, &standing)
        };
        let to = (0..4).find(gets).map_or(To::Department(true), To::One);
        for (denied, attempt) in [
            (can.accept, Try::Accept(number, 0)),
            (can.write, Try::Say(number, 0, None)),
            (can.note, Try::Note(number)),
            (can.close, Try::Close(number, 0)),
            (can.transfer, Try::Give(number, 0, to)),
            (can.hold, Try::Hold(number, 0, Some(10))),
            (can.send_file, Try::File(number, 0, true)),
            (can.block, Try::Block(number)),
        ] {
            let excepted =
                matches!(attempt, Try::Close(..)) && (lacks_category || standing.state == DialogState::ClosedSoft);
            let answer = desk.decide(desk.command(&attempt));
            let does_something = answer.as_ref().is_ok_and(|events| !events.is_empty());
            assert!(excepted || denied.is_none() == does_something, "{attempt:?} {can:?} {answer:?}");
        }
    }
}

/// By ordinary means, whoever may everything brings every dialog to its end.
fn check_it_can_be_ended(mut desk: Desk) {
    let boss = senior();
    for _ in 0..8 {
        let by_boss = desk.dialog.row.assignee == Some(boss.id);
        let step = match desk.dialog.row.state {
            DialogState::Closed | DialogState::Deleted => return,
            DialogState::Routing => Try::Distribute(0, To::Queue),
            DialogState::Offered | DialogState::Hold if !by_boss => Try::Give(3, 0, To::Queue),
            DialogState::Queue | DialogState::Bot | DialogState::Offered => Try::Accept(3, 0),
            DialogState::Active if desk.centre.category_required && desk.dialog.row.category.is_none() => {
                Try::Sort(3, 0)
            }
            DialogState::Active | DialogState::Hold | DialogState::Invitation => Try::Close(3, 0),
            DialogState::ClosedSoft if desk.centre.category_required && desk.dialog.row.category.is_none() => {
                Try::Sort(3, 0)
            }
            DialogState::ClosedSoft => Try::Time,
            DialogState::Unknown => panic!("no state of ours"),
        };
        if let DialogState::Hold = desk.dialog.row.state {
            desk.run(desk.command(&Try::Sort(3, 0))).expect("it is sorted");
        }
        let command = desk.attempt(&step);
        let answer = desk.run(command);
        assert!(answer.is_ok(), "{step:?} {answer:?} {:?}", desk.dialog.row);
    }
    panic!("it has no end: {:?}", desk.dialog.row);
}

/// Time alone comes to rest: nothing fires for ever.
fn check_time_comes_to_rest(mut desk: Desk) {
    for _ in 0..12 {
        if deadline(&desk.dialog, &desk.centre).is_none() {
            return;
        }
        let command = desk.attempt(&Try::Time);
        assert_ne!(desk.run(command.clone()), Ok(0), "{command:?} is due and does nothing");
    }
    panic!("time-outs without an end: {:?}", desk.dialog);
}

/// A time-out that is not due, and one that has fired, do nothing; also after the hub was started again.
fn check_time_outs(desk: &Desk) {
    let woken: DialogAggregate = serde_json::from_str(&serde_json::to_string(&desk.dialog).unwrap()).unwrap();
    assert_eq!(woken, desk.dialog, "a dialog is stored as it is");
    let due = |timer| timers::due_of(&desk.dialog, timer, &desk.centre).is_some_and(|at| at.0 <= desk.clock);
    for timer in Timer::ALL.into_iter().filter(|timer| !due(*timer)) {
        assert_eq!(desk.decide(Command::TimeOut(timer)), Ok(Vec::new()), "{timer:?} is not due");
    }
}

fn check_step(before: &DialogAggregate, desk: &Desk, command: &Command) {
    let (old, new) = (&before.row, &desk.dialog.row);
    assert!(
        old.state == new.state || row_of(old.state, cause(command), new.state).is_some(),
        "{old:?}\n{command:?}\n{new:?}"
    );
    let accepted = new.accepted_at.is_some() && old.accepted_at.is_none();
    let changed_hands = new.assignee != old.assignee || accepted;
    // Whoever has it got it while he was allowed to see it.
    let got = new.assignee.filter(|_| new.assignee != old.assignee);
    let got = got.map(|id| people().into_iter().find(|who| who.id == id).expect("one of them"));
    assert!(got.is_none_or(|who| admits(&who, &Standing::of(old))), "{command:?} {new:?}");
    assert!(new.epoch >= old.epoch);
    assert!(!changed_hands || new.epoch > old.epoch, "{command:?}");
    assert!(new.read_by_operator >= old.read_by_operator);
    assert!(new.delivered_to_customer >= old.delivered_to_customer);
    assert!(new.read_by_customer >= old.read_by_customer);
    assert!(!old.state.is_final() || new.last_seq == old.last_seq, "nothing is said after the end");
    assert_eq!(new.start_state, old.start_state);
    assert!(desk.dialog.life.missed >= before.life.missed);
    let wrote = desk.messages.last().filter(|last| last.seq > old.last_seq && last.kind == MessageKind::Text);
    if let Some(Author::Operator { id, .. }) = wrote.map(|message| &message.author) {
        let may = people().iter().any(|who| who.id == *id && allows(who, Right::AnswerOthers, &desk.dialog.standing()));
        assert!(new.assignee == Some(*id) || may, "only the owner writes, or whoever may");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_sequence_of_commands_leaves_the_table_or_an_inconsistent_row(
        centre in centres(),
        start in starts(),
        suspicious in any::<bool>(),
        attempts in proptest::collection::vec(tries(), 1..40),
    ) {
        let mut desk = Desk::begun(start, centre);
        desk.dialog.row.suspicious = suspicious && desk.dialog.row.state == DialogState::Queue;
        desk.dialog.due_at = deadline(&desk.dialog, &desk.centre).map(|(at, _)| at);
        for attempt in attempts {
            let before = desk.dialog.clone();
            let command = desk.attempt(&attempt);
            let answer = desk.run(command.clone());
            if answer.is_err() {
                prop_assert_eq!(&before, &desk.dialog, "a refusal changes nothing");
            }
            check_step(&before, &desk, &command);
            check_row(&desk);
            check_buttons(&desk);
            check_time_outs(&desk);
        }
        check_it_can_be_ended(desk.clone());
        check_time_comes_to_rest(desk);
    }

    /// A state is the sum of its events.
    #[test]
    fn the_same_events_give_the_same_state(
        centre in centres(),
        start in starts(),
        attempts in proptest::collection::vec(tries(), 1..30),
    ) {
        let mut desk = Desk::begun(start.clone(), centre.clone());
        let begun = desk.dialog.clone();
        let mut log = Vec::new();
        for attempt in attempts {
            let command = desk.attempt(&attempt);
            desk.clock += 1;
            log.extend(desk.decide(command.clone()).unwrap_or_default());
            desk.clock -= 1;
            let _ = desk.run(command);
        }
        let stored: Vec<Event> = serde_json::from_str(&serde_json::to_string(&log).unwrap()).unwrap();
        let mut replayed = begun;
        stored.iter().for_each(|event| replayed.apply(event));
        let (due_at, version) = (desk.dialog.due_at, desk.dialog.version);
        prop_assert_eq!(DialogAggregate { due_at, version, ..replayed }, desk.dialog);
    }
}

/// The table has no row that cannot happen.
#[test]
fn every_row_of_the_table_happens() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let stories = (centres(), starts(), proptest::collection::vec(tries(), 1..40));
    let mut seen = vec![false; TABLE.len()];
    for _ in 0..20_000 {
        let (centre, start, attempts) = stories.new_tree(&mut runner).unwrap().current();
        let mut desk = Desk::begun(start, centre);
        for attempt in attempts {
            let old = desk.dialog.row.state;
            let command = desk.attempt(&attempt);
            let by = cause(&command);
            let _ = desk.run(command);
            // Two rows may share a step; each counts.
            let new = desk.dialog.row.state;
            for (row, (_, froms, cause, tos)) in TABLE.iter().enumerate() {
                seen[row] |= old != new && froms.contains(&old) && *cause == by && tos.contains(&new);
            }
        }
        if seen.iter().all(|seen| *seen) {
            return;
        }
    }
    let never: Vec<_> = TABLE.iter().zip(seen).filter(|(_, seen)| !seen).map(|(row, _)| row).collect();
    panic!("never seen: {never:?}");
}
