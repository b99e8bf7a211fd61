//! P-C8, P-C10 and P-C12: from the mouse and the keyboard to the pixels.

use super::{
    busy::{Busy, astray},
    screen::{Area, Screen, key},
    stage::Stage,
    started::{FLOOR_TEXT, Startable, floor_field},
};
use crate::bench::{Figures, hub::BenchHub, latency::Latency};
use anyhow::{Context, Result};
use otklik_model::DialogId;
use std::time::{Duration, Instant};

/// A pause in which nothing more is painted.
const QUIET: Duration = Duration::from_millis(250);
/// Waited for one change.
const PATIENCE: Duration = Duration::from_secs(5);
/// A letter is wider than a caret.
const LETTER: usize = 4;
/// On how many pages a customer writes a thousand messages a second.
const PAGES: usize = 4;
/// The height of a row of the list.
const ROW: i16 = 66;

/// Where things are in the window.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) list: Area,
    pub(super) thread: Area,
    pub(super) field: Area,
}

pub(super) async fn measure(
    stage: &Stage,
    places: Places,
    screen: &Screen,
    runs: usize,
    figures: &mut Figures,
) -> Result<()> {
    let floor = Startable::floor(&stage.logs)?;
    let (mut clicks, mut keys) = (None, None);
    if let Some(floor) = &floor {
        let started = floor.start()?;
        let window = started.window(screen)?;
        screen.settle(window, FLOOR_TEXT, Duration::from_secs(1))?;
        clicks = Some(click_floor(screen, window, FLOOR_TEXT, runs)?);
        keys = Some(type_letters(screen, window, floor_field(screen.height(window)?), runs)?);
        started.stop().await?;
    }
    let app = Startable::app(&stage.app, &stage.data, &stage.hub.address(), &stage.logs.join("plain.log"));
    let started = app.start()?;
    let window = started.window(screen)?;
    screen.settle(window, places.list, Duration::from_secs(2))?;
    if figures.wants(&["P-C8"]) {
        let (first, last) = click_rows(screen, window, places, runs)?;
        first.say("P-C8_click_to_first_pixel_of_thread", clicks.as_ref(), figures);
        last.say("P-C8_click_to_thread_painted", clicks.as_ref(), figures);
    }
    if figures.wants(&["P-C10"]) {
        let busy = Busy::open(&stage.hub, 1).await?;
        screen.press(&[key::CONTROL, key::THREE])?;
        screen.settle(window, places.list, QUIET)?;
        screen.click(window, (places.list.x + 100, places.list.y + 30))?;
        screen.settle(window, places.thread, QUIET)?;
        let idle = type_letters(screen, window, places.field, runs)?;
        idle.say("P-C10_key_to_pixel_idle", keys.as_ref(), figures);
        let traffic = busy.write_every(Duration::from_millis(5));
        let under_load = type_letters(screen, window, places.field, runs)?;
        let written = traffic.stop().await?;
        under_load.say("P-C10_key_to_pixel_200_inserts", keys.as_ref(), figures);
        figures.say("P-C10_inserts_written", f64::from(written), "messages");
    }
    let flooded = if figures.wants(&["P-C12"]) {
        Some(flood(&stage.hub, places, screen, window, runs, figures).await?)
    } else {
        None
    };
    started.stop().await?;
    flooded.map_or(Ok(()), |dialog| say_stored(stage, dialog, figures))
}

/// A thousand messages a second into the open thread while one types. Says into which dialog.
async fn flood(
    hub: &BenchHub,
    places: Places,
    screen: &Screen,
    window: u32,
    runs: usize,
    figures: &mut Figures,
) -> Result<DialogId> {
    let busy = Busy::open(hub, PAGES).await?;
    let dialog = busy.dialog;
    screen.press(&[key::CONTROL, key::THREE])?;
    screen.settle(window, places.list, QUIET)?;
    screen.click(window, (places.list.x + 100, places.list.y + 30))?;
    screen.settle(window, places.thread, QUIET)?;
    let traffic = busy.write_every(Duration::from_millis(1));
    let began = Instant::now();
    let keys = type_letters(screen, window, places.field, runs)?;
    let written = traffic.stop().await?;
    let took = began.elapsed().as_secs_f64();
    keys.say("P-C12_key_to_pixel_in_a_flood", None, figures);
    figures.say("P-C12_inserts_a_second", f64::from(written) / took, "messages/s");
    // Until what is on its way has come.
    screen.settle(window, places.thread, Duration::from_secs(2))?;
    Ok(dialog)
}

