//! The naive model of changed words: what a message may say in the end, after Ира asked for other words once or more.

use super::hub::Hub;
use otklik_core::UiErrorCode;
use otklik_model::DialogId;
use std::collections::BTreeMap;

/// A message, by its place.
pub type Place = (DialogId, u32);

/// Every change of words that Ира asked for.
#[derive(Clone, Debug, Default)]
pub struct Rewordings {
    of: BTreeMap<Place, Vec<Try>>,
}

/// One change that was asked for.
#[derive(Clone, Debug)]
struct Try {
    text: String,
    fate: Fate,
    /// Changes that were known to be done when it was asked for: done itself, it comes after them.
    over: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It may have been done, and may still be.
    Open,
    /// The hub said that it is done.
    Done,
    /// The hub, or the workplace, said no.
    Refused,
    /// Other words stand there by now for certain.
    Replaced,
}

impl Rewordings {
    /// Ира asks for other words. Returns which change of this message it is.
    pub fn ask(&mut self, place: Place, text: &str) -> usize {
        let tries = self.of.entry(place).or_default();
        let done = tries.iter().enumerate().filter(|(_, earlier)| earlier.fate == Fate::Done);
        let over = done.map(|(nth, _)| nth).collect();
        tries.push(Try { text: text.to_owned(), fate: Fate::Open, over });
        tries.len() - 1
    }

    /// It is done.
    pub fn done(&mut self, place: Place, nth: usize) {
        let Some(tries) = self.of.get_mut(&place) else { return };
        let over = std::mem::take(&mut tries[nth].over);
        for earlier in over {
            tries[earlier].fate = Fate::Replaced;
        }
        tries[nth].fate = Fate::Done;
    }

    /// It was not done, unless nobody knows.
    pub fn failed(&mut self, place: Place, nth: usize, why: &UiErrorCode) {
        if let Some(tries) = self.of.get_mut(&place)
            && *why != UiErrorCode::NoConnection
        {
            tries[nth].fate = Fate::Refused;
        }
    }

    /// Each message of which it was asked says what it may say.
    ///
    /// # Errors
    /// The first that does not, in words.
    pub fn check(&self, hub: &Hub) -> Result<(), String> {
        for ((dialog, seq), tries) in &self.of {
            let found = hub.messages(*dialog).iter().find(|message| message.seq == *seq);
            let Some(message) = found else { return Err(format!("{dialog} has lost its message {seq}")) };
            let is_done = tries.iter().any(|one| one.fate == Fate::Done);
            let fair = |one: &Try| matches!(one.fate, Fate::Open | Fate::Done) && one.text == message.text;
            let first = !is_done && hub.first_words(message) == message.text;
            if !first && !tries.iter().any(fair) {
                return Err(format!("{:?} stands where {tries:?} was asked for", message.text));
            }
        }
        Ok(())
    }
}
