//! A dialog's later life: when it is due, whom it belongs to, what changes in it.
//!
//! Invariant 20.

use super::*;
use crate::store::{EntryBody, OperatorRow};
use otklik_model::{Channel, CloseReason, SessionId, Transport};

/// Begins a dialog of a customer of its own, due at a time.
async fn dialog_due(desk: &Fixture, number: u8, due_at: Option<i64>) -> DialogAggregate {
    let customer = add_customer(&desk.store, &desk.workspace, number, Stamp(0)).await;
    let mut change = DialogChange::new(&desk.begin(100 + u128::from(number), &customer), Vec::new());
    change.dialog.due_at = due_at.map(Stamp);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    desk.stored(100 + u128::from(number)).await
}

async fn change(desk: &Fixture, dialog: &DialogAggregate, events: Vec<Event>) -> Result<Committed, CommitError> {
    desk.commit(Work::Dialog(Box::new(DialogChange::new(dialog, events)))).await
}

pub(crate) async fn what_is_due_is_found_in_its_order(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    for (number, due_at) in [(2, Some(500)), (3, Some(100)), (4, None), (5, Some(300)), (6, Some(100_000))] {
        dialog_due(&desk, number, due_at).await;
    }
    let due = |now, limit| {
        let store = desk.store.clone();
        let workspace = desk.workspace.id;
        async move {
            let found = store.due(workspace, Stamp(now), limit).await.unwrap();
            found.into_iter().map(|id| id.0.as_u128()).collect::<Vec<_>>()
        }
    };
    assert_eq!(due(99, 10).await, Vec::<u128>::new());
    assert_eq!(due(100, 10).await, [103]);
    assert_eq!(due(500, 10).await, [103, 105, 102]);
    assert_eq!(due(500, 2).await, [103, 105]);
    let first = desk.stored(103).await;
    assert_eq!(first.due_at, Some(Stamp(100)));
    change(&desk, &first, vec![Event::Reckoned { due_at: None }]).await.unwrap();
    assert_eq!(due(500, 10).await, [105, 102], "what is settled is due no more");
}

pub(crate) async fn open_dialogs_are_those_not_closed(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    for number in 2..5 {
        dialog_due(&desk, number, None).await;
    }
    let closed = Event::Closed { reason: CloseReason::Operator, at: Stamp(20) };
    change(&desk, &desk.stored(103).await, vec![closed]).await.unwrap();
    let open = desk.store.open_dialogs(desk.workspace.id).await.unwrap();
    assert_eq!(open, [desk.stored(102).await, desk.stored(104).await]);
    let finished = Event::Finished { reason: CloseReason::Operator, at: Stamp(20) };
    change(&desk, &desk.stored(104).await, vec![finished]).await.unwrap();
    let unfinished = desk.store.unfinished_dialogs(desk.workspace.id).await.unwrap();
    assert_eq!(unfinished, [desk.stored(102).await, desk.stored(103).await], "a soft close may be re-opened");
}

pub(crate) async fn an_operators_open_dialogs_are_found_by_him(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    for number in 2..7 {
        dialog_due(&desk, number, None).await;
    }
    let accepted = |by| Event::Accepted { by: OperatorId(id(by)), name: "Ира".into(), at: Stamp(20) };
    let of = |operator| {
        let store = desk.store.clone();
        let workspace = desk.workspace.id;
        async move {
            let found = store.open_dialogs_of(workspace, OperatorId(id(operator))).await.unwrap();
            found.into_iter().map(|dialog| dialog.row.id.0.as_u128()).collect::<Vec<_>>()
        }
    };
    assert_eq!(of(11).await, Vec::<u128>::new());
    let offered =
        Event::Offered { to: OperatorId(id(11)), name: "Ира".into(), until: None, by: None, at: Stamp(20) };
    change(&desk, &desk.stored(104).await, vec![offered]).await.unwrap();
    for (number, by) in [(102, 11), (103, 11), (105, 12)] {
        change(&desk, &desk.stored(number).await, vec![accepted(by)]).await.unwrap();
    }
    assert_eq!((of(11).await, of(12).await), (vec![102, 103, 104], vec![105]), "his own and what he is offered");
    let found = desk.store.open_dialogs_of(desk.workspace.id, OperatorId(id(12))).await.unwrap();
    assert_eq!(found, [desk.stored(105).await], "with all that belongs to them");
    let returned = crate::desk::ReturnedWhy::Given;
    let returned = Event::Returned { why: returned, department: None, team: None, by: None, at: Stamp(30) };
    change(&desk, &desk.stored(103).await, vec![returned]).await.unwrap();
    change(&desk, &desk.stored(104).await, vec![accepted(12)]).await.unwrap();
    assert_eq!((of(11).await, of(12).await), (vec![102], vec![104, 105]), "a change of hands is followed");
    let closed = Event::Closed { reason: CloseReason::Operator, at: Stamp(40) };
    change(&desk, &desk.stored(104).await, vec![closed]).await.unwrap();
    assert_eq!((of(11).await, of(12).await), (vec![102], vec![105]), "what is closed is found no more");
    change(&desk, &desk.stored(104).await, vec![Event::Resumed]).await.unwrap();
    assert_eq!(of(12).await, [104, 105], "and is again, when it goes on");
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert!(desk.store.open_dialogs_of(other, OperatorId(id(12))).await.unwrap().is_empty());
}

