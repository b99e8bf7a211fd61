//! Rights follow from posts and roles: whoever changed one of them waits until they do.

use crate::{
    bus::Notice,
    office::{self, Office},
    store::StoreError,
};

/// Brings everybody's rights up to date, and tells that the log has grown if some were not.
///
/// # Errors
/// The store fails; or the rows keep changing.
pub(super) async fn regrant(office: &Office) -> Result<(), StoreError> {
    let workspace = office.workspace.id;
    if office::regrant(&*office.store, workspace, office.now()).await? > 0 {
        office.bus.publish(Notice::Reached(workspace, office.store.head(workspace).await?));
    }
    Ok(())
}
