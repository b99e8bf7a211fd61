//! What was said, found by its words; and what else a customer came with. Who may see it is not asked here.

use super::StoreError;
use crate::desk::DialogAggregate;
use async_trait::async_trait;
use otklik_model::{CustomerId, DialogId, Message, Stamp, WorkspaceId};
use otklik_words::Query;
use std::ops::Range;

/// Messages by their words, dialogs by their customer.
#[async_trait]
pub trait SearchStore: Send + Sync + 'static {
    /// At most `limit` messages with these words of this time, stored before a place; newest first, each with its place.
    async fn messages_saying(
        &self,
        workspace: WorkspaceId,
        query: &Query,
        time: Range<Stamp>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, Message)>, StoreError>;
    /// At most `limit` dialogs of a customer that began before this one, newest first.
    async fn dialogs_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
        before: Option<DialogId>,
        limit: u32,
    ) -> Result<Vec<DialogAggregate>, StoreError>;
}
