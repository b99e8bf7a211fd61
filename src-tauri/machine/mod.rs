//! What the machine does for the program beside any session: starts it with the system, has a key work everywhere, and
//! brings updates. The policy's word counts before the operator's.

mod chosen;
mod fetch;
mod signed;
mod startup;
mod update;

use crate::display;
use auto_launch::AutoLaunch;
use chosen::Chosen;
use otklik_engine::{Fixed, Machine, Policy, SwitchView, UpdateView};
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::AppHandle;
use tauri_plugin_global_shortcut::{Code, GlobalShortcutExt as _, Modifiers, Shortcut, ShortcutState};
use update::Updates;

pub use update::Ready;

/// The machine under the desktop program.
pub struct DesktopMachine {
    app: AppHandle,
    data: PathBuf,
    updates: Updates,
    /// By which the system starts the program; nothing, if it cannot.
    startup: Option<AutoLaunch>,
    with_system_laid_down: Mutex<Option<bool>>,
    hotkey_laid_down: Mutex<Option<bool>>,
    /// The key works everywhere now.
    hotkey: AtomicBool,
    /// The last try to have it failed.
    hotkey_taken: AtomicBool,
    /// The listener for it runs; it is started when it is first wanted.
    listens: AtomicBool,
}

impl DesktopMachine {
    /// With what was chosen in this data folder.
    pub fn new(app: &AppHandle, data: &Path) -> Self {
        Self {
            app: app.clone(),
            data: data.to_owned(),
            updates: Updates::new(app, data),
            startup: startup::entry(app),
            with_system_laid_down: Mutex::new(None),
            hotkey_laid_down: Mutex::new(None),
            hotkey: AtomicBool::new(false),
            hotkey_taken: AtomicBool::new(false),
            listens: AtomicBool::new(false),
        }
    }

    /// Cmd on a Mac, as everything there.
    fn key() -> Shortcut {
        let first = if cfg!(target_os = "macos") { Modifiers::SUPER } else { Modifiers::CONTROL };
        Shortcut::new(Some(first | Modifiers::ALT), Code::KeyO)
    }

    fn listen(&self) -> Result<(), String> {
        if self.listens.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let shown = tauri_plugin_global_shortcut::Builder::new().with_handler(|app, _, event| {
            if event.state() == ShortcutState::Pressed {
                crate::window::show(app);
            }
        });
        self.app.plugin(shown.build()).map_err(|error| error.to_string())
    }

    /// Has the key work, or not; true if it is as wanted.
    fn hold_key(&self, on: bool) -> bool {
        if on == self.hotkey.load(Ordering::SeqCst) {
            return true;
        }
        let done = if on {
            self.listen()
                .and_then(|()| self.app.global_shortcut().register(Self::key()).map_err(|error| error.to_string()))
        } else {
            self.app.global_shortcut().unregister(Self::key()).map_err(|error| error.to_string())
        };
        match done {
            Ok(()) => {
                self.hotkey.store(on, Ordering::SeqCst);
                true
            }
            Err(error) => {
                tracing::warn!(error, on, "the key that works everywhere stays as it was");
                false
            }
        }
    }

    /// Whether the system starts the program; nothing, if that cannot be told.
    fn starts_with_system(&self) -> Option<bool> {
        self.startup.as_ref()?.is_enabled().ok()
    }

    fn start_with_system(&self, on: bool) {
        let Some(entry) = &self.startup else { return };
        if let Err(error) = if on { entry.enable() } else { entry.disable() } {
            tracing::warn!(%error, on, "starting with the system stays as it was");
        }
    }
}

impl Machine for DesktopMachine {
    fn obey(&self, policy: &Policy, changed: Arc<dyn Fn() + Send + Sync>) {
        *self.with_system_laid_down.lock() = policy.with_system;
        *self.hotkey_laid_down.lock() = policy.hotkey;
        if let Some(on) = policy.with_system
            && self.starts_with_system().is_some_and(|now| now != on)
        {
            self.start_with_system(on);
        }
        let wanted = policy.hotkey.unwrap_or_else(|| Chosen::load(&self.data).hotkey);
        self.hotkey_taken.store(!self.hold_key(wanted && display::has_global_keys()), Ordering::SeqCst);
        self.updates.obey(&policy.updates, changed);
    }

    fn with_system(&self) -> SwitchView {
        match (self.starts_with_system(), *self.with_system_laid_down.lock()) {
            (Some(on), Some(_)) => SwitchView { on, fixed: Some(Fixed::Administrator) },
            (Some(on), None) => SwitchView { on, fixed: None },
            (None, _) => SwitchView { on: false, fixed: Some(Fixed::Unsupported) },
        }
    }

    fn set_with_system(&self, on: bool) {
        self.start_with_system(on);
    }

    fn hotkey(&self) -> SwitchView {
        let fixed = if self.hotkey_laid_down.lock().is_some() {
            Some(Fixed::Administrator)
        } else if !display::has_global_keys() {
            Some(Fixed::Unsupported)
        } else {
            None
        };
        // Another program may let go of it: whoever wants it may try again.
        let on = self.hotkey.load(Ordering::SeqCst);
        let taken = (!on && self.hotkey_taken.load(Ordering::SeqCst)).then_some(Fixed::Taken);
        SwitchView { on, fixed: fixed.or(taken) }
    }

    fn set_hotkey(&self, on: bool) {
        let done = self.hold_key(on);
        self.hotkey_taken.store(!done, Ordering::SeqCst);
        if done {
            Chosen { hotkey: on }.save(&self.data);
        }
    }

    fn hotkey_name(&self) -> String {
        if cfg!(target_os = "macos") { "⌥⌘O".to_owned() } else { "Ctrl+Alt+O".to_owned() }
    }

    fn update(&self) -> UpdateView {
        self.updates.view()
    }

    fn look_for_update(&self) {
        self.updates.look_now();
    }

    fn restart_to_update(&self) {
        if let Some(ready) = self.updates.take_ready() {
            crate::desktop::update(&self.app, ready);
        }
    }
}
