//! P-C9: from the key to the pixels of a dialog of which the window has nothing but its row.

use super::{
    screen::{Area, Screen, key},
    stage::{self, Stage},
    started::Startable,
};
use crate::bench::{
    Figures,
    hub::{PASSWORD, socket},
    latency::Latency,
    window::say,
};
use crate::e2e::{browser::Named, operator::Operator};
use anyhow::{Context as _, Result};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// A dialog has so many messages, more than a screen shows.
const LINES: u32 = 30;
/// A pause in which nothing more is painted.
const QUIET: Duration = Duration::from_millis(250);
/// Waited for one change.
const PATIENCE: Duration = Duration::from_secs(5);
/// A letter is wider than a caret.
const LETTER: usize = 4;

/// On a stage of its own: what the window has never opened must have come before it, in a hub's first picture.
pub(super) async fn measure(
    (app, hub): (&Path, &Path),
    screen: &Screen,
    dialogs: usize,
    folder: &Path,
    figures: &mut Figures,
) -> Result<()> {
    let stage = Stage::prepare(app, hub, folder).await?;
    let mut customers = Vec::new();
    for _ in 0..=dialogs {
        let mut customer = socket::customer(stage.hub.port()).await?;
        for line in 1..=LINES {
            say(&mut customer, line, &format!("Строка {line}. Подскажите, пожалуйста, где мой заказ?")).await?;
        }
        customers.push(customer);
    }
    let mut operator = stage.operator();
    operator.start().await?;
    let places = look_around(&operator).await;
    operator.kill().await?;
    let (list, thread) = places?;
    let app = Startable::app(&stage.app, &stage.data, &stage.hub.address(), &stage.logs.join("plain.log"));
    let started = app.start()?;
    let window = started.window(screen)?;
    screen.settle(window, list, Duration::from_secs(2))?;
    screen.press(&[key::CONTROL, key::ONE])?;
    screen.settle(window, list, QUIET)?;
    screen.click(window, (list.x + 100, list.y + 30))?;
    let (mut first, mut last) = (Latency::default(), Latency::default());
    for run in 0..dialogs {
        let (before, _) = screen.settle(window, thread, QUIET)?;
        let start = Instant::now();
        screen.press(&[key::CONTROL, key::DOWN])?;
        let changed =
            screen.look_until(window, thread, PATIENCE, |picture| picture.columns_changed(&before) > LETTER)?;
        first.add(changed.with_context(|| format!("key {run} opens nothing"))? - start);
        let (_, at) = screen.settle(window, thread, QUIET)?;
        last.add(at - start);
    }
    first.say("P-C9_uncached_first_pixel", None, figures);
    last.say("P-C9_uncached_text_painted", None, figures);
    started.stop().await?;
    drop(customers);
    stage.hub.stop().await
}

/// Signs in, and tells where the list and a thread are.
async fn look_around(operator: &Operator) -> Result<(Area, Area)> {
    operator.sign_in(PASSWORD).await?;
    operator.section("Waiting").await?;
    operator.page()?.click(Named::first("row")).await?;
    operator.page()?.find(Named::first("[role=log]")).await?;
    Ok((stage::area(operator, "[role=listbox]").await?, stage::area(operator, "main .thread").await?))
}
