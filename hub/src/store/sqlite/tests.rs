//! What is particular to SQLite; the rest is in the conformance suite.

mod backlog;

use super::*;
use crate::store::conformance::earlier;
use otklik_model::OperatorId;
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

fn open(folder: &TempDir, key: Option<u8>) -> Result<SqliteStore, StoreError> {
    let key = key.map(|byte| Zeroizing::new([byte; 32]));
    SqliteStore::open(&folder.path().join("hub.sqlite"), key.as_ref(), Box::new(|_| {}))
}

/// A store in a folder of its own.
fn fresh(key: Option<u8>) -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(open(&folder, key).unwrap()), folder)
}

mod plain {
    #[expect(clippy::unused_async, reason = "the suite waits for engines that need it")]
    async fn fresh() -> (super::Arc<dyn super::Store>, super::TempDir) {
        super::fresh(None)
    }

    crate::store::conformance::suite!(fresh, [cfg(test)]);
}

mod encrypted {
    #[expect(clippy::unused_async, reason = "the suite waits for engines that need it")]
    async fn fresh() -> (super::Arc<dyn super::Store>, super::TempDir) {
        super::fresh(Some(7))
    }

    crate::store::conformance::suite!(fresh, [cfg(test)]);
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
        let commit = Commit::new(workspace.id, Stamp(0), work, outcome.clone());
        assert_eq!(store.commit(commit).await.unwrap().head, Seq(turn as u64 + 1));
    }
    assert_eq!(one.head(workspace.id).await.unwrap(), two.head(workspace.id).await.unwrap());
}

/// A crash may cut the log off anywhere: what was committed before is there, and of the last batch nothing or all.
#[tokio::test]
async fn a_crash_in_the_middle_of_a_batch_leaves_nothing_or_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let workspace = open(&folder, None).unwrap().open_workspace("main").await.unwrap();
    let before = std::fs::read(file("hub.sqlite")).unwrap();
    let store = open(&folder, None).unwrap();
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = |number: u64| {
        let channel = otklik_model::Channel {
            id: otklik_model::ChannelId(Uuid::from_u128(number.into())),
            name: format!("Site {number}").repeat(20),
            transport: otklik_model::Transport::Widget,
            text_chars: 1,
            page: None,
        };
        Commit::new(workspace.id, Stamp(0), crate::store::Work::Channel(channel), outcome.clone())
    };
    for batch in [1..=100, 101..=300] {
        assert!(store.commit_all(batch.map(commit).collect()).await.iter().all(Result::is_ok));
    }
    let log = std::fs::read(file("hub.sqlite-wal")).unwrap();
    drop(store);
    let mut seen = std::collections::BTreeSet::new();
    let steps = 40;
    for cut in (0..=steps).map(|step| log.len() * step / steps) {
        std::fs::remove_file(file("hub.sqlite-shm")).ok();
        std::fs::write(file("hub.sqlite"), &before).unwrap();
        std::fs::write(file("hub.sqlite-wal"), &log[..cut]).unwrap();
        let store = open(&folder, None).unwrap();
        let head = store.head(workspace.id).await.unwrap();
        let read = store.log_after(workspace.id, Seq(0), 1_000).await.unwrap();
        assert_eq!(read.entries.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (1..=head.0).collect::<Vec<_>>());
        assert_eq!(store.channels(workspace.id).await.unwrap().len() as u64, head.0);
        seen.insert(head.0);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 100, 300]);
}

/// Nobody waits for it, and it happens: the log is brought over into the file by a thread of its own.
#[tokio::test]
async fn what_is_committed_is_brought_over_beside_the_writer() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, None).unwrap();
    let workspace = store.open_workspace("main").await.unwrap();
    let line = |number: u64| AuditLine {
        by: None,
        what: "fills".into(),
        subject: number.to_string(),
        detail: serde_json::json!({ "words": "x".repeat(12_000) }),
    };
    let file = folder.path().join("hub.sqlite");
    let size = || std::fs::metadata(&file).unwrap().len();
    let before = size();
    let lines = (0..2_000).map(|number| store.add_audit(workspace.id, Stamp(0), line(number)));
    futures_util::future::try_join_all(lines).await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while size() < before + 1_000 * 4_096 {
        assert!(std::time::Instant::now() < deadline, "{} of {before}", size());
        tokio::task::yield_now().await;
    }
    assert_eq!(store.audit(workspace.id, None, 3_000).await.unwrap().len(), 2_000);
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
    assert_eq!(
        open(&folder, None).err(),
        Some(StoreError::Newer { found: 99, known: i64::try_from(schema::STEPS.len()).unwrap() })
    );
    let version: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

/// The step that brought the index of what is suspicious.
const SUSPICIOUS: usize = 13;

