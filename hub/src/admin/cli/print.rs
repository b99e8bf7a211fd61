//! What files say, and how answers are printed.

use super::{commands::How, link::text_of};
use anyhow::Context as _;
use serde_json::{Map, Value, json};
use std::{fmt::Write as _, path::Path};
use zeroize::Zeroizing;

impl How {
    pub(super) fn body(&self) -> Value {
        json!({ "version": self.version, "note": self.note, "dry_run": self.dry_run })
    }

    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("note", self.note.clone()), ("dry_run", self.dry_run.to_string())];
        query.extend(self.version.map(|version| ("version", version.to_string())));
        query
    }
}

/// What a change came to.
pub(super) fn verdict(answer: &Value) -> String {
    let mut out = table(&answer["changes"], &["at", "what"]);
    if out.is_empty() {
        out.push_str("nothing changes\n");
    }
    let state = if answer["dry_run"] == true { "nothing was changed; in force" } else { "in force" };
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{state}: version {}", answer["version"]);
    out
}

/// Rows with tabs between.
pub(super) fn table(rows: &Value, columns: &[&str]) -> String {
    let line = |row: &Value| {
        let cells: Vec<_> = columns.iter().map(|column| text_of(&row[*column]).replace(['\t', '\n'], " ")).collect();
        cells.join("\t") + "\n"
    };
    rows.as_array().into_iter().flatten().map(line).collect()
}

/// JSON as people read it.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// A time as people read it.
pub(super) fn time(value: &Value) -> String {
    let at = value.as_i64().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    at.map_or_else(|| "-".to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("the standard input cannot be read");
    }
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

pub(super) fn first_line(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = Zeroizing::new(read(path)?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// An entry of the document, in either syntax.
pub(super) fn entry(path: &Path) -> anyhow::Result<Map<String, Value>> {
    let text = read(path)?;
    let json = text.trim_start().starts_with('{');
    let read = if json {
        serde_json::from_str(&text).map_err(anyhow::Error::new)
    } else {
        toml::from_str(&text).map_err(anyhow::Error::new)
    };
    read.with_context(|| format!("{} is not understood", path.display()))
}

/// Into a file, or to the standard output.
pub(super) fn put_out(to: Option<&Path>, text: String) -> anyhow::Result<String> {
    let Some(path) = to else { return Ok(text) };
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(format!("written to {}\n", path.display()))
}
