//! What happens by time: dialogs whose time-outs are due, operators who are gone, idle or off duty, errands.
//!
//! Of all processes that share a database one does it, the one that holds the lease; its commits carry the lease's
//! token, so that one that was paused and is no longer in charge changes nothing. What is due is found in the store
//! and done by a commit that makes it no longer due: nothing is lost over a restart, and nothing is done twice.
//!
//! Knows the office and the pure rules. Must not know sockets or frames.

mod attendance;
mod dialogs;
pub mod errands;
mod keeping;
mod people;
mod schedule;
pub mod statuses;
#[cfg(test)]
mod tests;

pub use attendance::Attending;

use crate::{
    centre::Centre,
    clock::later,
    office::Office,
    store::{FenceToken, StoreError},
};
use errands::{Carrier, Errands};
use keeping::Keeping;
use otklik_model::Stamp;
use std::{sync::Arc, time::Duration};

/// How often it is looked whether something is due. Also how late it may be.
const GRAIN: Duration = Duration::from_secs(1);
/// By then every process knows of another configuration, and what was decided by the one before is stored.
const KNOWN: Duration = Duration::from_secs(5);
/// How often it is looked who of the customers on the site is nowhere any more, where a process may die and leave them so.
const ABSENT: Duration = Duration::from_secs(120);

/// Starts the day's work of a process. It ends when the hub stops.
pub fn start(office: &Arc<Office>, carriers: Vec<Arc<dyn Carrier>>) {
    let errands = Errands::new(carriers);
    office.tasks.spawn(errands.run(office.clone()));
    office.tasks.spawn(Watch::new(office.clone()).run());
}

/// That this process is in charge.
#[derive(Clone, Copy, Debug)]
struct Duty {
    fence: FenceToken,
    /// Since when.
    since: Stamp,
}

struct Watch {
    office: Arc<Office>,
    duty: Option<Duty>,
    /// When the workplaces of this process were last noted.
    noted_at: Option<Stamp>,
    /// When working hours next change, and by which configuration that was found. Kept when all that followed from the
    /// last change is stored.
    hours_at: Option<HoursAt>,
    /// The configuration that all dialogs follow, and when that is looked at once more: somebody may have decided by the
    /// one before while they were read.
    followed: Option<(Arc<Centre>, Option<Stamp>)>,
    /// Since this process is in charge all was given back that those still held who are off duty.
    released: bool,
    /// When it is looked next who of the customers is nowhere.
    absent_at: Option<Stamp>,
    keeping: Keeping,
}

/// A configuration, and when somebody's working hours next change by it.
type HoursAt = (Arc<Centre>, Option<Stamp>);

impl Watch {
    fn new(office: Arc<Office>) -> Self {
        let (noted_at, hours_at, followed, absent_at) = (None, None, None, None);
        let (duty, released, keeping) = (None, false, Keeping::new());
        Self { office, duty, noted_at, hours_at, followed, released, absent_at, keeping }
    }

    async fn run(mut self) {
        let draining = self.office.draining.clone();
        loop {
            let began = self.office.now();
            if let Err(error) = self.turn().await {
                // The next turn finds all that is still due.
                tracing::warn!(%error, "what is due has to wait");
            }
            tokio::select! {
                () = draining.cancelled() => break,
                // What was never to happen may be due by other rules.
                () = self.office.rules_bell.notified() => {}
                // From when the turn began: what fell due during it is not to wait for one more.
                () = self.office.settings.clock.sleep_until(later(began, GRAIN)) => {}
            }
        }
        self.office.leave_duty().await;
    }

    /// Looks once at everything.
    async fn turn(&mut self) -> Result<(), StoreError> {
        let now = self.office.now();
        // First, so that one's own operators are never taken for gone.
        self.note_workplaces(now).await?;
        // Also of a process that is not in charge: nobody else knows what it could not store.
        self.office.release_what_is_owed().await?;
        let Some(lease) = self.office.hold_lease().await? else {
            self.duty = None;
            return Ok(());
        };
        let fence = lease.token;
        if self.duty.is_none_or(|duty| duty.fence != fence) {
            tracing::info!(token = fence.0, "in charge of what happens by time");
            self.duty = Some(Duty { fence, since: now });
            (self.hours_at, self.followed) = (None, None);
            self.released = false;
            self.absent_at = None;
        }
        if !self.released {
            self.released = self.office.release_of_the_gone().await?;
        }
        self.watch_customers(now).await?;
        self.follow_rules(fence, now).await?;
        dialogs::time_out(&self.office, fence).await?;
        self.look_after_people(fence).await?;
        self.office.free_dialogs_of_removed(fence).await?;
        self.keeping.turn(&self.office).await
    }

    /// Looks who of the customers is nowhere: once in charge, and again and again where another process may have died
    /// with its customers' pages.
    async fn watch_customers(&mut self, now: Stamp) -> Result<(), StoreError> {
        let again = self.absent_at.is_some_and(|at| !self.office.settings.alone && at <= now);
        if self.absent_at.is_none() || again {
            self.office.watch_the_absent().await?;
            self.absent_at = Some(later(now, ABSENT));
        }
        Ok(())
    }

    /// Has all dialogs follow the configuration in force, if they may not.
    async fn follow_rules(&mut self, fence: FenceToken, now: Stamp) -> Result<(), StoreError> {
        let centre = self.office.centre();
        let known = self.followed.as_ref().filter(|(known, _)| Arc::ptr_eq(known, &centre));
        let again = known.and_then(|(_, again)| *again);
        if known.is_some() && again.is_none_or(|again| now < again) {
            return Ok(());
        }
        let once_more = known.is_none().then(|| later(now, KNOWN));
        if dialogs::follow(&self.office, &centre, fence).await? {
            self.followed = Some((centre, once_more));
        }
        Ok(())
    }
}
