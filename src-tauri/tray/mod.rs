//! The icon in the tray: how the session stands at a glance, the status, the next dialog, and the way back to the
//! window. It is told the whole truth each time and draws all of it, so that whatever a tray lost comes back.

mod shown;

use crate::bridge::Bridge;
use crate::words::{Tongue, tray as said};
use otklik_core::{Command, Standing};
use parking_lot::Mutex;
use shown::{Shown, StatusLine};
use std::sync::Arc;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

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
    next: MenuItem<Wry>,
    link: MenuItem<Wry>,
    counts: MenuItem<Wry>,
    cover: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    menu: Menu<Wry>,
    statuses: Mutex<Statuses>,
}

/// The menu of statuses as it is drawn.
struct Statuses {
    menu: Submenu<Wry>,
    text: String,
    lines: Vec<(StatusLine, CheckMenuItem<Wry>)>,
}

/// Where it stands among the lines.
const STATUS_AT: usize = 3;

impl Tray {
    /// Puts the icon into the tray.
    ///
    /// # Errors
    /// If the system has no tray.
    pub fn build(app: &AppHandle, tongue: Tongue) -> tauri::Result<Self> {
        let shown = Arc::new(Mutex::new(Shown { standing: None, account: None, tongue }));
        let parts = Arc::new(Parts::build(app, &shown)?);
        let tray = Self { app: app.clone(), parts, shown };
        tray.draw();
        Ok(tray)
    }

    /// Shows how all sessions stand, and whose status it is, if there are several, in this language.
    pub fn show(&self, standing: Option<&Standing>, account: Option<&str>, tongue: Tongue) {
        *self.shown.lock() = Shown { standing: standing.cloned(), account: account.map(str::to_owned), tongue };
        self.draw();
    }

    /// Draws what is to be shown when its turn comes, which may be newer than what is now.
    pub fn draw(&self) {
        let (parts, shown, app) = (Arc::clone(&self.parts), Arc::clone(&self.shown), self.app.clone());
        let drawn = self.app.run_on_main_thread(move || {
            let shown = shown.lock().clone();
            if let Err(error) = parts.draw(&app, &shown) {
                tracing::warn!(%error, "the tray could not be changed");
            }
        });
        if let Err(error) = drawn {
            tracing::debug!(%error, "the tray is gone");
        }
    }
}

impl Parts {
    fn build(app: &AppHandle, shown: &Arc<Mutex<Shown>>) -> tauri::Result<Self> {
        let item = |id: &str, on| MenuItem::with_id(app, id, " ", on, None::<&str>);
        let (open, next, quit) = (item("open", true)?, item("next", false)?, item("quit", true)?);
        let (link, counts) = (item("link", false)?, item("counts", false)?);
        let cover = item("cover", false)?;
        let status = Submenu::with_id(app, "status", " ", false)?;
        let line = || PredefinedMenuItem::separator(app);
        let menu = Menu::with_items(
            app,
            &[&open, &next, &line()?, &status, &line()?, &link, &counts, &line()?, &cover, &quit],
        )?;
        let asked = Arc::clone(shown);
        let icon = TrayIconBuilder::with_id("main")
            .icon(Image::from_bytes(shown.lock().picture())?)
            .menu(&menu)
            // Where clicks are reported the left one shows the window; where they are not the menu is all there is.
            .show_menu_on_left_click(cfg!(target_os = "linux"))
            .on_menu_event(move |app, event| chosen(app, &asked.lock().clone(), event.id().as_ref()))
            .on_tray_icon_event(|tray, event| {
                if is_left_click(&event) {
                    crate::window::show(tray.app_handle());
                }
            })
            .build(app)?;
        let statuses = Mutex::new(Statuses { menu: status, text: String::new(), lines: Vec::new() });
        Ok(Self { icon, open, next, link, counts, cover, quit, menu, statuses })
    }

    fn draw(&self, app: &AppHandle, shown: &Shown) -> tauri::Result<()> {
        self.icon.set_icon(Some(Image::from_bytes(shown.picture())?))?;
        self.icon.set_tooltip(Some(shown.tooltip()))?;
        self.open.set_text(said::open(shown.tongue))?;
        self.cover.set_text(said::cover(shown.tongue))?;
        self.cover.set_enabled(shown.standing.is_some())?;
        self.quit.set_text(said::quit(shown.tongue))?;
        self.link.set_text(shown.link())?;
        self.counts.set_text(shown.counts())?;
        let (dialog, text) = shown.next();
        self.next.set_text(text)?;
        self.next.set_enabled(dialog.is_some())?;
        self.draw_statuses(app, shown)
    }

    /// Lines that stay keep their place in the menu, which may be open. The words of a submenu cannot be changed where
    /// a tray's host draws it, so a new one takes its place.
    fn draw_statuses(&self, app: &AppHandle, shown: &Shown) -> tauri::Result<()> {
        let ((text, on), lines) = (shown.status(), shown.statuses());
        let mut drawn = self.statuses.lock();
        let same = |(line, _): &(StatusLine, _), wanted: &StatusLine| line.id == wanted.id && line.text == wanted.text;
        let stays = drawn.lines.len() == lines.len() && drawn.lines.iter().zip(&lines).all(|(old, new)| same(old, new));
        if drawn.text != text || !stays {
            let menu = Submenu::with_id(app, "status", &text, on)?;
            let mut items = Vec::new();
            for line in lines.clone() {
                let item = CheckMenuItem::with_id(app, &line.id, &line.text, true, line.now, None::<&str>)?;
                menu.append(&item)?;
                items.push((line, item));
            }
            self.menu.remove(&drawn.menu)?;
            self.menu.insert(&menu, STATUS_AT)?;
            *drawn = Statuses { menu, text, lines: items };
        }
        drawn.menu.set_enabled(on)?;
        for (wanted, (line, item)) in lines.into_iter().zip(drawn.lines.iter_mut()) {
            item.set_checked(wanted.now)?;
            *line = wanted;
        }
        Ok(())
    }
}

/// Somebody chose a line of the menu.
fn chosen(app: &AppHandle, shown: &Shown, id: &str) {
    match id {
        "open" => crate::window::show(app),
        "cover" => {
            if let Some(bridge) = app.try_state::<Bridge>() {
                bridge.seats().cover();
            }
        }
        "quit" => crate::desktop::quit(app),
        "next" => {
            if let (Some(bridge), (Some(dialog), _)) = (app.try_state::<Bridge>(), shown.next()) {
                bridge.seats().go_to_next(dialog);
            }
        }
        id => {
            if let Some(line) = shown.statuses().into_iter().find(|line| line.id == id) {
                choose_status(app, line.command);
            }
        }
    }
}

/// The menu ticks a line by itself when it is clicked; what the hub says of it is drawn over that.
fn choose_status(app: &AppHandle, command: Command) {
    let Some(seats) = app.try_state::<Bridge>().map(|bridge| bridge.seats().clone()) else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = seats.choose_status(command).await {
            tracing::warn!(code = ?error.code, "the status was not changed from the tray");
            crate::window::show(&app);
        }
        if let Some(tray) = app.try_state::<Tray>() {
            tray.draw();
        }
    });
}

fn is_left_click(event: &TrayIconEvent) -> bool {
    matches!(
        event,
        TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
            | TrayIconEvent::DoubleClick { button: MouseButton::Left, .. }
    )
}
