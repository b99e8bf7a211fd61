//! What administrators decide about a customer, whether he has a dialog or not.

use super::Office;
use super::settle::{ATTEMPTS, About, Ask, CONTENDED_MS, Later, Retried, done};
use crate::centre::Centre;
use crate::desk::{Actor, Command, Moment, blocked, decide, unblocked, words_without_cards};
use crate::store::{AuditLine, Blocked, BlockedAt, Commit, CommitError, StoreError, Work};
use otklik_model::{Customer, CustomerId, Outcome, Refusal, Stamp};

/// A decision about a customer.
#[derive(Clone, Debug)]
pub enum Decree {
    /// He may not write any more; the dialogs of whoever is one person with him are closed.
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
    fn of(&self, customer: &Customer, centre: &Centre, now: Stamp) -> Result<Customer, Refusal> {
        match self {
            Self::Block { by, until, reason } => {
                blocked(customer, by, *until, &words_without_cards(reason, centre), now)
            }
            Self::Unblock { by } => Ok(unblocked(customer, by)?.unwrap_or_else(|| customer.clone())),
            Self::Restrict { on } => {
                let mut customer = customer.clone();
                customer.particulars.restricted = *on;
                Ok(customer)
            }
        }
    }

    /// The name of whoever blocks, if it is that.
    fn blocker(&self) -> Option<&str> {
        match self {
            Self::Block { by, .. } => Some(&by.name),
            Self::Unblock { .. } | Self::Restrict { .. } => None,
        }
    }

    /// What it is to a dialog of his.
    fn command(&self, customer: &Customer, moment: &Moment<'_>) -> Result<Command, Refusal> {
        match self {
            // In a dialog the desk's own rules say who may, and the dialog is closed.
            Self::Block { by, until, reason } => {
                Ok(Command::Block { by: by.clone(), until: *until, reason: reason.clone() })
            }
            Self::Unblock { .. } | Self::Restrict { .. } => {
                Ok(Command::LearnCustomer(Box::new(self.of(customer, moment.centre, moment.now)?)))
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
            let now = self.now();
            let changed = match decree.of(&found, &self.centre(), now) {
                Ok(changed) => changed,
                Err(reason) => return Ok(Outcome::Refused { reason }),
            };
            if changed == found {
                return Ok(done(None));
            }
            let commit = self.without_dialog(decree, changed, version, now).await?;
            match self.commit_whole(Commit { audit: Some(line.clone()), ..commit }).await {
                Ok(committed) => return Ok(committed.outcome),
                // A dialog may have begun meanwhile, his own or another one of the person.
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }

    /// A decision about a customer who has no dialog. Whoever is one person with him may have one.
    async fn without_dialog(
        &self,
        decree: &Decree,
        changed: Customer,
        version: u64,
        now: Stamp,
    ) -> Result<Commit, StoreError> {
        let (id, customer) = (changed.id, Box::new(changed));
        let Some((by, block)) = decree.blocker().zip(customer.particulars.block.as_ref()) else {
            return Ok(Commit::new(self.workspace.id, now, Work::Customer { customer, version }, done(None)));
        };
        let others = self.closed_by(by, block, id, None, now).await?;
        let errands = others.iter().flat_map(|other| self.errands_of(other, None, now)).collect();
        let work = Work::Blocked(Box::new(Blocked { at: BlockedAt::Customer { customer, version }, others }));
        Ok(Commit { errands, ..Commit::new(self.workspace.id, now, work, done(None)) })
    }

    /// The same to the dialog he has; nothing, if he has none.
    async fn decree_in_dialog(
        &self,
        customer: CustomerId,
        decree: &Decree,
        line: &AuditLine,
    ) -> Result<Option<Outcome>, Later> {
        let mut gone = false;
        let blocker = decree.blocker().map(str::to_owned);
        let ask = Ask { line: Some(line.clone()), of_customer: true, blocker, ..Ask::about(About::DialogOf(customer)) };
        let outcome = self
            .settle(ask, |found, moment| {
                gone = found.is_none();
                let dialog = found.ok_or(Refusal::NotFound)?;
                let command = decree.command(&dialog.row.customer, moment)?;
                let events = decide(&dialog, command, moment)?;
                Ok((dialog, events))
            })
            .await?;
        Ok((!gone).then_some(outcome))
    }
}
