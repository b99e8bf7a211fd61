//! S-C20: what a notification may show where nobody knows who reads it: that something is there, and no more.

use super::{Alerts, Scene};
use crate::{Popup, PopupTag};

/// The same without anybody's name and words. The number of a customer stays: it tells nothing to a stranger.
pub(super) fn nameless(popup: Popup) -> Popup {
    match popup {
        Popup::Waiting { dialog, number, to_me, .. } => {
            Popup::Waiting { dialog, name: None, number, text: None, to_me }
        }
        Popup::Given { dialog, number, .. } => Popup::Given { dialog, name: None, number, text: None },
        Popup::Messages { dialog, number, count, .. } => {
            Popup::Messages { dialog, name: None, number, text: None, count }
        }
        Popup::OfflineRequest { dialog, number, .. } => {
            Popup::OfflineRequest { dialog, name: None, number, text: None }
        }
        Popup::Left { dialog, number, reason, .. } => Popup::Left { dialog, name: None, number, reason, to: None },
        Popup::OfferEnds { dialog, number, seconds, .. } => Popup::OfferEnds { dialog, name: None, number, seconds },
        Popup::LowRating { dialog, number, stars, .. } => Popup::LowRating { dialog, name: None, number, stars },
        Popup::Note { dialog, .. } => Popup::Note { dialog, by: None, text: None },
        plain @ (Popup::Status { .. }
        | Popup::QueueLong { .. }
        | Popup::Unsent { .. }
        | Popup::LinkLost
        | Popup::SessionEnded
        | Popup::Summary { .. }) => plain,
    }
}

impl Alerts {
    /// What already stands on the screen and names somebody does not stay there for whoever comes by.
    pub(crate) fn take_names_back(&mut self, scene: &Scene<'_>) {
        if !scene.locked {
            return;
        }
        let named = |tag: &PopupTag| matches!(tag, PopupTag::Dialog(_) | PopupTag::News(_));
        let shown: Vec<_> = self.shown.iter().copied().filter(named).collect();
        shown.into_iter().for_each(|tag| self.withdraw(tag));
    }
}
