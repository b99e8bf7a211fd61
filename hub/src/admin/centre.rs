//! The configuration as one document, and its versions.

use super::{
    act::{Terms, Verdict},
    admit::Admin,
    fault::{Fault, FaultCode},
    told::Told,
};
use crate::{
    centre::{Centre, Problem, exchange::without_secrets},
    store::CentreRow,
};
use axum::{
    Extension, Json,
    extract::{Path, Query},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// A configuration.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Document {
    /// Its version: 1, 2, 3, ...; 0: nobody has changed anything yet.
    version: u64,
    /// When it came into force, in milliseconds since 1970.
    at: i64,
    /// By whom; nobody, if it came from the command line.
    by: Option<Uuid>,
    /// Why.
    note: String,
    /// The document; docs/admin.md explains it. Bots' secrets are left out.
    #[schema(value_type = Object)]
    centre: Centre,
}

impl From<CentreRow> for Document {
    fn from(row: CentreRow) -> Self {
        let CentreRow { version, at, by, note, centre } = row;
        Self { version, at: at.0, by: by.map(|by| by.0), note, centre: without_secrets(&centre) }
    }
}

/// A new document.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    /// The version it was made from.
    version: u64,
    /// Why, in your own words.
    #[serde(default)]
    note: String,
    /// Only tell what would change.
    #[serde(default)]
    dry_run: bool,
    /// The whole document. A bot without its secret keeps the one it has.
    #[schema(value_type = Object)]
    centre: Centre,
}

/// A version in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct VersionLine {
    /// Which.
    version: u64,
    /// When, in milliseconds since 1970.
    at: i64,
    /// By whom.
    by: Option<Uuid>,
    /// Why.
    note: String,
}

/// How many.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HowMany {
    /// At most so many, newest first; 20 if not given.
    #[serde(default = "twenty")]
    limit: u32,
}

fn twenty() -> u32 {
    20
}

/// The configuration in force.
#[utoipa::path(get, path = "/api/v1/admin/centre", tag = "centre",
    responses((status = 200, body = Document), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn read(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Document>, Fault> {
    Ok(Json(admin.centre().await?.into()))
}

/// Puts another configuration into force, or tells what would change.
#[utoipa::path(put, path = "/api/v1/admin/centre", tag = "centre", request_body = NewDocument,
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn write(
    Extension(admin): Extension<Arc<Admin>>,
    Told(new): Told<NewDocument>,
) -> Result<Json<Verdict>, Fault> {
    let NewDocument { version, note, dry_run, centre } = new;
    let terms = Terms { version: Some(version), note, dry_run };
    let replace = |present: &mut Centre| {
        *present = centre;
        Ok(())
    };
    Ok(Json(admin.change(terms, "centre", replace).await?))
}

/// What is wrong with the configuration in force: nothing, unless operators were changed on the command line.
#[utoipa::path(get, path = "/api/v1/admin/centre/check", tag = "centre",
    responses((status = 200, body = [Problem]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn check(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Vec<Problem>>, Fault> {
    Ok(Json(Admin::problems(&admin.centre().await?.centre, &admin.people().await?)))
}

/// The versions, newest first.
#[utoipa::path(get, path = "/api/v1/admin/centre/versions", tag = "centre", params(HowMany),
    responses((status = 200, body = [VersionLine]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn versions(
    Extension(admin): Extension<Arc<Admin>>,
    Query(HowMany { limit }): Query<HowMany>,
) -> Result<Json<Vec<VersionLine>>, Fault> {
    let office = &admin.open.office;
    let versions = office.store.centre_versions(office.workspace.id, limit.clamp(1, 500)).await?;
    let line = |row: crate::store::CentreVersion| VersionLine {
        version: row.version,
        at: row.at.0,
        by: row.by.map(|by| by.0),
        note: row.note,
    };
    Ok(Json(versions.into_iter().map(line).collect()))
}

/// The configuration of a version.
#[utoipa::path(get, path = "/api/v1/admin/centre/versions/{version}", tag = "centre",
    params(("version" = u64, Path, description = "Which")),
    responses((status = 200, body = Document), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn version(
    Extension(admin): Extension<Arc<Admin>>,
    Path(version): Path<u64>,
) -> Result<Json<Document>, Fault> {
    Ok(Json(of_version(&admin, version).await?.into()))
}

/// Puts an earlier configuration into force again, as a new version.
#[utoipa::path(post, path = "/api/v1/admin/centre/versions/{version}/switch-back", tag = "centre", request_body = Terms,
    params(("version" = u64, Path, description = "Which")),
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn switch_back(
    Extension(admin): Extension<Arc<Admin>>,
    Path(version): Path<u64>,
    Told(terms): Told<Terms>,
) -> Result<Json<Verdict>, Fault> {
    let earlier = of_version(&admin, version).await?.centre;
    let replace = |present: &mut Centre| {
        *present = earlier;
        Ok(())
    };
    Ok(Json(admin.change(terms, &format!("version {version}"), replace).await?))
}

async fn of_version(admin: &Admin, version: u64) -> Result<CentreRow, Fault> {
    admin.centre_of(version).await?.ok_or(Fault::new(FaultCode::NotFound))
}
