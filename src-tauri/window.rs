//! The main window: opened in its last place, hidden instead of closed, closed to every address but our own page. Tells
//! the engine whether it has the keyboard and whether anybody can see it. What every window of ours has is here too.

use crate::geometry::{Place, Screen};
use crate::own_windows::{Own, OwnWindows};
use crate::strip::Strip;
use crate::words;
use otklik_core::WindowState;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tauri::webview::{NewWindowResponse, PermissionKind, PermissionResponse};
use tauri::{
    AppHandle, LogicalSize, Manager, PhysicalPosition, PhysicalSize, Url, UserAttentionType, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent, Wry,
};

/// The window's name in tauri and in capabilities/main.json.
const MAIN: &str = "main";

/// The name under which the window's place is kept.
pub const PLACE: &str = "window";

/// Its size before it has a place, in the page's pixels.
pub const USUAL: LogicalSize<f64> = LogicalSize::new(1280.0, 800.0);

/// The smallest that it can be made.
pub const SMALLEST: LogicalSize<f64> = LogicalSize::new(360.0, 480.0);

/// Ctrl+Q (Cmd+Q on a Mac) in the page; everywhere else it is the tray that quits.
const QUIT_KEY: &str = include_str!("quit_key.js");

/// A proxy that is none. The page's policy stops every request, but not each hint that opens a connection ahead of one.
const NO_NETWORK: &str = "http://127.0.0.1:1";

/// How long a window manager may take to say that a window it took the keyboard from is also out of sight.
const SETTLE: Duration = Duration::from_millis(300);

/// Opens the window, hidden.
///
/// # Errors
/// If the system gives no window or no web view.
pub fn open(app: &AppHandle, data: &Path) -> tauri::Result<WebviewWindow> {
    let window = guarded(app, MAIN, WebviewUrl::App("index.html".into()), data)?
        .title(words::title(0))
        .inner_size(USUAL.width, USUAL.height)
        .min_inner_size(SMALLEST.width, SMALLEST.height)
        .visible(false)
        .center()
        .initialization_script(QUIT_KEY)
        .build()?;
    if let Some(place) = Place::load(data, PLACE) {
        put(&window, &place)?;
    }
    Ok(window)
}

/// What a window of ours begins with: it shows our own page and goes nowhere, and nothing goes out of it.
///
/// # Errors
/// Never in practice: the address that stands for no network is one.
pub fn guarded<'a>(
    app: &'a AppHandle,
    label: &str,
    page: WebviewUrl,
    data: &Path,
) -> tauri::Result<WebviewWindowBuilder<'a, Wry, AppHandle>> {
    let builder = WebviewWindowBuilder::new(app, label, page)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .data_directory(data.join("webview"))
        .proxy_url(Url::parse(NO_NETWORK).map_err(tauri::Error::InvalidUrl)?)
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_permission_request(|_, kind| may(kind))
        .on_download(|_, _| false);
    Ok(builder)
}

/// What the page may have of the machine: the microphone, for voice notes. The system asks the operator itself, where it
/// guards it.
fn may(kind: PermissionKind) -> PermissionResponse {
    if kind == PermissionKind::Microphone { PermissionResponse::Allow } else { PermissionResponse::Deny }
}

/// Whether an address is our own page's. Nothing else is ever loaded into the window.
fn is_own(url: &Url) -> bool {
    if cfg!(windows) {
        matches!(url.scheme(), "http" | "https") && url.host_str() == Some("tauri.localhost") && url.port().is_none()
    } else {
        url.scheme() == "tauri" && url.host_str() == Some("localhost") && url.port().is_none()
    }
}

/// Puts a window where it stood, if that can still be seen.
///
/// # Errors
/// If the system refuses.
pub fn put(window: &WebviewWindow, place: &Place) -> tauri::Result<()> {
    let monitors = window.available_monitors()?;
    let screens = monitors.iter().map(|monitor| Screen {
        x: monitor.position().x,
        y: monitor.position().y,
        width: monitor.size().width,
        height: monitor.size().height,
    });
    if screens.into_iter().any(|screen| place.is_on(&screen)) {
        window.set_size(PhysicalSize::new(place.width, place.height))?;
        window.set_position(PhysicalPosition::new(place.x, place.y))?;
    }
    if place.maximised { window.maximize() } else { Ok(()) }
}

/// The window, while the program runs.
pub fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(MAIN)
}

/// Brings the window to the front, wherever it was.
pub fn show(app: &AppHandle) {
    if let Some(Err(error)) = main(app).map(|window| raise(&window)) {
        tracing::warn!(%error, "the window could not be shown");
    }
}

/// Brings a window to the front, wherever it was.
///
/// # Errors
/// If the system refuses.
pub fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// Asks for attention in the task bar, or stops asking.
pub fn attention(app: &AppHandle, on: bool) {
    let kind = on.then_some(UserAttentionType::Critical);
    if let Some(Err(error)) = main(app).map(|window| window.request_user_attention(kind)) {
        tracing::debug!(%error, "the task bar does not take requests");
    }
}

/// Shows how many dialogs want something, in the title and on the program's icon where the system has a number there.
pub fn badge(app: &AppHandle, count: u32) {
    let Some(window) = main(app) else { return };
    let titled = window.set_title(&words::title(count));
    #[cfg(not(windows))]
    let marked = window.set_badge_count((count > 0).then_some(i64::from(count)));
    #[cfg(windows)]
    let marked = window.set_overlay_icon((count > 0).then(|| tauri::include_image!("icons/tray-unread.png")));
    if let Err(error) = titled.and(marked) {
        tracing::debug!(%error, "the count could not be shown");
    }
}

