//! Which customers are connected to this process, and how news reach them.

use crate::store::Entry;
use otklik_model::CustomerId;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::mpsc;

/// News that a customer's connection may be behind before it is closed as too slow.
const BEHIND: usize = 64;

/// News for a customer.
#[derive(Clone, Debug)]
pub enum DoorNews {
    /// Something happened in his dialog.
    Entry(Arc<Entry>),
    /// An operator writes, or stopped.
    Typing {
        /// His name.
        name: String,
        /// Writing or not.
        on: bool,
    },
}

/// One connection of a customer. Closed by [`super::Office::close_door`].
#[derive(Debug)]
pub struct Door {
    /// Whose.
    pub customer: CustomerId,
    /// Ends when the connection was too slow to take the news.
    pub news: mpsc::Receiver<DoorNews>,
    /// Among the doors of this process.
    pub(super) number: u64,
}

#[derive(Default)]
struct Open {
    next: u64,
    // Iterated as a whole only to tell everybody the same.
    of: HashMap<CustomerId, Vec<(u64, mpsc::Sender<DoorNews>)>>,
}

fn tell(doors: &mut [(u64, mpsc::Sender<DoorNews>)], news: &DoorNews) {
    for (_, sender) in doors {
        if sender.try_send(news.clone()).is_err() {
            // Replaced by a sender to nobody: the door stays counted until its connection closes it.
            *sender = mpsc::channel(1).0;
        }
    }
}

/// All doors of this process.
#[derive(Default)]
pub(super) struct Doors(Mutex<Open>);

impl Doors {
    pub(super) fn open(&self, customer: CustomerId) -> Door {
        let (sender, news) = mpsc::channel(BEHIND);
        let mut open = self.0.lock();
        open.next += 1;
        let number = open.next;
        open.of.entry(customer).or_default().push((number, sender));
        Door { customer, news, number }
    }

    /// Closes a door. Returns whether it was the customer's last.
    pub(super) fn close(&self, door: &Door) -> bool {
        let mut open = self.0.lock();
        let Some(doors) = open.of.get_mut(&door.customer) else { return true };
        doors.retain(|(number, _)| *number != door.number);
        let last = doors.is_empty();
        if last {
            open.of.remove(&door.customer);
        }
        last
    }

    pub(super) fn is_here(&self, customer: CustomerId) -> bool {
        self.0.lock().of.contains_key(&customer)
    }

    /// Tells all connections of a customer. One that does not take it is cut off, and starts afresh.
    pub(super) fn tell(&self, customer: CustomerId, news: &DoorNews) {
        if let Some(doors) = self.0.lock().of.get_mut(&customer) {
            tell(doors, news);
        }
    }

    /// Tells all connections of all customers.
    pub(super) fn tell_all(&self, news: &DoorNews) {
        self.0.lock().of.values_mut().for_each(|doors| tell(doors, news));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn typing(on: bool) -> DoorNews {
        DoorNews::Typing { name: "Ира".into(), on }
    }

    #[tokio::test]
    async fn news_reach_every_door_of_the_customer_and_no_other() {
        let doors = Doors::default();
        let [maria, pavel] = [1, 2].map(|n| CustomerId(Uuid::from_u128(n)));
        let (mut one, mut two, mut other) = (doors.open(maria), doors.open(maria), doors.open(pavel));
        doors.tell(maria, &typing(true));
        assert!(one.news.try_recv().is_ok() && two.news.try_recv().is_ok());
        assert!(other.news.try_recv().is_err());
        doors.tell_all(&typing(false));
        assert!([&mut one, &mut two, &mut other].into_iter().all(|door| door.news.try_recv().is_ok()));
        assert!(!doors.close(&one) && doors.is_here(maria));
        assert!(doors.close(&two) && !doors.is_here(maria) && doors.is_here(pavel));
    }

    #[tokio::test]
    async fn a_door_that_takes_no_news_ends_and_the_others_go_on() {
        let doors = Doors::default();
        let maria = CustomerId(Uuid::from_u128(1));
        let (mut slow, mut quick) = (doors.open(maria), doors.open(maria));
        for _ in 0..=BEHIND {
            doors.tell(maria, &typing(true));
            assert!(quick.news.recv().await.is_some());
        }
        for _ in 0..BEHIND {
            assert!(slow.news.recv().await.is_some());
        }
        assert!(slow.news.recv().await.is_none(), "cut off");
        assert!(!doors.close(&slow), "the quick one is still open");
    }
}
