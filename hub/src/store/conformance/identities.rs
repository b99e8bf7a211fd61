use super::*;
use crate::desk::{Alias, join, separate};
use crate::store::{AuditLine, Blocked, BlockedAt, EntryBody, Erasure, ErrandKind, Regroup, Whose};
use otklik_model::{Block, CloseReason, Union};

/// Two customers, the first with a dialog that is over and one that goes on, the second with one that is over.
async fn two(store: Arc<dyn Store>) -> (Fixture, Customer) {
    let desk = Fixture::new(store).await;
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    for (number, customer, over) in [(100, &desk.customer, true), (101, &desk.customer, false), (200, &other, true)] {
        let dialog = desk.begin(number, customer);
        let finished = Event::Finished { reason: CloseReason::Customer, at: Stamp(30) };
        let mut events = vec![Event::MessageAdded(Box::new(words(&dialog, None, number)))];
        events.extend(over.then_some(finished));
        desk.commit(Work::Dialog(Box::new(DialogChange::new(&dialog, events)))).await.unwrap();
    }
    (desk, other)
}

async fn people(desk: &Fixture, of: &Customer) -> Vec<Alias> {
    desk.store.identities(desk.workspace.id, of.id).await.unwrap()
}

fn work(people: Vec<Alias>) -> Work {
    Work::Regroup(Box::new(Regroup { people, by: Some(OperatorId(id(11))) }))
}

async fn joined(desk: &Fixture, other: &Customer) -> Vec<Alias> {
    let together = join(&people(desk, &desk.customer).await, &people(desk, other).await, &Union::default()).unwrap();
    desk.commit(work(together)).await.unwrap();
    people(desk, other).await
}

async fn edit(desk: &Fixture, number: u128, change: impl FnOnce(&mut Customer)) -> Result<Committed, CommitError> {
    let dialog = desk.stored(number).await;
    let mut customer = dialog.row.customer.clone();
    change(&mut customer);
    let event = Event::CustomerChanged { customer: Box::new(customer), by: None };
    desk.commit(Work::Dialog(Box::new(DialogChange::new(&dialog, vec![event])))).await
}

pub(crate) async fn customers_become_one_person_with_all_their_dialogs(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    edit(&desk, 101, |customer| customer.phone = Some("+7 900 123-45-67".into())).await.unwrap();
    let head = desk.store.head(desk.workspace.id).await.unwrap();
    let together = joined(&desk, &other).await;
    let numbers: Vec<u64> = together.iter().map(|alias| alias.customer.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(people(&desk, &desk.customer).await, together, "whoever is asked about");
    for number in [100, 101, 200] {
        let customer = desk.stored(number).await.row.customer;
        assert_eq!((customer.person(), customer.phone.as_deref()), (1, Some("+7 900 123-45-67")), "{number}");
        assert_eq!(customer, desk.store.customer(desk.workspace.id, customer.id).await.unwrap().unwrap().0);
    }
    assert_eq!(together[1].own.as_ref(), Some(&other));
    let log = desk.log(head.0).await;
    assert_eq!(log.len(), 4, "a position for each dialog, and one for whoever has none that goes on");
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), log.last().unwrap().seq);
    let told = |entry: &Entry| match &entry.body {
        EntryBody::Dialog(told) => told.row.customer.particulars.person,
        EntryBody::Customer(customer) => customer.particulars.person,
        body @ (EntryBody::Operator(_)
        | EntryBody::Channel(_)
        | EntryBody::Centre { .. }
        | EntryBody::SignedOut { .. }) => panic!("{body:?}"),
    };
    assert!(log.iter().all(|entry| told(entry) == Some(1)));
}

pub(crate) async fn of_two_who_regroup_at_once_one_is_heard(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    let third = add_customer(&desk.store, &desk.workspace, 3, Stamp(0)).await;
    let (this, that) = (people(&desk, &desk.customer).await, people(&desk, &other).await);
    let one = join(&this, &that, &Union::default()).unwrap();
    let another = join(&this, &people(&desk, &third).await, &Union::default()).unwrap();
    let commits = [one, another].map(|people| Commit::new(desk.workspace.id, Stamp(20), work(people), done(None)));
    let answers = desk.store.commit_all(commits.into()).await;
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(CommitError::Conflict));
    assert_eq!(people(&desk, &third).await.len(), 1);
    let stale = DialogChange::new(&desk.begin(101, &desk.customer), Vec::new());
    assert_eq!(desk.commit(Work::Dialog(Box::new(stale))).await, Err(CommitError::Conflict));
}

