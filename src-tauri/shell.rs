//! The machine around the engine, joined: the desktop's window, tray, sound and notifications, and what of it there is
//! when a browser shows the page.

use crate::machine::DesktopMachine;
use crate::own_windows::{Own, OwnWindows};
use crate::popups::{Popups, Press};
use crate::quiet::SystemQuiet;
use crate::seat::{Seat, SeatChange};
use crate::sound::{self, Loudspeaker};
use crate::spelling::ViewSpelling;
use crate::tray::Tray;
use crate::window;
use crate::words::Tongue;
use otklik_core::{Language, Popup, PopupTag, Standing};
use otklik_engine::{Machine, SeatId, Seats, Shell, SoundOrder};
use otklik_model::DialogId;
use std::sync::{Arc, OnceLock};
use tauri::{AppHandle, Manager};
use tokio::runtime::Handle;

/// The accounts, known a moment after the shells that they are started with: clicks before that have nothing to open.
pub type Later = Arc<OnceLock<Seats>>;

/// What both shells have, and all accounts share.
#[derive(Clone)]
pub struct Alerts {
    loudspeaker: Option<Loudspeaker>,
    popups: Popups,
    quiet: SystemQuiet,
    seat: Seat,
}

impl Alerts {
    /// Makes ready to alert. `end`: the system asks for an orderly end.
    pub fn start(runtime: Handle, seats: Later, end: impl Fn() + Send + Sync + 'static) -> Self {
        let loudspeaker = Loudspeaker::start();
        if let Err(error) = &loudspeaker {
            tracing::error!(%error, "no thread for sounds; alerts are silent");
        }
        let (answers, seated) = (runtime.clone(), Arc::clone(&seats));
        let seat = Seat::watch(
            &runtime,
            Arc::new(move |change| match (seated.get(), change) {
                (Some(seats), SeatChange::Lock) => seats.look_around(),
                (Some(seats), SeatChange::Sleeps) => seats.cover(),
                (Some(seats), SeatChange::Woke) => seats.woke(),
                (_, SeatChange::GoesDown) => end(),
                (None, SeatChange::Lock | SeatChange::Sleeps | SeatChange::Woke) => {}
            }),
        );
        // The account may be gone by now, and its notification still there.
        let pressed = move |seat, press| match (seats.get().and_then(|seats| seats.at(seat)), press) {
            (Some(workplace), Press::Open(dialog)) => workplace.popup_clicked(dialog),
            (Some(workplace), Press::Accept(dialog)) => workplace.popup_accepted(dialog),
            (Some(workplace), Press::Decline(dialog)) => workplace.popup_declined(dialog),
            (Some(workplace), Press::Reply { dialog, text, read }) => {
                answers.spawn(async move { workplace.popup_replied(dialog, text, read).await });
            }
            (None, Press::Reply { .. }) => tracing::error!("an answer in a notification is of no account that is here"),
            (None, Press::Open(_) | Press::Accept(_) | Press::Decline(_)) => {}
        };
        let quiet = SystemQuiet::watch(&runtime);
        Self { loudspeaker: loudspeaker.ok(), popups: Popups::new(runtime, Arc::new(pressed)), quiet, seat }
    }

    fn sound(&self, order: SoundOrder) {
        if let Some(loudspeaker) = &self.loudspeaker {
            loudspeaker.play(order);
        }
    }
}

/// The desktop's window, tray, machine and alerts, which all accounts share.
pub struct Desktop {
    app: AppHandle,
    alerts: Alerts,
    tray: Option<Tray>,
    spelling: ViewSpelling,
    machine: Arc<DesktopMachine>,
}

impl Desktop {
    /// Puts the icon into the tray and makes ready to alert.
    pub fn start(app: &AppHandle, runtime: Handle, seats: Later, machine: Arc<DesktopMachine>) -> Self {
        let tray = Tray::build(app, Tongue::of(Language::Auto));
        match &tray {
            Ok(tray) => drop(app.manage(tray.clone())),
            Err(error) => tracing::warn!(%error, "this system has no tray; a second start brings a closed window back"),
        }
        let ending = app.clone();
        let alerts = Alerts::start(runtime, seats, move || crate::desktop::quit(&ending));
        Self { app: app.clone(), alerts, tray: tray.ok(), spelling: ViewSpelling::ask(app), machine }
    }
}

