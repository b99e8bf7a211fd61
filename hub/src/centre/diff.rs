//! What differs between two configurations, in words.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Longer values are not shown.
const SHOWN_CHARS: usize = 60;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct Difference {
    /// Where in the document.
    pub at: String,
    /// What happens there, such as `60 becomes 90`.
    pub what: String,
}

/// What has to be done to the first to get the second, by place in the document.
///
/// Lists whose entries have a `key` are compared by it. Secrets are never shown.
#[must_use]
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found
}

fn compare(at: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => compare_maps(at, before, after, found),
        (Value::Array(first), Value::Array(second)) => match (keyed(first), keyed(second)) {
            (Some(before), Some(after)) if before != after => compare_maps(at, &before, &after, found),
            (Some(_), Some(_)) => tell(at, "the order changes".to_owned(), found),
            (None, _) | (_, None) => tell(at, change(at, before, after), found),
        },
        (
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
        ) => tell(at, change(at, before, after), found),
    }
}

fn compare_maps(at: &str, before: &Map<String, Value>, after: &Map<String, Value>, found: &mut Vec<Difference>) {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) => compare(&at, before, after, found),
            (None, Some(_)) => tell(&at, "is added".to_owned(), found),
            (Some(_), None) => tell(&at, "is removed".to_owned(), found),
            (None, None) => {}
        }
    }
}

/// A list as a map, if each entry has a key of its own.
fn keyed(list: &[Value]) -> Option<Map<String, Value>> {
    let entry = |value: &Value| Some((value.get("key")?.as_str()?.to_owned(), value.clone()));
    let map: Map<_, _> = list.iter().map(entry).collect::<Option<_>>()?;
    (map.len() == list.len() && !map.is_empty()).then_some(map)
}

fn tell(at: &str, what: String, found: &mut Vec<Difference>) {
    found.push(Difference { at: at.to_owned(), what });
}

fn change(at: &str, before: &Value, after: &Value) -> String {
    let secret = at.ends_with("secret");
    match (shown(before), shown(after)) {
        (Some(before), Some(after)) if !secret => format!("{before} becomes {after}"),
        (Some(_), Some(_)) | (None, _) | (_, None) => "changes".to_owned(),
    }
}

/// A value that is short enough to be read in passing.
fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => value.to_string(),
        Value::Object(_) => return None,
    };
    (text.chars().count() <= SHOWN_CHARS).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_told_in_words() {
        let cases = [
            (json!({"a": 60}), json!({"a": 90}), vec![("a", "60 becomes 90")]),
            (json!({"a": null}), json!({"a": "x"}), vec![("a", "nothing becomes \"x\"")]),
            (json!({"a": {}}), json!({"a": {"b": {"c": 1}}}), vec![("a.b", "is added")]),
            (json!({"a": {"b": 1}}), json!({"a": {}}), vec![("a.b", "is removed")]),
            (json!({"kind": {"secret": "x"}}), json!({"kind": {"secret": "y"}}), vec![("kind.secret", "changes")]),
            (json!({"t": "x".repeat(99)}), json!({"t": "y"}), vec![("t", "changes")]),
            (json!({"l": [1]}), json!({"l": [1, 2]}), vec![("l", "[1] becomes [1,2]")]),
            (
                json!({"s": [{"key": "on", "x": 1}, {"key": "off", "x": 1}]}),
                json!({"s": [{"key": "on", "x": 2}, {"key": "new", "x": 1}]}),
                vec![("s.new", "is added"), ("s.off", "is removed"), ("s.on.x", "1 becomes 2")],
            ),
            (
                json!({"s": [{"key": "a"}, {"key": "b"}]}),
                json!({"s": [{"key": "b"}, {"key": "a"}]}),
                vec![("s", "the order changes")],
            ),
            (json!({"a": 1}), json!({"a": 1}), vec![]),
        ];
        for (before, after, expected) in cases {
            let found = differences(&before, &after);
            let told: Vec<_> = found.iter().map(|found| (found.at.as_str(), found.what.as_str())).collect();
            assert_eq!(told, expected, "{before} {after}");
        }
    }
}
