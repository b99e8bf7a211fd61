//! How much one customer, and one address of the network, may do: over all connections at once, for whoever means harm
//! opens many and is a new customer in each.
//!
//! Knows customers and addresses by ids only. Forgets whoever has been quiet for as long as it takes to have all of his
//! allowance again. The machine's own address is not one: a proxy that tells no addresses would be the whole crowd.

use crate::bucket::{Bucket, Rate};
use otklik_model::CustomerId;
use parking_lot::Mutex;
use std::{collections::HashMap, hash::Hash, sync::Arc, time::Instant};
use uuid::Uuid;

/// Stands for an address of the network.
pub(super) type Address = Uuid;

/// Whoever is remembered is looked through when there are so many.
const MANY: usize = 1_024;

/// What one customer and one address may do.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CrowdLimits {
    /// Connections of one address at a time.
    pub pages: u32,
    /// New customers of one address.
    pub customers: Rate,
    /// New dialogs of one address.
    pub dialogs: Rate,
    /// Messages of one address.
    pub messages: Rate,
}

impl Default for CrowdLimits {
    /// Wide enough for an office or a provider behind one address.
    fn default() -> Self {
        Self {
            pages: 500,
            customers: Rate { burst: 200, per_second: 0.5 },
            dialogs: Rate { burst: 60, per_second: 0.2 },
            messages: Rate { burst: 200, per_second: 20.0 },
        }
    }
}

/// Buckets by whom they are for.
struct Buckets<K> {
    rate: Rate,
    of: HashMap<K, Bucket>,
    /// How many there may be before the full ones are forgotten.
    most: usize,
}

impl<K: Eq + Hash> Buckets<K> {
    fn new(rate: Rate) -> Self {
        Self { rate, of: HashMap::new(), most: MANY }
    }

    fn take(&mut self, key: K, now: Instant) -> bool {
        if self.of.len() >= self.most {
            self.of.retain(|_, bucket| !bucket.is_full(now));
            self.most = MANY.max(2 * self.of.len());
        }
        self.of.entry(key).or_insert_with(|| Bucket::new(self.rate, now)).take(now)
    }
}

/// Everybody who writes to a workspace over this process.
pub struct Crowd {
    most_pages: u32,
    inside: Mutex<Inside>,
}

struct Inside {
    pages: HashMap<Address, u32>,
    customers: Buckets<Address>,
    dialogs: Buckets<Address>,
    messages_of_address: Buckets<Address>,
    messages_of_customer: Buckets<CustomerId>,
}

/// A connection that counts as long as it lives.
pub struct Visit {
    crowd: Arc<Crowd>,
    address: Option<Address>,
}

impl Crowd {
    /// `messages`: of one customer.
    #[must_use]
    pub fn new(limits: CrowdLimits, messages: Rate) -> Arc<Self> {
        let inside = Inside {
            pages: HashMap::new(),
            customers: Buckets::new(limits.customers),
            dialogs: Buckets::new(limits.dialogs),
            messages_of_address: Buckets::new(limits.messages),
            messages_of_customer: Buckets::new(messages),
        };
        Arc::new(Self { most_pages: limits.pages, inside: Mutex::new(inside) })
    }

    /// Lets a connection in; nothing, if its address has as many as it may. Without an address there is no such limit.
    #[must_use]
    pub fn enter(self: &Arc<Self>, address: Option<Address>) -> Option<Visit> {
        if let Some(address) = address {
            let mut inside = self.inside.lock();
            let pages = inside.pages.entry(address).or_default();
            if *pages >= self.most_pages {
                return None;
            }
            *pages += 1;
        }
        Some(Visit { crowd: self.clone(), address })
    }
}

impl Visit {
    /// What stands for its address; nothing for this machine's own.
    #[must_use]
    pub fn address(&self) -> Option<Uuid> {
        self.address
    }

    /// Whether a new customer may come from here.
    #[must_use]
    pub fn may_come(&self, now: Instant) -> bool {
        self.address.is_none_or(|address| self.crowd.inside.lock().customers.take(address, now))
    }

