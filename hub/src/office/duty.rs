//! Which process is in charge of what happens by time, and where operators' workplaces are.

use super::Office;
use crate::{
    clock::later,
    store::{Attendance, Lease, StoreError},
};
use otklik_model::{OperatorId, Stamp};
use std::{sync::Arc, time::Duration};

/// How long a process is in charge unless it renews that: so late may things be that happen by time, if it dies.
const LEASE: Duration = Duration::from_secs(4);
/// The same where no other process could take over: then it costs a write now and then and serves nothing.
const LEASE_ALONE: Duration = Duration::from_secs(600);

impl Office {
    /// The lease of the workspace, if this process has it or can have it now. Renewed in time, so that it can be asked
    /// for again and again at no cost.
    ///
    /// # Errors
    /// The store fails.
    pub async fn hold_lease(&self) -> Result<Option<Lease>, StoreError> {
        let (now, ttl) = (self.now(), if self.settings.alone { LEASE_ALONE } else { LEASE });
        let mut held = self.lease.lock().await;
        if let Some(lease) = held.filter(|lease| later(now, ttl / 2) < lease.until) {
            return Ok(Some(lease));
        }
        // Who stops takes on nothing: it may have given the lease back already, and nobody would do so again.
        if self.draining.is_cancelled() {
            return Ok(None);
        }
        *held = self.take_lease(ttl).await?;
        Ok(*held)
    }

    /// Gives the lease back, so that the next process need not wait for its end, and has its customers' pages count no
    /// more. Of a process that stops.
    pub async fn leave_duty(&self) {
        if !self.settings.alone
            && let Err(error) = self.store.stop_node(self.node).await
        {
            // Whoever is not heard of counts as dead before long.
            tracing::debug!(%error, "that this process stops could not be written down");
        }
        if self.lease.lock().await.take().is_none() {
            return;
        }
        if let Err(error) = self.take_lease(Duration::ZERO).await {
            // It ends by itself.
            tracing::debug!(%error, "the lease could not be given back");
        }
    }

    async fn take_lease(&self, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        self.store.take_lease(self.workspace.id, self.node, self.now(), ttl_ms).await
    }

    /// A workplace of an operator opens, and is there until what is returned is dropped.
    ///
    /// # Errors
    /// The store fails.
    pub async fn take_seat(self: &Arc<Self>, operator: OperatorId) -> Result<Seated, StoreError> {
        let _noting = self.noting.lock().await;
        let now = self.now();
        self.attending.come(operator, now);
        let seated = Seated { office: self.clone(), operator };
        let note = Attendance { operator, seen_at: now, active_at: now, left_at: None };
        self.store.note_attendance(self.workspace.id, vec![note]).await?;
        Ok(seated)
    }

    /// Whoever signs in has no workplace open yet, and the same time to open one as to come back.
    pub(super) async fn note_absence(&self, operator: OperatorId) -> Result<(), StoreError> {
        if self.attending.active_at(operator).is_some() {
            return Ok(());
        }
        let now = self.now();
        let note = Attendance { operator, seen_at: now, active_at: now, left_at: Some(now) };
        self.store.note_attendance(self.workspace.id, vec![note]).await
    }

    /// Notes that a workplace is gone, and only then forgets it: whoever looks in between must not take him for lost.
    async fn leave_seat(&self, operator: OperatorId, at: Stamp) {
        let _noting = self.noting.lock().await;
        let note = |left_at, active_at| vec![Attendance { operator, seen_at: at, active_at, left_at }];
        let last = self.attending.leaves(operator);
        if let Some(active_at) = last {
            self.note_or_warn(note(Some(at), active_at)).await;
        }
        if self.attending.go(operator)
            && let Some(active_at) = last
        {
            // Another one was opened meanwhile, and may have been noted before.
            self.note_or_warn(note(None, active_at)).await;
        }
    }

    async fn note_or_warn(&self, notes: Vec<Attendance>) {
        if let Err(error) = self.store.note_attendance(self.workspace.id, notes).await {
            // He counts as gone when the process has been silent about him for long enough.
            tracing::warn!(%error, "where an operator's workplaces are could not be noted");
        }
    }
}

/// That an operator has a workplace open.
pub struct Seated {
    office: Arc<Office>,
    operator: OperatorId,
}

impl Drop for Seated {
    fn drop(&mut self) {
        let (office, operator) = (self.office.clone(), self.operator);
        // A hub that stops sends everybody away: nobody has left by himself.
        if office.draining.is_cancelled() {
            office.attending.go(operator);
            return;
        }
        let at = office.now();
        office.tasks.clone().spawn(async move { office.leave_seat(operator, at).await });
    }
}
