use super::*;
use otklik_model::{Author, Awaiting, DialogState, MessageKind, Page};
use proptest::prelude::*;

/// What somebody tries, with an epoch that may be an old one.
#[derive(Clone, Debug)]
enum Try {
    Accept(usize, u64),
    Say(usize, u64),
    Note(usize),
    Read(usize, u32),
    Close(usize, u64),
    Give(usize, u64, Option<usize>),
    Customer,
    Saw(u32, u32),
    Presence(bool),
    Page(u8),
}

fn people() -> [Actor; 4] {
    [ira(), oleg(), newcomer(), senior()]
}

fn tries() -> impl Strategy<Value = Try> {
    let who = 0..4_usize;
    // Mostly the present epoch.
    let age = prop_oneof![4 => Just(0_u64), 1 => 1..3_u64];
    prop_oneof![
        3 => (who.clone(), age.clone()).prop_map(|(who, age)| Try::Accept(who, age)),
        3 => (who.clone(), age.clone()).prop_map(|(who, age)| Try::Say(who, age)),
        1 => who.clone().prop_map(Try::Note),
        2 => (who.clone(), 0..12_u32).prop_map(|(who, upto)| Try::Read(who, upto)),
        1 => (who.clone(), age.clone()).prop_map(|(who, age)| Try::Close(who, age)),
        2 => (who.clone(), age, proptest::option::of(who)).prop_map(|(who, age, to)| Try::Give(who, age, to)),
        4 => Just(Try::Customer),
        1 => (0..12_u32, 0..12_u32).prop_map(|(delivered, read)| Try::Saw(delivered, read)),
        1 => any::<bool>().prop_map(Try::Presence),
        1 => (0..3_u8).prop_map(Try::Page),
    ]
}

fn command(desk: &Desk, attempt: &Try) -> Command {
    let by = |who: usize| people()[who].clone();
    let epoch = |age: u64| desk.epoch().saturating_sub(age);
    let client = ClientId(uuid(desk.clock.unsigned_abs().into()));
    match attempt {
        Try::Accept(who, age) => Command::Accept { by: by(*who), epoch: epoch(*age) },
        Try::Say(who, age) => Command::SendText { by: by(*who), epoch: epoch(*age), text: "words".into(), client },
        Try::Note(who) => Command::SendNote { by: by(*who), text: "note".into(), client },
        Try::Read(who, upto) => Command::MarkRead { by: by(*who), upto: *upto },
        Try::Close(who, age) => Command::Close { by: by(*who), epoch: epoch(*age) },
        Try::Give(who, age, to) => {
            let to = to.map_or(Target::Queue, |to| colleague(&by(to)));
            Command::Transfer { by: by(*who), epoch: epoch(*age), to }
        }
        Try::Customer => Command::CustomerWrites { text: "question".into(), client },
        Try::Saw(delivered, read) => Command::CustomerSaw { delivered: *delivered, read: *read },
        Try::Presence(true) => Command::CustomerCame,
        Try::Presence(false) => Command::CustomerLeft,
        Try::Page(number) => {
            Command::CustomerMoved(Page { url: format!("https://x.example/{number}"), title: String::new() })
        }
    }
}

/// The row agrees with itself and with the messages, counted naively.
fn check_row(desk: &Desk) {
    let row = &desk.dialog.row;
    let assigned = matches!(row.state, DialogState::Offered | DialogState::Active | DialogState::ClosedSoft);
    assert_eq!(row.assignee.is_some(), assigned, "{row:?}");
    assert_eq!(row.assignee_name.is_some(), assigned);
    assert_eq!(row.closed_at.is_some(), row.state == DialogState::ClosedSoft);
    assert_eq!(row.close_reason.is_some(), row.state == DialogState::ClosedSoft);
    assert_eq!(row.accepted_at.is_some(), matches!(row.state, DialogState::Active | DialogState::ClosedSoft));
    assert_eq!(row.awaiting_since.is_some(), row.awaiting != Awaiting::Nobody);
    let numbers: Vec<u32> = desk.messages.iter().map(|message| message.seq).collect();
    assert_eq!(numbers, (1..=row.last_seq).collect::<Vec<_>>(), "numbers without holes");
    let theirs =
        |message: &&otklik_model::Message| message.author == Author::Customer && message.seq > row.read_by_operator;
    assert_eq!(row.unread as usize, desk.messages.iter().filter(theirs).count());
    assert!(row.read_by_customer <= row.delivered_to_customer && row.delivered_to_customer <= row.last_seq);
    assert!(row.read_by_operator <= row.last_seq);
    let last_words = desk.messages.iter().rev().find(|message| message.kind == MessageKind::Text);
    let awaiting = match (row.state, last_words.map(|message| &message.author)) {
        (DialogState::ClosedSoft, _) | (_, None) => Awaiting::Nobody,
        (_, Some(Author::Customer)) => Awaiting::Operator,
        (_, Some(_)) => Awaiting::Customer,
    };
    // After a transfer out of a closed state nobody may have spoken again.
    assert_eq!(row.awaiting, awaiting, "{row:?}");
}

