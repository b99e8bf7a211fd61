//! What is found at start: other keys, other versions, missing and read-only files.

use crate::made::*;
use otklik_core::{CommitId, Writes};
use otklik_store::{AsideCause, OpenError, OpenReport, OwnDamage, SetAside, Store, StoreKeys};
use std::fs;
use std::path::Path;

/// A closed store with one unsent message, one dialog and one message in it.
fn filled(folder: &Path) {
    let (store, _, _) = Store::open(folder, &keys(1)).unwrap();
    store.commit(CommitId(1), Writes::Own(vec![put_outbox(1, "слово")]), |_, result| assert_eq!(result, Ok(())));
    store.commit(CommitId(2), Writes::Cache(vec![put_dialog(1), put_message(1, 1, "слово")]), |_, result| {
        assert_eq!(result, Ok(()));
    });
    store.close();
}

#[test]
fn a_missing_own_db_is_not_taken_for_a_new_one() {
    for make_gone in [(|path| fs::remove_file(path).unwrap()) as fn(&Path), |path| fs::write(path, b"").unwrap()] {
        let folder = folder();
        filled(folder.path());
        make_gone(&folder.path().join("own.db"));
        fs::remove_file(folder.path().join("own.db.spare")).unwrap();
        let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
        let damage = report.own.unwrap();
        assert_eq!((damage.outbox, damage.drafts, damage.incomplete), (0, 0, true));
        assert_eq!((saved.outbox.len(), saved.dialogs.len()), (0, 1));
        store.close();
        let (_store, _, report) = Store::open(folder.path(), &keys(1)).unwrap();
        assert_eq!(report, OpenReport::default(), "it is said once");
    }
}

#[test]
fn a_missing_own_db_comes_back_from_its_spare_copy() {
    let folder = folder();
    filled(folder.path());
    fs::remove_file(folder.path().join("own.db")).unwrap();
    let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(report.own, Some(OwnDamage { kept: None, outbox: 1, drafts: 0, lost: 0, incomplete: false }));
    assert_eq!(saved.outbox, [outbox_item(1, "слово")], "as it was, and not held");
    store.close();
    assert_eq!(Store::open(folder.path(), &keys(1)).map(|(_, _, report)| report), Ok(OpenReport::default()));
}

#[test]
fn a_missing_cache_db_is_begun_anew_without_a_word() {
    let folder = folder();
    filled(folder.path());
    fs::remove_file(folder.path().join("cache.db")).unwrap();
    let (_store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!((saved.outbox.len(), saved.dialogs.len(), saved.cursor, report), (1, 0, None, OpenReport::default()));
}

#[test]
fn a_damaged_cache_db_is_set_aside_and_only_the_last_one_is_kept() {
    let folder = folder();
    let kept = folder.path().join("cache.db.aside");
    for round in 1..=3 {
        filled(folder.path());
        fs::write(folder.path().join("cache.db"), vec![round; 9_000]).unwrap();
        let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
        assert_eq!(report.cache, Some(SetAside { cause: AsideCause::Damaged, kept: kept.clone() }));
        assert_eq!((saved.outbox.len(), saved.dialogs.len()), (1, 0));
        assert_eq!(fs::read(&kept).unwrap(), vec![round; 9_000]);
        store.close();
    }
}

#[test]
fn a_cache_db_of_another_key_is_set_aside() {
    let (mine, other) = (folder(), folder());
    filled(mine.path());
    let (store, _, _) = Store::open(other.path(), &keys(2)).unwrap();
    store.close();
    fs::copy(other.path().join("cache.db"), mine.path().join("cache.db")).unwrap();
    let (_store, saved, report) = Store::open(mine.path(), &keys(1)).unwrap();
    assert_eq!(
        (saved.outbox.len(), report.own, report.cache.map(|aside| aside.cause)),
        (1, None, Some(AsideCause::Damaged))
    );
}

#[test]
fn the_key_of_own_db_opens_no_cache_db_and_the_other_one_no_own_db() {
    let folder = folder();
    filled(folder.path());
    let crossed = |own, cache| StoreKeys { own: key(own), cache: key(cache) };
    assert_eq!(Store::open(folder.path(), &crossed(0x81, 0x81)).map(|_| ()), Err(OpenError::WrongKey));
    let (_store, saved, report) = Store::open(folder.path(), &crossed(1, 1)).unwrap();
    assert_eq!((saved.outbox.len(), saved.dialogs.len(), report.own), (1, 0, None));
    assert!(report.cache.unwrap().kept.exists());
}

#[test]
fn an_erased_cache_leaves_no_file_behind_and_own_db_as_it_was() {
    let folder = folder();
    filled(folder.path());
    // One that was set aside, and one that a dying program had open.
    fs::write(folder.path().join("cache.db"), vec![1; 9_000]).unwrap();
    Store::open(folder.path(), &keys(1)).unwrap().0.close();
    for left in ["cache.db-wal", "cache.db-shm", "cache.db.condemned", "cache.db.aside-wal", "cache.db.aside-shm"] {
        fs::write(folder.path().join(left), b"left").unwrap();
    }
    let before = fs::read(folder.path().join("own.db")).unwrap();
    Store::erase_cache(folder.path()).unwrap();
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["key.check", "lock", "own.db", "own.db.count", "own.db.spare"]);
    assert_eq!(fs::read(folder.path().join("own.db")).unwrap(), before);
    Store::erase_cache(folder.path()).unwrap();
    // Another key from here on, and nothing to tell of.
    let other = StoreKeys { cache: key(9), ..keys(1) };
    let (_store, saved, report) = Store::open(folder.path(), &other).unwrap();
    assert_eq!((saved.outbox, saved.dialogs, report), (vec![outbox_item(1, "слово")], vec![], OpenReport::default()));
}

