//! every single I/O call of a scenario fails once, in every way it can; and the program is killed right after it
//! has said that a text could not be kept because a sync failed: then nobody but the disk knows what became of it.

use super::{
    Length, Summary,
    child::Play,
    outcome::{Said, check_integrity, look},
    stage::{Program, Stand},
};
use crate::shim;
use anyhow::{Context as _, ensure};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// How a call fails.
const WAYS: [&str; 5] = ["eio", "full", "short", "sync", "read"];

/// How a call fails before the program is killed: this one alone, or this one and all that follow.
const WAYS_TO_DIE: [&str; 2] = ["sync", "dying"];

/// More calls than this are not expected of the scenario.
const MOST_CALLS: u64 = 20_000;

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    runs: u64,
    promised: u64,
    refused: u64,
    not_opened: u64,
    killed: u64,
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
    let shim = shim::compiled("ioshim")?;
    let mut tally = Tally::default();
    let mut calls = Vec::new();
    let killed = |how| (how, true);
    for (how, killed) in WAYS.map(|how| (how, false)).into_iter().chain(WAYS_TO_DIE.map(killed)) {
        let mut at = 1;
        loop {
            let run = if killed { one_killed } else { one };
            let then = if killed { ", killed after the refusal" } else { "" };
            let fired = run(&shim, how, at, &mut tally).with_context(|| format!("call {at} failing by {how}{then}"))?;
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
        calls.push(format!("{how}{} {at}", if killed { " and kill" } else { "" }));
    }
    let Tally { runs, promised, refused, not_opened, killed } = tally;
    Ok(Summary(format!(
        "io-every: {runs} runs with one failing call each (calls until none failed: {}); {promised} promised, {refused} \
         refused in clear words, {killed} of them followed by a kill, {not_opened} starts refused; 0 lost, 0 doubled, each desk recovered; {:.0} s",
        calls.join(", "),
        began.elapsed().as_secs_f64()
    )))
}

/// One run with one failing call. False if the scenario ended before it.
fn one(shim: &Path, how: &str, at: u64, tally: &mut Tally) -> anyhow::Result<bool> {
    let stand = Stand::new()?;
    let mut said = Said::default();
    let child = start(shim, how, at, &stand)?;
    said.hear(&child.finish()?);
    let fired = stand.file(MARK).exists();
    if let Some(why) = said.cannot_open.take() {
        ensure!(fired, "the store did not open without a failure: {why}");
        tally.not_opened += 1;
    } else {
        ensure!(said.done, "the child neither ended nor said why");
    }
    on_a_well_disk(&stand, &mut said, tally)?;
    Ok(fired)
}

/// One run that is killed as soon as it has refused a text.
fn one_killed(shim: &Path, how: &str, at: u64, tally: &mut Tally) -> anyhow::Result<bool> {
    let stand = Stand::new()?;
    let mut said = Said::default();
    let mut child = start(shim, how, at, &stand)?;
    child.wait_for_word("refused", Duration::from_secs(20))?;
    said.hear(&child.kill_or_finish()?);
    said.cannot_open = None;
    tally.killed += u64::from(!said.refused.is_empty());
    let fired = stand.file(MARK).exists();
    on_a_well_disk(&stand, &mut said, tally)?;
    Ok(fired)
}

/// The file that says that a call has failed.
const MARK: &str = "fired";

fn start(shim: &Path, how: &str, at: u64, stand: &Stand) -> anyhow::Result<Program> {
    let (mark, number) = (stand.file(MARK), at.to_string());
    let env: [(&str, &Path); 5] = [
        ("LD_PRELOAD", shim),
        ("OTKLIK_IO_DIR", &stand.store()),
        ("OTKLIK_IO_AT", Path::new(&number)),
        ("OTKLIK_IO_HOW", Path::new(how)),
        ("OTKLIK_IO_DONE", &mark),
    ];
    Program::start(Play::Story, stand, 1, &env)
}

/// The next start, on a disk that is well again.
fn on_a_well_disk(stand: &Stand, said: &mut Said, tally: &mut Tally) -> anyhow::Result<()> {
    look(&stand.store(), &stand.ledger())?.judge(said)?;
    said.hear(&Program::start(Play::Finish, stand, 2, &[])?.finish()?);
    ensure!(said.done && said.cannot_open.is_none(), "the next start failed: {:?}", said.cannot_open);
    look(&stand.store(), &stand.ledger())?.judge_finished(said)?;
    check_integrity(&stand.store())?;
    tally.runs += 1;
    tally.promised += said.promised.len() as u64;
    tally.refused += said.refused.len() as u64;
    Ok(())
}
