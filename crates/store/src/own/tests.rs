use super::*;
use crate::connection::open_reader;
use otklik_core::{OutboxOp, OutboxState};
use zeroize::Zeroizing;

fn key() -> StoreKey {
    StoreKey::new(Zeroizing::new([7; 32]))
}

fn item(n: u32) -> OutboxItem {
    OutboxItem {
        client_id: ClientId::from_parts(u64::from(n), [0; 10]),
        dialog: DialogId::from_parts(1, [0; 10]),
        op: OutboxOp::Text { text: "слово ".repeat(100), quote: None },
        created_at: Stamp(1),
        order: u64::from(n),
        state: OutboxState::Queued,
        attempts: 0,
    }
}

fn limit_pages(own: &OwnDb, pages: i64) {
    own.db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
}

#[test]
fn a_full_disk_refuses_whole_groups_keeps_what_it_answered_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.db");
    let mut own = OwnDb::open(&path, &key()).unwrap();
    limit_pages(&own, 40);
    let mut stored = Vec::new();
    let mut number = 0;
    let fault = loop {
        let group = [item(number + 1), item(number + 2)];
        match own.apply(&group.clone().map(OwnWrite::PutOutbox)) {
            Ok(()) => stored.extend(group),
            Err(fault) => break fault,
        }
        number += 2;
        assert!(number < 1_000, "the disk never got full");
    };
    assert_eq!(fault, DiskFault::Full);
    assert!(stored.len() > 10);
    assert_eq!(own.load().unwrap().outbox, stored);
    assert_eq!(own.apply(&[item(number + 1), item(number + 2)].map(OwnWrite::PutOutbox)), Err(DiskFault::Full));
    // An emptier disk needs no restart.
    limit_pages(&own, 400);
    own.apply(&[OwnWrite::PutOutbox(item(900))]).unwrap();
    stored.push(item(900));
    drop(own);
    assert_eq!(OwnDb::open(&path, &key()).unwrap().load().unwrap().outbox, stored);
}

#[test]
fn a_read_only_file_is_read_and_says_that_it_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.db");
    let mut writable = OwnDb::open(&path, &key()).unwrap();
    writable.apply(&[OwnWrite::PutOutbox(item(1))]).unwrap();
    let mut own = OwnDb { db: open_reader(&path, &key()).unwrap(), witness: None };
    assert_eq!(own.apply(&[OwnWrite::PutOutbox(item(2))]), Err(DiskFault::ReadOnly));
    assert_eq!(own.load().unwrap().outbox, [item(1)]);
}

#[test]
fn a_row_that_does_not_decode_is_damage_and_settings_that_do_not_are_the_default() {
    let mut own = OwnDb::open_in_memory().unwrap();
    own.apply(&[OwnWrite::PutOutbox(item(1)), OwnWrite::PutSettings(Settings { volume: 1, ..Settings::default() })])
        .unwrap();
    own.db.execute_batch("UPDATE settings SET json = '{\"theme\":\"sepia\"}'").unwrap();
    assert_eq!(own.load().unwrap().settings, Settings::default());
    own.db.execute_batch("UPDATE outbox SET op = '{\"op\":\"of a newer program\"}'").unwrap();
    assert_eq!(own.load(), Err(DiskFault::Corrupt));
}
