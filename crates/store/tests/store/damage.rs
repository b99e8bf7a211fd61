//! two hundred injuries to the files of a store that died with work in its logs. A start never fails for it,
//! never invents or alters a row, keeps what was damaged, says so, and the start after it finds nothing wrong.

use crate::made::*;
use otklik_core::{CommitId, DiskFault, OutboxItem, OwnWrite, Saved, Writes};
use otklik_model::Message;
use otklik_store::{CacheDb, OpenReport, OwnDb, Store};
use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const OUTBOX: u32 = 300;
/// The rows up to this one stand in the file itself, later ones only in its log.
const IN_FILE: u32 = 250;
const DIALOGS: u32 = 10;
const MESSAGES: u32 = 50;

fn words(n: u32) -> String {
    format!("Сообщение {n}: {}", "здравствуйте, где мой заказ? ".repeat(4))
}

/// The folder as a killed process leaves it.
fn left_behind(into: &Path) {
    let work = folder();
    let (store, _, _) = Store::open(work.path(), &key(1)).unwrap();
    let own = (1..=IN_FILE)
        .map(|n| put_outbox(n, &words(n)))
        .chain((1..=9).map(|n| OwnWrite::PutDraft(draft(n, "черновик"))));
    store.commit(CommitId(1), Writes::Own(own.collect()), |_, result| assert_eq!(result, Ok(())));
    let cache = (1..=DIALOGS).flat_map(|n| {
        std::iter::once(put_dialog(n)).chain((1..=MESSAGES / 2).map(move |seq| put_message(n, seq, &words(seq))))
    });
    store.commit(CommitId(2), Writes::Cache(cache.collect()), |_, result| assert_eq!(result, Ok(())));
    store.close();
    let mut own = OwnDb::open(&work.path().join("own.db"), &key(1)).unwrap();
    let mut cache = CacheDb::open(&work.path().join("cache.db"), &key(1)).unwrap();
    for n in IN_FILE + 1..=OUTBOX {
        own.apply(&[put_outbox(n, &words(n))]).unwrap();
    }
    for n in 1..=DIALOGS {
        let later: Vec<_> = (MESSAGES / 2 + 1..=MESSAGES).map(|seq| put_message(n, seq, &words(seq))).collect();
        cache.apply(&later).unwrap();
    }
    for file in ["own.db", "own.db-wal", "cache.db", "cache.db-wal", "key.check"] {
        fs::copy(work.path().join(file), into.join(file)).unwrap();
        assert!(fs::metadata(into.join(file)).unwrap().len() > 0, "{file}");
    }
}

