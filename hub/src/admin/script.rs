//! Distribution in JavaScript: shown, listed, put into force, switched back.

use super::{
    act::{Terms, Verdict},
    admit::Admin,
    fault::{Fault, FaultCode},
    told::Told,
};
use crate::{
    centre::{Centre, RoutingScript},
    store::CentreRow,
};
use axum::{Extension, Json, extract::Path};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// How many versions of the configuration are looked through for scripts.
const LOOKED_AT: u32 = 500;
/// The longest run of a script that names none, in milliseconds.
pub(super) const LIMIT_MS: u32 = 50;

/// A script that came into force.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ScriptLine {
    /// The version of the configuration that brought it.
    version: u64,
    /// When, in milliseconds since 1970.
    at: i64,
    /// By whose login; nobody's, if it came from the command line of the hub itself.
    login: Option<String>,
    /// Why.
    note: String,
    /// Its length in bytes; nothing: the built-in rule.
    bytes: Option<usize>,
    /// Whether it is the one in force.
    in_force: bool,
}

/// The script in force.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Shown {
    /// The version of the configuration.
    version: u64,
    /// The JavaScript; nothing: the built-in rule distributes.
    source: Option<String>,
    /// Longest run, in milliseconds.
    limit_ms: Option<u32>,
}

/// A new script.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScript {
    /// The version it was made from; the newest, if not given.
    #[serde(default)]
    version: Option<u64>,
    /// Why, in your own words.
    #[serde(default)]
    note: String,
    /// Only tell whether it could be put into force.
    #[serde(default)]
    dry_run: bool,
    /// The JavaScript; nothing: the built-in rule distributes.
    source: Option<String>,
    /// Longest run, in milliseconds; 50 if not given.
    #[serde(default)]
    limit_ms: Option<u32>,
}

/// The script in force.
#[utoipa::path(get, path = "/api/v1/admin/script", tag = "script",
    responses((status = 200, body = Shown), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn show(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Shown>, Fault> {
    let row = admin.centre().await?;
    let (source, limit_ms) = row.centre.script.map(|script| (script.source, script.limit_ms)).unzip();
    Ok(Json(Shown { version: row.version, source, limit_ms }))
}

/// Puts a script into force.
#[utoipa::path(put, path = "/api/v1/admin/script", tag = "script", request_body = NewScript,
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn put(
    Extension(admin): Extension<Arc<Admin>>,
    Told(NewScript { version, note, dry_run, source, limit_ms }): Told<NewScript>,
) -> Result<Json<Verdict>, Fault> {
    let script = source.map(|source| RoutingScript { source, limit_ms: limit_ms.unwrap_or(LIMIT_MS) });
    Ok(Json(admin.change(Terms { version, note, dry_run }, "script", set(script)).await?))
}

/// The scripts there were, newest first, each with the version of the configuration that brought it.
#[utoipa::path(get, path = "/api/v1/admin/script/versions", tag = "script",
    responses((status = 200, body = [ScriptLine]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn list(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Vec<ScriptLine>>, Fault> {
    let logins: BTreeMap<_, _> = admin.people().await?.into_iter().map(|row| (row.id, row.login)).collect();
    let line = |(place, row): (usize, CentreRow)| ScriptLine {
        version: row.version,
        at: row.at.0,
        login: row.by.and_then(|by| logins.get(&by).cloned()),
        note: row.note,
        bytes: row.centre.script.map(|script| script.source.len()),
        in_force: place == 0,
    };
    Ok(Json(brought(&admin).await?.into_iter().enumerate().map(line).collect()))
}

/// The script of a version of the configuration.
#[utoipa::path(get, path = "/api/v1/admin/script/versions/{version}", tag = "script",
    params(("version" = u64, Path, description = "Which version of the configuration")),
    responses((status = 200, body = Shown), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn version(
    Extension(admin): Extension<Arc<Admin>>,
    Path(version): Path<u64>,
) -> Result<Json<Shown>, Fault> {
    let row = admin.centre_of(version).await?.ok_or(FaultCode::NotFound)?;
    let (source, limit_ms) = row.centre.script.map(|script| (script.source, script.limit_ms)).unzip();
    Ok(Json(Shown { version, source, limit_ms }))
}

/// Puts the script of a version of the configuration into force again; everything else stays as it is.
#[utoipa::path(post, path = "/api/v1/admin/script/versions/{version}/switch", tag = "script", request_body = Terms,
    params(("version" = u64, Path, description = "Which version of the configuration")),
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn switch(
    Extension(admin): Extension<Arc<Admin>>,
    Path(version): Path<u64>,
    Told(terms): Told<Terms>,
) -> Result<Json<Verdict>, Fault> {
    let script = admin.centre_of(version).await?.ok_or(FaultCode::NotFound)?.centre.script;
    Ok(Json(admin.change(terms, "script", set(script)).await?))
}

/// Puts the script before this one into force again; everything else stays as it is.
#[utoipa::path(post, path = "/api/v1/admin/script/back", tag = "script", request_body = Terms,
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn back(
    Extension(admin): Extension<Arc<Admin>>,
    Told(terms): Told<Terms>,
) -> Result<Json<Verdict>, Fault> {
    let earlier = brought(&admin).await?.into_iter().nth(1).ok_or(FaultCode::NotFound)?.centre.script;
    Ok(Json(admin.change(terms, "script", set(earlier)).await?))
}

fn set(script: Option<RoutingScript>) -> impl FnOnce(&mut Centre) -> Result<(), Fault> + Send {
    move |centre: &mut Centre| {
        centre.script = script;
        Ok(())
    }
}

/// The configurations that brought another script than the one before, newest first; the first of them brought the one
/// in force. The last one is the oldest that is looked at.
async fn brought(admin: &Admin) -> Result<Vec<CentreRow>, Fault> {
    let office = &admin.open.office;
    let versions = office.store.centre_versions(office.workspace.id, LOOKED_AT).await?;
    // Before the first one there was none.
    let first = (versions.last().is_none_or(|oldest| oldest.version == 1)).then_some(0);
    let mut brought: Vec<CentreRow> = Vec::new();
    for version in versions.into_iter().map(|row| row.version).chain(first) {
        let Some(row) = admin.centre_of(version).await? else { continue };
        match brought.last_mut() {
            // It came earlier than that.
            Some(later) if later.centre.script == row.centre.script => *later = row,
            Some(_) | None => brought.push(row),
        }
    }
    Ok(brought)
}
