//! The workplace around a session: which screen it is on, and the way from an empty data folder to a running session.
//!
//! One task owns all of it (`Host`); pages and shells hold a [`Workplace`] and only send words.

mod host;
mod machine;
mod pressed;
mod screen;

use crate::{
    AppCommand, CoverView, FileAnswer, FileRange, Keychain, LocalDeskHost, PageAnswer, PageCommand, PageQuery,
    PictureMaker, Policy, Push, Shell,
    audience::{Audience, Page},
    files::Files,
    link_check::check_link,
    own_sounds, queries,
    runner::{Handle, Told},
    spelling::{self, Spelling},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use host::{Host, Word};
use machine::SOUND_NAME;
use otklik_core::{
    AlertSound, AppView, Command, CoverKey, DialogLink, DiskFault, Input, OwnSound, Receipt, UiError, UiErrorCode,
    WindowState,
};
use otklik_model::{DialogId, excerpt};
use otklik_store::Reader;
use parking_lot::Mutex;
use screen::Screen;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep,
};
use zeroize::Zeroizing;

/// A page draws so often at most: what happens sooner after a push is joined to the next one.
const FRAME: Duration = Duration::from_millis(16);

/// What a workplace is started with.
#[derive(Clone, Debug)]
pub struct WorkplaceConfig {
    /// The folder of everything this machine keeps.
    pub data: PathBuf,
    /// Offer to sign in at this hub instead of running a local desk.
    pub hub: Option<String>,
    /// The program's version, for the hub's log.
    pub version: String,
    /// The operator's downloads; a folder beside everything else, if the system has none.
    pub downloads: Option<PathBuf>,
    /// What makes pictures of strangers' files; without it they are files like any other.
    pub pictures: Option<PictureMaker>,
    /// Where the administrator's policy stands, if there is one.
    pub policy: Option<PathBuf>,
    /// Ask who signs in, also where a local desk could be had without.
    pub asks_first: bool,
}

/// A running workplace. Cheap to clone.
#[derive(Clone)]
pub struct Workplace {
    shared: Arc<Shared>,
    words: mpsc::UnboundedSender<Word>,
}

/// What the pages' calls and the host both touch.
pub(crate) struct Shared {
    /// The folder of everything this machine keeps.
    pub(crate) data: PathBuf,
    pub(crate) audience: Audience,
    pub(crate) shell: Arc<dyn Shell>,
    pub(crate) screen: Mutex<Screen>,
    /// A vault keeps the secrets: its passphrase opens the cover.
    pub(crate) vault: AtomicBool,
    pub(crate) session: Mutex<Option<Running>>,
    pub(crate) window: Mutex<WindowState>,
    spelling: Arc<Spelling>,
    /// Dialogs in windows of their own, for a session that starts while they are open.
    pub(crate) own_windows: Mutex<BTreeMap<DialogId, WindowState>>,
    /// Another program's link that came before there was a session to follow it.
    pub(crate) link: Mutex<Option<DialogLink>>,
    /// What the administrator has laid down.
    pub(crate) policy: Mutex<Policy>,
    /// The program's version.
    pub(crate) version: String,
    /// Held while a page is told how the machine stands.
    pub(crate) telling_machine: Mutex<()>,
}

/// A running session's two ways in.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) handle: Handle,
    /// `None`: it was closed under a cover.
    reading: Option<Reading>,
}

/// What was read here.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) reader: Reader,
    pub(crate) files: Files,
}

impl Running {
    /// What was read here.
    pub(crate) fn reading(&self) -> Result<&Reading, UiError> {
        self.reading.as_ref().ok_or_else(not_ready)
    }
}

