//! P-C4, P-C5 and P-C7: memory after work, and the work of doing nothing.

use super::{
    screen::{Area, Screen, key},
    stage::Stage,
    started::{Startable, Started},
    tree,
};
use crate::bench::Figures;
use anyhow::{Context, Result};
use std::time::Duration;

/// Dialogs opened in turn.
const DIALOGS: usize = 50;
/// A pause in which nothing more is painted.
const QUIET: Duration = Duration::from_millis(150);

pub(super) async fn measure(
    stage: &Stage,
    (list, thread): (Area, Area),
    screen: &Screen,
    idle: Duration,
    figures: &mut Figures,
) -> Result<()> {
    let app = Startable::app(&stage.app, &stage.data, &stage.hub.address(), &stage.logs.join("plain.log"));
    let started = app.start()?;
    let window = started.window(screen)?;
    screen.settle(window, list, Duration::from_secs(2))?;
    let least = floor(stage, screen, idle).await?;
    say(figures, "P-C4_memory_after_start", tree::memory(started.pid), "MiB", least.map(|floor| floor.memory));
    for (program, memory) in tree::memory_by_program(started.pid) {
        figures.say(&format!("P-C4_memory_after_start_{program}"), memory, "MiB");
    }
    let before = tree::memory(started.pid);
    open_in_turn(screen, window, list, thread)?;
    let after = tree::memory(started.pid);
    let name = format!("P-C4_memory_after_{DIALOGS}_dialogs");
    say(figures, &name, after, "MiB", least.map(|floor| floor.memory));
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    figures.say("P-C5_memory_of_one_more_dialog", (after - before) / DIALOGS as f64, "MiB");
    if figures.wants(&["P-C7"]) {
        let visible = rest(&started, idle).await;
        visible.say("P-C7_visible", least.as_ref(), figures);
        screen.press(&[key::ALT, key::F4])?;
        hidden(screen, window)?;
        rest(&started, idle).await.say("P-C7_hidden", None, figures);
    }
    started.stop().await
}

/// What a window does that has nothing to do.
#[derive(Clone, Copy)]
struct Rest {
    memory: f64,
    percent: f64,
    wake_ups: f64,
}

impl Rest {
    fn say(&self, name: &str, floor: Option<&Self>, figures: &mut Figures) {
        say(figures, &format!("{name}_share_of_a_core"), self.percent, "%", floor.map(|floor| floor.percent));
        say(figures, &format!("{name}_wake_ups"), self.wake_ups, "1/s", floor.map(|floor| floor.wake_ups));
    }
}

async fn floor(stage: &Stage, screen: &Screen, idle: Duration) -> Result<Option<Rest>> {
    let Some(floor) = Startable::floor(&stage.logs)? else { return Ok(None) };
    let started = floor.start()?;
    let window = started.window(screen)?;
    screen.settle(window, Area { x: 20, y: 100, width: 300, height: 400 }, Duration::from_secs(2))?;
    let floor = rest(&started, idle / 2).await;
    started.stop().await?;
    Ok(Some(floor))
}

async fn rest(started: &Started, idle: Duration) -> Rest {
    let before = tree::work(started.pid);
    tokio::time::sleep(idle).await;
    let (ticks, switches) = tree::work(started.pid).since(&before);
    let seconds = idle.as_secs_f64();
    let (percent, wake_ups) = (ticks / seconds, switches / seconds);
    Rest { memory: tree::memory(started.pid), percent, wake_ups }
}

/// The operator's own dialogs, one after the other, each until it is painted.
fn open_in_turn(screen: &Screen, window: u32, list: Area, thread: Area) -> Result<()> {
    screen.click(window, (list.x + 100, list.y + 30))?;
    screen.press(&[key::CONTROL, key::TWO])?;
    screen.settle(window, list, QUIET)?;
    screen.click(window, (list.x + 100, list.y + 30))?;
    for _ in 0..DIALOGS {
        screen.settle(window, thread.bottom(200), QUIET)?;
        screen.press(&[key::CONTROL, key::DOWN])?;
    }
    Ok(())
}

fn hidden(screen: &Screen, window: u32) -> Result<()> {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while screen.look(window, Area { x: 0, y: 0, width: 1, height: 1 })?.is_some() {
        (std::time::Instant::now() < deadline).then_some(()).context("the window does not hide")?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn say(figures: &mut Figures, name: &str, value: f64, unit: &'static str, floor: Option<f64>) {
    match floor {
        Some(floor) => figures.say_with_floor(name, value, unit, floor),
        None => figures.say(name, value, unit),
    }
}
