//! Answers that are written in a notification itself. The server tells them by a signal that names the notification by
//! its number, often when it has closed it already: so what each number stood for is remembered a while longer.

use super::{Answerable, Press, Pressed};
use futures_util::StreamExt;
use otklik_engine::SeatId;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::runtime::Handle;
use zbus::{Connection, Proxy};

const SERVER: &str = "org.freedesktop.Notifications";
const PLACE: &str = "/org/freedesktop/Notifications";
/// The signal of servers that have the field: the notification's number, and the words.
const REPLIED: &str = "NotificationReplied";

/// Of so many notifications it is remembered what they stood for: more than a screen shows.
const REMEMBERED: usize = 100;
/// So many answers wait for the notification that they are to: it may be answered before its number is known here.
const EARLY: usize = 8;

/// The notifications that may be answered.
#[derive(Clone, Default)]
pub struct Replies(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    expected: BTreeMap<u32, Answerable>,
    /// Answers to numbers that are not known, the newest last: most of them are other programs'.
    early: VecDeque<(u32, String)>,
}

impl Replies {
    /// Hears answers from here on, for as long as there is a message bus.
    pub fn listen(runtime: &Handle, pressed: Pressed) -> Self {
        let replies = Self::default();
        let heard = replies.clone();
        runtime.spawn(async move {
            if let Err(error) = heard.hear(pressed).await {
                tracing::debug!(%error, "notifications cannot be answered in place");
            }
        });
        replies
    }

    /// The notification of this number stands for this now. Returns what it was answered with already.
    pub fn expect(&self, number: u32, answerable: Option<Answerable>) -> Option<(SeatId, Press)> {
        let mut known = self.0.lock();
        let Some(answerable) = answerable else {
            known.expected.remove(&number);
            return None;
        };
        if let Some(place) = known.early.iter().position(|(early, _)| *early == number) {
            return known.early.remove(place).map(|(_, text)| press(answerable, text));
        }
        known.expected.insert(number, answerable);
        while known.expected.len() > REMEMBERED {
            known.expected.pop_first();
        }
        None
    }

    fn answered(&self, number: u32, text: String) -> Option<(SeatId, Press)> {
        let mut known = self.0.lock();
        if let Some(answerable) = known.expected.remove(&number) {
            return Some(press(answerable, text));
        }
        known.early.push_back((number, text));
        if known.early.len() > EARLY {
            known.early.pop_front();
        }
        None
    }

    async fn hear(&self, pressed: Pressed) -> zbus::Result<()> {
        let bus = Connection::session().await?;
        let server = Proxy::new(&bus, SERVER, PLACE, SERVER).await?;
        let mut signals = server.receive_signal(REPLIED).await?;
        while let Some(signal) = signals.next().await {
            let Ok((number, text)) = signal.body().deserialize::<(u32, String)>() else { continue };
            if let Some((seat, press)) = self.answered(number, text) {
                pressed(seat, press);
            }
        }
        Ok(())
    }
}

fn press(Answerable { seat, dialog, shows_all, .. }: Answerable, text: String) -> (SeatId, Press) {
    let blank = text.trim().is_empty();
    let press = if blank { Press::Open(Some(dialog)) } else { Press::Reply { dialog, text, read: shows_all } };
    (seat, press)
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::DialogId;

    fn answerable() -> Answerable {
        let dialog = DialogId::from_parts(1, [1; 10]);
        Answerable { seat: SeatId(2), dialog, button: "Reply".to_owned(), shows_all: true }
    }

    #[test]
    fn an_answer_finds_its_dialog_once() {
        let replies = Replies::default();
        replies.expect(7, Some(answerable()));
        let press = replies.answered(7, "Yes".to_owned());
        let dialog = answerable().dialog;
        assert_eq!(press, Some((SeatId(2), Press::Reply { dialog, text: "Yes".to_owned(), read: true })));
        assert_eq!(replies.answered(7, "Yes".to_owned()), None, "the same again is nobody's");
        assert_eq!(replies.answered(8, "Yes".to_owned()), None, "another program's");
    }

    #[test]
    fn an_empty_answer_sends_nothing() {
        let replies = Replies::default();
        replies.expect(7, Some(answerable()));
        let opened = Press::Open(Some(answerable().dialog));
        assert_eq!(replies.answered(7, " \n".to_owned()), Some((SeatId(2), opened)));
    }

    #[test]
    fn an_answer_that_is_faster_than_the_number_waits_for_it() {
        let replies = Replies::default();
        for number in 7..20 {
            assert_eq!(replies.answered(number, "Yes".to_owned()), None, "another program's, for all that is known");
        }
        let dialog = answerable().dialog;
        let reply = Press::Reply { dialog, text: "Yes".to_owned(), read: true };
        assert_eq!(replies.expect(19, Some(answerable())), Some((SeatId(2), reply)));
        assert_eq!(replies.expect(19, Some(answerable())), None, "once");
        assert_eq!(replies.expect(7, Some(answerable())), None, "the oldest go first");
    }

    #[test]
    fn what_can_be_answered_no_more_is_forgotten() {
        let replies = Replies::default();
        replies.expect(7, Some(answerable()));
        replies.expect(7, None);
        assert_eq!(replies.answered(7, "Yes".to_owned()), None);
        for number in 0..1_000 {
            replies.expect(number, Some(answerable()));
        }
        assert_eq!(replies.0.lock().expected.len(), REMEMBERED);
        assert_eq!(replies.answered(1, "Yes".to_owned()), None, "the oldest go first");
    }
}