    /// Whether this customer may say something from here now; `begins`: in a new dialog.
    #[must_use]
    pub fn may_say(&self, customer: CustomerId, begins: bool, now: Instant) -> bool {
        let inside = &mut *self.crowd.inside.lock();
        if !inside.messages_of_customer.take(customer, now) {
            return false;
        }
        let Some(address) = self.address else { return true };
        // What is refused as a new dialog costs the other customers of the address nothing.
        (!begins || inside.dialogs.take(address, now)) && inside.messages_of_address.take(address, now)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut inside = self.crowd.inside.lock();
        if let Some(pages) = inside.pages.get_mut(&address) {
            *pages -= 1;
            if *pages == 0 {
                inside.pages.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const ONCE: Rate = Rate { burst: 2, per_second: 1.0 };

    fn crowd() -> Arc<Crowd> {
        let limits =
            CrowdLimits { pages: 2, customers: ONCE, dialogs: ONCE, messages: Rate { burst: 4, per_second: 1.0 } };
        Crowd::new(limits, Rate { burst: 3, per_second: 1.0 })
    }

    fn address(number: u128) -> Option<Address> {
        Some(Uuid::from_u128(number))
    }

    fn customer(number: u128) -> CustomerId {
        CustomerId(Uuid::from_u128(number))
    }

    #[test]
    fn s_h11_connections_of_one_address_are_counted_while_they_live() {
        let crowd = crowd();
        let (one, two) = (crowd.enter(address(1)), crowd.enter(address(1)));
        assert!(one.is_some() && two.is_some() && crowd.enter(address(1)).is_none());
        assert!(crowd.enter(address(2)).is_some(), "another address");
        drop(one);
        assert!(crowd.enter(address(1)).is_some());
        drop(two);
        assert!(crowd.inside.lock().pages.is_empty(), "nobody is remembered who has gone");
        let many: Vec<_> = (0..100).map(|_| crowd.enter(None)).collect();
        assert!(many.iter().all(Option::is_some), "the machine's own");
    }

    #[test]
    fn s_h11_one_customer_writes_as_fast_over_many_connections_as_over_one() {
        let (crowd, now) = (crowd(), Instant::now());
        let (here, there) = (crowd.enter(None).unwrap(), crowd.enter(None).unwrap());
        let says = |visit: &Visit, who, ms| visit.may_say(customer(who), false, now + Duration::from_millis(ms));
        assert_eq!(
            [says(&here, 1, 0), says(&there, 1, 0), says(&here, 1, 0), says(&there, 1, 0)],
            [true, true, true, false]
        );
        assert!(says(&there, 2, 0), "another customer");
        assert!(says(&there, 1, 1_001), "a second later");
    }

    #[test]
    fn s_h11_many_customers_of_one_address_are_a_crowd() {
        let (crowd, now) = (crowd(), Instant::now());
        let (here, there) = (crowd.enter(address(1)).unwrap(), crowd.enter(address(2)).unwrap());
        assert_eq!([0; 3].map(|_| here.may_come(now)), [true, true, false]);
        assert_eq!([1, 2, 3].map(|who| here.may_say(customer(who), true, now)), [true, true, false], "new dialogs");
        assert!(here.may_say(customer(1), false, now), "the old ones go on");
        assert_eq!([4, 5].map(|who| here.may_say(customer(who), false, now)), [true, false], "four messages in all");
        assert!(there.may_come(now) && there.may_say(customer(9), true, now), "elsewhere nothing of it is felt");
    }

    #[test]
    fn s_h11_whoever_is_quiet_is_forgotten() {
        let (crowd, now) = (crowd(), Instant::now());
        let visit = crowd.enter(None).unwrap();
        let later = now + Duration::from_secs(60);
        for who in 0..MANY as u128 {
            assert!(visit.may_say(customer(who), false, now));
        }
        assert!(visit.may_say(customer(u128::MAX), false, later));
        assert_eq!(crowd.inside.lock().messages_of_customer.of.len(), 1);
    }
}
