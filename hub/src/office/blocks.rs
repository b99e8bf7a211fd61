//! A block is of a person: whoever may not write any more does not go on elsewhere either, as whichever of his customers.
//! All his dialogs are closed in one commit, each by a decision of its own, on the version that was read.

use super::Office;
use super::settle::{Ask, Decided, decide_on};
use crate::desk::{Command, DialogAggregate, Event};
use crate::store::{Blocked, BlockedAt, DialogChange, StoreError, Work};
use otklik_model::{Block, CustomerId, DialogId, Stamp};

impl Office {
    /// What a decided block does to the dialogs that go on beside the one it was asked of: all of whoever is one person
    /// with its customer, and his own, if the block was asked of an older one.
    pub(super) async fn closed_along(
        &self,
        ask: &Ask<'_>,
        decided: &Decided,
        now: Stamp,
    ) -> Result<Vec<DialogChange>, StoreError> {
        let (Some(by), Ok((dialog, events))) = (&ask.blocker, decided) else { return Ok(Vec::new()) };
        match events.iter().find_map(block_of) {
            Some(block) => self.closed_by(by, block, dialog.row.customer.id, Some(dialog.row.id), now).await,
            None => Ok(Vec::new()),
        }
    }

    /// The dialogs that go on of a customer and of whoever is one person with him, but for the one named, each closed.
    pub(super) async fn closed_by(
        &self,
        by: &str,
        block: &Block,
        customer: CustomerId,
        but: Option<DialogId>,
        now: Stamp,
    ) -> Result<Vec<DialogChange>, StoreError> {
        let mut closed = Vec::new();
        for alias in self.store.identities(self.workspace.id, customer).await? {
            let found = self.store.dialog_of(self.workspace.id, alias.customer.id).await?;
            if found.as_ref().is_none_or(|found| Some(found.row.id) == but) {
                continue;
            }
            let decided = self.decided(found, None, now, &mut |found, moment| {
                let command = Command::BlockedElsewhere { by: by.to_owned(), block: block.clone() };
                decide_on(found, command, moment)
            });
            closed.extend(decided.ok().map(|(dialog, events)| DialogChange::timed(&dialog, events, &self.centre())));
        }
        Ok(closed)
    }

    /// A dialog of whose customer something is asked: one that is over with who he is now.
    pub(super) async fn with_todays_customer(
        &self,
        ask: &Ask<'_>,
        found: Option<DialogAggregate>,
    ) -> Result<Option<DialogAggregate>, StoreError> {
        let Some(mut dialog) = found else { return Ok(None) };
        if ask.of_customer && dialog.row.state.is_final() {
            let today = self.store.customer(self.workspace.id, dialog.row.customer.id).await?;
            dialog.row.customer = today.map_or(dialog.row.customer, |(customer, _)| customer);
        }
        Ok(Some(dialog))
    }
}

/// A changed dialog as work: with what is closed along, if it is a block.
pub(super) fn work_of(ask: &Ask<'_>, change: DialogChange, others: Vec<DialogChange>) -> Work {
    if ask.blocker.is_some() {
        Work::Blocked(Box::new(Blocked { at: BlockedAt::Dialog(Box::new(change)), others }))
    } else {
        Work::Dialog(Box::new(change))
    }
}

fn block_of(event: &Event) -> Option<&Block> {
    let Event::CustomerChanged { customer, .. } = event else { return None };
    customer.particulars.block.as_ref()
}
