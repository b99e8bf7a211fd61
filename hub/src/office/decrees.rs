//! What administrators decide about a customer, whether he has a dialog or not.

use super::Office;
use super::settle::{ATTEMPTS, About, Ask, CONTENDED_MS, Later, Retried, done};
use crate::desk::{Actor, Command, blocked, decide, unblocked};
use crate::store::{AuditLine, Commit, CommitError, Work};
use otklik_model::{Customer, CustomerId, Outcome, Refusal, Stamp};

/// A decision about a customer.
#[derive(Clone, Debug)]
pub enum Decree {
    /// He may not write any more; a dialog of his is closed.
    Block {
        /// By whom.
        by: Actor,
        /// Until when; for ever, if it has no end.
        until: Option<Stamp>,
        /// Why.
        reason: String,
    },
    /// He may write again.
    Unblock {
        /// By whom.
        by: Actor,
    },
    /// Whether only operators with the right to see restricted customers see his dialogs.
    Restrict {
        /// They alone.
        on: bool,
    },
}

impl Decree {
    /// The customer as he is afterwards.
    fn of(&self, customer: &Customer, now: Stamp) -> Result<Customer, Refusal> {
        match self {
            Self::Block { by, until, reason } => blocked(customer, by, *until, reason, now),
            Self::Unblock { by } => Ok(unblocked(customer, by)?.unwrap_or_else(|| customer.clone())),
            Self::Restrict { on } => {
                let mut customer = customer.clone();
                customer.particulars.restricted = *on;
                Ok(customer)
            }
        }
    }

    /// What it is to a dialog of his.
    fn command(&self, customer: &Customer, now: Stamp) -> Result<Command, Refusal> {
        match self {
            // In a dialog the desk's own rules say who may, and the dialog is closed.
            Self::Block { by, until, reason } => {
                Ok(Command::Block { by: by.clone(), until: *until, reason: reason.clone() })
            }
            Self::Unblock { .. } | Self::Restrict { .. } => {
                Ok(Command::LearnCustomer(Box::new(self.of(customer, now)?)))
            }
        }
    }
}

impl Office {
    /// Carries out a decision about a customer, with its line in the trail if it changes anything.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn decree(&self, customer: CustomerId, decree: &Decree, line: &AuditLine) -> Retried {
        for _ in 0..ATTEMPTS {
            let Some((found, version)) = self.store.customer(self.workspace.id, customer).await? else {
                return Ok(Outcome::Refused { reason: Refusal::NotFound });
            };
            if self.store.dialog_of(self.workspace.id, customer).await?.is_some() {
                match self.decree_in_dialog(customer, decree, line).await? {
                    Some(outcome) => return Ok(outcome),
                    // It came to its end meanwhile.
                    None => continue,
                }
            }
            let changed = match decree.of(&found, self.now()) {
                Ok(changed) => Box::new(changed),
                Err(reason) => return Ok(Outcome::Refused { reason }),
            };
            if *changed == found {
                return Ok(done(None));
            }
            let work = Work::Customer { customer: changed, version };
            let commit = Commit::new(self.workspace.id, self.now(), work, done(None));
            match self.commit_whole(Commit { audit: Some(line.clone()), ..commit }).await {
                Ok(committed) => return Ok(committed.outcome),
                // He may have begun a dialog meanwhile.
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }

    /// The same to the dialog he has; nothing, if he has none.
    async fn decree_in_dialog(
        &self,
        customer: CustomerId,
        decree: &Decree,
        line: &AuditLine,
    ) -> Result<Option<Outcome>, Later> {
        let mut gone = false;
        let ask = Ask { line: Some(line.clone()), ..Ask::about(About::DialogOf(customer)) };
        let outcome = self
            .settle(ask, |found, moment| {
                gone = found.is_none();
                let dialog = found.ok_or(Refusal::NotFound)?;
                let command = decree.command(&dialog.row.customer, moment.now)?;
                let events = decide(&dialog, command, moment)?;
                Ok((dialog, events))
            })
            .await?;
        Ok((!gone).then_some(outcome))
    }
}
