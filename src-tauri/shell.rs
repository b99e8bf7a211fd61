//! The machine around the engine, joined: the desktop's window, tray, sound and notifications, and what of it there is
//! when a browser shows the page.

use crate::machine::DesktopMachine;
use crate::own_windows::OwnWindows;
use crate::popups::{Popups, Press};
use crate::quiet::SystemQuiet;
use crate::seat::{Seat, SeatChange};
use crate::sound::{self, Loudspeaker};
use crate::spelling::ViewSpelling;
use crate::tray::Tray;
use crate::window;
use crate::words::Tongue;
use otklik_core::{Language, Popup, PopupTag, Standing};
use otklik_engine::{Machine, Shell, SoundOrder, Workplace};
use otklik_model::DialogId;
use std::sync::{Arc, OnceLock};
use tauri::{AppHandle, Manager};
use tokio::runtime::Handle;

/// The workplace, known a moment after the shell that it is started with: clicks before that have nothing to open.
pub type Later = Arc<OnceLock<Workplace>>;

/// What both shells have.
#[derive(Clone)]
struct Alerts {
    loudspeaker: Option<Loudspeaker>,
    popups: Popups,
    quiet: SystemQuiet,
    seat: Seat,
}

impl Alerts {
    /// `end`: the system asks for an orderly end.
    fn start(runtime: Handle, workplace: Later, end: impl Fn() + Send + Sync + 'static) -> Self {
        let loudspeaker = Loudspeaker::start();
        if let Err(error) = &loudspeaker {
            tracing::error!(%error, "no thread for sounds; alerts are silent");
        }
        let (answers, seated) = (runtime.clone(), Arc::clone(&workplace));
        let seat = Seat::watch(
            &runtime,
            Arc::new(move |change| match (seated.get(), change) {
                (Some(workplace), SeatChange::Lock) => workplace.look_around(),
                (Some(workplace), SeatChange::Woke) => workplace.woke(),
                (_, SeatChange::GoesDown) => end(),
                (None, SeatChange::Lock | SeatChange::Woke) => {}
            }),
        );
        let pressed = move |press| match (workplace.get(), press) {
            (Some(workplace), Press::Open(dialog)) => workplace.popup_clicked(dialog),
            (Some(workplace), Press::Accept(dialog)) => workplace.popup_accepted(dialog),
            (Some(workplace), Press::Decline(dialog)) => workplace.popup_declined(dialog),
            (Some(workplace), Press::Reply { dialog, text, read }) => {
                let workplace = workplace.clone();
                answers.spawn(async move { workplace.popup_replied(dialog, text, read).await });
            }
            (None, Press::Open(_) | Press::Accept(_) | Press::Decline(_) | Press::Reply { .. }) => {}
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

/// The shell of the desktop's window.
pub struct DesktopShell {
    app: AppHandle,
    alerts: Alerts,
    tray: Option<Tray>,
    spelling: ViewSpelling,
    machine: Arc<DesktopMachine>,
}

impl DesktopShell {
    /// Puts the icon into the tray and makes ready to alert.
    pub fn start(app: &AppHandle, runtime: Handle, workplace: Later, machine: Arc<DesktopMachine>) -> Self {
        let tray = Tray::build(app, Tongue::of(Language::Auto));
        match &tray {
            Ok(tray) => drop(app.manage(tray.clone())),
            Err(error) => tracing::warn!(%error, "this system has no tray; a second start brings a closed window back"),
        }
        let ending = app.clone();
        let alerts = Alerts::start(runtime, workplace, move || crate::desktop::quit(&ending));
        Self { app: app.clone(), alerts, tray: tray.ok(), spelling: ViewSpelling::ask(app), machine }
    }
}

impl Shell for DesktopShell {
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

    fn checks_spelling(&self) -> bool {
        self.spelling.is_by_view()
    }

    fn is_locked(&self) -> bool {
        self.alerts.seat.is_locked()
    }

    fn popup(&self, popup: &Popup, language: Language) {
        self.alerts.popups.show(popup, Tongue::of(language));
    }

    fn withdraw(&self, tag: PopupTag) {
        self.alerts.popups.withdraw(tag);
    }

    fn attention(&self, on: bool) {
        window::attention(&self.app, on);
    }

    fn badge(&self, count: u32) {
        window::badge(&self.app, count);
    }

    fn standing(&self, standing: Option<&Standing>, language: Language) {
        if let Some(tray) = &self.tray {
            tray.show(standing, Tongue::of(language));
        }
    }

    fn show_window(&self) {
        window::show(&self.app);
    }

    fn show_own_window(&self, dialog: DialogId) {
        let shown = self.app.try_state::<OwnWindows>().map(|own| own.open(&self.app, dialog));
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
        Some(Arc::clone(&self.machine) as Arc<dyn Machine>)
    }
}

/// The shell of a page in a browser: sounds and notifications of this machine, no window and no tray.
pub struct BrowserShell {
    alerts: Alerts,
}

impl BrowserShell {
    /// Makes ready to alert.
    pub fn start(runtime: Handle, workplace: Later) -> Self {
        // At a terminal the end comes as a signal.
        Self { alerts: Alerts::start(runtime, workplace, || {}) }
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

    fn popup(&self, popup: &Popup, language: Language) {
        self.alerts.popups.show(popup, Tongue::of(language));
    }

    fn withdraw(&self, tag: PopupTag) {
        self.alerts.popups.withdraw(tag);
    }

    fn attention(&self, _on: bool) {}

    fn badge(&self, _count: u32) {}

    fn standing(&self, _standing: Option<&Standing>, _language: Language) {}

    fn show_window(&self) {}

    fn show_own_window(&self, _dialog: DialogId) {}

    #[allow(clippy::print_stdout, reason = "the person at the terminal opens it")]
    fn open_url(&self, url: &str) {
        println!("Open in your browser: {url}");
    }
}
