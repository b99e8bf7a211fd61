//! Placements that are durable and not in their rows yet.

use super::*;
use crate::desk::Event;
use crate::store::{
    EntryBody,
    conformance::batches::waiting_with_offers,
    sqlite::turn::{Manner, Scope},
};
use otklik_model::DialogState;
use rusqlite::{Connection, types::Value};
use std::{fs, path::PathBuf};

/// A closed file with dialogs that wait, and their placements.
async fn waiting(folder: &TempDir, count: u8) -> (WorkspaceId, Vec<Commit>) {
    let store = Arc::new(open(folder, None).unwrap());
    let (workspace, offers) = waiting_with_offers(store, count).await;
    (workspace.id, offers)
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("hub.sqlite")
}

/// Everything that is kept.
fn dump(db: &Connection) -> Vec<(&'static str, Vec<Vec<Value>>)> {
    ["workspace", "dialog", "message", "entry", "customer", "operator", "answer", "backlog"]
        .map(|table| {
            let mut rows = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
            let columns = rows.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
            (table, rows.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap())
        })
        .into()
}

/// Puts placements without anybody who works them off.
fn put(db: &Connection, commits: Vec<Commit>) {
    let placements = Placements::of(commits).unwrap_or_else(|_| panic!("a batch for the backlog"));
    let mut scope = Scope::begin(db, &mut super::super::backlog::Backlog::default(), Manner::Straight).unwrap();
    assert!(placements.put(&mut scope).unwrap().iter().all(Result::is_ok));
    assert!(!scope.finish().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_worked_off_is_what_would_have_been_stored() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, offers) = waiting(&folder, 230).await;
    let other = tempfile::tempdir().unwrap();
    // With its number: without it, it would count as a copy that was put back.
    for name in ["hub.sqlite", "hub.sqlite.count"] {
        fs::copy(folder.path().join(name), other.path().join(name)).unwrap();
    }
    let one_by_one = open(&other, None).unwrap();
    for offer in offers.clone() {
        one_by_one.commit(offer).await.unwrap();
    }
    let expected = one_by_one.log_after(workspace, Seq(0), 999).await.unwrap();
    drop(one_by_one);

    let db = schema::open_writer(&file(&folder), None).unwrap();
    let before = dump(&db);
    put(&db, offers);
    let waits = dump(&db);
    for table in 1..7 {
        assert_eq!(waits[table], before[table], "only positions were taken");
    }
    assert_eq!(
        read::log_after(&db, &Recent::default(), workspace, Seq(0), 999).unwrap(),
        expected,
        "the log tells of it"
    );
    let mut backlog = super::super::backlog::Backlog::default();
    for rows in [1, 1, 9] {
        let mut scope = Scope::begin(&db, &mut backlog, Manner::Straight).unwrap();
        scope.work_off(rows).unwrap();
        backlog = scope.finish().unwrap();
        assert_eq!(
            read::log_after(&db, &Recent::default(), workspace, Seq(0), 999).unwrap(),
            expected,
            "in the same words"
        );
    }
    assert!(backlog.is_empty());
    let other = schema::open_writer(&file(&other), None).unwrap();
    assert_eq!(dump(&db), dump(&other));
}

/// The process that placed them tells them from memory, any other as it reads them; a conflict in between is told by
/// neither.
#[tokio::test]
async fn whoever_placed_them_tells_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, offers) = waiting(&folder, 230).await;
    assert!(open(&folder, None).unwrap().commit(offers[150].clone()).await.is_ok());
    let db = schema::open_writer(&file(&folder), None).unwrap();
    let placements = Placements::of(offers).unwrap_or_else(|_| panic!("a batch for the backlog"));
    let mut scope = Scope::begin(&db, &mut super::super::backlog::Backlog::default(), Manner::Straight).unwrap();
    let results = placements.put(&mut scope).unwrap();
    scope.finish().unwrap();
    let refused = results.iter().filter_map(|result| result.as_ref().err());
    assert_eq!(refused.collect::<Vec<_>>(), [&CommitError::Conflict]);
    let (recent, nothing) = (Recent::default(), Recent::default());
    placements.tell(&results, &recent);
    let kept = |first| recent.row(workspace, Seq(first)).map(|row| row.len());
    assert_eq!([231, 232, 332, 431].map(kept), [None, Some(100), Some(99), Some(30)]);
    for (after, limit) in [(0, 999), (231, 999), (250, 90), (331, 100), (459, 1), (460, 9)] {
        let [told, read] =
            [&recent, &nothing].map(|recent| read::log_after(&db, recent, workspace, Seq(after), limit).unwrap());
        assert_eq!(told, read, "{limit} after {after}");
    }
    assert_eq!(read::log_after(&db, &recent, workspace, Seq(231), 999).unwrap().entries.len(), 229);
}

