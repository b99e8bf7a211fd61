//! Trying a routing script on the dialogs of the last week before it goes live.

use super::{
    admit::Admin,
    fault::{Fault, FaultCode},
    script::LIMIT_MS,
    told::Told,
};
use crate::{
    centre::{Centre, RoutingScript},
    script::{Decision, Route, Tried, Verdict},
};
use axum::{Extension, Json};
use otklik_model::OperatorId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// The most dialogs of one trial.
const MOST_DIALOGS: u32 = 1_000;

/// A script to try.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The JavaScript; nothing: what the built-in rule would do.
    source: Option<String>,
    /// Longest run, in milliseconds; 50 if not given.
    #[serde(default)]
    limit_ms: Option<u32>,
    /// At most so many dialogs, newest first; 200 if not given, 1000 at most.
    #[serde(default)]
    dialogs: Option<u32>,
}

/// What came of it. Nothing was changed, and no task was sent.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Trial {
    /// How many dialogs were tried: those of the last week, as many as twenty seconds allow.
    tried: usize,
    /// For how many of them both scripts say something else.
    differ: usize,
    /// For how many of them the new script fails.
    fail: usize,
    /// Each of them, newest first.
    lines: Vec<TrialLine>,
}

/// One dialog, and what both scripts say to it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TrialLine {
    /// Which.
    dialog: Uuid,
    /// The number people say aloud.
    number: u64,
    /// Whether the scripts say something else.
    differs: bool,
    /// What the one in force says.
    old: Said,
    /// What the new one says.
    new: Said,
}

/// What a script says to a dialog. What it would tell other systems is counted, and not shown: it may be a customer's words.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Said {
    /// Where the dialog goes, in words: `operator ira`, `department sales`, `bot robot`, `queue`, or `built-in`.
    to: String,
    /// How many tasks it makes for other systems.
    tasks: usize,
    /// What went wrong, so that the built-in rule decides: its code in the audit trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Tries a script on the dialogs of the last week beside the one in force. Nothing is changed, and no task is sent.
#[utoipa::path(post, path = "/api/v1/admin/script/try", tag = "script", request_body = Candidate,
    responses((status = 200, body = Trial), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn try_out(
    Extension(admin): Extension<Arc<Admin>>,
    Told(Candidate { source, limit_ms, dialogs }): Told<Candidate>,
) -> Result<Json<Trial>, Fault> {
    let script = source.map(|source| RoutingScript { source, limit_ms: limit_ms.unwrap_or(LIMIT_MS) });
    let candidate = Centre { script: script.clone(), ..Centre::default() };
    let problems = candidate.check(crate::script::compiles);
    if !problems.is_empty() {
        return Err(Fault::problems(problems));
    }
    let most = dialogs.unwrap_or(200);
    if !(1..=MOST_DIALOGS).contains(&most) {
        let what = format!("dialogs: 1 to {MOST_DIALOGS}");
        return Err(Fault { what: Some(what), ..Fault::new(FaultCode::Malformed) });
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let tried = admin.open.office.try_script(script.as_ref(), most).await?;
    let logins = admin.people().await?.into_iter().map(|row| (row.id, row.login)).collect();
    let detail = json!({ "tried": tried.len(), "differ": tried.iter().filter(|one| one.differs()).count() });
    admin.note(admin.line("script.tried", "script", detail)).await?;
    Ok(Json(told(&tried, &logins)))
}

fn told(tried: &[Tried], logins: &BTreeMap<OperatorId, String>) -> Trial {
    let line = |one: &Tried| TrialLine {
        dialog: one.dialog.0,
        number: one.number,
        differs: one.differs(),
        old: said(&one.old, logins),
        new: said(&one.new, logins),
    };
    Trial {
        tried: tried.len(),
        differ: tried.iter().filter(|one| one.differs()).count(),
        fail: tried.iter().filter(|one| matches!(one.new, Verdict::Failed(_))).count(),
        lines: tried.iter().map(line).collect(),
    }
}

fn said(verdict: &Verdict, logins: &BTreeMap<OperatorId, String>) -> Said {
    let built_in = || Said { to: "built-in".to_owned(), tasks: 0, trouble: None, why: None };
    match verdict {
        Verdict::BuiltIn => built_in(),
        Verdict::Decided(Decision { route, tasks }) => {
            let to = route.as_ref().map_or_else(|| "built-in".to_owned(), |route| place(route, logins));
            Said { to, tasks: tasks.len(), ..built_in() }
        }
        Verdict::Failed(trouble) => {
            Said { trouble: Some(trouble.code()), why: Some(trouble.to_string()), ..built_in() }
        }
    }
}

/// Where a dialog goes, in words.
fn place(route: &Route, logins: &BTreeMap<OperatorId, String>) -> String {
    match route {
        Route::Operator { operator } => {
            format!("operator {}", logins.get(operator).cloned().unwrap_or_else(|| operator.to_string()))
        }
        Route::Department { department } => format!("department {department}"),
        Route::Bot { bot, scenario: None } => format!("bot {bot}"),
        Route::Bot { bot, scenario: Some(scenario) } => format!("bot {bot}, {scenario}"),
        Route::Queue => "queue".to_owned(),
    }
}
