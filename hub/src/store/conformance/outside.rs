//! What concerns the world outside: errands, files, ready answers.
//!
//! Invariant 18.

use super::*;
use crate::centre::Template;
use crate::store::{Errand, ErrandEnd, ErrandKind, FAILED_ERRANDS_KEPT_MS, FileRow};
use otklik_model::{FileId, FileState};

fn errand(number: u128, due_at: i64) -> Errand {
    let kind = ErrandKind::ScanFile { file: FileId(id(number)) };
    Errand { id: id(number), kind, due_at: Stamp(due_at), attempts: 0 }
}

fn with(desk: &Fixture, dialog: &DialogAggregate, errands: Vec<Errand>) -> Commit {
    let work = Work::Dialog(Box::new(DialogChange::new(dialog, Vec::new())));
    Commit { errands, ..Commit::new(desk.workspace.id, Stamp(20), work, done(None)) }
}

pub(crate) async fn errands_come_with_their_commit_and_go_when_settled(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let errands = vec![errand(1, 300), errand(2, 100), errand(3, 200)];
    desk.store.commit(with(&desk, &desk.begin(100, &desk.customer), errands)).await.unwrap();
    let due = |now, limit| desk.store.errands_due(desk.workspace.id, Stamp(now), limit);
    assert_eq!(due(250, 10).await.unwrap(), [errand(2, 100), errand(3, 200)], "what is due longest first");
    assert_eq!(due(250, 1).await.unwrap(), [errand(2, 100)]);
    let again = ErrandEnd::Again { at: Stamp(900) };
    let failed = ErrandEnd::Failed { at: Stamp(400), why: "no route\0".into() };
    for (number, end) in [(1, ErrandEnd::Done), (2, again), (3, failed), (77, ErrandEnd::Done)] {
        desk.store.settle_errand(id(number), end).await.unwrap();
    }
    assert!(due(899, 10).await.unwrap().is_empty());
    assert_eq!(due(900, 10).await.unwrap(), [Errand { attempts: 1, ..errand(2, 900) }]);
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert!(desk.store.errands_due(other, Stamp(900), 10).await.unwrap().is_empty());
    assert!(desk.store.sweep(Stamp(400 + FAILED_ERRANDS_KEPT_MS + 1)).await.unwrap() > 0, "what failed is forgotten");
    assert_eq!(due(900, 10).await.unwrap().len(), 1);
}

pub(crate) async fn an_errand_of_a_commit_that_failed_is_none(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let first = desk.begin(100, &desk.customer);
    desk.store.commit(with(&desk, &first, vec![errand(1, 0)])).await.unwrap();
    assert_eq!(desk.store.commit(with(&desk, &first, vec![errand(2, 0)])).await, Err(CommitError::Conflict));
    assert_eq!(desk.store.errands_due(desk.workspace.id, Stamp(9), 10).await.unwrap(), [errand(1, 0)]);
    // The same errand decided twice is one.
    desk.store.commit(with(&desk, &desk.stored(100).await, vec![errand(1, 5)])).await.unwrap();
    assert_eq!(desk.store.errands_due(desk.workspace.id, Stamp(9), 10).await.unwrap(), [errand(1, 0)]);
}

pub(crate) async fn files_are_noted_and_changed(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    let uploaded = uploaded(&desk);
    desk.store.add_file(uploaded.clone()).await.unwrap();
    assert_eq!(desk.store.file(workspace, uploaded.id).await.unwrap(), Some(uploaded.clone()));
    let sent = FileRow {
        dialog: Some(DialogId(id(100))),
        state: FileState::Ready,
        pixels: Some((640, u32::MAX)),
        ..uploaded.clone()
    };
    assert!(desk.store.set_file(workspace, sent.clone()).await.unwrap());
    assert_eq!(desk.store.file(workspace, sent.id).await.unwrap(), Some(sent.clone()));
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert_eq!(desk.store.file(other, sent.id).await.unwrap(), None);
    assert!(!desk.store.set_file(other, uploaded.clone()).await.unwrap());
    assert!(!desk.store.set_file(workspace, FileRow { id: FileId(id(2)), ..uploaded }).await.unwrap());
    assert_eq!(desk.store.file(workspace, sent.id).await.unwrap(), Some(sent));
}

/// The cut is right after the commit: nothing that would have to follow can be lost.
pub(crate) async fn a_file_is_its_dialogs_with_the_message_that_carries_it(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    let file = |number| FileId(id(number));
    for number in 1..=2 {
        let row = FileRow { id: file(number), dialog: None, ..uploaded(&desk) };
        desk.store.add_file(row).await.unwrap();
    }
    let sends = |dialog: &DialogAggregate, number, client| {
        let mut message = words(dialog, None, client);
        message.details.file = Some(crate::office::attachment(&FileRow { id: file(number), ..uploaded(&desk) }));
        Work::Dialog(Box::new(DialogChange::new(dialog, vec![Event::MessageAdded(Box::new(message))])))
    };
    let begun = desk.begin(100, &desk.customer);
    desk.commit(sends(&begun, 1, 1)).await.unwrap();
    let of = async |number| desk.store.file(workspace, file(number)).await.unwrap().unwrap().dialog;
    assert_eq!(of(1).await, Some(begun.row.id), "also with the dialog's first message");
    assert_eq!(desk.commit(sends(&begun, 2, 2)).await, Err(CommitError::Conflict));
    assert_eq!(of(2).await, None, "what is not stored takes nothing along");
    desk.commit(sends(&desk.stored(100).await, 2, 3)).await.unwrap();
    assert_eq!(of(2).await, Some(begun.row.id));
    // A file that is somewhere stays there.
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(20)).await;
    desk.commit(sends(&desk.begin(101, &other), 1, 4)).await.unwrap();
    assert_eq!(of(1).await, Some(begun.row.id));
}

fn uploaded(desk: &Fixture) -> FileRow {
    FileRow {
        id: FileId(id(1)),
        workspace: desk.workspace.id,
        dialog: None,
        by: desk.customer.id.0,
        name: "фото.png".into(),
        media: "image/png".into(),
        size: 5_000_000_000,
        sha256: [7; 32],
        state: FileState::Checking,
        pixels: None,
        at: Stamp(20),
    }
}

pub(crate) async fn templates_are_an_operators_own(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let (workspace, ira, oleg) = (desk.workspace.id, OperatorId(id(11)), OperatorId(id(12)));
    let template = |text: &str| Template {
        folder: vec!["Доставка".into()],
        command: Some("d".into()),
        texts: [("ru".to_owned(), text.to_owned())].into(),
        departments: std::collections::BTreeSet::new(),
    };
    for (operator, name, text) in [(ira, "b", "1"), (ira, "a", "2"), (ira, "b", "3"), (oleg, "a", "4")] {
        desk.store.put_template(workspace, operator, name, template(text)).await.unwrap();
    }
    let of_ira = || async { desk.store.templates_of(workspace, ira).await.unwrap() };
    assert_eq!(of_ira().await, [("a".to_owned(), template("2")), ("b".to_owned(), template("3"))].into());
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert!(desk.store.templates_of(other, ira).await.unwrap().is_empty());
    assert!(!desk.store.remove_template(other, ira, "a").await.unwrap());
    desk.store.put_template(other, ira, "a", template("5")).await.unwrap();
    assert!(desk.store.remove_template(workspace, ira, "b").await.unwrap());
    assert!(!desk.store.remove_template(workspace, ira, "b").await.unwrap());
    assert_eq!(of_ira().await, [("a".to_owned(), template("2"))].into());
}