/// A database of any earlier step, with what hubs of the steps before left in it, becomes one of today.
#[tokio::test]
async fn a_database_of_any_earlier_step_is_brought_up_to_date() {
    let planted = [
        (1, include_str!("tests/step1.sql")),
        (2, include_str!("tests/step2.sql")),
        (3, include_str!("tests/step3.sql")),
        (5, include_str!("tests/step5.sql")),
        (7, include_str!("tests/step7.sql")),
        (9, include_str!("tests/step9.sql")),
        (10, include_str!("tests/step10.sql")),
    ];
    for from in 1..=schema::STEPS.len() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = rusqlite::Connection::open(folder.path().join("hub.sqlite")).unwrap();
        for step in 1..=from {
            schema::MIGRATIONS.to_version(&mut file, step).unwrap();
            for (_, rows) in planted.iter().filter(|(at, _)| *at == step) {
                file.execute_batch(rows).unwrap();
            }
        }
        let is_counted = from < SUSPICIOUS;
        if is_counted {
            file.execute(earlier::OF_A_FLOOD, []).unwrap();
        }
        drop(file);
        let store = open(&folder, None).unwrap();
        earlier::what_the_first_step_left_is_there(&store).await;
        earlier::what_waits_in_the_shadow_is_counted(&store, u64::from(is_counted)).await;
        // Hubs of these steps did not write beside the file how far they had told: it may be a copy that was put back.
        assert_ne!(store.open_workspace("main").await.unwrap().stream, Uuid::from_u128(2));
        if from >= 2 {
            earlier::what_the_rules_left_is_there(&store).await;
            earlier::what_is_over_of_whoever_is_restricted_is_restricted(&store).await;
        }
        if from >= 3 {
            earlier::what_attendance_left_is_there(&store).await;
        }
        if from >= 5 {
            earlier::what_an_erasure_left_is_there(&store).await;
        }
        if from >= 7 {
            earlier::what_an_exchange_of_tokens_left_is_there(&store).await;
        }
        if from >= 9 {
            earlier::what_journeys_left_is_there(&store).await;
        }
        if from >= 10 {
            earlier::what_a_union_left_is_there(&store).await;
        }
        let (workspace, ira) = (store.open_workspace("main").await.unwrap().id, OperatorId(Uuid::from_u128(11)));
        let ira = store.operator(workspace, ira).await.unwrap().unwrap();
        use otklik_model::Right::{Accept, SeeOthers, SetOwnStatus};
        assert_eq!(ira.grants, crate::centre::Grants::everywhere(&[Accept, SeeOthers, SetOwnStatus].into()));
    }
}

/// Whoever had a dialog before there was a column for it is found by it.
#[tokio::test]
async fn the_open_dialogs_of_an_operator_are_found_that_a_hub_of_then_gave_him() {
    for from in 1..schema::STEPS.len() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = rusqlite::Connection::open(folder.path().join("hub.sqlite")).unwrap();
        schema::MIGRATIONS.to_version(&mut file, 1).unwrap();
        file.execute_batch(include_str!("tests/step1.sql")).unwrap();
        let had = "UPDATE dialog SET waiting = 0,
            body = replace(body, '\"assignee\":null', '\"assignee\":\"00000000-0000-0000-0000-00000000000b\"')";
        file.execute(had, []).unwrap();
        let closed = "INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, body)
            SELECT X'00000000000000000000000000000065', workspace, X'00000000000000000000000000000016', 1, 0, 0, 0, 7, body
            FROM dialog";
        file.execute_batch(closed).unwrap();
        schema::MIGRATIONS.to_version(&mut file, from).unwrap();
        drop(file);
        let store = open(&folder, None).unwrap();
        let workspace = store.open_workspace("main").await.unwrap().id;
        let found = store.open_dialogs_of(workspace, OperatorId(Uuid::from_u128(11))).await.unwrap();
        let ids: Vec<_> = found.iter().map(|dialog| dialog.row.id.0.as_u128()).collect();
        assert_eq!(ids, [100], "of step {from}: the one that is open");
    }
}

/// What is asked all the time is counted in an index of nothing else, without a look at a row.
#[test]
fn how_many_are_suspicious_is_told_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder, None).unwrap());
    let db = rusqlite::Connection::open(folder.path().join("hub.sqlite")).unwrap();
    let question = "SELECT count(*) FROM dialog WHERE workspace = ?1 AND suspicious = 1";
    assert!(include_str!("read.rs").contains(question), "it is what is asked");
    let plan = db.query_row(&format!("EXPLAIN QUERY PLAN {question}"), [0], |row| row.get::<_, String>(3)).unwrap();
    assert_eq!(plan, "SEARCH dialog USING COVERING INDEX dialog_suspicious (workspace=?)");
}

/// Every question is answered by an index, however large the tables are.
#[test]
fn no_statement_scans_a_table() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder, None).unwrap());
    let db = rusqlite::Connection::open(folder.path().join("hub.sqlite")).unwrap();
    let sources = [
        include_str!("attendance.rs"),
        include_str!("backlog.rs"),
        include_str!("commit.rs"),
        include_str!("customers.rs"),
        include_str!("desk.rs"),
        include_str!("doors.rs"),
        include_str!("identities.rs"),
        include_str!("outside.rs"),
        include_str!("people.rs"),
        include_str!("privacy.rs"),
        include_str!("read.rs"),
        include_str!("retention.rs"),
        include_str!("ruled.rs"),
        include_str!("turn.rs"),
    ];
    let mut checked = 0;
    // A quote within a string stands aside while strings are told apart.
    let sources = sources.map(|source| source.replace("\\\"", "\u{1}"));
    for text in sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2)) {
        let text = &text.replace('\u{1}', "\"").replace("{OPERATOR}", people::OPERATOR);
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
    assert!(checked >= 40, "{checked}");
}
