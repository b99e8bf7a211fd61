//! The machine around a workplace, a hub and its customers, for tests. Each test program uses a part of it.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod computer;
mod customer;
pub mod hub;
pub mod leaving;
mod talk;

pub use customer::Customer;
pub use hub::{PASSWORD, hub_with_ira, sign_in};

use otklik_core::{AlertSound, AppView, Language, LinkView, Popup, PopupTag, Receipt, Standing, UiError, ViewEvent};
use otklik_engine::{
    AppCommand, Keychain, KeychainError, LocalDesk, LocalDeskHost, PageCommand, PictureMaker, Push, Shell, SoundOrder,
    Watch, Workplace, WorkplaceConfig,
};
use otklik_hub::{Hub, HubConfig, RunningHub};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use zeroize::Zeroizing;

/// Nothing here takes this long; a test that waits longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Remembers what it was asked.
#[derive(Default)]
pub struct QuietShell {
    pub opened: Mutex<Vec<String>>,
    pub sounds: Mutex<Vec<AlertSound>>,
    /// What was shown, and whose it was said to be.
    pub popups: tokio::sync::watch::Sender<Vec<(PopupTag, Option<String>)>>,
    /// The same, whole.
    pub notified: Mutex<Vec<Popup>>,
    /// Whether the system has locked the screen.
    pub locked: AtomicBool,
    /// The last count.
    pub badge: tokio::sync::watch::Sender<u32>,
    /// How all accounts stand, as the tray was told last, and whose status that is.
    pub standing: tokio::sync::watch::Sender<(Option<Standing>, Option<String>)>,
    /// Whether the task bar asks for the operator.
    pub attention: tokio::sync::watch::Sender<bool>,
}

impl Shell for QuietShell {
    fn sound_devices(&self) -> Vec<String> {
        vec!["Headset".to_owned()]
    }
    fn can_play(&self, file: &[u8]) -> bool {
        file.starts_with(b"RIFF")
    }
    fn is_quiet(&self) -> bool {
        false
    }
    fn checks_spelling(&self) -> bool {
        false
    }
    fn is_locked(&self) -> bool {
        self.locked.load(Ordering::SeqCst)
    }
    fn sound(&self, SoundOrder { sound, .. }: SoundOrder) {
        self.sounds.lock().unwrap().push(sound);
    }
    fn popup(&self, popup: &Popup, account: Option<&str>, _language: Language) {
        self.notified.lock().unwrap().push(popup.clone());
        self.popups.send_modify(|shown| shown.push((popup.tag(), account.map(str::to_owned))));
    }
    fn withdraw(&self, _tag: PopupTag) {}
    fn attention(&self, on: bool) {
        self.attention.send_replace(on);
    }
    fn badge(&self, count: u32) {
        self.badge.send_replace(count);
    }
    fn standing(&self, standing: Option<&Standing>, account: Option<&str>, _language: Language) {
        self.standing.send_replace((standing.cloned(), account.map(str::to_owned)));
    }
    fn show_window(&self) {}
    fn show_own_window(&self, _dialog: otklik_model::DialogId) {}
    fn open_url(&self, url: &str) {
        self.opened.lock().unwrap().push(url.to_owned());
    }
}

/// A keychain in memory; `None` for a system without one.
#[derive(Clone, Default)]
pub struct MemoryKeychain(pub Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Keychain for MemoryKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.0.lock().unwrap().get(name).cloned().map(Zeroizing::new))
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.0.lock().unwrap().insert(name.to_owned(), secret.to_vec());
        Ok(())
    }
    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// A system without a keychain, or with a locked one.
pub struct NoKeychain(pub KeychainError);

impl Keychain for NoKeychain {
    fn get(&self, _name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Err(self.0.clone())
    }
    fn set(&self, _name: &str, _secret: &[u8]) -> Result<(), KeychainError> {
        Err(self.0.clone())
    }
    fn delete(&self, _name: &str) -> Result<(), KeychainError> {
        Err(self.0.clone())
    }
}

/// The embedded hub, as the app joins it to the engine.
pub struct EmbeddedHub {
    folder: std::path::PathBuf,
    running: tokio::sync::Mutex<Option<RunningHub>>,
}

impl EmbeddedHub {
    pub fn new(data: &Path) -> Arc<Self> {
        Arc::new(Self { folder: data.join("desk"), running: tokio::sync::Mutex::new(None) })
    }
}

#[async_trait::async_trait]
impl LocalDeskHost for EmbeddedHub {
    fn exists(&self) -> bool {
        self.folder.join("hub.sqlite").exists()
    }

