//! P-C14: from a customer's first word to the first audible sample, while the operator looks elsewhere.

use super::{
    busy::{Device, say},
    stage::Stage,
};
use crate::{
    bench::{Figures, hub::socket, latency::Latency},
    e2e::{alone, ears::Ears, operator::Operator, windows::Elsewhere},
};
use anyhow::{Context, Result};
use std::{
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::io::AsyncWriteExt as _;

/// Between two sounds.
const PAUSE: Duration = Duration::from_millis(1_000);
/// A sound is over after so many pauses.
const LONGEST: usize = 20;
/// Samples a second of the floor's tone.
const RATE: u32 = 48_000;

pub(super) async fn measure(stage: &Stage, operator: &Operator, runs: usize, figures: &mut Figures) -> Result<()> {
    let ears = Ears::open(&stage.logs.join("ears.log")).await?;
    let floor = tone(stage, &ears, runs).await?;
    let elsewhere = Elsewhere::open(&stage.logs.join("elsewhere.log")).await?;
    elsewhere.focus().await?;
    let mut device = Device::open(&stage.hub).await?;
    let mut latency = Latency::default();
    let mut missed = 0_u32;
    for number in 1.. {
        if latency.count() >= runs as f64 || missed > 3 {
            break;
        }
        let mut customer = socket::customer(stage.hub.port()).await?;
        let at = say(&mut customer, number, "Здравствуйте!").await?;
        match ears.sound_begins(at, Duration::from_secs(5)).await {
            Ok(began) => latency.add(began - at),
            Err(_) => missed += 1,
        }
        let dialog = device.wait_for_dialog().await?;
        device.accept(dialog).await?;
        // An unanswered customer rings again and again, also in what is measured later.
        device.close(dialog).await?;
        quiet(&ears).await;
    }
    latency.say("P-C14_customer_writes_to_first_sample", Some(&floor), figures);
    figures.say("P-C14_alarms_missed", f64::from(missed), "alarms");
    operator.look_here().await
}

/// The floor: a player whose stream is open already, told to play.
async fn tone(stage: &Stage, ears: &Ears, runs: usize) -> Result<Latency> {
    let mut command = alone::command("pacat", &stage.logs.join("tone.log"))?;
    command.args(["--playback", "--raw", "--format=s16le", "--channels=1", "--latency-msec=10"]);
    command.arg(format!("--rate={RATE}")).stdin(Stdio::piped());
    let mut player = alone::start(command)?;
    let mut input = player.stdin.take().context("the player takes nothing")?;
    let loud: Vec<u8> =
        (0..RATE / 10).flat_map(|at| (if at % 96 < 48 { 9_000_i16 } else { -9_000 }).to_le_bytes()).collect();
    let mut latency = Latency::default();
    for _ in 0..runs.max(3) {
        let at = Instant::now();
        input.write_all(&loud).await?;
        latency.add(ears.sound_begins(at, Duration::from_secs(5)).await? - at);
        quiet(ears).await;
    }
    Ok(latency)
}

/// Waits until nothing of the last sound is left in the sound server.
async fn quiet(ears: &Ears) {
    for _ in 0..LONGEST {
        if ears.silence(Instant::now(), PAUSE).await.is_ok() {
            return;
        }
    }
}
