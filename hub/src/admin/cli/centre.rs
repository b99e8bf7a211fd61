//! The configuration: as a whole, entry by entry, setting by setting.

use super::{
    commands::{Centre, Entry, Form, How, Setting},
    link::{Link, text_of},
    print::{entry, pretty, put_out, read, table, verdict},
};
use anyhow::Context as _;
use reqwest::Method;
use serde_json::Value;
use std::{fmt::Write as _, path::Path};

pub(super) async fn centre(link: &Link, command: Centre) -> anyhow::Result<String> {
    match command {
        Centre::Export { out, form } => {
            let form = match form {
                Form::Toml => "toml",
                Form::Json => "json",
            };
            let query = [("format", form.to_owned())];
            let text = link.text(Method::GET, &["centre", "file"], &query, None).await?;
            put_out(out.as_deref(), text)
        }
        Centre::Import { file, how } => import(link, &file, &how).await,
        Centre::Check { file: Some(file) } => {
            let how = How { version: None, note: String::new(), dry_run: true };
            import(link, &file, &how).await
        }
        Centre::Check { file: None } => {
            let problems = link.ask(Method::GET, &["centre", "check"], &[], None).await?;
            let told = table(&problems, &["at", "what", "remedy"]);
            Ok(if told.is_empty() { "in order\n".to_owned() } else { told })
        }
        Centre::Versions { limit } => {
            let query = [("limit", limit.to_string())];
            let versions = link.ask(Method::GET, &["centre", "versions"], &query, None).await?;
            Ok(table(&versions, &["version", "at", "by", "note"]))
        }
        Centre::SwitchBack { to, how } => {
            let path = ["centre", "versions", &to.to_string(), "switch-back"];
            Ok(verdict(&link.ask(Method::POST, &path, &[], Some(&how.body())).await?))
        }
    }
}

pub(super) async fn import(link: &Link, file: &Path, how: &How) -> anyhow::Result<String> {
    let json = file.extension().is_some_and(|end| end == "json");
    let kind = if json { "application/json" } else { "application/toml" };
    let body = Some((kind, read(file)?));
    let answer = link.text(Method::POST, &["centre", "file"], &how.query(), body).await;
    let taken: Value = serde_json::from_str(&answer.with_context(|| format!("{}", file.display()))?)?;
    let mut out = verdict(&taken);
    for (login, password) in taken["passwords"].as_object().into_iter().flatten() {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{login}\tpassword: {}", text_of(password));
    }
    Ok(out)
}

pub(super) async fn part(link: &Link, part: &str, command: Entry) -> anyhow::Result<String> {
    match command {
        Entry::List => {
            let entries = link.ask(Method::GET, &["centre", "parts", part], &[], None).await?;
            let lines = entries["entries"].as_object().into_iter().flatten();
            Ok(lines.map(|(key, value)| format!("{key}\t{value}\n")).collect())
        }
        Entry::Show { key } => {
            let shown = link.ask(Method::GET, &["centre", "parts", part, &key], &[], None).await?;
            Ok(pretty(&shown["value"]))
        }
        Entry::Put { key, file, how } => {
            let mut body = how.body();
            body["value"] = Value::Object(entry(&file)?);
            Ok(verdict(&link.ask(Method::PUT, &["centre", "parts", part, &key], &[], Some(&body)).await?))
        }
        Entry::Remove { key, how } => {
            Ok(verdict(&link.ask(Method::DELETE, &["centre", "parts", part, &key], &how.query(), None).await?))
        }
    }
}

pub(super) async fn setting(link: &Link, command: Setting) -> anyhow::Result<String> {
    match command {
        Setting::List => {
            let all = link.ask(Method::GET, &["centre", "settings"], &[], None).await?;
            let lines = all["settings"].as_object().into_iter().flatten();
            Ok(lines.map(|(name, value)| format!("{name}\t{value}\n")).collect())
        }
        Setting::Show { name } => {
            let shown = link.ask(Method::GET, &["centre", "settings", &name], &[], None).await?;
            Ok(pretty(&shown["value"]))
        }
        Setting::Set { name, value, file, how } => {
            let mut body = how.body();
            body["value"] = match (file, value) {
                (Some(file), _) => Value::Object(entry(&file)?),
                // What is no JSON is a text: names need no quotes.
                (None, Some(value)) => serde_json::from_str(&value).unwrap_or(Value::String(value)),
                (None, None) => anyhow::bail!("a value or --file is needed"),
            };
            Ok(verdict(&link.ask(Method::PUT, &["centre", "settings", &name], &[], Some(&body)).await?))
        }
    }
}
