//! Under a cover that stays, what was read is closed: no key to it is left in memory. The session goes on without it,
//! and begins anew from what is on the disk when the cover goes (decision 0034).

use super::Host;
use crate::runner::Told;
use std::sync::atomic::Ordering;
use zeroize::Zeroizing;

impl Host {
    /// Closes the cache and the files that were fetched, and forgets their key.
    pub(super) async fn close_cache(&mut self) {
        let handle = {
            let mut session = self.shared.session.lock();
            let Some(running) = session.as_mut() else { return };
            running.reading = None;
            running.handle.clone()
        };
        if handle.ask(Told::CloseCache).await.is_err() {
            tracing::error!("a session ended while its cache was to be closed");
        }
        if let Some(secrets) = &self.secrets {
            secrets.lock_cache_keys();
        }
        self.closed = true;
    }

    /// Takes the cover away. False: that was not the passphrase, and nothing has changed.
    pub(super) async fn open_again(&mut self, passphrase: Option<Zeroizing<String>>) -> bool {
        if let Some(secrets) = self.secrets.clone().filter(|secrets| secrets.is_vault()) {
            let Some(passphrase) = passphrase else { return false };
            let asked = tokio::task::spawn_blocking(move || secrets.unlock_cache_keys(&passphrase));
            if !matches!(asked.await, Ok(Ok(true))) {
                return false;
            }
        }
        if std::mem::take(&mut self.closed)
            && let Some(account) = self.account.clone()
        {
            self.start_session(account).await;
        }
        true
    }

    /// Who opens the cover depends on who keeps the secrets.
    pub(super) fn tell_custody(&self) {
        let is_vault = self.secrets.as_ref().is_some_and(crate::secrets::Secrets::is_vault);
        self.shared.vault.store(is_vault, Ordering::Relaxed);
    }
}
