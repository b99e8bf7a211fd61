//! A block of a customer, and of whoever is one person with him.
//!
//! It closes every dialog in which one of them could go on, so all of these are one piece of work: a person who is
//! blocked and still has a dialog is never there, not even between two positions of the log.

use super::DialogChange;
use otklik_model::{Customer, CustomerId, DialogId};

/// Somebody who may not write any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// What was asked for.
    pub at: BlockedAt,
    /// The other dialogs that go on of all who are one person with him, himself among them: closed by it. Their customers'
    /// rows follow his.
    pub others: Vec<DialogChange>,
}

/// Where somebody is blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockedAt {
    /// In a dialog of his, whether it goes on or not.
    Dialog(Box<DialogChange>),
    /// A customer who has no dialog that goes on, as by [`super::Work::Customer`].
    Customer {
        /// The new values.
        customer: Box<Customer>,
        /// The version they were made from.
        version: u64,
    },
}

impl Blocked {
    /// Who was asked about.
    #[must_use]
    pub fn customer(&self) -> CustomerId {
        match &self.at {
            BlockedAt::Dialog(change) => change.dialog.row.customer.id,
            BlockedAt::Customer { customer, .. } => customer.id,
        }
    }

    /// All dialogs that change, the one that was asked about first.
    pub fn changes(&self) -> impl Iterator<Item = &DialogChange> {
        let first = match &self.at {
            BlockedAt::Dialog(change) => Some(&**change),
            BlockedAt::Customer { .. } => None,
        };
        first.into_iter().chain(&self.others)
    }

    /// Whether a dialog is one of these.
    #[must_use]
    pub fn reaches(&self, dialog: DialogId) -> bool {
        self.changes().any(|change| change.dialog.row.id == dialog)
    }
}
