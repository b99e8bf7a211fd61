//! The ways of customers through the site: in memory of this process until they write, in the store from then on.

use super::Office;
use crate::{desk::page_without_cards, store::StoreError};
use otklik_model::{CustomerId, Journey, PageVisit, Stamp};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};

/// A stranger's way is forgotten so long after his last step, in milliseconds.
const REMEMBERED_MS: i64 = 3_600_000;
/// What strangers' pages may take together, in bytes; whose last step is longest ago goes first.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// What a way takes beside its texts.
const FRAME_BYTES: usize = 256;

/// The ways of those who have not written.
#[derive(Debug, Default)]
pub struct Ways(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    of: HashMap<CustomerId, Way>,
    /// Who went when, each at a turn of his own.
    turns: BTreeMap<u64, CustomerId>,
    turn: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Way {
    turn: u64,
    at: Stamp,
    bytes: usize,
    journey: Journey,
}

impl Ways {
    /// Somebody goes on.
    fn go_on(&self, customer: CustomerId, now: Stamp, later: Journey) {
        let mut inside = self.0.lock();
        let mut journey = inside.take(customer).unwrap_or_default();
        journey.go_on(later);
        inside.put(customer, now, journey);
    }

    /// What was taken could not be kept, and somebody may have gone on meanwhile.
    fn put_back(&self, customer: CustomerId, now: Stamp, mut journey: Journey) {
        let mut inside = self.0.lock();
        journey.go_on(inside.take(customer).unwrap_or_default());
        inside.put(customer, now, journey);
    }

    fn take(&self, customer: CustomerId) -> Option<Journey> {
        self.0.lock().take(customer)
    }

    fn look(&self, customer: CustomerId) -> Option<Journey> {
        self.0.lock().of.get(&customer).map(|way| way.journey.clone())
    }
}

impl Inside {
    fn take(&mut self, customer: CustomerId) -> Option<Journey> {
        let way = self.of.remove(&customer)?;
        self.turns.remove(&way.turn);
        self.bytes -= way.bytes;
        Some(way.journey)
    }

    fn put(&mut self, customer: CustomerId, at: Stamp, journey: Journey) {
        self.turn += 1;
        let (turn, bytes) = (self.turn, size_of(&journey));
        self.bytes += bytes;
        self.turns.insert(turn, customer);
        self.of.insert(customer, Way { turn, at, bytes, journey });
        while let Some(oldest) = self.turns.first_key_value().map(|(_, oldest)| *oldest)
            && (self.bytes > MOST_BYTES || self.of.get(&oldest).is_some_and(|way| way.at.0 + REMEMBERED_MS < at.0))
        {
            self.take(oldest);
        }
    }
}

fn size_of(journey: &Journey) -> usize {
    let of_page = |visit: &PageVisit| FRAME_BYTES + visit.page.url.len() + visit.page.title.len();
    FRAME_BYTES + journey.pages.iter().map(of_page).sum::<usize>()
}

impl Office {
    /// A customer's page tells of his way. Not worth an error to anybody: what cannot be kept now is kept with the
    /// next step.
    pub async fn customer_goes_on(&self, customer: CustomerId, mut later: Journey) {
        if later.is_empty() {
            return;
        }
        let centre = self.centre();
        for visit in &mut later.pages {
            visit.page = page_without_cards(visit.page.clone(), &centre);
        }
        self.ways.go_on(customer, self.now(), later);
        self.keep_way(customer).await;
    }

    /// Whoever has written is known, and his way with him.
    pub async fn keep_way(&self, customer: CustomerId) {
        let Some(way) = self.ways.take(customer) else { return };
        match self.kept(customer, way.clone()).await {
            Ok(true) => {}
            Ok(false) => self.ways.put_back(customer, self.now(), way),
            Err(error) => {
                tracing::debug!(%error, "a step of a customer was not kept");
                self.ways.put_back(customer, self.now(), way);
            }
        }
    }

    async fn kept(&self, customer: CustomerId, way: Journey) -> Result<bool, StoreError> {
        let workspace = self.workspace.id;
        if !self.store.has_written(workspace, customer).await? {
            return Ok(false);
        }
        // A page that reconnects tells nothing new most often, and that is no reason to write.
        let known = self.store.journey(workspace, customer).await?;
        let mut after = known.clone();
        after.go_on(way.clone());
        if after == known { Ok(true) } else { self.store.go_on(workspace, customer, self.now(), way).await }
    }

    /// What is known of a customer's way, also of one that is about to be kept.
    ///
    /// # Errors
    /// The store fails.
    pub async fn journey(&self, customer: CustomerId) -> Result<Journey, StoreError> {
        let mut journey = self.store.journey(self.workspace.id, customer).await?;
        journey.go_on(self.ways.look(customer).unwrap_or_default());
        Ok(journey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::Page;
    use uuid::Uuid;

    fn customer(number: u128) -> CustomerId {
        CustomerId(Uuid::from_u128(number))
    }

    fn step(url: &str) -> Journey {
        let page = Page { url: url.to_owned(), title: String::new() };
        Journey { pages: vec![PageVisit { page, at: Stamp(0) }], ..Journey::default() }
    }

    fn urls(journey: Option<Journey>) -> Vec<String> {
        journey.unwrap_or_default().pages.into_iter().map(|visit| visit.page.url).collect()
    }

    #[test]
    fn a_way_goes_on_until_it_is_taken() {
        let ways = Ways::default();
        ways.go_on(customer(1), Stamp(0), step("a"));
        ways.go_on(customer(2), Stamp(0), step("x"));
        ways.go_on(customer(1), Stamp(1), step("b"));
        assert_eq!(urls(ways.look(customer(1))), ["a", "b"]);
        let taken = ways.take(customer(1)).unwrap();
        ways.go_on(customer(1), Stamp(2), step("c"));
        ways.put_back(customer(1), Stamp(3), taken);
        assert_eq!(urls(ways.take(customer(1))), ["a", "b", "c"], "what could not be kept comes before");
        assert!(ways.take(customer(1)).is_none() && ways.look(customer(2)).is_some());
    }

    #[test]
    fn whoever_does_not_come_back_is_forgotten() {
        let ways = Ways::default();
        ways.go_on(customer(1), Stamp(0), step("a"));
        ways.go_on(customer(2), Stamp(REMEMBERED_MS + 1), step("b"));
        assert!(ways.look(customer(1)).is_none() && ways.look(customer(2)).is_some());
    }

    #[test]
    fn strangers_take_no_more_memory_than_they_may() {
        let ways = Ways::default();
        let long = "y".repeat(2_000);
        for number in 0..10_000 {
            ways.go_on(customer(number), Stamp(0), step(&long));
        }
        let inside = ways.0.lock();
        assert!(inside.bytes <= MOST_BYTES && inside.of.len() > 3_000, "{} of {}", inside.bytes, inside.of.len());
        assert!(inside.of.contains_key(&customer(9_999)) && !inside.of.contains_key(&customer(0)));
        assert_eq!(inside.of.len(), inside.turns.len());
    }
}
