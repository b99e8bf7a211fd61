//! Notifications: one per tag on the screen, replaced in place, taken back when their cause is gone, and a click that
//! finds its way to the dialog. The words come from [`crate::words`]; how a system shows them is its own file's.

#[cfg(target_os = "linux")]
mod replies;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod system;

use crate::words::{self, Tongue};
use otklik_core::{Popup, PopupTag};
use otklik_engine::SeatId;
use otklik_model::DialogId;
use std::sync::Arc;

pub use system::Popups;

/// What a person does with a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Clicks it: shows the window, with the dialog it is about.
    Open(Option<DialogId>),
    /// Presses the button that accepts its dialog; not every system shows one.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "these systems show no buttons"))]
    Accept(DialogId),
    /// Presses the button that declines what is offered.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "these systems show no buttons"))]
    Decline(DialogId),
    /// Answers in the notification itself.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "these systems show no field for it"))]
    Reply {
        /// Whom.
        dialog: DialogId,
        /// The words.
        text: String,
        /// The notification showed everything that was unread.
        read: bool,
    },
}

/// What tells notifications apart: one account may have the same to say as another.
type Mark = (SeatId, PopupTag);

/// Called from whatever thread the system answers on, with the seat whose notification it was.
pub type Pressed = Arc<dyn Fn(SeatId, Press) + Send + Sync>;

/// The most of a customer's words that a notification shows, in characters: more is cut by the systems themselves,
/// each at another place.
const LONGEST_BODY: usize = 240;

/// A notification, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Notice {
    seat: SeatId,
    tag: PopupTag,
    dialog: Option<DialogId>,
    title: String,
    body: String,
    /// What the button to open it says.
    open: String,
    /// The dialog that can be accepted from here, and what the button for it says.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "these systems show no buttons"))]
    accept: Option<(DialogId, String)>,
    /// The dialog that can be declined from here, and what the button for it says.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "these systems show no buttons"))]
    decline: Option<(DialogId, String)>,
    /// What can be answered from here.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "these systems show no field for it"))]
    reply: Option<Answerable>,
}

/// What can be answered in a notification, on systems that have a field for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answerable {
    seat: SeatId,
    dialog: DialogId,
    /// What the button that opens the field says.
    button: String,
    /// The notification shows everything that is unread.
    shows_all: bool,
}

impl Notice {
    /// `account`: what to call the account by, if there is more than one.
    fn new(seat: SeatId, popup: &Popup, account: Option<&str>, tongue: Tongue) -> Self {
        let words = words::popup(popup, tongue);
        Self {
            seat,
            tag: popup.tag(),
            dialog: dialog(popup),
            title: plain(&words::of_account(account, &words.title)),
            body: plain(&words.body),
            open: words::show(tongue),
            accept: acceptable(popup).map(|dialog| (dialog, words::accept(tongue))),
            decline: declinable(popup).map(|dialog| (dialog, words::decline(tongue))),
            reply: answerable(seat, popup, tongue),
        }
    }
}

/// The dialog that a button accepts: one that waits for somebody.
fn acceptable(popup: &Popup) -> Option<DialogId> {
    match popup {
        Popup::Waiting { dialog, .. } | Popup::OfferEnds { dialog, .. } | Popup::OfflineRequest { dialog, .. } => {
            Some(*dialog)
        }
        Popup::Given { .. }
        | Popup::Messages { .. }
        | Popup::Unsent { .. }
        | Popup::LinkLost
        | Popup::SessionEnded
        | Popup::Summary { .. }
        | Popup::Left { .. }
        | Popup::Note { .. }
        | Popup::Status { .. }
        | Popup::QueueLong { .. }
        | Popup::LowRating { .. } => None,
    }
}

/// The dialog that a button declines: one that is offered to this operator.
fn declinable(popup: &Popup) -> Option<DialogId> {
    match popup {
        Popup::Waiting { dialog, to_me: true, .. } | Popup::OfferEnds { dialog, .. } => Some(*dialog),
        Popup::Waiting { to_me: false, .. }
        | Popup::OfflineRequest { .. }
        | Popup::Given { .. }
        | Popup::Messages { .. }
        | Popup::Unsent { .. }
        | Popup::LinkLost
        | Popup::SessionEnded
        | Popup::Summary { .. }
        | Popup::Left { .. }
        | Popup::Note { .. }
        | Popup::Status { .. }
        | Popup::QueueLong { .. }
        | Popup::LowRating { .. } => None,
    }
}

