//! What happens: the trail, the queues, the hub at a glance; and the workspaces.

use super::{
    commands::{Trail, Workspace},
    link::{Link, text_of},
    print::{table, time},
};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) async fn audit(link: &Link, trail: Trail) -> anyhow::Result<String> {
    let Trail { before, limit, login, what, subject, since, until } = trail;
    let at = |at: jiff::Timestamp| at.as_millisecond().to_string();
    let asked = [
        ("limit", Some(limit.to_string())),
        ("before", before.map(|before| before.to_string())),
        ("login", login),
        ("what", what),
        ("subject", subject),
        ("since", since.map(at)),
        ("until", until.map(at)),
    ];
    let query: Vec<_> = asked.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let lines = link.ask(Method::GET, &["audit"], &query, None).await?;
    Ok(table(&lines, &["number", "at", "login", "what", "subject", "detail"]))
}

pub(super) async fn queues(link: &Link) -> anyhow::Result<String> {
    let queues = link.ask(Method::GET, &["queues"], &[], None).await?;
    let columns = ["department", "language", "offline", "length", "oldest_ms", "free", "busy"];
    Ok(format!("{}\n{}", columns.join("\t"), table(&queues, &columns)))
}

pub(super) async fn status(link: &Link) -> anyhow::Result<String> {
    let status = link.ask(Method::GET, &["status"], &[], None).await?;
    let lines = status.as_object().into_iter().flatten();
    let one = |value: &Value| match value["code"].as_str() {
        Some(code) => format!("{code} ({}, {})", time(&value["at"]), text_of(&value["why"])),
        None => text_of(value),
    };
    let told = |value: &Value| match value.as_array() {
        Some(several) => several.iter().map(one).collect::<Vec<_>>().join(", "),
        None => text_of(value),
    };
    Ok(lines.map(|(name, value)| format!("{name}\t{}\n", told(value))).collect())
}

pub(super) async fn workspace(link: &Link, command: Workspace) -> anyhow::Result<String> {
    match command {
        Workspace::List => {
            let names = link.ask(Method::GET, &["workspaces"], &[], None).await?;
            Ok(names.as_array().into_iter().flatten().map(|name| format!("{}\n", text_of(name))).collect())
        }
        Workspace::Add { short, name, admin_login, admin_name } => {
            let body = json!({ "short": short, "name": name, "login": admin_login, "administrator": admin_name });
            let made = link.ask(Method::POST, &["workspaces"], &[], Some(&body)).await?;
            Ok(format!("page: {}\npassword: {}\n", text_of(&made["page"]), text_of(&made["password"])))
        }
    }
}
