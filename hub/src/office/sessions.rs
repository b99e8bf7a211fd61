//! Sessions of operators: how they begin and end, for how long they are good, and how one token follows another.
//!
//! A workplace is offered another token from time to time, and says when it has kept it. Whoever has an older one then
//! has a copy that was stolen, or was stolen from: nobody can tell which of the two asks, so the session ends for both.

use super::{Office, PeopleError, settle::done};
use crate::{
    bus::Whisper,
    centre::Grants,
    clock::later,
    secret::{new_token, token_hash},
    store::{
        AuditLine, Commit, CommitError, NewSession, OperatorRow, SessionRow, StoreError, TokenHash, TokenState, Work,
    },
};
use otklik_model::{OperatorId, SessionId, Stamp, clean_name};
use serde_json::json;
use std::sync::atomic::Ordering::Relaxed;
use uuid::Uuid;
use zeroize::Zeroizing;

const DAY_MS: i64 = 24 * 3_600_000;
/// How often a token is looked at again that somebody else is exchanging.
const ATTEMPTS: u32 = 4;

impl Office {
    /// Opens a session for an operator, who gets the status that the centre's policy sets.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn sign_in(&self, operator: OperatorId, device: &str) -> Result<Zeroizing<String>, PeopleError> {
        let days = i64::from(self.settings.session_days);
        let (token, _) = self.begin_session(operator, device, days.saturating_mul(DAY_MS)).await?;
        self.note_absence(operator).await?;
        self.status_on_login(operator).await?;
        Ok(token)
    }

    /// Opens a session that is good for so many milliseconds at most, and tells its token and its id.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub(crate) async fn begin_session(
        &self,
        operator: OperatorId,
        device: &str,
        good_ms: i64,
    ) -> Result<(Zeroizing<String>, SessionId), PeopleError> {
        let (token, at, id) = (new_token()?, self.now(), SessionId(Uuid::now_v7()));
        let session = NewSession {
            id,
            workspace: self.workspace.id,
            operator,
            token: token_hash(&token),
            device: clean_name(device, 100),
            created_at: at,
            expires_at: Stamp(at.0.saturating_add(good_ms)),
        };
        self.store.add_session(session).await?;
        Ok((token, id))
    }

    /// Who a token belongs to, if it is good. One that was offered is in use from now on. One that was replaced is no
    /// good, and neither is its session any more.
    ///
    /// # Errors
    /// The store fails.
    pub async fn session(&self, token: &str) -> Result<Option<(SessionRow, OperatorRow)>, StoreError> {
        let token = token_hash(token);
        for _ in 0..ATTEMPTS {
            let Some((session, row)) = self.holder(token).await? else { return Ok(None) };
            match session.token {
                TokenState::InUse => return Ok(Some((session, row))),
                // Read again: it is in use now, or somebody was faster with another one.
                TokenState::Offered => {
                    self.take_token(session.id, token).await?;
                }
                TokenState::Replaced => {
                    self.end_stolen(&session).await?;
                    return Ok(None);
                }
            }
        }
        Err(StoreError::Unavailable("a token keeps changing".to_owned()))
    }

    /// Whether what somebody was let in with is good still. Draws no conclusion from a token that was replaced.
    ///
    /// # Errors
    /// The store fails.
    pub async fn is_let_in(&self, token: &str) -> Result<bool, StoreError> {
        let found = self.holder(token_hash(token)).await?;
        Ok(found.is_some_and(|(session, _)| session.token != TokenState::Replaced))
    }

    /// The session of a token with its operator, if it has neither ended nor run out and he may sign in.
    async fn holder(&self, token: TokenHash) -> Result<Option<(SessionRow, OperatorRow)>, StoreError> {
        let found = self.store.session_of(token).await?;
        let Some(session) = found.filter(|session| session.workspace == self.workspace.id) else { return Ok(None) };
        let found = self.store.operator(self.workspace.id, session.operator).await?;
        Ok(found.filter(|row| !row.disabled && !self.has_run_out(&session, &row.grants)).map(|row| (session, row)))
    }

    /// Whether the time of a session of somebody with these rights is over by now.
    pub(crate) fn has_run_out(&self, session: &SessionRow, grants: &Grants) -> bool {
        let ends = self.centre().session_ends(grants, session.created_at, session.acted_at);
        ends.unwrap_or(session.expires_at).min(session.expires_at) <= self.now()
    }

    /// Whether a token that is in use since then is to be replaced.
    pub(crate) fn is_due(&self, since: Stamp) -> bool {
        later(since, self.settings.timing.renew) <= self.now()
    }

    /// Another token for a session, if this one is the one in use and not too many are on offer.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub(crate) async fn offer_token(
        &self,
        session: SessionId,
        in_use: &str,
    ) -> Result<Option<Zeroizing<String>>, PeopleError> {
        let offered = new_token()?;
        let hashes = (token_hash(in_use), token_hash(&offered));
        let kept = self.store.offer_token(self.workspace.id, session, hashes.0, hashes.1).await?;
        Ok(kept.then_some(offered))
    }

    /// Puts an offered token into use. Connections that were opened with an older one of this session end. Returns
    /// whether it is in use now.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn take_token(&self, session: SessionId, token: TokenHash) -> Result<bool, StoreError> {
        let taken = self.store.take_token(self.workspace.id, session, token, self.now()).await?;
        if taken {
            self.whisper(Whisper::TokenTaken { session, token });
        }
        Ok(taken)
    }

    /// Notes that the operator of a session did something at a time, if that is well after what was `noted` last.
    /// Returns what is noted now.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn note_act(
        &self,
        session: SessionId,
        grants: &Grants,
        noted: Stamp,
        at: Stamp,
    ) -> Result<Stamp, StoreError> {
        if at.0.saturating_sub(noted.0) < self.centre().acts_noted_every_ms(grants) {
            return Ok(noted);
        }
        self.store.note_act(self.workspace.id, session, at).await?;
        Ok(at)
    }

    /// Notes that the operator of a session asks for something over HTTP.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn note_request(&self, session: &SessionRow, row: &OperatorRow) -> Result<(), StoreError> {
        self.note_act(session.id, &row.grants, session.acted_at, self.now()).await.map(drop)
    }

    /// Ends a session one of whose replaced tokens was used.
    async fn end_stolen(&self, session: &SessionRow) -> Result<(), StoreError> {
        tracing::warn!(operator = %session.operator, session = %session.id, "a replaced token was used: the session ends");
        self.metrics.stolen_tokens.fetch_add(1, Relaxed);
        let work = Work::SignOut { operator: session.operator, session: Some(session.id) };
        let line = AuditLine {
            by: None,
            what: "session.stolen".to_owned(),
            subject: session.operator.to_string(),
            detail: json!({ "session": session.id.to_string() }),
        };
        let commit = Commit::new(self.workspace.id, self.now(), work, done(None));
        match self.commit_whole(Commit { audit: Some(line), ..commit }).await {
            // Two who use it at once end it twice.
            Ok(_) | Err(CommitError::Conflict | CommitError::Fenced) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Ends the session of a token. The operator is offline from then on; or `stays` as he is, and is not switched off
    /// for being away. A token that is not good is no error.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn sign_out(&self, token: &str, stays: bool) -> Result<(), PeopleError> {
        let Some((session, row)) = self.session(token).await? else { return Ok(()) };
        self.status_on_logout(row.id, stays).await?;
        let work = Work::SignOut { operator: row.id, session: Some(session.id) };
        match self.commit(None, work, done(None)).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict | CommitError::Fenced) => Err(PeopleError::Contended),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