/// What the store has of a flood, and how much of that does not follow what came before it.
fn say_stored(stage: &Stage, dialog: DialogId, figures: &mut Figures) -> Result<()> {
    let stored = stage.words_of_customer(dialog)?;
    // The first words came before the flood.
    let astray = astray(&stored[1.min(stored.len())..], PAGES);
    #[expect(clippy::cast_precision_loss, reason = "counts for reading")]
    let [stored, astray] = [stored.len(), astray].map(|count| count as f64);
    figures.say("P-C12_stored", stored, "messages");
    figures.say("P-C12_lost_or_out_of_order", astray, "messages");
    Ok(())
}

/// Keys into a field, a letter and its removal in turn; until something as wide as a letter has changed.
fn type_letters(screen: &Screen, window: u32, field: Area, runs: usize) -> Result<Latency> {
    screen.click(window, field.middle())?;
    std::thread::sleep(QUIET);
    let mut latency = Latency::default();
    for run in 0..runs * 2 {
        let before = screen.look(window, field)?.context("the window is gone")?;
        let start = Instant::now();
        screen.press(&[if run % 2 == 0 { key::X } else { key::BACKSPACE }])?;
        let changed =
            screen.look_until(window, field, PATIENCE, |picture| picture.columns_changed(&before) >= LETTER)?;
        let at = changed.with_context(|| format!("key {run} is never painted"))?;
        latency.add(at - start);
        // Not in step with the display's clock.
        std::thread::sleep(Duration::from_millis(40 + (run as u64 * 7) % 30));
    }
    Ok(latency)
}

/// Rows of the operator's own dialogs in turn: until the thread begins to change, and until it has changed for good.
fn click_rows(screen: &Screen, window: u32, places: Places, runs: usize) -> Result<(Latency, Latency)> {
    screen.press(&[key::CONTROL, key::TWO])?;
    screen.settle(window, places.list, QUIET)?;
    screen.click(window, (places.list.x + 100, places.list.y + ROW / 2))?;
    let thread = places.thread.bottom(260);
    let visible = (places.list.height.cast_signed() / ROW).clamp(2, 8);
    let (mut first, mut last) = (Latency::default(), Latency::default());
    for run in 1..=i16::try_from(runs)? {
        let (before, _) = screen.settle(window, thread, QUIET)?;
        let row = run % visible;
        let start = Instant::now();
        screen.click(window, (places.list.x + 100, places.list.y + ROW * row + ROW / 2))?;
        let changed =
            screen.look_until(window, thread, PATIENCE, |picture| picture.columns_changed(&before) > LETTER)?;
        first.add(changed.with_context(|| format!("click {run} opens nothing"))? - start);
        let (_, at) = screen.settle(window, thread, QUIET)?;
        last.add(at - start);
    }
    Ok((first, last))
}

fn click_floor(screen: &Screen, window: u32, text: Area, runs: usize) -> Result<Latency> {
    let mut latency = Latency::default();
    for run in 0..runs {
        let before = screen.look(window, text)?.context("the window is gone")?;
        let start = Instant::now();
        screen.click(window, text.middle())?;
        let changed = screen.look_until(window, text, PATIENCE, |picture| picture.columns_changed(&before) > LETTER)?;
        latency.add(changed.with_context(|| format!("click {run} on the floor's page does nothing"))? - start);
        std::thread::sleep(Duration::from_millis(40 + (run as u64 * 7) % 30));
    }
    Ok(latency)
}
