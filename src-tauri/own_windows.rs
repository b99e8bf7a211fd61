//! Dialogs in windows of their own: the same page with one dialog in it, from the same engine. Closing one closes
//! nothing else.

use crate::geometry::Place;
use crate::popups;
use crate::window;
use otklik_core::WindowState;
use otklik_engine::{SeatId, Seats};
use otklik_model::DialogId;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WindowEvent};

/// How these windows' names begin, here and in capabilities/dialog.json; the seat and the dialog's id follow.
const PREFIX: &str = "dialog-";

/// Where the last one stood.
const PLACE: &str = "dialog-window";

/// The longest title, in characters: the rest of a window's title bar belongs to its buttons.
const LONGEST_TITLE: usize = 80;

/// Tells the page that its window wants to go. The page answers by closing it.
const CLOSING: &str = "window.dispatchEvent(new Event('otklik:closing'))";

/// How long a page may take to put away what it holds.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far from the last place the next window opens, so that it covers none, in pixels.
const STEP: i32 = 32;

/// What a dialog's own window is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Own {
    /// The account.
    pub seat: SeatId,
    /// The dialog.
    pub dialog: DialogId,
}

impl Own {
    /// What the window of this name is of, if it is a dialog's own.
    pub fn of(label: &str) -> Option<Self> {
        let (seat, dialog) = label.strip_prefix(PREFIX)?.split_once('-')?;
        Some(Self { seat: SeatId(seat.parse().ok()?), dialog: dialog.parse().ok()? })
    }

    fn label(self) -> String {
        format!("{PREFIX}{}-{}", self.seat, self.dialog)
    }

    fn window(self, app: &AppHandle) -> Option<WebviewWindow> {
        app.get_webview_window(&self.label())
    }
}

/// Every dialog's own window.
pub struct OwnWindows {
    data: PathBuf,
    seats: Seats,
    told: Mutex<BTreeMap<Own, WindowState>>,
}

impl OwnWindows {
    /// None yet. Their place is kept in this folder, their state told to these accounts.
    pub fn new(data: PathBuf, seats: Seats) -> Self {
        Self { data, seats, told: Mutex::default() }
    }

    /// Opens a dialog's window, or brings the one it has to the front.
    ///
    /// # Errors
    /// If the system gives no window.
    pub fn open(&self, app: &AppHandle, own: Own) -> tauri::Result<()> {
        if let Some(window) = own.window(app) {
            return window::raise(&window);
        }
        let page = WebviewUrl::App(format!("index.html?seat={}&dialog={}", own.seat, own.dialog).into());
        let window = window::guarded(app, &own.label(), page, &self.data)?
            .title("Otklik")
            .inner_size(760.0, 720.0)
            .min_inner_size(360.0, 420.0)
            .visible(false)
            .center()
            .on_document_title_changed(|window, title| {
                if let Err(error) = window.set_title(&plain_title(&title)) {
                    tracing::debug!(%error, "a dialog's window has no title");
                }
            })
            .build()?;
        let already = i32::try_from(self.told.lock().len()).unwrap_or(0);
        if let Some(place) = Place::load(&self.data, PLACE) {
            let shift = already.saturating_mul(STEP);
            let beside = Place { x: place.x.saturating_add(shift), y: place.y.saturating_add(shift), ..place };
            window::put(&window, &beside)?;
        }
        // Told before it is seen: what the page asks for first is answered as for a dialog that is shown.
        self.tell(own, Some(WindowState::default()));
        window.show().and_then(|()| window.set_focus())
    }

    /// Closes a dialog's window, if it has one. `by`: the window that asks; only a window itself knows that nothing
    /// written is left in it, and any other one has it asked.
    ///
    /// # Errors
    /// If the window does not go.
    pub fn close(&self, app: &AppHandle, own: Own, by: &str) -> tauri::Result<()> {
        let Some(window) = own.window(app) else { return Ok(()) };
        if window.label() == by {
            self.keep_place(&window);
            return window.destroy();
        }
        window.close()
    }

    /// Something happened to one of these windows.
    pub fn happened(&self, app: &AppHandle, own: Own, event: &WindowEvent) {
        if matches!(event, WindowEvent::Destroyed) {
            return self.tell(own, None);
        }
        let Some(window) = own.window(app) else { return };
        if matches!(event, WindowEvent::CloseRequested { .. } | WindowEvent::Focused(false)) {
            self.keep_place(&window);
        }
        if let WindowEvent::CloseRequested { api, .. } = event {
            // Gone when what was written last in it is with the engine. Not hidden before: the keys pressed last would be
            // lost on their way to the page.
            api.prevent_close();
            close_softly(&window);
        }
        if matches!(event, WindowEvent::Focused(false)) {
            window::look_again(app);
        }
        self.look(own, &window);
    }

    /// Looks how all of them stand.
    pub fn look_at_all(&self, app: &AppHandle) {
        for (label, window) in app.webview_windows() {
            if let Some(own) = Own::of(&label) {
                self.look(own, &window);
            }
        }
    }

    /// All go out of sight: the program ends.
    pub fn hide_all(&self, app: &AppHandle) {
        for (_, window) in app.webview_windows().iter().filter(|(label, _)| Own::of(label).is_some()) {
            self.keep_place(window);
            if let Err(error) = window.hide() {
                tracing::debug!(%error, "a dialog's window was gone already");
            }
        }
    }

    fn look(&self, own: Own, window: &WebviewWindow) {
        if let Ok(state) = window::state(window)
            && self.told.lock().get(&own) != Some(&state)
        {
            self.tell(own, Some(state));
        }
    }

    fn tell(&self, own: Own, state: Option<WindowState>) {
        let mut told = self.told.lock();
        let before = match state {
            Some(state) => told.insert(own, state),
            None => told.remove(&own),
        };
        if before != state {
            self.seats.own_window(own.seat, own.dialog, state);
        }
    }

    fn keep_place(&self, window: &WebviewWindow) {
        if let Ok(Some(place)) = window::place(window, &self.data, PLACE) {
            place.save(&self.data, PLACE);
        }
    }
}

/// Has the page put away what it holds, and close the window then. A page that does not answer is not waited for.
fn close_softly(window: &WebviewWindow) {
    if let Err(error) = window.eval(CLOSING) {
        tracing::warn!(%error, "a dialog's window could not be asked to end");
    }
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        // An error means that it is gone, as it should be.
        window.destroy().ok();
    });
}

/// A customer's name steers no title bar.
fn plain_title(title: &str) -> String {
    popups::plain(title).chars().take(LONGEST_TITLE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_known_by_its_account_and_dialog_and_no_other_window_is_one() {
        let own = Own { seat: SeatId(3), dialog: DialogId::from_parts(1, [2; 10]) };
        assert_eq!(Own::of(&own.label()), Some(own));
        for label in ["main", "dialog-", "dialog-main", "dialog", "dialog-1-", "dialog--1-x"] {
            assert_eq!(Own::of(label), None, "{label}");
        }
    }

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(plain_title("(2) \u{202e}Мария\nИ\u{7}"), "(2) Мария И ");
        assert_eq!(plain_title(&"ы".repeat(500)).chars().count(), LONGEST_TITLE);
    }
}