pub(crate) async fn a_message_changes_under_its_number(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    desk.say(&desk.stored(100).await, None, 2).await.unwrap();
    let read = || desk.store.messages(desk.workspace.id, DialogId(id(100)), 1, 9, 9);
    let mut edited = read().await.unwrap().remove(0);
    edited.text = "other words".into();
    edited.details.edited_at = Some(Stamp(30));
    let event = Event::MessageChanged(Box::new(edited.clone()));
    change(&desk, &desk.stored(100).await, vec![event]).await.unwrap();
    let messages = read().await.unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0], Message { rev: Seq(3), ..edited });
    assert_eq!(messages[1].rev, Seq(2), "the other one is as it was");
}

pub(crate) async fn any_text_is_kept_as_it_is(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    for (client, text) in (2..).zip(["\0", "a\0b", "'; DROP TABLE dialog; --", "👩‍👩‍👧\u{200F}", "\\u0000 \"\n\t", ""])
    {
        let dialog = desk.stored(100).await;
        let mut message = words(&dialog, None, client);
        message.text = text.into();
        change(&desk, &dialog, vec![Event::MessageAdded(Box::new(message))]).await.unwrap();
        let seq = desk.stored(100).await.row.last_seq;
        let found = desk.store.messages(desk.workspace.id, DialogId(id(100)), seq, seq, 1).await.unwrap();
        assert_eq!(found[0].text, text);
    }
    for odd in ["\0", "ira\0", "'; --"] {
        assert_eq!(desk.store.operator_by_login(desk.workspace.id, odd).await.unwrap(), None, "{odd:?}");
    }
}

pub(crate) async fn a_customer_is_compared_and_set(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let (workspace, who) = (desk.workspace.id, desk.customer.id);
    let (found, version) = desk.store.customer(workspace, who).await.unwrap().unwrap();
    assert_eq!((&found, version), (&desk.customer, 1));
    let named = Customer { name: "Мария".into(), named: true, ..found };
    let work = |version| Work::Customer { customer: Box::new(named.clone()), version };
    desk.commit(work(1)).await.unwrap();
    assert_eq!(desk.commit(work(1)).await, Err(CommitError::Conflict), "that version is gone");
    assert_eq!(desk.store.customer(workspace, who).await.unwrap(), Some((named.clone(), 2)));
    assert_eq!(desk.store.customer_of(workspace, TokenHash([1; 32])).await.unwrap(), Some(named.clone()));
    assert_eq!(desk.log(0).await[0].body, EntryBody::Customer(Box::new(named.clone())));
    desk.say(&desk.begin(100, &named), None, 1).await.unwrap();
    assert_eq!(desk.commit(work(2)).await, Err(CommitError::Conflict), "his dialog carries a copy of him");
    let nobody = Customer { id: CustomerId(id(77)), ..named.clone() };
    let work = Work::Customer { customer: Box::new(nobody), version: 0 };
    assert_eq!(desk.commit(work).await, Err(CommitError::Conflict));
}

pub(crate) async fn a_customer_in_a_dialog_changes_with_it(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    let stale = desk.stored(100).await;
    let named = Customer { name: "Мария".into(), named: true, ..desk.customer.clone() };
    let event = Event::CustomerChanged { customer: Box::new(named.clone()), by: None };
    change(&desk, &stale, vec![event.clone()]).await.unwrap();
    let read = || async { desk.store.customer(desk.workspace.id, desk.customer.id).await.unwrap() };
    assert_eq!(read().await, Some((named.clone(), 2)));
    assert_eq!(desk.stored(100).await.row.customer, named);
    assert_eq!(change(&desk, &stale, vec![event]).await, Err(CommitError::Conflict));
    assert_eq!(read().await, Some((named, 2)), "a change that conflicts changes nothing");
}

fn channel(name: &str) -> Channel {
    Channel { id: ChannelId(id(7)), name: name.into(), transport: Transport::Widget, text_chars: 1, page: None }
}

fn ira() -> OperatorRow {
    OperatorRow::new(OperatorId(id(11)), "ira".into(), "Ира".into())
}

