//! At most one sound in two seconds.

use crate::AlertSound;
use otklik_model::{Now, Tick};

/// Two sounds are at least this far apart.
const GAP_MS: u64 = 2_000;

/// Lets the first sound of a burst through and swallows the rest. Only somebody new who waits is still rung for, a
/// little later, if a lesser sound came just before.
#[derive(Debug, Default)]
pub(super) struct Speaker {
    last: Option<(Tick, AlertSound)>,
    long_due: Option<Tick>,
}

impl Speaker {
    /// A sound is wanted; returns it if it is to be played now.
    pub(super) fn wish(&mut self, sound: AlertSound, now: Now) -> Option<AlertSound> {
        match self.last {
            Some((at, last)) if now.tick.since(at) < GAP_MS => {
                if (last, sound) == (AlertSound::Short, AlertSound::Long) {
                    self.long_due.get_or_insert(at.plus(GAP_MS));
                }
                None
            }
            Some(_) | None => {
                self.long_due = None;
                self.last = Some((now.tick, sound));
                Some(sound)
            }
        }
    }

    /// The sound that was put off, if its time has come.
    pub(super) fn due(&mut self, now: Tick) -> Option<AlertSound> {
        self.long_due.take_if(|at| *at <= now)?;
        self.last = Some((now, AlertSound::Long));
        Some(AlertSound::Long)
    }

    /// The operator is here: nothing is put off any more.
    pub(super) fn hush(&mut self) {
        self.long_due = None;
    }

    /// When the sound that was put off is due.
    pub(super) fn deadline(&self) -> Option<Tick> {
        self.long_due
    }
}
