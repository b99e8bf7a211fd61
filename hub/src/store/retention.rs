//! What is old: found in small slices by its age, and taken.

use super::{AuditLine, FileRow, StoreError};
use crate::desk::DialogAggregate;
use async_trait::async_trait;
use otklik_model::{DialogId, FileId, Stamp, WorkspaceId};
use uuid::Uuid;

/// Where a walk through what is old has come to: the age of the last one seen, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When it ended or came.
    pub at: Stamp,
    /// Of the dialog or file.
    pub id: Uuid,
}

impl Mark {
    /// Before everything.
    pub const START: Self = Self { at: Stamp(i64::MIN), id: Uuid::nil() };

    /// At a dialog that has ended.
    #[must_use]
    pub fn of(dialog: &DialogAggregate) -> Self {
        Self { at: dialog.row.closed_at.unwrap_or(Self::START.at), id: dialog.row.id.0 }
    }
}

/// What is forgotten from its beginning on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trail {
    /// The log that workplaces are brought up to date by.
    Log,
    /// The trail of acts.
    Audit,
}

/// What is kept for a term, as questions to the database.
#[async_trait]
pub trait RetentionStore: Send + Sync + 'static {
    /// At most `limit` dialogs that were closed before a time and not opened again, after a mark, in their order.
    async fn ended_before(
        &self,
        workspace: WorkspaceId,
        before: Stamp,
        after: Mark,
        limit: u32,
    ) -> Result<Vec<DialogAggregate>, StoreError>;
    /// At most `limit` files of dialogs that came before a time, after a mark, in their order.
    async fn files_before(
        &self,
        workspace: WorkspaceId,
        before: Stamp,
        after: Mark,
        limit: u32,
    ) -> Result<Vec<(FileRow, DialogId)>, StoreError>;
    /// Erases files, their contents by an errand each, with a line for the trail of acts.
    async fn erase_files(
        &self,
        workspace: WorkspaceId,
        at: Stamp,
        files: Vec<FileId>,
        line: AuditLine,
    ) -> Result<(), StoreError>;
    /// Forgets what is older than a time, of the oldest `limit` rows. Returns how many went.
    async fn forget_before(
        &self,
        workspace: WorkspaceId,
        trail: Trail,
        before: Stamp,
        limit: u32,
    ) -> Result<u64, StoreError>;
}
