//! S-C20: from the key that covers the window until nothing of anybody is painted in it, and from the key that opens it
//! until the thread stands there again.

use super::{
    input::Places,
    screen::{Screen, key},
    stage::Stage,
    started::Startable,
};
use crate::bench::{Figures, latency::Latency};
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};

/// The keys that cover the window.
const COVER: [u32; 3] = [key::CONTROL, key::SHIFT, key::E];
/// A pause in which nothing more is painted.
const QUIET: Duration = Duration::from_millis(250);
/// Waited for one change.
const PATIENCE: Duration = Duration::from_secs(5);
/// A letter is wider than a caret.
const LETTER: usize = 4;

pub(super) async fn measure(
    stage: &Stage,
    places: Places,
    screen: &Screen,
    runs: usize,
    figures: &mut Figures,
) -> Result<()> {
    let app = Startable::app(&stage.app, &stage.data, &stage.hub.address(), &stage.logs.join("plain.log"));
    let started = app.start()?;
    let window = started.window(screen)?;
    screen.settle(window, places.list, Duration::from_secs(2))?;
    screen.click(window, (places.list.x + 100, places.list.y + 30))?;
    screen.press(&[key::CONTROL, key::TWO])?;
    screen.settle(window, places.list, QUIET)?;
    screen.click(window, (places.list.x + 100, places.list.y + 30))?;
    let everything = places.list.with(places.thread);
    let (shown, _) = screen.settle(window, everything, QUIET)?;
    // How it looks covered is told by a first time, which does not count: the same words stand there each time.
    screen.press(&COVER)?;
    let changed =
        screen.look_until(window, everything, PATIENCE, |picture| picture.columns_changed(&shown) > LETTER)?;
    changed.context("the keys cover nothing")?;
    let (blank, _) = screen.settle(window, everything, QUIET)?;
    let blank_thread = screen.look(window, places.thread)?.context("the window is gone")?;
    let (mut covered, mut opened) = (Latency::default(), Latency::default());
    for run in 0..runs {
        let start = Instant::now();
        screen.press(&[key::X])?;
        let begins = screen
            .look_until(window, places.thread, PATIENCE, |picture| picture.columns_changed(&blank_thread) > LETTER)?;
        begins.with_context(|| format!("key {run} opens nothing"))?;
        let (_, at) = screen.settle(window, places.thread, QUIET)?;
        opened.add(at - start);
        let start = Instant::now();
        screen.press(&COVER)?;
        let gone = screen.look_until(window, everything, PATIENCE, |picture| picture.columns_changed(&blank) == 0)?;
        covered.add(gone.with_context(|| format!("something stays under the cover at {run}"))? - start);
        let (after, _) = screen.settle(window, everything, QUIET)?;
        ensure!(after.columns_changed(&blank) == 0, "something comes back under the cover at {run}");
    }
    covered.say("S-C20_key_to_nothing_of_anybody_painted", None, figures);
    opened.say("S-C20_key_to_thread_painted_again", None, figures);
    started.stop().await
}
