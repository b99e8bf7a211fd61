//! Single settings of the configuration: whatever of the document is no list of entries, down to one number.

use super::{
    act::{Terms, Verdict},
    admit::Admin,
    fault::{Fault, FaultCode},
    parts::{PARTS, document},
    told::Told,
};
use crate::centre::{Centre, exchange::without_secrets};
use axum::{Extension, Json, extract::Path};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The part of the document that has addresses of its own.
const SCRIPT: &str = "script";

/// All settings.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Settings {
    /// The version of the configuration.
    version: u64,
    /// The settings by name.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// One setting.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Setting {
    /// The version of the configuration.
    version: u64,
    /// As in the document.
    #[schema(value_type = Object)]
    value: Value,
}

/// A new value.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSetting {
    /// The version it was made from; the newest, if not given.
    #[serde(default)]
    version: Option<u64>,
    /// Why, in your own words.
    #[serde(default)]
    note: String,
    /// Only tell what would change.
    #[serde(default)]
    dry_run: bool,
    /// As in the document; null takes it out, so that what a new centre begins with holds.
    #[schema(value_type = Object)]
    value: Value,
}

/// The settings: whatever of the configuration is no list of departments, roles and the like.
#[utoipa::path(get, path = "/api/v1/admin/centre/settings", tag = "centre",
    responses((status = 200, body = Settings), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn list(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Settings>, Fault> {
    let row = admin.centre().await?;
    let Value::Object(mut settings) = document(&without_secrets(&row.centre))? else {
        return Err(FaultCode::NotFound.into());
    };
    settings.retain(|name, _| is_setting(name));
    Ok(Json(Settings { version: row.version, settings }))
}

/// One setting, such as `survey` or `time_outs.offer_s`.
#[utoipa::path(get, path = "/api/v1/admin/centre/settings/{name}", tag = "centre",
    params(("name" = String, Path, description = "Which, with full stops between its parts")),
    responses((status = 200, body = Setting), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn show(
    Extension(admin): Extension<Arc<Admin>>,
    Path(name): Path<String>,
) -> Result<Json<Setting>, Fault> {
    let row = admin.centre().await?;
    let whole = document(&without_secrets(&row.centre))?;
    let found = steps(&name)?.into_iter().try_fold(&whole, |value, step| value.get(step));
    let value = found.cloned().ok_or(FaultCode::NotFound)?;
    Ok(Json(Setting { version: row.version, value }))
}

/// Changes one setting.
#[utoipa::path(put, path = "/api/v1/admin/centre/settings/{name}", tag = "centre", request_body = NewSetting,
    params(("name" = String, Path, description = "Which, with full stops between its parts")),
    responses((status = 200, body = Verdict), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn put(
    Extension(admin): Extension<Arc<Admin>>,
    Path(name): Path<String>,
    Told(NewSetting { version, note, dry_run, value }): Told<NewSetting>,
) -> Result<Json<Verdict>, Fault> {
    let steps = steps(&name)?;
    let set = |centre: &mut Centre| edit(centre, &steps, value);
    Ok(Json(admin.change(Terms { version, note, dry_run }, &name, set).await?))
}

fn is_setting(name: &str) -> bool {
    !PARTS.contains(&name) && name != SCRIPT
}

/// The way to a setting.
fn steps(name: &str) -> Result<Vec<&str>, Fault> {
    let steps: Vec<_> = name.split('.').collect();
    if steps.first().is_some_and(|first| is_setting(first)) { Ok(steps) } else { Err(FaultCode::NotFound.into()) }
}

fn edit(centre: &mut Centre, steps: &[&str], value: Value) -> Result<(), Fault> {
    let mut whole = document(centre)?;
    let Some((last, way)) = steps.split_last() else { return Err(FaultCode::NotFound.into()) };
    let place = way.iter().try_fold(&mut whole, |value, step| value.get_mut(*step));
    let entries = place.and_then(Value::as_object_mut).ok_or(FaultCode::NotFound)?;
    match value {
        Value::Null if entries.remove(*last).is_none() => return Err(FaultCode::NotFound.into()),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            entries.insert((*last).to_owned(), value);
        }
    }
    let name = steps.join(".");
    *centre = serde_json::from_value(whole).map_err(|error| Fault::malformed(format!("{name}: {error}")))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_part_of_the_document_is_a_list_a_setting_or_the_script() {
        let whole = document(&Centre::default()).unwrap();
        for name in whole.as_object().unwrap().keys() {
            let places = [PARTS.contains(&name.as_str()), is_setting(name), name == SCRIPT];
            assert_eq!(places.into_iter().filter(|place| *place).count(), 1, "{name}");
        }
    }

    #[test]
    fn a_setting_is_changed_alone_and_put_back_by_null() {
        let mut centre = Centre::default();
        let set = |centre: &mut Centre, name: &str, value: Value| edit(centre, &steps(name).unwrap(), value);
        set(&mut centre, "time_outs.offer_s", json!(90)).unwrap();
        set(&mut centre, "distribution.weights.Сайт", json!(150)).unwrap();
        set(&mut centre, "login_status", json!("offline")).unwrap();
        assert_eq!((centre.time_outs.offer_s, centre.distribution.weights["Сайт"]), (90, 150));
        assert_ne!(centre, Centre::default());
        for name in ["time_outs.offer_s", "distribution.weights.Сайт", "login_status"] {
            set(&mut centre, name, Value::Null).unwrap();
        }
        assert_eq!(centre, Centre::default());
        for (name, value, code) in [
            ("time_outs.colour_s", json!(1), FaultCode::Malformed),
            ("time_outs.offer_s", json!("soon"), FaultCode::Malformed),
            ("time_outs.offer_s.more", json!(1), FaultCode::NotFound),
            ("distribution.weights.Почта", Value::Null, FaultCode::NotFound),
            ("colour", json!("red"), FaultCode::Malformed),
        ] {
            assert_eq!(set(&mut centre, name, value).unwrap_err().code, code, "{name}");
        }
        assert!(steps("roles").is_err() && steps("script.source").is_err() && steps("departments.sales").is_err());
    }
}
