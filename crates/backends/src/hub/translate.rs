//! From the hub's frames to the vocabulary of every backend. Pure.

use crate::{Failure, Incoming, Opened};
use otklik_model::{Channel, Dialog, Found, Handbook, Operator, Seq};
use otklik_wire::operator::{ByeCode, HandbookPart, HubFrame, Welcome};
use zeroize::Zeroizing;

/// More visible dialogs than this is no workplace but an attack on its memory.
const MAX_DIALOGS: usize = 200_000;
/// Nor is a snapshot whose parts together are larger than this.
const MAX_SNAPSHOT_BYTES: usize = 256 * 1024 * 1024;

/// Nor are more ready answers than this.
const MAX_TEMPLATES: usize = 20_000;

/// Turns frames into incoming words, putting the parts of a snapshot together.
#[derive(Debug, Default)]
pub(crate) struct Translator {
    snapshot: Option<Parts>,
    handbook: Option<Box<Handbook>>,
}

#[derive(Debug)]
struct Parts {
    at: Seq,
    next: u32,
    bytes: usize,
    dialogs: Vec<Dialog>,
    operators: Vec<Operator>,
    channels: Vec<Channel>,
}

/// One part as it came, with its size on the wire.
struct Part {
    at: Seq,
    number: u32,
    last: bool,
    bytes: usize,
    dialogs: Vec<Dialog>,
    operators: Vec<Operator>,
    channels: Vec<Channel>,
}

/// What a frame means.
#[derive(Debug, PartialEq)]
pub(crate) enum Meaning {
    /// Say this on.
    Say(Incoming),
    /// Keep this token in the place of the one we came with.
    Keep(Zeroizing<String>),
    /// Nothing yet, or nothing ever.
    Nothing,
    /// The connection is over.
    End(Failure),
}

/// Whether a text can be a token: at least 128 bits in base64url, and no more than a hub has reason to give.
fn is_token(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    letters && (22..=512).contains(&text.len())
}

impl Translator {
    /// Takes one frame, which took so many bytes on the wire.
    pub(crate) fn frame(&mut self, frame: HubFrame, bytes: usize) -> Meaning {
        match frame {
            HubFrame::Snapshot { at, part: number, last, dialogs, operators, channels } => {
                self.part(Part { at, number, last, bytes, dialogs, operators, channels })
            }
            HubFrame::Events { after, upto, changes } => Meaning::Say(Incoming::Events { after, upto, changes }),
            HubFrame::Result { id, outcome } => Meaning::Say(Incoming::Answered { id, outcome }),
            HubFrame::Retry { id, after_ms } => Meaning::Say(Incoming::RetryLater { id, after_ms }),
            HubFrame::History { req, dialog: _, messages } => Meaning::Say(Incoming::History { req, messages }),
            HubFrame::Found { req, hits, before } => {
                Meaning::Say(Incoming::Found { req, found: Found::Messages { hits, before } })
            }
            HubFrame::Dialogs { req, dialogs, more } => {
                Meaning::Say(Incoming::Found { req, found: Found::Dialogs { dialogs, more } })
            }
            HubFrame::Journey { req, dialog: _, journey } => {
                Meaning::Say(Incoming::Found { req, found: Found::Journey { journey } })
            }
            HubFrame::Identities { req, identities } => {
                Meaning::Say(Incoming::Found { req, found: Found::Identities { identities } })
            }
            HubFrame::Candidates { req, candidates } => {
                Meaning::Say(Incoming::Found { req, found: Found::Candidates { candidates } })
            }
            HubFrame::FetchFailed { req, retry } => Meaning::Say(Incoming::HistoryFailed { req, retry }),
            HubFrame::Draft { dialog, text } => Meaning::Say(Incoming::Draft { dialog, text }),
            HubFrame::Colleague { dialog, operator, here, writes } => {
                Meaning::Say(Incoming::Colleague { dialog, operator, here, writes })
            }
            HubFrame::FocusElsewhere { on } => Meaning::Say(Incoming::FocusElsewhere { on }),
            HubFrame::Handbook(part) => self.handbook_part(*part),
            HubFrame::Renew { token } if is_token(&token) => Meaning::Keep(Zeroizing::new(token)),
            // Nothing that could be guessed, or that a header could not carry, takes a token's place.
            HubFrame::Renew { .. } => Meaning::End(Failure::Resync),
            HubFrame::Beat { head } => Meaning::Say(Incoming::Beat { head }),
            HubFrame::Bye { code, retry_after_ms } => Meaning::End(farewell(code, retry_after_ms)),
            HubFrame::Hidden { online, offline } => Meaning::Say(Incoming::Hidden { online, offline }),
            HubFrame::Unknown => Meaning::Nothing,
            // A second welcome.
            HubFrame::Welcome(_) => Meaning::End(Failure::Resync),
        }
    }

    fn handbook_part(&mut self, part: HandbookPart) -> Meaning {
        let HandbookPart { last, handbook } = part;
        let whole = match self.handbook.take() {
            // What is not continued is given up for what begins.
            Some(mut begun) if begun.digest == handbook.digest => {
                begun.templates.extend(handbook.templates);
                begun
            }
            Some(_) | None => Box::new(handbook),
        };
        if whole.templates.len() > MAX_TEMPLATES {
            return Meaning::End(Failure::Resync);
        }
        if last {
            return Meaning::Say(Incoming::Handbook(whole));
        }
        self.handbook = Some(whole);
        Meaning::Nothing
    }

