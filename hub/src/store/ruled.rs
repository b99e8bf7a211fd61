//! The centre's configuration as it is kept, the trail of acts, and the lease.

use crate::centre::Centre;
use otklik_model::{OperatorId, Stamp};
use serde::{Deserialize, Serialize};

/// A configuration and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct CentreRow {
    /// 1, 2, 3, ...; 0: none was stored yet, and this is the default.
    pub version: u64,
    /// When it was stored.
    pub at: Stamp,
    /// By whom; nobody, if it came from the command line.
    pub by: Option<OperatorId>,
    /// Why, in the administrator's words.
    pub note: String,
    /// The configuration.
    pub centre: Centre,
}

impl CentreRow {
    /// What holds before one was stored.
    #[must_use]
    pub fn first() -> Self {
        Self { version: 0, at: Stamp(0), by: None, note: String::new(), centre: Centre::default() }
    }

    /// The same; as long as none was stored, under the name that the hub's own configuration gives.
    #[must_use]
    pub fn called(mut self, name: &str) -> Self {
        if self.version == 0 {
            name.clone_into(&mut self.centre.name);
        }
        self
    }
}

/// A version of the configuration without the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CentreVersion {
    /// Which.
    pub version: u64,
    /// When it was stored.
    pub at: Stamp,
    /// By whom; nobody, if it came from the command line.
    pub by: Option<OperatorId>,
    /// Why, in the administrator's words.
    pub note: String,
}

/// Something that somebody did or saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Who; nobody, if it came from the command line.
    pub by: Option<OperatorId>,
    /// A code, such as `centre.changed`.
    pub what: String,
    /// An id or key of what it was done to.
    pub subject: String,
    /// More; never a message's text, a token or a customer's name.
    pub detail: serde_json::Value,
}

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// 1, 2, 3, ... in the workspace.
    pub number: u64,
    /// When.
    pub at: Stamp,
    /// What.
    pub line: AuditLine,
}

/// Grows each time the lease of a workspace changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FenceToken(pub u64);

/// The right to decide by time and to give out dialogs, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// To be shown with each commit that is decided under it.
    pub token: FenceToken,
    /// Until when, unless renewed.
    pub until: Stamp,
}
