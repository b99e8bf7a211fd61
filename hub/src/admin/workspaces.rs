//! The workspaces of the hub. Only for whoever administers the first one: the others do not know of each other.

use super::{
    admit::Admin,
    fault::{Fault, FaultCode},
    people::new_row,
    told::Told,
};
use crate::{
    bus::Notice,
    centre::Centre,
    http::Front,
    offices::is_short_name,
    store::{AuditLine, Commit, CommitError, Reform, Reformed, Work},
};
use axum::{Extension, Json, extract::State};
use otklik_model::{Channel, Outcome, Seq};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// A new workspace with its first administrator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// Its short name, a part of its addresses: small letters, digits and '-', at most 32.
    short: String,
    /// The centre's name, which customers see.
    name: String,
    /// The administrator's login.
    login: String,
    /// His name.
    administrator: String,
    /// His password; one is made, and told once, if none is given.
    #[serde(default)]
    password: Option<String>,
}

/// A workspace that was made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeWorkspace {
    /// The page for its customers.
    page: Option<String>,
    /// The administrator's password, if it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

/// The short names of all workspaces.
#[utoipa::path(get, path = "/api/v1/admin/workspaces", tag = "hub",
    responses((status = 200, body = [String]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn list(State(front): State<Arc<Front>>) -> Result<Json<Vec<String>>, Fault> {
    Ok(Json(front.offices.names().await?))
}

/// Makes a workspace.
#[utoipa::path(post, path = "/api/v1/admin/workspaces", tag = "hub", request_body = NewWorkspace,
    responses((status = 200, body = MadeWorkspace), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn add(
    State(front): State<Arc<Front>>,
    Extension(admin): Extension<Arc<Admin>>,
    Told(new): Told<NewWorkspace>,
) -> Result<Json<MadeWorkspace>, Fault> {
    if !is_short_name(&new.short) {
        return Err(Fault::malformed("short: small letters, digits and '-', at most 32 of them"));
    }
    let centre = Centre { name: new.name, ..Centre::default() };
    let problems = centre.check(crate::script::compiles);
    if !problems.is_empty() {
        return Err(Fault::problems(problems));
    }
    let post = crate::centre::Post { role: super::people::role("administrator")?, ..Default::default() };
    let (mut row, made) = new_row(&new.login, &new.administrator, new.password, post, &centre).await?;
    row.grants = crate::centre::grants_of(&row.post, &centre, &crate::centre::Teams::default());
    let open = front.offices.add(&new.short).await?.ok_or(FaultCode::Taken)?;
    let office = &open.office;
    // In its own trail; who made it is a stranger there.
    let line = AuditLine {
        by: None,
        what: "workspace.begun".to_owned(),
        subject: new.short.clone(),
        detail: json!({ "whom": [&row.login] }),
    };
    let reform = Reform {
        version: 0,
        channel: Some(Channel { name: centre.name.clone(), ..office.channel() }),
        by: None,
        note: String::new(),
        centre: Some(Box::new(centre)),
        people: vec![Reformed { row, rights_changed: true, signed_out: false }],
    };
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let work = Work::Reform(Box::new(reform));
    let commit = Commit { audit: Some(line), ..Commit::new(office.workspace.id, office.now(), work, done) };
    match office.store.commit(commit).await {
        Ok(committed) => office.bus.publish(Notice::Reached(office.workspace.id, committed.head)),
        // Somebody made it in the same moment, and has administrators of his own.
        Err(CommitError::Conflict) => return Err(FaultCode::Taken.into()),
        Err(other) => return Err(other.into()),
    }
    admin.note(admin.line("workspace.added", new.short, json!({ "administrator": new.login }))).await?;
    Ok(Json(MadeWorkspace { page: office.channel().page, password: made.map(|made| made.to_string()) }))
}