/// Something happened to one of the windows.
pub fn happened(app: &AppHandle, label: &str, event: &WindowEvent) {
    if let Some(own) = Own::of(label) {
        if let Some(windows) = app.try_state::<OwnWindows>() {
            windows.happened(app, own, event);
        }
    } else if let Some(watcher) = app.try_state::<Watcher>() {
        watcher.happened(app, event);
    }
}

/// Follows the main window and tells its state whenever it changes.
pub struct Watcher {
    data: PathBuf,
    told: Mutex<Option<WindowState>>,
    tell: Box<dyn Fn(WindowState) + Send + Sync>,
}

impl Watcher {
    /// Keeps the window's place in this folder and tells its state to this function.
    pub fn new(data: PathBuf, tell: impl Fn(WindowState) + Send + Sync + 'static) -> Self {
        Self { data, told: Mutex::new(None), tell: Box::new(tell) }
    }

    /// Something happened to the main window.
    pub fn happened(&self, app: &AppHandle, event: &WindowEvent) {
        let Some(window) = main(app) else { return };
        if let WindowEvent::CloseRequested { api, .. } = event {
            // Closing the window ends no shift: customers go on writing, and the tray goes on telling.
            api.prevent_close();
            self.keep_place(app);
            if let Err(error) = window.hide() {
                tracing::warn!(%error, "the window could not be hidden");
            }
        }
        if let WindowEvent::Focused(false) = event {
            self.keep_place(app);
            look_again(app);
        }
        self.look(app);
    }

    /// Looks how the window stands, and tells if that is new.
    pub fn look(&self, app: &AppHandle) {
        let Some(state) = main(app).and_then(|window| state(&window).ok()) else { return };
        let mut told = self.told.lock();
        if told.replace(state) != Some(state) {
            (self.tell)(state);
        }
    }

    /// Keeps where the window stands now, unless it is out of sight and stands nowhere.
    pub fn keep_place(&self, app: &AppHandle) {
        let name = app.try_state::<Strip>().map_or(PLACE, |strip| strip.place_name());
        if let Some(Ok(Some(place))) = main(app).map(|window| place(&window, &self.data, name)) {
            place.save(&self.data, name);
        }
    }
}

/// Window managers take a window's keyboard first and put it away after, and not all of them tell the second.
pub fn look_again(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SETTLE).await;
        let main_thread = app.clone();
        let look = move || {
            if let Some(watcher) = app.try_state::<Watcher>() {
                watcher.look(&app);
            }
            if let Some(own) = app.try_state::<OwnWindows>() {
                own.look_at_all(&app);
            }
        };
        // An error means that the program is ending.
        main_thread.run_on_main_thread(look).ok();
    });
}

/// How a window stands.
///
/// # Errors
/// If it is gone.
pub fn state(window: &WebviewWindow) -> tauri::Result<WindowState> {
    let hidden = !window.is_visible()? || window.is_minimized()?;
    Ok(WindowState { focused: !hidden && window.is_focused()?, hidden })
}

/// Where a window stands; `None` if it is out of sight and stands nowhere. `name`: under which its place is kept.
///
/// # Errors
/// If it is gone.
pub fn place(window: &WebviewWindow, data: &Path, name: &str) -> tauri::Result<Option<Place>> {
    if !window.is_visible()? || window.is_minimized()? {
        return Ok(None);
    }
    if window.is_maximized()? {
        // The size to return to is the one of before.
        return Ok(Place::load(data, name).map(|before| Place { maximised: true, ..before }));
    }
    let (at, size) = (window.outer_position()?, window.inner_size()?);
    Ok(Some(Place { x: at.x, y: at.y, width: size.width, height: size.height, maximised: false }))
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    #[cfg(not(windows))]
    fn the_window_goes_nowhere_but_to_its_own_page() {
        for (url, own) in [
            ("tauri://localhost/index.html", true),
            ("tauri://localhost/", true),
            ("tauri://evil.example/", false),
            ("tauri://localhost:81/", false),
            ("https://localhost/", false),
            ("http://tauri.localhost/", false),
            ("https://example.org/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,hello", false),
            ("about:blank", false),
            ("javascript:alert(1)", false),
            ("blob:tauri://localhost/1", false),
            // S-C4: hosts that only look like the page's own.
            ("http://app.evil.test/", false),
            ("http://tauri.localhost.evil.test/", false),
            ("https://ipc.localhost.evil.test/", false),
            ("tauri://localhost.evil.test/", false),
            ("tauri://evil.test/localhost", false),
            ("ipc://localhost/command", false),
            ("otklik-file://localhost/file/1/small", false),
            ("view-source:tauri://localhost/", false),
        ] {
            assert_eq!(is_own(&url.parse().unwrap()), own, "{url}");
        }
    }

    /// Before 2.11.1 an address that began like the page's own could pass for it.
    #[test]
    fn the_bridge_is_not_one_with_a_known_hole() {
        let version: Vec<u32> = tauri::VERSION.split('.').map(|part| part.parse().unwrap()).collect();
        assert!(version >= vec![2, 11, 1], "tauri {}", tauri::VERSION);
    }
}