impl Workplace {
    /// Starts a workplace; inside a tokio runtime. Without `desk` there is no local desk to offer.
    #[must_use]
    pub fn start(
        config: WorkplaceConfig,
        shell: Arc<dyn Shell>,
        keychain: Arc<dyn Keychain>,
        desk: Option<Arc<dyn LocalDeskHost>>,
    ) -> Self {
        let shared = Arc::new(Shared {
            data: config.data.clone(),
            audience: Audience::default(),
            shell,
            screen: Mutex::new(Screen::new()),
            vault: AtomicBool::new(false),
            session: Mutex::new(None),
            window: Mutex::new(WindowState::default()),
            spelling: Arc::default(),
            own_windows: Mutex::new(BTreeMap::new()),
            link: Mutex::new(None),
            policy: Mutex::new(Policy::default()),
            version: config.version.clone(),
            telling_machine: Mutex::new(()),
        });
        let (words, heard) = mpsc::unbounded_channel();
        tokio::spawn(Host::new(config, shared.clone(), keychain, desk).run(heard));
        Self { shared, words }
    }

    /// Watches everything from here on. The first push is the screen.
    #[must_use]
    pub fn watch(&self) -> Watch {
        // The screen is read and the page joined under one lock, so that a change of screen is not missed between.
        let page = {
            let screen = self.shared.screen.lock();
            self.shared.audience.join(screen.shown().clone())
        };
        self.look();
        Watch { page }
    }

    /// Tells a page everything from here on; `sink` returns false when the page is gone. Pushes come in order, on a
    /// task of their own, and a slow page holds up nobody. However much happens, a page is told no oftener than it
    /// draws; the first word after a silence is told at once.
    pub fn subscribe(&self, mut sink: impl FnMut(Push) -> bool + Send + 'static) {
        let mut watch = self.watch();
        tokio::spawn(async move {
            loop {
                let push = watch.next().await;
                let paced = matches!(push, Push::Events { .. });
                if !sink(push) {
                    return;
                }
                if paced {
                    sleep(FRAME).await;
                }
            }
        });
    }

    /// Carries out a page's command.
    ///
    /// # Errors
    /// [`UiError`]; what the operator typed is still in the page.
    pub async fn command(&self, command: PageCommand) -> Result<Receipt, UiError> {
        match command {
            PageCommand::Session { command } => {
                self.shared.obeys()?;
                let running = self.running().ok_or_else(not_ready)?;
                running.handle.command(self.obeying(command)?).await
            }
            PageCommand::App { command } => {
                self.shared.obeys_app(&command)?;
                self.app_command(command).await
            }
            // Accounts are arranged above a workplace, before a command comes to one of them.
            PageCommand::Seats { .. } => Err(UiError { code: UiErrorCode::NotFound }),
            PageCommand::File { command } => {
                self.shared.answers()?;
                self.running().ok_or_else(not_ready)?.reading()?.files.command(command).await
            }
        }
    }

    async fn app_command(&self, command: AppCommand) -> Result<Receipt, UiError> {
        match command {
            AppCommand::OpenLink { url } => match check_link(&url) {
                Some(check) => {
                    self.shared.shell.open_url(&check.url);
                    Ok(Receipt::default())
                }
                None => Err(UiError { code: UiErrorCode::Malformed }),
            },
            AppCommand::UseSound { sound, name, file } => self.use_sound(sound, name, file).await,
            AppCommand::Window { focused, hidden } => {
                self.window(WindowState { focused, hidden });
                Ok(Receipt::default())
            }
            // Windows are the shell's, and their cover is over all accounts: both answer before a command comes here.
            AppCommand::OpenOwnWindow { .. }
            | AppCommand::CloseOwnWindow { .. }
            | AppCommand::Compact { .. }
            | AppCommand::Cover { .. } => Err(UiError { code: UiErrorCode::NotFound }),
            AppCommand::Machine { command } => self.machine_command(command).await,
            AppCommand::ExportSettings => self.export_settings().await,
            AppCommand::ImportSettings { file } => self.import_settings(file).await,
            command @ (AppCommand::Unlock { .. }
            | AppCommand::SignIn { .. }
            | AppCommand::UseLocalDesk
            | AppCommand::SignOut { .. }
            | AppCommand::TryAgain
            | AppCommand::OpenCustomerPage) => {
                let (reply, answer) = oneshot::channel();
                let _ = self.words.send(Word::Command(command, reply));
                answer.await.unwrap_or_else(|_| Err(not_ready()))
            }
        }
    }

