//! What a script wants, checked against what it was shown.

use super::{Scene, ScriptTrouble, trouble::WrongAnswer};
use otklik_model::{DepartmentKey, OperatorId};
use serde::{Deserialize, Serialize};
use url::Url;

/// The most tasks of one call, and the longest of them in bytes.
const TASKS: usize = 5;
const TASK_BYTES: usize = 16 * 1024;

/// What a script decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Decision {
    /// Where the dialog goes; `None`: the script leaves it to the built-in rule.
    pub route: Option<Route>,
    /// What other systems are told, whatever becomes of the dialog.
    pub tasks: Vec<Task>,
}

/// Where a dialog goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Route {
    /// It is offered to this operator.
    Operator {
        /// Who.
        operator: OperatorId,
    },
    /// It waits for this department.
    Department {
        /// Which.
        department: DepartmentKey,
    },
    /// A bot gets it.
    Bot {
        /// Its login.
        bot: String,
        /// Where its script goes on.
        #[serde(default)]
        scenario: Option<String>,
    },
    /// It stays in the queue, for whoever takes it.
    Queue,
}

/// Something to be told to another system by a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// An https address.
    pub address: String,
    /// What is told.
    pub body: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    route: Option<Route>,
    tasks: Vec<Task>,
    /// It asked for the next operator without locks.
    #[serde(default)]
    unlocked: bool,
}

/// Reads an answer, and checks it.
pub(super) fn read(json: &str, scene: &Scene) -> Result<Decision, ScriptTrouble> {
    let wrong = |why| ScriptTrouble::WrongAnswer { why };
    let Answer { route, tasks, unlocked } = serde_json::from_str(json).map_err(|_| wrong(WrongAnswer::Shape))?;
    if unlocked {
        return Err(wrong(WrongAnswer::Unlocked));
    }
    if let Some(route) = &route {
        check_route(route, scene).map_err(wrong)?;
    }
    let good = |task: &Task| {
        let https = Url::parse(&task.address).is_ok_and(|url| url.scheme() == "https");
        https && task.address.len() + task.body.to_string().len() <= TASK_BYTES
    };
    if tasks.len() > TASKS || !tasks.iter().all(good) {
        return Err(wrong(WrongAnswer::Task));
    }
    Ok(Decision { route, tasks })
}

fn check_route(route: &Route, scene: &Scene) -> Result<(), WrongAnswer> {
    let (known, why) = match route {
        Route::Operator { operator } => {
            let found = scene.operators.iter().any(|known| known.id == *operator && known.may_accept);
            (found, WrongAnswer::Operator)
        }
        Route::Department { department } => {
            (scene.departments.iter().any(|known| known.key == *department), WrongAnswer::Department)
        }
        Route::Bot { bot, .. } => (scene.bots.iter().any(|known| known.login == *bot && known.ready), WrongAnswer::Bot),
        Route::Queue => (true, WrongAnswer::Shape),
    };
    if known { Ok(()) } else { Err(why) }
}
