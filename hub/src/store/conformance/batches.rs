//! Many commits in one transaction, each by itself.
//!
//! Invariants 17 and 18.

use super::*;
use crate::store::{EntryBody, FenceToken};
use otklik_model::DialogState;

/// The customer's first words in a new dialog, as a commit.
fn beginning(desk: &Fixture, customer: &Customer, dialog: u128) -> Commit {
    let dialog_row = desk.begin(dialog, customer);
    speaking(desk, &dialog_row, dialog)
}

/// The customer's next words, as a commit.
fn speaking(desk: &Fixture, dialog: &DialogAggregate, client: u128) -> Commit {
    let message = words(dialog, None, client);
    let stored = Stored { id: message.id, seq: message.seq, at: message.at };
    let key = Key { writer: dialog.row.customer.id.0, id: ClientId(id(client)) };
    let change = DialogChange::new(dialog, vec![Event::MessageAdded(Box::new(message))]);
    let work = Work::Dialog(Box::new(change));
    Commit { key: Some(key), ..Commit::new(desk.workspace.id, Stamp(20), work, done(Some(stored))) }
}

/// The dialog as it stands after a commit.
fn after(commit: &Commit, seq: u64) -> DialogAggregate {
    let Work::Dialog(change) = &commit.work else { panic!("{commit:?}") };
    let mut change = change.clone();
    let number = (change.decided_on == 0).then_some(seq);
    change.stamp(Seq(seq), number);
    change.dialog
}

async fn customers(desk: &Fixture, count: u8) -> Vec<Customer> {
    let mut customers = Vec::new();
    for number in 0..count {
        customers.push(add_customer(&desk.store, &desk.workspace, 10 + number, Stamp(0)).await);
    }
    customers
}

