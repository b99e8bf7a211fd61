//! A workplace of the real engine without a window.

use super::office;
use anyhow::{Context as _, bail};
use otklik_core::{
    Answer, AppView, Command, Language, LinkView, Popup, PopupTag, Query, StagedFile, Standing, ViewEvent,
};
use otklik_engine::{
    AppCommand, FileCommand, Keychain, KeychainError, PageAnswer, PageCommand, PageQuery, Push, Shell, SoundOrder,
    Watch, Workplace, WorkplaceConfig,
};
use otklik_model::{DialogId, OperatorStatus};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::io::AsyncBufReadExt;
use zeroize::Zeroizing;

/// The longest anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes no sound and shows nothing.
#[derive(Debug, Default)]
struct Quiet {
    /// Tell a parent of each sound and each popup.
    aloud: bool,
}

impl Shell for Quiet {
    fn sound_devices(&self) -> Vec<String> {
        Vec::new()
    }
    fn can_play(&self, _file: &[u8]) -> bool {
        false
    }
    fn is_quiet(&self) -> bool {
        false
    }
    fn checks_spelling(&self) -> bool {
        false
    }
    fn is_locked(&self) -> bool {
        false
    }
    fn sound(&self, _order: SoundOrder) {
        if self.aloud {
            say("sound");
        }
    }
    fn popup(&self, popup: &Popup, _account: Option<&str>, _language: Language) {
        if self.aloud {
            say(&format!("popup {popup:?}"));
        }
    }
    fn withdraw(&self, _tag: PopupTag) {}
    fn attention(&self, _on: bool) {}
    fn badge(&self, _count: u32) {}
    fn standing(&self, _standing: Option<&Standing>, _account: Option<&str>, _language: Language) {}
    fn show_window(&self) {}
    fn show_own_window(&self, _dialog: DialogId) {}
    fn open_url(&self, _url: &str) {}
}

/// Secrets in memory.
#[derive(Debug, Default)]
struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Keychain for Memory {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.get(name).cloned().map(Zeroizing::new))
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret.to_vec());
        Ok(())
    }
    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

/// Secrets in a file, for programs that are killed: what a real keychain keeps outlives them, too.
#[derive(Debug)]
struct InFile(PathBuf);

impl InFile {
    fn all(&self) -> Result<BTreeMap<String, Vec<u8>>, KeychainError> {
        match std::fs::read(&self.0) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| KeychainError::Failed(error.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(KeychainError::Failed(error.to_string())),
        }
    }

    /// Whole or not at all: a kill in between leaves the old ones.
    fn keep(&self, secrets: &BTreeMap<String, Vec<u8>>) -> Result<(), KeychainError> {
        let new = self.0.with_extension("new");
        let text = serde_json::to_vec(secrets).map_err(|error| KeychainError::Failed(error.to_string()))?;
        let kept = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.0));
        kept.map_err(|error| KeychainError::Failed(error.to_string()))
    }
}

impl Keychain for InFile {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.all()?.remove(name).map(Zeroizing::new))
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let mut secrets = self.all()?;
        secrets.insert(name.to_owned(), secret.to_vec());
        self.keep(&secrets)
    }
    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        let mut secrets = self.all()?;
        secrets.remove(name);
        self.keep(&secrets)
    }
}

/// A workplace, signed in.
pub struct Desk {
    workplace: Workplace,
    watch: Watch,
    live: bool,
    /// How many messages the hub does not have, once a snapshot has told.
    unsent: Option<u32>,
    /// Ира's, as the hub told it last.
    status: Option<OperatorStatus>,
    mine: BTreeSet<DialogId>,
    waiting: BTreeSet<DialogId>,
}

impl Desk {
    /// Starts one and signs in.
    ///
    /// # Errors
    /// When it does not come to its workplace.
    pub async fn open(folder: &Path, hub: &str, aloud: bool) -> anyhow::Result<Self> {
        let mut desk = Self::begin(folder, hub, aloud, Arc::new(Memory::default()));
        tokio::time::timeout(PATIENCE, desk.sign_in(hub, office::PASSWORD)).await.context("no sign-in screen")??;
        desk.until("a live connection", |desk| desk.live).await?;
        Ok(desk)
    }

