//! Dialogs in which something is due by time.

use crate::{
    centre::Centre,
    desk::deadline,
    office::Office,
    store::{FenceToken, StoreError},
};
use otklik_model::{Outcome, Seq};

/// Dialogs read at once.
const PAGE: u32 = 200;

/// Does all that is due now, also what becomes due by it.
///
/// # Errors
/// The store fails; what was not done is still due.
pub(super) async fn time_out(office: &Office, fence: FenceToken) -> Result<(), StoreError> {
    loop {
        let mut moved = false;
        for dialog in office.store.due(office.workspace.id, office.now(), PAGE).await? {
            match office.time_out(dialog, Some(fence)).await {
                Ok(Outcome::Done { at_seq, .. }) => moved |= at_seq > Seq(0),
                Ok(Outcome::Refused { reason }) => tracing::error!(%dialog, ?reason, "a time-out was refused"),
                // Another process is in charge, or the store is busy: it is still due.
                Err(_) => return Ok(()),
            }
        }
        // What does not end its own cause must not be tried for ever.
        if !moved {
            return Ok(());
        }
    }
}

/// Has every dialog follow this configuration: by another one something was due at another time, or never. Returns
/// whether none is left out; what is has to be looked for again.
///
/// # Errors
/// The store fails.
pub(super) async fn follow(office: &Office, centre: &Centre, fence: FenceToken) -> Result<bool, StoreError> {
    for dialog in office.store.unfinished_dialogs(office.workspace.id).await? {
        let due_at = deadline(&dialog, centre).map(|(at, _)| at);
        if dialog.due_at != due_at && office.time_out(dialog.row.id, Some(fence)).await.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}
