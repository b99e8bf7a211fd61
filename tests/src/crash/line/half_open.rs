//! the network swallows everything and nobody is told. A pending send makes the workplace ask; an idle one misses the
//! beats. Either way the operator is told, and nothing is lost or doubled.

use super::{
    office::{self, Customer},
    workplace::Desk,
};
use crate::{
    crash::Length,
    proxy::{Proxy, Weather},
};
use anyhow::{Context as _, ensure};
use otklik_core::Command;
use std::time::{Duration, Instant};

/// The real beats of a hub, so that only the question about the pending send can notice.
const BEAT: Duration = Duration::from_secs(15);
/// With words on their way the workplace asks and hears nothing.
const NOTICED_SENDING: Duration = Duration::from_secs(16);
/// Quick beats for an idle connection, on which only they can notice: two of them are missed.
const QUICK_BEAT: Duration = Duration::from_secs(2);
/// Two quick beats, and a third that was about to come.
const NOTICED_IDLE: Duration = Duration::from_secs(6);

/// Plays trials side by side, and says how long it took to notice.
///
/// # Errors
/// The first that noticed too late, or lost something.
pub async fn run(length: Length) -> anyhow::Result<String> {
    let each = match length {
        Length::Short => 2,
        Length::Full => 20,
    };
    let mut trials = tokio::task::JoinSet::new();
    for nth in 0..each * 2 {
        trials.spawn(trial(nth % 2 == 0));
    }
    let (mut sending, mut idle) = (Duration::ZERO, Duration::ZERO);
    while let Some(trial) = trials.join_next().await {
        let (sends, took) = trial??;
        let slowest = if sends { &mut sending } else { &mut idle };
        *slowest = took.max(*slowest);
    }
    Ok(format!(
        "{} half-open sockets, noticed within {:.1} s with words on their way, {:.1} s without (beats of {} s then), each \
         text arrived once",
        each * 2,
        sending.as_secs_f64(),
        idle.as_secs_f64(),
        QUICK_BEAT.as_secs()
    ))
}

async fn trial(sends: bool) -> anyhow::Result<(bool, Duration)> {
    let folder = tempfile::tempdir()?;
    let hub = office::open(&folder.path().join("hub"), if sends { BEAT } else { QUICK_BEAT }).await?;
    let proxy = Proxy::start(hub.address()).await?;
    let mut customer = Customer::come(hub.address()).await?;
    customer.write("Вы тут?").await?;
    let mut desk = Desk::open(&folder.path().join("desk"), &format!("http://{}", proxy.address()), false).await?;
    let dialog = desk.accept().await?;
    desk.command(Command::SendText { dialog, text: "Ира: тут".to_owned() }).await?;
    customer.hear_texts(1).await?;

    proxy.turn(Weather::BlackHole);
    let began = Instant::now();
    if sends {
        desk.command(Command::SendText { dialog, text: "Ира: вы меня слышите?".to_owned() }).await?;
    }
    desk.until("the loss", |desk| !desk.is_live()).await?;
    let took = began.elapsed();
    let limit = if sends { NOTICED_SENDING } else { NOTICED_IDLE };
    ensure!(took <= limit, "noticed after {took:?}, sending: {sends}");

    proxy.turn(Weather::Clear);
    desk.command(Command::Reconnect).await.context("connect now")?;
    desk.until("the connection", Desk::is_live).await?;
    desk.command(Command::SendText { dialog, text: "Ира: теперь да".to_owned() }).await?;
    let expected: &[&str] = if sends {
        &["Ира: тут", "Ира: вы меня слышите?", "Ира: теперь да"]
    } else {
        &["Ира: тут", "Ира: теперь да"]
    };
    customer.hear_texts(expected.len()).await?;
    ensure!(customer.heard == expected, "the customer reads {:?}", customer.heard);
    desk.close().await;
    hub.stop().await;
    Ok((sends, took))
}
