//! Opens the workspaces in which something is about to happen, though nobody has come for them.
//!
//! Knows what an office does by itself, and where the store tells that there is some of it.

use super::Offices;
use crate::store::{OperatorRow, Store, StoreError};
use otklik_model::{OperatorStatus, Stamp, WorkspaceId};
use std::{sync::Arc, time::Duration};

/// Later than anything that is due.
const EVER: Stamp = Stamp(i64::MAX);
/// It is looked this often: another process that had a workspace open may have died.
const LOOK: Duration = Duration::from_secs(30);

impl Offices {
    /// Opens every workspace in which something happens by itself.
    ///
    /// # Errors
    /// The store fails; those that were opened stay open.
    pub(super) async fn wake(&self) -> Result<(), StoreError> {
        let store = &self.premises.store;
        for (short, workspace) in store.workspaces().await? {
            if !self.is_open(workspace.id).await && stirs(&**store, workspace.id).await? {
                tracing::info!(short, "something happens by itself in this workspace");
                self.enter(&short, workspace).await?;
            }
        }
        Ok(())
    }

    /// Goes on waking workspaces until the hub stops.
    pub(super) fn keep_waking(self: &Arc<Self>) {
        let (offices, main) = (self.clone(), self.main.office.clone());
        main.tasks.clone().spawn(async move {
            loop {
                tokio::select! {
                    () = main.draining.cancelled() => return,
                    () = main.settings.clock.sleep(LOOK) => {}
                }
                if let Err(error) = offices.wake().await {
                    tracing::warn!(%error, "workspaces that nobody has come for have to wait");
                }
            }
        });
    }
}

/// Whether something happens in a workspace by itself: a time-out, an errand, a dialog that looks for somebody, a
/// customer who may have left while nobody looked, an operator who may be lost or whose day may end,
/// something that is over its term. Whoever is off duty
/// comes back with his workplace, and that opens it.
async fn stirs(store: &dyn Store, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let terms = store.centre(workspace).await?.centre.retention.has_terms();
    Ok(terms
        || !store.due(workspace, EVER, 1).await?.is_empty()
        || !store.errands_due(workspace, EVER, 1).await?.is_empty()
        || store.waiting(workspace).await? > 0
        || !store.customers_on_site(workspace).await?.is_empty()
        || store.operators(workspace).await?.iter().any(is_on_duty))
}

fn is_on_duty(row: &OperatorRow) -> bool {
    !row.disabled && !row.post.is_bot && row.status != OperatorStatus::Offline
}
