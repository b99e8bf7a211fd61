//! A block, with every dialog that it closes.

use super::{
    batch::{Batch, Stop},
    customers,
    identities::{going_on, identities, spread},
};
use crate::store::{Blocked, BlockedAt};
use otklik_model::Stamp;

pub(super) async fn commit(batch: &mut Batch<'_>, at: Stamp, blocked: &Blocked) -> Result<(), Stop> {
    // What is asked below is asked of the database, and has to see what was decided before.
    batch.flush().await?;
    blocked.changes().try_for_each(|change| batch.stands(change))?;
    let customer = blocked.customer();
    for alias in identities(batch.transaction, batch.workspace, customer).await? {
        let dialogs = going_on(batch.transaction, batch.workspace, alias.customer.id).await?;
        if dialogs.into_iter().any(|dialog| !blocked.reaches(dialog)) {
            // It has begun meanwhile.
            return Err(Stop::Conflict);
        }
    }
    match &blocked.at {
        BlockedAt::Dialog(change) => {
            customers::unchanged(batch, change).await?;
            batch.put_decided(at, (**change).clone()).await?;
        }
        BlockedAt::Customer { customer, version } => customers::put(batch, at, customer, *version).await?,
    }
    for change in &blocked.others {
        let mut change = change.clone();
        // What is known of their customers follows at the end, for all of them.
        change.customer_before = None;
        batch.put_decided(at, change).await?;
    }
    spread(batch, at, customer).await
}
