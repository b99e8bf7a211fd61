//! P-C11 and P-C17: a fling through all rows of the list, by the page's own frame times, by what is painted meanwhile,
//! and by how long nothing else could be done in the page.

use super::{
    screen::{Area, Screen},
    stage::Stage,
};
use crate::{
    bench::{Figures, latency::Latency},
    e2e::patience::until,
};
use anyhow::{Context, Result};
use std::time::Duration;

/// Scrolls from end to end in so many positions, one a frame, and keeps the time of each frame.
const FLING: &str = "const list = document.querySelector('[role=listbox]'); const count = arguments[0]; const times = [];\
    const far = list.scrollHeight - list.clientHeight; let step = 0; window.benchFling = null;\
    const frame = (now) => { times.push(now); if (step > count) { window.benchFling = times; return; }\
    list.scrollTop = far * (step++ / count); requestAnimationFrame(frame); };\
    requestAnimationFrame(frame); return far;";

/// The floor: as many frames in which nothing moves.
const STILL: &str = "const count = arguments[0]; const times = []; window.benchFling = null;\
    const frame = (now) => { times.push(now); if (times.length > count) { window.benchFling = times; return; }\
    requestAnimationFrame(frame); }; requestAnimationFrame(frame); return 0;";

/// Looks again and again whether the page can do anything, for as long as a run lasts, and keeps the longest wait.
const LAG: &str = "window.benchLag = 0; window.benchFling = null; let last = performance.now();\
    const look = () => { const now = performance.now(); window.benchLag = Math.max(window.benchLag, now - last);\
    last = now; if (window.benchFling === null) setTimeout(look, 0); }; setTimeout(look, 0); return 0;";

const POSITIONS: u32 = 300;
/// The height of a row of the list.
const ROW: usize = 66;

pub(super) async fn measure(stage: &Stage, list: Area, screen: &Screen, figures: &mut Figures) -> Result<()> {
    let mut operator = stage.operator();
    operator.start().await?;
    let pid = std::fs::read_to_string(stage.logs.join("ira.pid"))?.trim().parse()?;
    let window = screen.window_of(pid)?.context("the app has no window")?;
    screen.settle(window, list, Duration::from_secs(2))?;
    let page = operator.page()?;
    let _: f64 = page.ask(STILL, vec![POSITIONS.into()]).await?;
    let floor = frames(page).await?;
    let _: f64 = page.ask(LAG, Vec::new()).await?;
    let _: f64 = page.ask(STILL, vec![POSITIONS.into()]).await?;
    let floor_block = block(page).await?;
    let mut all = Latency::default();
    let mut blank = 0;
    for _ in 0..3 {
        let far: f64 = page.ask(FLING, vec![POSITIONS.into()]).await?;
        figures.say("P-C11_scroll_height", far, "px");
        all.join(frames(page).await?);
    }
    let _: f64 = page.ask(LAG, Vec::new()).await?;
    let _: f64 = page.ask(FLING, vec![POSITIONS.into()]).await?;
    figures.say_with_floor("P-C17_longest_block_of_the_page", block(page).await?, "ms", floor_block);
    // Once more, watched; the looking takes time of its own, so that its frames do not count.
    let _: f64 = page.ask(FLING, vec![POSITIONS.into()]).await?;
    let (mut looks, mut holes) = (0, 0);
    while page.ask::<Option<Vec<f64>>>("return window.benchFling", Vec::new()).await?.is_none() {
        let picture = screen.look(window, list)?.context("the window is gone")?;
        let lines = picture.blank_lines();
        blank = blank.max(lines);
        holes += u32::from(lines > 2 * ROW);
        looks += 1;
    }
    all.say("P-C11_fling_frame", Some(&floor), figures);
    figures.say("P-C11_screenshots_during_fling", f64::from(looks), "pictures");
    figures.say("P-C11_screenshots_with_two_blank_rows", f64::from(holes), "pictures");
    #[expect(clippy::cast_precision_loss, reason = "a share for reading")]
    figures.say("P-C11_longest_blank_stretch", blank as f64 / ROW as f64, "rows");
    operator.kill().await
}

/// The longest time in which the page could do nothing else in a run that is watched by [`LAG`], in milliseconds.
async fn block(page: &crate::e2e::browser::Browser) -> Result<f64> {
    frames(page).await?;
    page.ask("return window.benchLag", Vec::new()).await
}

/// The times between the frames of a run that has ended.
async fn frames(page: &crate::e2e::browser::Browser) -> Result<Latency> {
    let times: Vec<f64> = until("the fling has ended", Duration::from_secs(60), || async {
        page.ask::<Option<Vec<f64>>>("return window.benchFling", Vec::new()).await
    })
    .await?;
    let mut latency = Latency::default();
    for pair in times.windows(2) {
        latency.add(Duration::from_secs_f64((pair[1] - pair[0]).max(0.0) / 1000.0));
    }
    Ok(latency)
}
