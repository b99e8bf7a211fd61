//! the network swallows everything, or one direction, and nobody is told. A pending send makes the workplace ask; an
//! idle one misses the beats; the hub misses the answers. The operator is told, the hub lets the session go, and nothing
//! is lost or doubled.

use super::{
    office::{self, Customer, is_let_go},
    workplace::Desk,
};
use crate::{
    crash::Length,
    proxy::{Proxy, Weather},
};
use anyhow::{Context as _, ensure};
use otklik_core::Command;
use std::time::{Duration, Instant};

/// What a hub does without being told otherwise.
const BEAT: Duration = Duration::from_secs(15);
/// Quick beats, for a short run.
const QUICK_BEAT: Duration = Duration::from_secs(2);
/// Trials side by side.
const AT_ONCE: usize = 10;
/// How much later than it was found out the operator may be told: a second, and another for a busy machine.
const TOLD: Duration = Duration::from_secs(2);

/// What the workplace says is lost.
const UP_LOST: Weather = Weather::OneWay { up: true };
/// What the hub says is lost.
const DOWN_LOST: Weather = Weather::OneWay { up: false };

/// One trial: what is lost, what happens meanwhile, and how soon it has to be noticed.
#[derive(Clone, Copy, Debug)]
struct Trial {
    weather: Weather,
    sends: bool,
    beat: Duration,
}

impl Trial {
    /// Every combination.
    fn all(length: Length) -> Vec<Self> {
        let beat = match length {
            Length::Short => QUICK_BEAT,
            Length::Full => BEAT,
        };
        let weathers = [Weather::BlackHole, DOWN_LOST, UP_LOST];
        weathers.into_iter().flat_map(|weather| [true, false].map(|sends| Self { weather, sends, beat })).collect()
    }

    /// With the real beats: six seconds with words on their way, twenty-five without. Where what the hub says still
    /// comes, its beats look like life, and it is the hub that notices: within half a minute.
    fn noticed_within(self) -> Duration {
        let silence = self.beat + self.beat.min(Duration::from_secs(10));
        if self.weather == UP_LOST {
            self.freed_within()
        } else if self.sends {
            Duration::from_secs(6).min(silence)
        } else {
            silence
        }
    }

    /// Half a minute with the real beats; three quick ones.
    fn freed_within(self) -> Duration {
        if self.beat == BEAT { self.beat * 2 } else { self.beat * 3 }
    }
}

/// Plays trials side by side, and says how long it took to notice.
///
/// # Errors
/// The first that noticed too late, or lost something.
pub async fn run(length: Length) -> anyhow::Result<String> {
    let kinds = Trial::all(length);
    let count = match length {
        Length::Short => kinds.len(),
        Length::Full => 200,
    };
    let mut slowest = vec![Duration::ZERO; kinds.len()];
    let mut freed = Duration::ZERO;
    let trials: Vec<usize> = (0..kinds.len()).cycle().take(count).collect();
    for group in trials.chunks(AT_ONCE) {
        let mut running = tokio::task::JoinSet::new();
        for kind in group.iter().copied() {
            let trial = kinds[kind];
            running
                .spawn(async move { play(trial).await.with_context(|| format!("{trial:?}")).map(|took| (kind, took)) });
        }
        while let Some(trial) = running.join_next().await {
            let (kind, took) = trial??;
            slowest[kind] = took.noticed.max(slowest[kind]);
            freed = took.freed.max(freed);
        }
    }
    let seen: Vec<String> = kinds
        .iter()
        .zip(&slowest)
        .map(|(trial, took)| {
            let what = match (trial.weather == UP_LOST, trial.weather == DOWN_LOST) {
                (true, _) => "up lost",
                (_, true) => "down lost",
                (false, false) => "both lost",
            };
            format!("{what}{} {:.1} s", if trial.sends { ", sending" } else { "" }, took.as_secs_f64())
        })
        .collect();
    Ok(format!(
        "{count} half-open sockets, noticed within: {} (beats of {} s); the hub let each session go within {:.1} s; each \
         text arrived once",
        seen.join("; "),
        kinds[0].beat.as_secs(),
        freed.as_secs_f64()
    ))
}

/// How long it took.
struct Took {
    noticed: Duration,
    freed: Duration,
}

async fn play(trial: Trial) -> anyhow::Result<Took> {
    let folder = tempfile::tempdir()?;
    let hub = office::open(&folder.path().join("hub"), trial.beat).await?;
    let proxy = Proxy::start(hub.address()).await?;
    let mut customer = Customer::come(hub.address()).await?;
    customer.write("Вы тут?").await?;
    let (at, address) = (folder.path().join("desk"), format!("http://{}", proxy.address()));
    let mut desk = customer.beside(Desk::open(&at, &address, false)).await?;
    let dialog = customer.beside(desk.accept()).await?;
    desk.command(Command::SendText { dialog, text: "Ира: тут".to_owned(), quote: None }).await?;
    customer.hear_texts(1).await?;

    proxy.turn(trial.weather);
    let began = Instant::now();
    if trial.sends {
        desk.command(Command::SendText {
            dialog, text: "Ира: вы меня слышите?".to_owned(), quote: None
        })
        .await?;
    }
    // The page is read from meanwhile: who does not answer the hub's beats is given up, customers too.
    let gone = async {
        let noticed = async {
            desk.until("the loss", |desk| !desk.is_live()).await?;
            anyhow::Ok(began.elapsed())
        };
        let freed = async {
            if trial.weather == DOWN_LOST {
                // The hub hears the workplace hang up and call again, and has nothing to find out by itself.
                return Ok(Duration::ZERO);
            }
            is_let_go(&hub, began, trial.freed_within() + TOLD).await
        };
        tokio::try_join!(noticed, freed)
    };
    let (noticed, freed) = customer.beside(gone).await?;
    ensure!(noticed <= trial.noticed_within() + TOLD, "noticed after {noticed:?}");

    proxy.turn(Weather::Clear);
    desk.command(Command::Reconnect).await.context("connect now")?;
    customer.beside(desk.until("the connection", Desk::is_live)).await?;
    desk.command(Command::SendText { dialog, text: "Ира: теперь да".to_owned(), quote: None }).await?;
    let expected: &[&str] = if trial.sends {
        &["Ира: тут", "Ира: вы меня слышите?", "Ира: теперь да"]
    } else {
        &["Ира: тут", "Ира: теперь да"]
    };
    customer.hear_texts(expected.len()).await?;
    ensure!(customer.heard == expected, "the customer reads {:?}", customer.heard);
    desk.close().await;
    hub.stop().await;
    Ok(Took { noticed, freed })
}