pub(crate) async fn what_changes_of_one_changes_of_the_other(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    joined(&desk, &other).await;
    edit(&desk, 101, |customer| (customer.name, customer.named) = ("Мария".into(), true)).await.unwrap();
    let (his, _) = desk.store.customer(desk.workspace.id, other.id).await.unwrap().unwrap();
    assert_eq!((his.name.as_str(), his.id, his.number, his.person()), ("Мария", other.id, 2, 1));
    // He begins one of his own: then the copy in it follows.
    let begun = desk.begin(201, &his);
    desk.say(&begun, None, 9).await.unwrap();
    let block = Some(Block { by: OperatorId(id(11)), since: Stamp(1), until: None, reason: "брань".into() });
    let (before, blocked) = (desk.stored(201).await, block.clone());
    edit(&desk, 101, |customer| customer.particulars.block = blocked).await.unwrap();
    let after = desk.stored(201).await;
    assert_eq!(after.row.customer.particulars.block, block);
    assert_eq!((after.version, after.row.number), (before.version + 1, before.row.number), "the same dialog");
    assert_eq!(desk.stored(200).await.row.customer.particulars.block, None, "what is over stays as it is");
    let stale = DialogChange::new(&before, Vec::new());
    assert_eq!(desk.commit(Work::Dialog(Box::new(stale))).await, Err(CommitError::Conflict));
}

pub(crate) async fn what_changes_within_one_batch_changes_of_the_other_too(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    joined(&desk, &other).await;
    let (his, _) = desk.store.customer(desk.workspace.id, other.id).await.unwrap().unwrap();
    desk.say(&desk.begin(201, &his), None, 9).await.unwrap();
    let (one, two) = (desk.stored(101).await, desk.stored(201).await);
    let said = Event::MessageAdded(Box::new(words(&two, None, 10)));
    let named = Customer { name: "Мария".into(), named: true, ..one.row.customer.clone() };
    let changed = Event::CustomerChanged { customer: Box::new(named), by: None };
    let late = Event::MessageAdded(Box::new(words(&two, None, 11)));
    let commit = |dialog: &DialogAggregate, event| {
        let work = Work::Dialog(Box::new(DialogChange::new(dialog, vec![event])));
        Commit::new(desk.workspace.id, Stamp(20), work, done(None))
    };
    let answers = desk.store.commit_all(vec![commit(&two, said), commit(&one, changed), commit(&two, late)]).await;
    assert!(answers[0].is_ok() && answers[1].is_ok());
    assert_eq!(answers[2], Err(CommitError::Conflict), "it was changed in between");
    let stored = desk.stored(201).await;
    assert_eq!((stored.row.customer.name.as_str(), stored.row.last_seq), ("Мария", 2));
}

