//! The people who answer, and what they may.

use crate::OperatorId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether an operator takes part in the day's work. The dictionary of finer statuses belongs to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OperatorStatus {
    /// Takes new dialogs.
    Online,
    /// Takes none; may answer those he has.
    #[serde(other)]
    Offline,
}

/// A colleague, or oneself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Operator {
    /// The operator's id.
    pub id: OperatorId,
    /// The name customers and colleagues see.
    pub name: String,
    /// The present status.
    pub status: OperatorStatus,
}

/// One thing an operator may do; the hub computes the set and checks it again for each command and each event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Take an unassigned dialog.
    Accept,
    /// See dialogs that other operators lead.
    SeeOthers,
    /// Close one's own dialog.
    CloseOwn,
    /// Give one's own dialog to somebody else.
    TransferOwn,
    /// Transfer a dialog that somebody else leads.
    TransferOthers,
    /// Write notes.
    Note,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// A set of rights.
pub type Rights = BTreeSet<Right>;
