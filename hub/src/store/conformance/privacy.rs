use super::*;
use crate::store::{
    AuditLine, EntryBody, Erasure, Errand, ErrandKind, FileRow, Whose, concerns, scrubbed, without_earlier,
};
use otklik_model::{Block, DialogState, FileId, FileState, Preview};

const CANARY: &str = "canary-qzx";

fn line() -> AuditLine {
    let detail = serde_json::json!({});
    AuditLine { by: Some(OperatorId(id(11))), what: "customer.erased".into(), subject: "5001".into(), detail }
}

fn erasure(desk: &Fixture, whose: Whose) -> Erasure {
    Erasure { workspace: desk.workspace.id, at: Stamp(500), whose, line: line() }
}

/// A customer with two dialogs, the first of them closed for good, each with words, a file and an errand.
async fn live(desk: &Fixture, customer: &Customer, from: u128) {
    for number in [from, from + 1] {
        let dialog = desk.begin(number, customer);
        let mut message = words(&dialog, None, number);
        message.text = format!("{CANARY} {number}");
        let finished = Event::Finished { reason: otklik_model::CloseReason::Customer, at: Stamp(30) };
        let mut events = vec![Event::MessageAdded(Box::new(message))];
        events.extend((number == from).then_some(finished));
        let kind = ErrandKind::AskBot { dialog: dialog.row.id, bot: OperatorId(id(3)), upto: 1 };
        let errand = Errand { id: id(number), kind, due_at: Stamp(20), attempts: 0 };
        let work = Work::Dialog(Box::new(DialogChange::new(&dialog, events)));
        let commit = Commit::new(desk.workspace.id, Stamp(20), work, done(None));
        desk.store.commit(Commit { errands: vec![errand], ..commit }).await.unwrap();
        desk.store.add_file(file(desk, number, Some(dialog.row.id), 11)).await.unwrap();
    }
    desk.store.add_file(file(desk, from + 2, None, customer.id.0.as_u128())).await.unwrap();
}

fn file(desk: &Fixture, number: u128, dialog: Option<DialogId>, by: u128) -> FileRow {
    FileRow {
        id: FileId(id(number)),
        workspace: desk.workspace.id,
        dialog,
        by: id(by),
        name: format!("{CANARY}.png"),
        media: "image/png".into(),
        size: 7,
        sha256: [7; 32],
        state: FileState::Ready,
        pixels: Some((1, 2)),
        at: Stamp(20),
    }
}

pub(crate) async fn everything_about_a_customer_is_found_and_nothing_else(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    live(&desk, &desk.customer, 100).await;
    live(&desk, &other, 200).await;
    let (workspace, his) = (desk.workspace.id, desk.customer.id);
    let found = desk.store.subject(workspace, his).await.unwrap().unwrap();
    assert_eq!((found.customer.id, found.created_at), (his, Stamp(0)));
    assert_eq!(found.dialogs, [desk.stored(100).await, desk.stored(101).await]);
    let mut files: Vec<_> = found.files.iter().map(|file| file.id.0.as_u128()).collect();
    files.sort_unstable();
    assert_eq!(files, [100, 101, 102]);
    assert_eq!(found.files[0], file(&desk, 100, Some(DialogId(id(100))), 11));
    assert_eq!(found.errands.iter().map(|(errand, _)| errand.as_u128()).collect::<Vec<_>>(), [100, 101]);
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    assert_eq!(desk.store.subject(elsewhere, his).await.unwrap(), None);
    assert_eq!(desk.store.subject(workspace, CustomerId(id(9))).await.unwrap(), None);
}

