//! The ways out of a session for good: the operator signs out, or the hub has ended it. What was read here goes, what
//! was written here stays (decision 0030).

use super::Host;
use crate::{
    accounts::{self, Account},
    belongings,
    secrets::Secrets,
    workplace::screen::LAST_WORDS,
};
use otklik_backends::{HubAddress, logout};
use otklik_core::{AppView, SignInError};
use tokio::{sync::oneshot, time::sleep};
use zeroize::Zeroizing;

/// Waits until the hub has ended the session; for ever, if none runs. Cancel-safe.
pub(super) async fn ended_by_hub(session: &mut Option<oneshot::Receiver<()>>) {
    if let Some(ended) = session
        && ended.await.is_ok()
    {
        return;
    }
    // A session that has stopped by itself was not ended by the hub.
    *session = None;
    std::future::pending().await
}

impl Host {
    /// The operator leaves. The hub is told last: it may be far away, and nothing here waits for it.
    pub(super) async fn sign_out(&mut self, stay_online: bool) {
        self.end_session().await;
        let account = self.account.take();
        if let Some(account) = &account {
            let token = self.secrets.as_ref().and_then(|secrets| secrets.token(&account.name()).ok().flatten());
            self.forget(account).await;
            self.tell_hub(account, token, stay_online).await;
        }
        if let Err(error) = accounts::forget(&self.config.data) {
            tracing::warn!(%error, "the account is still remembered");
        }
        self.ask_again(account, None);
    }

    /// The hub knows the session no more. It does not say why, and a stolen machine is among the reasons: this one is
    /// left as if its operator had signed out. Who he is stays on the screen and is known to the next start.
    pub(super) async fn leave_ended_session(&mut self) {
        // The pages leave the workplace, and hand over what they have not yet.
        self.show(AppView::Starting);
        sleep(LAST_WORDS).await;
        self.end_session().await;
        let account = self.account.take();
        if let Some(account) = &account {
            self.forget(account).await;
        }
        self.ask_again(account, Some(SignInError::SessionEnded));
    }

    /// Erases what an account has read here, then its token: a start in between finds one that the hub refuses, and
    /// comes back here.
    async fn forget(&self, account: &Account) {
        let Some(secrets) = self.secrets.clone() else { return };
        let (name, folder) = (account.name(), account.folder(&self.config.data));
        let erasing = tokio::task::spawn_blocking(move || {
            belongings::erase(&secrets, &name, &folder);
            if let Err(error) = secrets.drop_token(&name) {
                tracing::warn!(%error, "the token is still in the keychain");
            }
        });
        if erasing.await.is_err() {
            tracing::error!("the cache was not erased to its end");
        }
    }

    /// Has the hub end the session and set the status. A hub that cannot be reached finds out by itself.
    async fn tell_hub(&self, account: &Account, token: Option<Zeroizing<String>>, stay_online: bool) {
        let (Account::Hub { address, .. }, Some(token)) = (account, token) else { return };
        let Ok(hub) = HubAddress::parse(address) else { return };
        if let Err(error) = logout(&hub, &token, stay_online).await {
            tracing::warn!(%error, "the hub was not told of the sign-out");
        }
    }

    /// Whose keys were locked up under a cover gives the passphrase first.
    fn ask_again(&mut self, account: Option<Account>, error: Option<SignInError>) {
        if self.secrets.as_ref().is_some_and(Secrets::is_locked) {
            self.secrets = None;
            return self.ask_passphrase(false, false);
        }
        let (address, login) = match account {
            Some(Account::Hub { address, login }) => (Some(address), Some(login)),
            Some(Account::Local) | None => (None, None),
        };
        self.show(self.sign_in_view(address, login, error, false));
    }
}