pub(crate) async fn what_is_changed_in_an_old_dialog_changes_in_the_one_that_goes_on(store: Arc<dyn Store>) {
    let (desk, _) = two(store).await;
    edit(&desk, 101, |customer| customer.phone = Some("8 800".into())).await.unwrap();
    let renamed = |customer: &mut Customer| (customer.name, customer.named) = ("Мария".into(), true);
    assert_eq!(edit(&desk, 100, renamed).await, Err(CommitError::Conflict), "he is not who he was then");
    let (mut old, going_on) = (desk.stored(100).await, desk.stored(101).await);
    old.row.customer = going_on.row.customer.clone();
    let mut named = old.row.customer.clone();
    renamed(&mut named);
    let by = Some(OperatorId(id(11)));
    let event = Event::CustomerChanged { customer: Box::new(named.clone()), by };
    let change = Work::Dialog(Box::new(DialogChange::new(&old, vec![event.clone()])));
    // In one batch with words in the dialog that goes on, so that what was decided before has to be seen.
    let said = Event::MessageAdded(Box::new(words(&going_on, None, 10)));
    let said = Work::Dialog(Box::new(DialogChange::new(&going_on, vec![said])));
    let head = desk.store.head(desk.workspace.id).await.unwrap();
    let commits = [said, change].map(|work| Commit::new(desk.workspace.id, Stamp(20), work, done(None)));
    for answer in desk.store.commit_all(commits.into()).await {
        answer.unwrap();
    }
    let after = desk.stored(101).await;
    assert_eq!((&after.row.customer, after.version, after.row.last_seq), (&named, going_on.version + 2, 2));
    assert_eq!(desk.stored(100).await.row.customer, named);
    assert_eq!(desk.store.customer(desk.workspace.id, named.id).await.unwrap().unwrap().0, named);
    let log = desk.log(head.0).await;
    let told = log.iter().filter_map(|entry| if let EntryBody::Dialog(told) = &entry.body { Some(told) } else { None });
    let told: Vec<_> = told.map(|told| (told.row.id, told.events.contains(&event))).collect();
    assert_eq!(told, [(101, false), (100, true), (101, true)].map(|(dialog, by_her)| (DialogId(id(dialog)), by_her)));
    // A change of what is over leaves the customer as busy as he is.
    let rated = DialogChange::new(
        &desk.stored(100).await,
        vec![Event::Sorted { category: None, subject: None, tags: vec!["vip".into()] }],
    );
    let begun = DialogChange::new(&desk.begin(102, &named), Vec::new());
    let commits = [rated, begun]
        .map(|change| Commit::new(desk.workspace.id, Stamp(20), Work::Dialog(Box::new(change)), done(None)));
    let answers = desk.store.commit_all(commits.into()).await;
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(CommitError::Conflict));
}

pub(crate) async fn whoever_is_restricted_is_so_in_every_dialog(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    joined(&desk, &other).await;
    let restricted = async |on: bool| {
        for number in [100, 101, 200] {
            assert_eq!(desk.stored(number).await.row.customer.particulars.restricted, on, "{number}");
        }
    };
    edit(&desk, 101, |customer| customer.particulars.restricted = true).await.unwrap();
    restricted(true).await;
    // And by the row of whoever has no dialog that goes on.
    let (mut his, version) = desk.store.customer(desk.workspace.id, other.id).await.unwrap().unwrap();
    his.particulars.restricted = false;
    desk.commit(Work::Customer { customer: Box::new(his), version }).await.unwrap();
    restricted(false).await;
}

/// Two customers who are one person, each with a dialog that goes on: 101 and 201.
async fn two_who_go_on(store: Arc<dyn Store>) -> (Fixture, Customer) {
    let (desk, other) = two(store).await;
    joined(&desk, &other).await;
    let (his, _) = desk.store.customer(desk.workspace.id, other.id).await.unwrap().unwrap();
    desk.say(&desk.begin(201, &his), None, 9).await.unwrap();
    (desk, his)
}

fn block() -> Block {
    Block { by: OperatorId(id(11)), since: Stamp(1), until: None, reason: "брань".into() }
}

fn with_block(customer: &Customer) -> Box<Customer> {
    let mut customer = customer.clone();
    customer.particulars.block = Some(block());
    Box::new(customer)
}

/// A dialog as a block leaves it.
fn closed_out(dialog: &DialogAggregate) -> DialogChange {
    let told = Event::CustomerChanged { customer: with_block(&dialog.row.customer), by: None };
    let finished = Event::Finished { reason: CloseReason::Blocked, at: Stamp(30) };
    DialogChange::new(dialog, vec![told, finished])
}

fn blocking(dialog: &DialogAggregate, others: &[&DialogAggregate]) -> Work {
    let others = others.iter().map(|other| closed_out(other)).collect();
    Work::Blocked(Box::new(Blocked { at: BlockedAt::Dialog(Box::new(closed_out(dialog))), others }))
}

