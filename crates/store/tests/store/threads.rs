//! The writer threads: order, one answer each, durability.

use crate::made::*;
use otklik_core::{CommitId, DiskFault, Writes};
use otklik_store::{OpenError, Store};
use std::sync::mpsc::channel;

#[test]
fn commits_of_one_file_are_answered_in_order_and_survive_reopening() {
    let folder = folder();
    let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(saved, otklik_core::Saved::default());
    assert_eq!(report, otklik_store::OpenReport::default());
    let (answers, answered) = channel();
    for n in 1..=500 {
        let answers = answers.clone();
        let writes = Writes::Own(vec![put_outbox(n, "Здравствуйте")]);
        store.commit(CommitId(u64::from(n)), writes, move |id, result| answers.send((id, result)).unwrap());
    }
    drop(answers);
    let all: Vec<(CommitId, Result<(), DiskFault>)> = answered.iter().collect();
    assert_eq!(all, (1..=500).map(|n| (CommitId(n), Ok(()))).collect::<Vec<_>>());
    store.close();
    let (_store, saved, _) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(saved.outbox.len(), 500);
    assert_eq!(saved.last_order, 500);
}

#[test]
fn closing_carries_out_what_is_queued() {
    let folder = folder();
    let (store, _, _) = Store::open(folder.path(), &keys(1)).unwrap();
    for n in 1..=100 {
        store.commit(CommitId(1), Writes::Cache(vec![put_dialog(n), put_message(n, 1, "текст")]), |_, _| ());
    }
    store.close();
    let (store, saved, _) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(saved.dialogs.len(), 100);
    assert_eq!(store.reader().thread(dialog_id(50), None, 10).unwrap().messages, [message(50, 1, "текст")]);
}

#[test]
fn a_reader_sees_a_commit_as_soon_as_it_is_answered() {
    let folder = folder();
    let (store, _, _) = Store::open(folder.path(), &keys(1)).unwrap();
    let reader = store.reader();
    for seq in 1..=20 {
        let (answer, answered) = channel();
        let writes = Writes::Cache(vec![put_dialog(1), put_message(1, seq, "слово")]);
        store.commit(CommitId(1), writes, move |_, result| answer.send(result).unwrap());
        assert_eq!(answered.recv().unwrap(), Ok(()));
        assert_eq!(reader.thread(dialog_id(1), None, 100).unwrap().messages.len(), seq as usize);
        assert_eq!(
            reader
                .search(&otklik_model::MessageSearch::of("слова"), otklik_core::SearchOrder::Newest, 100)
                .unwrap()
                .hits
                .len(),
            seq as usize
        );
    }
}

#[test]
fn two_stores_in_one_folder_are_refused() {
    let folder = folder();
    let (store, _, _) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(Store::open(folder.path(), &keys(1)).map(|_| ()), Err(OpenError::InUse));
    store.close();
    assert!(Store::open(folder.path(), &keys(1)).is_ok());
}
