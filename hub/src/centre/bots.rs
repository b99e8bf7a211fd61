//! Programs that answer.

use otklik_model::DepartmentKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A bot: it answers under an operator's account that is marked as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bot {
    /// The departments whose new dialogs it takes first; all of them, if none is named.
    #[serde(default)]
    pub departments: BTreeSet<DepartmentKey>,
    /// How it finds its answers.
    pub kind: BotKind,
}

/// How a bot finds its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BotKind {
    /// By words.
    Keyword {
        /// Said first.
        #[serde(default)]
        greeting: Option<String>,
        /// In this order; the first whose word is found answers.
        groups: Vec<KeywordGroup>,
        /// Words that silence it for the dialog and call a person.
        #[serde(default)]
        stop_words: Vec<String>,
        /// After so many messages it did not understand a person is called.
        #[serde(default = "tries")]
        tries: u32,
    },
    /// By asking a program over HTTP.
    External {
        /// Where; https, or http on loopback.
        address: String,
        /// Signs requests: HMAC-SHA256 with this secret.
        secret: String,
        /// An answer comes within so many milliseconds.
        #[serde(default = "answer_ms")]
        answer_ms: u32,
        /// How often it is asked again before people take over.
        #[serde(default = "retries")]
        retries: u32,
    },
}

/// Words that mean the same to a bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeywordGroup {
    /// The scenario it belongs to; a dialog that is given back to a scenario hears only its groups.
    #[serde(default)]
    pub scenario: Option<String>,
    /// Any of these, as whole words, without regard to case and ё.
    pub words: Vec<String>,
    /// Said one after the other.
    pub answers: Vec<String>,
    /// Then a person is called.
    #[serde(default)]
    pub hand_over: bool,
}

fn tries() -> u32 {
    2
}

fn answer_ms() -> u32 {
    5_000
}

fn retries() -> u32 {
    2
}
