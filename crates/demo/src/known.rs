//! What a page knows of its conversation. Pure: frames go in, consequences come out; no socket, no clock.

use otklik_model::ClientId;
use otklik_wire::customer::{CustomerMessage, HubCustomerFrame, Shown};
use std::time::Duration;

/// What a frame means for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing to do.
    Noted,
    /// The hub knows us now.
    Welcome,
    /// Messages came; the newest of the operator's is so many characters long.
    Messages {
        /// Characters to read.
        chars: usize,
    },
    /// Something in between is missing: hello again.
    Gap,
    /// The hub closes the connection.
    Dismissed {
        /// Come back not sooner than this.
        after: Duration,
    },
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It has this number.
    Stored(u32),
    /// Again later.
    TooFast,
    /// Never.
    Refused(String),
}

/// The page's memory.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The secret to come back with.
    pub token: Option<String>,
    /// The position in the conversation.
    pub shown: Option<Shown>,
    /// Number of the newest message of an operator.
    pub answered: u32,
    /// Whether an operator is writing.
    pub typing: bool,
    /// The message whose answer is awaited, and the answer.
    in_flight: Option<(ClientId, Option<Fate>)>,
}

impl Known {
    /// The fate of this message is of interest from now on.
    pub(crate) fn expect(&mut self, id: ClientId) {
        if self.in_flight.as_ref().is_none_or(|(other, _)| *other != id) {
            self.in_flight = Some((id, None));
        }
    }

    /// What became of the message, once.
    pub(crate) fn take_fate(&mut self) -> Option<Fate> {
        self.in_flight.as_mut().and_then(|(_, fate)| fate.take())
    }

    /// The position, as a number.
    pub(crate) fn upto(&self) -> u32 {
        self.shown.map_or(0, |shown| shown.upto)
    }

    /// Takes in what the hub says.
    pub(crate) fn hear(&mut self, frame: HubCustomerFrame) -> Meaning {
        match frame {
            HubCustomerFrame::Welcome { token, dialog, .. } => {
                let here = dialog.map(|dialog| dialog.id);
                if self.token.as_ref() != Some(&token) || self.shown.map(|shown| shown.dialog) != here {
                    self.shown = None;
                    self.answered = 0;
                }
                self.token = Some(token);
                self.typing = false;
                Meaning::Welcome
            }
            HubCustomerFrame::Messages { dialog, after, upto, items } => {
                let have = self.shown.filter(|shown| shown.dialog == dialog).map_or(0, |shown| shown.upto);
                if after != have {
                    return Meaning::Gap;
                }
                self.shown = Some(Shown { dialog, upto });
                self.read_through(&items)
            }
            HubCustomerFrame::Result { id, seq, refused, .. } => {
                let fate = match (seq, refused.as_deref()) {
                    (Some(seq), None) => Fate::Stored(seq),
                    (_, Some("too_fast")) => Fate::TooFast,
                    (_, Some(reason)) => Fate::Refused(reason.to_owned()),
                    (None, None) => Fate::Refused("without a reason".to_owned()),
                };
                self.settle(id, fate);
                Meaning::Noted
            }
            HubCustomerFrame::Typing { on, .. } => {
                self.typing = on;
                Meaning::Noted
            }
            HubCustomerFrame::Bye { retry_after_ms, .. } => {
                Meaning::Dismissed { after: Duration::from_millis(retry_after_ms.unwrap_or(0)) }
            }
            HubCustomerFrame::Changed { .. }
            | HubCustomerFrame::Blocked { .. }
            | HubCustomerFrame::Desk { .. }
            | HubCustomerFrame::Line { .. }
            | HubCustomerFrame::Forms(_)
            | HubCustomerFrame::Link { .. }
            // Nobody looks at a page here.
            | HubCustomerFrame::Go { .. }
            | HubCustomerFrame::Dialog(_)
            | HubCustomerFrame::Beat
            | HubCustomerFrame::Unknown => Meaning::Noted,
        }
    }

    fn read_through(&mut self, items: &[CustomerMessage]) -> Meaning {
        let mut chars = 0;
        for message in items {
            if let Some(id) = message.client_id {
                self.settle(id, Fate::Stored(message.seq));
            }
            if message.from == "operator" {
                self.answered = message.seq;
                self.typing = false;
                chars = message.text.chars().count();
            }
        }
        Meaning::Messages { chars }
    }

    /// The answer or the echo, whichever comes first.
    fn settle(&mut self, id: ClientId, fate: Fate) {
        if let Some((awaited, known)) = &mut self.in_flight
            && *awaited == id
            && known.is_none()
        {
            *known = Some(fate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::{DialogId, MessageId, Stamp};

    fn dialog(at: u64) -> DialogId {
        DialogId::from_parts(at, [1; 10])
    }

    fn message(seq: u32, from: &str, client_id: Option<ClientId>) -> CustomerMessage {
        let id = MessageId::from_parts(u64::from(seq), [2; 10]);
        CustomerMessage { client_id, ..CustomerMessage::words(id, seq, from, "ответ".into(), Stamp(1)) }
    }

    fn messages(of: u64, after: u32, items: Vec<CustomerMessage>) -> HubCustomerFrame {
        let upto = items.last().map_or(after, |message| message.seq);
        HubCustomerFrame::Messages { dialog: dialog(of), after, upto, items }
    }

    fn result(id: ClientId, seq: Option<u32>, refused: Option<&str>) -> HubCustomerFrame {
        HubCustomerFrame::Result { id, seq, at: None, refused: refused.map(str::to_owned), wrong: None }
    }

    #[test]
    fn messages_that_continue_move_the_position_and_others_are_a_gap() {
        let mut known = Known::default();
        assert_eq!(known.hear(messages(1, 0, vec![message(1, "customer", None)])), Meaning::Messages { chars: 0 });
        assert_eq!(known.hear(messages(1, 1, vec![message(2, "operator", None)])), Meaning::Messages { chars: 5 });
        assert_eq!((known.upto(), known.answered), (2, 2));
        assert_eq!(known.hear(messages(1, 3, vec![message(4, "operator", None)])), Meaning::Gap);
        assert_eq!(known.hear(messages(2, 1, vec![message(2, "operator", None)])), Meaning::Gap);
        assert_eq!(known.upto(), 2);
    }

    #[test]
    fn the_answer_or_the_echo_settles_a_message_and_only_that_one() {
        let [mine, other] = [1, 2].map(|at| ClientId::from_parts(at, [3; 10]));
        for frame in [result(mine, Some(1), None), messages(1, 0, vec![message(1, "customer", Some(mine))])] {
            let mut known = Known::default();
            known.expect(mine);
            known.hear(result(other, Some(9), None));
            assert_eq!(known.take_fate(), None);
            known.hear(frame);
            assert_eq!(known.take_fate(), Some(Fate::Stored(1)));
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let id = ClientId::from_parts(1, [3; 10]);
        for (refused, fate) in [("too_fast", Fate::TooFast), ("blocked", Fate::Refused("blocked".into()))] {
            let mut known = Known::default();
            known.expect(id);
            known.hear(result(id, None, Some(refused)));
            assert_eq!(known.take_fate(), Some(fate));
        }
    }
}
