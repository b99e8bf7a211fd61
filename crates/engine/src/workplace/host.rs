//! From an empty data folder to a running session.

mod closing;
mod leaving;

use super::{Reading, Running, Shared, WorkplaceConfig, not_ready};
use crate::{
    AppCommand, Keychain, LocalDeskHost, Policy, PolicyTrouble,
    accounts::{self, Account},
    belongings::{self, Belongings, NotOpened},
    clock::Clock,
    cover::{self, Tries},
    files::Files,
    local_desk::LocalDeskBackend,
    runner::{self, Ground, Told},
    secrets::{self, Custody, Secrets},
    token::TokenPlace,
    vault::VaultError,
};
use otklik_backends::{AddressError, Backend, HubAddress, HubBackend, LoginError, login};
use otklik_core::{AppView, Input, Language, Notice, PopupTag, Receipt, SignInError, UiError, UiErrorCode};
use otklik_store::{OpenError, OpenReport};
use std::{path::Path, sync::Arc, time::Instant};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// What pages and shell say to the host.
pub(crate) enum Word {
    Command(AppCommand, oneshot::Sender<Result<Receipt, UiError>>),
    /// Close what was read, and forget its key.
    CloseCache(oneshot::Sender<()>),
    /// Take the cover away, if this opens it.
    OpenAgain(Option<Zeroizing<String>>, oneshot::Sender<bool>),
    Stop(oneshot::Sender<()>),
}

/// Owns the way to a session.
pub(crate) struct Host {
    config: WorkplaceConfig,
    shared: Arc<Shared>,
    keychain: Arc<dyn Keychain>,
    desk: Option<Arc<dyn LocalDeskHost>>,
    clock: Arc<Clock>,
    secrets: Option<Secrets>,
    /// Whose session runs, or is being started.
    account: Option<Account>,
    local: Option<Arc<LocalDeskBackend>>,
    /// Where the token of the session that runs is kept.
    token: Option<Arc<TokenPlace>>,
    /// Tells when the hub has ended the session that runs.
    ended: Option<oneshot::Receiver<()>>,
    /// The session that runs has closed what was read.
    closed: bool,
    /// Of the passphrase.
    tries: Tries,
}

impl Host {
    pub(super) fn new(
        config: WorkplaceConfig,
        shared: Arc<Shared>,
        keychain: Arc<dyn Keychain>,
        desk: Option<Arc<dyn LocalDeskHost>>,
    ) -> Self {
        let clock = Arc::new(Clock::start());
        Self {
            config,
            shared,
            keychain,
            desk,
            clock,
            secrets: None,
            account: None,
            local: None,
            token: None,
            ended: None,
            closed: false,
            tries: Tries::default(),
        }
    }

