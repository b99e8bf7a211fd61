//! What a workplace asks the hub for beyond what it is told by itself: what is not, or not yet, on its machine.

use crate::{Author, Candidate, ChannelId, Dialog, DialogId, Identity, Journey, OperatorId, Stamp};
use serde::{Deserialize, Serialize};

/// A question about what the hub keeps, answered as far as the asker may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "look", rename_all = "snake_case")]
pub enum Lookup {
    /// For messages, newest first.
    Messages {
        /// Which.
        search: MessageSearch,
        /// Only those stored before this place, which an earlier answer named.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        before: Option<u64>,
        /// At most so many, 100 at most.
        limit: u32,
    },
    /// For all dialogs of the person of a dialog, newest first.
    DialogsOf {
        /// Of this dialog.
        dialog: DialogId,
        /// Only those that began before this one.
        before: Option<DialogId>,
        /// At most so many, 50 at most.
        limit: u32,
    },
    /// For one dialog.
    Dialog {
        /// Which.
        dialog: DialogId,
    },
    /// For the way of a dialog's customer.
    Journey {
        /// Of this dialog.
        dialog: DialogId,
    },
    /// For all customers who are one person with the customer of a dialog, himself among them.
    Identities {
        /// Of this dialog.
        dialog: DialogId,
    },
    /// For customers who may be one person with the customer of a dialog.
    Candidates {
        /// Of this dialog.
        dialog: DialogId,
        /// The number, or the beginnings of what the customer is called by; without it, those with the same address or
        /// phone number.
        wanted: Option<String>,
    },
}

/// Which messages are looked for. Every condition that is there must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default)]
pub struct MessageSearch {
    /// Each of these words occurs, in some form; the last one may be unfinished.
    pub words: String,
    /// The customer's number, or the beginnings of what he is called by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// This operator wrote it, or leads the dialog or led it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// It came, or went, this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// It was stored then or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Stamp>,
    /// It was stored before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Stamp>,
    /// It is of the person with this number, whichever of his customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number", optional))]
    pub person: Option<u64>,
}

impl MessageSearch {
    /// Only these words.
    #[must_use]
    pub fn of(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// To [`Lookup::Messages`].
    Messages {
        /// Newest first; may be empty although there are more.
        hits: Vec<SearchHit>,
        /// Ask on from here; nothing if that was all.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        before: Option<u64>,
    },
    /// To [`Lookup::DialogsOf`] and [`Lookup::Dialog`].
    Dialogs {
        /// Newest first.
        dialogs: Vec<Dialog>,
        /// There are older ones.
        more: bool,
    },
    /// To [`Lookup::Journey`].
    Journey {
        /// As far as it is known.
        journey: Journey,
    },
    /// To [`Lookup::Identities`].
    Identities {
        /// The one that was written with last comes first.
        identities: Vec<Identity>,
    },
    /// To [`Lookup::Candidates`].
    Candidates {
        /// Those with the same address or phone number first.
        candidates: Vec<Candidate>,
    },
}

/// One hit of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchHit {
    /// Which dialog.
    pub dialog: DialogId,
    /// The dialog's number.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// The customer's name; `None` if made up by the hub.
    pub name: Option<String>,
    /// The hub's number of the customer.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub customer_number: u64,
    /// Which message.
    pub seq: u32,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub at: Stamp,
    /// The words around the hit, as pieces; odd pieces (the second, the fourth) are what was searched for.
    pub pieces: Vec<String>,
}

/// A word that is not found, or hardly, and what may have been meant by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Slip {
    /// As it was typed.
    pub typed: String,
    /// As it may have been meant: with another letter, or in the other keyboard layout.
    pub meant: String,
}

/// What is found besides, by words like those that were typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Alike {
    /// In which words it differs; one at least.
    pub slips: Vec<Slip>,
    /// All the words, as they may have been meant.
    pub words: String,
    /// In the order asked for, one at least; none that was found as typed.
    pub hits: Vec<SearchHit>,
    /// There are more.
    pub more: bool,
}
