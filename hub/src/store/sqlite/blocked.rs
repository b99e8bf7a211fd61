//! A block, with every dialog that it closes.

use super::{
    customers,
    desk::{put, stands},
    identities::{going_on, identities, spread},
    turn::Turn,
};
use crate::store::{Blocked, BlockedAt, CommitError};

pub(super) fn commit_blocked(turn: &mut Turn<'_>, blocked: &mut Blocked) -> Result<(), CommitError> {
    // All that can conflict is asked before anything is changed.
    let mut stored = Vec::with_capacity(blocked.others.len());
    for change in &blocked.others {
        stored.push(stands(turn, change)?);
    }
    let customer = blocked.customer();
    for alias in identities(turn.db, turn.workspace, customer)? {
        if going_on(turn, alias.customer.id)?.into_iter().any(|dialog| !blocked.reaches(dialog)) {
            // It has begun meanwhile.
            return Err(CommitError::Conflict);
        }
    }
    match &mut blocked.at {
        BlockedAt::Dialog(change) => {
            let stored = stands(turn, change)?;
            customers::unchanged(turn, change)?;
            put(turn, stored.as_ref(), change)?;
        }
        BlockedAt::Customer { customer, version } => customers::put(turn, customer, *version)?,
    }
    for (change, stored) in blocked.others.iter_mut().zip(&stored) {
        // What is known of their customers follows at the end, for all of them.
        change.customer_before = None;
        put(turn, stored.as_ref(), change)?;
    }
    spread(turn, customer)?;
    Ok(())
}
