//! Whether the system itself wants no notifications shown: a presentation, a switch in its panel.

#[cfg(target_os = "linux")]
mod linux;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;

/// What the system last said. Asking costs nothing.
#[derive(Clone, Default)]
pub struct SystemQuiet {
    holds: Arc<AtomicBool>,
}

impl SystemQuiet {
    /// Follows the system from here on, as far as it says anything. Windows and macOS hold notifications back by
    /// themselves and tell no program.
    pub fn watch(runtime: &Handle) -> Self {
        let quiet = Self::default();
        #[cfg(target_os = "linux")]
        runtime.spawn(linux::watch(Arc::clone(&quiet.holds)));
        #[cfg(not(target_os = "linux"))]
        let _ = runtime;
        quiet
    }

    /// Whether notifications are unwelcome now.
    pub fn holds(&self) -> bool {
        self.holds.load(Ordering::Relaxed)
    }
}