#[tokio::test]
async fn the_next_process_works_off_what_the_last_one_left() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, offers) = waiting(&folder, 40).await;
    put(&schema::open_writer(&file(&folder), None).unwrap(), offers);
    let store = open(&folder, None).unwrap();
    let snapshot = store.snapshot(workspace, Stamp(0)).await.unwrap();
    assert!(snapshot.dialogs.iter().all(|dialog| dialog.row.state == DialogState::Offered));
    assert_eq!((snapshot.at, snapshot.dialogs.len()), (Seq(80), 40));
    drop(store);
    let db = schema::open_writer(&file(&folder), None).unwrap();
    assert!(super::super::backlog::is_empty(&db).unwrap());
}

#[tokio::test]
async fn another_process_sees_it_and_writes_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let one = Arc::new(open(&folder, None).unwrap());
    let (workspace, mut offers) = waiting_with_offers(one.clone(), 100).await;
    let two = open(&folder, None).unwrap();
    let later = offers.split_off(50);
    let dialog = |commit: &Commit| {
        let crate::store::Work::Dialog(change) = &commit.work else { panic!("{:?}", commit.work) };
        change.dialog.row.id
    };
    let (first, last) = (dialog(&offers[0]), dialog(&later[49]));
    assert!(one.commit_all(offers).await.iter().all(Result::is_ok));
    let placed = two.dialog(workspace.id, first).await.unwrap().unwrap();
    assert_eq!((placed.row.state, placed.row.rev), (DialogState::Offered, Seq(101)));
    // What the other process worked off is no longer the first one's.
    assert!(one.commit_all(later).await.iter().all(Result::is_ok));
    let placed = two.dialog(workspace.id, last).await.unwrap().unwrap();
    let closed = Event::Closed { reason: otklik_model::CloseReason::Operator, at: Stamp(30) };
    let work = crate::store::Work::Dialog(Box::new(crate::store::DialogChange::new(&placed, vec![closed])));
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = Commit::new(workspace.id, Stamp(30), work, done);
    assert_eq!(two.commit(commit).await.unwrap().head, Seq(201));
    let log = one.log_after(workspace.id, Seq(0), 999).await.unwrap();
    assert_eq!(log.entries.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (1..=201).collect::<Vec<_>>());
}

/// A crash may cut the log off anywhere: of placements nothing is there or all, and what is there is whole.
#[tokio::test]
async fn a_crash_while_dialogs_are_given_out_leaves_none_half_given() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, offers) = waiting(&folder, 200).await;
    let before = fs::read(file(&folder)).unwrap();
    let wal = folder.path().join("hub.sqlite-wal");
    let store = open(&folder, None).unwrap();
    assert!(store.commit_all(offers).await.iter().all(Result::is_ok));
    // Worked off, too.
    assert_eq!(store.waiting(workspace).await.unwrap(), 0);
    let log = fs::read(&wal).unwrap();
    drop(store);
    let (mut seen, steps) = (std::collections::BTreeSet::new(), 60);
    for cut in (0..=steps).map(|step| log.len() * step / steps) {
        fs::remove_file(folder.path().join("hub.sqlite-shm")).ok();
        fs::write(file(&folder), &before).unwrap();
        fs::write(&wal, &log[..cut]).unwrap();
        let store = open(&folder, None).unwrap();
        let head = store.head(workspace).await.unwrap().0;
        let log = store.log_after(workspace, Seq(200), 999).await.unwrap().entries;
        assert_eq!(log.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (201..=head).collect::<Vec<_>>());
        let placed = store.open_dialogs(workspace).await.unwrap().into_iter();
        let placed = placed.filter(|dialog| dialog.row.state == DialogState::Offered).map(|dialog| dialog.row.id);
        let told = log.iter().map(|entry| {
            let EntryBody::Dialog(dialog) = &entry.body else { panic!("{:?}", entry.body) };
            dialog.row.id
        });
        let placed: std::collections::BTreeSet<_> = placed.collect();
        assert_eq!(placed, told.collect());
        seen.insert(placed.len());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 200]);
}

#[tokio::test]
async fn a_backlog_of_other_dialogs_is_told_and_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, offers) = waiting(&folder, 40).await;
    let db = schema::open_writer(&file(&folder), None).unwrap();
    put(&db, offers);
    db.execute("UPDATE dialog SET body = replace(body, '\"version\":1', '\"version\":7')", []).unwrap();
    drop(db);
    let store = open(&folder, None).unwrap();
    assert!(matches!(store.log_after(workspace, Seq(0), 999).await, Err(StoreError::Damaged(_))));
    assert!(matches!(store.open_dialogs(workspace).await, Err(StoreError::Damaged(_))));
    assert!(matches!(store.sweep(Stamp(0)).await, Err(StoreError::Damaged(_))));
}
