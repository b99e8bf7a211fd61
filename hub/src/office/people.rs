//! Customers who come and go.

use super::{Door, Later, Office};
use crate::bus::Whisper;
use crate::day::statuses::SILENT_MS;
use crate::desk::Command;
use crate::secret::{new_token, token_hash};
use crate::store::{NewCustomer, StoreError};
use otklik_model::{Customer, CustomerId, Stamp};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What could not be written down is tried again after so long.
const AGAIN: Duration = Duration::from_secs(1);

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

    /// Opens a door for a customer's connection. Where other processes share the database they can know of it.
    ///
    /// # Errors
    /// The store fails; then none is open.
    pub async fn open_door(&self, customer: CustomerId) -> Result<Door, StoreError> {
        let door = self.doors.open(customer);
        if !self.settings.alone
            && let Err(error) = self.store.add_door(self.workspace.id, self.node, door.number, customer).await
        {
            self.doors.close(&door);
            return Err(error);
        }
        Ok(door)
    }

    /// Closes a door. After the last one the customer has left, unless he is back in time.
    pub fn close_door(self: &Arc<Self>, door: &Door) {
        let last = self.doors.close(door);
        // Of a process that stops nobody has left by himself, and none of its doors counts any more.
        if self.draining.is_cancelled() || (self.settings.alone && !last) {
            return;
        }
        let (office, customer, number) = (self.clone(), door.customer, door.number);
        self.tasks.spawn(async move {
            office.take_door_off(number).await;
            if last {
                office.await_return(customer).await;
            }
        });
    }

    /// Other processes are not to take a customer for being here who is not.
    async fn take_door_off(&self, number: u64) {
        while !self.settings.alone
            && let Err(error) = self.store.remove_door(self.node, number).await
        {
            tracing::debug!(%error, "that a customer's page is gone is not written down yet");
            tokio::select! {
                () = self.draining.cancelled() => return,
                () = self.settings.clock.sleep(AGAIN) => {}
            }
        }
    }

    /// Whoever stands as being on the site and is connected to no living process has left, unless he comes back: the
    /// process that he was connected to has stopped or died.
    ///
    /// # Errors
    /// The store fails.
    pub async fn watch_the_absent(self: &Arc<Self>) -> Result<(), StoreError> {
        let on_site = self.store.customers_on_site(self.workspace.id).await?;
        let absent: Vec<_> = on_site.into_iter().filter(|customer| !self.is_here(*customer)).collect();
        let elsewhere = self.elsewhere(absent.clone()).await?;
        for customer in absent.into_iter().filter(|customer| !elsewhere.contains(customer)) {
            let office = self.clone();
            self.tasks.spawn(async move { office.await_return(customer).await });
        }
        Ok(())
    }

    /// Those of these customers who are connected to another process that lives.
    async fn elsewhere(&self, customers: Vec<CustomerId>) -> Result<BTreeSet<CustomerId>, StoreError> {
        if self.settings.alone {
            return Ok(BTreeSet::new());
        }
        let heard_since = Stamp(self.now().0.saturating_sub(SILENT_MS));
        let found = self.store.elsewhere(self.workspace.id, self.node, customers, heard_since).await?;
        Ok(found.into_iter().collect())
    }

    /// Whether a page of this customer is connected to this process.
    pub(crate) fn is_here(&self, customer: CustomerId) -> bool {
        self.doors.is_here(customer)
    }

    /// Another process has written down that a customer left who is connected to this one: he came while it did.
    pub(super) fn is_here_after_all(self: &Arc<Self>, customer: CustomerId) {
        let office = self.clone();
        self.tasks.spawn(async move {
            if let Err(later) = office.customer_acts(customer, Command::CustomerCame).await {
                // His next hello tells it again.
                tracing::debug!(%later, "that a customer is here could not be told");
            }
        });
    }

    /// Notes after a while that a customer has left, unless he is here again by then, or at another process: that one
    /// sees him leave, or whoever is in charge sees that it is dead.
    async fn await_return(&self, customer: CustomerId) {
        tokio::select! {
            () = self.draining.cancelled() => return,
            () = self.settings.clock.sleep(self.settings.timing.customer_grace) => {}
        }
        while !self.doors.is_here(customer) {
            let wait = match self.leave(customer).await {
                Ok(()) => break,
                Err(later) => Duration::from_millis(later.after_ms),
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn leave(&self, customer: CustomerId) -> Result<(), Later> {
        if self.elsewhere(vec![customer]).await?.is_empty() {
            self.customer_acts(customer, Command::CustomerLeft).await?;
        }
        Ok(())
    }

    /// Passes on what is not kept.
    pub fn whisper(&self, whisper: Whisper) {
        self.bus.publish(crate::bus::Notice::Whisper(self.workspace.id, Arc::new(whisper)));
    }
}
