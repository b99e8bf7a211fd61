//! Operators' statuses: what they are and were, and setting somebody else's.

use super::{
    act::is_removed,
    admit::Admin,
    fault::{Fault, FaultCode},
    told::Told,
};
use crate::{
    desk::reaches,
    http::login_key,
    office::Later,
    store::{OperatorRow, SetBy, StatusChange},
};
use axum::{
    Extension, Json,
    extract::{Path, Query},
    http::StatusCode,
};
use otklik_model::{ClientId, Op, OperatorId, OperatorStatus, Outcome, Refusal, Right, Stamp, StatusKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// How far back is told if nobody says, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// A status and since when it held.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StatusLine {
    /// From when on, in milliseconds since 1970.
    at: i64,
    /// Which of the centre's dictionary.
    status: String,
    /// Its kind.
    #[schema(value_type = String)]
    kind: OperatorStatus,
    /// Who or what set it: `himself`, `operator`, `login`, `logout`, `idle`, `schedule`, `session_lost`, `hub`.
    set_by: String,
    /// The login of the operator who did.
    login: Option<String>,
}

/// Since when.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// In milliseconds since 1970; the last 24 hours, if not given.
    since: Option<i64>,
}

/// Another status.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    /// Its key in the centre's dictionary.
    status: String,
}

/// An operator's statuses, oldest first; the first is what held at that time.
#[utoipa::path(get, path = "/api/v1/admin/operators/{login}/statuses", tag = "day",
    params(("login" = String, Path, description = "Whose"), Since),
    responses((status = 200, body = [StatusLine]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn statuses(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
    Query(Since { since }): Query<Since>,
) -> Result<Json<Vec<StatusLine>>, Fault> {
    let (office, row) = (&admin.open.office, admin.colleague(&login).await?);
    if !reaches(&admin.actor(), Right::SeeStatuses, row.id, row.grants.departments.as_ref()) {
        return Err(FaultCode::Forbidden.into());
    }
    let since = Stamp(since.unwrap_or(office.now().0 - DAY_MS));
    let logins: BTreeMap<_, _> = admin.people().await?.into_iter().map(|row| (row.id, row.login)).collect();
    let changes = office.store.status_changes(office.workspace.id, row.id, since).await?;
    Ok(Json(changes.into_iter().map(|change| line(change, &logins)).collect()))
}

/// Gives an operator another status.
#[utoipa::path(put, path = "/api/v1/admin/operators/{login}/status", tag = "day", request_body = NewStatus,
    params(("login" = String, Path, description = "Whose")),
    responses((status = 204), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn set(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
    Told(NewStatus { status }): Told<NewStatus>,
) -> Result<StatusCode, Fault> {
    let row = admin.colleague(&login).await?;
    let Ok(code) = status.parse::<StatusKey>() else { return Err(no_such(&status)) };
    let op = Op::ChooseStatus { code, of: Some(row.id) };
    match admin.open.office.operate(admin.row.id, ClientId(Uuid::now_v7()), op).await {
        Ok(Outcome::Done { .. }) => {}
        Ok(Outcome::Refused { reason: Refusal::NoSuchKey }) => return Err(no_such(&status)),
        Ok(Outcome::Refused { reason: Refusal::NotFound }) => return Err(FaultCode::NotFound.into()),
        Ok(Outcome::Refused { .. }) => return Err(FaultCode::Forbidden.into()),
        Err(Later { after_ms }) => {
            return Err(Fault { retry_after_ms: Some(after_ms), ..Fault::new(FaultCode::Unavailable) });
        }
    }
    let changes = [format!("status: {:?} becomes {status:?}", row.status_code.as_str())];
    admin.note(admin.line("operator.status", row.login, json!({ "changes": changes }))).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn no_such(status: &str) -> Fault {
    Fault { what: Some(format!("status: there is no {status:?}")), ..Fault::new(FaultCode::NotFound) }
}

fn line(change: StatusChange, logins: &BTreeMap<OperatorId, String>) -> StatusLine {
    let StatusChange { at, status, code, set_by } = change;
    let (word, by) = match set_by {
        SetBy::Himself => ("himself", None),
        SetBy::Operator { id } => ("operator", logins.get(&id).cloned()),
        SetBy::Login => ("login", None),
        SetBy::Logout => ("logout", None),
        SetBy::Idle => ("idle", None),
        SetBy::Schedule => ("schedule", None),
        SetBy::SessionLost => ("session_lost", None),
        SetBy::Hub => ("hub", None),
    };
    StatusLine { at: at.0, status: code.to_string(), kind: status, set_by: word.to_owned(), login: by }
}

impl Admin {
    /// Somebody who works here, whoever may change his account.
    async fn colleague(&self, login: &str) -> Result<OperatorRow, Fault> {
        let office = &self.open.office;
        let found = office.store.operator_by_login(office.workspace.id, &login_key(login)).await?;
        found.filter(|row| !is_removed(row)).ok_or(Fault::new(FaultCode::NotFound))
    }
}
