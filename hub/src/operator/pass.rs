//! What a workplace was let in with: how long it is good, and the token that is to follow it.

use super::End;
use crate::{
    centre::Grants,
    office::Office,
    secret::token_hash,
    store::{SessionRow, TokenHash},
};
use otklik_model::{Op, Stamp};
use otklik_wire::operator::{ByeCode, ClientFrame, HubFrame};
use std::fmt::Display;
use zeroize::Zeroizing;

/// What a workplace was let in with.
pub(super) struct Pass {
    /// As it stands for this connection.
    session: SessionRow,
    /// Which act of its operator was noted last.
    noted: Stamp,
    token: Zeroizing<String>,
    /// Whether the workplace can keep another token.
    renews: bool,
    /// The token that it was offered on this connection and did not take yet.
    offered: Option<Zeroizing<String>>,
}

impl Pass {
    pub(super) fn new(session: SessionRow, token: Zeroizing<String>, renews: bool) -> Self {
        Self { session, noted: session.acted_at, token, renews, offered: None }
    }

    /// When its operator was last active, as far as this connection knows.
    pub(super) fn acted_at(&self) -> Stamp {
        self.session.acted_at
    }

    /// The token that this connection has by now.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// A frame of the workplace came. What a workplace says without its operator keeps no session alive.
    pub(super) fn hear(&mut self, office: &Office, frame: &ClientFrame) {
        let acts = match frame {
            ClientFrame::Command { op, .. } => !matches!(op, Op::MarkRead { .. }),
            ClientFrame::Here => true,
            ClientFrame::Typing { on, .. } => *on,
            // A workplace fetches by itself.
            ClientFrame::Fetch { .. }
            | ClientFrame::Hello(_)
            | ClientFrame::Renewed { .. }
            | ClientFrame::Looks { .. }
            | ClientFrame::Focus { .. }
            | ClientFrame::Beat
            | ClientFrame::Unknown => false,
        };
        if acts {
            self.session.acted_at = self.session.acted_at.max(office.now());
        }
    }

    /// Looks whether the session is good still, and offers another token if it is time.
    pub(super) async fn check(&mut self, office: &Office, grants: &Grants) -> Result<Option<HubFrame>, End> {
        let SessionRow { id, acted_at, .. } = self.session;
        let noted = office.note_act(id, grants, self.noted, acted_at).await;
        self.noted = noted.map_err(|error| unavailable(office, &error))?;
        if office.has_run_out(&self.session, grants) {
            // Another connection of the same session may have heard of its operator.
            match office.is_let_in(&self.token).await {
                Ok(true) => {}
                Ok(false) => return Err(End::bye(ByeCode::SignIn)),
                Err(error) => return Err(unavailable(office, &error)),
            }
        }
        if !self.renews || self.offered.is_some() || !office.is_due(self.session.token_since) {
            return Ok(None);
        }
        let offered = office.offer_token(self.session.id, &self.token).await;
        let Some(offered) = offered.map_err(|error| unavailable(office, &error))? else {
            // Replaced through another connection, or ended: the next hello tells which. Or there were too many offers.
            self.renews = false;
            return match office.is_let_in(&self.token).await {
                Ok(true) => Ok(None),
                Ok(false) => Err(End::draining(office)),
                Err(error) => Err(unavailable(office, &error)),
            };
        };
        let token = offered.to_string();
        self.offered = Some(offered);
        Ok(Some(HubFrame::Renew { token }))
    }

    /// The workplace has kept a token. Only the one that it was offered here: nobody chooses his own.
    pub(super) async fn renew(&mut self, office: &Office, token: &str) -> Result<(), End> {
        let hash = token_hash(token);
        if self.offered.as_ref().is_none_or(|offered| token_hash(offered) != hash) {
            // Taken already, when the workplace used it elsewhere before it said so here.
            let in_use = token_hash(&self.token) == hash;
            return if in_use { Ok(()) } else { Err(End::bye(ByeCode::Protocol)) };
        }
        let taken = office.take_token(self.session.id, hash).await;
        if !taken.map_err(|error| unavailable(office, &error))? {
            return Err(End::draining(office));
        }
        self.adopt(office);
        Ok(())
    }

    /// Another token of this session is in use. Whoever has an older one has to come again and show it.
    pub(super) fn hear_of_token(&mut self, office: &Office, token: TokenHash) -> Result<(), End> {
        if token_hash(&self.token) == token {
            return Ok(());
        }
        if self.offered.as_ref().is_some_and(|offered| token_hash(offered) == token) {
            self.adopt(office);
            return Ok(());
        }
        Err(End::draining(office))
    }

    fn adopt(&mut self, office: &Office) {
        if let Some(offered) = self.offered.take() {
            self.token = offered;
            self.session.token_since = office.now();
        }
    }
}

fn unavailable(office: &Office, error: &impl Display) -> End {
    tracing::warn!(%error, "a session cannot be looked at");
    End::draining(office)
}
