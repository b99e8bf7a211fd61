//! Single parts of the configuration: a department, a role, a ready answer.

use super::{
    act::{Terms, Verdict},
    admit::Admin,
    fault::{Fault, FaultCode},
    told::Told,
};
use crate::centre::{Centre, exchange::without_secrets};
use axum::{
    Extension, Json,
    extract::{Path, Query},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The parts, by their name in the document. Each is a map by key, but the statuses, which have an order.
pub(super) const PARTS: [&str; 8] =
    ["departments", "teams", "roles", "categories", "templates", "bots", "hours", "statuses"];
#[cfg(test)]
const STATUSES: &str = "statuses";

/// A part.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Part {
    /// The version of the configuration.
    version: u64,
    /// The entries by key.
    #[schema(value_type = Object)]
    entries: Map<String, Value>,
}

/// One entry.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OneEntry {
    /// The version of the configuration.
    version: u64,
    /// As in the document.
    #[schema(value_type = Object)]
    value: Value,
}

/// A new entry.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// The version it was made from; the newest, if not given.
    #[serde(default)]
    version: Option<u64>,
    /// Why, in your own words.
    #[serde(default)]
    note: String,
    /// Only tell what would change.
    #[serde(default)]
    dry_run: bool,
    /// The entry, as in the document.
    #[schema(value_type = Object)]
    value: Map<String, Value>,
}

