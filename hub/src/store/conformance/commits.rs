//! One commit: whole, once, at one position, whoever else stores at the same time.
//!
//! Invariants 2, 10 and 17.

use super::*;
use crate::store::{ANSWERS_KEPT_MS, EntryBody, Room};
use otklik_model::{CloseReason, Hold, Refusal};
use std::collections::BTreeSet;

pub(crate) async fn a_commit_stores_row_messages_entry_and_answer_at_one_position(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let committed = desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    assert_eq!((committed.head, committed.repeated), (Seq(1), false));
    let stored = desk.stored(100).await;
    assert_eq!((stored.version, stored.row.rev, stored.row.number, stored.row.unread), (1, Seq(1), 1, 1));
    let messages = desk.store.messages(desk.workspace.id, stored.row.id, 0, u32::MAX, 10).await.unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].rev, messages[0].seq, messages[0].text.as_str()), (Seq(1), 1, "words 1 <b>ё</b>"));
    let log = desk.log(0).await;
    let EntryBody::Dialog(entry) = &log[0].body else { panic!("{log:?}") };
    assert_eq!((log[0].seq, log[0].at, entry.before.clone()), (Seq(1), Stamp(20), None));
    assert_eq!(entry.row, stored.row);
    assert_eq!(entry.messages().cloned().collect::<Vec<_>>(), messages, "the log carries what is stored");
    let Outcome::Done { at_seq, message: Some(message) } = committed.outcome.clone() else { panic!() };
    assert_eq!((at_seq, message.seq, message.id), (Seq(1), 1, messages[0].id));
    let key = Key { writer: desk.customer.id.0, id: ClientId(id(1)) };
    assert_eq!(desk.store.first_answer(key).await.unwrap(), Some(committed.outcome));
}

pub(crate) async fn a_repeated_key_gets_the_first_answer_and_changes_nothing(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let first = desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    // Decided anew, on the present version, as a hub does that never knew of the first.
    let again = desk.say(&desk.stored(100).await, None, 1).await.unwrap();
    assert_eq!((again.outcome, again.repeated, again.head), (first.outcome, true, Seq(1)));
    assert_eq!(desk.stored(100).await.row.last_seq, 1);
    assert_eq!(desk.log(0).await.len(), 1);
}

pub(crate) async fn a_refusal_is_an_answer_too(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let key = Key { writer: id(11), id: ClientId(id(1)) };
    let refused = Outcome::Refused { reason: Refusal::AlreadyAccepted { by: "Олег".into() } };
    let first = desk.commit_keyed(key, Work::Nothing, refused.clone()).await.unwrap();
    assert_eq!((first.outcome.clone(), first.head), (refused, Seq(0)));
    let again = desk.commit_keyed(key, Work::Nothing, done(None)).await.unwrap();
    assert_eq!((again.outcome, again.repeated), (first.outcome, true));
}

pub(crate) async fn keys_of_different_writers_are_different_keys(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    let other = desk.say(&desk.stored(100).await, Some(11), 1).await.unwrap();
    assert!(!other.repeated);
    assert_eq!(desk.stored(100).await.row.last_seq, 2);
}

pub(crate) async fn a_message_is_recognised_after_its_answer_is_forgotten(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let first = desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    let refused = Key { writer: id(11), id: ClientId(id(2)) };
    desk.commit_keyed(refused, Work::Nothing, Outcome::Refused { reason: Refusal::NotFound }).await.unwrap();
    assert!(desk.store.sweep(Stamp(20 + ANSWERS_KEPT_MS + 1)).await.unwrap() >= 2);
    let key = Key { writer: desk.customer.id.0, id: ClientId(id(1)) };
    assert_eq!(desk.store.first_answer(key).await.unwrap(), Some(first.outcome));
    assert_eq!(desk.store.first_answer(refused).await.unwrap(), None);
}

pub(crate) async fn of_two_decisions_on_one_version_one_is_stored(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    let seen = desk.stored(100).await;
    let (ira, oleg) = tokio::join!(desk.say(&seen, Some(11), 2), desk.say(&seen, Some(12), 3));
    let conflicts = [&ira, &oleg].iter().filter(|answer| ***answer == Err(CommitError::Conflict)).count();
    assert_eq!((conflicts, [ira, oleg].iter().filter(|answer| answer.is_ok()).count()), (1, 1));
    assert_eq!(desk.stored(100).await.row.last_seq, 2);
}

pub(crate) async fn a_customer_has_one_dialog(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let tabs = [desk.begin(100, &desk.customer), desk.begin(101, &desk.customer)];
    let (one, two) = tokio::join!(desk.say(&tabs[0], None, 1), desk.say(&tabs[1], None, 2));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    let found = desk.store.dialog_of(desk.workspace.id, desk.customer.id).await.unwrap().unwrap();
    assert_eq!(found.row.number, 1);
}

pub(crate) async fn a_conflict_takes_no_position_and_no_number(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let first = desk.begin(100, &desk.customer);
    desk.say(&first, None, 1).await.unwrap();
    for client in 2..6 {
        assert_eq!(desk.say(&first, None, client).await, Err(CommitError::Conflict));
    }
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    desk.say(&desk.begin(200, &other), None, 7).await.unwrap();
    let row = desk.stored(200).await.row;
    assert_eq!((row.number, row.rev), (2, Seq(2)));
}

