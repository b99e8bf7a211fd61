//! What a customer is asked for in a form.

use serde::{Deserialize, Serialize};

/// A field of the form for contacts, in the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    /// The name.
    Name,
    /// E-mail.
    Email,
    /// Phone.
    Phone,
}

impl ContactField {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Name, Self::Email, Self::Phone];
}

/// What may stand in a field, beside what the field itself demands: an e-mail has its `@`, a phone a digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Anything.
    #[default]
    Any,
    /// Letters of any alphabet, spaces, hyphens, full stops and apostrophes.
    Letters,
    /// Digits from 0 to 9.
    Digits,
    /// Digits from 0 to 9, a `+` before them, spaces, hyphens and brackets among them.
    Phone,
    /// Of a newer hub: whatever it is, the hub checks it.
    #[serde(other)]
    Unknown,
}

/// What is wrong with a field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FieldFault {
    /// It has to be given.
    Required,
    /// It is not asked for.
    Hidden,
    /// It is too long.
    TooLong,
    /// Something stands in it that does not belong there.
    Kind,
    /// It does not look like its mask.
    Mask,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}
