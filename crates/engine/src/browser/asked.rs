//! What pages have asked for under a name of their own. A socket may break between a deed and its answer; the page then
//! asks again on the next one, and must get the answer of the first time, not a second deed.
//!
//! In memory only: a page never outlives the engine that let it in.

use crate::SeatId;
use otklik_core::{Receipt, UiError};
use otklik_model::ClientId;
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::OnceCell;

/// So many of the latest are known again. A page has a few under way, and names them anew as soon as a socket is open.
const KNOWN: usize = 256;

type Outcome = Result<Receipt, UiError>;

struct Asking {
    seat: SeatId,
    name: ClientId,
    outcome: Arc<OnceCell<Outcome>>,
}

#[derive(Default)]
pub(super) struct Asked(Mutex<VecDeque<Asking>>);

impl Asked {
    /// Has it done if it was never asked for; else waits for, or repeats, what came of it.
    pub(super) async fn once(&self, seat: SeatId, name: ClientId, deed: impl Future<Output = Outcome>) -> Outcome {
        let outcome = self.outcome(seat, name);
        outcome.get_or_init(|| deed).await.clone()
    }

    fn outcome(&self, seat: SeatId, name: ClientId) -> Arc<OnceCell<Outcome>> {
        let mut known = self.0.lock();
        if let Some(asking) = known.iter().find(|one| one.seat == seat && one.name == name) {
            return asking.outcome.clone();
        }
        if known.len() == KNOWN {
            known.pop_front();
        }
        let outcome = Arc::new(OnceCell::new());
        known.push_back(Asking { seat, name, outcome: outcome.clone() });
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        task::Poll,
    };

    /// Counts when it is done, not when it is asked for.
    fn count(deeds: &AtomicU32) -> impl Future<Output = Outcome> {
        std::future::poll_fn(|_| {
            deeds.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(Ok(Receipt::default()))
        })
    }

    #[tokio::test]
    async fn a_name_is_one_deed_in_its_seat_also_while_it_is_under_way() {
        let (asked, deeds) = (Asked::default(), AtomicU32::new(0));
        let name = ClientId(uuid::Uuid::from_u128(7));
        let (one, two) =
            tokio::join!(asked.once(SeatId(1), name, count(&deeds)), asked.once(SeatId(1), name, count(&deeds)));
        assert_eq!((one.is_ok(), two.is_ok(), deeds.load(Ordering::Relaxed)), (true, true, 1));
        asked.once(SeatId(2), name, count(&deeds)).await.unwrap();
        assert_eq!(deeds.load(Ordering::Relaxed), 2, "another seat's names are its own");
    }

    #[tokio::test]
    async fn only_the_latest_are_known() {
        let (asked, deeds) = (Asked::default(), AtomicU32::new(0));
        for name in 0..=KNOWN {
            let name = ClientId(uuid::Uuid::from_u128(u128::try_from(name).unwrap()));
            asked.once(SeatId(1), name, count(&deeds)).await.unwrap();
        }
        assert_eq!(asked.0.lock().len(), KNOWN);
    }
}
