//! That whoever is given a dialog has room for it, by what is stored.
//!
//! Who gives him one looks at what he carries before he decides. Another process that gives him one in the same moment
//! looks at the same: so the store counts once more, where one comes after the other.

use super::Work;
use crate::desk::{DialogAggregate, weighs_on};
use otklik_model::OperatorId;

/// The most that somebody may carry after a commit, if it gives him anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Who.
    pub operator: OperatorId,
    /// How much, in hundredths of an ordinary dialog.
    pub most: u32,
}

impl Room {
    /// Whether it is kept by work beside the dialogs that are stored as his.
    #[must_use]
    pub fn is_kept(&self, his: &[DialogAggregate], work: &Work) -> bool {
        let Work::Dialog(change) = work else { return true };
        let on_him = |dialog: &DialogAggregate| {
            let (_, weight) = weighs_on(&dialog.row).filter(|(who, _)| *who == self.operator)?;
            Some(u64::from(weight))
        };
        let Some(given) = on_him(&change.dialog) else { return true };
        let others = his.iter().filter(|dialog| dialog.row.id != change.dialog.row.id);
        others.filter_map(on_him).sum::<u64>() + given <= u64::from(self.most)
    }
}
