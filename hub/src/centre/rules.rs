//! Distribution, limits, categories, files.

use otklik_model::{DepartmentKey, MAX_TEXT_CHARS, MessageKind, StatusKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How dialogs come to operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Distribution {
    /// Who gets a dialog.
    pub sharing: Sharing,
    /// Operators may take from the queue themselves, also where dialogs are offered.
    pub manual: bool,
    /// A dialog that was re-opened goes to the operator who had it, if he can take it.
    pub same_operator: bool,
    /// An offer that was not taken goes back to the queue; otherwise it stays with its operator.
    pub return_to_queue: bool,
    /// What a transfer to somebody who is full does: `true`: it waits for him; `false`: it is refused.
    pub wait_for_full: bool,
    /// Offline requests are offered too.
    pub offer_offline: bool,
    /// Who goes off duty by himself, or because he did nothing for too long, has those of his dialogs closed in which
    /// nobody waits for him; they can be re-opened.
    pub close_on_leaving: bool,
    /// The weight of a dialog by a key of [`super::CHANNEL_KEYS`], in hundredths of an ordinary one.
    pub weights: BTreeMap<String, u32>,
}

impl Default for Distribution {
    fn default() -> Self {
        Self {
            sharing: Sharing::Everyone,
            manual: true,
            same_operator: true,
            return_to_queue: true,
            wait_for_full: true,
            offer_offline: false,
            close_on_leaving: false,
            weights: BTreeMap::new(),
        }
    }
}

/// Who gets a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Everybody who may take it sees it; the first to accept wins.
    Everyone,
    /// It is offered to whoever carries least; of those, to whoever accepted longest ago.
    LeastLoaded,
    /// It is offered to the most skilled of the team who has room; of those, to whoever carries least.
    MostSkilled,
}

/// How many unassigned dialogs one operator sees at once; the others are hidden, and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VisibleLimits {
    /// In the general queue.
    pub online: u32,
    /// Of the offline requests, and as many of the suspicious ones, which take nobody's place.
    pub offline: u32,
}

impl Default for VisibleLimits {
    fn default() -> Self {
        Self { online: 100, offline: 50 }
    }
}

/// From when on new dialogs of one address of the network are suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FloodRules {
    /// So many that nobody has answered are ordinary, what begins beyond them is not; 0: nothing ever is suspicious.
    pub unanswered: u32,
    /// Those count that began so many seconds ago at most.
    pub within_s: u32,
}

impl Default for FloodRules {
    /// Wide enough for an office or a provider behind one address.
    fn default() -> Self {
        Self { unanswered: 20, within_s: 600 }
    }
}

/// Which status a login sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginStatus {
    /// The first status of the kind online.
    Online,
    /// The status he had.
    Restore,
    /// Offline: he chooses himself.
    Offline,
    /// Whoever is off duty stays so, and his workplace asks him which to begin with. Whoever is on duty already, at
    /// another workplace or because he stayed so, keeps what he has; whoever may not choose is online.
    Ask,
    /// This one.
    This(StatusKey),
}

/// What a dialog is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Category {
    /// Its name by language.
    pub names: BTreeMap<String, String>,
    /// Cannot be chosen any more; dialogs that have it keep it.
    pub retired: bool,
}

/// A routing script that is live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingScript {
    /// The JavaScript.
    pub source: String,
    /// Longest run, in milliseconds.
    #[serde(default = "script_ms")]
    pub limit_ms: u32,
}

fn script_ms() -> u32 {
    50
}

/// What other systems are told by the routing script's tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Signs requests as those to bots are signed: HMAC-SHA256 with this secret. Empty: they are not signed.
    pub secret: String,
}

/// What a channel can carry beside plain words to whoever wrote lately. A channel that is not named carries all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelRules {
    /// An answer can name the message it answers.
    pub quote: bool,
    /// Kinds of messages that an answer can name; all that the customer knows, if none is listed.
    pub quote_kinds: Vec<MessageKind>,
    /// Words can be changed after they were sent.
    pub edit: bool,
    /// Words can be taken back.
    pub delete: bool,
    /// Files.
    pub files: bool,
    /// A form for contacts.
    pub contacts: bool,
    /// Nothing can be sent so many hours after the customer's last words, and no dialog begun; 0: always.
    pub window_h: u32,
    /// The longest text to a customer, in Unicode scalar values; 0: as long as a text can be.
    pub operator_chars: u32,
    /// The longest text of a customer; 0: as long as a text can be.
    pub customer_chars: u32,
    /// The department of its new dialogs; the centre's default without one.
    pub department: Option<DepartmentKey>,
}

impl Default for ChannelRules {
    fn default() -> Self {
        Self {
            quote: true,
            quote_kinds: Vec::new(),
            edit: true,
            delete: true,
            files: true,
            contacts: true,
            window_h: 0,
            operator_chars: 0,
            customer_chars: 0,
            department: None,
        }
    }
}

impl ChannelRules {
    /// Kinds of messages that an answer can name.
    #[must_use]
    pub fn quotes(&self) -> Vec<MessageKind> {
        let listed = |kind: &MessageKind| self.quote_kinds.is_empty() || self.quote_kinds.contains(kind);
        MessageKind::QUOTED.into_iter().filter(|kind| self.quote && listed(kind)).collect()
    }

    /// Whether it carries all that any channel does.
    #[must_use]
    pub fn carry_all(&self) -> bool {
        let quotes = self.quotes().len() == MessageKind::QUOTED.len();
        quotes && self.edit && self.delete && self.files && self.contacts
    }

    /// The longest text to a customer.
    #[must_use]
    pub fn most_of_operator(&self) -> u32 {
        most(self.operator_chars)
    }

    /// The longest text of a customer.
    #[must_use]
    pub fn most_of_customer(&self) -> u32 {
        most(self.customer_chars)
    }
}

fn most(own: u32) -> u32 {
    if own == 0 { MAX_TEXT_CHARS } else { own.min(MAX_TEXT_CHARS) }
}

/// What may be sent as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileRules {
    /// Largest size, in bytes.
    pub most_bytes: u64,
    /// Media types, such as "image/png" or "image/*"; all of them, if none is named.
    pub media: Vec<String>,
    /// Customers may send files.
    pub from_customers: bool,
    /// A link to a file is good for so many seconds.
    pub link_s: u32,
}

impl Default for FileRules {
    fn default() -> Self {
        Self { most_bytes: 20 * 1024 * 1024, media: Vec::new(), from_customers: true, link_s: 3_600 }
    }
}
