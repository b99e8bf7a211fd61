//! What administrators decide about customers: who may not write, and whose dialogs only some may see.

use super::{
    admit::Admin,
    fault::{Fault, FaultCode},
    told::Told,
};
use crate::{
    desk::Actor,
    office::{Decree, Later},
};
use axum::{
    Extension, Json,
    extract::{Path, Query},
};
use otklik_model::{Customer, CustomerId, OperatorId, Outcome, Refusal, Right, Stamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// Customers read at once.
const PAGE: u32 = 500;

/// A customer, as far as administrators decide about him.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CustomerView {
    /// His id.
    id: Uuid,
    /// The number people say aloud.
    number: u64,
    /// The name shown.
    name: String,
    /// Only operators with the right to see restricted customers see his dialogs.
    restricted: bool,
    /// That he may not write.
    block: Option<BlockView>,
    /// He is one person with other customers: the least of their numbers.
    person: Option<u64>,
}

/// A block.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BlockView {
    /// Who blocked.
    by: Uuid,
    /// His login, if he still has one.
    login: Option<String>,
    /// Since when, in milliseconds since 1970.
    since: i64,
    /// Until when; for ever, if it has no end.
    until: Option<i64>,
    /// Why.
    reason: String,
}

/// A new block.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBlock {
    /// Until when, in milliseconds since 1970; for ever, if not given.
    #[serde(default)]
    until: Option<i64>,
    /// Why, at most 200 characters.
    reason: String,
}

/// Whether a customer is restricted.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestriction {
    /// Only operators with the right to see restricted customers see his dialogs.
    restricted: bool,
}

/// Which blocks.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those of customers with a number above this one.
    #[serde(default)]
    after: u64,
    /// At most so many; 100 if not given, 500 at most.
    #[serde(default = "hundred")]
    limit: u32,
}

fn hundred() -> u32 {
    100
}

