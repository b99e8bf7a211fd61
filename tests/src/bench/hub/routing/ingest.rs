//! P-H8: customers' words through reading, deciding and storing, until they are durable.

use super::{BESIDE, centre, customers_write};
use crate::{
    bench::{Figures, latency::Latency},
    race::{Scene, dialog_id},
};
use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, future::try_join_all, stream::FuturesUnordered};
use otklik_hub::{desk::Command, store::CommitError};
use otklik_model::ClientId;
use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// Customers who write, one message at a time each.
const CUSTOMERS: u64 = 1_024;
/// Customers of the paced run, in turn: the next words of each come long after the last ones.
const MANY_CUSTOMERS: u64 = 10_240;
/// Messages a second of the paced run.
const PACE: u32 = 5_000;

pub(super) async fn measure(quick: bool, folder: &Path, figures: &mut Figures) -> Result<()> {
    let rounds = if quick { 4 } else { 60 };
    let scene = centre(folder).await?;
    customers_write(&scene, 0..if quick { CUSTOMERS } else { MANY_CUSTOMERS }).await?;
    let floor = floor(folder, rounds)?;
    let began = Instant::now();
    let talk = async |number| {
        let mut own = Vec::new();
        for round in 0..rounds {
            own.push(say(&scene, number, round).await?);
        }
        Ok::<_, anyhow::Error>(own)
    };
    let latencies = try_join_all((0..CUSTOMERS).map(talk)).await?;
    let took = began.elapsed().as_secs_f64();
    let mut all = Latency::default();
    latencies.into_iter().flatten().for_each(|latency| all.add(latency));
    figures.say_with_floor("P-H8_ingest", all.count() / took, "messages/s", floor);
    all.say("P-H8_ingest_all_at_once", None, figures);
    let seconds = if quick { 1 } else { 10 };
    let customers = if quick { CUSTOMERS } else { MANY_CUSTOMERS };
    paced(&scene, customers, rounds, PACE * seconds).await?.say("P-H8_at_5000_a_second", None, figures);
    drop(scene);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// A customer writes. Returns how long it took until the words were durable.
async fn say(scene: &Scene, number: u64, round: u64) -> Result<Duration> {
    let began = Instant::now();
    let client = ClientId(Uuid::from_u64_pair(5 + round, number));
    let text = "А можно курьером до пятницы? Адрес тот же.".to_owned();
    let words = Command::CustomerWrites { text, client };
    loop {
        let dialog = scene.read(dialog_id(number)).await?;
        let change = scene.decide(&dialog, words.clone()).ok().flatten().context("a customer's words were refused")?;
        match scene.store(change, None).await {
            // His own words of before were stored meanwhile: decided again, as the hub does.
            Err(CommitError::Conflict) => {}
            stored => return stored.map(|_| began.elapsed()).map_err(Into::into),
        }
    }
}

/// So many messages a second, whatever becomes of those before.
async fn paced(scene: &Scene, customers: u64, round: u64, messages: u32) -> Result<Latency> {
    let every = Duration::from_millis(1);
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut latency, mut under_way) = (Latency::default(), FuturesUnordered::new());
    let (mut sent, each) = (0, PACE / 1_000);
    while sent < messages || !under_way.is_empty() {
        tokio::select! {
            _ = ticks.tick(), if sent < messages => {
                for _ in 0..each {
                    let (number, lap) = (u64::from(sent) % customers, u64::from(sent) / customers);
                    under_way.push(say(scene, number, round + lap));
                    sent += 1;
                }
            }
            Some(done) = under_way.next() => latency.add(done?),
        }
    }
    Ok(latency)
}

/// The floor: as many bytes as a message makes, appended to a plain file and synchronised as often as a transaction
/// is full. Messages a second.
fn floor(folder: &Path, rounds: u64) -> Result<f64> {
    const BYTES: usize = 4_096;
    let mut file = File::create(folder.join("floor"))?;
    let piece = vec![0_u8; BYTES * BESIDE];
    let transactions = rounds * CUSTOMERS / BESIDE as u64;
    let began = Instant::now();
    for _ in 0..transactions {
        file.write_all(&piece)?;
        file.sync_data()?;
    }
    ensure!(transactions > 0, "nothing to write");
    #[expect(clippy::cast_precision_loss, reason = "a rate for reading")]
    Ok((transactions * BESIDE as u64) as f64 / began.elapsed().as_secs_f64())
}
