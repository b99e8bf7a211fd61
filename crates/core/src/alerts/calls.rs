//! N1, N3, N4 and N7: somebody new waits, in the queue, offline, or for me.

use super::{Alerts, Card, Scene, Sight, next_ring};
use crate::{AlertSound, Popup, PopupTag, Toast};
use otklik_model::{DialogId, Tick};

/// N1 rings again this often, until accepted or expired.
pub(super) const EVERY_MS: u64 = 30_000;
/// N7: an offer that ends within this is told once more.
const ENDING_MS: u64 = 20_000;

/// A dialog that is offered to me.
#[derive(Debug)]
pub(super) struct Offer {
    card: Card,
    /// When it rings again.
    pub(super) again_at: Tick,
    /// When it is worth a word that it ends soon; `None` if that was said, or it never ends.
    pub(super) ending_at: Option<Tick>,
}

impl Alerts {
    /// N1: a dialog was offered or transferred to me; `left_ms`: for so long, if the offer ends.
    pub(crate) fn offered(&mut self, card: Card, left_ms: Option<u64>, scene: &Scene<'_>) {
        let now = scene.now.tick;
        // Of an offer that begins in its last seconds, N1 itself is the word.
        let ending_at = left_ms.filter(|left| *left > ENDING_MS).map(|left| now.plus(left - ENDING_MS));
        let offer = Offer { card: card.clone(), again_at: now.plus(EVERY_MS), ending_at };
        self.offers.insert(card.dialog, offer);
        if scene.online {
            self.call(&card, true, scene);
        }
    }

    /// N4: somebody left an offline request. Nobody waits on the line, so nothing sounds.
    pub(crate) fn left_request(&mut self, card: &Card, scene: &Scene<'_>) {
        if scene.settings.offline_popups && scene.sight(card.dialog) == Sight::Hidden {
            let (name, text) = (card.name.clone(), card.text_for(scene));
            self.called.insert(card.dialog);
            self.popup(Popup::OfflineRequest { dialog: card.dialog, name, number: card.number, text }, scene);
        }
    }

    /// N3: a new dialog that I may take.
    pub(crate) fn queued(&mut self, card: &Card, scene: &Scene<'_>) {
        if scene.online {
            self.call(card, false, scene);
        }
    }

    /// N1: a dialog was put into my hands without asking. It is mine already, so nothing expires, and what is unread in
    /// it rings on as N5.
    pub(crate) fn given(&mut self, card: &Card, scene: &Scene<'_>) {
        if !scene.online {
            return;
        }
        // That it waits is over; what is said now stands in its place.
        if self.called.remove(&card.dialog) {
            self.withdraw(PopupTag::Dialog(card.dialog));
        }
        match scene.sight(card.dialog) {
            Sight::Front => {}
            Sight::Focused => self.toast_of(card),
            sight @ (Sight::Visible | Sight::Hidden) => {
                self.given.insert(card.dialog);
                self.popup(card.given(scene), scene);
                self.ring_long(sight, true, scene);
            }
        }
    }

    fn call(&mut self, card: &Card, to_me: bool, scene: &Scene<'_>) {
        match scene.sight(card.dialog) {
            Sight::Front => {}
            Sight::Focused if to_me => self.toast_of(card),
            Sight::Focused => {}
            sight @ (Sight::Visible | Sight::Hidden) => {
                self.called.insert(card.dialog);
                self.popup(card.waiting(to_me, scene), scene);
                self.ring_long(sight, to_me, scene);
            }
        }
    }

    fn toast_of(&mut self, card: &Card) {
        let (name, number) = (card.name.clone(), card.number);
        self.toast(Toast::Offered { dialog: card.dialog, name, number });
    }

    fn ring_long(&mut self, sight: Sight, to_me: bool, scene: &Scene<'_>) {
        self.sound(AlertSound::Long, scene);
        if to_me && sight == Sight::Hidden && scene.may_show() && !scene.is_told_elsewhere() {
            self.attend(true);
        }
    }

    /// N1 again, for whoever was not heard.
    pub(super) fn tick_offers(&mut self, scene: &Scene<'_>) {
        if scene.is_focused() || !scene.online {
            return;
        }
        let now = scene.now.tick;
        let mut due = Vec::new();
        for offer in self.offers.values_mut().filter(|offer| offer.again_at <= now) {
            offer.again_at = next_ring(offer.again_at, EVERY_MS, now);
            due.push(offer.card.clone());
        }
        for card in due {
            self.call(&card, true, scene);
        }
    }

    /// N7: an offer ends soon.
    pub(super) fn tick_endings(&mut self, scene: &Scene<'_>) {
        let now = scene.now.tick;
        let mut due = Vec::new();
        for offer in self.offers.values_mut().filter(|offer| offer.ending_at.is_some_and(|at| at <= now)) {
            offer.ending_at = None;
            due.push(offer.card.clone());
        }
        for Card { dialog, name, number, .. } in due.into_iter().filter(|_| scene.online) {
            match scene.sight(dialog) {
                Sight::Front | Sight::Focused => {}
                sight @ (Sight::Visible | Sight::Hidden) => {
                    let seconds = u32::try_from(ENDING_MS / 1_000).unwrap_or(u32::MAX);
                    self.called.insert(dialog);
                    self.popup(Popup::OfferEnds { dialog, name, number, seconds }, scene);
                    if sight == Sight::Hidden {
                        self.sound(AlertSound::Short, scene);
                    }
                }
            }
        }
    }

    /// Offers as they ring next.
    pub(super) fn offer_deadlines(&self, scene: &Scene<'_>) -> impl Iterator<Item = Tick> {
        let rings = !scene.is_focused() && scene.online;
        let again = self.offers.values().map(|offer| offer.again_at).filter(move |_| rings);
        again.chain(self.offers.values().filter_map(|offer| offer.ending_at))
    }

    /// Nothing is offered any more by this dialog.
    pub(super) fn offer_over(&mut self, dialog: DialogId) {
        self.offers.remove(&dialog);
    }
}
