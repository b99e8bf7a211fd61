//! A day's traffic compressed into minutes: customers come, write and go, a colleague works, and the operator in the
//! real window accepts, answers, looks around and closes, by keys. Reported are the memory of the window's processes
//! after the first tenth and at the end, and what they do when nothing happens any more.

use super::Figures;
use super::hub::{BenchHub, PASSWORD};
use super::window::tree;
use crate::e2e::{
    app::Installed,
    keyboard::{Keyboard, Layout},
    operator::Operator,
    patience::{SOON, until_true},
    wire::{Colleague, WireCustomer},
};
use anyhow::{Context as _, Result};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// What an operator of a busy centre sees in eight hours: conversations, and what each customer writes in his.
const CONVERSATIONS: u32 = 600;
const LINES: [&str; 6] = [
    "Здравствуйте! Есть ли чайник «Берег» в наличии?",
    "И можно ли забрать его сегодня?",
    "Я была у вас в среду, тогда не было",
    "https://shop.example/teapots?id=7",
    "Спасибо, это долго?",
    "Хорошо, жду",
];
/// Customers on the site at the same time.
const AT_ONCE: usize = 16;
/// How often memory is looked at.
const LOOKS: u32 = 30;
/// After the first so many looks, a tenth of the day, memory is compared with the end's.
const TENTH: usize = 3;
/// After so many, a sixth of the day, the slope is taken.
const SIXTH: usize = 5;
/// How long the window is left alone before its rest is measured, and for how long that is.
const SETTLE: Duration = Duration::from_secs(10);
const REST: Duration = Duration::from_secs(30);

/// How long the day takes here, and the programs that play it.
#[derive(Clone, Debug)]
pub struct Day {
    /// The whole traffic in so many minutes.
    pub minutes: u32,
    /// The app.
    pub app: PathBuf,
    /// The hub.
    pub hub: PathBuf,
}

/// What has happened so far.
#[derive(Debug, Default)]
struct Counts {
    written: AtomicU32,
    answered: AtomicU32,
    missed: AtomicU32,
}

/// Plays the day, and reports.
///
/// # Errors
/// A program does not start, or the window does not do its work any more.
pub async fn soak(day: &Day, folder: &Path, figures: &mut Figures) -> Result<()> {
    let hub = BenchHub::start(&day.hub, &folder.join("hub")).await?;
    hub.add_operator("ira", "Ира", None).await?;
    hub.add_operator("oleg", "Олег", None).await?;
    let mut ira = operator(day, &hub, folder)?;
    ira.start().await?;
    ira.sign_in(PASSWORD).await?;
    ira.wait_for_text("Live").await?;
    let pid = ira.app()?.pid();
    let counts = Arc::new(Counts::default());
    let length = Duration::from_secs(60 * u64::from(day.minutes));
    let mut others = JoinSet::new();
    for place in 0..AT_ONCE {
        others.spawn(customers(hub.address(), place, length, Arc::clone(&counts)));
    }
    others.spawn(colleague(hub.address(), length));
    let memory = work_through(&ira, pid, length, &counts, figures).await?;
    while others.join_next().await.transpose()?.transpose()?.is_some() {}
    say_memory(&memory, length, figures);
    for (program, mebibytes) in tree::memory_by_program(pid) {
        figures.say(&format!("P-C6_memory_at_the_end_{program}"), mebibytes, "MiB");
    }
    for (name, count) in
        [("written", &counts.written), ("answered_in_the_window", &counts.answered), ("missed", &counts.missed)]
    {
        figures.say(&format!("P-C6_{name}"), f64::from(count.load(Ordering::Relaxed)), "");
    }
    // Who still waits would go on ringing, and the sound device with him.
    Colleague::come(&hub.address(), "oleg", PASSWORD).await?.work_off(0).await?;
    Colleague::come(&hub.address(), "ira", PASSWORD).await?.close_own().await?;
    figures.tell("nobody writes any more");
    tokio::time::sleep(SETTLE).await;
    let before = tree::work(pid);
    tokio::time::sleep(REST).await;
    let (ticks, wake_ups) = tree::work(pid).since(&before);
    figures.say("P-C6_rest_share_of_a_core", ticks / REST.as_secs_f64(), "%");
    figures.say("P-C6_rest_wake_ups", wake_ups / REST.as_secs_f64(), "1/s");
    ira.kill().await?;
    hub.stop().await
}

fn operator(day: &Day, hub: &BenchHub, folder: &Path) -> Result<Operator> {
    let (data, logs) = (folder.join("data"), folder.join("logs"));
    std::fs::create_dir_all(&data)?;
    std::fs::create_dir_all(&logs)?;
    let installed = Installed {
        program: day.app.clone(),
        data,
        hub: Some(hub.address()),
        logs,
        login: "ira".to_owned(),
        surroundings: Vec::new(),
        flags: Vec::new(),
    };
    Ok(Operator::new("Ира", PASSWORD, installed))
}