    /// Nothing of the settings changes before the sound is known to play and is on disk.
    async fn use_sound(&self, sound: AlertSound, name: String, file: Option<String>) -> Result<Receipt, UiError> {
        let running = self.running().ok_or_else(not_ready)?;
        let own = match file {
            Some(file) => Some(self.keep_sound(name, file).await?),
            None => None,
        };
        running.handle.command(self.obeying(Command::UseSound { sound, own })?).await
    }

    async fn keep_sound(&self, name: String, file: String) -> Result<OwnSound, UiError> {
        let shared = Arc::clone(&self.shared);
        let kept = tokio::task::spawn_blocking(move || {
            let bytes = BASE64.decode(file).ok().filter(|bytes| bytes.len() <= own_sounds::LONGEST);
            let bytes = bytes.filter(|bytes| shared.shell.can_play(bytes)).ok_or(UiErrorCode::NotPlayable)?;
            own_sounds::keep(&shared.data, &bytes).map_err(|error| {
                tracing::warn!(%error, "a sound could not be kept");
                UiErrorCode::Disk { fault: DiskFault::Io }
            })
        });
        let key = kept.await.unwrap_or(Err(UiErrorCode::NotReady)).map_err(|code| UiError { code })?;
        Ok(OwnSound { name: excerpt(&name, SOUND_NAME), key })
    }

    async fn sound_devices(&self) -> Vec<String> {
        let shell = Arc::clone(&self.shared.shell);
        tokio::task::spawn_blocking(move || shell.sound_devices()).await.unwrap_or_default()
    }

    /// Answers a page's question from the store.
    ///
    /// # Errors
    /// [`UiError`] if there is no session, or the disk refuses.
    pub async fn query(&self, query: PageQuery) -> Result<PageAnswer, UiError> {
        match query {
            PageQuery::Link { url } => Ok(PageAnswer::Link { check: check_link(&url) }),
            PageQuery::Windows => Ok(PageAnswer::Windows { windows: None }),
            PageQuery::Cover => Ok(PageAnswer::Cover { cover: CoverView { by: CoverKey::Press } }),
            PageQuery::SoundDevices => Ok(PageAnswer::SoundDevices { names: self.sound_devices().await }),
            PageQuery::Played { file, from } => {
                let FileAnswer { media, content, part } =
                    self.file(&format!("{file}/play"), Some(FileRange { from, to: None })).await?;
                let size = part.map_or(content.len() as u64, |(_, _, size)| size);
                Ok(PageAnswer::Played { media, part: BASE64.encode(content), size })
            }
            PageQuery::Spelling { text } => {
                let running = self.running().ok_or_else(not_ready)?;
                spelling::check(&self.shared.spelling, &running.handle, &*self.shared.shell, text).await
            }
            PageQuery::Suggestions { word } => spelling::suggest(&self.shared.spelling, word).await,
            PageQuery::Machine => Ok(self.machine().await),
            PageQuery::Session { query } => {
                self.shared.answers()?;
                let running = self.running().ok_or_else(not_ready)?;
                Ok(PageAnswer::Session { answer: queries::answer(&running, query).await? })
            }
        }
    }

    /// What an address of the page stands for: a picture made anew, a sound or a film. See the page's `fileAddress`.
    ///
    /// # Errors
    /// [`UiError`] if there is nothing to be shown.
    pub async fn file(&self, path: &str, range: Option<FileRange>) -> Result<FileAnswer, UiError> {
        self.shared.answers()?;
        self.running().ok_or_else(not_ready)?.reading()?.files.show(path, range).await
    }

    /// The main window's state changed.
    pub fn window(&self, state: WindowState) {
        *self.shared.window.lock() = state;
        self.tell(Input::Window(state));
    }