#[test]
fn what_cannot_be_erased_keeps_none_of_the_rest() {
    let folder = folder();
    filled(folder.path());
    let kept = folder.path().join("cache.db.condemned");
    fs::create_dir(&kept).unwrap();
    assert!(Store::erase_cache(folder.path()).is_err());
    assert!(!folder.path().join("cache.db").exists());
    fs::remove_dir(kept).unwrap();
    let (_store, _, _) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(Store::erase_cache(folder.path()), Err(OpenError::InUse));
    assert!(folder.path().join("cache.db").exists());
}

#[test]
fn swapped_files_are_noticed_and_both_are_kept() {
    let folder = folder();
    filled(folder.path());
    let [own, cache, third] = ["own.db", "cache.db", "third"].map(|name| folder.path().join(name));
    fs::rename(&own, &third).unwrap();
    fs::rename(&cache, &own).unwrap();
    fs::rename(&third, &cache).unwrap();
    let (_store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!((saved.outbox, saved.dialogs), (vec![outbox_item(1, "слово")], vec![]), "from the spare copy");
    let damage = report.own.unwrap();
    assert!(damage.kept.unwrap().exists() && !damage.incomplete);
    assert!(report.cache.unwrap().kept.exists());
}

#[test]
fn a_lost_or_damaged_key_check_does_no_harm() {
    for spoil in [(|path| fs::remove_file(path).unwrap()) as fn(&Path), |path| fs::write(path, b"?").unwrap()] {
        let folder = folder();
        filled(folder.path());
        spoil(&folder.path().join("key.check"));
        let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
        assert_eq!((saved.outbox.len(), report), (1, OpenReport::default()));
        store.close();
        assert_eq!(Store::open(folder.path(), &keys(2)).map(|_| ()), Err(OpenError::WrongKey));
    }
}

#[test]
fn a_start_that_died_while_saving_rows_is_finished_by_the_next() {
    let folder = folder();
    filled(folder.path());
    // As left behind: the mark is set, the file has moved, the new one is half written.
    fs::write(folder.path().join("own.db.condemned"), b"").unwrap();
    fs::rename(folder.path().join("own.db"), folder.path().join("own.db.damaged-1")).unwrap();
    fs::write(folder.path().join("own.db.salvaged"), b"half").unwrap();
    let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    let kept = Some(folder.path().join("own.db.damaged-1"));
    assert_eq!(report.own, Some(OwnDamage { kept, outbox: 1, drafts: 0, lost: 0, incomplete: false }));
    assert_eq!(saved.outbox, [outbox_item(1, "слово")]);
    assert_eq!(saved.last_order, 1);
    store.close();
    assert_eq!(Store::open(folder.path(), &keys(1)).map(|(_, _, report)| report), Ok(OpenReport::default()));
}

/// Even root may not create files there.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_said_to_be_so() {
    assert_eq!(Store::open(Path::new("/sys/kernel"), &keys(1)).map(|_| ()), Err(OpenError::ReadOnly));
}

#[test]
fn a_folder_that_is_a_file_is_an_io_failure() {
    let folder = folder();
    let path = folder.path().join("file");
    fs::write(&path, b"").unwrap();
    assert_eq!(Store::open(&path, &keys(1)).map(|_| ()), Err(OpenError::Io));
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join("a/b");
    let (_store, _, _) = Store::open(&path, &keys(1)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
}