    pub(super) async fn run(mut self, mut heard: mpsc::UnboundedReceiver<Word>) {
        self.begin().await;
        loop {
            tokio::select! {
                word = heard.recv() => match word {
                    Some(Word::Command(command, reply)) => {
                        let _ = reply.send(self.command(command).await);
                    }
                    Some(Word::CloseCache(done)) => {
                        self.close_cache().await;
                        let _ = done.send(());
                    }
                    Some(Word::OpenAgain(passphrase, reply)) => {
                        let _ = reply.send(self.open_again(passphrase).await);
                    }
                    Some(Word::Stop(done)) => {
                        self.end_session().await;
                        if let Some(desk) = &self.desk {
                            desk.stop().await;
                        }
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
                () = leaving::ended_by_hub(&mut self.ended) => self.leave_ended_session().await,
            }
        }
    }

    async fn command(&mut self, command: AppCommand) -> Result<Receipt, UiError> {
        match command {
            AppCommand::Unlock { passphrase } => self.unlock(Zeroizing::new(passphrase)).await,
            AppCommand::SignIn { address, login, password } => {
                self.sign_in(address, login, Zeroizing::new(password)).await
            }
            AppCommand::UseLocalDesk => self.start_session(Account::Local).await,
            AppCommand::SignOut { stay_online } => self.sign_out(stay_online).await,
            AppCommand::TryAgain => self.begin().await,
            AppCommand::OpenCustomerPage => return self.open_customer_page().await,
            // Answered before they come here.
            AppCommand::OpenLink { .. }
            | AppCommand::UseSound { .. }
            | AppCommand::Window { .. }
            | AppCommand::OpenOwnWindow { .. }
            | AppCommand::CloseOwnWindow { .. }
            | AppCommand::Compact { .. }
            | AppCommand::Machine { .. }
            | AppCommand::Cover { .. }
            | AppCommand::ExportSettings
            | AppCommand::ImportSettings { .. } => return Err(not_ready()),
        }
        Ok(Receipt::default())
    }

    /// The first step, and the step after every repair.
    async fn begin(&mut self) {
        if self.shared.session.lock().is_some() {
            return;
        }
        self.show(AppView::Starting);
        if let Err(trouble) = self.read_policy() {
            tracing::error!(%trouble, "the policy cannot be obeyed");
            return self.show(AppView::Broken { code: "policy".to_owned(), path: trouble.to_string() });
        }
        if let Err(error) = std::fs::create_dir_all(&self.config.data) {
            tracing::error!(%error, "the data folder cannot be made");
            return self.broken("read_only", &self.config.data.clone());
        }
        if self.secrets.is_none() {
            let (data, keychain) = (self.config.data.clone(), self.keychain.clone());
            let custody = tokio::task::spawn_blocking(move || secrets::look(&data, &keychain)).await;
            match custody {
                Ok(Custody::Open(secrets)) => self.secrets = Some(secrets),
                Ok(Custody::Passphrase { new }) => return self.ask_passphrase(new, false),
                Ok(Custody::KeychainAbsent) => return self.broken("keychain_absent", &self.config.data.clone()),
                Ok(Custody::KeychainLocked) | Err(_) => {
                    return self.broken("keychain_locked", &self.config.data.clone());
                }
            }
        }
        self.choose().await;
    }

    /// Each start obeys the policy as it stands then.
    fn read_policy(&self) -> Result<(), PolicyTrouble> {
        if let Some(file) = &self.config.policy {
            *self.shared.policy.lock() = Policy::load(file)?;
            self.shared.obey();
        }
        Ok(())
    }

    async fn unlock(&mut self, passphrase: Zeroizing<String>) {
        // Only where it is asked for: one that nobody wanted would make a place for secrets beside the one there is.
        if self.secrets.is_some() || !self.shared.asks_passphrase() {
            return;
        }
        if self.tries.wait(Instant::now()).is_some() {
            return self.ask_passphrase(false, true);
        }
        let data = self.config.data.clone();
        match tokio::task::spawn_blocking(move || secrets::unlock(&data, &passphrase)).await {
            Ok(Ok(secrets)) => {
                self.tries.succeeded();
                self.secrets = Some(secrets);
                self.tell_custody();
                self.choose().await;
            }
            Ok(Err(VaultError::WrongPassphrase)) => {
                self.tries.failed(Instant::now());
                self.ask_passphrase(false, true);
            }
            Ok(Err(error @ (VaultError::Damaged | VaultError::Io(_)))) => {
                tracing::error!(%error, "the vault cannot be used");
                let code = if matches!(error, VaultError::Damaged) { "damaged" } else { "io" };
                self.broken(code, &crate::vault::Vault::file_in(&self.config.data));
            }
            Err(_) => self.broken("io", &self.config.data.clone()),
        }
    }

    /// Which account: the one of the command line, the one of last time, else the local desk.
    async fn choose(&mut self) {
        let saved = accounts::load(&self.config.data);
        let account = match (&self.config.hub, saved) {
            (Some(address), Some(Account::Hub { address: known, login })) if same_hub(address, &known) => {
                Some(Account::Hub { address: known, login })
            }
            (Some(address), _) => {
                let address = Some(address.clone());
                return self.show(self.sign_in_view(address, None, None, false));
            }
            (None, Some(account)) => Some(account),
            (None, None) => (self.has_local_desk() && !self.config.asks_first).then_some(Account::Local),
        };
        match account {
            Some(account) => self.start_session(account).await,
            None => self.show(self.sign_in_view(None, None, None, false)),
        }
    }

    async fn sign_in(&mut self, address: String, name: String, password: Zeroizing<String>) {
        let Some(secrets) = self.secrets.clone() else { return };
        self.end_session().await;
        let view = |host: &Self, error, busy| host.sign_in_view(Some(address.clone()), Some(name.clone()), error, busy);
        let hub = match HubAddress::parse(&address) {
            Ok(hub) => hub,
            Err(AddressError::Malformed) => return self.show(view(self, Some(SignInError::BadAddress), false)),
            Err(AddressError::NotEncrypted) => return self.show(view(self, Some(SignInError::NotEncrypted), false)),
        };
        if !self.shared.policy.lock().allows_hub(&address) {
            return self.show(view(self, Some(SignInError::NotAllowed), false));
        }
        self.show(view(self, None, true));
        match login(&hub, &name, &password, &device()).await {
            Ok((token, _)) => {
                let account = Account::Hub { address: hub.to_string(), login: name.clone() };
                if let Err(error) = secrets.set_token(&account.name(), &token) {
                    tracing::error!(%error, "the token cannot be kept");
                    return self.broken("keychain_locked", &self.config.data.clone());
                }
                self.start_session(account).await;
            }
            Err(error) => self.show(view(self, Some(words(error)), false)),
        }
    }

    async fn start_session(&mut self, account: Account) {
        let Some(secrets) = self.secrets.clone() else { return };
        self.end_session().await;
        let folder = account.folder(&self.config.data);
        let backend: Arc<dyn Backend> = match self.backend(&account, &secrets) {
            Ok(backend) => backend,
            Err(view) => return self.show(*view),
        };
        let (name, opening) = (account.name(), folder.clone());
        let opened = tokio::task::spawn_blocking(move || belongings::open(&secrets, &name, &opening)).await;
        let Belongings { store, mut saved, report, shelves } = match opened {
            Ok(Ok(belongings)) => belongings,
            Ok(Err(error)) => {
                tracing::error!(%error, "the store does not open");
                return match error {
                    NotOpened::KeyMissing => self.broken("key_missing", &folder),
                    NotOpened::Keychain(_) => self.broken("keychain_locked", &self.config.data.clone()),
                    NotOpened::Store(error) => self.broken(code_of(&error), &folder),
                };
            }
            Err(_) => return self.broken("io", &folder),
        };
        saved.settings = self.shared.policy.lock().over(saved.settings);
        if let Err(error) = accounts::save(&self.config.data, &account) {
            tracing::warn!(%error, "the account is not remembered");
        }
        let reader = store.reader();
        let shared = &self.shared;
        let (over, ended) = oneshot::channel();
        self.ended = Some(ended);
        let ground = Ground {
            data: self.config.data.clone(),
            store,
            saved,
            outgoing: shelves.outgoing.clone(),
            notices: notices(&report),
            backend,
            shell: shared.shell.clone(),
            audience: shared.audience.clone(),
            clock: self.clock.clone(),
            over,
        };
        // That the session before has ended is old news.
        shared.shell.withdraw(PopupTag::Link);
        // The screen changes before the session speaks, so that no page loses its first words.
        self.show(AppView::Workplace);
        let handle = runner::start(ground);
        handle.tell(Told::Input(Input::Window(*self.shared.window.lock())));
        for (dialog, window) in self.shared.own_windows.lock().iter() {
            handle.tell(Told::Input(Input::OwnWindow { dialog: *dialog, window: Some(*window) }));
        }
        let downloads = self.config.downloads.clone().unwrap_or_else(|| self.config.data.join("downloads"));
        let (audience, helper) = (self.shared.audience.clone(), self.config.pictures.clone());
        let files = Files::new(shelves, handle.clone(), audience, helper, downloads);
        *self.shared.session.lock() =
            Some(Running { handle: handle.clone(), reading: Some(Reading { reader, files }) });
        handle.tell(Told::Look);
        // A link that came before: one that comes from now on finds the session.
        if let Some(link) = self.shared.link.lock().take() {
            handle.tell(Told::Input(Input::LinkFollowed(link)));
        }
        self.account = Some(account);
    }

    /// The backend of an account, or the screen that stands in its way.
    fn backend(&mut self, account: &Account, secrets: &Secrets) -> Result<Arc<dyn Backend>, Box<AppView>> {
        let client = format!("otklik/{}", self.config.version);
        match account {
            Account::Local => {
                let Some(host) = self.desk.clone().filter(|_| self.has_local_desk()) else {
                    return Err(Box::new(self.sign_in_view(None, None, None, false)));
                };
                let locked = |code: &str, path: &Path| {
                    Box::new(AppView::Broken { code: code.to_owned(), path: path.display().to_string() })
                };
                let key = secrets
                    .desk_key(host.exists())
                    .map_err(|_| locked("keychain_locked", &self.config.data))?
                    .ok_or_else(|| locked("key_missing", &self.config.data))?;
                let backend = Arc::new(LocalDeskBackend::new(host, key, client));
                self.local = Some(backend.clone());
                Ok(backend)
            }
            Account::Hub { address, login } => {
                let again =
                    |error| Box::new(self.sign_in_view(Some(address.clone()), Some(login.clone()), error, false));
                let hub = HubAddress::parse(address).map_err(|_| again(Some(SignInError::BadAddress)))?;
                if !self.shared.policy.lock().allows_hub(address) {
                    return Err(again(Some(SignInError::NotAllowed)));
                }
                match secrets.token(&account.name()) {
                    Ok(Some(token)) => {
                        let place = self.token.insert(Arc::new(TokenPlace::new(secrets, &account.name())));
                        Ok(Arc::new(HubBackend::new(hub, token, Some(place.clone()), client)))
                    }
                    Ok(None) => Err(again(None)),
                    Err(_) => Err(Box::new(AppView::Broken {
                        code: "keychain_locked".to_owned(),
                        path: self.config.data.display().to_string(),
                    })),
                }
            }
        }
    }

    /// Stops the session that runs; everything accepted is on disk then. It can go on at the next start.
    async fn end_session(&mut self) {
        self.ended = None;
        self.closed = false;
        let running = self.shared.session.lock().take();
        if let Some(running) = running {
            running.handle.stop().await;
            // A session that has ended counts nothing any more, and asks for nobody.
            self.shared.shell.standing(None, None, Language::Auto);
            self.shared.shell.badge(0);
            self.shared.shell.attention(false);
        }
        if let Some(token) = self.token.take() {
            token.close().await;
        }
        self.local = None;
    }

    async fn open_customer_page(&self) -> Result<Receipt, UiError> {
        let Some(local) = &self.local else { return Err(UiError { code: UiErrorCode::NotFound }) };
        let page = local.customer_page().await.ok_or(UiError { code: UiErrorCode::NoConnection })?;
        self.shared.shell.open_url(&page);
        Ok(Receipt::default())
    }

    fn sign_in_view(
        &self,
        address: Option<String>,
        login: Option<String>,
        error: Option<SignInError>,
        busy: bool,
    ) -> AppView {
        let (servers, only_these) = {
            let policy = self.shared.policy.lock();
            (policy.servers.clone(), policy.only_these)
        };
        let address = address.or_else(|| servers.first().map(|server| server.address.clone()));
        AppView::SignIn { address, login, error, busy, local_desk: self.has_local_desk(), servers, only_these }
    }

    fn has_local_desk(&self) -> bool {
        self.desk.is_some() && !self.shared.policy.lock().no_local_desk
    }

    fn ask_passphrase(&self, new: bool, wrong: bool) {
        let wait_s = cover::seconds(self.tries.wait(Instant::now()));
        self.show(AppView::Passphrase { new, wrong, wait_s });
    }

    fn broken(&self, code: &str, path: &Path) {
        self.show(AppView::Broken { code: code.to_owned(), path: path.display().to_string() });
    }

    fn show(&self, view: AppView) {
        self.shared.show(view);
    }
}

fn same_hub(one: &str, other: &str) -> bool {
    match (HubAddress::parse(one), HubAddress::parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// What the hub's list of sessions calls this machine.
fn device() -> String {
    std::env::var("HOSTNAME")
        .or_else(|_| std::env::var("COMPUTERNAME"))
        .unwrap_or_else(|_| std::env::consts::OS.to_owned())
}

/// What opening the store found, in words that stay on the screen.
fn notices(report: &OpenReport) -> Vec<Notice> {
    let salvaged = report.own.as_ref().map(|damage| Notice::OwnSalvaged {
        kept: damage.kept.as_ref().map(|path| path.display().to_string()),
        messages: u32::try_from(damage.outbox).unwrap_or(u32::MAX),
        drafts: u32::try_from(damage.drafts).unwrap_or(u32::MAX),
        lost: u32::try_from(damage.lost).unwrap_or(u32::MAX),
        incomplete: damage.incomplete,
    });
    let rebuilt = report.cache.as_ref().map(|_| Notice::CacheRebuilt);
    salvaged.into_iter().chain(rebuilt).collect()
}

fn code_of(error: &OpenError) -> &'static str {
    match error {
        OpenError::WrongKey => "key_missing",
        OpenError::NewerVersion { .. } => "newer_version",
        OpenError::ReadOnly => "read_only",
        OpenError::Full => "full",
        OpenError::InUse => "already_running",
        OpenError::NoLocks => "no_locks",
        OpenError::Corrupt { .. } => "damaged",
        OpenError::Io => "io",
    }
}

fn words(error: LoginError) -> SignInError {
    match error {
        LoginError::UnknownHost => SignInError::UnknownHost,
        LoginError::Unreachable => SignInError::Unreachable,
        LoginError::Certificate { detail } => SignInError::Certificate { detail },
        LoginError::NotAHub => SignInError::NotAHub,
        LoginError::WrongPassword => SignInError::WrongPassword,
        LoginError::TooManyTries { retry_after_s } => SignInError::TooManyTries { retry_after_s },
        LoginError::HubTooOld => SignInError::HubTooOld,
        LoginError::HubTooNew => SignInError::HubTooNew,
        LoginError::Unavailable => SignInError::Unavailable,
    }
}