pub(crate) async fn an_id_of_another_workspace_is_not_overwritten(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.say(&desk.begin(100, &desk.customer), None, 1).await.unwrap();
    desk.commit(Work::Channel(channel("Site"))).await.unwrap();
    desk.commit(Work::Operator { row: Box::new(ira()), rights_changed: true }).await.unwrap();
    let mine = (desk.stored(100).await, desk.store.operators(desk.workspace.id).await.unwrap());
    let other = desk.store.open_workspace("other").await.unwrap();
    let stranger = add_customer(&desk.store, &other, 9, Stamp(0)).await;
    let fresh = DialogChange::new(&desk.begin(100, &stranger), Vec::new());
    let next = DialogChange::new(&mine.0, Vec::new());
    let known = OperatorRow { version: 1, ..ira() };
    for work in [
        Work::Dialog(Box::new(fresh)),
        Work::Dialog(Box::new(next)),
        Work::Channel(channel("Theirs")),
        Work::Operator { row: Box::new(ira()), rights_changed: true },
        Work::Operator { row: Box::new(known), rights_changed: true },
        Work::Customer { customer: Box::new(desk.customer.clone()), version: 1 },
    ] {
        let commit = Commit::new(other.id, Stamp(20), work.clone(), done(None));
        assert_eq!(desk.store.commit(commit).await, Err(CommitError::Conflict), "{work:?}");
    }
    assert_eq!(mine, (desk.stored(100).await, desk.store.operators(desk.workspace.id).await.unwrap()));
    assert_eq!(desk.store.channels(desk.workspace.id).await.unwrap(), [channel("Site")]);
    assert_eq!(desk.store.head(other.id).await.unwrap(), Seq(0));
}

pub(crate) async fn another_workspace_finds_nothing_by_any_question(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    dialog_due(&desk, 2, Some(1)).await;
    desk.say(&desk.stored(102).await, None, 1).await.unwrap();
    desk.commit(Work::Operator { row: Box::new(ira()), rights_changed: true }).await.unwrap();
    desk.commit(Work::Channel(channel("Site"))).await.unwrap();
    let (store, dialog) = (&desk.store, DialogId(id(102)));
    let other = store.open_workspace("other").await.unwrap().id;
    assert!(store.open_dialogs(other).await.unwrap().is_empty());
    assert!(store.unfinished_dialogs(other).await.unwrap().is_empty());
    assert!(store.due(other, Stamp(i64::MAX), 10).await.unwrap().is_empty());
    assert!(store.messages(other, dialog, 0, u32::MAX, 10).await.unwrap().is_empty());
    assert!(store.customers_on_site(other).await.unwrap().is_empty());
    assert!(store.channels(other).await.unwrap().is_empty());
    assert!(store.operators(other).await.unwrap().is_empty());
    assert_eq!(store.operator(other, ira().id).await.unwrap(), None);
    assert_eq!(store.operator_by_login(other, "ira").await.unwrap(), None);
    assert!(store.status_changes(other, ira().id, Stamp(0)).await.unwrap().is_empty());
    assert_eq!(store.customer(other, desk.customer.id).await.unwrap(), None);
    let out = Work::SignOut { operator: ira().id, session: None };
    let session = crate::store::NewSession {
        id: SessionId(id(1)),
        workspace: desk.workspace.id,
        operator: ira().id,
        token: TokenHash([3; 32]),
        device: "desk".into(),
        created_at: Stamp(0),
        expires_at: Stamp(1_000),
    };
    store.add_session(session).await.unwrap();
    store.commit(Commit::new(other, Stamp(20), out, done(None))).await.unwrap();
    assert!(store.session_of(TokenHash([3; 32])).await.unwrap().is_some(), "signed out where he is not");
    let all = store.workspaces().await.unwrap();
    assert_eq!(all.iter().map(|(short, _)| short.as_str()).collect::<Vec<_>>(), ["main", "other"]);
    assert_eq!(all[0].1, desk.workspace);
}

pub(crate) async fn blocked_customers_are_found_by_number(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    let block = |reason: &str| otklik_model::Block {
        by: OperatorId(id(11)),
        since: Stamp(20),
        until: None,
        reason: reason.into(),
    };
    let mut customers = vec![desk.customer.clone()];
    for number in 2..=4 {
        customers.push(add_customer(&desk.store, &desk.workspace, number, Stamp(0)).await);
    }
    // Whoever only writes of blocks is not blocked.
    customers[0].particulars.comment = "\"block\":{ \"block\":{}".into();
    customers[1].particulars.block = Some(block("брань"));
    customers[3].particulars.block = Some(block("реклама"));
    for number in [0, 1, 3] {
        let customer: Box<Customer> = Box::new(customers[number].clone());
        desk.commit(Work::Customer { customer, version: 1 }).await.unwrap();
    }
    let found = |after, limit| {
        let store = desk.store.clone();
        async move { store.blocked_customers(workspace, after, limit).await.unwrap() }
    };
    assert_eq!(found(0, 10).await, [customers[1].clone(), customers[3].clone()]);
    assert_eq!(found(0, 1).await, [customers[1].clone()]);
    assert_eq!(found(customers[1].number, 10).await, [customers[3].clone()]);
    let by_number = |workspace, number| desk.store.customer_by_number(workspace, number);
    assert_eq!(by_number(workspace, customers[3].number).await.unwrap(), Some((customers[3].clone(), 2)));
    assert_eq!(by_number(workspace, 77).await.unwrap(), None);
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert_eq!(by_number(other, customers[3].number).await.unwrap(), None);
    assert_eq!(desk.store.blocked_customers(other, 0, 10).await.unwrap(), Vec::new());
    let free = Customer { particulars: Default::default(), ..customers[1].clone() };
    desk.commit(Work::Customer { customer: Box::new(free), version: 2 }).await.unwrap();
    assert_eq!(found(0, 10).await, [customers[3].clone()]);
}
