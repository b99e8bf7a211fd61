//! S-C20: the cache is closed and its key is gone, while own.db goes on.
//!
//! Invariant 14.

use crate::made::*;
use otklik_core::{CommitId, DiskFault, Writes};
use otklik_store::Store;
use std::sync::mpsc::channel;

#[test]
fn s_c20_a_closed_cache_answers_nothing_keeps_nothing_and_own_db_goes_on() {
    let folder = folder();
    let (store, _, _) = Store::open(folder.path(), &keys(1)).unwrap();
    let reader = store.reader();
    let (told, answers) = channel();
    let commit = |id, writes| {
        let told = told.clone();
        store.commit(CommitId(id), writes, move |id, result| told.send((id, result)).unwrap());
        answers.recv().unwrap()
    };
    assert_eq!(commit(1, Writes::Cache(vec![put_dialog(1), put_message(1, 1, "слово")])), (CommitId(1), Ok(())));
    assert_eq!(reader.thread(dialog_id(1), None, 10).unwrap().messages.len(), 1);

    let (closed, waits) = channel();
    store.close_cache(move || closed.send(()).unwrap());
    waits.recv().unwrap();
    assert_eq!(reader.thread(dialog_id(1), None, 10).map(drop), Err(DiskFault::Io));
    assert_eq!(commit(2, Writes::Cache(vec![put_message(1, 2, "ночью")])), (CommitId(2), Ok(())), "as if it were kept");
    assert_eq!(commit(3, Writes::Own(vec![put_outbox(1, "моё")])), (CommitId(3), Ok(())));
    store.close();

    let (store, saved, report) = Store::open(folder.path(), &keys(1)).unwrap();
    assert_eq!(saved.outbox, [outbox_item(1, "моё")]);
    let kept = store.reader().thread(dialog_id(1), None, 10).unwrap().messages;
    assert_eq!(kept.len(), 1, "what came meanwhile is sent again by the hub, from where the cache stands");
    assert_eq!(report, otklik_store::OpenReport::default());
}
