//! A new configuration with the people it is for.

use super::OperatorRow;
use crate::centre::Centre;
use otklik_model::{Channel, OperatorId};
use std::collections::BTreeSet;

/// A new configuration with the people it is for: all of it is stored, or nothing. It takes as many positions of the log
/// as it has parts, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Reform {
    /// The version of the configuration that all of it was decided on; 0: none was stored yet.
    pub version: u64,
    /// The new configuration; nothing, if only people change.
    pub centre: Option<Box<Centre>>,
    /// By whom; nobody, if it comes from the command line.
    pub by: Option<OperatorId>,
    /// Why, in the administrator's words.
    pub note: String,
    /// The channel, if something else is told of it now.
    pub channel: Option<Channel>,
    /// Who is new, or another.
    pub people: Vec<Reformed>,
}

/// Somebody who is new, or another.
#[derive(Clone, Debug, PartialEq)]
pub struct Reformed {
    /// The new row, with the version it was made from.
    pub row: OperatorRow,
    /// Whether the rights differ from the stored ones.
    pub rights_changed: bool,
    /// Whether all sessions end.
    pub signed_out: bool,
}

impl Reform {
    /// Whether no operator and no login is in it twice.
    #[must_use]
    pub fn names_each_once(&self) -> bool {
        let (mut ids, mut logins) = (BTreeSet::new(), BTreeSet::new());
        self.people.iter().all(|person| ids.insert(person.row.id) && logins.insert(&person.row.login))
    }
}
