//! Words the hub says by itself, and words kept ready.
//!
//! In a text `{name}` stands for a variable and `{name|friend}` for a variable with a fallback. Known variables:
//! `customer`, `operator`, `greeting` (by time of day), `number`, `department`, `centre`, and the customer's own.

mod cards;
mod choice;
mod greeting;
mod render;

pub use cards::{ends_in_digits, mask_address, mask_cards, mask_split, mask_typed};
pub use choice::in_language;
pub use greeting::greeting;
pub use render::{Part, Variables, parts, render};

use otklik_model::DepartmentKey;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When the hub says something by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A customer who never wrote before writes in working hours.
    NewOpen,
    /// A customer who never wrote before writes outside of them.
    NewClosed,
    /// A customer who wrote before begins a dialog in working hours.
    KnownOpen,
    /// A customer who wrote before begins a dialog outside of them.
    KnownClosed,
    /// Nobody has taken the dialog for a while.
    Waiting,
    /// An offer was not taken; said once in a dialog.
    Busy,
    /// An operator took it.
    Accepted,
    /// It was closed.
    Closed,
    /// The customer is blocked.
    Blocked,
}

/// The hub's own words: by occasion, then by language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutoWords {
    /// What is said everywhere.
    pub all: BTreeMap<Occasion, BTreeMap<String, String>>,
    /// What is said instead in a channel, by its name.
    pub channels: BTreeMap<String, BTreeMap<Occasion, BTreeMap<String, String>>>,
}

/// A ready answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Folders it lies in, from the outermost.
    #[serde(default)]
    pub folder: Vec<String>,
    /// What is typed after '/' to get it.
    #[serde(default)]
    pub command: Option<String>,
    /// The words by language.
    pub texts: BTreeMap<String, String>,
    /// For these departments only; for all, if none is named.
    #[serde(default)]
    pub departments: BTreeSet<DepartmentKey>,
}

/// What is asked after a close.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Survey {
    /// Whether stars are asked for.
    pub stars: bool,
    /// Further questions by language, in their order; every language has as many.
    pub questions: BTreeMap<String, Vec<String>>,
}