/// What the buttons promise is what a command with the present epoch gets.
fn check_buttons(desk: &Desk) {
    let standing = desk.dialog.standing();
    for (number, me) in people().iter().enumerate() {
        if !sees(me.id, &me.rights, standing) {
            continue;
        }
        let can = can(me.id, &me.rights, standing);
        let other = (0..4).find(|to| Some(people()[*to].id) != standing.assignee && *to != number);
        for (denied, attempt) in [
            (can.accept, Try::Accept(number, 0)),
            (can.write, Try::Say(number, 0)),
            (can.note, Try::Note(number)),
            (can.close, Try::Close(number, 0)),
            (can.transfer, Try::Give(number, 0, other)),
        ] {
            let answer = desk.decide(command(desk, &attempt));
            let does_something = answer.as_ref().is_ok_and(|events| !events.is_empty());
            assert_eq!(denied.is_none(), does_something, "{attempt:?} {can:?} {answer:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_sequence_of_commands_leaves_an_inconsistent_row(attempts in proptest::collection::vec(tries(), 1..40)) {
        let mut desk = Desk::new();
        desk.customer_says("the first words").unwrap();
        for attempt in attempts {
            let before = desk.dialog.clone();
            let answer = desk.run(command(&desk, &attempt));
            let (old, new) = (&before.row, &desk.dialog.row);
            let accepted = new.accepted_at.is_some() && old.accepted_at.is_none();
            let changed_hands = new.assignee != old.assignee || accepted;
            prop_assert_eq!(new.epoch, old.epoch + u64::from(changed_hands), "{:?}", attempt);
            prop_assert!(new.read_by_operator >= old.read_by_operator);
            prop_assert!(new.delivered_to_customer >= old.delivered_to_customer);
            prop_assert!(new.read_by_customer >= old.read_by_customer);
            if answer.is_err() {
                prop_assert_eq!(&before, &desk.dialog, "a refusal changes nothing");
            }
            let wrote = desk.messages.last().filter(|_| matches!(attempt, Try::Say(..)) && answer.is_ok());
            if let Some(Author::Operator { id, .. }) = wrote.map(|message| &message.author) {
                prop_assert_eq!(new.assignee, Some(*id), "only the owner writes");
            }
            check_row(&desk);
            check_buttons(&desk);
        }
    }

    /// A state is the sum of its events.
    #[test]
    fn the_same_events_give_the_same_state(attempts in proptest::collection::vec(tries(), 1..30)) {
        let mut desk = Desk::new();
        let mut log = Vec::new();
        for attempt in attempts {
            let events = desk.decide(command(&desk, &attempt)).unwrap_or_default();
            log.extend(events.clone());
            let _ = desk.run(command(&desk, &attempt));
            let mut replayed = Desk::new().dialog;
            let stored: Vec<Event> = serde_json::from_str(&serde_json::to_string(&log).unwrap()).unwrap();
            for event in &stored {
                replayed.apply(event);
            }
            prop_assert_eq!(replayed.row.state, desk.dialog.row.state);
            prop_assert_eq!(replayed.row.epoch, desk.dialog.row.epoch);
            prop_assert_eq!(replayed.row.last_seq, desk.dialog.row.last_seq);
            prop_assert_eq!(&replayed.unread_runs, &desk.dialog.unread_runs);
        }
    }
}
