//! Between the hub's types and columns.

use crate::store::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;
use tokio_postgres::{Row, types::FromSql};

pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A column's value.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn json(value: &impl Serialize) -> String {
    // Structs and enums with string keys: serialising them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("column {}", error.column())))
}

/// The word of an enum without fields.
pub(super) fn text_of(value: &impl Serialize) -> String {
    json(value).trim_matches('"').to_owned()
}

pub(super) fn word<T: DeserializeOwned>(text: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text)).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// A text without NUL, which PostgreSQL's TEXT cannot hold.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}
