//! Customers' rights over what is kept about them: an administrator tells it to whoever asks, and erases it, of one
//! conversation or of all.

use super::{
    admit::Admin,
    fault::{Fault, FaultCode},
};
use crate::{
    privacy::{self, Told},
    store::Whose,
};
use axum::{Extension, Json, extract::Path};
use otklik_model::DialogId;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// What an erasure took.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Taken {
    /// The customer.
    customer: Uuid,
    /// His dialogs, by id.
    dialogs: Vec<Uuid>,
    /// How many messages.
    messages: u64,
    /// The files, by id.
    files: Vec<Uuid>,
}

/// Everything that is kept about a customer: what is known of him, dialogs with all messages, files by their ids, the
/// log, and who looked into it. He is named by id or by number.
#[utoipa::path(get, path = "/api/v1/admin/customers/{customer}/export", tag = "customers",
    params(("customer" = String, Path, description = "The customer's id or number.")),
    responses((status = 200, body = Object), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn tell(
    Extension(admin): Extension<Arc<Admin>>,
    Path(customer): Path<String>,
) -> Result<Json<Told>, Fault> {
    let id = admin.customer(&customer).await?.id;
    // Noted before it is told: nobody reads without a line.
    admin.note(admin.line("customer.told", id.to_string(), json!({}))).await?;
    let told = privacy::tell(&admin.open.office, id).await?.ok_or(FaultCode::NotFound)?;
    Ok(Json(told))
}

/// Erases a customer and everything about him, at once and for good. Workplaces that are connected forget him now, all
/// others when they next connect.
#[utoipa::path(post, path = "/api/v1/admin/customers/{customer}/erase", tag = "customers",
    params(("customer" = String, Path, description = "The customer's id or number.")),
    responses((status = 200, body = Taken), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn erase(
    Extension(admin): Extension<Arc<Admin>>,
    Path(customer): Path<String>,
) -> Result<Json<Taken>, Fault> {
    let id = admin.customer(&customer).await?.id;
    let line = admin.line("customer.erased", id.to_string(), json!({}));
    let erased = privacy::erase(&admin.open.office, Whose::Customer(id), line).await?;
    if erased.is_nothing() {
        return Err(FaultCode::NotFound.into());
    }
    Ok(Json(Taken {
        customer: id.0,
        dialogs: erased.dialogs.iter().map(|id| id.0).collect(),
        messages: erased.messages,
        files: erased.files.iter().map(|id| id.0).collect(),
    }))
}

/// Deletes one dialog, whatever state it is in, at once and for good: its messages and files, and its customer, if he has
/// no other and is not blocked. Workplaces that are connected forget it now, all others when they next connect.
#[utoipa::path(delete, path = "/api/v1/admin/dialogs/{dialog}", tag = "customers",
    params(("dialog" = String, Path, description = "The dialog's id.")),
    responses((status = 200, body = Taken), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn delete(
    Extension(admin): Extension<Arc<Admin>>,
    Path(dialog): Path<String>,
) -> Result<Json<Taken>, Fault> {
    let (office, id) = (&admin.open.office, dialog.parse::<DialogId>().map_err(|_| FaultCode::NotFound)?);
    let found = office.store.dialog(office.workspace.id, id).await?.map(|found| found.row);
    let row = found.filter(|row| admin.sees(&row.customer)).ok_or(FaultCode::NotFound)?;
    let line = admin.line("dialog.deleted", id.to_string(), json!({ "number": row.number }));
    let erased = privacy::erase(office, Whose::Dialog(id), line).await?;
    if erased.is_nothing() {
        return Err(FaultCode::NotFound.into());
    }
    Ok(Json(Taken {
        customer: row.customer.id.0,
        dialogs: erased.dialogs.iter().map(|id| id.0).collect(),
        messages: erased.messages,
        files: erased.files.iter().map(|id| id.0).collect(),
    }))
}
