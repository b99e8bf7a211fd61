//! N6, N12 and N13: a dialog left me, my status was changed, the queue is long, somebody was not content.

use super::{Alerts, Card, Scene, Sight};
use crate::{AlertSound, Popup, PopupTag, Toast};
use otklik_model::{GoneReason, OperatorStatus};

/// A queue that was told to be long is short again at three quarters of the bound: so it is not told at each change.
const SHORT_AGAIN: (u32, u32) = (3, 4);

impl Alerts {
    /// N6: a dialog of mine is no longer mine, and I did not part with it. The thread itself shows it where it is open.
    pub(crate) fn left(&mut self, card: Card, reason: GoneReason, to: Option<String>, scene: &Scene<'_>) {
        let Card { dialog, name, number, .. } = card;
        match scene.sight(dialog) {
            Sight::Front | Sight::Focused => self.toast(Toast::DialogLeft { name, number, reason, to }),
            Sight::Visible | Sight::Hidden => {
                self.toast(Toast::DialogLeft { name: name.clone(), number, reason, to: to.clone() });
                self.popup(Popup::Left { dialog, name, number, reason, to }, scene);
            }
        }
    }

    /// N12: somebody else, or the hub's own rules, changed my status.
    pub(crate) fn status_changed(&mut self, status: OperatorStatus, scene: &Scene<'_>) {
        self.toast(Toast::StatusChanged { status });
        if !scene.is_focused() {
            self.popup(Popup::Status { status }, scene);
        }
    }

    /// N13: how many dialogs wait, as a supervisor sees them.
    pub(crate) fn queue_is(&mut self, waiting: u32, scene: &Scene<'_>) {
        let bound = scene.settings.queue_over;
        let is_long = bound > 0 && waiting > bound;
        if is_long && !self.queue_long {
            self.queue_long = true;
            self.tell_supervisor(Toast::QueueLong { waiting }, Popup::QueueLong { waiting }, scene);
        } else if self.queue_long && waiting.saturating_mul(SHORT_AGAIN.1) <= bound.saturating_mul(SHORT_AGAIN.0) {
            self.queue_long = false;
            self.withdraw(PopupTag::Queue);
        }
    }

    /// N13: a customer gave one or two stars.
    pub(crate) fn rated_low(&mut self, card: Card, stars: u8, scene: &Scene<'_>) {
        if scene.settings.low_ratings {
            let Card { dialog, name, number, .. } = card;
            let toast = Toast::LowRating { dialog, name: name.clone(), number, stars };
            self.tell_supervisor(toast, Popup::LowRating { dialog, name, number, stars }, scene);
        }
    }

    fn tell_supervisor(&mut self, toast: Toast, popup: Popup, scene: &Scene<'_>) {
        if scene.is_focused() {
            return self.toast(toast);
        }
        self.popup(popup, scene);
        if scene.is_hidden() {
            self.sound(AlertSound::Short, scene);
        }
    }
}
