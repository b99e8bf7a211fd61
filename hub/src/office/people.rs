//! Operators who sign in and out, customers who come and go.

use super::{Door, Later, Office, Retried, now, settle::done};
use crate::bus::Whisper;
use crate::desk::Command;
use crate::secret::{new_token, token_hash};
use crate::store::{CommitError, Key, NewCustomer, NewSession, OperatorRow, SessionRow, StoreError, Work};
use otklik_model::{Customer, CustomerId, OperatorId, OperatorStatus, Refusal, SessionId, Stamp};
use std::sync::Arc;
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

const DAY_MS: i64 = 24 * 3_600_000;
/// How often a changed row is read again before giving up.
const ATTEMPTS: u32 = 16;

/// Why somebody cannot be let in now.
#[derive(Debug, Error)]
pub enum PeopleError {
    /// The store cannot.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The row changed again and again.
    #[error("the row keeps changing")]
    Contended,
    /// The system has no randomness to give.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// No such operator, or disabled.
    #[error("no such operator, or disabled")]
    Unknown,
}

impl Office {
    /// Opens a session for an operator, who is online from then on.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn sign_in(&self, operator: OperatorId, device: &str) -> Result<Zeroizing<String>, PeopleError> {
        let token = new_token()?;
        let at = now();
        let days = i64::from(self.settings.session_days);
        let session = NewSession {
            id: SessionId(Uuid::now_v7()),
            workspace: self.workspace.id,
            operator,
            token: token_hash(&token),
            device: otklik_model::clean_name(device, 100),
            created_at: at,
            expires_at: Stamp(at.0.saturating_add(days.saturating_mul(DAY_MS))),
        };
        self.store.add_session(session).await?;
        self.change_status(operator, OperatorStatus::Online).await?;
        Ok(token)
    }

    /// Who a token belongs to, if it is good.
    ///
    /// # Errors
    /// The store fails.
    pub async fn session(&self, token: &str) -> Result<Option<(SessionRow, OperatorRow)>, StoreError> {
        let Some(session) = self.store.session_of(token_hash(token)).await? else { return Ok(None) };
        if session.expires_at <= now() || session.workspace != self.workspace.id {
            return Ok(None);
        }
        let operator = self.store.operator(self.workspace.id, session.operator).await?;
        Ok(operator.filter(|row| !row.disabled).map(|row| (session, row)))
    }

    /// Ends the session of a token; the operator is offline from then on. A token that is not good is no error.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn sign_out(&self, token: &str) -> Result<(), PeopleError> {
        let Some((session, row)) = self.session(token).await? else { return Ok(()) };
        self.change_status(row.id, OperatorStatus::Offline).await?;
        let work = Work::SignOut { operator: row.id, session: Some(session.id) };
        match self.commit(None, work, done(None)).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict) => Err(PeopleError::Contended),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    pub(super) async fn set_status(&self, key: Key, by: OperatorId, status: OperatorStatus) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        for _ in 0..ATTEMPTS {
            let Some(mut row) = self.store.operator(self.workspace.id, by).await? else {
                return self.keep(key, Err(Refusal::NotFound)).await;
            };
            if row.status == status {
                return self.keep(key, Ok(())).await;
            }
            row.status = status;
            match self.commit(Some(key), operator_work(row), done(None)).await {
                Ok(committed) => return Ok(committed.outcome),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: 100 })
    }

    async fn change_status(&self, operator: OperatorId, status: OperatorStatus) -> Result<(), PeopleError> {
        for _ in 0..ATTEMPTS {
            let found = self.store.operator(self.workspace.id, operator).await?;
            let mut row = found.ok_or(PeopleError::Unknown)?;
            if row.status == status {
                return Ok(());
            }
            row.status = status;
            match self.commit(None, operator_work(row), done(None)).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(PeopleError::Contended)
    }

    /// The customer of a token; a new one, with a new token, if there is none.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn welcome_customer(
        &self,
        token: Option<String>,
        language: Option<&str>,
    ) -> Result<(Customer, Zeroizing<String>), PeopleError> {
        if let Some(token) = token.map(Zeroizing::new)
            && let Some(customer) = self.store.customer_of(self.workspace.id, token_hash(&token)).await?
        {
            return Ok((customer, token));
        }
        let token = new_token()?;
        let new = NewCustomer {
            id: CustomerId(Uuid::now_v7()),
            workspace: self.workspace.id,
            token: token_hash(&token),
            language: language.map(|language| otklik_model::clean_name(language, 35)),
            at: now(),
        };
        Ok((self.store.add_customer(new).await?, token))
    }

    /// Opens a door for a customer's connection.
    pub fn open_door(&self, customer: CustomerId) -> Door {
        self.doors.open(customer)
    }

    /// Closes a door. After the last one the customer has left, unless he is back in time.
    pub fn close_door(self: &Arc<Self>, door: &Door) {
        if self.doors.close(door) && !self.draining.is_cancelled() {
            self.await_return(door.customer);
        }
    }

    /// Whoever stood as being here when the hub stopped, and does not come back, has left.
    pub(super) async fn watch_the_absent(self: &Arc<Self>) -> Result<(), StoreError> {
        for customer in self.store.customers_on_site(self.workspace.id).await? {
            self.await_return(customer);
        }
        Ok(())
    }

    fn await_return(self: &Arc<Self>, customer: CustomerId) {
        let office = self.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = office.draining.cancelled() => return,
                () = tokio::time::sleep(office.settings.timing.customer_grace) => {}
            }
            while !office.doors.is_here(customer) {
                match office.customer_acts(customer, Command::CustomerLeft).await {
                    Ok(_) => break,
                    Err(later) => tokio::time::sleep(std::time::Duration::from_millis(later.after_ms)).await,
                }
            }
        });
    }

    /// Passes on what is not kept.
    pub fn whisper(&self, whisper: Whisper) {
        self.bus.publish(crate::bus::Notice::Whisper(self.workspace.id, Arc::new(whisper)));
    }
}

fn operator_work(row: OperatorRow) -> Work {
    Work::Operator { row: Box::new(row), rights_changed: false }
}
