//! Several accounts side by side. Each has a seat: a workplace of its own with its own folder, secrets, stores and
//! queue, which no other one touches. What they share is the machine: one window, one tray, one count over all.
//!
//! Knows which seats there are and which one is on the screen; must not know what happens in them.

mod cover;
mod kept;
mod lock_code;
mod shell;
mod statuses;
mod together;
mod view;

use crate::{
    AppCommand, FileAnswer, FileRange, Keychain, LocalDeskHost, PageAnswer, PageCommand, PageQuery, Shell, Workplace,
    WorkplaceConfig, accounts, accounts::Account,
};
use cover::Cover;
use futures_util::future::join_all;
use kept::{FIRST, folder, keep_front, numbers};
use lock_code::LockCode;
use otklik_core::{Command, DialogLink, Receipt, UiError, UiErrorCode, WindowState};
use otklik_model::DialogId;
use parking_lot::Mutex;
use shell::SeatShell;
use std::{collections::BTreeMap, sync::Arc};
use together::Together;
use tokio::sync::watch;
pub use view::{SeatId, SeatView, SeatsCommand, SeatsView};

/// The most seats there may be.
const MOST: u32 = 8;

/// Nobody sees a seat that is not on the screen, whatever window has the keyboard.
const BEHIND: WindowState = WindowState { focused: false, hidden: true };

/// Makes the shell of a seat: what it shows of itself, such as its notifications, goes back to it.
pub type SeatShells = Arc<dyn Fn(SeatId) -> Arc<dyn Shell> + Send + Sync>;

/// All seats of this machine. Cheap to clone.
#[derive(Clone)]
pub struct Seats {
    inner: Arc<Inner>,
}

struct Inner {
    config: WorkplaceConfig,
    shells: SeatShells,
    keychain: Arc<dyn Keychain>,
    desk: Option<Arc<dyn LocalDeskHost>>,
    seats: Mutex<BTreeMap<SeatId, Workplace>>,
    together: Arc<Together>,
    window: Mutex<WindowState>,
    cover: Cover,
    /// Held while seats come and go.
    turn: tokio::sync::Mutex<()>,
}

impl Seats {
    /// Starts every seat at which an account was chosen, the first of all at least; inside a tokio runtime. The local
    /// desk is the first seat's; the hub of the command line goes to whichever of them comes first.
    #[must_use]
    pub fn start(
        config: WorkplaceConfig,
        shells: SeatShells,
        keychain: Arc<dyn Keychain>,
        desk: Option<Arc<dyn LocalDeskHost>>,
    ) -> Self {
        let taken = kept::taken(&config.data);
        let (together, mut wishes) = Together::new(kept::front(&config.data, &taken));
        let (together, seats, window) = (Arc::new(together), Mutex::default(), Mutex::default());
        let turn = tokio::sync::Mutex::default();
        let cover = Cover::new(LockCode::new(keychain.clone(), &config.data));
        let inner = Inner { config, shells, keychain, desk, seats, together, window, cover, turn };
        let all = Self { inner: Arc::new(inner) };
        let (alone, mut hub) = (taken.len() == 1, all.inner.config.hub.clone());
        for seat in taken {
            all.sit_down(seat, hub.take(), !alone);
        }
        let shown = all.clone();
        tokio::spawn(async move {
            while let Some(seat) = wishes.recv().await {
                shown.show(seat);
            }
        });
        tokio::spawn(all.clone().keep_watch());
        all
    }

    fn sit_down(&self, seat: SeatId, hub: Option<String>, asks_first: bool) {
        let inner = &self.inner;
        let config =
            WorkplaceConfig { data: folder(&inner.config.data, seat), hub, asks_first, ..inner.config.clone() };
        let own = (inner.shells)(seat);
        inner.together.add(seat, own.clone());
        let shell = Arc::new(SeatShell::new(seat, own, inner.together.clone()));
        let desk = inner.desk.clone().filter(|_| seat == FIRST);
        let workplace = Workplace::start(config, shell, inner.keychain.clone(), desk);
        workplace.cover(self.cover_for_new());
        inner.seats.lock().insert(seat, workplace);
        self.tell_windows();
    }