pub(crate) async fn a_batch_takes_one_position_after_the_other(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let people = customers(&desk, 5).await;
    let batch = (100..).zip(&people).map(|(dialog, customer)| beginning(&desk, customer, dialog)).collect();
    let answers = desk.store.commit_all(batch).await;
    for (number, answer) in (1..).zip(&answers) {
        let committed = answer.as_ref().unwrap();
        assert_eq!((committed.head, committed.repeated), (Seq(number), false));
        let row = desk.stored(99 + u128::from(number)).await.row;
        assert_eq!((row.rev, row.number, row.last_seq), (Seq(number), number, 1));
    }
    let log = desk.log(0).await;
    assert_eq!(log.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

pub(crate) async fn of_a_batch_each_is_done_whole_or_not_at_all(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let people = customers(&desk, 2).await;
    let stale = Commit { key: None, ..beginning(&desk, &people[0], 100) };
    let second_dialog = beginning(&desk, &people[0], 101);
    let batch = vec![beginning(&desk, &people[0], 100), stale, second_dialog, beginning(&desk, &people[1], 102)];
    let answers = desk.store.commit_all(batch).await;
    assert_eq!(answers[0].as_ref().unwrap().head, Seq(1));
    assert_eq!(answers[1], Err(CommitError::Conflict), "the version is stored by the first");
    assert_eq!(answers[2], Err(CommitError::Conflict), "a customer has one dialog");
    assert_eq!(answers[3].as_ref().unwrap().head, Seq(2), "what fails takes no position");
    assert_eq!(desk.store.dialog(desk.workspace.id, DialogId(id(101))).await.unwrap(), None);
    assert_eq!(desk.stored(102).await.row.number, 2);
    let key = Key { writer: people[0].id.0, id: ClientId(id(101)) };
    assert_eq!(desk.store.first_answer(key).await.unwrap(), None);
}

pub(crate) async fn a_dialog_changes_more_than_once_in_a_batch(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let first = beginning(&desk, &desk.customer, 100);
    let second = speaking(&desk, &after(&first, 1), 101);
    let third = speaking(&desk, &after(&second, 2), 102);
    let expected = after(&third, 3);
    for answer in desk.store.commit_all(vec![first, second, third]).await {
        answer.unwrap();
    }
    assert_eq!(desk.stored(100).await, expected);
    let messages = desk.store.messages(desk.workspace.id, expected.row.id, 1, 9, 9).await.unwrap();
    let seen: Vec<_> = messages.iter().map(|message| (message.seq, message.rev.0)).collect();
    assert_eq!(seen, [(1, 1), (2, 2), (3, 3)]);
}

pub(crate) async fn a_key_is_answered_once_also_inside_a_batch(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let first = beginning(&desk, &desk.customer, 100);
    let again = Commit { work: Work::Nothing, ..first.clone() };
    let answers = desk.store.commit_all(vec![first.clone(), again]).await;
    let [Ok(one), Ok(two)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((one.repeated, two.repeated), (false, true));
    assert_eq!(one.outcome, two.outcome);
    let later = desk.store.commit_all(vec![first]).await;
    assert!(later[0].as_ref().unwrap().repeated);
    assert_eq!(desk.log(0).await.len(), 1);
}

pub(crate) async fn what_cannot_be_stored_takes_only_itself_back(store: Arc<dyn Store>) {
    let desk = Arc::new(Fixture::new(store).await);
    let people = customers(&desk, 2).await;
    // The same message number twice under two ids of one writer: no hub decides that, and no table takes it.
    let mut broken = beginning(&desk, &people[0], 100);
    let other = desk.begin(101, &people[1]);
    let Work::Dialog(change) = &mut broken.work else { panic!() };
    let mut twin = words(&other, None, 100);
    twin.dialog = DialogId(id(999));
    change.events.push(Event::MessageAdded(Box::new(twin)));
    let answers = desk.store.commit_all(vec![broken, beginning(&desk, &people[1], 101)]).await;
    assert!(matches!(answers[0], Err(CommitError::Store(_))), "{answers:?}");
    assert_eq!(answers[1].as_ref().unwrap().head, Seq(1));
    assert_eq!(desk.store.dialog(desk.workspace.id, DialogId(id(100))).await.unwrap(), None);
}

/// A store's first workspace, with dialogs that wait, and what offering each of them commits.
#[cfg(test)]
pub(crate) async fn waiting_with_offers(store: Arc<dyn Store>, count: u8) -> (Workspace, Vec<Commit>) {
    let desk = Fixture::new(store).await;
    let fence = lease(&desk, 1, 0).await;
    let offers = offers(&desk, count, fence).await;
    (desk.workspace, offers)
}

/// Dialogs that wait, and what offering each of them to Ира under a lease commits.
async fn offers(desk: &Fixture, count: u8, fence: FenceToken) -> Vec<Commit> {
    let mut offers = Vec::new();
    for (number, customer) in (100..).zip(customers(desk, count).await) {
        desk.store.commit(beginning(desk, &customer, number)).await.unwrap();
        offers.push(offer(desk, &desk.stored(number).await, fence));
    }
    offers
}

fn offer(desk: &Fixture, dialog: &DialogAggregate, fence: FenceToken) -> Commit {
    let (to, name, until) = (OperatorId(id(11)), "Ира".to_owned(), Some(Stamp(60_020)));
    let offered = Event::Offered { to, name, by: None, until, at: Stamp(20) };
    let line = Message { kind: MessageKind::System, author: Author::System, client_id: None, ..words(dialog, None, 0) };
    let line = Message { id: MessageId(Uuid::now_v7()), ..line };
    let mut change = DialogChange::new(dialog, vec![offered, Event::MessageAdded(Box::new(line))]);
    change.dialog.due_at = until;
    let commit = Commit::new(desk.workspace.id, Stamp(20), Work::Dialog(Box::new(change)), done(None));
    Commit { fence: Some(fence), ..commit }
}

async fn lease(desk: &Fixture, node: u128, now: i64) -> FenceToken {
    desk.store.take_lease(desk.workspace.id, id(node), Stamp(now), 1_000).await.unwrap().unwrap().token
}

pub(crate) async fn of_a_batch_whoever_comes_too_late_loses_alone(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let fence = lease(&desk, 1, 0).await;
    let batch = offers(&desk, 5, fence).await;
    // Олег takes the third one by hand while the others are being given out.
    let accepted = Event::Accepted { by: OperatorId(id(12)), name: "Олег".into(), at: Stamp(20) };
    let work = Work::Dialog(Box::new(DialogChange::new(&desk.stored(102).await, vec![accepted])));
    assert_eq!(desk.commit(work).await.unwrap().head, Seq(6));
    let answers = desk.store.commit_all(batch).await;
    let heads: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|done| done.head.0)).collect();
    assert_eq!(heads, [Ok(7), Ok(8), Err(&CommitError::Conflict), Ok(9), Ok(10)]);
    assert_eq!(desk.log(0).await.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    let names = async |number| desk.stored(number).await.row.assignee_name.unwrap();
    assert_eq!((names(101).await, names(102).await, names(103).await), ("Ира".into(), "Олег".into(), "Ира".into()));
    assert_eq!(desk.store.waiting(desk.workspace.id).await.unwrap(), 0);
    let due: Vec<_> = desk.store.due(desk.workspace.id, Stamp(60_020), 9).await.unwrap();
    assert_eq!(due.len(), 4, "what was lost is not due");
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), Seq(10));
}

pub(crate) async fn a_batch_under_an_old_lease_stores_nothing(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let old = lease(&desk, 1, 0).await;
    let batch = offers(&desk, 3, old).await;
    let new = lease(&desk, 2, 1_001).await;
    assert!(new > old);
    assert_eq!(desk.store.commit_all(batch).await, vec![Err(CommitError::Fenced); 3]);
    assert_eq!((desk.log(0).await.len(), desk.store.waiting(desk.workspace.id).await.unwrap()), (3, 3));
    let again = vec![offer(&desk, &desk.stored(101).await, new)];
    assert_eq!(desk.store.commit_all(again).await[0].as_ref().unwrap().head, Seq(4));
}