pub(crate) async fn a_block_is_one_piece_with_every_dialog_that_it_closes(store: Arc<dyn Store>) {
    let (desk, other) = two_who_go_on(store).await;
    let (one, two) = (desk.stored(101).await, desk.stored(201).await);
    let head = desk.store.head(desk.workspace.id).await.unwrap();
    let committed = desk.commit(blocking(&one, &[&two])).await.unwrap();
    assert_eq!(committed.outcome, Outcome::Done { at_seq: Seq(head.0 + 1), message: None }, "where it was asked for");
    for (before, number) in [(&one, 101), (&two, 201)] {
        let after = desk.stored(number).await;
        assert_eq!((after.row.close_reason, after.version), (Some(CloseReason::Blocked), before.version + 1));
        assert_eq!(after.row.customer.particulars.block, Some(block()));
    }
    for customer in [&desk.customer, &other] {
        let (stored, _) = desk.store.customer(desk.workspace.id, customer.id).await.unwrap().unwrap();
        assert_eq!((stored.particulars.block, stored.id), (Some(block()), customer.id));
        assert!(desk.store.dialog_of(desk.workspace.id, customer.id).await.unwrap().is_none());
    }
    let told = |entry: &Entry| match &entry.body {
        EntryBody::Dialog(told) => Some(told.row.id),
        EntryBody::Operator(_)
        | EntryBody::Channel(_)
        | EntryBody::Customer(_)
        | EntryBody::Centre { .. }
        | EntryBody::SignedOut { .. } => None,
    };
    let told: Vec<DialogId> = desk.log(head.0).await.iter().filter_map(told).collect();
    assert_eq!(told, [DialogId(id(101)), DialogId(id(201))], "each is told once, the one that was asked about first");
    assert_eq!(desk.commit(blocking(&one, &[&two])).await, Err(CommitError::Conflict), "not twice");
}

pub(crate) async fn a_block_that_leaves_a_dialog_open_is_none(store: Arc<dyn Store>) {
    let (desk, other) = two_who_go_on(store).await;
    let (one, two) = (desk.stored(101).await, desk.stored(201).await);
    let head = desk.store.head(desk.workspace.id).await.unwrap();
    // The other dialog began after the block was decided, in the same batch even; or something was said in it.
    assert_eq!(desk.commit(blocking(&one, &[])).await, Err(CommitError::Conflict));
    let said = Event::MessageAdded(Box::new(words(&two, None, 10)));
    let pieces = [Work::Dialog(Box::new(DialogChange::new(&two, vec![said]))), blocking(&one, &[&two])];
    let commits = pieces.map(|work| Commit::new(desk.workspace.id, Stamp(20), work, done(None)));
    let answers = desk.store.commit_all(commits.into()).await;
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(CommitError::Conflict));
    let version = desk.store.customer(desk.workspace.id, desk.customer.id).await.unwrap().unwrap().1;
    assert_eq!(desk.log(head.0).await.len(), 1, "nothing of it is stored");
    assert_eq!(desk.stored(101).await, one);
    // Whoever has no dialog himself: the dialogs of the others are closed with it, and none is left out.
    let finished = Event::Finished { reason: CloseReason::Customer, at: Stamp(30) };
    desk.commit(Work::Dialog(Box::new(DialogChange::new(&one, vec![finished])))).await.unwrap();
    let (known, _) = desk.store.customer(desk.workspace.id, desk.customer.id).await.unwrap().unwrap();
    let alone = |others| {
        let at = BlockedAt::Customer { customer: with_block(&known), version };
        Work::Blocked(Box::new(Blocked { at, others }))
    };
    assert_eq!(desk.commit(alone(Vec::new())).await, Err(CommitError::Conflict));
    let two = desk.stored(201).await;
    desk.commit(alone(vec![closed_out(&two)])).await.unwrap();
    assert_eq!(desk.stored(201).await.row.close_reason, Some(CloseReason::Blocked));
    let (his, _) = desk.store.customer(desk.workspace.id, other.id).await.unwrap().unwrap();
    assert_eq!(his.particulars.block, Some(block()));
    let (known, version) = desk.store.customer(desk.workspace.id, desk.customer.id).await.unwrap().unwrap();
    assert_eq!(known.particulars.block, Some(block()));
    // And nobody else's dialog is in the way.
    let again = BlockedAt::Customer { customer: Box::new(known), version };
    let again = Work::Blocked(Box::new(Blocked { at: again, others: Vec::new() }));
    desk.commit(again).await.unwrap();
}

