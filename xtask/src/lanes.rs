//! Steps that wait more than they work, taken some at a time.

use crate::steps::Step;
use crate::test::{Failed, Taken};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;

/// So many at a time: a window's story keeps less than one of two cores busy.
const LANES: usize = 2;

/// Takes a row of steps. Once one has failed no other is begun; what runs beside it is waited for.
pub fn take(row: &[&'static Step]) -> Result<(), Failed> {
    let begun = AtomicUsize::new(0);
    let (mut passed, mut failed) = (0, None);
    let (done, all) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..LANES {
            let (done, begun) = (done.clone(), &begun);
            scope.spawn(move || {
                while let Some(step) = row.get(begun.fetch_add(1, Relaxed)) {
                    // Whoever listens does so until the last is done.
                    done.send(Taken::of(step)).ok();
                }
            });
        }
        drop(done);
        for taken in all {
            let step = taken.step;
            match taken.tell(&format!("{step:13} ")) {
                Ok(()) => passed += 1,
                Err(error) => {
                    begun.store(row.len(), Relaxed);
                    failed.get_or_insert((step, error));
                }
            }
        }
    });
    failed.map_or(Ok(()), |(step, error)| Err(Failed { step, passed, error }))
}