pub(crate) async fn an_erasure_takes_every_row_and_tells_of_each_dialog(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    live(&desk, &desk.customer, 100).await;
    live(&desk, &other, 200).await;
    let (workspace, his) = (desk.workspace.id, desk.customer.id);
    for whose in [his, other.id] {
        let zone = Some(format!("{CANARY}-zone"));
        let way = otklik_model::Journey { zone, ..otklik_model::Journey::default() };
        assert!(desk.store.go_on(workspace, whose, Stamp(20), way).await.unwrap());
    }
    let before = desk.store.subject(workspace, other.id).await.unwrap();
    let head = desk.store.head(workspace).await.unwrap();
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    let foreign = Erasure { workspace: elsewhere, ..erasure(&desk, Whose::Customer(his)) };
    assert!(desk.store.erase(foreign).await.unwrap().is_nothing(), "not of another workspace");

    let erased = desk.store.erase(erasure(&desk, Whose::Customer(his))).await.unwrap();
    assert_eq!((erased.customers, erased.messages, erased.files.len()), (1, 2, 3));
    assert_eq!(erased.dialogs, [DialogId(id(100)), DialogId(id(101))]);
    assert_eq!(erased.head, Seq(head.0 + 2));
    assert_eq!(desk.store.head(workspace).await.unwrap(), erased.head);
    assert_eq!(desk.store.subject(workspace, his).await.unwrap(), None);
    assert_eq!(desk.store.subject(workspace, other.id).await.unwrap(), before, "somebody else's stay");
    assert!(desk.store.journey(workspace, his).await.unwrap().is_empty());
    assert_eq!(desk.store.dialog_of(workspace, his).await.unwrap(), None);
    assert!(desk.store.messages(workspace, DialogId(id(100)), 1, 9, 9).await.unwrap().is_empty());
    let gone = desk.store.erased_after(workspace, head, 9).await.unwrap();
    assert_eq!(gone, [(Seq(head.0 + 1), DialogId(id(100))), (erased.head, DialogId(id(101)))]);
    assert_eq!(desk.store.erased_after(workspace, head, 1).await.unwrap(), gone[..1]);
    assert!(desk.store.erased_after(workspace, erased.head, 9).await.unwrap().is_empty());

    for entry in desk.log(head.0).await {
        let EntryBody::Dialog(told) = &entry.body else { panic!("{entry:?}") };
        assert_eq!((told.row.state, told.row.customer.id), (DialogState::Deleted, his));
        assert!(told.before.is_some() && !format!("{told:?}").contains(CANARY));
    }
    let due = desk.store.errands_due(workspace, Stamp(500), 99).await.unwrap();
    let scrub = ErrandKind::Scrub { customer: Some(his), dialogs: erased.dialogs.clone(), upto: head, scour: true };
    assert!(due.iter().any(|errand| errand.kind == scrub));
    let drops = due.iter().filter(|errand| matches!(errand.kind, ErrandKind::DropFile { always: true, .. })).count();
    let asks = due.iter().filter(|errand| matches!(errand.kind, ErrandKind::AskBot { .. })).count();
    assert_eq!((drops, asks, due.len()), (3, 2, 6), "his errands are gone, the other's are not");
    let line = &desk.store.audit(workspace, None, 1).await.unwrap()[0].line;
    let expected = serde_json::json!({ "customers": 1, "dialogs": 2, "messages": 2, "files": 3 });
    assert_eq!((line.what.as_str(), &line.detail), ("customer.erased", &expected));
    let again = desk.store.erase(erasure(&desk, Whose::Customer(his))).await.unwrap();
    assert!(again.is_nothing() && again.head == erased.head);
    assert_eq!(desk.store.audit(workspace, None, 9).await.unwrap().len(), 1, "nothing went, nothing is noted");
    desk.store.scour().await.unwrap();
}

pub(crate) async fn erasing_dialogs_takes_customers_who_have_no_other(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let done_with = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    let mut blocked = add_customer(&desk.store, &desk.workspace, 3, Stamp(0)).await;
    live(&desk, &desk.customer, 100).await;
    let block = Block { by: OperatorId(id(11)), since: Stamp(1), until: None, reason: "spam".into() };
    blocked.particulars.block = Some(block);
    desk.commit(Work::Customer { customer: Box::new(blocked.clone()), version: 1 }).await.unwrap();
    for (customer, number) in [(&done_with, 200), (&blocked, 300)] {
        let dialog = desk.begin(number, customer);
        let finished = Event::Finished { reason: otklik_model::CloseReason::Customer, at: Stamp(30) };
        let events = vec![Event::MessageAdded(Box::new(words(&dialog, None, number))), finished];
        desk.commit(Work::Dialog(Box::new(DialogChange::new(&dialog, events)))).await.unwrap();
    }
    // 101 is open, 999 never was.
    let dialogs = [100, 200, 300, 101, 999].map(|number| DialogId(id(number)));
    let erased = desk.store.erase(erasure(&desk, Whose::Dialogs(dialogs.into()))).await.unwrap();
    assert_eq!((erased.customers, erased.dialogs.as_slice(), erased.messages), (1, &dialogs[..3], 3));
    for (customer, stays) in [(desk.customer.id, true), (done_with.id, false), (blocked.id, true)] {
        assert_eq!(desk.store.customer(desk.workspace.id, customer).await.unwrap().is_some(), stays);
    }
    assert_eq!(desk.stored(101).await.row.customer.id, desk.customer.id);
    let due = desk.store.errands_due(desk.workspace.id, Stamp(500), 99).await.unwrap();
    assert!(due.iter().any(|errand| matches!(errand.kind, ErrandKind::Scrub { customer: None, scour: false, .. })));
}