    fn part(&mut self, part: Part) -> Meaning {
        let Part { at, number, last, bytes, dialogs, operators, channels } = part;
        if number == 0 {
            let (dialogs, operators, channels) = (Vec::new(), operators, channels);
            self.snapshot = Some(Parts { at, next: 0, bytes: 0, dialogs, operators, channels });
        } else if !operators.is_empty() || !channels.is_empty() {
            // They stand in the first part only.
            return Meaning::End(Failure::Resync);
        }
        let Some(parts) = self.snapshot.as_mut() else { return Meaning::End(Failure::Resync) };
        parts.bytes = parts.bytes.saturating_add(bytes);
        let too_large = parts.dialogs.len() + dialogs.len() > MAX_DIALOGS || parts.bytes > MAX_SNAPSHOT_BYTES;
        if parts.at != at || parts.next != number || too_large {
            return Meaning::End(Failure::Resync);
        }
        parts.next += 1;
        parts.dialogs.extend(dialogs);
        if !last {
            return Meaning::Nothing;
        }
        match self.snapshot.take() {
            Some(Parts { at, dialogs, operators, channels, next: _, bytes: _ }) => {
                Meaning::Say(Incoming::Snapshot { at, dialogs, operators, channels })
            }
            None => Meaning::Nothing,
        }
    }
}

/// What a farewell means for the next try.
pub(crate) fn farewell(code: ByeCode, retry_after_ms: Option<u64>) -> Failure {
    match code {
        ByeCode::SignIn => Failure::SignIn,
        // The hub names the client's age; seen from here it is the hub's that differs.
        ByeCode::ClientTooOld => Failure::TooNew,
        ByeCode::ClientTooNew => Failure::TooOld,
        ByeCode::Draining | ByeCode::TooSlow | ByeCode::Protocol | ByeCode::Unknown => match retry_after_ms {
            Some(ms) => Failure::RetryAfter { ms },
            None => Failure::Lost,
        },
    }
}

/// The welcome in the words of every backend.
pub(crate) fn opened(welcome: Welcome) -> Opened {
    let Welcome {
        protocol: _,
        hub: _,
        session: _,
        stream,
        resumed,
        head,
        me,
        desk,
        rights,
        limits,
        beat_ms,
        server_at,
    } = welcome;
    Opened { me, desk, rights, limits, stream, resumed, head, beat_ms: beat_ms.clamp(1_000, 60_000), server_at }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, Translator, farewell};
    use crate::{Failure, Incoming};
    use otklik_model::Seq;
    use otklik_wire::operator::{ByeCode, HubFrame};

    fn part(at: u64, part: u32, last: bool) -> HubFrame {
        HubFrame::Snapshot { at: Seq(at), part, last, dialogs: vec![], operators: vec![], channels: vec![] }
    }

    #[test]
    fn s_h3_only_what_can_be_a_token_is_kept() {
        let renew = |token: &str| Translator::default().frame(HubFrame::Renew { token: token.to_owned() }, 0);
        let good = "kX4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(renew(good), Meaning::Keep(good.to_owned().into()));
        for bad in
            ["", "short", &"x".repeat(513), "with a space in it, but long enough", "a\r\nlong-enough-line-of-letters"]
        {
            assert_eq!(renew(bad), Meaning::End(Failure::Resync), "{bad:?}");
        }
    }

    #[test]
    fn a_snapshot_speaks_only_when_whole() {
        let mut translator = Translator::default();
        assert_eq!(translator.frame(part(7, 0, false), 80), Meaning::Nothing);
        assert_eq!(translator.frame(part(7, 1, false), 80), Meaning::Nothing);
        let whole = Incoming::Snapshot { at: Seq(7), dialogs: vec![], operators: vec![], channels: vec![] };
        assert_eq!(translator.frame(part(7, 2, true), 80), Meaning::Say(whole));
    }

    #[test]
    fn parts_that_do_not_fit_end_the_connection() {
        for frames in [
            vec![part(7, 1, true)],
            vec![part(7, 0, false), part(8, 1, true)],
            vec![part(7, 0, false), part(7, 2, true)],
        ] {
            let mut translator = Translator::default();
            let last = frames.into_iter().map(|frame| translator.frame(frame, 80)).last();
            assert_eq!(last, Some(Meaning::End(Failure::Resync)));
        }
    }

    #[test]
    fn a_snapshot_has_a_largest_size() {
        let mut translator = Translator::default();
        for number in 0..256 {
            assert_eq!(translator.frame(part(7, number, false), 1024 * 1024), Meaning::Nothing);
        }
        assert_eq!(translator.frame(part(7, 256, true), 80), Meaning::End(Failure::Resync));
    }

    #[test]
    fn what_is_hidden_is_told_on() {
        let frame: HubFrame = otklik_wire::decode(r#"{"t":"hidden","online":12,"offline":3}"#).unwrap();
        let said = Meaning::Say(Incoming::Hidden { online: 12, offline: 3 });
        assert_eq!(Translator::default().frame(frame, 40), said);
    }

    #[test]
    fn unknown_frames_are_passed_over() {
        let frame: HubFrame = otklik_wire::decode(r#"{"t":"fireworks","colour":"red"}"#).unwrap();
        assert_eq!(Translator::default().frame(frame, 80), Meaning::Nothing);
    }

    #[test]
    fn each_farewell_has_its_class() {
        for (code, after, class) in [
            (ByeCode::SignIn, None, Failure::SignIn),
            (ByeCode::ClientTooOld, None, Failure::TooNew),
            (ByeCode::ClientTooNew, None, Failure::TooOld),
            (ByeCode::Draining, Some(4000), Failure::RetryAfter { ms: 4000 }),
            (ByeCode::Draining, None, Failure::Lost),
            (ByeCode::TooSlow, None, Failure::Lost),
            (ByeCode::Protocol, Some(60_000), Failure::RetryAfter { ms: 60_000 }),
            (ByeCode::Unknown, None, Failure::Lost),
        ] {
            assert_eq!(farewell(code, after), class, "{code:?}");
        }
    }
}
