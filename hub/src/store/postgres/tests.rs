//! What is particular to PostgreSQL; the rest is in the conformance suite. They need a server: `cargo xtask test` starts
//! one and gives its address in `OTKLIK_TEST_POSTGRES`; without one these tests are left out, and the runner says so.

use super::{PostgresStore, schema};
use crate::store::conformance::earlier;
use crate::store::{Commit, DeskStore as _, Key, LogStore as _, Store, StoreError, Work, Workspace};
use otklik_model::{Channel, ChannelId, ClientId, OperatorId, Outcome, Seq, Stamp, Transport};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use uuid::Uuid;

/// The server's address, with a schema of this test's own that is searched first.
async fn own_schema() -> (String, Client) {
    let server =
        std::env::var("OTKLIK_TEST_POSTGRES").expect("OTKLIK_TEST_POSTGRES: the address of a server for tests");
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("test_{}", Uuid::now_v7().simple());
    client.batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}")).await.unwrap();
    let with = if server.contains('?') { '&' } else { '?' };
    (format!("{server}{with}options=-c%20search_path%3D{name}"), client)
}

async fn open(address: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(address, None, Arc::new(|_| {})).await
}

async fn fresh() -> (Arc<dyn Store>, ()) {
    let (address, _) = own_schema().await;
    (Arc::new(open(&address).await.unwrap()), ())
}

crate::store::conformance::suite!(fresh, [ignore = "needs PostgreSQL: cargo xtask test --only postgres"]);

fn channel(name: &str) -> Work {
    let (id, transport) = (ChannelId(Uuid::now_v7()), Transport::Widget);
    Work::Channel(Channel { id, name: name.into(), transport, text_chars: 1, page: None })
}

fn commit(workspace: &Workspace, key: Option<Key>, work: Work) -> Commit {
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    Commit { key, ..Commit::new(workspace.id, Stamp(0), work, outcome) }
}

