//! Sees the notifications through the notification server that shows them.

use super::alone::ask;
use super::patience::{SOON, until, until_true};
use anyhow::{Context, Result};
use serde_json::Value;
use std::time::{Duration, Instant};

/// A notification that was on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Popup {
    /// The server's number; later ones are higher.
    pub id: u64,
    /// Who showed it.
    pub app: String,
    /// Its title.
    pub title: String,
    /// Its words.
    pub body: String,
}

/// How many are on the screen now.
///
/// # Errors
/// The server does not answer.
pub async fn shown() -> Result<u32> {
    ask("dunstctl", ["count", "displayed"]).await?.parse().context("the notification server counts oddly")
}

/// Waits until at least one is on the screen.
///
/// # Errors
/// None came in time.
pub async fn wait_for_one() -> Result<()> {
    until_true("a notification is on the screen", SOON, || async { Ok(shown().await? > 0) }).await
}

/// Waits until none is on the screen.
///
/// # Errors
/// One stayed.
pub async fn wait_for_none() -> Result<()> {
    until_true("no notification is on the screen any more", SOON, || async { Ok(shown().await? == 0) }).await
}

/// Watches until a moment.
///
/// # Errors
/// A notification appeared.
pub async fn none_until(moment: Instant) -> Result<()> {
    let patience = moment.saturating_duration_since(Instant::now()) + SOON;
    until("the watch ends", patience, || async {
        let count = shown().await?;
        Ok((count > 0 || Instant::now() > moment).then_some(count))
    })
    .await
    .and_then(|count| {
        anyhow::ensure!(count == 0, "a notification appeared while the operator was looking at the window");
        Ok(())
    })
}

/// Clicks the newest one on the screen.
///
/// # Errors
/// There is none.
pub async fn click() -> Result<()> {
    ask("dunstctl", ["action", "0"]).await.map(drop)
}

/// Takes all off the screen, and hands over what has been shown since `after`, oldest first.
///
/// # Errors
/// The server does not answer.
pub async fn collect(after: u64) -> Result<Vec<Popup>> {
    ask("dunstctl", ["close-all"]).await?;
    wait_for_none().await?;
    history(after).await
}

/// What was shown and has left the screen, newer than `after`, oldest first.
///
/// # Errors
/// The server does not answer.
pub async fn history(after: u64) -> Result<Vec<Popup>> {
    let said: Value = serde_json::from_str(&ask("dunstctl", ["history"]).await?)?;
    let all = said.pointer("/data/0").and_then(Value::as_array).context("the notification server keeps no history")?;
    let text = |of: &Value, name: &str| of[name]["data"].as_str().unwrap_or_default().to_owned();
    let mut popups: Vec<_> = all
        .iter()
        .map(|of| Popup {
            id: of["id"]["data"].as_u64().unwrap_or(0),
            app: text(of, "appname"),
            title: text(of, "summary"),
            body: text(of, "body"),
        })
        .filter(|popup| popup.id > after)
        .collect();
    popups.sort_by_key(|popup| popup.id);
    Ok(popups)
}

/// The number of the newest that has left the screen.
///
/// # Errors
/// The server does not answer.
pub async fn newest() -> Result<u64> {
    Ok(history(0).await?.last().map_or(0, |popup| popup.id))
}

/// How long the screen is watched before nothing counts as nothing.
pub const WATCH: Duration = Duration::from_secs(2);
