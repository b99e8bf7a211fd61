//! Notifications on Windows and macOS: shown once each. These systems replace and take back nothing by themselves, so
//! an older notification of the same tag only loses its click.

use super::{Mark, Notice, Press, Pressed};
use crate::words::Tongue;
use notify_rust::Notification;
use otklik_core::{Popup, PopupTag};
use otklik_engine::SeatId;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Handle;

/// The notifications on the screen: of each tag, which one is the newest.
#[derive(Clone)]
pub struct Popups {
    newest: Arc<Mutex<BTreeMap<Mark, u64>>>,
    pressed: Pressed,
    runtime: Handle,
}

impl Popups {
    /// None is shown yet; waiting for clicks happens on this runtime's threads.
    pub fn new(runtime: Handle, pressed: Pressed) -> Self {
        Self { newest: Arc::default(), pressed, runtime }
    }

    /// Shows a notification.
    pub fn show(&self, seat: SeatId, popup: &Popup, account: Option<&str>, tongue: Tongue) {
        let notice = Notice::new(seat, popup, account, tongue);
        let mine = {
            let mut newest = self.newest.lock();
            let number = newest.entry((seat, notice.tag)).or_default();
            *number += 1;
            *number
        };
        let popups = self.clone();
        self.runtime.spawn_blocking(move || popups.attend(&notice, mine));
    }

    /// Forgets a notification: a click on it does nothing any more.
    pub fn withdraw(&self, seat: SeatId, tag: PopupTag) {
        if let Some(number) = self.newest.lock().get_mut(&(seat, tag)) {
            *number += 1;
        }
    }

    fn attend(&self, notice: &Notice, mine: u64) {
        let shown = Notification::new().appname("Otklik").summary(&notice.title).body(&notice.body).show();
        match shown {
            Ok(handle) => handle.wait_for_action(|action| {
                if action != "__closed" && self.newest.lock().get(&(notice.seat, notice.tag)) == Some(&mine) {
                    (self.pressed)(notice.seat, Press::Open(notice.dialog));
                }
            }),
            Err(error) => tracing::warn!(%error, "no notification could be shown; counts in tray and title still tell"),
        }
    }
}