/// Two processes look at what she carries, and each finds room for one more.
pub(crate) async fn nobody_is_given_more_than_he_has_room_for(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let ira = OperatorId(id(11));
    for number in 2..8_u8 {
        let customer = add_customer(&desk.store, &desk.workspace, number, Stamp(0)).await;
        let dialog = u128::from(number) * 100;
        desk.say(&desk.begin(dialog, &customer), None, dialog).await.unwrap();
    }
    let give = async |number: u128, most| {
        let offered = Event::Offered { to: ira, name: "Ира".into(), by: None, until: None, at: Stamp(20) };
        let change = DialogChange::new(&desk.stored(number).await, vec![offered]);
        let commit = Commit::new(desk.workspace.id, Stamp(20), Work::Dialog(Box::new(change)), done(None));
        Commit { room: Some(Room { operator: ira, most }), ..commit }
    };
    let (first, second) = (give(200, 299).await, give(300, 299).await);
    let (first, second) = tokio::join!(desk.store.commit(first), desk.store.commit(second));
    assert!(first.is_ok() && second.is_ok(), "two fit: {first:?}, {second:?}");
    let head = desk.store.head(desk.workspace.id).await.unwrap();
    assert_eq!(desk.store.commit(give(400, 299).await).await, Err(CommitError::Conflict), "and no third");
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), head, "it took no position");
    // What is put off weighs nothing; what is given once more counts once.
    let put_off = |number| {
        let hold = Hold { since: Stamp(20), until: None, reason: None };
        let accepted = Event::Accepted { by: ira, name: "Ира".into(), at: Stamp(20) };
        (number, vec![accepted, Event::Held { hold }])
    };
    let (number, events) = put_off(200);
    let change = DialogChange::new(&desk.stored(number).await, events);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    desk.store.commit(give(400, 200).await).await.unwrap();
    desk.store.commit(give(400, 200).await).await.unwrap();
    // Of a batch each counts those before it.
    let batch = vec![give(500, 300).await, give(600, 300).await, give(700, 400).await];
    let answers = desk.store.commit_all(batch).await;
    let stored: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(stored, [true, false, true], "{answers:?}");
    assert_eq!(answers[1], Err(CommitError::Conflict));
    let his = desk.store.open_dialogs_of(desk.workspace.id, ira).await.unwrap();
    let his: Vec<_> = his.iter().map(|dialog| dialog.row.id.0.as_u128()).collect();
    assert_eq!(his, [200, 300, 400, 500, 700]);
}

pub(crate) async fn many_at_once_leave_no_gap_and_no_double(store: Arc<dyn Store>) {
    let desk = Arc::new(Fixture::new(store).await);
    let mut customers = Vec::new();
    for number in 10..18 {
        customers.push(add_customer(&desk.store, &desk.workspace, number, Stamp(0)).await);
    }
    let tasks: Vec<_> = customers
        .into_iter()
        .enumerate()
        .map(|(number, customer)| {
            let desk = desk.clone();
            let dialog = 1_000 + number as u128;
            tokio::spawn(async move {
                desk.say(&desk.begin(dialog, &customer), None, dialog * 1_000).await.unwrap();
                for turn in 1..20 {
                    let client = dialog * 1_000 + turn;
                    // Two hubs carry the same words: one stores them, the other learns that.
                    let seen = desk.stored(dialog).await;
                    let (one, two) = tokio::join!(desk.say(&seen, None, client), desk.say(&seen, None, client));
                    assert_eq!(one.unwrap().outcome, two.unwrap().outcome);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let seqs: Vec<u64> = desk.log(0).await.iter().map(|entry| entry.seq.0).collect();
    assert_eq!(seqs, (1..=160).collect::<Vec<_>>());
    let mut numbers = BTreeSet::new();
    for dialog in 1_000..1_008 {
        let stored = desk.stored(dialog).await;
        assert_eq!((stored.row.last_seq, stored.version), (20, 20));
        numbers.insert(stored.row.number);
        let messages = desk.store.messages(desk.workspace.id, stored.row.id, 1, 100, 100).await.unwrap();
        assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    }
    assert_eq!(numbers, (1..=8).collect());
}

pub(crate) async fn readers_never_see_a_later_position_before_an_earlier(store: Arc<dyn Store>) {
    let desk = Arc::new(Fixture::new(store).await);
    let writing = tokio::spawn({
        let desk = desk.clone();
        async move {
            desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
            for client in 2..=200 {
                let mut dialog = desk.stored(100).await;
                if client % 50 == 0 {
                    let closed = Event::Closed { reason: CloseReason::Operator, at: Stamp(20) };
                    let work = Work::Dialog(Box::new(DialogChange::new(&dialog, vec![closed])));
                    desk.commit(work).await.unwrap();
                    dialog = desk.stored(100).await;
                }
                desk.say(&dialog, None, client).await.unwrap();
            }
        }
    });
    let mut position = Seq(0);
    while !writing.is_finished() || position < desk.store.head(desk.workspace.id).await.unwrap() {
        for entry in desk.store.log_after(desk.workspace.id, position, 7).await.unwrap().entries {
            assert_eq!(entry.seq.0, position.0 + 1);
            position = entry.seq;
        }
        let snapshot = desk.store.snapshot(desk.workspace.id, Stamp(0)).await.unwrap();
        assert!(snapshot.dialogs.iter().all(|dialog| dialog.row.rev <= snapshot.at), "a snapshot is of one position");
        tokio::task::yield_now().await;
    }
    writing.await.unwrap();
    assert_eq!(position, Seq(204));
}
