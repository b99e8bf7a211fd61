//! Whether anybody can be before the screen, and how long the machine stays awake: the lock, sleep, and the end of the
//! day as the system tells them.

#[cfg(target_os = "linux")]
mod linux;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;

/// What the system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "these systems tell it to windows of their own kind only")
)]
pub enum SeatChange {
    /// The screen was locked or unlocked.
    Lock,
    /// The machine is about to sleep: whoever wakes it may be somebody else.
    Sleeps,
    /// The machine woke from sleep: what was connected is connected no more, and nobody has said so.
    Woke,
    /// The machine is going down, and waits a few seconds for this program to end.
    GoesDown,
}

/// Called from whatever thread the system tells it on.
pub type Told = Arc<dyn Fn(SeatChange) + Send + Sync>;

/// The place before the screen. Asking costs nothing.
#[derive(Clone, Default)]
pub struct Seat {
    locked: Arc<AtomicBool>,
}

impl Seat {
    /// Follows the system from here on, as far as it says anything.
    pub fn watch(runtime: &Handle, told: Told) -> Self {
        let seat = Self::default();
        #[cfg(target_os = "linux")]
        runtime.spawn(linux::watch(seat.clone(), told));
        #[cfg(not(target_os = "linux"))]
        let _ = (runtime, told);
        seat
    }

    /// Whether the screen is locked.
    pub fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Relaxed)
    }

    /// The system says so. True if that is new.
    #[cfg(target_os = "linux")]
    fn set_locked(&self, locked: bool) -> bool {
        self.locked.swap(locked, Ordering::Relaxed) != locked
    }
}
