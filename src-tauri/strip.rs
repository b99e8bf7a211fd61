//! The main window as a strip beside another program: narrow, above the others, as high as its screen; and back to what
//! it was. Where the strip stood is kept like the window's own place.

use crate::geometry::Place;
use crate::window;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::{AppHandle, LogicalSize, PhysicalPosition, PhysicalSize, Size, WebviewWindow};

/// How wide a strip is at first, and how narrow and wide it can be made. In the page's pixels.
const WIDTH: f64 = 400.0;
const NARROWEST: f64 = 360.0;
const WIDEST: f64 = 420.0;

/// How low it can be made, and that nothing bounds its height from above.
const LOWEST: f64 = 480.0;
const ENDLESS: f64 = 100_000.0;

/// Where the strip stood last.
const PLACE: &str = "strip";

/// What is kept between two runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    on: bool,
}

/// Whether the main window is a strip.
pub struct Strip {
    data: PathBuf,
    on: AtomicBool,
}

impl Strip {
    /// As it was when the program ended.
    pub fn load(data: &Path) -> Self {
        let kept = fs::read_to_string(file(data)).ok().and_then(|text| serde_json::from_str::<Kept>(&text).ok());
        Self { data: data.to_owned(), on: AtomicBool::new(kept.unwrap_or_default().on) }
    }

    /// Whether it is one.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::SeqCst)
    }

    /// The name under which the main window's place is kept now.
    pub fn place_name(&self) -> &'static str {
        if self.is_on() { PLACE } else { window::PLACE }
    }

    /// Makes the main window a strip, or what it was before.
    ///
    /// # Errors
    /// If the system refuses a part of it.
    pub fn turn(&self, app: &AppHandle, on: bool) -> tauri::Result<()> {
        let Some(window) = window::main(app) else { return Ok(()) };
        if self.is_on() == on {
            return Ok(());
        }
        // Where it stands is kept under its present name before it becomes the other thing.
        if let Ok(Some(place)) = window::place(&window, &self.data, self.place_name()) {
            place.save(&self.data, self.place_name());
        }
        self.on.store(on, Ordering::SeqCst);
        self.keep();
        if on { self.narrow(&window) } else { self.widen(&window) }
    }

    /// Makes a window that has just been opened the strip that it was.
    ///
    /// # Errors
    /// If the system refuses a part of it.
    pub fn restore(&self, window: &WebviewWindow) -> tauri::Result<()> {
        if self.is_on() { self.narrow(window) } else { Ok(()) }
    }

    fn narrow(&self, window: &WebviewWindow) -> tauri::Result<()> {
        window.unmaximize()?;
        window.set_always_on_top(true)?;
        window.set_min_size(Some(LogicalSize::new(NARROWEST, LOWEST)))?;
        if let Some(place) = Place::load(&self.data, PLACE) {
            window::put(window, &Place { maximised: false, ..place })?;
        } else {
            beside_the_edge(window)?;
        }
        window.set_max_size(Some(LogicalSize::new(WIDEST, ENDLESS)))
    }

    fn widen(&self, window: &WebviewWindow) -> tauri::Result<()> {
        window.set_max_size(None::<Size>)?;
        window.set_min_size(Some(window::SMALLEST))?;
        window.set_always_on_top(false)?;
        match Place::load(&self.data, window::PLACE) {
            Some(place) => window::put(window, &place),
            None => window.set_size(window::USUAL),
        }
    }

    fn keep(&self) {
        let kept = Kept { on: self.is_on() };
        let saved = serde_json::to_string(&kept).map_err(std::io::Error::other).and_then(|text| {
            fs::create_dir_all(&self.data)?;
            fs::write(file(&self.data), text)
        });
        if let Err(error) = saved {
            tracing::debug!(%error, "whether the window is a strip could not be kept");
        }
    }
}

/// At the right edge of the screen that the window is on, as high as what of it is free.
fn beside_the_edge(window: &WebviewWindow) -> tauri::Result<()> {
    let Some(monitor) = window.current_monitor()?.or(window.primary_monitor()?) else {
        return window.set_size(LogicalSize::new(WIDTH, window::USUAL.height));
    };
    let (area, scale) = (monitor.work_area(), monitor.scale_factor());
    let (outer, inner) = (window.outer_size()?, window.inner_size()?);
    let frame = (outer.width.saturating_sub(inner.width), outer.height.saturating_sub(inner.height));
    let width: u32 = LogicalSize::new(WIDTH, LOWEST).to_physical::<u32>(scale).width;
    let height = area.size.height.saturating_sub(frame.1);
    window.set_size(PhysicalSize::new(width, height))?;
    let across = area.size.width.saturating_sub(width).saturating_sub(frame.0);
    let left = area.position.x.saturating_add(i32::try_from(across).unwrap_or(0));
    window.set_position(PhysicalPosition::new(left, area.position.y))
}

fn file(data: &Path) -> PathBuf {
    data.join("strip-state.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_is_one_after_a_restart_and_nonsense_is_none() {
        let folder = std::env::temp_dir().join(format!("otklik-strip-{}", std::process::id()));
        assert!(!Strip::load(&folder).is_on());
        let strip = Strip::load(&folder);
        strip.on.store(true, Ordering::SeqCst);
        strip.keep();
        let again = Strip::load(&folder);
        assert_eq!((again.is_on(), again.place_name()), (true, PLACE));
        fs::write(file(&folder), "{\"on\":").unwrap();
        assert_eq!(Strip::load(&folder).place_name(), window::PLACE);
        fs::remove_dir_all(&folder).unwrap();
    }
}
