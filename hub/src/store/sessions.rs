//! Operators' sessions, and the tokens that one session has one after the other.
//!
//! A session has one token in use. Another one is offered before it takes its place, and takes it when it is first
//! used: whoever was offered one and did not keep it still has the one in use. Tokens that were replaced are remembered
//! for as long as their session is, so that one that comes back is known for what it is: somebody has a copy.

use super::{StoreError, TokenHash};
use async_trait::async_trait;
use otklik_model::{OperatorId, SessionId, Stamp, WorkspaceId};

/// At most so many tokens of one session are offered and neither used nor replaced.
pub const OFFERS: u32 = 64;

/// A session to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Whose.
    pub operator: OperatorId,
    /// Of this secret.
    pub token: TokenHash,
    /// The device's name.
    pub device: String,
    /// From when.
    pub created_at: Stamp,
    /// Until when.
    pub expires_at: Stamp,
}

/// A session that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Whose.
    pub operator: OperatorId,
    /// Since when.
    pub created_at: Stamp,
    /// Until when.
    pub expires_at: Stamp,
    /// When its operator last did something, as far as it was noted.
    pub acted_at: Stamp,
    /// Since when the token that is in use is.
    pub token_since: Stamp,
    /// What the token is to the session by which this row was found.
    pub token: TokenState,
}

/// What a token is to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// The one in use.
    InUse,
    /// May take the place of the one in use.
    Offered,
    /// Was replaced by another one.
    Replaced,
}

/// Operators' sessions.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Opens a session.
    async fn add_session(&self, session: NewSession) -> Result<(), StoreError>;
    /// The session of a token, unless it ended. Its expiry, and what the token is to it, are the caller's to look at.
    async fn session_of(&self, token: TokenHash) -> Result<Option<SessionRow>, StoreError>;
    /// Keeps another token ready for the place of the one that is `in_use`. Returns false, and keeps nothing, if that
    /// is not in use any more, the session has ended, or [`OFFERS`] tokens are ready.
    async fn offer_token(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        in_use: TokenHash,
        offered: TokenHash,
    ) -> Result<bool, StoreError>;
    /// Puts an offered token in the place of the one in use; that one and all others that were offered are replaced
    /// from then on. Returns whether it is in use now: false, and nothing changes, if it was replaced, never offered,
    /// or the session has ended.
    async fn take_token(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        token: TokenHash,
        now: Stamp,
    ) -> Result<bool, StoreError>;
    /// Notes that a session's operator did something. No time goes back.
    async fn note_act(&self, workspace: WorkspaceId, session: SessionId, at: Stamp) -> Result<(), StoreError>;
}
