//! Working hours, as they are written down; what they mean is in [`Schedule`].

mod schedule;
#[cfg(test)]
mod tests;

pub use schedule::{HoursError, HoursState, Schedule};
pub(super) use schedule::{in_utc, is_date, is_zone, minutes_of};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Working hours: a week, and the days that differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// An IANA time zone such as "Europe/Moscow".
    pub zone: String,
    /// The week; a day that is not named is closed.
    #[serde(default)]
    pub week: BTreeMap<Day, Vec<Span>>,
    /// Days that differ, by date such as "2026-05-09", or "05-09" for every year; a full date goes before.
    #[serde(default)]
    pub exceptions: BTreeMap<String, Exception>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// From one time of the day to another, as the wall clock of the zone shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Such as "09:00".
    pub from: String,
    /// Such as "18:30"; "24:00" is the end of the day. Not after `from`: it ends on the next day, whatever that day's
    /// own hours are.
    pub to: String,
}

/// A day that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Why.
    pub name: String,
    /// When it is open; closed without any.
    #[serde(default)]
    pub open: Vec<Span>,
}
