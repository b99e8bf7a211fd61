//! What a customer is going to do. Knows the shape of a conversation file and what makes one complete; no socket, no
//! clock.

use crate::stickers::picture;
use otklik_model::{MAX_TEXT_CHARS, Page, Spot, check_text, is_emoji};
use serde::Deserialize;
use thiserror::Error;

/// The kind of business the customer writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A shop.
    Shop,
    /// A bank.
    Bank,
    /// A clinic.
    Clinic,
}

/// A conversation from the customer's side.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What it is called in the log: the file's name.
    #[serde(skip)]
    pub name: String,
    /// Where.
    pub place: Place,
    /// The browser's language, a BCP 47 tag.
    pub language: String,
    /// The page the customer comes to first.
    pub page: Page,
    /// What he does, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One thing a customer does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Types a message and sends it.
    Write {
        /// The message.
        text: String,
        /// What is typed first, thought better of and rubbed out.
        #[serde(default)]
        instead_of: Option<String>,
    },
    /// Shares a place.
    Share {
        /// Degrees north of the equator.
        latitude: f64,
        /// Degrees east of Greenwich.
        longitude: f64,
        /// How far off it may be, in metres.
        accuracy: f64,
        /// What it is called.
        title: String,
    },
    /// Sends a sticker.
    Sticker {
        /// The name of its picture.
        picture: String,
        /// What it stands for.
        emoji: String,
    },
    /// Waits until an operator has answered the last message.
    Wait {
        /// What is written after a minute or so without an answer, one after the other.
        #[serde(default)]
        remind: Vec<String>,
    },
    /// Does something else.
    Pause {
        /// For so long at a human pace.
        seconds: u32,
    },
    /// Goes to another page of the site.
    Visit {
        /// Its address.
        url: String,
        /// Its title.
        title: String,
    },
    /// Types something and sends nothing.
    Hesitate {
        /// What is typed and rubbed out.
        text: String,
    },
    /// Leaves the site and comes back.
    Leave {
        /// After so long at a human pace.
        seconds: u32,
    },
}

/// What is wrong with a conversation file.
#[derive(Debug, Error)]
#[error("the conversation {name}: {what}")]
pub struct ScriptError {
    /// Which file.
    pub name: String,
    /// What is wrong.
    pub what: String,
}

impl Script {
    /// Reads a conversation file.
    ///
    /// # Errors
    /// [`ScriptError`] if it is not one, says nothing, or holds a text that the hub would refuse.
    pub fn parse(name: &str, toml: &str) -> Result<Self, ScriptError> {
        let wrong = |what: String| ScriptError { name: name.to_owned(), what };
        let script: Self = toml::from_str(toml).map_err(|error| wrong(error.to_string()))?;
        if script.lines().count() == 0 {
            return Err(wrong("nothing is written in it".to_owned()));
        }
        for text in script.texts() {
            check_text(text, MAX_TEXT_CHARS).map_err(|error| wrong(format!("{error:?} in {text:?}")))?;
        }
        script.steps.iter().try_for_each(shown).map_err(wrong)?;
        Ok(Self { name: name.to_owned(), ..script })
    }

    /// What the customer writes whatever happens, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Write { text, .. } => Some(text.as_str()),
            Step::Share { .. }
            | Step::Sticker { .. }
            | Step::Wait { .. }
            | Step::Pause { .. }
            | Step::Visit { .. }
            | Step::Hesitate { .. }
            | Step::Leave { .. } => None,
        })
    }

    /// Everything that may be typed or sent.
    fn texts(&self) -> Vec<&str> {
        self.steps
            .iter()
            .flat_map(|step| match step {
                Step::Write { text, instead_of } => {
                    std::iter::once(text).chain(instead_of).map(String::as_str).collect::<Vec<_>>()
                }
                Step::Wait { remind } => remind.iter().map(String::as_str).collect(),
                Step::Hesitate { text } => vec![text.as_str()],
                Step::Share { title, .. } => vec![title.as_str()],
                Step::Sticker { .. } | Step::Pause { .. } | Step::Visit { .. } | Step::Leave { .. } => Vec::new(),
            })
            .collect()
    }
}

/// Checks what a step shows besides words.
fn shown(step: &Step) -> Result<(), String> {
    match step {
        Step::Share { latitude, longitude, accuracy, .. } => {
            let spot = Spot::new(*latitude, *longitude, Some(*accuracy));
            spot.map(drop).map_err(|error| format!("{latitude}, {longitude}: {error}"))
        }
        Step::Sticker { picture: name, .. } if picture(name).is_none() => Err(format!("no picture is called {name:?}")),
        Step::Sticker { emoji, .. } if !is_emoji(emoji) => Err(format!("{emoji:?} is no emoji")),
        Step::Sticker { .. }
        | Step::Write { .. }
        | Step::Wait { .. }
        | Step::Pause { .. }
        | Step::Visit { .. }
        | Step::Hesitate { .. }
        | Step::Leave { .. } => Ok(()),
    }
}
