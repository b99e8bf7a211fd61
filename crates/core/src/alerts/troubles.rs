//! N10 and N11: what was written does not go out; there is no connection.

use super::{Alerts, Scene, Sight};
use crate::{AlertSound, Popup, PopupTag, Toast};
use otklik_model::{DialogId, Now, Tick};

/// N10: a message that does not go out, be the connection live or lost.
const STUCK_AFTER_MS: u64 = 30_000;
/// N11: no connection.
const LINK_LOST_AFTER_MS: u64 = 30_000;

impl Alerts {
    /// N10: how a dialog's unsent messages stand.
    pub(crate) fn unsent(&mut self, dialog: DialogId, count: u32, trouble: bool, live: bool, scene: &Scene<'_>) {
        if trouble {
            if self.troubled.insert(dialog) {
                self.tell_unsent(dialog, count, scene);
            }
        } else if self.slow.get(&dialog) != Some(&None) {
            self.troubled.remove(&dialog);
        }
        if count > 0 && live {
            self.slow.entry(dialog).or_insert(Some(scene.now.tick.plus(STUCK_AFTER_MS)));
        } else if self.slow.get(&dialog).is_some_and(Option::is_some) {
            self.slow.remove(&dialog);
        }
        if count == 0 {
            self.unsent_over(dialog);
        }
    }

    pub(super) fn unsent_over(&mut self, dialog: DialogId) {
        self.slow.remove(&dialog);
        self.troubled.remove(&dialog);
        if self.troubled.is_empty() {
            self.withdraw(PopupTag::Outbox);
        }
    }

    fn tell_unsent(&mut self, dialog: DialogId, count: u32, scene: &Scene<'_>) {
        match scene.sight(dialog) {
            Sight::Front => {}
            Sight::Focused => self.toast(Toast::Unsent { dialog }),
            Sight::Visible | Sight::Hidden => {
                self.popup(Popup::Unsent { dialog, count }, scene);
                self.sound(AlertSound::Trouble, scene);
            }
        }
    }

    /// N11: there is no connection.
    pub(crate) fn link_down(&mut self, now: Now) {
        self.link_due.get_or_insert(now.tick.plus(LINK_LOST_AFTER_MS));
        // What was said of words that do not go out stays said until they do.
        self.slow.retain(|_, at| at.is_none());
    }

    /// N10: whether words wait for a connection that is lost.
    pub(crate) fn words_wait(&mut self, wait: bool, now: Now) {
        if wait {
            self.held_up.get_or_insert(now.tick.plus(STUCK_AFTER_MS));
        } else {
            self.held_up = None;
        }
    }

    /// Whether they have waited long enough to be told about.
    pub(crate) fn is_held_up(&self, now: Now) -> bool {
        self.held_up.is_some_and(|due| due <= now.tick)
    }

    /// N10, once for all these words, by dialog, that wait for a lost connection. Where no window is seen N11 tells of the
    /// loss, and a window with the keyboard shows it all the time.
    pub(crate) fn tell_held_up(&mut self, words: &[(DialogId, u32)], scene: &Scene<'_>) {
        self.held_up = Some(Tick(u64::MAX));
        if scene.is_hidden() || scene.is_focused() {
            return;
        }
        let mut untold = Vec::new();
        for (dialog, count) in words {
            if self.troubled.insert(*dialog) {
                self.slow.insert(*dialog, None);
                untold.push((*dialog, *count));
            }
        }
        if let Some((dialog, _)) = untold.first() {
            let count = untold.iter().fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
            self.popup(Popup::Unsent { dialog: *dialog, count }, scene);
            self.sound(AlertSound::Trouble, scene);
        }
    }

    /// The hub has ended the session. Told at once, since nothing mends it but the operator; what else was shown leads
    /// nowhere any more.
    pub(crate) fn session_ended(&mut self, scene: &Scene<'_>) {
        let shown: Vec<PopupTag> = self.shown.iter().copied().collect();
        shown.into_iter().for_each(|tag| self.withdraw(tag));
        self.attend(false);
        (self.link_due, self.held_up) = (Some(Tick(u64::MAX)), Some(Tick(u64::MAX)));
        if scene.is_hidden() {
            self.popup(Popup::SessionEnded, scene);
            self.sound(AlertSound::Trouble, scene);
        }
    }

    /// The connection is live again. A backlog is one line, not a volley, and silent.
    pub(crate) fn link_live(&mut self, news: bool, unread: u32, waiting: u32, scene: &Scene<'_>) {
        self.link_due = None;
        self.withdraw(PopupTag::Link);
        if news && !scene.is_focused() && (unread > 0 || waiting > 0) {
            self.popup(Popup::Summary { unread, waiting }, scene);
        }
    }

    pub(super) fn tick_slow(&mut self, scene: &Scene<'_>) {
        let now = scene.now.tick;
        let mut due = Vec::new();
        for (dialog, at) in self.slow.iter_mut().filter(|(_, at)| at.is_some_and(|at| at <= now)) {
            *at = None;
            due.push(*dialog);
        }
        for dialog in due {
            if self.troubled.insert(dialog) {
                self.tell_unsent(dialog, 1, scene);
            }
        }
    }

    /// N11, once per loss; a visible window shows it all the time.
    pub(super) fn tick_link(&mut self, scene: &Scene<'_>) {
        if self.link_due.is_some_and(|due| due <= scene.now.tick) {
            self.link_due = Some(Tick(u64::MAX));
            if scene.is_hidden() {
                self.popup(Popup::LinkLost, scene);
                self.sound(AlertSound::Trouble, scene);
            }
        }
    }
}
