//! Distribution in JavaScript: tried, put into force, listed, switched back.

use super::{
    commands::Script,
    link::{Link, text_of},
    print::{read, time, verdict},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

pub(super) async fn script(link: &Link, command: Script) -> anyhow::Result<String> {
    match command {
        Script::Show { version } => {
            let version = version.map(|version| version.to_string());
            let path = version.as_ref().map_or_else(|| vec!["script"], |version| vec!["script", "versions", version]);
            let shown = link.ask(Method::GET, &path, &[], None).await?;
            Ok(shown["source"].as_str().map_or_else(|| "no script: the built-in rule\n".to_owned(), str::to_owned))
        }
        Script::Put { file, limit_ms, how } => {
            let mut body = how.body();
            body["source"] = read(&file)?.into();
            body["limit_ms"] = limit_ms.into();
            Ok(verdict(&link.ask(Method::PUT, &["script"], &[], Some(&body)).await?))
        }
        Script::List => {
            let rows = link.ask(Method::GET, &["script", "versions"], &[], None).await?;
            Ok(rows.as_array().into_iter().flatten().map(line).collect())
        }
        Script::Try { file, limit_ms, dialogs, all } => {
            let body = json!({ "source": read(&file)?, "limit_ms": limit_ms, "dialogs": dialogs });
            Ok(trial(&link.ask(Method::POST, &["script", "try"], &[], Some(&body)).await?, all, &file))
        }
        Script::Switch { to, how } => {
            let path = ["script", "versions", &to.to_string(), "switch"];
            Ok(verdict(&link.ask(Method::POST, &path, &[], Some(&how.body())).await?))
        }
        Script::Back { how } => {
            Ok(verdict(&link.ask(Method::POST, &["script", "back"], &[], Some(&how.body())).await?))
        }
    }
}

fn line(row: &Value) -> String {
    let size = row["bytes"].as_u64().map_or_else(|| "no script".to_owned(), |bytes| format!("{bytes} bytes"));
    let mark = if row["in_force"] == true { "\tin force" } else { "" };
    let [login, note] = [&row["login"], &row["note"]].map(text_of);
    format!("{}\t{}\t{login}\t{size}\t{note}{mark}\n", row["version"], time(&row["at"]))
}

/// What a trial came to: a line for each dialog that would go elsewhere, and the sum.
fn trial(answer: &Value, all: bool, file: &Path) -> String {
    let side = |said: &Value| match said["why"].as_str() {
        Some(why) => format!("built-in ({why})"),
        None if said["tasks"] == 0 => text_of(&said["to"]),
        None => format!("{} and {} tasks", text_of(&said["to"]), said["tasks"]),
    };
    let lines = answer["lines"].as_array().into_iter().flatten().filter(|line| all || line["differs"] == true);
    let mut out: String =
        lines.map(|line| format!("{}\t{}\t-> {}\n", line["number"], side(&line["old"]), side(&line["new"]))).collect();
    out += &format!(
        "{}: of {} dialogs {} go elsewhere; it fails for {}. Nothing was changed.\n",
        file.display(),
        answer["tried"],
        answer["differ"],
        answer["fail"]
    );
    out
}
