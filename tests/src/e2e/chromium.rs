//! A real browser with a profile of its own, in Russian.

use super::browser::{Browser, driver};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Flags without which the browser would ask its maker's servers for this and that, or not start as root.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,760",
];

/// Starts it.
///
/// # Errors
/// It does not start.
pub async fn open(profile: &Path, log: &Path) -> Result<Browser> {
    let profile = format!("--user-data-dir={}", profile.display());
    let args: Vec<_> = FLAGS.iter().copied().chain(["--lang=ru", profile.as_str()]).collect();
    let preferences = json!({"intl.accept_languages": "ru,en"});
    let mut capabilities = Map::<String, Value>::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), json!({"args": args, "prefs": preferences}));
    let mut command = driver("chromedriver", log)?;
    command.env("LANGUAGE", "ru");
    Browser::open(command, capabilities).await
}