pub(crate) async fn erasing_one_dialog_takes_it_in_any_state_and_its_customer_if_it_was_the_last(
    store: Arc<dyn Store>,
) {
    let desk = Fixture::new(store).await;
    let mut blocked = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    let block = Block { by: OperatorId(id(11)), since: Stamp(1), until: None, reason: "spam".into() };
    blocked.particulars.block = Some(block);
    desk.commit(Work::Customer { customer: Box::new(blocked.clone()), version: 1 }).await.unwrap();
    live(&desk, &desk.customer, 100).await;
    live(&desk, &blocked, 200).await;
    let whose = |number: u128| Whose::Dialog(DialogId(id(number)));
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    let foreign = Erasure { workspace: elsewhere, ..erasure(&desk, whose(101)) };
    assert!(desk.store.erase(foreign).await.unwrap().is_nothing(), "not of another workspace");
    assert!(desk.store.erase(erasure(&desk, whose(999))).await.unwrap().is_nothing());

    // Two of his: the open one goes first, and he stays, with the file that he has not sent; then he goes with the last.
    let scrubs = async |dialog: u128| {
        let due = desk.store.errands_due(desk.workspace.id, Stamp(500), 99).await.unwrap();
        let kinds = due.into_iter().map(|errand| errand.kind);
        kinds
            .filter_map(|kind| {
                let ErrandKind::Scrub { customer, dialogs, upto, scour: true } = kind else { return None };
                (dialogs == [DialogId(id(dialog))]).then_some((customer, upto))
            })
            .collect::<Vec<_>>()
    };
    let (his, last_of_101) = (desk.customer.id, desk.stored(101).await.row.rev);
    let erased = desk.store.erase(erasure(&desk, whose(101))).await.unwrap();
    assert_eq!((erased.customers, erased.messages, erased.dialogs), (0, 1, vec![DialogId(id(101))]));
    assert_eq!(erased.files, [FileId(id(101))]);
    assert_eq!(scrubs(101).await, [(None, last_of_101)]);
    let left = desk.store.subject(desk.workspace.id, his).await.unwrap().unwrap();
    assert_eq!((left.dialogs.len(), left.files.len(), left.errands.len()), (1, 2, 1));

    let before = desk.store.head(desk.workspace.id).await.unwrap();
    let erased = desk.store.erase(erasure(&desk, whose(100))).await.unwrap();
    assert_eq!((erased.customers, erased.messages, erased.files.len()), (1, 1, 2));
    assert_eq!(scrubs(100).await, [(Some(his), before)]);
    assert_eq!(desk.store.subject(desk.workspace.id, his).await.unwrap(), None);

    for number in [200, 201] {
        assert_eq!(desk.store.erase(erasure(&desk, whose(number))).await.unwrap().customers, 0);
    }
    let left = desk.store.subject(desk.workspace.id, blocked.id).await.unwrap().unwrap();
    assert!(left.dialogs.is_empty() && left.customer.particulars.block.is_some());
}

pub(crate) async fn entries_of_the_log_are_emptied_in_their_places(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    live(&desk, &desk.customer, 100).await;
    live(&desk, &other, 200).await;
    let log = desk.log(0).await;
    let his = |entry: &&Entry| concerns(&entry.body, Some(desk.customer.id), &[]);
    assert_eq!(log.iter().filter(his).count(), 2);
    let emptied: Vec<_> =
        log.iter().filter(his).map(|entry| Entry { body: scrubbed(entry.body.clone()), ..entry.clone() }).collect();
    desk.store.rewrite(desk.workspace.id, emptied.clone()).await.unwrap();
    let now = desk.log(0).await;
    assert_eq!(
        now.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        log.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    );
    assert_eq!(now.iter().filter(|entry| format!("{entry:?}").contains(CANARY)).count(), 2, "the other's stay");
    assert!(emptied.iter().all(|entry| now.contains(entry)));
}

pub(crate) async fn earlier_words_of_one_message_are_taken_out_of_its_entries(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    live(&desk, &desk.customer, 100).await;
    let dialog = desk.stored(101).await;
    let mut message = desk.store.messages(desk.workspace.id, dialog.row.id, 1, 1, 1).await.unwrap().remove(0);
    message.text = "••••".into();
    let log = desk.log(0).await;
    let changed: Vec<_> = log
        .iter()
        .filter_map(|entry| Some(Entry { body: without_earlier(&entry.body, &message)?, ..entry.clone() }))
        .collect();
    assert_eq!(changed.len(), 1);
    let EntryBody::Dialog(told) = &changed[0].body else { panic!() };
    let last = told.row.last.as_ref().map(|Preview { text, .. }| text.as_str());
    assert_eq!((told.added().next().unwrap().text.as_str(), last), ("••••", Some("••••")));
    assert!(without_earlier(&changed[0].body, &message).is_none(), "once is enough");
}