    /// Starts one whose secrets outlive the process, in a file beside its folder, and signs in if it has to.
    ///
    /// # Errors
    /// When it does not come to its workplace.
    pub async fn reopen(folder: &Path, hub: &str, password: &str) -> anyhow::Result<Self> {
        let mut desk = Self::begin(folder, hub, false, Arc::new(InFile(folder.with_extension("secrets"))));
        tokio::time::timeout(PATIENCE, desk.sign_in_if_asked(hub, password)).await.context("no screen")??;
        desk.until("a live connection", |desk| desk.live).await?;
        Ok(desk)
    }

    fn begin(folder: &Path, hub: &str, aloud: bool, secrets: Arc<dyn Keychain>) -> Self {
        // Somebody else in this process may have chosen already.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let config = WorkplaceConfig {
            data: folder.to_owned(),
            hub: Some(hub.to_owned()),
            version: "test".to_owned(),
            downloads: None,
            pictures: None,
            policy: None,
            asks_first: false,
        };
        let workplace = Workplace::start(config, Arc::new(Quiet { aloud }), secrets, None);
        let watch = workplace.watch();
        Self {
            workplace,
            watch,
            live: false,
            unsent: None,
            status: None,
            mine: BTreeSet::new(),
            waiting: BTreeSet::new(),
        }
    }

    async fn sign_in_if_asked(&mut self, hub: &str, password: &str) -> anyhow::Result<()> {
        loop {
            match self.watch.next().await {
                Push::App { view: AppView::SignIn { busy: false, .. } } => {
                    return self.give_password(hub, password).await;
                }
                push @ Push::Snapshot { .. } => {
                    self.take(push);
                    return Ok(());
                }
                Push::App { .. } | Push::Events { .. } | Push::Machine { .. } => {}
            }
        }
    }

    async fn sign_in(&mut self, hub: &str, password: &str) -> anyhow::Result<()> {
        loop {
            if let Push::App { view: AppView::SignIn { busy: false, .. } } = self.watch.next().await {
                return self.give_password(hub, password).await;
            }
        }
    }

    async fn give_password(&self, hub: &str, password: &str) -> anyhow::Result<()> {
        let (address, login, password) = (hub.to_owned(), "ira".to_owned(), password.to_owned());
        let command = AppCommand::SignIn { address, login, password };
        let signed = self.workplace.command(PageCommand::App { command }).await;
        signed.map(|_| ()).map_err(|error| anyhow::anyhow!("sign-in: {error:?}"))
    }

    /// Waits until something is so.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        let wait = async {
            while !so(self) {
                let push = self.watch.next().await;
                self.take(push);
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.with_context(|| format!("waited in vain for {what}"))
    }

    /// Whether the connection counts as live.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Accepts the dialog that waits, and waits until it is one's own.
    ///
    /// # Errors
    /// When there is none.
    pub async fn accept(&mut self) -> anyhow::Result<DialogId> {
        self.until("somebody who waits", |desk| !desk.waiting.is_empty()).await?;
        let dialog = *self.waiting.first().context("nobody waits")?;
        self.command(Command::Accept { dialog }).await?;
        self.until("the accepted dialog", |desk| desk.mine.contains(&dialog)).await?;
        Ok(dialog)
    }

    /// Gives a command that has to be carried out.
    ///
    /// # Errors
    /// When it is not.
    pub async fn command(&self, command: Command) -> anyhow::Result<()> {
        match self.workplace.command(PageCommand::Session { command }).await {
            Ok(_) => Ok(()),
            Err(error) => bail!("{error:?}"),
        }
    }

    /// One's own dialog; the one that waits is accepted if there is none.
    ///
    /// # Errors
    /// When there is neither.
    pub async fn own_dialog(&mut self) -> anyhow::Result<DialogId> {
        self.until("a dialog", |desk| !desk.mine.is_empty() || !desk.waiting.is_empty()).await?;
        match self.mine.first() {
            Some(dialog) => Ok(*dialog),
            None => self.accept().await,
        }
    }

    /// Gives a command about files that has to be carried out.
    ///
    /// # Errors
    /// When it is not.
    pub async fn file(&self, command: FileCommand) -> anyhow::Result<()> {
        match self.workplace.command(PageCommand::File { command }).await {
            Ok(_) => Ok(()),
            Err(error) => bail!("{error:?}"),
        }
    }

    /// The files of a dialog that were chosen and not sent.
    ///
    /// # Errors
    /// When the workplace does not tell.
    pub async fn tray(&self, dialog: DialogId) -> anyhow::Result<Vec<StagedFile>> {
        match self.workplace.query(PageQuery::Session { query: Query::Draft { dialog } }).await {
            Ok(PageAnswer::Session { answer: Answer::Draft { files, .. } }) => Ok(files),
            other => bail!("no draft: {other:?}"),
        }
    }

    /// Waits until nothing is unsent.
    ///
    /// # Errors
    /// When something stays.
    pub async fn sent_everything(&mut self) -> anyhow::Result<()> {
        // What was heard before may be older than the last command: a new page is told what is so now.
        (self.watch, self.unsent) = (self.workplace.watch(), None);
        self.until("an empty outbox", |desk| desk.unsent == Some(0)).await
    }

    /// Ends in order.
    pub async fn close(self) {
        self.workplace.stop().await;
    }

    fn take(&mut self, push: Push) {
        match push {
            Push::App { .. } | Push::Machine { .. } => {}
            Push::Snapshot { snapshot } => {
                self.live = matches!(snapshot.link, LinkView::Live { .. });
                self.unsent = Some(snapshot.counts.unsent);
                self.status = Some(snapshot.me.status);
                snapshot.rows.iter().for_each(|row| self.take_row(row));
            }
            Push::Events { events } => events.iter().for_each(|event| match event {
                ViewEvent::Link { link } => self.live = matches!(link, LinkView::Live { .. }),
                ViewEvent::Counts { counts } => self.unsent = Some(counts.unsent),
                ViewEvent::Me { me, .. } => self.status = Some(me.status),
                ViewEvent::Rows { rows } => rows.iter().for_each(|row| self.take_row(row)),
                ViewEvent::RowsGone { .. }
                | ViewEvent::Thread { .. }
                | ViewEvent::GapFilled { .. }
                | ViewEvent::DraftChanged { .. }
                | ViewEvent::Typing { .. }
                | ViewEvent::Colleagues { .. }
                | ViewEvent::Clock { .. }
                | ViewEvent::Directory { .. }
                | ViewEvent::Handbook { .. }
                | ViewEvent::Settings { .. }
                | ViewEvent::Muted { .. }
                | ViewEvent::Toast { .. }
                | ViewEvent::Fetching { .. }
                | ViewEvent::Notices { .. }
                | ViewEvent::OpenDialog { .. }
                | ViewEvent::OwnWindows { .. }
                | ViewEvent::LinkFollowed { .. } => {}
            }),
        }
    }

    fn take_row(&mut self, row: &otklik_core::DialogRow) {
        let section = row.section;
        let place =
            |rows: &mut BTreeSet<DialogId>, here: bool| if here { rows.insert(row.id) } else { rows.remove(&row.id) };
        place(&mut self.waiting, section == otklik_model::Section::Waiting);
        place(&mut self.mine, section == otklik_model::Section::Mine);
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Without a parent nobody listens, and the program is about to end.
    let _gone = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}

/// The line that asks the program that is stopped for its operator's status, once it is live and all is sent.
pub(super) const STATUS: &str = "status?";

/// The program that is stopped: accepts the dialog that waits, then sends each line of standard input as a text, and
/// says when it sounds, when it shows a popup, and the status when it is asked.
///
/// # Errors
/// When something does not come in time.
pub async fn child(folder: &Path, hub: &str) -> anyhow::Result<()> {
    let mut desk = Desk::open(folder, hub, true).await?;
    let dialog = desk.accept().await?;
    say("ready");
    let mut lines = tokio::io::BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            push = desk.watch.next() => desk.take(push),
            line = lines.next_line() => {
                let Some(text) = line? else { break };
                if text == STATUS {
                    desk.until("a live connection", |desk| desk.live).await?;
                    desk.sent_everything().await?;
                    say(&format!("status {:?}", desk.status));
                    continue;
                }
                desk.command(Command::SendText { dialog, text: text.clone(), quote: None }).await?;
                say(&format!("promised {text}"));
            }
        }
    }
    desk.close().await;
    Ok(())
}
