//! What the operator chose of his page. The core keeps it and reads nothing in it: what a key or a mark means is the
//! page's. Names are text and no enums, so that a choice which only a newer page knows costs none of the others.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest a sent message waits to be taken back, seconds.
const LONGEST_UNDO_S: u32 = 30;
/// More lists than this are in nobody's head.
const MOST_VIEWS: usize = 12;
/// More keys than the page has actions.
const MOST_KEYS: usize = 200;
/// Characters of a name.
const NAME: usize = 60;

/// Keys, lists and habits of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct PageChoices {
    /// How long a sent message waits to be taken back, seconds, 30 at most; 0 sends at once.
    pub undo_s: u32,
    /// Which keys do what.
    pub keys: KeyChoice,
    /// Lists kept under a name, the oldest first.
    pub views: Vec<SavedView>,
}

/// A set of keys, and the operator's own on top.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct KeyChoice {
    /// The set's name; the page's first one if empty.
    pub set: String,
    /// Combinations by action; `None` for none at all.
    pub own: BTreeMap<String, Option<String>>,
}

/// A list as the operator likes it, under his own name for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct SavedView {
    /// What he calls it.
    pub name: String,
    /// The section it is a part of.
    pub section: String,
    /// What its rows bear.
    pub marks: Vec<String>,
    /// Channels that its rows came over; none for any.
    pub channels: Vec<String>,
    /// Departments that its rows are of; none for any.
    pub departments: Vec<String>,
    /// Categories that its rows are of; none for any.
    pub categories: Vec<String>,
    /// Tags of which its rows bear one; none for any.
    pub tags: Vec<String>,
    /// Its order.
    pub sort: String,
}

impl PageChoices {
    /// The same with everything within its bounds.
    #[must_use]
    pub(super) fn within_bounds(mut self) -> Self {
        self.undo_s = self.undo_s.min(LONGEST_UNDO_S);
        self.keys.own = self.keys.own.into_iter().take(MOST_KEYS).collect();
        let surplus = self.views.len().saturating_sub(MOST_VIEWS);
        self.views.drain(..surplus);
        for view in &mut self.views {
            view.name = view.name.chars().take(NAME).collect();
        }
        self
    }
}
