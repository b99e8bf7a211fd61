//! What a script sees. Names and meanings are those of docs/routing-script.md; the fields are JavaScript's names.

use crate::desk::ReturnedWhy;
use otklik_model::{DepartmentKey, OperatorId, OperatorStatus, TeamKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything a script sees. It can be kept, so that another script can be tried on it later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scene {
    /// Now, in milliseconds since the Unix epoch.
    pub now: i64,
    /// Chance begins here, so that the same scene has the same chances.
    pub seed: u32,
    /// The dialog to be given to somebody.
    pub dialog: SceneDialog,
    /// Who writes.
    pub customer: SceneCustomer,
    /// The people who may get it.
    pub operators: Vec<SceneOperator>,
    /// The departments that take dialogs.
    pub departments: Vec<SceneDepartment>,
    /// The bots.
    pub bots: Vec<SceneBot>,
    /// The centre.
    pub centre: SceneCentre,
}

/// The dialog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneDialog {
    /// Its id.
    pub id: String,
    /// The number people say aloud.
    pub number: u64,
    /// The key of the channel's rules, which no rename changes.
    pub channel: String,
    /// Its department.
    pub department: Option<DepartmentKey>,
    /// The language that operators have to speak, the first part of a BCP 47 tag.
    pub language: Option<String>,
    /// The customer is there; otherwise it is an offline request.
    pub online: bool,
    /// An operator was online when it began.
    pub started_online: bool,
    /// It was closed and is open again.
    pub reopened: bool,
    /// Why it is everybody's again; absent, if it is new.
    #[serde(default)]
    pub returned: Option<ReturnedWhy>,
    /// Who leads it or is offered it; nobody, for most that are routed.
    pub operator: Option<OperatorId>,
    /// Who led it last.
    pub last_operator: Option<OperatorId>,
    /// Who was offered it and let it pass.
    pub passed_by: BTreeSet<OperatorId>,
    /// What it weighs, in hundredths of an ordinary dialog.
    pub weight: u32,
    /// When it began, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Since when it has been nobody's.
    pub waiting_since: Option<i64>,
    /// What it is about.
    pub category: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The page the customer is on.
    pub page: Option<ScenePage>,
    /// The newest words, shortened.
    pub text: Option<String>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenePage {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
}

/// The customer: `lead` in a script. No phone, no e-mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneCustomer {
    /// The id, the same over all dialogs.
    pub id: String,
    /// The name shown.
    pub name: String,
    /// The hub's number of the customer.
    pub number: u64,
    /// Whether the name was given by somebody.
    pub named: bool,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// Words to find the customer by.
    pub tags: Vec<String>,
    /// Values the site or an operator gave.
    pub variables: BTreeMap<String, String>,
    /// Only some operators see the dialogs.
    pub restricted: bool,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneOperator {
    /// Who.
    pub id: OperatorId,
    /// The name.
    pub name: String,
    /// The kind of the present status.
    pub status: OperatorStatus,
    /// May sign in, accept dialogs, and see this customer.
    pub may_accept: bool,
    /// What is carried, in hundredths of an ordinary dialog.
    pub load: u32,
    /// What may be carried.
    pub most: u32,
    /// What still may.
    pub room: u32,
    /// Teams, with the skill in each.
    pub skills: BTreeMap<TeamKey, u8>,
    /// Departments; all of them, if absent.
    pub departments: Option<BTreeSet<DepartmentKey>>,
    /// Languages; all of them, if none is named.
    pub languages: BTreeSet<String>,
    /// When a dialog was accepted last, in milliseconds since the Unix epoch; 0: never.
    pub last_accepted_at: i64,
}

/// A department.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneDepartment {
    /// Its key, the "code" of functions.
    pub key: DepartmentKey,
    /// Its name.
    pub name: String,
    /// It works now.
    pub open: bool,
}

/// A bot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneBot {
    /// The login of its account.
    pub login: String,
    /// The name.
    pub name: String,
    /// It answers now, and in this dialog.
    pub ready: bool,
}

/// The centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneCentre {
    /// Its name.
    pub name: String,
    /// It works now, or the dialog's department does.
    pub open: bool,
    /// The hour on its wall, 0 to 23; absent, if it names no zone.
    pub hour: Option<u8>,
    /// The day of the week there, "monday" to "sunday".
    pub day: Option<String>,
}
