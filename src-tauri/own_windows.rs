//! Dialogs in windows of their own: the same page with one dialog in it, from the same engine. Closing one closes
//! nothing else.

use crate::geometry::Place;
use crate::popups;
use crate::window;
use otklik_core::WindowState;
use otklik_engine::Workplace;
use otklik_model::DialogId;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WindowEvent};

/// How these windows' names begin, here and in capabilities/dialog.json; the dialog's id follows.
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

/// Which dialog's window this is, if it is one.
pub fn dialog_of(label: &str) -> Option<DialogId> {
    label.strip_prefix(PREFIX)?.parse().ok()
}

/// Every dialog's own window.
pub struct OwnWindows {
    data: PathBuf,
    workplace: Workplace,
    told: Mutex<BTreeMap<DialogId, WindowState>>,
}

impl OwnWindows {
    /// None yet. Their place is kept in this folder, their state told to this workplace.
    pub fn new(data: PathBuf, workplace: Workplace) -> Self {
        Self { data, workplace, told: Mutex::default() }
    }

    /// Opens a dialog's window, or brings the one it has to the front.
    ///
    /// # Errors
    /// If the system gives no window.
    pub fn open(&self, app: &AppHandle, dialog: DialogId) -> tauri::Result<()> {
        if let Some(window) = of(app, dialog) {
            return window::raise(&window);
        }
        let page = WebviewUrl::App(format!("index.html?dialog={dialog}").into());
        let window = window::guarded(app, &label(dialog), page, &self.data)?
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
        self.tell(dialog, Some(WindowState::default()));
        window.show().and_then(|()| window.set_focus())
    }

    /// Closes a dialog's window, if it has one. `by`: the window that asks; only a window itself knows that nothing
    /// written is left in it, and any other one has it asked.
    ///
    /// # Errors
    /// If the window does not go.
    pub fn close(&self, app: &AppHandle, dialog: DialogId, by: &str) -> tauri::Result<()> {
        let Some(window) = of(app, dialog) else { return Ok(()) };
        if window.label() == by {
            self.keep_place(&window);
            return window.destroy();
        }
        window.close()
    }

    /// Something happened to the window of this dialog.
    pub fn happened(&self, app: &AppHandle, dialog: DialogId, event: &WindowEvent) {
        if matches!(event, WindowEvent::Destroyed) {
            return self.tell(dialog, None);
        }
        let Some(window) = of(app, dialog) else { return };
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
        self.look(dialog, &window);
    }

    /// Looks how all of them stand.
    pub fn look_at_all(&self, app: &AppHandle) {
        for (label, window) in app.webview_windows() {
            if let Some(dialog) = dialog_of(&label) {
                self.look(dialog, &window);
            }
        }
    }

    /// All go out of sight: the program ends.
    pub fn hide_all(&self, app: &AppHandle) {
        for (_, window) in app.webview_windows().iter().filter(|(label, _)| dialog_of(label).is_some()) {
            self.keep_place(window);
            if let Err(error) = window.hide() {
                tracing::debug!(%error, "a dialog's window was gone already");
            }
        }
    }

    fn look(&self, dialog: DialogId, window: &WebviewWindow) {
        if let Ok(state) = window::state(window)
            && self.told.lock().get(&dialog) != Some(&state)
        {
            self.tell(dialog, Some(state));
        }
    }

    fn tell(&self, dialog: DialogId, state: Option<WindowState>) {
        let mut told = self.told.lock();
        let before = match state {
            Some(state) => told.insert(dialog, state),
            None => told.remove(&dialog),
        };
        if before != state {
            self.workplace.own_window(dialog, state);
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

fn label(dialog: DialogId) -> String {
    format!("{PREFIX}{dialog}")
}

fn of(app: &AppHandle, dialog: DialogId) -> Option<WebviewWindow> {
    app.get_webview_window(&label(dialog))
}

/// A customer's name steers no title bar.
fn plain_title(title: &str) -> String {
    popups::plain(title).chars().take(LONGEST_TITLE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_known_by_its_dialog_and_no_other_window_is_one() {
        let dialog = DialogId::from_parts(1, [2; 10]);
        assert_eq!(dialog_of(&label(dialog)), Some(dialog));
        for label in ["main", "dialog-", "dialog-main", "dialog"] {
            assert_eq!(dialog_of(label), None, "{label}");
        }
    }

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(plain_title("(2) \u{202e}Мария\nИ\u{7}"), "(2) Мария И ");
        assert_eq!(plain_title(&"ы".repeat(500)).chars().count(), LONGEST_TITLE);
    }
}