/// Hurts one file in one way, and says how.
fn injure(folder: &Path, dice: &mut Dice) -> (&'static str, String) {
    let file = ["own.db", "own.db", "own.db-wal", "cache.db", "cache.db-wal", "key.check"][dice.below(6)];
    let path = folder.join(file);
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len().div_ceil(4096);
    let what = match dice.below(7) {
        0 => {
            let flips = 1 + dice.below(64);
            for _ in 0..flips {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            format!("{flips} bits flipped")
        }
        1 => {
            bytes.truncate(dice.below(bytes.len()));
            format!("cut to {}", bytes.len())
        }
        2 => {
            let page = dice.below(pages);
            let end = bytes.len().min((page + 1) * 4096);
            bytes[page * 4096..end].fill(0);
            format!("page {page} of {pages} zeroed")
        }
        3 => {
            let from = dice.below(pages);
            let end = bytes.len().min((from + 5) * 4096);
            bytes[from * 4096..end].iter_mut().for_each(|byte| *byte = dice.next() as u8);
            format!("pages {from} to {} of {pages} overwritten", from + 4)
        }
        4 => {
            let length = [16, 100, 4096][dice.below(3)].min(bytes.len());
            bytes[..length].fill(0xa5);
            format!("first {length} bytes overwritten")
        }
        5 => {
            bytes.extend((0..1 + dice.below(9_000)).map(|n| n as u8));
            format!("grown to {}", bytes.len())
        }
        _ => {
            let (one, other) = (dice.below(pages), dice.below(pages));
            for offset in 0..4096 {
                if one.max(other) * 4096 + offset < bytes.len() {
                    bytes.swap(one * 4096 + offset, other * 4096 + offset);
                }
            }
            format!("pages {one} and {other} swapped")
        }
    };
    fs::write(&path, bytes).unwrap();
    (file, what)
}

/// What must hold of own.db after the injury.
fn own_is_honest(file: &str, saved: &Saved, report: &OpenReport) {
    let truth = |item: &OutboxItem| *item == outbox_item(u32::try_from(item.order).unwrap(), &words(item.order as u32));
    assert!(saved.outbox.iter().all(truth), "a row was invented or altered");
    assert!(saved.outbox.is_sorted_by(|one, other| one.order < other.order));
    let count = saved.outbox.len() as u32;
    match file {
        "own.db" => {
            if count < OUTBOX || saved.drafts.len() < 9 {
                let damage = report.own.as_ref().expect("rows are missing and nobody says so");
                assert!(damage.incomplete && damage.kept.as_ref().is_some_and(|kept| kept.exists()));
                assert_eq!(damage.outbox as u32, count);
            }
            assert!(saved.last_order >= saved.outbox.last().map_or(0, |item| item.order));
        }
        // A log ends where it stops making sense; what stands in the file itself is not touched by that.
        "own.db-wal" => assert!(count >= IN_FILE, "{count} rows"),
        _ => assert_eq!((count, &report.own), (OUTBOX, &None)),
    }
}

/// Reads every thread. `Err`: part of it is damaged.
fn read_all(store: &Store, saved: &Saved) -> Result<(), DiskFault> {
    let reader = store.reader();
    for row in &saved.dialogs {
        let block = reader.thread(row.dialog.id, None, 200)?;
        let n = u32::try_from(row.dialog.number).unwrap();
        let truth = |message: &Message| *message == message_of(n, message.seq);
        assert!(block.messages.iter().all(truth), "a message was invented or altered");
        reader.search("заказ", 100)?;
    }
    Ok(())
}

fn message_of(n: u32, seq: u32) -> Message {
    message(n, seq, &words(seq))
}

/// Writes to both files. `Err`: a part of cache.db is damaged that only writing looks at.
fn write_both(store: &Store) -> Result<(), DiskFault> {
    let (answer, own) = channel();
    let (second, cache) = channel();
    store.commit(CommitId(8), Writes::Own(vec![put_outbox(OUTBOX + 1, "дальше")]), move |_, result| {
        answer.send(result).unwrap();
    });
    store.commit(
        CommitId(9),
        Writes::Cache(vec![put_dialog(77), put_message(77, 1, "дальше")]),
        move |_, result| {
            second.send(result).unwrap();
        },
    );
    assert_eq!(own.recv().unwrap(), Ok(()));
    cache.recv().unwrap()
}

/// The store after the damage was found: the next start mends it.
fn mended(folder: &Path, store: Store, case: &str, fault: DiskFault) -> Store {
    assert_eq!(fault, DiskFault::Corrupt, "{case}");
    store.close();
    let (store, saved, report) = Store::open(folder, &key(1)).unwrap();
    assert!(report.cache.is_some() && report.own.is_none(), "{case}: {report:?}");
    read_all(&store, &saved).unwrap();
    store
}

#[test]
fn two_hundred_injuries() {
    let whole = folder();
    left_behind(whole.path());
    let (mut salvaged, mut aside, mut slowest) = (0, 0, Duration::ZERO);
    for seed in 0..200 {
        let hurt = folder();
        for entry in fs::read_dir(whole.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, hurt.path().join(path.file_name().unwrap())).unwrap();
        }
        let (file, what) = injure(hurt.path(), &mut Dice(seed));
        let case = format!("seed {seed}: {file}, {what}");
        let start = Instant::now();
        let (store, saved, report) =
            Store::open(hurt.path(), &key(1)).unwrap_or_else(|error| panic!("{case}: {error}"));
        slowest = slowest.max(start.elapsed());
        println!("{case}: {} rows, {report:?}", saved.outbox.len());
        own_is_honest(file, &saved, &report);
        (salvaged, aside) = (salvaged + i32::from(report.own.is_some()), aside + i32::from(report.cache.is_some()));
        let store = match read_all(&store, &saved) {
            Ok(()) => store,
            // Damage that a start does not look for: it is found by reading, and the next start mends it.
            Err(fault) => {
                aside += 1;
                mended(hurt.path(), store, &case, fault)
            }
        };
        let store = match write_both(&store) {
            Ok(()) => store,
            Err(fault) => {
                aside += 1;
                let store = mended(hurt.path(), store, &case, fault);
                write_both(&store).unwrap();
                store
            }
        };
        store.close();
        let (_store, after, report) = Store::open(hurt.path(), &key(1)).unwrap();
        assert_eq!(report, OpenReport::default(), "{case}");
        assert_eq!(after.outbox.len(), saved.outbox.len() + 1, "{case}");
    }
    println!("own.db salvaged {salvaged} times, cache.db set aside {aside} times, slowest start {slowest:?}");
    assert!(salvaged > 20 && aside > 20, "the injuries do not hurt: {salvaged}, {aside}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
