//! Customers who come and go.

use super::{Door, Office};
use crate::bus::Whisper;
use crate::desk::Command;
use crate::secret::{new_token, token_hash};
use crate::store::{NewCustomer, StoreError};
use otklik_model::{Customer, CustomerId};
use std::sync::Arc;
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

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
    /// The customer of a token; a new one, with a new token, if there is none and one may come; nothing otherwise.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn welcome_customer(
        &self,
        token: Option<String>,
        language: Option<&str>,
        may_come: impl FnOnce() -> bool + Send,
    ) -> Result<Option<(Customer, Zeroizing<String>)>, PeopleError> {
        if let Some(token) = token.map(Zeroizing::new)
            && let Some(customer) = self.store.customer_of(self.workspace.id, token_hash(&token)).await?
        {
            return Ok(Some((customer, token)));
        }
        if !may_come() {
            return Ok(None);
        }
        let token = new_token()?;
        let new = NewCustomer {
            id: CustomerId(Uuid::now_v7()),
            workspace: self.workspace.id,
            token: token_hash(&token),
            language: language.map(|language| otklik_model::clean_name(language, 35)),
            at: self.now(),
        };
        Ok(Some((self.store.add_customer(new).await?, token)))
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

    /// Whoever stands as being on the site and is not connected here has left, unless he comes back: the process that he
    /// was connected to has stopped or died. If he is connected to another one, that one says so.
    pub async fn watch_the_absent(self: &Arc<Self>) -> Result<(), StoreError> {
        for customer in self.store.customers_on_site(self.workspace.id).await? {
            if !self.is_here(customer) {
                self.await_return(customer);
            }
        }
        Ok(())
    }

    /// Whether a page of this customer is connected to this process.
    pub(crate) fn is_here(&self, customer: CustomerId) -> bool {
        self.doors.is_here(customer)
    }

    /// Another process has written down that a customer left who is connected to this one.
    pub(super) fn is_here_after_all(self: &Arc<Self>, customer: CustomerId) {
        let office = self.clone();
        self.tasks.spawn(async move {
            if let Err(later) = office.customer_acts(customer, Command::CustomerCame).await {
                // His next hello tells it again.
                tracing::debug!(%later, "that a customer is here could not be told");
            }
        });
    }

    fn await_return(self: &Arc<Self>, customer: CustomerId) {
        let office = self.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = office.draining.cancelled() => return,
                () = office.settings.clock.sleep(office.settings.timing.customer_grace) => {}
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
