//! Errands: what was decided here and has to be done outside, by those who can.
//!
//! An errand is stored by the commit that decides it. It is begun at once by the process in charge, and again after a
//! restart if nobody noted its end; who carries one bears being asked twice.

use crate::{
    clock::later,
    office::Office,
    store::{Errand, ErrandEnd, ErrandKind, StoreError},
};
use async_trait::async_trait;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::task::{self, JoinError, JoinSet};
use uuid::Uuid;

/// Errands under way at once.
const AT_ONCE: usize = 32;
/// The wait after the first try in vain; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How an errand went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Done, or no longer needed.
    Done,
    /// Not this time.
    Again {
        /// After so long; after a wait that grows with each try, if nothing is said.
        after: Option<Duration>,
        /// Why, for the log. Names no person and no words of one.
        why: String,
    },
    /// Never. What follows from that is done already.
    Failed {
        /// Why, for administrators.
        why: String,
    },
}

/// Somebody who carries out errands of some kind.
#[async_trait]
pub trait Carrier: Send + Sync + 'static {
    /// Whether errands of this kind are his.
    fn carries(&self, kind: &ErrandKind) -> bool;
    /// Carries one out. The same errand may come again, also after it was done: its id is the key by which to notice.
    async fn carry(&self, office: &Arc<Office>, errand: &Errand) -> Carried;
}

/// The errands of a process.
pub(super) struct Errands {
    carriers: Vec<Arc<dyn Carrier>>,
    under_way: BTreeSet<Uuid>,
    running: JoinSet<Result<(), StoreError>>,
    /// Which errand a task carries out, and how often it was tried before.
    tasks: HashMap<task::Id, (Uuid, u32)>,
}

/// How a task ended.
type Ended = Result<(task::Id, Result<(), StoreError>), JoinError>;

impl Errands {
    pub(super) fn new(carriers: Vec<Arc<dyn Carrier>>) -> Self {
        Self { carriers, under_way: BTreeSet::new(), running: JoinSet::new(), tasks: HashMap::new() }
    }

    /// Begins errands as they fall due, until the hub stops. Those under way then are begun again by the next process.
    pub(super) async fn run(mut self, office: Arc<Office>) {
        let look = office.settings.timing.look;
        loop {
            if let Err(error) = self.begin_due(&office).await {
                tracing::warn!(%error, "errands have to wait");
            }
            tokio::select! {
                () = office.draining.cancelled() => return,
                Some(ended) = self.running.join_next_with_id() => self.note(&office, ended).await,
                () = office.errand_bell.notified() => {}
                // Another process may have stored one, and a clock that is moved by hand rings no bell.
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    async fn begin_due(&mut self, office: &Arc<Office>) -> Result<(), StoreError> {
        while let Some(ended) = self.running.try_join_next_with_id() {
            self.note(office, ended).await;
        }
        let free = AT_ONCE.saturating_sub(self.under_way.len());
        if free == 0 || office.hold_lease().await?.is_none() {
            return Ok(());
        }
        // As many more as are under way may be found: those are still due.
        let limit = u32::try_from(free + self.under_way.len()).unwrap_or(u32::MAX);
        let due = office.store.errands_due(office.workspace.id, office.now(), limit).await?;
        for errand in due {
            if self.under_way.len() < AT_ONCE && self.under_way.insert(errand.id) {
                let carrier = self.carriers.iter().find(|carrier| carrier.carries(&errand.kind)).cloned();
                let (office, what) = (office.clone(), (errand.id, errand.attempts));
                let task = self.running.spawn(async move { carry(&office, carrier, &errand).await });
                self.tasks.insert(task.id(), what);
            }
        }
        Ok(())
    }

    async fn note(&mut self, office: &Office, ended: Ended) {
        let task = match &ended {
            Ok((task, _)) => *task,
            Err(error) => error.id(),
        };
        let Some((id, attempts)) = self.tasks.remove(&task) else { return };
        let noted = match ended {
            Ok((_, noted)) => noted,
            Err(error) => {
                tracing::error!(%error, %id, "an errand broke off: it is tried again");
                let at = later(office.now(), wait_after(attempts));
                office.store.settle_errand(id, ErrandEnd::Again { at }).await
            }
        };
        self.under_way.remove(&id);
        if let Err(error) = noted {
            tracing::warn!(%error, %id, "the end of an errand could not be noted: it is carried out again");
        }
    }
}

async fn carry(office: &Arc<Office>, carrier: Option<Arc<dyn Carrier>>, errand: &Errand) -> Result<(), StoreError> {
    let carried = match carrier {
        Some(carrier) => carrier.carry(office, errand).await,
        None => Carried::Failed { why: "this hub has nothing that could do it".to_owned() },
    };
    let end = match carried {
        Carried::Done => ErrandEnd::Done,
        Carried::Again { after, why } => {
            let wait = after.unwrap_or_else(|| wait_after(errand.attempts));
            tracing::info!(id = %errand.id, attempts = errand.attempts + 1, why, "an errand has to be tried again");
            ErrandEnd::Again { at: later(office.now(), wait) }
        }
        Carried::Failed { why } => {
            tracing::warn!(id = %errand.id, attempts = errand.attempts + 1, why, "an errand is given up");
            ErrandEnd::Failed { at: office.now(), why }
        }
    };
    office.store.settle_errand(errand.id, end).await
}

fn wait_after(attempts: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << attempts.min(10)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        for (attempts, seconds) in [(0, 5), (1, 10), (6, 320), (7, 600), (u32::MAX, 600)] {
            assert_eq!(wait_after(attempts), Duration::from_secs(seconds), "{attempts}");
        }
    }
}