/// Two hubs start together on an empty database, write to the same log at once, and are asked the same twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn two_processes_keep_one_order_and_answer_once() {
    let (address, _) = own_schema().await;
    let (one, two) = tokio::join!(open(&address), open(&address));
    let hubs = [Arc::new(one.unwrap()), Arc::new(two.unwrap())];
    let workspace = hubs[0].open_workspace("main").await.unwrap();
    assert_eq!(hubs[1].open_workspace("main").await.unwrap(), workspace);
    let mut asked = Vec::new();
    for number in 0..200 {
        let key = Key { writer: Uuid::from_u128(1), id: ClientId(Uuid::from_u128(number)) };
        for hub in &hubs {
            let (hub, commit) = (hub.clone(), commit(&workspace, Some(key), channel("Site")));
            asked.push(tokio::spawn(async move { (key, hub.commit(commit).await.unwrap()) }));
        }
    }
    let mut done = BTreeMap::new();
    let mut first = 0;
    for answer in asked {
        let (key, committed) = answer.await.unwrap();
        first += u32::from(!committed.repeated);
        let told = done.entry(key).or_insert_with(|| committed.outcome.clone());
        assert_eq!(*told, committed.outcome, "both hubs tell the same");
    }
    assert_eq!((done.len(), first), (200, 200));
    for hub in &hubs {
        let log = hub.log_after(workspace.id, Seq(0), 1_000).await.unwrap().entries;
        assert_eq!(log.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (1..=200).collect::<Vec<_>>());
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn a_database_of_a_newer_hub_is_refused_and_left_alone() {
    let (address, client) = own_schema().await;
    drop(open(&address).await.unwrap());
    client.execute("UPDATE schema_version SET version = 99", &[]).await.unwrap();
    let known = i64::try_from(schema::STEPS.len()).unwrap();
    assert_eq!(open(&address).await.err(), Some(StoreError::Newer { found: 99, known }));
    let version: i64 = client.query_one("SELECT version FROM schema_version", &[]).await.unwrap().get(0);
    assert_eq!(version, 99);
}

/// A database of any earlier step, with what a hub of the first one left in it, becomes one of today.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn a_database_of_any_earlier_step_is_brought_up_to_date() {
    let planted = [
        (1, include_str!("tests/step1.sql")),
        (3, include_str!("tests/step3.sql")),
        (5, include_str!("tests/step5.sql")),
        (7, include_str!("tests/step7.sql")),
        (8, include_str!("tests/step8.sql")),
    ];
    for from in 1..=schema::STEPS.len() {
        let (address, client) = own_schema().await;
        let version = format!(
            "CREATE TABLE schema_version (version BIGINT NOT NULL);
                               INSERT INTO schema_version (version) VALUES ({from})"
        );
        client.batch_execute(&version).await.unwrap();
        for (step, sql) in schema::STEPS.iter().enumerate().take(from) {
            client.batch_execute(sql).await.unwrap();
            for (_, rows) in planted.iter().filter(|(at, _)| *at == step + 1) {
                client.batch_execute(rows).await.unwrap();
            }
        }
        // From then on whoever has a dialog stands beside it.
        let is_placed = i64::try_from(from).unwrap() < schema::ASSIGNEE;
        let had = "UPDATE dialog SET body = replace(body, '\"assignee\":null', $1)";
        let ira = "\"assignee\":\"00000000-0000-0000-0000-00000000000b\"";
        if is_placed {
            client.execute(had, &[&ira]).await.unwrap();
        }
        let is_counted = from < schema::SUSPICIOUS;
        if is_counted {
            client.execute(earlier::OF_A_FLOOD, &[]).await.unwrap();
        }
        let store = open(&address).await.unwrap();
        earlier::what_waits_in_the_shadow_is_counted(&store, u64::from(is_counted)).await;
        let (workspace, ira) = (store.open_workspace("main").await.unwrap().id, OperatorId(Uuid::from_u128(11)));
        let found = store.open_dialogs_of(workspace, ira).await.unwrap().len();
        assert_eq!(found, usize::from(is_placed), "whoever had it then is found by it");
        earlier::what_the_first_step_left_is_there(&store).await;
        assert_eq!(store.open_workspace("main").await.unwrap().stream, Uuid::from_u128(2));
        earlier::what_the_rules_left_is_there(&store).await;
        earlier::what_attendance_left_is_there(&store).await;
        // What this step did to the rows, a database that has it already has behind it.
        if i64::try_from(from).unwrap() < schema::RESTRICTED {
            earlier::what_is_over_of_whoever_is_restricted_is_restricted(&store).await;
        }
        if from >= 3 {
            earlier::what_an_erasure_left_is_there(&store).await;
        }
        if from >= 5 {
            earlier::what_an_exchange_of_tokens_left_is_there(&store).await;
        }
        if from >= 7 {
            earlier::what_journeys_left_is_there(&store).await;
        }
        if from >= 8 {
            earlier::what_a_union_left_is_there(&store).await;
        }
        let version: i64 = client.query_one("SELECT version FROM schema_version", &[]).await.unwrap().get(0);
        assert_eq!(usize::try_from(version).unwrap(), schema::STEPS.len());
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn a_foreign_schema_is_left_alone() {
    let (address, client) = own_schema().await;
    client.batch_execute("CREATE TABLE dialog (words TEXT); INSERT INTO dialog VALUES ('mine')").await.unwrap();
    assert!(matches!(open(&address).await, Err(StoreError::Unavailable(_))));
    let words: String = client.query_one("SELECT words FROM dialog", &[]).await.unwrap().get(0);
    assert_eq!(words, "mine");
    let there: bool = client.query_one("SELECT to_regclass('workspace') IS NOT NULL", &[]).await.unwrap().get(0);
    assert!(!there, "all steps or none");
}

/// A server that is not there is told as such, and soon.
#[tokio::test]
async fn no_server_is_an_answer() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let began = Instant::now();
    let refused = open(&format!("postgres://hub@{free}/otklik")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(matches!(open("postgres://").await, Err(StoreError::Unavailable(_))));
}

/// The statements of the sources, with each question about operators completed.
fn statements() -> Vec<String> {
    let sources = [
        include_str!("batch.rs"),
        include_str!("bulk.rs"),
        include_str!("called.rs"),
        include_str!("customers.rs"),
        include_str!("desk.rs"),
        include_str!("identities.rs"),
        include_str!("log.rs"),
        include_str!("outside.rs"),
        include_str!("people.rs"),
        include_str!("privacy.rs"),
        include_str!("retention.rs"),
        include_str!("ruled.rs"),
        include_str!("search.rs"),
    ];
    // A quote within a string stands aside while strings are told apart.
    let sources = sources.map(|source| source.replace("\\\"", "\u{1}"));
    let texts = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let texts: Vec<_> = texts.map(|text| text.replace('\u{1}', "\"")).collect();
    let whole = texts.iter().filter_map(|text| match text.split_whitespace().next() {
        Some("WHERE") => Some(format!("SELECT login FROM operator {text}")),
        Some("SELECT" | "UPDATE" | "DELETE" | "WITH") if text.contains("WHERE") => Some(text.clone()),
        _ => None,
    });
    whole.collect()
}

/// The kinds of access in a plan: a scan of a table, or an index that is read without a condition.
fn scans(plan: &serde_json::Value, found: &mut Vec<String>) {
    let text = |field: &str| plan[field].as_str().unwrap_or_default().to_owned();
    let kind = text("Node Type");
    let through_index = ["Index Scan", "Index Only Scan", "Bitmap Index Scan"].contains(&kind.as_str());
    if kind == "Seq Scan" || (through_index && plan["Index Cond"].is_null()) {
        found.push(format!("{kind} of {}{}", text("Relation Name"), text("Index Name")));
    }
    for part in plan["Plans"].as_array().into_iter().flatten() {
        scans(part, found);
    }
}

/// Every question can be answered by an index, however large the tables are: where the server is told to avoid scans, it
/// can.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn no_statement_has_to_scan_a_table() {
    let (address, client) = own_schema().await;
    drop(open(&address).await.unwrap());
    client.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").await.unwrap();
    let statements = statements();
    assert!(statements.len() >= 45, "{}", statements.len());
    for (number, text) in statements.iter().enumerate() {
        let values = client.prepare(text).await.unwrap_or_else(|error| panic!("{error} in {text}")).params().len();
        let values = vec!["NULL"; values].join(", ");
        client.batch_execute(&format!("PREPARE p{number} AS {text}")).await.unwrap();
        let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE p{number}({values})").replace("()", "");
        let plan = client.simple_query(&explain).await.unwrap();
        let plan = plan.iter().find_map(|message| {
            let SimpleQueryMessage::Row(row) = message else { return None };
            row.get(0).map(str::to_owned)
        });
        let plan: serde_json::Value = serde_json::from_str(&plan.unwrap()).unwrap();
        let mut found = Vec::new();
        scans(&plan[0]["Plan"], &mut found);
        assert!(found.is_empty(), "{found:?} in {text}\n{plan:#}");
    }
}

/// With a year's closed dialogs and a month's log in the tables, the server chooses the indexes by itself.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn what_is_asked_all_the_time_goes_by_its_index() {
    let (address, client) = own_schema().await;
    let store = open(&address).await.unwrap();
    let workspace = store.open_workspace("main").await.unwrap().id.0;
    let fill = format!(
        "INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, suspicious, closed_at, due_at,
                 assignee, body)
             SELECT gen_random_uuid(), '{workspace}', gen_random_uuid(), 1, n > 200, FALSE, n < 50, n < 20,
                    CASE WHEN n > 200 THEN n END, CASE WHEN n < 100 THEN n END,
                    CASE WHEN n BETWEEN 50 AND 200 THEN gen_random_uuid() END, repeat('x', 500)
             FROM generate_series(1, 30000) AS n;
         INSERT INTO entry (workspace, seq, at, body)
             SELECT '{workspace}', n, n, repeat('x', 500) FROM generate_series(1, 30000) AS n;
         INSERT INTO lease (workspace, node, token, until)
             SELECT gen_random_uuid(), gen_random_uuid(), n, n FROM generate_series(1, 3000) AS n;
         INSERT INTO errand (id, workspace, due_at, failed_at, attempts, kind)
             SELECT gen_random_uuid(), '{workspace}', CASE WHEN n < 50 THEN n END, n, 0, '' FROM generate_series(1, 9000) AS n;
         ANALYZE"
    );
    client.batch_execute(&fill).await.unwrap();
    for (question, index) in [
        ("SELECT id FROM dialog WHERE workspace = $1 AND due_at <= 40 ORDER BY due_at LIMIT 100", "dialog_due"),
        ("SELECT body FROM dialog WHERE workspace = $1 AND closed_at IS NULL ORDER BY id", "dialog_open"),
        ("SELECT body FROM dialog WHERE workspace = $1 AND assignee = $1 ORDER BY id", "dialog_of_assignee"),
        ("SELECT count(*) FROM dialog WHERE workspace = $1 AND waiting", "dialog_waiting"),
        ("SELECT count(*) FROM dialog WHERE workspace = $1 AND suspicious", "dialog_suspicious"),
        ("SELECT seq, at, body FROM entry WHERE workspace = $1 AND seq > 29000 ORDER BY seq LIMIT 500", "entry_pkey"),
        ("SELECT seq FROM entry WHERE workspace = $1 ORDER BY seq LIMIT 1", "entry_pkey"),
        ("SELECT token FROM lease WHERE workspace = $1 FOR SHARE", "lease_pkey"),
        ("SELECT id FROM errand WHERE workspace = $1 AND due_at <= 40 ORDER BY due_at LIMIT 10", "errand_due"),
    ] {
        let explain = format!("EXPLAIN {}", question.replace("$1", &format!("'{workspace}'")));
        let rows = client.query(&explain, &[]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|line| line.contains(index)), "{question}: {plan:#?}");
        assert!(!plan.iter().any(|line| line.contains("Seq Scan")), "{question}: {plan:#?}");
    }
}
