//! What is left on a machine once a session is over.

use super::{Desk, MemoryKeychain};
use otklik_core::{AppView, Notice, SignInError};
use otklik_engine::Push;
use otklik_store::{OwnDb, StoreKey};
use std::{
    fs,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

impl Desk {
    /// Waits until the screen goes from under the operator; the session still takes what the pages have to say.
    pub async fn leaves_the_workplace(&mut self) {
        self.screen("no workplace", |view| matches!(view, AppView::Starting).then_some(())).await;
    }

    /// Waits until the hub has ended the session; returns what stands on the screen then: the address and the login.
    pub async fn ended(&mut self) -> (Option<String>, Option<String>) {
        self.screen("the end of the session", |view| match view {
            AppView::SignIn { address, login, error: Some(SignInError::SessionEnded), busy: false, .. } => {
                Some((address.clone(), login.clone()))
            }
            AppView::SignIn { .. }
            | AppView::Starting
            | AppView::Passphrase { .. }
            | AppView::Broken { .. }
            | AppView::Workplace
            | AppView::Covered { .. } => None,
        })
        .await
    }

    /// Waits until nobody is signed in; returns what stands on the screen: the address, the login, and what is wrong.
    pub async fn asked_to_sign_in(&mut self) -> (Option<String>, Option<String>, Option<SignInError>) {
        self.screen("the sign-in screen", |view| match view {
            AppView::SignIn { address, login, error, busy: false, .. } => {
                Some((address.clone(), login.clone(), error.clone()))
            }
            AppView::SignIn { .. }
            | AppView::Starting
            | AppView::Passphrase { .. }
            | AppView::Broken { .. }
            | AppView::Workplace
            | AppView::Covered { .. } => None,
        })
        .await
    }

    /// What stands in the way now, as a page that comes anew is told.
    pub async fn notices(&self) -> Vec<Notice> {
        let mut watch = self.workplace.watch();
        let told = async {
            loop {
                if let Push::Snapshot { snapshot } = watch.next().await {
                    return snapshot.notices;
                }
            }
        };
        tokio::time::timeout(super::PATIENCE, told).await.expect("a snapshot")
    }
}

/// The folder of the only account.
pub fn account(data: &Path) -> PathBuf {
    let mut accounts: Vec<_> =
        fs::read_dir(data.join("accounts")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    accounts.remove(0)
}

/// What of the account's folder the hub can send again.
pub fn cached(data: &Path) -> Vec<String> {
    let names = fs::read_dir(account(data)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("cache.db") || name == "fetched").collect()
}

/// The secret whose name ends or goes on like this.
pub fn secret(keychain: &MemoryKeychain, name: &str) -> Option<Vec<u8>> {
    let secrets = keychain.0.lock().unwrap();
    secrets.iter().find(|(known, _)| known.contains(name)).map(|(_, secret)| secret.clone())
}

/// Nothing that the hub can send again is left, nor a key to it, nor a way to the hub; what only this machine has is.
pub fn assert_erased(data: &Path, keychain: &MemoryKeychain) {
    assert_eq!(cached(data), Vec::<String>::new());
    assert!(account(data).join("own.db").exists());
    assert_eq!((secret(keychain, "cache-key:"), secret(keychain, "token:")), (None, None));
    assert!(secret(keychain, "store-key").is_some());
}

/// The texts that wait to be sent, as the next start would find them.
pub fn unsent(data: &Path, keychain: &MemoryKeychain) -> Vec<String> {
    let key: [u8; 32] = secret(keychain, "store-key").unwrap().try_into().unwrap();
    let own = OwnDb::open(&account(data).join("own.db"), &StoreKey::new(Zeroizing::new(key))).unwrap();
    own.load().unwrap().outbox.iter().filter_map(|item| item.op.text().map(str::to_owned)).collect()
}
