//! N2, N5 and N9: words in a dialog of mine, and their recall while nobody looks.

use super::{
    Alerts, BURST_GAP_MS, BURST_PAUSE_MS, BURST_SINGLES, Burst, Card, Scene, Sight, TEXT_CHARS, next_ring, shortened,
};
use crate::{AlertSound, Popup, Said, Toast};
use otklik_model::{DialogId, MessageId, excerpt};

/// A colleague's words for operators only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// Where it stands.
    pub(crate) dialog: DialogId,
    /// The message.
    pub(crate) message: MessageId,
    /// Who wrote it.
    pub(crate) by: String,
    /// What.
    pub(crate) text: String,
}

impl Alerts {
    /// N2: the customer of my dialog wrote these.
    pub(crate) fn messages(&mut self, card: Card, ids: &[MessageId], unread: u32, scene: &Scene<'_>) {
        match scene.sight(card.dialog) {
            Sight::Front => {}
            Sight::Focused => {
                let Card { dialog, name, number, text } = card;
                if let Some(Said { kind, text }) = text.as_ref().map(shortened) {
                    self.toast(Toast::Message { dialog, name, number, kind, text });
                }
                self.sound_here(ids, scene);
            }
            Sight::Visible | Sight::Hidden => {
                let new = self.count_new(ids, scene);
                if new > 0 {
                    self.burst(card, u32::try_from(new).unwrap_or(u32::MAX), unread, scene);
                    self.sound(AlertSound::Short, scene);
                }
            }
        }
    }

    /// A short sound while the window has the keyboard, if that is wished for: once for a message, like any other.
    fn sound_here(&mut self, ids: &[MessageId], scene: &Scene<'_>) {
        if scene.may_sound(AlertSound::Short) && self.count_new(ids, scene) > 0 {
            self.sound(AlertSound::Short, scene);
        }
    }

    fn count_new(&mut self, ids: &[MessageId], scene: &Scene<'_>) -> usize {
        ids.iter().filter(|id| self.memory.is_new(**id, scene.now)).count()
    }

    /// N9: a colleague wrote a note in a dialog of mine, or one that names me.
    pub(crate) fn noted(&mut self, remark: Remark, scene: &Scene<'_>) {
        let Remark { dialog, message, by, text } = remark;
        let text = excerpt(&text, TEXT_CHARS);
        match scene.sight(dialog) {
            Sight::Front => {}
            Sight::Focused => {
                self.toast(Toast::Noted { dialog, by, text });
                self.sound_here(&[message], scene);
            }
            Sight::Visible | Sight::Hidden => {
                if self.memory.is_new(message, scene.now) {
                    let text = Some(text).filter(|_| scene.may_tell_text());
                    self.popup(Popup::Note { dialog, by: Some(by), text }, scene);
                    self.sound(AlertSound::Short, scene);
                }
            }
        }
    }

    fn burst(&mut self, card: Card, new: u32, unread: u32, scene: &Scene<'_>) {
        let now = scene.now.tick;
        let running = self.bursts.remove(&card.dialog).filter(|burst| now.since(burst.last_at) <= BURST_GAP_MS);
        let (earlier, due) = running.map_or((0, None), |burst| (burst.count, burst.due));
        let count = earlier.saturating_add(new);
        let shown_now = earlier == 0 || count <= BURST_SINGLES;
        let due = if shown_now { None } else { due.or(Some(now.plus(BURST_PAUSE_MS))) };
        if shown_now {
            let text = card.text_for(scene).filter(|_| count <= BURST_SINGLES);
            self.popup(card.messages(text, unread.max(1)), scene);
        }
        self.bursts.insert(card.dialog, Burst { card, count, unread, last_at: now, due });
    }

    pub(super) fn tick_bursts(&mut self, scene: &Scene<'_>) {
        let now = scene.now.tick;
        let mut due = Vec::new();
        for burst in self.bursts.values_mut().filter(|burst| burst.due.is_some_and(|at| at <= now)) {
            burst.due = None;
            due.push(burst.card.messages(None, burst.unread.max(1)));
        }
        if !scene.is_focused() {
            for popup in due {
                self.popup(popup, scene);
            }
        }
    }

    pub(super) fn tick_reminders(&mut self, scene: &Scene<'_>) {
        if !scene.is_hidden() {
            return;
        }
        let (now, period) = (scene.now.tick, self.period_ms);
        let mut ring = false;
        for at in self.reminders.values_mut().filter(|at| **at <= now) {
            *at = next_ring(*at, period, now);
            ring = true;
        }
        if ring {
            self.sound(AlertSound::Short, scene);
        }
    }
}
