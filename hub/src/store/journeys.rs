//! Where customers are and which pages they went to, as questions to the database.
//!
//! Beside the log: nobody is told of it, whoever looks asks.

use super::StoreError;
use async_trait::async_trait;
use otklik_model::{CustomerId, Journey, Stamp, WorkspaceId};

/// How long the way of a customer is kept after he was last on the site.
pub const JOURNEYS_KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// The ways of customers.
#[async_trait]
pub trait JourneyStore: Send + Sync + 'static {
    /// What is known of a customer's way; empty, if nothing is.
    async fn journey(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Journey, StoreError>;
    /// Goes on with it, as [`Journey::go_on`] does. Nothing is kept of a customer who never wrote, or is not there any
    /// more. Returns whether it was kept.
    async fn go_on(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
        at: Stamp,
        later: Journey,
    ) -> Result<bool, StoreError>;
}
