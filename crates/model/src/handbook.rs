//! What a centre keeps ready for its operators: where dialogs can go, what they can be about, what can be said.

use crate::{CategoryKey, DepartmentKey, MessageKind, OperatorId, OperatorStatus, StatusKey, TeamKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Words by language, as the first part of a BCP 47 tag.
pub type Words = BTreeMap<String, String>;

/// The handbook of one operator. The hub makes it, the workplace keeps it, so that it is there without a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Handbook {
    /// Tells two handbooks apart; empty: none came yet.
    pub digest: String,
    /// Departments that a dialog can be given to, by key.
    pub departments: Vec<DepartmentEntry>,
    /// Teams that a dialog can be given to, by key.
    pub teams: Vec<TeamEntry>,
    /// Bots that a dialog can be given to, by name.
    pub bots: Vec<BotEntry>,
    /// The statuses, in the order of the menu.
    pub statuses: Vec<StatusEntry>,
    /// What dialogs can be about, by key. A key is a path: its parts stand between slashes.
    pub categories: Vec<CategoryEntry>,
    /// Dialogs are offered to operators. Otherwise whoever is first takes them from the queue.
    pub offers: bool,
    /// A category has to be chosen before a dialog is closed.
    pub category_required: bool,
    /// Whether one has to be in dialogs of these departments, which say so themselves; also of those that take no new
    /// dialogs any more.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub category_required_in: BTreeMap<DepartmentKey, bool>,
    /// Whoever has signed in and is off duty is asked which status to begin with.
    pub asks_status: bool,
    /// Where customers may be sent: scheme, host and port of each site; empty: nowhere.
    pub teleport: Vec<String>,
    /// Kinds of messages that an answer can name. Nothing of a hub that does not say so: there all that the customer
    /// knows can be.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotes: Option<Vec<MessageKind>>,
    /// Channels that do not carry everything, by name. One that is not here does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelEntry>,
    /// What is said to whoever goes off duty with dialogs of his still open; empty: nothing.
    pub leaving: Words,
    /// Ready answers, by name; one's own before the centre's.
    pub templates: Vec<TemplateEntry>,
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DepartmentEntry {
    /// Its key.
    pub key: DepartmentKey,
    /// Its name.
    pub names: Words,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamEntry {
    /// Its key.
    pub key: TeamKey,
    /// Its name.
    pub names: Words,
}

/// A bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BotEntry {
    /// Its account.
    pub id: OperatorId,
    /// Its name.
    pub name: String,
    /// Scenarios that a dialog can be given back to.
    pub scenarios: Vec<String>,
    /// It takes no dialogs now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

/// What a channel carries, of a channel that does not carry everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChannelEntry {
    /// The channel, by its name.
    pub name: String,
    /// Kinds of messages that an answer can name over it; none: an answer names nothing.
    pub quotes: Vec<MessageKind>,
    /// Words can be changed after they were sent.
    pub edit: bool,
    /// Words and files can be taken back.
    pub delete: bool,
    /// Files.
    pub files: bool,
    /// A form for contacts.
    pub contacts: bool,
}

impl Handbook {
    /// What a channel carries that is called so.
    #[must_use]
    pub fn carried_by(&self, channel: &str) -> ChannelEntry {
        let quotes = || self.quotes.clone().unwrap_or_else(|| MessageKind::QUOTED.to_vec());
        self.channels.iter().find(|entry| entry.name == channel).cloned().unwrap_or_else(|| ChannelEntry {
            name: channel.to_owned(),
            quotes: quotes(),
            edit: true,
            delete: true,
            files: true,
            contacts: true,
        })
    }
}

/// A status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StatusEntry {
    /// Its key.
    pub key: StatusKey,
    /// Its name.
    pub names: Words,
    /// What it means for distribution.
    pub kind: OperatorStatus,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CategoryEntry {
    /// Its key.
    pub key: CategoryKey,
    /// Its name.
    pub names: Words,
    /// Cannot be chosen any more; dialogs that have it keep it.
    pub retired: bool,
}

/// A ready answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateEntry {
    /// Its name, unique among one's own and among the centre's.
    pub name: String,
    /// One's own: it can be changed.
    pub own: bool,
    /// Folders it lies in, from the outermost.
    pub folder: Vec<String>,
    /// What is typed after `/` to get it.
    pub command: Option<String>,
    /// The words. `{name}` stands for a variable, `{name|friend}` for a variable with a fallback.
    pub texts: Words,
}

/// A ready answer as its owner keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OwnTemplate {
    /// Folders it lies in, from the outermost; at most 5, each at most 100 characters.
    #[serde(default)]
    pub folder: Vec<String>,
    /// What is typed after `/` to get it; at most 50 characters without a space.
    #[serde(default)]
    pub command: Option<String>,
    /// The words by language; at most 10 languages.
    pub texts: Words,
}