    /// The workplace of a seat, as long as there is one.
    #[must_use]
    pub fn at(&self, seat: SeatId) -> Option<Workplace> {
        self.inner.seats.lock().get(&seat).cloned()
    }

    /// The seat on the screen.
    #[must_use]
    pub fn front(&self) -> SeatId {
        self.inner.together.front()
    }

    /// Which seats there are and how they stand; each change is told.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<SeatsView> {
        self.inner.together.watch()
    }

    /// Carries out a page's command at a seat.
    ///
    /// # Errors
    /// [`UiError`]; what the operator typed is still in the page.
    pub async fn command(&self, seat: SeatId, command: PageCommand) -> Result<Receipt, UiError> {
        match command {
            PageCommand::Seats { command } => self.arrange(command).await.map(|()| Receipt::default()),
            PageCommand::App { command: AppCommand::Window { focused, hidden } } => {
                self.window(WindowState { focused, hidden });
                Ok(Receipt::default())
            }
            PageCommand::App { command: command @ AppCommand::Unlock { .. } } => self.unlock(seat, command).await,
            PageCommand::App { command: AppCommand::Cover { command } } => {
                self.cover_command(seat, command).await.map(|()| Receipt::default())
            }
            PageCommand::App { command: command @ AppCommand::SignOut { .. } } => {
                let receipt = self.wanted(seat)?.command(PageCommand::App { command }).await?;
                if self.is_deserted() {
                    self.forget_code().await;
                    self.uncover_deserted();
                }
                Ok(receipt)
            }
            PageCommand::App { command: AppCommand::SignIn { address, login, password } } => {
                let deserted = self.is_deserted();
                let seat = self.seat_for(seat, &address, &login).await?;
                let Some(seat) = seat else { return Ok(Receipt::default()) };
                let command = AppCommand::SignIn { address, login, password };
                let receipt = self.wanted(seat)?.command(PageCommand::App { command }).await?;
                if deserted && !self.is_deserted() {
                    self.uncover_deserted();
                }
                Ok(receipt)
            }
            PageCommand::Session { command: Command::Mute { on } } => {
                self.inner.cover.here();
                self.mute(seat, on).await
            }
            command @ (PageCommand::Session { .. } | PageCommand::App { .. } | PageCommand::File { .. }) => {
                if is_by_hand(&command) {
                    self.inner.cover.here();
                }
                self.wanted(seat)?.command(command).await
            }
        }
    }

    /// Answers a page's question at a seat.
    ///
    /// # Errors
    /// [`UiError`] if there is no such seat, or as [`Workplace::query`].
    pub async fn query(&self, seat: SeatId, query: PageQuery) -> Result<PageAnswer, UiError> {
        if query == PageQuery::Cover {
            return Ok(PageAnswer::Cover { cover: self.cover_view() });
        }
        self.wanted(seat)?.query(query).await
    }

    /// What an address of the page stands for: a seat's number, then as in [`Workplace::file`].
    ///
    /// # Errors
    /// [`UiError`] if there is nothing to be shown.
    pub async fn file(&self, path: &str, range: Option<FileRange>) -> Result<FileAnswer, UiError> {
        let found = path.trim_start_matches('/').split_once('/');
        let (seat, path) = found.and_then(|(seat, path)| Some((SeatId(seat.parse().ok()?), path))).ok_or_else(gone)?;
        self.wanted(seat)?.file(path, range).await
    }

    fn wanted(&self, seat: SeatId) -> Result<Workplace, UiError> {
        self.at(seat).ok_or_else(gone)
    }

    async fn arrange(&self, command: SeatsCommand) -> Result<(), UiError> {
        match command {
            SeatsCommand::Add => self.add().await,
            SeatsCommand::Remove { seat } => {
                let _turn = self.inner.turn.lock().await;
                self.remove(seat).await
            }
            SeatsCommand::Show { seat } => self.wanted(seat).map(|_| self.show(seat)),
        }
    }

    /// A place for one more account, with its sign-in on the screen.
    async fn add(&self) -> Result<(), UiError> {
        let _turn = self.inner.turn.lock().await;
        let free = {
            let seats = self.inner.seats.lock();
            numbers().find(|seat| !seats.contains_key(seat))
        };
        let seat = free.ok_or(UiError { code: UiErrorCode::NotReady })?;
        self.sit_down(seat, None, true);
        self.show(seat);
        Ok(())
    }

    /// Without a keychain each seat has a vault. What opens one is tried at the others: nobody types it eight times, and
    /// an account that is not on the screen does not wait in silence.
    async fn unlock(&self, seat: SeatId, command: AppCommand) -> Result<Receipt, UiError> {
        let command = PageCommand::App { command };
        let workplace = self.wanted(seat)?;
        let receipt = workplace.command(command.clone()).await?;
        if !workplace.is_locked() {
            let others = self.all().into_iter().map(|(_, other)| other).filter(Workplace::is_locked);
            join_all(others.map(|other| {
                let command = command.clone();
                async move { other.command(command).await }
            }))
            .await;
        }
        Ok(receipt)
    }

    /// Takes a seat away at which nobody works, in its turn. What its folder keeps stays there, for whoever comes back.
    async fn remove(&self, seat: SeatId) -> Result<(), UiError> {
        let (workplace, next) = {
            let mut seats = self.inner.seats.lock();
            let workplace = seats.get(&seat).ok_or_else(gone)?;
            if workplace.is_at_work() || seats.len() == 1 {
                return Err(UiError { code: UiErrorCode::NotReady });
            }
            let workplace = seats.remove(&seat).ok_or_else(gone)?;
            (workplace, seats.keys().next().copied().unwrap_or(FIRST))
        };
        workplace.stop().await;
        if let Err(error) = accounts::forget(&folder(&self.inner.config.data, seat)) {
            tracing::warn!(%error, "a seat that was taken away comes back at the next start");
        }
        self.inner.together.remove(seat, next);
        self.front_changed();
        Ok(())
    }

    /// Where an account is to sign in: at the seat it had, for what was left unsent there, if nobody else sits in it.
    /// `None`: it has a seat already, which is on the screen now.
    async fn seat_for(&self, asked: SeatId, address: &str, login: &str) -> Result<Option<SeatId>, UiError> {
        let _turn = self.inner.turn.lock().await;
        let account = Account::Hub { address: address.to_owned(), login: login.to_owned() };
        let home = |seat: &SeatId| folder(&self.inner.config.data, *seat);
        let had = |seat: &SeatId| account.folder(&home(seat)).exists();
        if had(&asked) || self.wanted(asked)?.is_at_work() {
            return Ok(Some(asked));
        }
        let sits = |seat: &SeatId| accounts::load(&home(seat)).is_some_and(|chosen| chosen.name() == account.name());
        let taken: Vec<SeatId> = self.inner.seats.lock().keys().copied().collect();
        if let Some(seat) = taken.iter().copied().filter(|seat| *seat != asked).find(sits) {
            self.show(seat);
            self.remove(asked).await?;
            return Ok(None);
        }
        let Some(seat) = numbers().filter(|seat| !taken.contains(seat)).find(had) else { return Ok(Some(asked)) };
        self.sit_down(seat, None, true);
        self.show(seat);
        self.remove(asked).await?;
        Ok(Some(seat))
    }

    /// Brings a seat to the screen.
    pub fn show(&self, seat: SeatId) {
        if self.inner.together.show(seat) {
            self.front_changed();
        }
    }

    fn front_changed(&self) {
        self.tell_windows();
        if let Err(error) = keep_front(&self.inner.config.data, self.front()) {
            tracing::warn!(%error, "the next start begins with another account on the screen");
        }
    }

    /// The main window's state changed.
    pub fn window(&self, state: WindowState) {
        *self.inner.window.lock() = state;
        self.tell_windows();
    }

    fn tell_windows(&self) {
        // Held while telling: what is told last is how it is.
        let state = self.inner.window.lock();
        let front = self.front();
        for (seat, workplace) in self.inner.seats.lock().iter() {
            workplace.window(if *seat == front { *state } else { BEHIND });
        }
    }

    /// A dialog's own window changed; see [`Workplace::own_window`].
    pub fn own_window(&self, seat: SeatId, dialog: DialogId, window: Option<WindowState>) {
        if let Some(workplace) = self.at(seat) {
            workplace.own_window(dialog, window);
        }
    }

    /// Follows another program's link at the seat that has the dialog it names: the one on the screen, if that has it,
    /// and also if none has. False for what is no link.
    pub async fn follow_link(&self, link: &str) -> bool {
        let Some(link) = DialogLink::parse(link) else { return false };
        let front = self.front();
        let mut seats: Vec<_> = self.all();
        seats.sort_by_key(|(seat, _)| *seat != front);
        let mut leads_to = front;
        if seats.len() > 1 {
            for (seat, workplace) in &seats {
                if workplace.knows(link).await {
                    leads_to = *seat;
                    break;
                }
            }
        }
        self.show(leads_to);
        if let Some(workplace) = self.at(leads_to) {
            workplace.follow(link);
        }
        true
    }

    /// Opens the dialog that the tray named as the next one.
    pub fn go_to_next(&self, dialog: DialogId) {
        if let Some(workplace) = self.inner.together.leading_to(dialog).and_then(|seat| self.at(seat)) {
            workplace.popup_clicked(Some(dialog));
        }
    }

    /// Sets a status that was chosen among those the tray offers, in every account that is connected, as its centre has
    /// it.
    ///
    /// # Errors
    /// What the first account says that does not take it; [`UiErrorCode::NotReady`], if none is connected.
    pub async fn choose_status(&self, chosen: Command) -> Result<(), UiError> {
        let asked = self.inner.together.chosen(&chosen);
        if asked.is_empty() {
            return Err(UiError { code: UiErrorCode::NotReady });
        }
        let accounts = asked.into_iter().filter_map(|(seat, command)| Some((self.at(seat)?, command)));
        let answers = accounts.map(|(workplace, command)| async move {
            workplace.command(PageCommand::Session { command }).await.map(drop)
        });
        join_all(answers).await.into_iter().collect()
    }

    /// Silences every account, or none: whoever is on the phone beside it is at all of them. `seat` is whose answer counts.
    async fn mute(&self, seat: SeatId, on: bool) -> Result<Receipt, UiError> {
        let command = || PageCommand::Session { command: Command::Mute { on } };
        let receipt = self.wanted(seat)?.command(command()).await?;
        let others = self.all().into_iter().filter(|(other, _)| *other != seat);
        // One where nobody is signed in has nothing that sounds.
        join_all(others.map(|(_, workplace)| async move { workplace.command(command()).await.ok() })).await;
        Ok(receipt)
    }

    /// What the system says of the screen or of the day may have changed; see [`Workplace::look_around`]. A locked screen
    /// covers the window.
    pub fn look_around(&self) {
        if self.inner.together.is_screen_locked() {
            self.cover();
        }
        self.all().iter().for_each(|(_, workplace)| workplace.look_around());
    }

    /// The system says that it woke, or that its network changed.
    pub fn woke(&self) {
        self.all().iter().for_each(|(_, workplace)| workplace.woke());
    }

    /// Stops: everything accepted is on disk when this returns.
    pub async fn stop(&self) {
        let all = self.all();
        join_all(all.iter().map(|(_, workplace)| workplace.stop())).await;
    }

    fn all(&self) -> Vec<(SeatId, Workplace)> {
        self.inner.seats.lock().iter().map(|(seat, workplace)| (*seat, workplace.clone())).collect()
    }
}

/// Whether somebody does this who is here. A page says by itself what it shows, and asks for what it lacks.
fn is_by_hand(command: &PageCommand) -> bool {
    match command {
        PageCommand::Session { command } => !matches!(command, Command::Seen { .. } | Command::FillGap { .. }),
        PageCommand::File { .. } => true,
        PageCommand::App { .. } | PageCommand::Seats { .. } => false,
    }
}

fn gone() -> UiError {
    UiError { code: UiErrorCode::NotFound }
}
