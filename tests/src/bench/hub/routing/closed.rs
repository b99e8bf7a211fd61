//! What a dialog's life costs through deciding and storing, as closed dialogs become more.

use super::{BESIDE, all, centre, curve::slope};
use crate::{
    bench::Figures,
    race::{Scene, actor, dialog_id, number_of},
};
use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use otklik_hub::{
    desk::{Command, Taking},
    router::Dispatcher,
};
use otklik_model::{DialogId, OperatorStatus};
use rusqlite::{Connection, params};
use std::{path::Path, time::Instant};
use uuid::Uuid;

/// A dialog's events here: it comes, is offered, accepted and closed.
const EVENTS: f64 = 4.0;
const OPERATORS: u32 = 100;
/// Closed dialogs that are made in one transaction.
const FILLED_AT_ONCE: usize = 50_000;

pub(super) async fn measure(quick: bool, folder: &Path, figures: &mut Figures) -> Result<()> {
    let mut points = Vec::new();
    for closed in if quick { &[100_u32, 1_000][..] } else { &[1_000, 100_000, 1_000_000] } {
        let scene = centre(folder).await?;
        for number in 0..OPERATORS {
            scene.hire(number, 5, OperatorStatus::Online).await?;
        }
        let lease = scene.lease(1).await?.context("the lease is free")?;
        let mut hub = Dispatcher::begin(scene.ground.clone(), lease.token).await?;
        work(&scene, &mut hub, 0..BESIDE as u64).await?;
        fill(folder, *closed)?;
        // A process that takes over reads what is open, whatever is closed.
        let taking_over = Instant::now();
        let mut hub = Dispatcher::begin(scene.ground.clone(), lease.token).await?;
        let took_over = taking_over.elapsed().as_secs_f64() * 1e3;
        let mut runs = Vec::new();
        for run in 1..=if quick { 1 } else { 20_u64 } {
            let numbers = run * BESIDE as u64..(run + 1) * BESIDE as u64;
            let began = Instant::now();
            work(&scene, &mut hub, numbers).await?;
            runs.push(began.elapsed().as_secs_f64() * 1e6 / (BESIDE as f64 * EVENTS));
        }
        runs.sort_by(f64::total_cmp);
        let cost = runs[runs.len() / 2];
        figures.say(&format!("P-H7_stored_event_at_{closed}_closed"), cost, "us");
        figures.say(&format!("P-H7_events_a_second_at_{closed}_closed"), 1e6 / cost, "events/s");
        figures.say(&format!("P-H7_take_over_at_{closed}_closed"), took_over, "ms");
        points.push((f64::from(*closed), cost));
        drop(scene);
    }
    figures.say("P-H7_slope_by_closed_dialogs", slope(&points), "exponent");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// So many dialogs come, are given out, accepted and closed.
async fn work(scene: &Scene, hub: &mut Dispatcher, numbers: std::ops::Range<u64>) -> Result<()> {
    let begun = try_join_all(numbers.clone().map(|number| scene.begin(number))).await?;
    all(scene, begun).await?;
    hub.follow().await?;
    hub.give_out(|_| ()).await?;
    try_join_all(numbers.clone().map(|number| act(scene, dialog_id(number), true))).await?;
    try_join_all(numbers.map(|number| act(scene, dialog_id(number), false))).await?;
    hub.follow().await?;
    Ok(())
}

/// Whoever is offered it accepts; whoever leads it closes.
async fn act(scene: &Scene, id: DialogId, accepts: bool) -> Result<()> {
    let dialog = scene.read(id).await?;
    let by = actor(number_of(dialog.row.assignee.context("nobody has it")?));
    let epoch = dialog.row.epoch;
    let command =
        if accepts { Command::Accept { by, epoch, taking: Taking::All } } else { Command::Close { by, epoch } };
    let decided = scene.decide(&dialog, command).map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))?;
    scene.store(decided.context("nothing to do")?, None).await?;
    Ok(())
}

/// What years leave behind: copies of a closed dialog with its messages, each with ids and a customer of its own. Ids grow
/// with time, as those that a hub makes do.
fn fill(folder: &Path, closed: u32) -> Result<()> {
    let mut database = Connection::open(folder.join("hub.sqlite"))?;
    database.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -262144",
    )?;
    let sample: Vec<u8> =
        database.query_row("SELECT id FROM dialog WHERE closed_at IS NOT NULL LIMIT 1", [], |row| row.get(0))?;
    let numbers: Vec<_> = (1..=closed).collect();
    for some in numbers.chunks(FILLED_AT_ONCE) {
        let filling = database.transaction()?;
        {
            let mut dialogs = filling.prepare_cached(
                "INSERT INTO dialog (id, customer, final, workspace, version, on_site, waiting, closed_at, body)
                 SELECT ?2, ?3, 1, workspace, version, on_site, waiting, closed_at - ?4, body FROM dialog WHERE id = ?1",
            )?;
            let mut messages = filling.prepare_cached(
                "INSERT INTO message (dialog, seq, id, client, kind, author, writer, name, text, at, rev, details)
                 SELECT ?2, seq, ?2, iif(client IS NULL, NULL, ?2), kind, author, ?3, name, text, at, rev, details
                 FROM message WHERE dialog = ?1",
            )?;
            for number in some {
                let [id, customer] = [6, 7].map(|kind| *Uuid::from_u64_pair(kind, u64::from(*number)).as_bytes());
                // One closed every second, until now.
                dialogs.execute(params![sample, id, customer, i64::from(closed - number) * 1_000])?;
                messages.execute(params![sample, id, customer])?;
            }
        }
        filling.commit()?;
    }
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}
