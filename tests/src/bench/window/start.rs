//! P-C1 to P-C3: from starting the program to the list on the screen.

use super::{
    screen::{Area, Picture, Screen},
    stage::Stage,
    started::{FLOOR_COLOUR, FLOOR_GROUND, Startable, Started},
    tree,
};
use crate::{
    bench::{Figures, latency::Latency, pages::drop_page_cache},
    e2e::alone,
};
use anyhow::{Context, Result};
use std::time::Duration;

/// The list has come when so much of its ink is there; a timer or two may read differently.
const ENOUGH: f64 = 0.97;
/// A list with rows in it has no emptier place than this, in scan lines: less than two rows.
const BLANK: usize = 120;
/// The list looks final when it has not changed for so long.
const QUIET: Duration = Duration::from_secs(3);

/// What is started, and by what one sees that it is there.
struct Scene<'a> {
    screen: &'a Screen,
    what: &'a Startable,
    area: Area,
    is: Box<dyn Fn(&Picture) -> bool + 'a>,
}

pub(super) async fn measure(
    stage: &Stage,
    list: Area,
    screen: &Screen,
    runs: usize,
    figures: &mut Figures,
) -> Result<()> {
    let app = Startable::app(&stage.app, &stage.data, &stage.hub.address(), &stage.logs.join("plain.log"));
    let (started, window) = settled(screen, &app, list)?;
    let (last, _) = screen.settle(window, list, QUIET)?;
    started.stop().await?;
    let scene = Scene { screen, what: &app, area: list, is: Box::new(move |picture| last.ink_in(picture) >= ENOUGH) };
    let small = Startable::floor(&stage.logs)?;
    let floor = small.as_ref().map(|what| Scene {
        screen,
        what,
        area: FLOOR_GROUND,
        is: Box::new(|picture| picture.first() == Some(FLOOR_COLOUR)),
    });
    if drop_page_cache() {
        compare("P-C1_cold_start_to_list", &scene, floor.as_ref(), runs, true, figures).await?;
    } else {
        figures.not_measured("P-C1", "only root may empty the page cache");
    }
    compare("P-C2_warm_start_to_list", &scene, floor.as_ref(), runs, false, figures).await?;
    // Stopped, it answers nobody: the system still takes the connection, and nothing comes back.
    let hub = stage.hub.pid().to_string();
    alone::ask("kill", ["-STOP", &hub]).await?;
    let silent = compare("P-C3_start_with_a_silent_hub", &scene, floor.as_ref(), runs, false, figures).await;
    alone::ask("kill", ["-CONT", &hub]).await?;
    silent
}

fn settled(screen: &Screen, app: &Startable, list: Area) -> Result<(Started, u32)> {
    let started = app.start()?;
    let window = started.window(screen)?;
    let shown = screen.look_until(window, list, Duration::from_secs(30), |picture| picture.blank_lines() < BLANK)?;
    shown.context("the app paints nothing")?;
    Ok((started, window))
}

async fn compare(
    name: &str,
    scene: &Scene<'_>,
    floor: Option<&Scene<'_>>,
    runs: usize,
    cold: bool,
    figures: &mut Figures,
) -> Result<()> {
    let (mut app, mut least) = (Latency::default(), Latency::default());
    let (mut app_work, mut least_work) = (Latency::default(), Latency::default());
    // In turn, so that whatever else the machine does falls on both.
    for _ in 0..runs.max(2) {
        let (took, work) = scene.once(cold).await?;
        app.add(took);
        app_work.add(work);
        if let Some(floor) = floor {
            let (took, work) = floor.once(cold).await?;
            least.add(took);
            least_work.add(work);
        }
    }
    app.say(name, floor.map(|_| &least), figures);
    // What a busy machine does not stretch.
    app_work.say_median(&format!("{name}_processor_time"), floor.map(|_| &least_work), figures);
    Ok(())
}

impl Scene<'_> {
    /// How long it took, and how much processor time of all its processes.
    async fn once(&self, cold: bool) -> Result<(Duration, Duration)> {
        if cold {
            drop_page_cache();
        }
        let started = self.what.start()?;
        let window = started.window(self.screen)?;
        let shown = self.screen.look_until(window, self.area, Duration::from_secs(30), &self.is)?;
        let took = shown.context("what was waited for is never painted")? - started.at;
        let work = tree::work(started.pid).time();
        started.stop().await?;
        Ok((took, work))
    }
}
