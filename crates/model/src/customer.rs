//! The person who writes, and where from.

use crate::{ChannelId, CustomerId, OperatorId, Stamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The person who writes to the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Customer {
    /// The customer's id, the same over all dialogs.
    pub id: CustomerId,
    /// The name shown; given by the customer, else made by the hub ("Customer 368646").
    pub name: String,
    /// The hub's number of the customer in the workspace.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// Whether `name` was given by somebody rather than made by the hub; a made-up name is shown in the reader's language.
    pub named: bool,
    /// E-mail, if given.
    pub email: Option<String>,
    /// Phone, if given.
    pub phone: Option<String>,
    /// The browser's language, a BCP 47 tag such as "ru" or "en-GB".
    pub language: Option<String>,
    /// What most customers do not have.
    #[serde(default, skip_serializing_if = "Particulars::is_plain")]
    pub particulars: Particulars,
}

/// What most customers do not have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Particulars {
    /// Words to find the customer by, sorted.
    pub tags: Vec<String>,
    /// What operators wrote about the customer.
    pub comment: String,
    /// Values the site or an operator gave, by name.
    pub variables: BTreeMap<String, String>,
    /// Only operators with the right to see restricted customers see the dialogs.
    pub restricted: bool,
    /// May not write.
    pub block: Option<Block>,
    /// He is one person with other customers: the least of their numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number", optional))]
    pub person: Option<u64>,
}

impl Particulars {
    /// Whether the customer is like most.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// That a customer may not write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Block {
    /// By whom.
    pub by: OperatorId,
    /// Since when.
    pub since: Stamp,
    /// Until when; for ever, if it has no end.
    pub until: Option<Stamp>,
    /// Why; at most 200 characters.
    pub reason: String,
}

/// A page of the customer's site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Page {
    /// Its address, at most 2,000 characters.
    pub url: String,
    /// Its title, at most 200 characters.
    pub title: String,
}

/// How a channel carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// The hub's own widget on a site.
    Widget,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// A place customers come from, with what it can carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// The name shown.
    pub name: String,
    /// How it carries messages.
    pub transport: Transport,
    /// The longest text an operator may send over it, in Unicode scalar values.
    pub text_chars: u32,
    /// The address of a page on which a customer can write, if the hub serves one.
    pub page: Option<String>,
}
