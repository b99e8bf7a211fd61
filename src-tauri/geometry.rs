//! Where a window stood last time, kept in the data folder. A screen may have gone since.

use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// A window's place, in physical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Of the outer left edge.
    pub x: i32,
    /// Of the outer top edge.
    pub y: i32,
    /// Of the inside.
    pub width: u32,
    /// Of the inside.
    pub height: u32,
    /// Fills its screen; the rest says where it returns to.
    pub maximised: bool,
}

/// A screen, in the same pixels.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Of its left edge.
    pub x: i32,
    /// Of its top edge.
    pub y: i32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// So much of the window's top edge has to be on a screen that it can be taken hold of.
const GRIP: i64 = 80;

impl Place {
    /// Whether a window here could be seen and moved.
    pub fn is_on(&self, screen: &Screen) -> bool {
        let (left, top) = (i64::from(self.x), i64::from(self.y));
        let (screen_left, screen_top) = (i64::from(screen.x), i64::from(screen.y));
        let across = (left + i64::from(self.width)).min(screen_left + i64::from(screen.width)) - left.max(screen_left);
        across >= GRIP && top >= screen_top && top + GRIP / 2 <= screen_top + i64::from(screen.height)
    }

    /// The last place of the window with this name, if it was kept and makes sense.
    pub fn load(data: &Path, name: &str) -> Option<Self> {
        let text = fs::read_to_string(file(data, name)).ok()?;
        let place: Self = serde_json::from_str(&text).ok()?;
        (place.width > 0 && place.height > 0).then_some(place)
    }

    /// Keeps the place. A window that opens elsewhere next time is no reason to disturb anybody.
    pub fn save(&self, data: &Path, name: &str) {
        let saved = serde_json::to_string(self).map_err(std::io::Error::other).and_then(|text| {
            fs::create_dir_all(data)?;
            fs::write(file(data, name), text)
        });
        if let Err(error) = saved {
            tracing::debug!(%error, "the window's place could not be kept");
        }
    }
}

fn file(data: &Path, name: &str) -> PathBuf {
    data.join(format!("{name}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Screen = Screen { x: 0, y: 0, width: 1366, height: 768 };

    fn at(x: i32, y: i32) -> Place {
        Place { x, y, width: 1000, height: 700, maximised: false }
    }

    #[test]
    fn a_window_that_can_be_taken_hold_of_stays() {
        for (x, y, stays) in [
            (0, 0, true),
            (366, 68, true),
            (-900, 10, true),
            (-950, 10, false),
            (1280, 10, true),
            (1300, 10, false),
            (10, -5, false),
            (10, 720, true),
            (10, 760, false),
            (i32::MAX, i32::MAX, false),
        ] {
            assert_eq!(at(x, y).is_on(&SCREEN), stays, "{x} {y}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written_and_nonsense_is_none() {
        let folder = std::env::temp_dir().join(format!("otklik-geometry-{}", std::process::id()));
        assert_eq!(Place::load(&folder, "window"), None);
        at(3, 4).save(&folder, "window");
        assert_eq!(Place::load(&folder, "strip"), None, "another window's place is its own");
        assert_eq!(Place::load(&folder, "window"), Some(at(3, 4)));
        fs::write(file(&folder, "window"), "{\"x\":1}").unwrap();
        assert_eq!(Place::load(&folder, "window"), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
