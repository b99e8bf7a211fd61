//! Whether the web view itself checks Russian and English. It is asked to; what it has no dictionaries for, the engine
//! checks.

#[cfg(target_os = "linux")]
mod linux;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::AppHandle;

/// What the web view said. Asking costs nothing.
#[derive(Clone, Default)]
pub struct ViewSpelling {
    by_view: Arc<AtomicBool>,
}

impl ViewSpelling {
    /// Switches it on in the window's web view, and finds out whether it has both languages. Until it has answered, and
    /// where a web view cannot be asked, the engine checks.
    pub fn ask(app: &AppHandle) -> Self {
        let spelling = Self::default();
        #[cfg(target_os = "linux")]
        linux::ask(app, Arc::clone(&spelling.by_view));
        #[cfg(not(target_os = "linux"))]
        let _ = app;
        spelling
    }

    /// Whether the web view checks both languages.
    pub fn is_by_view(&self) -> bool {
        self.by_view.load(Ordering::Relaxed)
    }
}