/// The desktop as one account has it.
pub struct DesktopShell {
    desktop: Arc<Desktop>,
    seat: SeatId,
}

impl DesktopShell {
    /// The account at this seat.
    pub fn of(desktop: &Arc<Desktop>, seat: SeatId) -> Self {
        Self { desktop: Arc::clone(desktop), seat }
    }
}

impl Shell for DesktopShell {
    fn sound(&self, order: SoundOrder) {
        self.desktop.alerts.sound(order);
    }

    fn sound_devices(&self) -> Vec<String> {
        sound::devices()
    }

    fn can_play(&self, file: &[u8]) -> bool {
        sound::is_playable(file)
    }

    fn is_quiet(&self) -> bool {
        self.desktop.alerts.quiet.holds()
    }

    fn checks_spelling(&self) -> bool {
        self.desktop.spelling.is_by_view()
    }

    fn is_locked(&self) -> bool {
        self.desktop.alerts.seat.is_locked()
    }

    fn popup(&self, popup: &Popup, account: Option<&str>, language: Language) {
        self.desktop.alerts.popups.show(self.seat, popup, account, Tongue::of(language));
    }

    fn withdraw(&self, tag: PopupTag) {
        self.desktop.alerts.popups.withdraw(self.seat, tag);
    }

    fn attention(&self, on: bool) {
        window::attention(&self.desktop.app, on);
    }

    fn badge(&self, count: u32) {
        window::badge(&self.desktop.app, count);
    }

    fn standing(&self, standing: Option<&Standing>, account: Option<&str>, language: Language) {
        if let Some(tray) = &self.desktop.tray {
            tray.show(standing, account, Tongue::of(language));
        }
    }

    fn show_window(&self) {
        window::show(&self.desktop.app);
    }

    fn show_own_window(&self, dialog: DialogId) {
        let (app, own) = (&self.desktop.app, Own { seat: self.seat, dialog });
        let shown = app.try_state::<OwnWindows>().map(|windows| windows.open(app, own));
        if let Some(Err(error)) = shown {
            tracing::warn!(%error, "a dialog's window could not be shown");
        }
    }

    fn open_url(&self, url: &str) {
        if let Err(error) = tauri_plugin_opener::open_url(url, None::<&str>) {
            tracing::warn!(%error, "the system's browser could not be opened");
        }
    }

    fn machine(&self) -> Option<Arc<dyn Machine>> {
        Some(Arc::clone(&self.desktop.machine) as Arc<dyn Machine>)
    }
}

/// The shell of a page in a browser: sounds and notifications of this machine, no window and no tray.
pub struct BrowserShell {
    alerts: Alerts,
    seat: SeatId,
}

impl BrowserShell {
    /// The account at this seat.
    pub fn of(alerts: &Alerts, seat: SeatId) -> Self {
        Self { alerts: alerts.clone(), seat }
    }
}

impl Shell for BrowserShell {
    fn sound(&self, order: SoundOrder) {
        self.alerts.sound(order);
    }

    fn sound_devices(&self) -> Vec<String> {
        sound::devices()
    }

    fn can_play(&self, file: &[u8]) -> bool {
        sound::is_playable(file)
    }

    fn is_quiet(&self) -> bool {
        self.alerts.quiet.holds()
    }

    /// What a browser has to say of spelling it says to nobody but the person before it.
    fn checks_spelling(&self) -> bool {
        false
    }

    fn is_locked(&self) -> bool {
        self.alerts.seat.is_locked()
    }

    fn popup(&self, popup: &Popup, account: Option<&str>, language: Language) {
        self.alerts.popups.show(self.seat, popup, account, Tongue::of(language));
    }

    fn withdraw(&self, tag: PopupTag) {
        self.alerts.popups.withdraw(self.seat, tag);
    }

    fn attention(&self, _on: bool) {}

    fn badge(&self, _count: u32) {}

    fn standing(&self, _standing: Option<&Standing>, _account: Option<&str>, _language: Language) {}

    fn show_window(&self) {}

    fn show_own_window(&self, _dialog: DialogId) {}

    #[allow(clippy::print_stdout, reason = "the person at the terminal opens it")]
    fn open_url(&self, url: &str) {
        println!("Open in your browser: {url}");
    }
}
