//! The window's figures: the real app beside a real hub, with ten thousand dialogs in its cache, seen as pixels, heard
//! as samples and weighed as processes.

mod busy;
mod cover;
mod fling;
mod input;
mod screen;
mod sound;
mod stage;
mod start;
mod started;
mod still;
pub(super) mod tree;
mod uncached;

pub(super) use busy::say;

use super::{Figures, Size};
use anyhow::Result;
use input::Places;
use screen::Screen;
use stage::Stage;
use std::{path::Path, time::Duration};

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Starts of each kind.
    pub starts: usize,
    /// Clicks, and half the keys.
    pub inputs: usize,
    /// Alarms.
    pub alarms: usize,
    /// How long nothing is done.
    pub idle: Duration,
}

const GOALS: [&str; 12] =
    ["P-C1", "P-C2", "P-C3", "P-C4", "P-C5", "P-C7", "P-C8", "P-C10", "P-C11", "P-C12", "P-C17", "S-C20"];
const APART: [&str; 2] = ["P-C9", "P-C14"];

/// Measures the window of `app` with a hub of its own.
///
/// # Errors
/// If one of the programs does not start, or shows nothing.
pub fn measure(app: &Path, hub: &Path, size: Size, pace: Pace, folder: &Path, figures: &mut Figures) -> Result<()> {
    if !figures.wants(&GOALS) && !figures.wants(&APART) {
        return Ok(());
    }
    let Ok(screen) = Screen::open() else {
        figures.not_measured("P-C", "there is no display; `cargo xtask bench` brings one");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play(&screen, app, hub, size, pace, folder, figures))
}

async fn play(
    screen: &Screen,
    app: &Path,
    hub: &Path,
    size: Size,
    pace: Pace,
    folder: &Path,
    figures: &mut Figures,
) -> Result<()> {
    if figures.wants(&["P-C9"]) {
        figures.tell("the window: dialogs it knows nothing of");
        let measured = uncached::measure((app, hub), screen, pace.inputs / 2, &folder.join("uncached"), figures).await;
        kept("P-C9", measured, figures);
    }
    if !figures.wants(&GOALS) && !figures.wants(&["P-C14"]) {
        return Ok(());
    }
    figures.tell("the window: signing in");
    let stage = Stage::prepare(app, hub, &folder.join("furnished")).await?;
    let mut operator = stage.operator();
    operator.start().await?;
    operator.sign_in(super::hub::PASSWORD).await?;
    operator.wait_for_text("Waiting").await?;
    if figures.wants(&["P-C14"]) {
        figures.tell("the window: alarms");
        kept("P-C14", sound::measure(&stage, &operator, pace.alarms, figures).await, figures);
    }
    operator.kill().await?;
    if !figures.wants(&GOALS) {
        return stage.hub.stop().await;
    }
    figures.tell("the window: writing the fixture");
    stage.furnish(size)?;
    let places = look_around(&stage).await?;
    if figures.wants(&["P-C1", "P-C2", "P-C3"]) {
        figures.tell("the window: starts");
        kept("P-C1 to P-C3", start::measure(&stage, places.list, screen, pace.starts, figures).await, figures);
    }
    if figures.wants(&["P-C4", "P-C5", "P-C7"]) {
        figures.tell("the window: memory and rest");
        let measured = still::measure(&stage, (places.list, places.thread), screen, pace.idle, figures).await;
        kept("P-C4 and P-C7", measured, figures);
    }
    if figures.wants(&["P-C8", "P-C10", "P-C12"]) {
        figures.tell("the window: clicks and keys");
        kept("P-C8, P-C10 and P-C12", input::measure(&stage, places, screen, pace.inputs, figures).await, figures);
    }
    if figures.wants(&["S-C20"]) {
        figures.tell("the window: covered and opened");
        kept("S-C20", cover::measure(&stage, places, screen, pace.inputs / 4, figures).await, figures);
    }
    if figures.wants(&["P-C11", "P-C17"]) {
        figures.tell("the window: a fling");
        kept("P-C11 and P-C17", fling::measure(&stage, places.list, screen, figures).await, figures);
    }
    stage.hub.stop().await
}

/// One figure that fails takes no other with it.
fn kept(what: &str, measured: Result<()>, figures: &mut Figures) {
    if let Err(why) = measured {
        figures.not_measured(what, &format!("{why:#}"));
    }
}

/// Where the list, a thread and the field to write in are, by a start under the page's driver.
async fn look_around(stage: &Stage) -> Result<Places> {
    let mut operator = stage.operator();
    operator.start().await?;
    operator.wait_for_text("Waiting").await?;
    operator.section("Mine").await?;
    operator.page()?.click(crate::e2e::browser::Named::first("row")).await?;
    operator.page()?.find(crate::e2e::browser::Named::field(".composer")).await?;
    let places = Places {
        list: stage::area(&operator, "[role=listbox]").await?,
        thread: stage::area(&operator, "main .thread").await?,
        field: stage::area(&operator, ".composer textarea").await?,
    };
    operator.kill().await?;
    Ok(places)
}
