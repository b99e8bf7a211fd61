//! Ten thousand guesses: at one account from everywhere, and one at each of as many accounts.

use super::*;
use crate::store::{AddressKey, TRIES_KEPT_MS, TryLimits};

/// Guesses made at one time, and how many times there are.
const AT_ONCE: u128 = 100;
const TIMES: u128 = 100;
/// From one time to the next.
const MINUTE_MS: i64 = 60_000;
const LIMITS: TryLimits = TryLimits { account: 10, address: 100 };
/// Of one account that is at its limit one more is let through after each wait, which soon is five minutes.
const AFTER_WAITS: usize = 6;

/// Guesses at `(account, address)` of each number, a hundred each minute. Returns when one was let through.
async fn guess(store: &Arc<dyn Store>, of: fn(u128) -> (Uuid, AddressKey)) -> Vec<Stamp> {
    let mut passed = Vec::new();
    for time in 0..TIMES {
        let now = Stamp(i64::try_from(time).unwrap() * MINUTE_MS);
        let tries = (0..AT_ONCE).map(|number| {
            let (account, address) = of(time * AT_ONCE + number);
            store.begin_try(account, address, LIMITS, now)
        });
        for wait in futures_util::future::join_all(tries).await {
            match wait.unwrap() {
                None => passed.push(now),
                Some(wait) => assert!(wait <= TRIES_KEPT_MS.unsigned_abs(), "nobody waits for longer: {wait}"),
            }
        }
    }
    passed
}

/// The most that were let through in any fifteen minutes.
fn most_in_a_while(passed: &[Stamp]) -> usize {
    let within = |from: &Stamp| passed.iter().filter(|at| (from.0..from.0 + TRIES_KEPT_MS).contains(&at.0)).count();
    passed.iter().map(within).max().unwrap_or(0)
}

pub(crate) async fn s_h2_ten_thousand_guesses_at_one_account_are_a_few_dozen(store: Arc<dyn Store>) {
    let account = id(7);
    let passed = guess(&store, |number| (id(7), AddressKey(id(1_000_000 + number)))).await;
    let most = most_in_a_while(&passed);
    assert!((10..=10 + AFTER_WAITS).contains(&most), "{most} in fifteen minutes");
    // Its owner waits for five minutes at most, whoever guesses.
    let later = Stamp(passed.last().unwrap().0 + 300_000);
    assert_eq!(store.begin_try(account, AddressKey(id(1)), LIMITS, later).await.unwrap(), None);
    store.forgive(account, AddressKey(id(1))).await.unwrap();
    assert_eq!(store.begin_try(account, AddressKey(id(1)), LIMITS, later).await.unwrap(), None);
}

pub(crate) async fn s_h2_ten_thousand_accounts_guessed_at_once_each_are_a_matter_of_the_address(store: Arc<dyn Store>) {
    let passed = guess(&store, |number| (id(1_000_000 + number), AddressKey(id(7)))).await;
    assert_eq!(most_in_a_while(&passed), 100, "of one address");
    let last = Stamp(i64::try_from(TIMES - 1).unwrap() * MINUTE_MS);
    let elsewhere = store.begin_try(id(1_000_000), AddressKey(id(8)), LIMITS, last).await.unwrap();
    assert_eq!(elsewhere, None, "whoever comes from elsewhere feels nothing of it");
}
