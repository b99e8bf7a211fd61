//! Dialogs of operators who may not sign in any more: disabled, or their accounts given up.
//!
//! Found by the rows of operators, whoever changed them: the administration, a file, the command line, or somebody while
//! no hub ran.

use super::{KNOWN, Watch};
use crate::{
    clock::later,
    store::{FenceToken, StoreError},
};
use otklik_model::{OperatorId, Stamp};
use std::collections::BTreeSet;

impl Watch {
    /// Closes, or gives back, what those still hold who are disabled.
    pub(super) async fn free_the_removed(&mut self, fence: FenceToken, now: Stamp) -> Result<(), StoreError> {
        let disabled: BTreeSet<OperatorId> =
            self.office.faces().into_iter().filter(|face| face.disabled).map(|face| face.id).collect();
        // Whoever may work again may be disabled again.
        self.freed.retain(|operator, _| disabled.contains(operator));
        for operator in disabled {
            let again = match self.freed.get(&operator) {
                // Another process may not know of it yet, and still give him something.
                None => Some(later(now, KNOWN)),
                Some(Some(again)) if *again <= now => None,
                Some(_) => continue,
            };
            if self.office.free_dialogs_of_removed(operator, fence).await? {
                self.freed.insert(operator, again);
            }
        }
        Ok(())
    }
}