/// The entries of a part.
#[utoipa::path(get, path = "/api/v1/admin/centre/parts/{part}", tag = "centre",
    params(("part" = String, Path, description = "departments, teams, roles, categories, templates, bots, hours, statuses")),
    responses((status = 200, body = Part), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn list(
    Extension(admin): Extension<Arc<Admin>>,
    Path(part): Path<String>,
) -> Result<Json<Part>, Fault> {
    let row = admin.centre().await?;
    let entries = entries(&document(&without_secrets(&row.centre))?, known(&part)?);
    Ok(Json(Part { version: row.version, entries }))
}

/// One entry of a part.
#[utoipa::path(get, path = "/api/v1/admin/centre/parts/{part}/{key}", tag = "centre",
    params(("part" = String, Path, description = "Which part"), ("key" = String, Path, description = "Which entry")),
    responses((status = 200, body = OneEntry), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn show(
    Extension(admin): Extension<Arc<Admin>>,
    Path((part, key)): Path<(String, String)>,
) -> Result<Json<OneEntry>, Fault> {
    let row = admin.centre().await?;
    let mut entries = entries(&document(&without_secrets(&row.centre))?, known(&part)?);
    let value = entries.remove(&key).ok_or(FaultCode::NotFound)?;
    Ok(Json(OneEntry { version: row.version, value }))
}

/// Adds or changes an entry.
#[utoipa::path(put, path = "/api/v1/admin/centre/parts/{part}/{key}", tag = "centre", request_body = NewEntry,
    params(("part" = String, Path, description = "Which part"), ("key" = String, Path, description = "Which entry")),
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn put(
    Extension(admin): Extension<Arc<Admin>>,
    Path((part, key)): Path<(String, String)>,
    Told(NewEntry { version, note, dry_run, value }): Told<NewEntry>,
) -> Result<Json<Verdict>, Fault> {
    let part = known(&part)?;
    let set = |centre: &mut Centre| edit(centre, part, &key, Some(value));
    Ok(Json(admin.change(Terms { version, note, dry_run }, &format!("{part}.{key}"), set).await?))
}

/// Removes an entry.
#[utoipa::path(delete, path = "/api/v1/admin/centre/parts/{part}/{key}", tag = "centre",
    params(("part" = String, Path, description = "Which part"), ("key" = String, Path, description = "Which entry"), Terms),
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn remove(
    Extension(admin): Extension<Arc<Admin>>,
    Path((part, key)): Path<(String, String)>,
    Query(terms): Query<Terms>,
) -> Result<Json<Verdict>, Fault> {
    let part = known(&part)?;
    Ok(Json(admin.change(terms, &format!("{part}.{key}"), |centre| edit(centre, part, &key, None)).await?))
}

fn known(part: &str) -> Result<&'static str, Fault> {
    PARTS.into_iter().find(|known| *known == part).ok_or(Fault::new(FaultCode::NotFound))
}

pub(super) fn document(centre: &Centre) -> Result<Value, Fault> {
    serde_json::to_value(centre).map_err(|error| Fault::malformed(error.to_string()))
}

fn entries(document: &Value, part: &str) -> Map<String, Value> {
    match &document[part] {
        Value::Object(entries) => entries.clone(),
        Value::Array(list) => {
            list.iter().filter_map(|entry| Some((entry.get("key")?.as_str()?.to_owned(), entry.clone()))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Map::new(),
    }
}

/// Sets an entry, or removes it.
fn edit(centre: &mut Centre, part: &str, key: &str, value: Option<Map<String, Value>>) -> Result<(), Fault> {
    let mut whole = document(centre)?;
    let there = entries(&whole, part).contains_key(key);
    match (&mut whole[part], value) {
        (_, None) if !there => return Err(FaultCode::NotFound.into()),
        (Value::Object(entries), Some(value)) => drop(entries.insert(key.to_owned(), Value::Object(value))),
        (Value::Object(entries), None) => drop(entries.remove(key)),
        (Value::Array(list), value) => set_in_list(list, key, value),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {
            return Err(FaultCode::NotFound.into());
        }
    }
    *centre = serde_json::from_value(whole).map_err(|error| Fault::malformed(format!("{part}.{key}: {error}")))?;
    Ok(())
}

fn set_in_list(list: &mut Vec<Value>, key: &str, value: Option<Map<String, Value>>) {
    let place = list.iter().position(|entry| entry["key"] == key);
    match (place, value) {
        (Some(place), Some(mut value)) => {
            value.insert("key".to_owned(), key.into());
            list[place] = Value::Object(value);
        }
        (Some(place), None) => drop(list.remove(place)),
        (None, Some(mut value)) => {
            value.insert("key".to_owned(), key.into());
            list.push(Value::Object(value));
        }
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Option<Map<String, Value>> {
        value.as_object().cloned()
    }

    #[test]
    fn every_part_is_a_part_of_the_document() {
        let document = document(&Centre::default()).unwrap();
        assert!(PARTS.iter().all(|part| document[part].is_object() || *part == STATUSES && document[part].is_array()));
    }

    #[test]
    fn entries_are_set_changed_and_removed() {
        let mut centre = Centre::default();
        edit(&mut centre, "categories", "returns/refund", object(json!({"names": {"ru": "Возврат"}}))).unwrap();
        assert_eq!(centre.categories.len(), 1);
        let lunch = object(json!({"names": {"ru": "Еда"}, "kind": "break", "manual_take": true}));
        edit(&mut centre, STATUSES, "lunch", lunch.clone()).unwrap();
        let place = centre.statuses.iter().position(|status| status.key.as_str() == "lunch").unwrap();
        assert!(centre.statuses[place].manual_take && place == 3, "it stays where it was");
        edit(&mut centre, STATUSES, "supper", lunch).unwrap();
        assert_eq!(centre.statuses.last().unwrap().key.as_str(), "supper");
        edit(&mut centre, STATUSES, "supper", None).unwrap();
        edit(&mut centre, "categories", "returns/refund", None).unwrap();
        assert!(centre.categories.is_empty() && centre.statuses.len() == Centre::default().statuses.len());
        assert_eq!(edit(&mut centre, "categories", "none", None).unwrap_err().code, FaultCode::NotFound);
        let unknown = edit(&mut centre, "teams", "a", object(json!({"colour": "red"}))).unwrap_err();
        assert!(unknown.what.unwrap().contains("colour"));
        assert_eq!(
            edit(&mut centre, "teams", "Плохой ключ", object(json!({}))).unwrap_err().code,
            FaultCode::Malformed
        );
    }
}
