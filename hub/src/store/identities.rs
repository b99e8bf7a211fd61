//! Customers who are one person: kept as sets, each named by the least number of its customers.
//!
//! What is known of one of them is known of all. Whoever changes a customer therefore changes the others in the same
//! transaction: their own rows, and the copies in their dialogs that go on. When a set itself becomes another, all
//! dialogs of its customers do, also those that are over: who may see them, and under whom they are found, depends on it.

use super::{DialogChange, StoreError};
use crate::desk::{Alias, DialogAggregate, Event};
use async_trait::async_trait;
use otklik_model::{Customer, CustomerId, OperatorId, WorkspaceId};

/// Customers as they stand in their sets from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regroup {
    /// All who were and are in the sets concerned, each in the version that was read.
    pub people: Vec<Alias>,
    /// By whom.
    pub by: Option<OperatorId>,
}

/// Who is one person with whom, and who is called so.
#[async_trait]
pub trait IdentityStore: Send + Sync + 'static {
    /// All customers who are one person with this one, himself among them, by number; nobody, if there is no such one.
    async fn identities(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Vec<Alias>, StoreError>;
    /// At most `limit` customers of whom a name, an address or a phone number has a part that begins so: what
    /// [`otklik_words::sought`] makes of a question.
    async fn customers_called(
        &self,
        workspace: WorkspaceId,
        beginning: &str,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError>;
}

/// Which dialogs of a customer follow a change of him that was not made in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followers {
    /// The one that is not closed for good.
    GoingOn,
    /// All: who may see them depends on it.
    All,
}

impl Followers {
    /// Of a change that was made elsewhere.
    #[must_use]
    pub fn of(before: &Customer, after: &Customer) -> Self {
        let seen_alike = before.particulars.restricted == after.particulars.restricted;
        if seen_alike { Self::GoingOn } else { Self::All }
    }

    /// Of a change that was made in a dialog of his; nobody, if it is the one that goes on and the others stay as they were.
    #[must_use]
    pub fn of_change(change: &DialogChange) -> Option<Self> {
        let which = Self::of(change.customer_before.as_deref()?, &change.dialog.row.customer);
        (which == Self::All || change.was_final()).then_some(which)
    }
}

/// What becomes of a dialog's copy of its customer; nothing, if it is the same already.
pub(super) fn told(dialog: &DialogAggregate, customer: &Customer, by: Option<OperatorId>) -> Option<Event> {
    let changes = dialog.row.customer != *customer;
    changes.then(|| Event::CustomerChanged { customer: Box::new(customer.clone()), by })
}
