//! What is particular to SQLite; the rest is in the conformance suite.

use super::*;
use crate::store::conformance;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};
use tempfile::TempDir;
use zeroize::Zeroizing;

fn open(folder: &TempDir, key: Option<u8>) -> Result<SqliteStore, StoreError> {
    let key = key.map(|byte| Zeroizing::new([byte; 32]));
    SqliteStore::open(&folder.path().join("hub.sqlite"), key.as_ref(), Box::new(|_| {}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms() {
    let folder = tempfile::tempdir().unwrap();
    let number = AtomicU32::new(0);
    conformance::run(|| async {
        let path = folder.path().join(format!("{}.sqlite", number.fetch_add(1, Relaxed)));
        Arc::new(SqliteStore::open(&path, None, Box::new(|_| {})).unwrap()) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms_with_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let number = AtomicU32::new(0);
    let key = Zeroizing::new([7; 32]);
    conformance::run(|| async {
        let path = folder.path().join(format!("{}.sqlite", number.fetch_add(1, Relaxed)));
        Arc::new(SqliteStore::open(&path, Some(&key), Box::new(|_| {})).unwrap()) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test]
async fn two_processes_on_one_file_keep_one_order() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(&folder, None).unwrap(), open(&folder, None).unwrap());
    let workspace = one.open_workspace("main").await.unwrap();
    assert_eq!(two.open_workspace("main").await.unwrap(), workspace);
    let channel = |name: &str| otklik_model::Channel {
        id: otklik_model::ChannelId(Uuid::nil()),
        name: name.into(),
        transport: otklik_model::Transport::Widget,
        text_chars: 1,
        page: None,
    };
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    for (turn, store) in [&one, &two, &two, &one].into_iter().enumerate() {
        let work = crate::store::Work::Channel(channel("Site"));
        let commit = Commit { workspace: workspace.id, at: Stamp(0), key: None, work, outcome: outcome.clone() };
        assert_eq!(store.commit(commit).await.unwrap().head, Seq(turn as u64 + 1));
    }
    assert_eq!(one.head(workspace.id).await.unwrap(), two.head(workspace.id).await.unwrap());
}

#[tokio::test]
async fn a_wrong_key_and_a_foreign_file_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder, Some(1)).unwrap().open_workspace("main").await.unwrap();
    let before = std::fs::read(folder.path().join("hub.sqlite")).unwrap();
    for key in [Some(2), None] {
        assert_eq!(open(&folder, key).err(), Some(StoreError::WrongKey));
    }
    assert_eq!(std::fs::read(folder.path().join("hub.sqlite")).unwrap(), before);
    assert!(!before.windows(9).any(|part| part == b"workspace"), "nothing is readable without the key");
    std::fs::write(folder.path().join("hub.sqlite"), "this is no database, but it is long enough to be one".repeat(99))
        .unwrap();
    assert_eq!(open(&folder, None).err(), Some(StoreError::WrongKey));
}

#[test]
fn a_database_of_a_newer_hub_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder, None).unwrap());
    let file = rusqlite::Connection::open(folder.path().join("hub.sqlite")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(open(&folder, None).err(), Some(StoreError::Newer { found: 99, known: 1 }));
    let version: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

/// Every question is answered by an index, however large the tables are.
#[test]
fn no_statement_scans_a_table() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder, None).unwrap());
    let db = rusqlite::Connection::open(folder.path().join("hub.sqlite")).unwrap();
    let sources = [include_str!("read.rs"), include_str!("people.rs"), include_str!("commit.rs")];
    let mut checked = 0;
    for text in sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2)) {
        let text = &text.replace("{OPERATOR}", people::OPERATOR);
        let first = text.split_whitespace().next().unwrap_or_default();
        if !matches!(first, "SELECT" | "UPDATE" | "DELETE") || !text.contains("WHERE") {
            continue;
        }
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let count = plan.parameter_count();
        let steps = plan.query_map(rusqlite::params_from_iter(vec![0; count]), |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap) {
            assert!(!step.starts_with("SCAN"), "{step} in {text}");
            assert!(!step.contains("TEMP B-TREE"), "{step} in {text}");
        }
        checked += 1;
    }
    assert!(checked >= 20, "{checked}");
}
