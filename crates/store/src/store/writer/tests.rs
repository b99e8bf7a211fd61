use super::*;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// A database that does as it is told and writes down what it was asked.
struct Scripted {
    asked: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Order {
    Store(u32),
    Fail(Told),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Full,
    Io,
    Corrupt,
}

thread_local! {
    /// Where databases that are opened on this thread write down what they are asked.
    static PAPER: Arc<Mutex<Vec<String>>> = Arc::default();
}

impl Written for Scripted {
    type Write = Order;
    const REST: Duration = Duration::from_secs(3_600);

    fn apply_groups(&mut self, groups: &[&[Order]]) -> Result<(), Fault> {
        self.asked.lock().unwrap().push(format!("{groups:?}"));
        for order in groups.iter().copied().flatten() {
            let code = match order {
                Order::Store(_) => continue,
                Order::Fail(Told::Full) => rusqlite::ffi::SQLITE_FULL,
                Order::Fail(Told::Io) => rusqlite::ffi::SQLITE_IOERR_FSYNC,
                Order::Fail(Told::Corrupt) => rusqlite::ffi::SQLITE_CORRUPT,
            };
            return Err(Fault::Sqlite(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)));
        }
        Ok(())
    }

    fn settle(&self) -> Result<(), Fault> {
        self.asked.lock().unwrap().push("settle".to_owned());
        Ok(())
    }

    fn tidy(&self) -> Result<bool, Fault> {
        Ok(false)
    }
}

fn open(path: &Path, _: &StoreKey) -> Result<Scripted, OpenError> {
    let asked = PAPER.with(Arc::clone);
    asked.lock().unwrap().push("open".to_owned());
    if path.with_extension("gone").exists() { Err(OpenError::Full) } else { Ok(Scripted { asked }) }
}

fn desk(folder: &tempfile::TempDir) -> Desk<Scripted> {
    let again = Again { path: folder.path().join("own.db"), key: StoreKey::new(Zeroizing::new([1; 32])) };
    Desk { db: Some(Scripted { asked: PAPER.with(Arc::clone) }), again: Some(again), open }
}

/// Commits these as one group and gives the answers in the order in which they came.
fn commit(desk: &mut Desk<Scripted>, orders: &[Order]) -> Vec<(u64, Result<(), DiskFault>)> {
    let (answers, answered) = channel();
    let jobs = (1..).zip(orders).map(|(id, order)| {
        let answers = answers.clone();
        let done: Done = Box::new(move |id, result| answers.send((id.0, result)).unwrap());
        Job { id: CommitId(id), writes: vec![order.clone()], done }
    });
    desk.commit(jobs.collect());
    drop(answers);
    answered.iter().collect()
}

fn asked() -> Vec<String> {
    PAPER.with(|paper| std::mem::take(&mut *paper.lock().unwrap()))
}

#[test]
fn a_group_is_one_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let answers = commit(&mut desk(&folder), &[Order::Store(1), Order::Store(2)]);
    assert_eq!(answers, [(1, Ok(())), (2, Ok(()))]);
    assert_eq!(asked(), ["[[Store(1)], [Store(2)]]"]);
}

#[test]
fn one_that_fails_takes_nobody_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let answers = commit(&mut desk(&folder), &[Order::Store(1), Order::Fail(Told::Full), Order::Store(3)]);
    assert_eq!(answers, [(1, Ok(())), (2, Err(DiskFault::Full)), (3, Ok(()))]);
    assert_eq!(asked()[1..], ["[[Store(1)]]", "[[Fail(Full)]]", "[[Store(3)]]"]);
}

#[test]
fn after_a_failed_sync_the_connection_is_opened_anew_before_anything_else_and_the_log_emptied_before_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(&folder);
    let answers = commit(&mut desk, &[Order::Fail(Told::Io), Order::Store(2)]);
    assert_eq!(answers, [(1, Err(DiskFault::Io)), (2, Ok(()))]);
    assert_eq!(asked(), ["[[Fail(Io)], [Store(2)]]", "open", "[[Fail(Io)]]", "open", "[[Store(2)]]", "settle"]);
}

#[test]
fn one_alone_that_fails_is_not_tried_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(&folder);
    assert_eq!(commit(&mut desk, &[Order::Fail(Told::Io)]), [(1, Err(DiskFault::Io))]);
    assert_eq!(asked(), ["[[Fail(Io)]]"]);
}

#[test]
fn what_cannot_be_opened_is_answered_and_tried_again_with_the_next_commit() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("own.gone");
    let mut desk = desk(&folder);
    std::fs::write(&gone, b"").unwrap();
    commit(&mut desk, &[Order::Fail(Told::Io)]);
    assert_eq!(commit(&mut desk, &[Order::Store(1)]), [(1, Err(DiskFault::Full))]);
    std::fs::remove_file(&gone).unwrap();
    assert_eq!(commit(&mut desk, &[Order::Store(1)]), [(1, Ok(()))]);
}

#[test]
fn damage_found_at_work_is_marked_for_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(&folder);
    assert_eq!(commit(&mut desk, &[Order::Fail(Told::Corrupt)]), [(1, Err(DiskFault::Corrupt))]);
    assert!(super::super::folder::is_condemned(&folder.path().join("own.db")));
}
