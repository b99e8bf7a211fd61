//! Notifications: one per tag on the screen, replaced in place, taken back when their cause is gone, and a click that
//! finds its way to the dialog. The words come from [`crate::words`]; how a system shows them is its own file's.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod system;

use crate::words::{self, Tongue};
use otklik_core::{Popup, PopupTag};
use otklik_model::DialogId;
use std::sync::Arc;

pub use system::Popups;

/// Called with the dialog of a notification that was clicked, from whatever thread the system answers on.
pub type Clicked = Arc<dyn Fn(Option<DialogId>) + Send + Sync>;

/// The most of a customer's words that a notification shows, in characters: more is cut by the systems themselves,
/// each at another place.
const LONGEST_BODY: usize = 240;

/// A notification, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Notice {
    tag: PopupTag,
    dialog: Option<DialogId>,
    title: String,
    body: String,
    /// What the button to open it says.
    open: String,
}

impl Notice {
    fn new(popup: &Popup, tongue: Tongue) -> Self {
        let words = words::popup(popup, tongue);
        Self {
            tag: popup.tag(),
            dialog: dialog(popup),
            title: plain(&words.title),
            body: plain(&words.body),
            open: words::show(tongue),
        }
    }
}

/// The dialog that a click opens.
fn dialog(popup: &Popup) -> Option<DialogId> {
    match popup {
        Popup::Waiting { dialog, .. } | Popup::Messages { dialog, .. } | Popup::Unsent { dialog, .. } => Some(*dialog),
        Popup::LinkLost | Popup::Summary { .. } => None,
    }
}

/// A customer's words without what steers a terminal or turns the direction of the lines around them, cut to length.
fn plain(text: &str) -> String {
    let steers = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let clean = text.chars().filter(|c| !steers(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let mut cut: String = clean.take(LONGEST_BODY + 1).collect();
    if let Some((end, _)) = cut.char_indices().nth(LONGEST_BODY) {
        cut.truncate(end);
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> DialogId {
        DialogId::from_parts(1, [1; 10])
    }

    #[test]
    fn a_click_leads_to_the_dialog_it_is_about() {
        let unsent = Notice::new(&Popup::Unsent { dialog: id(), count: 1 }, Tongue::En);
        assert_eq!((unsent.tag, unsent.dialog), (PopupTag::Outbox, Some(id())));
        assert_eq!(Notice::new(&Popup::LinkLost, Tongue::En).dialog, None);
    }

    #[test]
    fn a_customers_words_steer_nothing() {
        assert_eq!(plain("one\ntwo\u{7}\0three"), "one two  three");
        assert_eq!(plain("\u{202e}gpj.exe\u{202c}"), "gpj.exe");
        assert_eq!(plain("<b>bold</b> & 👩‍👩‍👧"), "<b>bold</b> & 👩‍👩‍👧");
    }

    #[test]
    fn long_words_are_cut_and_say_so() {
        assert_eq!(plain(&"ы".repeat(LONGEST_BODY)), "ы".repeat(LONGEST_BODY));
        assert_eq!(plain(&"ы".repeat(LONGEST_BODY + 1)), format!("{}…", "ы".repeat(LONGEST_BODY)));
    }
}
