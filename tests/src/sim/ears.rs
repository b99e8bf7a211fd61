//! What Ира hears: never while she looks at the window, never in a volley, never for old news.
//!
//! A sound needs a cause: something that arrived live since the last sound, or an unread message that is recalled while
//! the window is out of sight.
//!
//! Invariant 12.

use super::cast;
use otklik_core::{AlertSound, DialogRow, LinkInput, Popup, Said, WindowState};
use otklik_model::{Author, Change, DialogId, DialogState, Message, MessageId, MessageKind, Section, Seq, Tick};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The shortest time between two sounds.
const APART_MS: u64 = 2_000;
/// How long after its arrival something may still be sounded for: a slow disk is waited for.
const FRESH_MS: u64 = 20_000;
/// The shortest time between two reminders of one dialog (N1, N5).
const REMIND_MS: u64 = 15_000;

/// One workplace's loudspeaker and screen corner.
#[derive(Clone, Debug, Default)]
pub struct Ears {
    last_sound: Option<Tick>,
    /// When something that waits was recalled, and which dialogs it may have been for.
    reminders: VecDeque<(Tick, AlertSound, BTreeSet<DialogId>)>,
    /// The position at which the connection counted as caught up.
    live_from: Seq,
    /// When something arrived live that may be sounded for, once: a dialog to take long, a message short.
    causes: VecDeque<(Tick, AlertSound)>,
    /// Customers' texts that a notification showed, and when.
    shown: BTreeMap<String, Tick>,
    /// Sounded for: one sound per message, also over a restart.
    heard: BTreeSet<MessageId>,
    /// Sounds so far.
    pub sounds: u32,
}

impl Ears {
    /// The program started again.
    pub fn restarted(&mut self) {
        self.last_sound = None;
        self.reminders.clear();
        self.causes.clear();
        self.live_from = Seq(u64::MAX);
    }

    /// The machine slept, or its disk refused what came: what arrived before is no older for that.
    pub fn held_up(&mut self, now: Tick) {
        self.causes.iter_mut().for_each(|(at, _)| *at = now);
    }

    /// Something is about to be told to the core.
    pub fn arrives(&mut self, input: &LinkInput, now: Tick) {
        match input {
            LinkInput::Opened(session) => self.live_from = session.head,
            LinkInput::Events { upto, changes, .. } if *upto > self.live_from => {
                for change in changes {
                    if let Some(sound) = self.cause(change) {
                        self.causes.push_back((now, sound));
                    }
                }
            }
            LinkInput::Events { .. }
            | LinkInput::Snapshot { .. }
            | LinkInput::Answered { .. }
            | LinkInput::RetryLater { .. }
            | LinkInput::Uploading { .. }
            | LinkInput::Uploaded { .. }
            | LinkInput::Fetched { .. }
            | LinkInput::Found { .. }
            | LinkInput::Draft { .. }
            | LinkInput::Colleague { .. }
            | LinkInput::FocusElsewhere { .. }
            | LinkInput::Handbook(_)
            | LinkInput::Hidden { .. }
            | LinkInput::Beat { .. }
            | LinkInput::Closed(_) => {}
        }
    }

    fn cause(&mut self, change: &Change) -> Option<AlertSound> {
        match change {
            Change::MessageAdded(message) => self.is_news(message).then_some(AlertSound::Short),
            Change::DialogUpserted(dialog) => {
                matches!(dialog.state, DialogState::Queue | DialogState::Offered).then_some(AlertSound::Long)
            }
            Change::DialogGone { .. }
            | Change::OperatorUpserted(_)
            | Change::ChannelUpserted(_)
            | Change::RightsChanged(_)
            | Change::Unknown(_) => None,
        }
    }

    /// A customer's message, or a colleague's note, that arrives for the first time.
    fn is_news(&mut self, message: &Message) -> bool {
        let is_note = message.kind == MessageKind::Note;
        let rings = match &message.author {
            Author::Customer => true,
            Author::Operator { id, .. } => is_note && *id != cast::IRA,
            Author::Bot { .. } | Author::System | Author::Unknown => false,
        };
        rings && self.heard.insert(message.id)
    }

    /// A sound is played.
    ///
    /// # Errors
    /// A sentence, when it should not be.
    pub fn sound(
        &mut self,
        sound: AlertSound,
        window: WindowState,
        rows: &BTreeMap<DialogId, DialogRow>,
        now: Tick,
    ) -> Result<(), String> {
        self.sounds += 1;
        if window.focused {
            return Err(format!("{sound:?} while the window has the focus"));
        }
        let pause = self.last_sound.map(|last| now.since(last));
        if pause.is_some_and(|pause| pause < APART_MS) {
            return Err(format!("two sounds within {pause:?} ms"));
        }
        self.causes.retain(|(at, _)| now.since(*at) < FRESH_MS);
        // A reminder of a waiting dialog must not use up the message that the next sound is for.
        let cause = self.causes.iter().position(|(_, class)| *class == sound);
        if cause.and_then(|place| self.causes.remove(place)).is_none() {
            // N1 comes again while a dialog is offered, N5 while one's own is unread and the window out of sight.
            let recalled = rows.values().filter(|row| match sound {
                AlertSound::Long => row.state == DialogState::Offered,
                AlertSound::Short => window.hidden && row.unread > 0 && row.section == Section::Mine,
                // Off unless it is wished for, and nobody here wishes.
                AlertSound::Trouble => false,
            });
            self.reminders.retain(|(at, ..)| now.since(*at) < REMIND_MS);
            self.reminders.push_back((now, sound, recalled.map(|row| row.id).collect()));
            let of_class = self.reminders.iter().filter(|(_, class, _)| *class == sound);
            if !each_has_its_own(&of_class.map(|(.., dialogs)| dialogs).collect::<Vec<_>>(), &BTreeSet::new()) {
                return Err(format!("{sound:?} without a cause: {pause:?} ms after the last one"));
            }
        }
        self.last_sound = Some(now);
        Ok(())
    }

    /// A notification is shown.
    ///
    /// # Errors
    /// A sentence, when it was shown before.
    pub fn popup(&mut self, popup: &Popup, window: WindowState, now: Tick) -> Result<(), String> {
        match popup {
            Popup::Messages { text: Some(Said { text, .. }), .. } => {
                if window.focused {
                    return Err("a notification of a message while the window has the focus".to_owned());
                }
                match self.shown.insert(text.clone(), now) {
                    Some(before) if now.since(before) < REMIND_MS => {
                        Err(format!("{text:?} was notified of {} ms ago already", now.since(before)))
                    }
                    Some(_) | None => Ok(()),
                }
            }
            Popup::Messages { text: None, .. }
            | Popup::Waiting { .. }
            | Popup::Given { .. }
            | Popup::Unsent { .. }
            | Popup::OfflineRequest { .. }
            | Popup::Left { .. }
            | Popup::OfferEnds { .. }
            | Popup::Note { .. }
            | Popup::Status { .. }
            | Popup::QueueLong { .. }
            | Popup::LowRating { .. }
            | Popup::LinkLost
            | Popup::SessionEnded
            | Popup::Summary { .. } => Ok(()),
        }
    }
}

/// Whether every reminder can have been for a dialog of its own. A sound does not say which one it is for, and a
/// dialog may have left since.
fn each_has_its_own(reminders: &[&BTreeSet<DialogId>], taken: &BTreeSet<DialogId>) -> bool {
    let Some((first, rest)) = reminders.split_first() else { return true };
    first.difference(taken).any(|dialog| {
        let mut taken = taken.clone();
        taken.insert(*dialog);
        each_has_its_own(rest, &taken)
    })
}