/// The customers who may not write now, by number.
#[utoipa::path(get, path = "/api/v1/admin/blocks", tag = "customers", params(Which),
    responses((status = 200, body = [CustomerView]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn blocks(
    Extension(admin): Extension<Arc<Admin>>,
    Query(Which { mut after, limit }): Query<Which>,
) -> Result<Json<Vec<CustomerView>>, Fault> {
    let (office, limit) = (&admin.open.office, usize::try_from(limit.clamp(1, 500)).unwrap_or(500));
    let logins = logins(&admin).await?;
    let mut found = Vec::new();
    loop {
        let page = office.store.blocked_customers(office.workspace.id, after, PAGE).await?;
        let Some(last) = page.last().map(|customer| customer.number) else { break };
        let shown = page.into_iter().filter(|customer| office.is_blocked(customer) && admin.sees(customer));
        found.extend(shown.map(|customer| view(customer, &logins)));
        if found.len() >= limit {
            break;
        }
        after = last;
    }
    found.truncate(limit);
    Ok(Json(found))
}

/// A customer, by number or id.
#[utoipa::path(get, path = "/api/v1/admin/customers/{customer}", tag = "customers",
    params(("customer" = String, Path, description = "His number or id")),
    responses((status = 200, body = CustomerView), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn show(
    Extension(admin): Extension<Arc<Admin>>,
    Path(customer): Path<String>,
) -> Result<Json<CustomerView>, Fault> {
    let customer = admin.customer(&customer).await?;
    Ok(Json(view(customer, &logins(&admin).await?)))
}

/// Blocks a customer: he may not write any more, and the dialogs of whoever is one person with him are closed.
#[utoipa::path(put, path = "/api/v1/admin/customers/{customer}/block", tag = "customers", request_body = NewBlock,
    params(("customer" = String, Path, description = "His number or id")),
    responses((status = 200, body = CustomerView), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn block(
    Extension(admin): Extension<Arc<Admin>>,
    Path(customer): Path<String>,
    Told(NewBlock { until, reason }): Told<NewBlock>,
) -> Result<Json<CustomerView>, Fault> {
    let decree = Decree::Block { by: admin.actor(), until: until.map(Stamp), reason };
    Ok(Json(admin.decree(&customer, decree, "customer.blocked", json!({ "until": until })).await?))
}

/// Lifts a customer's block.
#[utoipa::path(delete, path = "/api/v1/admin/customers/{customer}/block", tag = "customers",
    params(("customer" = String, Path, description = "His number or id")),
    responses((status = 200, body = CustomerView), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn unblock(
    Extension(admin): Extension<Arc<Admin>>,
    Path(customer): Path<String>,
) -> Result<Json<CustomerView>, Fault> {
    if admin.customer(&customer).await?.particulars.block.is_none() {
        return Err(FaultCode::NotFound.into());
    }
    let decree = Decree::Unblock { by: admin.actor() };
    Ok(Json(admin.decree(&customer, decree, "customer.unblocked", json!({})).await?))
}

/// Says whether a customer is restricted: then only operators with the right to see such customers see his dialogs.
#[utoipa::path(put, path = "/api/v1/admin/customers/{customer}/restricted", tag = "customers",
    request_body = NewRestriction, params(("customer" = String, Path, description = "His number or id")),
    responses((status = 200, body = CustomerView), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn restrict(
    Extension(admin): Extension<Arc<Admin>>,
    Path(customer): Path<String>,
    Told(NewRestriction { restricted }): Told<NewRestriction>,
) -> Result<Json<CustomerView>, Fault> {
    if !admin.everywhere(Right::SeeRestricted) {
        return Err(FaultCode::Forbidden.into());
    }
    let decree = Decree::Restrict { on: restricted };
    Ok(Json(admin.decree(&customer, decree, "customer.restricted", json!({ "on": restricted })).await?))
}

impl Admin {
    /// He himself, as the desk's rules know him.
    pub(super) fn actor(&self) -> Actor {
        Actor { id: self.row.id, name: self.row.name.clone(), grants: self.row.grants.clone() }
    }

    /// Whether he may know of a customer.
    pub(super) fn sees(&self, customer: &Customer) -> bool {
        !customer.particulars.restricted || self.grants().rights.contains_key(&Right::SeeRestricted)
    }

    /// A customer by number or id.
    pub(super) async fn customer(&self, named: &str) -> Result<Customer, Fault> {
        let (store, workspace) = (&self.open.office.store, self.open.office.workspace.id);
        let found = match (named.parse::<u64>(), named.parse::<CustomerId>()) {
            (Ok(number), _) => store.customer_by_number(workspace, number).await?,
            (Err(_), Ok(id)) => store.customer(workspace, id).await?,
            (Err(_), Err(_)) => None,
        };
        let seen = found.map(|(customer, _)| customer).filter(|customer| self.sees(customer));
        seen.ok_or(Fault::new(FaultCode::NotFound))
    }

    async fn decree(
        &self,
        named: &str,
        decree: Decree,
        what: &str,
        detail: serde_json::Value,
    ) -> Result<CustomerView, Fault> {
        let customer = self.customer(named).await?;
        let line = self.line(what, customer.id.to_string(), detail);
        match self.open.office.decree(customer.id, &decree, &line).await {
            Ok(Outcome::Done { .. }) => {
                let id = customer.id.to_string();
                Ok(view(self.customer(&id).await?, &logins(self).await?))
            }
            Ok(Outcome::Refused { reason }) => Err(refused(&reason)),
            Err(Later { after_ms }) => {
                Err(Fault { retry_after_ms: Some(after_ms), ..Fault::new(FaultCode::Unavailable) })
            }
        }
    }
}

fn refused(reason: &Refusal) -> Fault {
    if matches!(reason, Refusal::Forbidden) {
        FaultCode::Forbidden.into()
    } else if matches!(reason, Refusal::Unsupported) {
        Fault::malformed("until: it is past")
    } else if matches!(reason, Refusal::Empty | Refusal::TooLong { .. }) {
        Fault::malformed("reason: 1 to 200 characters")
    } else {
        FaultCode::NotFound.into()
    }
}

async fn logins(admin: &Admin) -> Result<BTreeMap<OperatorId, String>, Fault> {
    let people = admin.people().await?.into_iter();
    Ok(people.filter(|row| !super::act::is_removed(row)).map(|row| (row.id, row.login)).collect())
}

fn view(customer: Customer, logins: &BTreeMap<OperatorId, String>) -> CustomerView {
    let block = customer.particulars.block.map(|block| BlockView {
        by: block.by.0,
        login: logins.get(&block.by).cloned(),
        since: block.since.0,
        until: block.until.map(|until| until.0),
        reason: block.reason,
    });
    let Customer { id, number, name, .. } = customer;
    let (restricted, person) = (customer.particulars.restricted, customer.particulars.person);
    CustomerView { id: id.0, number, name, restricted, block, person }
}
