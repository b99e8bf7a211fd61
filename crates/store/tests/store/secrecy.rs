//! Nothing that was written can be read from the files without the key.
//!
//! Invariant 14.

use crate::made::*;
use otklik_core::{CommitId, OwnWrite, Writes};
use otklik_store::{OpenError, Store};
use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;

/// Unmistakable words, in both alphabets; as text and as entries of the search index.
const CANARIES: [&str; 4] = ["qzxcanary", "кенарейка", "irina@example.org", "Ирина"];

fn grep(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The spare copy takes its name while one looks.
        let Ok(bytes) = fs::read(&path) else { continue };
        for canary in CANARIES {
            if bytes.windows(canary.len()).any(|window| window == canary.as_bytes()) {
                found.push(format!("{canary} in {}", path.display()));
            }
        }
    }
    found
}

fn commit(store: &Store, writes: Writes) {
    let (answer, answered) = channel();
    store.commit(CommitId(1), writes, move |_, result| answer.send(result).unwrap());
    assert_eq!(answered.recv().unwrap(), Ok(()));
}

#[test]
fn no_file_of_the_folder_holds_a_word_in_the_clear() {
    let folder = folder();
    let text = CANARIES[..2].join(" ");
    let (store, _, _) = Store::open(folder.path(), &keys(3)).unwrap();
    for seq in 1..=50 {
        commit(&store, Writes::Own(vec![put_outbox(seq, &text), OwnWrite::PutDraft(draft(seq, &text))]));
        commit(&store, Writes::Cache(vec![put_dialog(2), put_message(2, seq, &text)]));
        if seq.is_multiple_of(10) {
            assert_eq!(
                store
                    .reader()
                    .search(&otklik_model::MessageSearch::of("qzxcanary"), otklik_core::SearchOrder::Newest, 100)
                    .unwrap()
                    .hits
                    .len(),
                seq as usize
            );
            assert_eq!(grep(folder.path()), Vec::<String>::new(), "while open");
        }
    }
    let files: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for file in ["own.db", "own.db-wal", "cache.db", "cache.db-wal", "cache.db-shm"] {
        assert!(files.iter().any(|name| name == file), "{file} was not looked at: {files:?}");
    }
    store.close();
    assert_eq!(grep(folder.path()), Vec::<String>::new(), "closed");
    for file in ["own.db", "cache.db"] {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        assert!(!bytes.starts_with(b"SQLite format 3"), "{file}");
        // Encrypted pages hold all byte values about equally often; text and B-trees never do.
        let mut counts = [0_usize; 256];
        bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
        let even = bytes.len() / 256;
        assert!(counts.iter().all(|count| *count < 2 * even && *count > even / 2), "{file}: {counts:?}");
    }
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let folder = folder();
    let (store, _, _) = Store::open(folder.path(), &keys(3)).unwrap();
    commit(&store, Writes::Own(vec![put_outbox(1, "слово")]));
    store.close();
    let before = fs::read(folder.path().join("own.db")).unwrap();
    assert_eq!(Store::open(folder.path(), &keys(4)).map(|_| ()), Err(OpenError::WrongKey));
    assert_eq!(fs::read(folder.path().join("own.db")).unwrap(), before);
    let (_store, saved, report) = Store::open(folder.path(), &keys(3)).unwrap();
    assert_eq!((saved.outbox.len(), report), (1, otklik_store::OpenReport::default()));
}

#[test]
fn a_key_is_not_printed() {
    assert_eq!(format!("{:?}", key(3)), "StoreKey(..)");
}