    async fn start(&self, key: &[u8; 32]) -> Result<LocalDesk, String> {
        let mut running = self.running.lock().await;
        if running.is_none() {
            let config = HubConfig::embedded(self.folder.clone(), Some(*key));
            *running = Some(Hub::start(config).await.map_err(|error| error.to_string())?);
        }
        let hub = running.as_ref().unwrap();
        let token = hub.local_operator_token("Ира").await.map_err(|error| error.to_string())?;
        let address = format!("http://{}", hub.address());
        Ok(LocalDesk { customer_page: format!("{address}/"), address, token: Zeroizing::new(token) })
    }

    async fn stop(&self) {
        if let Some(hub) = self.running.lock().await.take() {
            hub.stop().await;
        }
    }
}

fn config(data: &Path, hub: Option<String>, policy: Option<std::path::PathBuf>) -> WorkplaceConfig {
    crate::logs::begin();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pictures = Some(PictureMaker(env!("CARGO_BIN_EXE_otklik-pictures").into()));
    let (downloads, version, asks_first) = (Some(data.join("downloads")), "test".to_owned(), false);
    WorkplaceConfig { data: data.to_owned(), hub, version, downloads, pictures, policy, asks_first }
}

/// A workplace on a folder.
pub struct Desk {
    pub workplace: Workplace,
    pub watch: Watch,
    pub shell: Arc<QuietShell>,
}

impl Desk {
    /// With a local desk of its own.
    pub fn local(data: &Path, keychain: Arc<dyn Keychain>) -> Self {
        Self::start(data, None, keychain, Some(EmbeddedHub::new(data)))
    }

    /// At a hub somewhere.
    pub fn remote(data: &Path, hub: &str, keychain: Arc<dyn Keychain>) -> Self {
        Self::start(data, Some(hub.to_owned()), keychain, None)
    }

    /// With a local desk, on a machine whose administrator has a policy in this file.
    pub fn under_policy(data: &Path, policy: &Path) -> Self {
        let (keychain, host) = (Arc::new(MemoryKeychain::default()), Some(EmbeddedHub::new(data)));
        Self::begin(data, None, keychain, host, Some(policy.to_owned()))
    }

    fn start(data: &Path, hub: Option<String>, keychain: Arc<dyn Keychain>, desk: Option<Arc<EmbeddedHub>>) -> Self {
        Self::begin(data, hub, keychain, desk, None)
    }

    fn begin(
        data: &Path,
        hub: Option<String>,
        keychain: Arc<dyn Keychain>,
        desk: Option<Arc<EmbeddedHub>>,
        policy: Option<std::path::PathBuf>,
    ) -> Self {
        let shell = Arc::new(QuietShell::default());
        let config = config(data, hub, policy);
        let host = desk.map(|desk| desk as Arc<dyn LocalDeskHost>);
        let workplace = Workplace::start(config, shell.clone(), keychain, host);
        let watch = workplace.watch();
        Self { workplace, watch, shell }
    }

    /// Waits for the push that `wanted` makes something of.
    pub async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&Push) -> Option<T>) -> T {
        let waiting = async {
            loop {
                if let Some(found) = wanted(&self.watch.next().await) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
    }

    /// Waits for a screen.
    pub async fn screen<T>(&mut self, what: &str, mut wanted: impl FnMut(&AppView) -> Option<T>) -> T {
        self.until(what, |push| match push {
            Push::App { view } => wanted(view),
            Push::Snapshot { .. } | Push::Events { .. } | Push::Machine { .. } => None,
        })
        .await
    }

    /// Waits for an event.
    pub async fn event<T>(&mut self, what: &str, mut wanted: impl FnMut(&ViewEvent) -> Option<T>) -> T {
        self.until(what, |push| match push {
            Push::Events { events } => events.iter().find_map(&mut wanted),
            Push::App { .. } | Push::Snapshot { .. } | Push::Machine { .. } => None,
        })
        .await
    }

    /// Waits until the connection is live, whether a snapshot or an event says so.
    pub async fn live(&mut self) {
        let is_live = |link: &LinkView| matches!(link, LinkView::Live { .. }).then_some(());
        self.until("a live connection", |push| match push {
            Push::Snapshot { snapshot } => is_live(&snapshot.link),
            Push::Events { events } => events.iter().find_map(|event| match event {
                ViewEvent::Link { link } => is_live(link),
                _ => None,
            }),
            Push::App { .. } | Push::Machine { .. } => None,
        })
        .await;
    }

    pub async fn app(&self, command: AppCommand) -> Result<Receipt, UiError> {
        self.workplace.command(PageCommand::App { command }).await
    }

    pub async fn session(&self, command: otklik_core::Command) -> Result<Receipt, UiError> {
        self.workplace.command(PageCommand::Session { command }).await
    }
}