/// Messages in one's own dialog, if their words are shown: nobody answers what he cannot read.
fn answerable(seat: SeatId, popup: &Popup, tongue: Tongue) -> Option<Answerable> {
    match popup {
        Popup::Messages { dialog, text: Some(_), count, .. } => {
            Some(Answerable { seat, dialog: *dialog, button: words::reply(tongue), shows_all: *count <= 1 })
        }
        Popup::Messages { text: None, .. }
        | Popup::Waiting { .. }
        | Popup::Given { .. }
        | Popup::OfferEnds { .. }
        | Popup::OfflineRequest { .. }
        | Popup::Unsent { .. }
        | Popup::LinkLost
        | Popup::SessionEnded
        | Popup::Summary { .. }
        | Popup::Left { .. }
        | Popup::Note { .. }
        | Popup::Status { .. }
        | Popup::QueueLong { .. }
        | Popup::LowRating { .. } => None,
    }
}

/// The dialog that a click opens.
fn dialog(popup: &Popup) -> Option<DialogId> {
    match popup {
        Popup::Waiting { dialog, .. }
        | Popup::Given { dialog, .. }
        | Popup::Messages { dialog, .. }
        | Popup::OfflineRequest { dialog, .. }
        | Popup::Left { dialog, .. }
        | Popup::OfferEnds { dialog, .. }
        | Popup::Note { dialog, .. }
        | Popup::LowRating { dialog, .. }
        | Popup::Unsent { dialog, .. } => Some(*dialog),
        Popup::LinkLost
        | Popup::SessionEnded
        | Popup::Summary { .. }
        | Popup::Status { .. }
        | Popup::QueueLong { .. } => None,
    }
}

/// A customer's words without what steers a terminal or turns the direction of the lines around them, cut to length.
pub fn plain(text: &str) -> String {
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
    use otklik_core::Said;
    use otklik_model::MessageKind;

    fn notice(popup: &Popup, tongue: Tongue) -> Notice {
        Notice::new(SeatId(1), popup, None, tongue)
    }

    fn id() -> DialogId {
        DialogId::from_parts(1, [1; 10])
    }

    #[test]
    fn a_click_leads_to_the_dialog_it_is_about() {
        let unsent = notice(&Popup::Unsent { dialog: id(), count: 1 }, Tongue::En);
        assert_eq!((unsent.tag, unsent.dialog), (PopupTag::Outbox, Some(id())));
        assert_eq!(notice(&Popup::LinkLost, Tongue::En).dialog, None);
    }

    #[test]
    fn an_account_is_named_where_there_is_more_than_one() {
        let title = |account| Notice::new(SeatId(2), &Popup::LinkLost, account, Tongue::En).title;
        assert_eq!(title(None), "No connection");
        assert_eq!(title(Some("Банк\u{202e}")), "Банк · No connection");
    }

    #[test]
    fn only_a_dialog_that_waits_can_be_accepted_from_its_notification() {
        let waiting = Popup::Waiting { dialog: id(), name: None, number: 7, text: None, to_me: true };
        assert_eq!(notice(&waiting, Tongue::Ru).accept, Some((id(), "Принять".to_owned())));
        let messages = Popup::Messages { dialog: id(), name: None, number: 7, text: None, count: 1 };
        assert_eq!(notice(&messages, Tongue::En).accept, None);
    }

    #[test]
    fn only_what_is_offered_to_me_can_be_declined_from_its_notification() {
        let waiting = |to_me| Popup::Waiting { dialog: id(), name: None, number: 7, text: None, to_me };
        assert_eq!(notice(&waiting(true), Tongue::En).decline, Some((id(), "Decline".to_owned())));
        assert_eq!(notice(&waiting(false), Tongue::En).decline, None);
    }

    #[test]
    fn only_words_that_are_shown_can_be_answered() {
        let messages = |text: Option<&str>, count| {
            let text = text.map(|text| Said { kind: MessageKind::Text, text: text.to_owned() });
            notice(&Popup::Messages { dialog: id(), name: None, number: 7, text, count }, Tongue::Ru).reply
        };
        let all = messages(Some("Где?"), 1).expect("the words are there");
        assert_eq!((all.dialog, all.button.as_str(), all.shows_all), (id(), "Ответить", true));
        assert!(!messages(Some("Где?"), 2).expect("the words are there").shows_all);
        assert_eq!(messages(None, 1), None, "the words are hidden");
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
