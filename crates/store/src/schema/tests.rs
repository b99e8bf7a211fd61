use super::*;
use crate::connection::{open_file, open_in_memory};
use crate::{CacheDb, OwnDb, StoreKey, cache, own};
use rusqlite::Error;
use std::path::PathBuf;
use zeroize::Zeroizing;

fn key() -> StoreKey {
    StoreKey::new(Zeroizing::new([7; 32]))
}

/// Rows as version 1 of own.db wrote them. Never changed: every later version must still read them.
const OWN_1: &str = "
    INSERT INTO outbox VALUES (x'018bcfe5680070008000000000000001', x'018bcfe5680070008000000000000002', 5, 17, 2,
        '{\"op\":\"text\",\"text\":\"Здравствуйте\"}', '{\"state\":\"held\",\"reason\":{\"why\":\"not_mine\",\"owner\":\"Олег\"}}');
    INSERT INTO outbox_mark VALUES (1, 9);
    INSERT INTO drafts VALUES (x'018bcfe5680070008000000000000002', 'черновик', 1, 18);
    INSERT INTO settings VALUES (1, '{\"volume\":3,\"of_a_newer_program\":true}');
    INSERT INTO alerted VALUES (x'018bcfe5680070008000000000000003', 19);";

/// A file as the first `version` steps leave it, with these rows.
fn at_version(path: &Path, shape: &Shape, version: usize, rows: &str) {
    let steps = Shape { steps: &shape.steps[..version], ..*shape };
    open_file(&steps, path, &key()).unwrap().execute_batch(rows).unwrap();
}

#[test]
fn rows_of_the_first_version_are_read_by_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.db");
    at_version(&path, &OWN, 1, OWN_1);
    let saved = OwnDb::open(&path, &key()).unwrap().load().unwrap();
    let [item] = saved.outbox.as_slice() else { panic!("{saved:?}") };
    assert_eq!((item.order, item.attempts, item.op.text()), (5, 2, Some("Здравствуйте")));
    assert_eq!(saved.drafts[0].text, "черновик");
    assert_eq!((saved.settings.volume, saved.settings.enter_sends), (3, true));
    assert_eq!((saved.last_order, saved.alerted.len()), (9, 1));
}

#[test]
fn an_older_file_is_brought_to_the_newest_version_and_keeps_its_rows() {
    const NEXT: &[&str] = &[
        OWN.steps[0],
        OWN.steps[1],
        OWN.steps[2],
        OWN.steps[3],
        "ALTER TABLE drafts ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.db");
    at_version(&path, &OWN, 1, OWN_1);
    let db = open_file(&Shape { steps: NEXT, ..OWN }, &path, &key()).unwrap();
    let colour: String =
        db.query_row("SELECT colour FROM drafts WHERE text = 'черновик'", [], |row| row.get(0)).unwrap();
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!((colour.as_str(), version), ("red", 5));
    // And this program, which does not know version 5, leaves it alone.
    drop(db);
    let refused = OwnDb::open(&path, &key()).map(|_| ());
    assert_eq!(refused, Err(OpenError::NewerVersion { file: path.clone(), found: 5, known: 4 }));
}

#[test]
fn a_step_that_fails_in_the_middle_changes_nothing() {
    const BROKEN: &[&str] = &[OWN.steps[0], "DELETE FROM outbox; DROP TABLE drafts; CREATE TABLE settings (x);"];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.db");
    at_version(&path, &OWN, 1, OWN_1);
    assert!(open_file(&Shape { steps: BROKEN, ..OWN }, &path, &key()).is_err());
    let saved = OwnDb::open(&path, &key()).unwrap().load().unwrap();
    assert_eq!((saved.outbox.len(), saved.drafts.len()), (1, 1));
}

#[test]
fn one_file_is_not_taken_for_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.db");
    drop(CacheDb::open(&path, &key()).unwrap());
    assert_eq!(OwnDb::open(&path, &key()).map(|_| ()), Err(OpenError::Corrupt { file: path.clone() }));
    drop(CacheDb::open(&path, &key()).unwrap());
}

/// The statements that read whole tables, because a session starts with all of their rows.
const WHOLE_TABLE: &[&str] =
    &["LOAD_OUTBOX", "LOAD_DRAFTS", "LOAD_TRAY", "LOAD_ALERTED", "LOAD_DIALOGS", "LOAD_OPERATORS", "LOAD_CHANNELS"];

#[test]
fn no_statement_scans_sorts_or_skips() {
    for (shape, statements) in [(&OWN, own::sql::ALL), (&CACHE, cache::sql::ALL)] {
        let db = open_in_memory(shape).unwrap();
        for (name, sql) in statements {
            assert!(!sql.contains("OFFSET"), "{name} skips rows");
            assert!(!sql.contains('*') || sql.contains("count(*)"), "{name} does not name its columns");
            if WHOLE_TABLE.contains(name) {
                continue;
            }
            for step in plan(&db, sql) {
                // FTS5 calls every use of its index a scan; M is its mark of a MATCH.
                let by_words = step.starts_with("SCAN s VIRTUAL TABLE INDEX ") && step.contains(":M");
                let constant = step == "SCAN CONSTANT ROW";
                assert!(by_words || constant || !step.contains("SCAN"), "{name}: {step}");
                assert!(!step.contains("TEMP B-TREE"), "{name}: {step}");
            }
        }
    }
}

fn plan(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let nothing = vec![rusqlite::types::Null; statement.parameter_count()];
    let steps = statement.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
    steps.collect::<Result<_, Error>>().unwrap()
}

#[test]
fn every_table_is_strict_and_explains_itself() {
    for shape in [&OWN, &CACHE] {
        let db = open_in_memory(shape).unwrap();
        for sql in objects(&db).iter().filter(|sql| sql.starts_with("CREATE TABLE")) {
            assert!(sql.contains(") STRICT"), "{sql}");
            assert!(sql.contains("    -- "), "no comment in {sql}");
        }
    }
}

#[test]
fn the_documented_schema_is_the_real_one() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema.sql");
    let real = documentation();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &real).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(real.lines()).position(|(written, real)| written != real);
    let line = differs.unwrap_or_else(|| written.lines().count().min(real.lines().count()));
    assert!(
        written == real,
        "docs/schema.sql differs from line {} on:\n  written: {:?}\n  real:    {:?}\nUPDATE_SCHEMA=1 rewrites it",
        line + 1,
        written.lines().nth(line),
        real.lines().nth(line),
    );
}

fn documentation() -> String {
    let mut text = String::from(
        "-- The two files of the operator's local store, as a fresh one is made. Generated: change crates/store/schema, then\n\
         -- run the tests of otklik-store with UPDATE_SCHEMA=1.\n",
    );
    for shape in [&OWN, &CACHE] {
        let db = open_in_memory(shape).unwrap();
        text += &format!(
            "\n-- ---- {} ---- application_id {:#x}, user_version {}\n",
            shape.file,
            shape.application_id,
            shape.steps.len()
        );
        for sql in objects(&db) {
            text += &format!("\n{sql};\n");
        }
    }
    text
}

/// What was created, in order; without the tables that FTS5 keeps for itself.
fn objects(db: &Connection) -> Vec<String> {
    let sql =
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'search\\_%' ESCAPE '\\' ORDER BY rowid";
    let mut statement = db.prepare(sql).unwrap();
    let objects = statement.query_map([], |row| row.get(0)).unwrap();
    objects.collect::<Result<_, Error>>().unwrap()
}
