//! Distribution: the loop of the one process that holds a workspace's lease.
//!
//! It follows the log, keeps the [`Board`](crate::desk::assign::Board) true, and stores what the board decides. The
//! log is the truth: a decision that is out of date conflicts and is made anew, and one that was made under a lease
//! that another process has by now is fenced, however late it comes.

mod dispatcher;
mod view;

pub use dispatcher::{Batch, Dispatcher, Given, Ground, Stop};

use crate::{bus::Notice, clock::later, office::Office, store::Entry};
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::{self, error::RecvError};

/// The board is looked at this often even if nothing is heard: the lease may have become free.
const LOOK: Duration = Duration::from_secs(1);

/// Gives out the dialogs of an office for as long as it is open.
pub fn start(office: &Arc<Office>) {
    office.tasks.spawn(run(office.clone()));
}

async fn run(office: Arc<Office>) {
    let mut entries = office.entries();
    let mut dispatcher = None;
    loop {
        // Reckoned from before the look: time that passes while it lasts counts.
        let next = later(office.now(), LOOK);
        if let Err(stop) = turn(&office, &mut dispatcher).await {
            tracing::warn!(%stop, "distribution begins anew");
            dispatcher = None;
        }
        // Whoever passed a dialog may be asked again.
        let due = dispatcher.as_ref().and_then(Dispatcher::next_look).map_or(next, |due| due.min(next));
        tokio::select! {
            () = office.draining.cancelled() => return,
            () = news(&mut entries) => {}
            () = office.settings.clock.sleep_until(due) => {}
        }
    }
}

/// One look: does what can be done now.
async fn turn(office: &Office, dispatcher: &mut Option<Dispatcher>) -> Result<(), Stop> {
    let Some(lease) = office.hold_lease().await? else {
        *dispatcher = None;
        return Ok(());
    };
    let current = dispatcher.take().filter(|current| current.fence() == lease.token);
    let current = match current {
        Some(current) => dispatcher.insert(current),
        None => {
            let clock = office.settings.clock.clone();
            let ground = Ground { store: office.store.clone(), workspace: office.workspace.id, clock };
            dispatcher.insert(Dispatcher::begin(ground, lease.token).await?)
        }
    };
    // Held until all is stored: a script gives dialogs out, and people by hand.
    let _turn = office.turn_of_distribution().await;
    current.follow().await?;
    let tell = |head| office.bus.publish(Notice::Reached(office.workspace.id, head));
    let Given { placed, .. } = current.give_out(tell).await?;
    if placed > 0 {
        tracing::debug!(placed, "dialogs given out");
    }
    Ok(())
}

/// Returns when the log has grown. What it says is read from the log itself.
async fn news(entries: &mut broadcast::Receiver<Arc<Entry>>) {
    if let Err(RecvError::Closed) = entries.recv().await {
        // The office is gone, and is not coming back.
        std::future::pending::<()>().await;
    }
    while !entries.is_empty() {
        // Missed ones are in the log.
        let _ = entries.try_recv();
    }
}

#[cfg(test)]
mod tests;