    /// A dialog got a window of its own, this one changed, or (`None`) was closed.
    pub fn own_window(&self, dialog: DialogId, window: Option<WindowState>) {
        let mut own = self.shared.own_windows.lock();
        match window {
            Some(state) => drop(own.insert(dialog, state)),
            None => drop(own.remove(&dialog)),
        }
        self.tell(Input::OwnWindow { dialog, window });
    }

    /// Follows another program's link as far as to the question whether to open its dialog. False for what is no such
    /// link: then nothing happens.
    pub fn follow_link(&self, link: &str) -> bool {
        DialogLink::parse(link).map(|link| self.follow(link)).is_some()
    }

    /// The same with a link that was read.
    pub(crate) fn follow(&self, link: DialogLink) {
        // Held while looking: a session that starts meanwhile looks here after it can be found.
        let mut waiting = self.shared.link.lock();
        match self.running() {
            Some(running) => running.handle.tell(Told::Input(Input::LinkFollowed(link))),
            None => *waiting = Some(link),
        }
    }

    /// Whether a link leads to a dialog that is here. What is being opened is waited for.
    pub(crate) async fn knows(&self, link: DialogLink) -> bool {
        let mut watch = self.watch();
        // Under a cover no page is told anything; the session is there all the same.
        while !self.shared.is_covered() && !matches!(watch.next().await, Push::Snapshot { .. }) {
            if !matches!(self.shared.screen.lock().under(), AppView::Starting | AppView::Workplace) {
                return false;
            }
        }
        let Some(running) = self.running() else { return false };
        running.handle.ask(|reply| Told::Knows(link, reply)).await.unwrap_or(false)
    }

    /// Whether the passphrase of a vault is asked for that was made before.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(self.shared.screen.lock().under(), AppView::Passphrase { new: false, .. })
    }

    /// Whether a vault keeps its secrets.
    pub(crate) fn is_vault(&self) -> bool {
        self.shared.vault.load(Ordering::Relaxed)
    }

    /// Closes what was read here and forgets its key, for as long as the cover stays.
    pub(crate) async fn close_cache(&self) {
        let (done, closed) = oneshot::channel();
        let _ = self.words.send(Word::CloseCache(done));
        let _ = closed.await;
    }

    /// Opens what was read here and takes the cover away. False: that was not the passphrase.
    pub(crate) async fn open_again(&self, passphrase: Option<Zeroizing<String>>) -> bool {
        let (reply, answer) = oneshot::channel();
        let _ = self.words.send(Word::OpenAgain(passphrase, reply));
        let opened = answer.await.unwrap_or(false);
        if opened {
            self.cover(None);
        }
        opened
    }

    /// Whether somebody is signed in.
    pub(crate) fn is_at_work(&self) -> bool {
        self.running().is_some()
    }

    /// What the system says of the screen or of the day may have changed: look now rather than in a few seconds.
    pub fn look_around(&self) {
        if let Some(running) = self.running() {
            running.handle.tell(Told::Around);
        }
    }

    /// The system says that it woke, or that its network changed.
    pub fn woke(&self) {
        self.tell(Input::Woke);
    }

    /// Stops: everything accepted is on disk when this returns.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        let _ = self.words.send(Word::Stop(done));
        let _ = stopped.await;
    }

    fn tell(&self, input: Input) {
        if let Some(running) = self.running() {
            running.handle.tell(Told::Input(input));
        }
    }

    fn look(&self) {
        if let Some(running) = self.running() {
            running.handle.tell(Told::Look);
        }
    }

    fn running(&self) -> Option<Running> {
        self.shared.session.lock().clone()
    }
}

/// One page's stream of pushes. Dropping it ends it.
pub struct Watch {
    page: Arc<Page>,
}

impl Watch {
    /// The next push, events joined as far as they wait. Cancel-safe.
    pub async fn next(&mut self) -> Push {
        self.page.next().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.page.leave();
    }
}

pub(crate) fn not_ready() -> UiError {
    UiError { code: UiErrorCode::NotReady }
}
