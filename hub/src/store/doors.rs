//! Which customers' pages are connected to which of the processes, as questions to the database.
//!
//! Beside the log: who is told that a customer has come or left is told by his dialog. A process writes down each page
//! when it connects and takes it off when it goes, and says from time to time that it lives; what one that died has
//! written down counts no more.

use super::StoreError;
use async_trait::async_trait;
use otklik_model::{CustomerId, Stamp, WorkspaceId};
use uuid::Uuid;

/// How long the pages of a process that is not heard of any more are kept.
pub const SILENT_NODES_KEPT_MS: i64 = 24 * 3_600_000;

/// Where customers are connected.
#[async_trait]
pub trait DoorStore: Send + Sync + 'static {
    /// A process lives at this time.
    async fn note_node(&self, workspace: WorkspaceId, node: Uuid, at: Stamp) -> Result<(), StoreError>;
    /// A process stops: its pages count no more. One that is not known is no error.
    async fn stop_node(&self, node: Uuid) -> Result<(), StoreError>;
    /// A page of a customer is connected to a process, under a number that it gives only once.
    async fn add_door(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        number: u64,
        customer: CustomerId,
    ) -> Result<(), StoreError>;
    /// It is not any more. One that is not known is no error.
    async fn remove_door(&self, node: Uuid, number: u64) -> Result<(), StoreError>;
    /// Those of these customers who have a page at a process other than `node` that was heard of since then, by id.
    async fn elsewhere(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        customers: Vec<CustomerId>,
        heard_since: Stamp,
    ) -> Result<Vec<CustomerId>, StoreError>;
}
