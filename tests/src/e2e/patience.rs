//! Waiting for something to become true. Nothing in these tests waits for a length of time and then hopes.

use anyhow::{Result, anyhow};
use std::future::Future;
use std::time::{Duration, Instant};

/// How long anything on a screen may take, on a machine that has other work to do.
pub const SOON: Duration = Duration::from_secs(10);

/// How long a program may take until it answers.
pub const START: Duration = Duration::from_secs(30);

/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Looks until `look` answers with something, and hands it over.
///
/// # Errors
/// Nothing came in time. Says what was wanted and why the last look failed, if it did.
pub async fn until<T, L, F>(wanted: &str, patience: Duration, mut look: L) -> Result<T>
where
    L: FnMut() -> F,
    F: Future<Output = Result<Option<T>>>,
{
    let deadline = Instant::now() + patience;
    loop {
        let looked = look().await;
        if let Ok(Some(found)) = looked {
            return Ok(found);
        }
        if Instant::now() > deadline {
            let said = format!("not within {} s: {wanted}", patience.as_secs());
            return Err(match looked {
                Err(why) => why.context(said),
                Ok(_) => anyhow!(said),
            });
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Looks until `look` is true.
///
/// # Errors
/// As [`until`].
pub async fn until_true<L, F>(wanted: &str, patience: Duration, mut look: L) -> Result<()>
where
    L: FnMut() -> F,
    F: Future<Output = Result<bool>>,
{
    until(wanted, patience, || {
        let looked = look();
        async move { Ok(looked.await?.then_some(())) }
    })
    .await
}