/// Works until the day is over, and hands over the memory at each tenth of it.
async fn work_through(
    ira: &Operator,
    pid: u32,
    length: Duration,
    counts: &Counts,
    figures: &Figures,
) -> Result<Vec<f64>> {
    let began = Instant::now();
    let mut memory = Vec::new();
    let mut rounds = 0;
    while began.elapsed() < length {
        if round(ira, rounds).await.is_ok() {
            counts.answered.fetch_add(1, Ordering::Relaxed);
        } else {
            // Somebody else was faster, or nobody waits just now.
            counts.missed.fetch_add(1, Ordering::Relaxed);
            Keyboard::with(Layout::Latin).await?.press(["Escape", "Escape"]).await?;
        }
        rounds += 1;
        let tenth = length * (u32::try_from(memory.len())? + 1) / LOOKS;
        if began.elapsed() >= tenth {
            memory.push(tree::memory(pid));
            let by_program = tree::memory_by_program(pid);
            let each: Vec<_> = by_program.iter().map(|(program, size)| format!("{program} {size:.0}")).collect();
            let (at, all) = (began.elapsed().as_secs_f64(), memory[memory.len() - 1]);
            figures.tell(&format!("{at:3.0} s: {all:.0} MiB ({})", each.join(", ")));
        }
    }
    if memory.len() < usize::try_from(LOOKS)? {
        memory.push(tree::memory(pid));
    }
    let answered = counts.answered.load(Ordering::Relaxed);
    (answered > 0).then_some(memory).context("the window answered nobody all day")
}

/// One conversation in the window, and on the way whatever an operator opens and closes.
async fn round(ira: &Operator, number: u32) -> Result<()> {
    let keys = Keyboard::with(Layout::Latin).await?;
    ira.look_here().await?;
    keys.press(["ctrl+shift+a"]).await?;
    is(ira, "document.activeElement?.matches('.composer textarea')").await?;
    keys.write("Good morning, one moment please.").await?;
    keys.press(["Return"]).await?;
    is(ira, "document.querySelector('.composer textarea')?.value === ''").await?;
    match number % 6 {
        0 => {
            keys.press(["ctrl+shift+n"]).await?;
            keys.write("in a hurry").await?;
            keys.press(["Return", "ctrl+shift+n"]).await?;
        }
        1 => {
            keys.press(["ctrl+k"]).await?;
            is(ira, "document.querySelector('dialog[open]') !== null").await?;
            keys.write("card").await?;
            keys.press(["Escape"]).await?;
        }
        2 => {
            keys.press(["ctrl+p"]).await?;
            keys.write("teapots").await?;
            is(ira, "document.querySelector('.found .hit') !== null").await?;
            keys.press(["Escape"]).await?;
        }
        3 => keys.press(["ctrl+,", "Escape"]).await?,
        4 => keys.press(["ctrl+6", "ctrl+Down", "ctrl+Down", "ctrl+2", "ctrl+Down"]).await?,
        _ => keys.press(["ctrl+e", "Escape"]).await?,
    }
    is(ira, "document.querySelector('dialog[open]') === null").await?;
    keys.press(["ctrl+shift+w"]).await
}

async fn is(ira: &Operator, expression: &str) -> Result<()> {
    let script = format!("return Boolean({expression})");
    until_true(expression, SOON / 4, || async { ira.page()?.ask(&script, Vec::new()).await }).await
}

/// One customer after the other, each with a whole conversation, in this place of the crowd.
async fn customers(hub: String, place: usize, length: Duration, counts: Arc<Counts>) -> Result<()> {
    let began = Instant::now();
    let each = length * u32::try_from(AT_ONCE)? / CONVERSATIONS;
    let mut number = 0;
    while began.elapsed() + each < length {
        let mut customer = WireCustomer::come(&hub, "ru-RU", "https://shop.example/teapots", "Чайники").await?;
        customer.introduce(&format!("Клиент {place}-{number}"), "", "").await?;
        for line in LINES {
            customer.draft(line).await?;
            // Whoever has answered and closed may be written to again; that is a day, too.
            customer.write(line).await?;
            counts.written.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(each / (u32::try_from(LINES.len())? + 1)).await;
        }
        number += 1;
    }
    Ok(())
}

/// A colleague who takes what the operator leaves.
async fn colleague(hub: String, length: Duration) -> Result<()> {
    let began = Instant::now();
    let mut oleg = Colleague::come(&hub, "oleg", PASSWORD).await?;
    while began.elapsed() < length {
        // Half of what waits is left to her; what is refused was hers already.
        oleg.work_off(AT_ONCE / 2).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    oleg.work_off(0).await
}

fn say_memory(memory: &[f64], length: Duration, figures: &mut Figures) {
    let (Some(first), Some(last)) = (memory.get(TENTH - 1), memory.last()) else { return };
    figures.say("P-C6_memory_after_the_first_tenth", *first, "MiB");
    figures.say("P-C6_memory_at_the_end", *last, "MiB");
    figures.say("P-C6_memory_growth", (last / first - 1.0) * 100.0, "%");
    let hours = length.as_secs_f64() / 3_600.0 / f64::from(LOOKS);
    figures.say("P-C6_memory_slope", slope(&memory[SIXTH.min(memory.len())..]) / hours, "MiB/h");
}

/// By how much the values rise from one to the next, as the straight line rises that is nearest to all of them.
#[expect(clippy::cast_precision_loss, reason = "a few dozen")]
fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (middle, mean) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count);
    let away = |place: usize| place as f64 - middle;
    let rise: f64 = values.iter().enumerate().map(|(place, value)| away(place) * (value - mean)).sum();
    rise / (0..values.len()).map(|place| away(place).powi(2)).sum::<f64>().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn a_slope_is_that_of_the_nearest_line() {
        for (values, wanted) in [(&[3.0, 5.0, 7.0][..], 2.0), (&[4.0, 4.0], 0.0), (&[0.0, 2.0, 1.0, 3.0], 0.8)] {
            assert!((slope(values) - wanted).abs() < 1e-9, "{values:?}");
        }
    }
}
