//! The trail: who did and saw what.

use super::{
    admit::Admin,
    fault::{Fault, FaultCode},
};
use crate::{
    http::login_key,
    store::{AuditLine, AuditRow},
};
use axum::{Extension, Json, extract::Query};
use otklik_model::{OperatorId, Right};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// Lines read at once.
const PAGE: u32 = 500;

/// Which lines.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those before this number; the newest, if not given.
    before: Option<u64>,
    /// At most so many; 100 if not given.
    #[serde(default = "hundred")]
    limit: u32,
    /// Only what the operator of this login did.
    login: Option<String>,
    /// Only this, such as `centre.changed`, or all that begins so, such as `centre`.
    what: Option<String>,
    /// Only what was done to this: a login, an id, a place of the configuration.
    subject: Option<String>,
    /// Only since then, in milliseconds since 1970.
    since: Option<i64>,
    /// Only before then, in milliseconds since 1970.
    until: Option<i64>,
}

fn hundred() -> u32 {
    100
}

/// A line.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TrailLine {
    /// 1, 2, 3, ... without holes.
    number: u64,
    /// When, in milliseconds since 1970.
    at: i64,
    /// The operator's id; nobody, if it came from the command line of the hub itself.
    by: Option<Uuid>,
    /// His login.
    login: Option<String>,
    /// What was done, such as `centre.changed`.
    what: String,
    /// To what.
    subject: String,
    /// More.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// The trail, newest first.
#[utoipa::path(get, path = "/api/v1/admin/audit", tag = "trail", params(Which),
    responses((status = 200, body = [TrailLine]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn trail(
    Extension(admin): Extension<Arc<Admin>>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<TrailLine>>, Fault> {
    // A trail cannot be divided by teams: a line is about somebody, and may be about everybody.
    if !admin.everywhere(Right::SeeAudit) {
        return Err(FaultCode::Forbidden.into());
    }
    let office = &admin.open.office;
    let logins: BTreeMap<_, _> = admin.people().await?.into_iter().map(|row| (row.id, row.login)).collect();
    let by = match &which.login {
        None => None,
        Some(login) => {
            let known = logins.iter().find(|(_, known)| **known == login_key(login)).map(|(id, _)| *id);
            Some(known.ok_or(FaultCode::NotFound)?)
        }
    };
    let limit = usize::try_from(which.limit.clamp(1, 500)).unwrap_or(500);
    let (mut before, mut found) = (which.before, Vec::new());
    while found.len() < limit {
        let page = office.store.audit(office.workspace.id, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        let over = which.since.is_some_and(|since| last.at.0 < since);
        found.extend(page.into_iter().filter(|row| which.wants(row, by)));
        if over {
            break;
        }
    }
    found.truncate(limit);
    let line = |row: AuditRow| TrailLine {
        number: row.number,
        at: row.at.0,
        by: row.line.by.map(|by| by.0),
        login: row.line.by.and_then(|by| logins.get(&by).cloned()),
        what: row.line.what,
        subject: row.line.subject,
        detail: row.line.detail,
    };
    Ok(Json(found.into_iter().map(line).collect()))
}

/// Whether an act that was done to many was done to this one too.
fn names(detail: &serde_json::Value, whom: &str) -> bool {
    let all = detail.get("whom").and_then(|whom| whom.as_array());
    all.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(whom)))
}

impl Which {
    fn wants(&self, row: &AuditRow, by: Option<OperatorId>) -> bool {
        let AuditLine { what, subject, .. } = &row.line;
        let within = |wanted: &String| {
            what.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        by.is_none_or(|by| row.line.by == Some(by))
            && self.what.as_ref().is_none_or(within)
            && self.subject.as_ref().is_none_or(|wanted| subject == wanted || names(&row.line.detail, wanted))
            && self.since.is_none_or(|since| row.at.0 >= since)
            && self.until.is_none_or(|until| row.at.0 < until)
    }
}
