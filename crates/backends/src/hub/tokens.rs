//! The token of an account, and how another one takes its place.
//!
//! A hub offers another token from time to time. It takes the place of the old one here when it is kept durably and
//! nothing is under way with the old one; then the hub is told. Whatever breaks off before leaves the old one, which is
//! good until the new one was used. So the hub never sees an old token after a new one, which would mean a thief.

use async_trait::async_trait;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use thiserror::Error;
use tokio::sync::Notify;
use zeroize::Zeroizing;

/// The token is not known to be kept: the one before it goes on being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token could not be kept")]
pub struct NotKept;

/// Keeps the token of one account from one start of the program to the next.
#[async_trait]
pub trait TokenKeeper: Send + Sync + 'static {
    /// Keeps another token in the place of the one that is kept. When this returns it survives a crash. Also if this is
    /// not waited for, an earlier token never takes the place of a later one.
    ///
    /// # Errors
    /// [`NotKept`].
    async fn keep(&self, token: Zeroizing<String>) -> Result<(), NotKept>;
}

/// Of a hub that gives out another token at the next start.
struct Nowhere;

#[async_trait]
impl TokenKeeper for Nowhere {
    async fn keep(&self, _token: Zeroizing<String>) -> Result<(), NotKept> {
        Ok(())
    }
}

/// The token of an account, for everything that speaks for it.
pub(crate) struct Tokens {
    state: Mutex<State>,
    /// Rung when the last lease ends.
    idle: Notify,
    keeper: Arc<dyn TokenKeeper>,
}

struct State {
    token: Zeroizing<String>,
    leases: u32,
}

/// The token for one request or connection, until the hub has looked at it. No other one takes its place before that.
pub struct TokenLease {
    tokens: Arc<Tokens>,
    token: Zeroizing<String>,
}

impl TokenLease {
    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for TokenLease {
    fn drop(&mut self) {
        let mut state = self.tokens.state();
        state.leases -= 1;
        if state.leases == 0 {
            self.tokens.idle.notify_waiters();
        }
    }
}

impl Tokens {
    pub(crate) fn new(token: Zeroizing<String>, keeper: Option<Arc<dyn TokenKeeper>>) -> Arc<Self> {
        let state = Mutex::new(State { token, leases: 0 });
        Arc::new(Self { state, idle: Notify::new(), keeper: keeper.unwrap_or_else(|| Arc::new(Nowhere)) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lease(self: &Arc<Self>) -> TokenLease {
        let mut state = self.state();
        state.leases += 1;
        TokenLease { tokens: self.clone(), token: state.token.clone() }
    }

    /// Keeps a token, and then uses it. If this is given up, either token may be kept, and the old one is used.
    async fn replace(&self, token: Zeroizing<String>) -> Result<(), NotKept> {
        self.keeper.keep(token.clone()).await?;
        loop {
            let idle = self.idle.notified();
            tokio::pin!(idle);
            // Listens before it looks, so that no end of a lease is missed.
            idle.as_mut().enable();
            {
                let mut state = self.state();
                if state.leases == 0 {
                    state.token = token;
                    return Ok(());
                }
            }
            idle.await;
        }
    }
}

/// Ends with the token that is in use by then; with nothing, if it could not be kept.
type Replacing = Pin<Box<dyn Future<Output = Option<Zeroizing<String>>> + Send>>;

/// A token that takes the place of another while frames go on.
pub(super) struct Renewal {
    tokens: Arc<Tokens>,
    running: Option<Replacing>,
}

impl Renewal {
    pub(super) fn new(tokens: Arc<Tokens>) -> Self {
        Self { tokens, running: None }
    }

    /// Begins with a token that was offered. One at a time: a hub that offers more is not listened to.
    pub(super) fn begin(&mut self, token: Zeroizing<String>) {
        if self.running.is_some() {
            return;
        }
        let tokens = self.tokens.clone();
        self.running = Some(Box::pin(async move {
            match tokens.replace(token.clone()).await {
                Ok(()) => Some(token),
                Err(error) => {
                    tracing::warn!(%error, "the old token stays in use");
                    None
                }
            }
        }));
    }

    /// The token when it is in use here, to be told to the hub. Never ready while none is on its way. Cancel-safe.
    pub(super) async fn done(&mut self) -> Zeroizing<String> {
        loop {
            match &mut self.running {
                None => std::future::pending().await,
                Some(running) => {
                    let replaced = running.await;
                    self.running = None;
                    if let Some(token) = replaced {
                        return token;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn token(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    struct Refuses;

    #[async_trait]
    impl TokenKeeper for Refuses {
        async fn keep(&self, _token: Zeroizing<String>) -> Result<(), NotKept> {
            Err(NotKept)
        }
    }

    #[tokio::test]
    async fn s_h3_a_token_waits_until_nothing_is_under_way_with_the_old_one() {
        let tokens = Tokens::new(token("old"), None);
        let (upload, hello) = (tokens.lease(), tokens.lease());
        let mut renewal = Renewal::new(tokens.clone());
        renewal.begin(token("new"));
        renewal.begin(token("one too many"));
        for lease in [upload, hello] {
            assert_eq!(renewal.done().now_or_never(), None);
            // What begins meanwhile still has the old one, and so nothing old can arrive after something new.
            assert_eq!(tokens.lease().token(), "old");
            drop(lease);
        }
        assert_eq!(renewal.done().await, token("new"));
        assert_eq!(tokens.lease().token(), "new");
        assert_eq!(renewal.done().now_or_never(), None);
    }

    #[tokio::test]
    async fn s_h3_a_token_that_was_not_kept_is_not_used_nor_told() {
        let tokens = Tokens::new(token("old"), Some(Arc::new(Refuses)));
        let mut renewal = Renewal::new(tokens.clone());
        renewal.begin(token("new"));
        assert_eq!(renewal.done().now_or_never(), None);
        assert_eq!(tokens.lease().token(), "old");
    }
}