pub(crate) async fn whoever_is_separated_is_found_as_he_was(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    let together = joined(&desk, &other).await;
    desk.commit(work(separate(&together, other.id).unwrap())).await.unwrap();
    for (customer, dialogs) in [(&desk.customer, vec![100, 101]), (&other, vec![200])] {
        let found = people(&desk, customer).await;
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].customer, found[0].own.as_ref()), (customer, None));
        for number in dialogs {
            assert_eq!(&desk.stored(number).await.row.customer, customer);
        }
    }
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    assert!(desk.store.identities(elsewhere, other.id).await.unwrap().is_empty());
}

pub(crate) async fn customers_are_found_by_what_they_are_called(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    edit(&desk, 101, |customer| {
        (customer.name, customer.named) = ("Мария Алёхина".into(), true);
        customer.phone = Some("+7 900 123-45-67".into());
        customer.email = Some("maria@example.org".into());
    })
    .await
    .unwrap();
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    for (beginning, found) in [("мар", 1), ("алех", 1), ("12345", 1), ("maria@", 1), ("ольга", 0), ("\0", 0)]
    {
        let of = |workspace| desk.store.customers_called(workspace, beginning, 9);
        assert_eq!(of(desk.workspace.id).await.unwrap().len(), found, "{beginning}");
        assert!(of(elsewhere).await.unwrap().is_empty());
    }
    assert!(desk.store.customers_called(desk.workspace.id, "", 0).await.unwrap().is_empty());
    joined(&desk, &other).await;
    assert_eq!(desk.store.customers_called(desk.workspace.id, "мар", 9).await.unwrap().len(), 2);
    edit(&desk, 101, |customer| customer.name = "Ольга".into()).await.unwrap();
    assert!(desk.store.customers_called(desk.workspace.id, "мария", 9).await.unwrap().len() <= 2);
    assert_eq!(desk.store.customers_called(desk.workspace.id, "ольга", 9).await.unwrap().len(), 2);
}

pub(crate) async fn a_person_is_erased_whole_and_kept_as_long_as_any_dialog(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    joined(&desk, &other).await;
    let (workspace, line) = (
        desk.workspace.id,
        AuditLine {
            by: None,
            what: "customer.erased".into(),
            subject: other.id.to_string(),
            detail: serde_json::json!({}),
        },
    );
    let erasure = |whose| Erasure { workspace, at: Stamp(500), whose, line: line.clone() };
    let old = erasure(Whose::Dialogs(vec![DialogId(id(200))]));
    assert_eq!(desk.store.erase(old).await.unwrap().customers, 0, "he is known for who he is when he comes back");
    assert!(desk.store.customer(workspace, other.id).await.unwrap().is_some());
    let erased = desk.store.erase(erasure(Whose::Customer(other.id))).await.unwrap();
    assert_eq!((erased.customers, erased.dialogs.as_slice()), (2, [100, 101].map(|n| DialogId(id(n))).as_slice()));
    for customer in [&desk.customer, &other] {
        assert!(people(&desk, customer).await.is_empty());
    }
    let due = desk.store.errands_due(workspace, Stamp(500), 99).await.unwrap();
    let scrubbed = |of| {
        due.iter().any(|errand| matches!(&errand.kind, ErrandKind::Scrub { customer, .. } if *customer == Some(of)))
    };
    assert!(scrubbed(desk.customer.id) && scrubbed(other.id), "the log forgets both");
}

pub(crate) async fn the_last_dialog_of_a_person_takes_all_of_it(store: Arc<dyn Store>) {
    let (desk, other) = two(store).await;
    joined(&desk, &other).await;
    let finished = Event::Finished { reason: CloseReason::Customer, at: Stamp(30) };
    let change = DialogChange::new(&desk.stored(101).await, vec![finished]);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    let line = AuditLine { by: None, what: "kept".into(), subject: String::new(), detail: serde_json::json!({}) };
    let whose = Whose::Dialogs([100, 101, 200].map(|number| DialogId(id(number))).into());
    let erasure = Erasure { workspace: desk.workspace.id, at: Stamp(500), whose, line };
    assert_eq!(desk.store.erase(erasure).await.unwrap().customers, 2);
}
