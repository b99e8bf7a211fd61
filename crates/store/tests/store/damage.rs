//! two hundred injuries to the files of a store that died with work in its logs. A start never fails for it,
//! never invents or alters a row, keeps what was damaged, says so, and the start after it finds nothing wrong.

use crate::made::*;
use otklik_core::{CommitId, DiskFault, HeldReason, OutboxItem, OutboxState, OwnWrite, Saved, Writes};
use otklik_model::Message;
use otklik_store::{CacheDb, OpenReport, OwnDamage, OwnDb, Store};
use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const OUTBOX: u32 = 300;
/// The rows up to this one stand in the file itself, later ones only in its log.
const IN_FILE: u32 = 250;
const DIALOGS: u32 = 10;
const MESSAGES: u32 = 50;

const FILES: [&str; 7] =
    ["own.db", "own.db-wal", "own.db.count", "own.db.spare", "cache.db", "cache.db-wal", "key.check"];

fn words(n: u32) -> String {
    format!("Сообщение {n}: {}", "здравствуйте, где мой заказ? ".repeat(4))
}

/// The folder as a killed process leaves it.
fn left_behind(into: &Path) {
    let work = folder();
    let (store, _, _) = Store::open(work.path(), &keys(1)).unwrap();
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
    let mut cache = CacheDb::open(&work.path().join("cache.db"), &keys(1).cache).unwrap();
    for n in IN_FILE + 1..=OUTBOX {
        own.apply(&[put_outbox(n, &words(n))]).unwrap();
    }
    for n in 1..=DIALOGS {
        let later: Vec<_> = (MESSAGES / 2 + 1..=MESSAGES).map(|seq| put_message(n, seq, &words(seq))).collect();
        cache.apply(&later).unwrap();
    }
    for file in FILES {
        fs::copy(work.path().join(file), into.join(file)).unwrap();
        assert!(fs::metadata(into.join(file)).unwrap().len() > 0, "{file}");
    }
}

