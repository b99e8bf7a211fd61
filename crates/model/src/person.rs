//! One person who is several customers: he writes from another browser, another site, another channel.

use crate::{ChannelId, Customer, CustomerId, DialogId, Refusal, Stamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most customers who can be one person.
pub const MOST_IDENTITIES: u32 = 20;

/// Which of two values stays, where both customers have one and they differ. What only one of them has stays anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Union {
    /// Of the names.
    pub name: Side,
    /// Of the e-mail addresses.
    pub email: Side,
    /// Of the phone numbers.
    pub phone: Side,
    /// Of the comments; the only field in which both can stand.
    pub comment: Side,
    /// Of the values by name; of those that are not named the first one's.
    pub variables: BTreeMap<String, Side>,
}

/// Whose value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Of the customer of the dialog.
    #[default]
    This,
    /// Of the other one.
    Other,
    /// Both, one after the other.
    Both,
    /// Of a newer client.
    #[serde(other)]
    Unknown,
}

/// One of the customers who are one person, as far as the asker may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Identity {
    /// Which customer.
    pub customer: CustomerId,
    /// His number.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// Where he writes.
    pub channel: ChannelId,
    /// His newest dialog that the asker sees.
    pub dialog: DialogId,
    /// When anything last happened there.
    pub seen_at: Stamp,
    /// He is on the site now.
    pub on_site: bool,
    /// His dialog that is not over, if the asker sees it.
    pub open: Option<DialogId>,
    /// Why no dialog can be begun with him now.
    pub unreachable: Option<Refusal>,
}

/// A customer who may be the same person as another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Candidate {
    /// Who, as far as the asker may see.
    pub customer: Customer,
    /// His newest dialog that the asker sees.
    pub dialog: DialogId,
    /// Where he writes.
    pub channel: ChannelId,
    /// When anything last happened there.
    pub seen_at: Stamp,
    /// He has the same e-mail address or phone number.
    pub same: bool,
}

impl Customer {
    /// The number of the person: the customer's own, or the least of all who are one person with him.
    #[must_use]
    pub fn person(&self) -> u64 {
        self.particulars.person.unwrap_or(self.number)
    }
}
