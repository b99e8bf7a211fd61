//! The people who answer, and what they may.

use crate::{DepartmentKey, OperatorId, Stamp, StatusKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How far an operator takes part in the day's work: the kind of his status. The finer statuses, with their names,
/// are the centre's own dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum OperatorStatus {
    /// Takes new dialogs.
    Online,
    /// Gets none by himself; may answer those he has.
    Break,
    /// Works through offline requests only.
    OfflineRequests,
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
    /// The kind of the present status.
    pub status: OperatorStatus,
    /// A program that answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_bot: bool,
    /// More of his day; absent for whoever may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Box<Day>>,
}

impl Operator {
    /// A person, without his day.
    #[must_use]
    pub fn new(id: OperatorId, name: impl Into<String>, status: OperatorStatus) -> Self {
        Self { id, name: name.into(), status, is_bot: false, day: None }
    }
}

/// An operator's day, as he himself sees it and those who give out work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Day {
    /// The present status in the centre's dictionary.
    pub code: StatusKey,
    /// Since when.
    pub since: Stamp,
    /// Who or what set it.
    #[serde(default)]
    pub set_by: SetBy,
    /// Departments he works for.
    pub departments: Vec<DepartmentKey>,
    /// What he carries.
    pub load: Load,
    /// What came of his work; told to himself only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<Shift>,
}

/// What came of an operator's work since it began: it goes on until he is off duty for six hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Shift {
    /// Since when; 1970, if it has not begun.
    pub since: Stamp,
    /// How long he was on duty before the present status, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub worked_ms: u64,
    /// Dialogs that ended while he led them, and were not opened again.
    pub closed: u32,
    /// Dialogs that he let pass: declined, not taken in time, or led in silence for too long.
    pub missed: u32,
}

/// Who or what set a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum SetBy {
    /// He himself.
    Himself,
    /// Somebody with the right to.
    Operator {
        /// Who.
        id: OperatorId,
    },
    /// Signing in.
    Login,
    /// Signing out.
    Logout,
    /// He did nothing for too long.
    Idle,
    /// His working day began or ended.
    Schedule,
    /// His workplaces were gone for longer than the grace period.
    SessionLost,
    /// The hub: a new account.
    Hub,
    /// Of a newer hub, or not told.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What an operator carries, in hundredths of an ordinary dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Load {
    /// Dialogs he leads.
    pub active: u32,
    /// Dialogs he is offered.
    pub offered: u32,
    /// Dialogs he put off; they weigh nothing.
    pub held: u32,
    /// What he leads and is offered weighs together.
    pub weight: u32,
    /// What it may weigh at most.
    pub most: u32,
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
    /// See dialogs that nobody has taken.
    SeeQueue,
    /// Answer in a dialog that somebody else leads.
    AnswerOthers,
    /// Give an unassigned dialog to an operator.
    Assign,
    /// Give a dialog to an operator whose limit or status speaks against it, without asking him.
    ForceAssign,
    /// Close a dialog that somebody else leads.
    CloseOthers,
    /// Change the words of one's own message.
    EditOwn,
    /// Take back one's own message.
    DeleteOwn,
    /// Set category, subject and tags.
    Sort,
    /// Change what is known of a customer.
    EditCustomer,
    /// Block a customer.
    Block,
    /// Lift a block.
    Unblock,
    /// Have a conversation sent to one's own mailbox.
    Transcript,
    /// Ask a customer for contacts.
    RequestContact,
    /// Send files.
    SendFile,
    /// Begin a dialog with a customer.
    Invite,
    /// See how customers rated.
    SeeRatings,
    /// See dialogs of restricted customers.
    SeeRestricted,
    /// See phone and e-mail unmasked.
    SeeContacts,
    /// Change one's own status.
    SetOwnStatus,
    /// See the statuses and loads of others.
    SeeStatuses,
    /// Change the status of others.
    SetOthersStatus,
    /// Change the status of a bot.
    SetBotStatus,
    /// Keep templates of one's own.
    EditTemplates,
    /// Change templates that others use.
    EditSharedTemplates,
    /// Add and change operators.
    EditOperators,
    /// Change departments and teams.
    EditDepartments,
    /// Change working hours.
    EditSchedule,
    /// Change everything else that administrators change.
    EditSettings,
    /// See reports.
    SeeReports,
    /// See who did and saw what.
    SeeAudit,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// A set of rights.
pub type Rights = BTreeSet<Right>;
