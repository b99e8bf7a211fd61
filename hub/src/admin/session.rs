//! Signing in to administer: a session of its own, which puts nobody online.

use super::{
    admit::Admin,
    fault::{Fault, FaultCode},
    told::Told,
};
use crate::{
    centre::Scope,
    http::{Front, address_of, prove},
    store::{AuditLine, Work},
};
use axum::{
    Extension, Json,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode},
};
use otklik_model::{Right, Stamp};
use otklik_wire::LoginFailureCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use uuid::Uuid;

/// How long a session is good at most. Of supervisors it ends sooner if nothing is done: the centre's terms say when.
const GOOD_MS: i64 = 12 * 3_600_000;

/// Who wants in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// The workspace; the first one, if none is named.
    #[serde(default)]
    workspace: Option<String>,
    /// The operator's login.
    login: String,
    /// His password.
    password: String,
}

/// A session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Begun {
    /// Goes into the header `Authorization: Bearer ...` of every other request.
    token: String,
    /// Until when at the latest, in milliseconds since 1970.
    expires_at: i64,
}

/// Who asks.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Who {
    /// The workspace.
    workspace: String,
    /// The operator's id.
    operator: Uuid,
    /// His login.
    login: String,
    /// What he may do, and how far it reaches.
    #[schema(value_type = BTreeMap<String, String>)]
    rights: BTreeMap<Right, Scope>,
}

/// Opens a session.
#[utoipa::path(post, path = "/api/v1/admin/session", tag = "session", request_body = Begin, security(()),
    responses((status = 200, body = Begun), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn begin(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Told(Begin { workspace, login, password }): Told<Begin>,
) -> Result<Json<Begun>, Fault> {
    let proven = prove(&front, address_of(&front, peer, &headers), workspace, &login, password).await;
    let (office, row) = proven.map_err(|failure| {
        let code = match failure.code {
            LoginFailureCode::WrongPassword => FaultCode::WrongPassword,
            LoginFailureCode::TooManyTries => FaultCode::TooManyTries,
            LoginFailureCode::Malformed => FaultCode::Malformed,
            LoginFailureCode::Unavailable => FaultCode::Unavailable,
        };
        Fault { retry_after_ms: failure.retry_after_ms, ..Fault::new(code) }
    })?;
    let (token, session) = office.begin_session(row.id, "administration", GOOD_MS).await.map_err(|error| {
        tracing::warn!(%error, "a session cannot be opened");
        FaultCode::Unavailable
    })?;
    let at = office.now();
    let line = AuditLine {
        by: Some(row.id),
        what: "session.begun".to_owned(),
        subject: session.to_string(),
        detail: json!({ "for": "administration" }),
    };
    office.store.add_audit(office.workspace.id, at, line).await?;
    let ends = office.centre().session_ends(&row.grants, at, Stamp(i64::MAX));
    let expires_at = ends.map_or(at.0 + GOOD_MS, |ends| ends.0.min(at.0 + GOOD_MS));
    Ok(Json(Begun { token: token.to_string(), expires_at }))
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/v1/admin/session", tag = "session",
    responses((status = 204), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn end(Extension(admin): Extension<Arc<Admin>>) -> Result<StatusCode, Fault> {
    let work = Work::SignOut { operator: admin.row.id, session: Some(admin.session.id) };
    let line = admin.line("session.ended", admin.session.id.to_string(), json!({}));
    admin.commit(work, line).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who the token belongs to, and what he may do.
#[utoipa::path(get, path = "/api/v1/admin/session", tag = "session",
    responses((status = 200, body = Who), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn who(Extension(admin): Extension<Arc<Admin>>) -> Json<Who> {
    Json(Who {
        workspace: admin.open.short.clone(),
        operator: admin.row.id.0,
        login: admin.row.login.clone(),
        rights: admin.grants().rights.clone(),
    })
}
