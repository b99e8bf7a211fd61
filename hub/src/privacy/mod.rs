//! Customers' rights over what is kept about them: told whole, erased whole, kept no longer than the centre says.
//!
//! Rows are the store's; what stands elsewhere (older entries of the log, contents of files, freed pages) goes by
//! errands, so that a crash in between loses nothing of it. Must not know sockets, frames or SQL.

mod errands;
mod told;

pub(crate) use errands::PrivacyErrands;
pub(crate) use told::{Told, tell};

use crate::{
    bus::Notice,
    office::Office,
    store::{AuditLine, Erased, Erasure, StoreError, Whose},
};

/// Erases a customer, or dialogs, and tells everybody who is connected. What is left to do follows by errands.
///
/// # Errors
/// The store fails; nothing was erased.
pub(crate) async fn erase(office: &Office, whose: Whose, line: AuditLine) -> Result<Erased, StoreError> {
    let erasure = Erasure { workspace: office.workspace.id, at: office.now(), whose, line };
    let erased = office.store.erase(erasure).await?;
    if !erased.is_nothing() {
        office.errand_bell.notify_one();
        office.bus.publish(Notice::Reached(office.workspace.id, erased.head));
    }
    Ok(erased)
}