/// Hurts one file in one way, and says how.
fn injure(folder: &Path, dice: &mut Dice) -> (&'static str, String) {
    // Those with most in them twice more.
    let files =
        ["own.db", "own.db-wal", "cache.db"].iter().chain(&["own.db", "cache.db", "cache.db-wal"]).chain(&FILES);
    let file = files.clone().nth(dice.below(files.count())).unwrap();
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
    let truth = |item: &OutboxItem| {
        let written = outbox_item(u32::try_from(item.order).unwrap(), &words(item.order as u32));
        let held = OutboxState::Held { reason: HeldReason::FromCopy };
        *item == written || (report.own.is_some() && *item == OutboxItem { state: held, ..written })
    };
    assert!(saved.outbox.iter().all(truth), "a row was invented or altered");
    assert!(saved.outbox.is_sorted_by(|one, other| one.order < other.order));
    let count = saved.outbox.len() as u32;
    match file {
        "own.db" | "own.db-wal" => {
            // The spare copy has what stood in the file when it last came to rest; of what was written since, the log
            // tells all but what the injury itself hit.
            assert!(count >= IN_FILE && saved.drafts.len() == 9, "{count} rows, {} drafts", saved.drafts.len());
            if count < OUTBOX {
                let damage = report.own.as_ref().expect("rows are missing and nobody says so");
                assert!(damage.incomplete && damage.kept.as_ref().is_some_and(|kept| kept.exists()));
                assert_eq!(damage.outbox as u32, count);
                // A row was written in each transaction of the log.
                assert!(damage.lost == 0 || damage.lost == u64::from(OUTBOX - count), "{damage:?}");
            }
            assert!(saved.last_order >= saved.outbox.last().map_or(0, |item| item.order));
        }
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
        reader.search(&otklik_model::MessageSearch::of("заказ"), otklik_core::SearchOrder::Newest, 100)?;
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
    let (store, saved, report) = Store::open(folder, &keys(1)).unwrap();
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
            Store::open(hurt.path(), &keys(1)).unwrap_or_else(|error| panic!("{case}: {error}"));
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
        let (_store, after, report) = Store::open(hurt.path(), &keys(1)).unwrap();
        assert_eq!(report, OpenReport::default(), "{case}");
        assert_eq!(after.outbox.len(), saved.outbox.len() + 1, "{case}");
    }
    println!("own.db salvaged {salvaged} times, cache.db set aside {aside} times, slowest start {slowest:?}");
    assert!(salvaged > 20 && aside > 20, "the injuries do not hurt: {salvaged}, {aside}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

/// Rows 1 to 4 stand in the file and in its spare copy, the others in the log alone.
const FEW_IN_FILE: u32 = 4;
const FEW: u32 = 12;

/// A small store whose program was killed, after something happened to one of its files.
fn few(file: &str, injure: impl FnOnce(&Path)) -> tempfile::TempDir {
    let (work, hurt) = (folder(), folder());
    let (store, _, _) = Store::open(work.path(), &keys(1)).unwrap();
    for n in 1..=FEW_IN_FILE {
        store.commit(CommitId(n.into()), Writes::Own(vec![put_outbox(n, &words(n))]), |_, result| {
            assert_eq!(result, Ok(()));
        });
    }
    store.close();
    let mut own = OwnDb::open(&work.path().join("own.db"), &key(1)).unwrap();
    for n in FEW_IN_FILE + 1..=FEW {
        own.apply(&[put_outbox(n, &words(n))]).unwrap();
    }
    for file in ["own.db", "own.db-wal", "own.db.count", "own.db.spare", "key.check"] {
        fs::copy(work.path().join(file), hurt.path().join(file)).unwrap();
    }
    injure(&hurt.path().join(file));
    hurt
}

fn change(path: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    how(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Opens it and hands back what is left of the outbox, and what was said; a second start finds nothing.
fn opened(folder: &tempfile::TempDir) -> (Vec<OutboxItem>, Option<OwnDamage>) {
    let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    store.close();
    let (_store, again, second) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!((&again.outbox, second), (&saved.outbox, OpenReport::default()));
    (saved.outbox, report.own)
}

fn as_written(upto: u32) -> Vec<OutboxItem> {
    (1..=upto).map(|n| outbox_item(n, &words(n))).collect()
}

#[test]
fn a_killed_program_leaves_nothing_to_tell() {
    assert_eq!(opened(&few("own.db", |_| {})), (as_written(FEW), None));
}

#[test]
fn a_destroyed_first_page_costs_nothing() {
    let closed = few("own.db", |_| {});
    drop(Store::open(closed.path(), &keys(1)).unwrap());
    change(&closed.path().join("own.db"), |bytes| bytes[..4096].fill(0));
    // Closed in order, nothing is newer than the spare copy. That of before the start is enough: it changed nothing.
    let store = Store::open(closed.path(), &keys(1)).unwrap();
    let damage = store.2.own.unwrap();
    assert!(damage.kept.unwrap().exists());
    let rows = store.1.outbox;
    assert!(rows.len() as u32 == FEW && !damage.incomplete, "{} rows", rows.len());
}

#[test]
fn one_bit_in_the_log_hides_nothing_that_was_written_later() {
    for frame in 0..6 {
        let hurt = few("own.db-wal", |log| change(log, |log| log[32 + frame * 4120 + 2_000] ^= 1));
        let (rows, damage) = opened(&hurt);
        let damage = damage.expect("an injured log is told of");
        assert_eq!((rows, damage.lost), (as_written(FEW), 0), "frame {frame}: {damage:?}");
    }
}

#[test]
fn a_log_that_was_cut_off_is_told_of_with_what_is_missing() {
    let hurt = few("own.db-wal", |log| change(log, |log| log.truncate(log.len() - 4120)));
    let (rows, damage) = opened(&hurt);
    let damage = damage.expect("a shorter log is told of");
    assert_eq!((rows, damage.outbox as u32, damage.lost, damage.incomplete), (as_written(FEW - 1), FEW - 1, 1, true));
    let kept = damage.kept.unwrap();
    assert!(kept.exists() && kept.with_file_name("own.db.damaged-1-wal").exists());
}

#[test]
fn a_log_that_is_gone_is_told_of() {
    let hurt = few("own.db-wal", |log| fs::remove_file(log).unwrap());
    let (rows, damage) = opened(&hurt);
    assert_eq!((rows, damage.unwrap().lost), (as_written(FEW_IN_FILE), u64::from(FEW - FEW_IN_FILE)));
}

#[test]
fn what_only_the_spare_copy_has_waits_for_a_word() {
    // The log and the file are lost: what is left is older than what was confirmed.
    let hurt = few("own.db-wal", |log| fs::remove_file(log).unwrap());
    change(&hurt.path().join("own.db"), |bytes| bytes.fill(0x5a));
    let (rows, damage) = opened(&hurt);
    let held = OutboxState::Held { reason: HeldReason::FromCopy };
    let expected = as_written(FEW_IN_FILE).into_iter().map(|item| OutboxItem { state: held.clone(), ..item });
    assert_eq!(rows, expected.collect::<Vec<_>>());
    assert!(damage.unwrap().incomplete);
}
