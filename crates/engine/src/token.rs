//! Where the token of the account that works is kept: with the other secrets.

use crate::secrets::Secrets;
use async_trait::async_trait;
use otklik_backends::{NotKept, TokenKeeper};
use std::sync::Arc;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// The place of one account's token among the secrets, for as long as its session runs.
pub(crate) struct TokenPlace {
    secrets: Secrets,
    account: String,
    /// Held while the secrets are written, in the order of asking.
    writing: Arc<Mutex<Writing>>,
}

/// Whether anything may be written still.
enum Writing {
    Open,
    Over,
}

impl TokenPlace {
    pub(crate) fn new(secrets: &Secrets, account: &str) -> Self {
        let writing = Arc::new(Mutex::new(Writing::Open));
        Self { secrets: secrets.clone(), account: account.to_owned(), writing }
    }

    /// Returns when nothing is being written, and nothing will be: the session is over.
    pub(crate) async fn close(&self) {
        *self.writing.lock().await = Writing::Over;
    }
}

#[async_trait]
impl TokenKeeper for TokenPlace {
    async fn keep(&self, token: Zeroizing<String>) -> Result<(), NotKept> {
        // Goes with the writing, which nobody can take back once it has begun.
        let writing = self.writing.clone().lock_owned().await;
        let (secrets, account) = (self.secrets.clone(), self.account.clone());
        let done = tokio::task::spawn_blocking(move || match *writing {
            Writing::Over => Err(NotKept),
            Writing::Open => write(&secrets, &account, &token),
        });
        done.await.unwrap_or(Err(NotKept))
    }
}

/// Read back before it is used: a keychain that forgets would cost the session.
fn write(secrets: &Secrets, account: &str, token: &Zeroizing<String>) -> Result<(), NotKept> {
    match secrets.set_token(account, token).and_then(|()| secrets.token(account)) {
        Ok(found) if found.as_ref() == Some(token) => Ok(()),
        Ok(_) => Err(NotKept),
        Err(error) => {
            tracing::warn!(%error, "the secrets cannot be written");
            Err(NotKept)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Keychain, KeychainError};
    use futures_util::FutureExt as _;
    use parking_lot::Mutex;
    use std::collections::BTreeMap;

    /// A keychain that forgets what it is given, if it is told to.
    #[derive(Default)]
    struct Forgetful {
        secrets: Mutex<BTreeMap<String, Vec<u8>>>,
        forgets: Mutex<bool>,
    }

    impl Keychain for Forgetful {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
            Ok(self.secrets.lock().get(name).cloned().map(Zeroizing::new))
        }

        fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
            if !*self.forgets.lock() {
                self.secrets.lock().insert(name.to_owned(), secret.to_vec());
            }
            Ok(())
        }

        fn delete(&self, name: &str) -> Result<(), KeychainError> {
            self.secrets.lock().remove(name);
            Ok(())
        }
    }

    fn token(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn s_h3_what_was_not_kept_is_not_said_to_be_and_after_the_end_nothing_is_written() {
        let keychain = Arc::new(Forgetful::default());
        let secrets = Secrets::open_in(keychain.clone());
        let place = TokenPlace::new(&secrets, "ira");
        let kept = || secrets.token("ira").unwrap();
        assert_eq!(place.keep(token("first")).await, Ok(()));
        assert_eq!(kept(), Some(token("first")));
        *keychain.forgets.lock() = true;
        assert_eq!(place.keep(token("second")).await, Err(NotKept));
        assert_eq!(kept(), Some(token("first")));
        *keychain.forgets.lock() = false;
        place.close().await;
        assert_eq!(place.keep(token("third")).await, Err(NotKept));
        assert_eq!(kept(), Some(token("first")));
    }

    #[tokio::test]
    async fn s_h3_a_keeping_that_nobody_waits_for_ends_before_the_next_begins() {
        let secrets = Secrets::open_in(Arc::new(Forgetful::default()));
        let place = TokenPlace::new(&secrets, "ira");
        for number in 0..200 {
            // Polled once, so that it may have begun to write.
            let _ = place.keep(token(&format!("given up {number}"))).now_or_never();
            let last = token(&format!("kept {number}"));
            place.keep(last.clone()).await.unwrap();
            assert_eq!(secrets.token("ira").unwrap(), Some(last));
        }
    }
}