pub(crate) async fn what_a_large_batch_stores_is_there_at_once(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let fence = lease(&desk, 1, 0).await;
    let batch = offers(&desk, 150, fence).await;
    // Олег takes the third one by hand while the others are being given out.
    let accepted = |dialog: &DialogAggregate| {
        let accepted = Event::Accepted { by: OperatorId(id(12)), name: "Олег".into(), at: Stamp(20) };
        Work::Dialog(Box::new(DialogChange::new(dialog, vec![accepted])))
    };
    assert_eq!(desk.commit(accepted(&desk.stored(102).await)).await.unwrap().head, Seq(151));
    let expected: Vec<_> = batch.iter().zip([&[152, 153, 0][..], &(154..301).collect::<Vec<_>>()].concat()).collect();
    let answers = desk.store.commit_all(batch.clone()).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Err(CommitError::Conflict)).count(), 1);
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), Seq(300));
    // By whatever question: the log first, which need not wait for the rest.
    let log = desk.log(151).await;
    assert_eq!(log.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (152..=300).collect::<Vec<_>>());
    let page = desk.store.log_after(desk.workspace.id, Seq(200), 77).await.unwrap();
    assert_eq!((page.start, &page.entries[..]), (Seq(0), &log[49..126]));
    for ((number, (commit, seq)), answer) in (100..).zip(expected).zip(answers) {
        if number == 102 {
            assert_eq!((answer, seq), (Err(CommitError::Conflict), 0));
            continue;
        }
        assert_eq!(answer.unwrap().head, Seq(seq));
        let dialog = after(commit, seq);
        let told = log.iter().find(|entry| entry.seq == Seq(seq)).unwrap();
        let EntryBody::Dialog(told) = &told.body else { panic!("{told:?}") };
        assert_eq!((&told.row, told.added().count()), (&dialog.row, 1));
        let line = desk.store.messages(desk.workspace.id, dialog.row.id, 2, 9, 9).await.unwrap();
        assert_eq!((line.len(), line[0].rev), (1, Seq(seq)));
        assert_eq!(desk.stored(number).await, dialog);
    }
    assert_eq!(desk.store.waiting(desk.workspace.id).await.unwrap(), 0);
    assert_eq!(desk.store.due(desk.workspace.id, Stamp(60_020), 999).await.unwrap().len(), 149);
    assert_eq!(desk.log(151).await, log, "later it is told in the same words");
    assert_eq!(desk.commit(accepted(&desk.stored(249).await)).await.unwrap().head, Seq(301));
}

pub(crate) async fn a_large_batch_under_an_old_lease_stores_nothing(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let old = lease(&desk, 1, 0).await;
    let batch = offers(&desk, 120, old).await;
    let new = lease(&desk, 2, 1_001).await;
    assert_eq!(desk.store.commit_all(batch.clone()).await, vec![Err(CommitError::Fenced); 120]);
    assert_eq!((desk.log(0).await.len(), desk.store.waiting(desk.workspace.id).await.unwrap()), (120, 120));
    let again = batch.into_iter().map(|commit| Commit { fence: Some(new), ..commit }).collect::<Vec<_>>();
    assert!(desk.store.commit_all(again.clone()).await.iter().all(Result::is_ok));
    assert_eq!(desk.store.commit_all(again).await, vec![Err(CommitError::Conflict); 120], "once is enough");
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), Seq(240));
}

pub(crate) async fn nobody_sees_a_part_of_a_batch(store: Arc<dyn Store>) {
    let desk = Arc::new(Fixture::new(store).await);
    let fence = lease(&desk, 1, 0).await;
    let batch = offers(&desk, 200, fence).await;
    let giving_out = tokio::spawn({
        let desk = desk.clone();
        async move { desk.store.commit_all(batch).await }
    });
    loop {
        let over = giving_out.is_finished();
        let snapshot = desk.store.snapshot(desk.workspace.id, Stamp(0)).await.unwrap();
        let offered = snapshot.dialogs.iter().filter(|dialog| dialog.row.state == DialogState::Offered).count();
        assert!(matches!((snapshot.at.0, offered), (200, 0) | (400, 200)), "{:?} {offered}", snapshot.at);
        if over {
            break;
        }
    }
    assert!(giving_out.await.unwrap().iter().all(Result::is_ok));
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), Seq(400));
}

pub(crate) async fn an_empty_batch_is_nothing(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    assert!(desk.store.commit_all(Vec::new()).await.is_empty());
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), Seq(0));
}

pub(crate) async fn a_thousand_in_one_batch_are_all_there(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let mut batch = vec![beginning(&desk, &desk.customer, 1_000)];
    for turn in 1..1_000 {
        let next = speaking(&desk, &after(&batch[turn - 1], turn as u64), 1_000 + turn as u128);
        batch.push(next);
    }
    let answers = desk.store.commit_all(batch).await;
    assert!(answers.iter().zip(1..).all(|(answer, seq)| answer.as_ref().is_ok_and(|done| done.head == Seq(seq))));
    assert_eq!((desk.log(0).await.len(), desk.stored(1_000).await.row.last_seq), (1_000, 1_000));
}
