//! every single I/O call of a scenario fails once, in every way it can.

use super::{
    Length, Summary,
    child::Play,
    outcome::{Said, check_integrity, look},
    stage::{Program, Stand},
};
use anyhow::{Context as _, ensure};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// How a call fails.
const WAYS: [&str; 4] = ["eio", "full", "short", "sync"];

/// More calls than this are not expected of the scenario.
const MOST_CALLS: u64 = 20_000;

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    runs: u64,
    promised: u64,
    refused: u64,
    not_opened: u64,
}

/// Fails call after call until the scenario ends without a failure; in a short run only a sample of them.
///
/// # Errors
/// The first run in which something promised was lost, or that did not recover.
pub fn run(length: Length) -> anyhow::Result<Summary> {
    if !cfg!(target_os = "linux") {
        return Ok(Summary("io-every: left out, the failing calls are injected by a Linux loader variable".to_owned()));
    }
    let began = Instant::now();
    let shim = shim()?;
    let mut tally = Tally::default();
    let mut calls = Vec::new();
    for how in WAYS {
        let mut at = 1;
        loop {
            let fired = one(&shim, how, at, &mut tally).with_context(|| format!("call {at} failing by {how}"))?;
            if !fired {
                break;
            }
            at += match length {
                Length::Full => 1,
                // Sparse, and never at the same places of a repeating pattern.
                Length::Short => 17 + at / 5,
            };
            ensure!(at < MOST_CALLS, "the scenario does not end");
        }
        calls.push(format!("{how} {at}"));
    }
    let Tally { runs, promised, refused, not_opened } = tally;
    Ok(Summary(format!(
        "io-every: {runs} runs with one failing call each (calls until none failed: {}); {promised} promised, {refused} \
         refused in clear words, {not_opened} starts refused; 0 lost, 0 doubled, each desk recovered; {:.0} s",
        calls.join(", "),
        began.elapsed().as_secs_f64()
    )))
}

/// One run with one failing call. False if the scenario ended before it.
fn one(shim: &Path, how: &str, at: u64, tally: &mut Tally) -> anyhow::Result<bool> {
    let stand = Stand::new()?;
    let mark = stand.file("fired");
    let number = at.to_string();
    let env: [(&str, &Path); 5] = [
        ("LD_PRELOAD", shim),
        ("OTKLIK_IO_DIR", &stand.store()),
        ("OTKLIK_IO_AT", Path::new(&number)),
        ("OTKLIK_IO_HOW", Path::new(how)),
        ("OTKLIK_IO_DONE", &mark),
    ];
    let mut said = Said::default();
    said.hear(&Program::start(Play::Story, &stand, 1, &env)?.finish()?);
    tally.runs += 1;
    let fired = mark.exists();
    if let Some(why) = said.cannot_open.take() {
        ensure!(fired, "the store did not open without a failure: {why}");
        tally.not_opened += 1;
    } else {
        ensure!(said.done, "the child neither ended nor said why");
    }
    // The disk is well again.
    said.hear(&Program::start(Play::Finish, &stand, 2, &[])?.finish()?);
    ensure!(said.done && said.cannot_open.is_none(), "the next start failed: {:?}", said.cannot_open);
    look(&stand.store(), &stand.ledger())?.judge_finished(&said)?;
    check_integrity(&stand.store())?;
    tally.promised += said.promised.len() as u64;
    tally.refused += said.refused;
    Ok(fired)
}

/// Compiles the shim.
///
/// # Errors
/// When there is no C compiler.
pub fn shim() -> anyhow::Result<PathBuf> {
    crate::shim::compiled("ioshim")
}
