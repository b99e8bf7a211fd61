//! The icon in the tray: how it stands at a glance, and the way back to the window.

use crate::words::{self, Tongue};
use otklik_core::LinkView;
use parking_lot::Mutex;
use std::sync::Arc;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

const NORMAL: &[u8] = include_bytes!("../icons/tray-normal.png");
const UNREAD: &[u8] = include_bytes!("../icons/tray-unread.png");
const OFFLINE: &[u8] = include_bytes!("../icons/tray-offline.png");

/// The tray's icon with its menu. Changes are made on the main thread; the calls return at once.
#[derive(Clone)]
pub struct Tray {
    app: AppHandle,
    parts: Arc<Parts>,
    shown: Arc<Mutex<Shown>>,
}

struct Parts {
    icon: TrayIcon,
    open: MenuItem<Wry>,
    link: MenuItem<Wry>,
    unread: MenuItem<Wry>,
    quit: MenuItem<Wry>,
}

/// What the tray has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    link: LinkView,
    count: u32,
    tongue: Tongue,
}

impl Shown {
    fn picture(&self) -> &'static [u8] {
        match (&self.link, self.count) {
            (LinkView::Down { .. }, _) => OFFLINE,
            (LinkView::Live { .. } | LinkView::Connecting | LinkView::CatchingUp, 0) => NORMAL,
            (LinkView::Live { .. } | LinkView::Connecting | LinkView::CatchingUp, _) => UNREAD,
        }
    }

    fn tooltip(&self) -> String {
        let link = words::link(&self.link, self.tongue);
        format!("{} · {link}", words::title(self.count))
    }
}

impl Tray {
    /// Puts the icon into the tray.
    ///
    /// # Errors
    /// If the system has no tray.
    pub fn build(app: &AppHandle, tongue: Tongue) -> tauri::Result<Self> {
        let shown = Shown { link: LinkView::Connecting, count: 0, tongue };
        let item = |id: &str, text: String, on: bool| MenuItem::with_id(app, id, text, on, None::<&str>);
        let open = item("open", words::open(tongue), true)?;
        let link = item("link", words::link(&shown.link, tongue), false)?;
        let unread = item("unread", words::unread(0, tongue), false)?;
        let quit = item("quit", words::quit(tongue), true)?;
        let line = || PredefinedMenuItem::separator(app);
        let menu = Menu::with_items(app, &[&open, &line()?, &link, &unread, &line()?, &quit])?;
        let icon = TrayIconBuilder::with_id("main")
            .icon(Image::from_bytes(NORMAL)?)
            .tooltip(shown.tooltip())
            .menu(&menu)
            // Where clicks are reported the left one shows the window; where they are not the menu is all there is.
            .show_menu_on_left_click(cfg!(target_os = "linux"))
            .on_menu_event(|app, event| match event.id().as_ref() {
                "open" => crate::window::show(app),
                "quit" => crate::desktop::quit(app),
                _ => {}
            })
            .on_tray_icon_event(|tray, event| {
                if is_left_click(&event) {
                    crate::window::show(tray.app_handle());
                }
            })
            .build(app)?;
        let parts = Arc::new(Parts { icon, open, link, unread, quit });
        Ok(Self { app: app.clone(), parts, shown: Arc::new(Mutex::new(shown)) })
    }

    /// Shows the connection.
    pub fn link(&self, link: &LinkView) {
        self.change(|shown| shown.link = link.clone());
    }

    /// Shows how many dialogs want something.
    pub fn count(&self, count: u32) {
        self.change(|shown| shown.count = count);
    }

    /// Speaks another language from now on.
    pub fn speak(&self, tongue: Tongue) {
        self.change(|shown| shown.tongue = tongue);
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        let now = {
            let mut shown = self.shown.lock();
            let before = (shown.picture().as_ptr(), shown.tooltip(), shown.clone());
            change(&mut shown);
            // The connection says every beat when it was last heard of; the tray does not show that.
            if before.0 == shown.picture().as_ptr() && before.1 == shown.tooltip() && before.2.tongue == shown.tongue {
                return;
            }
            shown.clone()
        };
        let parts = Arc::clone(&self.parts);
        let drawn = self.app.run_on_main_thread(move || {
            if let Err(error) = parts.draw(&now) {
                tracing::warn!(%error, "the tray could not be changed");
            }
        });
        if let Err(error) = drawn {
            tracing::debug!(%error, "the tray is gone");
        }
    }
}

impl Parts {
    fn draw(&self, shown: &Shown) -> tauri::Result<()> {
        self.icon.set_icon(Some(Image::from_bytes(shown.picture())?))?;
        self.icon.set_tooltip(Some(shown.tooltip()))?;
        self.open.set_text(words::open(shown.tongue))?;
        self.link.set_text(words::link(&shown.link, shown.tongue))?;
        self.unread.set_text(words::unread(shown.count, shown.tongue))?;
        self.quit.set_text(words::quit(shown.tongue))
    }
}

fn is_left_click(event: &TrayIconEvent) -> bool {
    matches!(
        event,
        TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
            | TrayIconEvent::DoubleClick { button: MouseButton::Left, .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::Stamp;

    fn shown(link: LinkView, count: u32) -> Shown {
        Shown { link, count, tongue: Tongue::En }
    }

    #[test]
    fn no_connection_is_shown_before_anything_unread() {
        let down = LinkView::Down { since: Stamp(0), retry_at: None };
        assert_eq!(shown(down, 3).picture(), OFFLINE);
        assert_eq!(shown(LinkView::Live { synced_at: Stamp(0) }, 3).picture(), UNREAD);
        assert_eq!(shown(LinkView::CatchingUp, 0).picture(), NORMAL);
    }

    #[test]
    fn the_tooltip_counts_and_tells_the_connection() {
        assert_eq!(shown(LinkView::Live { synced_at: Stamp(5) }, 2).tooltip(), "(2) Otklik · Connected");
    }

    #[test]
    fn every_picture_can_be_drawn() {
        for picture in [NORMAL, UNREAD, OFFLINE] {
            let image = Image::from_bytes(picture).expect("a picture of our own");
            assert_eq!((image.width(), image.height()), (64, 64));
        }
    }
}
