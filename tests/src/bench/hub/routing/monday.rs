//! P-H6: ten thousand dialogs have waited over the weekend, and a hundred operators come online.

use super::{centre, customers_write};
use crate::{
    bench::{Figures, latency::all_work},
    race::Scene,
};
use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use otklik_hub::{
    router::{Dispatcher, Ground},
    store::{EntryBody, FenceToken},
};
use otklik_model::{DialogState, OperatorStatus, Seq};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Instant,
};
use tokio::sync::watch;

const OPERATORS: u32 = 100;
/// Runs; the median is told.
const RUNS: usize = 5;

pub(super) async fn measure(quick: bool, folder: &Path, figures: &mut Figures) -> Result<()> {
    let dialogs = if quick { 1_000 } else { 10_000 };
    // Room for all of them, and the ordinary limit of five each.
    for (name, most) in [("all", u32::try_from(dialogs)? / OPERATORS), ("five_each", 5)] {
        let mut runs = Vec::new();
        for run in 0..if quick { 1 } else { RUNS } {
            runs.push(morning(dialogs, most, &folder.join(format!("{name}-{run}"))).await?);
        }
        let median = |of: fn(&Morning) -> f64| {
            let mut values: Vec<_> = runs.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        figures.say(&format!("P-H6_placed_{name}"), median(|run| run.placed), "dialogs");
        figures.say(&format!("P-H6_online_{name}"), median(|run| run.online_ms), "ms");
        figures.say(&format!("P-H6_decided_{name}"), median(|run| run.decided_ms), "ms");
        figures.say(&format!("P-H6_durable_{name}"), median(|run| run.durable_ms), "ms");
        figures.say(&format!("P-H6_told_{name}"), median(|run| run.told_ms), "ms");
        figures.say(&format!("P-H6_processor_{name}"), median(|run| run.work_ms), "ms");
    }
    Ok(())
}

struct Morning {
    placed: f64,
    /// From the first operator who comes to the last.
    online_ms: f64,
    /// What deciding alone takes.
    decided_ms: f64,
    /// From the last operator who comes to the last durable placement.
    durable_ms: f64,
    /// From there until every placement is read from the log by a follower that began with it.
    told_ms: f64,
    /// Processor time of all threads until then: what the wall clock cannot go below with so many cores.
    work_ms: f64,
}

async fn morning(dialogs: u64, most: u32, folder: &Path) -> Result<Morning> {
    let scene = centre(folder).await?;
    for number in 0..OPERATORS {
        scene.hire(number, most, OperatorStatus::Offline).await?;
    }
    customers_write(&scene, 0..dialogs).await?;
    let lease = scene.lease(1).await?.context("the lease is free")?;
    // The process that was in charge over the weekend.
    let mut hub = Dispatcher::begin(scene.ground.clone(), lease.token).await?;
    hub.give_out(|_| ()).await?;
    let ms = |since: Instant| since.elapsed().as_secs_f64() * 1e3;
    let nine = Instant::now();
    try_join_all((0..OPERATORS).map(|number| scene.set_status(number, OperatorStatus::Online))).await?;
    let online_ms = ms(nine);
    let (ground, began) = (scene.ground.clone(), scene.ground.store.head(scene.ground.workspace).await?);
    let wanted = (dialogs as usize).min((most * OPERATORS) as usize);
    let decided_ms = decide_alone(&scene, lease.token, wanted).await?;
    let (start, work) = (Instant::now(), all_work().unwrap_or_default());
    let (tell, heard) = watch::channel(began);
    let told = tokio::spawn(async move { told(ground, heard, wanted).await.map(|()| Instant::now()) });
    hub.follow().await?;
    let placed = hub.give_out(|head| tell.send_modify(|known| *known = head)).await?.placed;
    let durable_ms = ms(start);
    let told_ms = told.await??.saturating_duration_since(start).as_secs_f64() * 1e3;
    let work_ms = all_work().unwrap_or_default().saturating_sub(work).as_secs_f64() * 1e3;
    verify(&scene, most, wanted, placed).await?;
    drop(scene);
    std::fs::remove_dir_all(folder)?;
    #[expect(clippy::cast_precision_loss, reason = "a count for reading")]
    Ok(Morning { placed: placed as f64, online_ms, decided_ms, durable_ms, told_ms, work_ms })
}

/// What deciding takes if nothing is stored, in milliseconds.
async fn decide_alone(scene: &Scene, fence: FenceToken, wanted: usize) -> Result<f64> {
    let mut hub = Dispatcher::begin(scene.ground.clone(), fence).await?;
    let (start, mut decided) = (Instant::now(), 0);
    loop {
        match hub.choose().placements().count() {
            0 => break,
            some => decided += some,
        }
    }
    let took = start.elapsed().as_secs_f64() * 1e3;
    ensure!(decided == wanted, "{decided} of {wanted} were decided");
    Ok(took)
}

/// Follows the log as a process does that passes it on to its workplaces: what is new is read when it is told of.
async fn told(ground: Ground, mut heard: watch::Receiver<Seq>, wanted: usize) -> Result<()> {
    let mut position = *heard.borrow();
    let mut offered = BTreeSet::new();
    while offered.len() < wanted {
        let head = *heard.borrow_and_update();
        if position >= head {
            heard.changed().await.context("the placements ended too early")?;
            continue;
        }
        for entry in ground.store.log_after(ground.workspace, position, 500).await?.entries {
            position = entry.seq;
            if let EntryBody::Dialog(dialog) = entry.body
                && dialog.row.state == DialogState::Offered
            {
                offered.insert(dialog.row.id);
            }
        }
    }
    Ok(())
}

/// All placed, none twice, nobody above his limit, and the oldest first.
async fn verify(scene: &Scene, most: u32, wanted: usize, placed: usize) -> Result<()> {
    ensure!(placed == wanted, "{placed} of {wanted} were placed");
    let open = scene.ground.store.open_dialogs(scene.ground.workspace).await?;
    let mut carried = BTreeMap::new();
    for dialog in open.iter().filter(|dialog| dialog.row.state == DialogState::Offered) {
        *carried.entry(dialog.row.assignee).or_insert(0_u32) += 1;
        ensure!(dialog.row.epoch == 1, "a dialog was placed twice");
    }
    ensure!(carried.values().all(|count| *count <= most), "somebody has more than he may: {carried:?}");
    ensure!(carried.values().sum::<u32>() as usize == wanted, "a placement is not stored");
    let state = |dialog: &otklik_hub::desk::DialogAggregate| (dialog.life.waiting_since, dialog.row.state);
    let newest_placed =
        open.iter().map(state).filter(|(_, state)| *state == DialogState::Offered).max_by_key(|one| one.0);
    let oldest_waiting =
        open.iter().map(state).filter(|(_, state)| *state == DialogState::Queue).min_by_key(|one| one.0);
    ensure!(
        oldest_waiting.is_none_or(|waiting| newest_placed.is_none_or(|placed| placed.0 <= waiting.0)),
        "not in order"
    );
    Ok(())
}
