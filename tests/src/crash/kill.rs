//! the program is killed at any instant while it sends.
//!
//! Invariants 1, 2 and 3.

use super::{
    Summary,
    child::Play,
    outcome::{Said, check_integrity, look},
    stage::{Program, Stand},
};
use anyhow::Context as _;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::{Duration, Instant};

/// After so many deaths a folder is judged and a new one begun, so that first starts are killed too.
const DEATHS_PER_FOLDER: u64 = 50;

/// Kills `cycles` children.
///
/// # Errors
/// The first promise that was broken.
pub fn run(cycles: u64, seed: u64) -> anyhow::Result<Summary> {
    let began = Instant::now();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut promised, mut unsent, mut done) = (0, 0, 0);
    while done < cycles {
        let deaths = DEATHS_PER_FOLDER.min(cycles - done);
        let context = format!("seed {seed}, cycles {done} to {}", done + deaths);
        let (kept, waiting) = one_folder(deaths, &mut rng).context(context)?;
        promised += kept;
        unsent += waiting;
        done += deaths;
    }
    Ok(Summary(format!(
        "kill: {cycles} kills while sending, {promised} messages promised, {unsent} found waiting after a kill; 0 lost, 0 \
         doubled, 0 out of order, every file whole; {:.0} s (seed {seed})",
        began.elapsed().as_secs_f64()
    )))
}

fn one_folder(deaths: u64, rng: &mut ChaCha8Rng) -> anyhow::Result<(usize, usize)> {
    let stand = Stand::new()?;
    let mut said = Said::default();
    let mut waiting = 0;
    for run in 1..=deaths {
        let mut child = Program::start(Play::Send, &stand, run, &[])?;
        // Half of the lives end while the store opens or catches up, half in the middle of sending.
        if rng.random_bool(0.5) {
            child.wait_for_line("live", Duration::from_secs(20))?;
            std::thread::sleep(Duration::from_micros(rng.random_range(0..40_000)));
        } else {
            std::thread::sleep(Duration::from_micros(rng.random_range(0..60_000)));
        }
        let output = child.kill()?;
        said.hear(&output);
        anyhow::ensure!(said.cannot_open.is_none(), "after a kill the store did not open: {:?}", said.cannot_open);
        if run % 10 == 0 {
            let held = look(&stand.store(), &stand.ledger())?;
            held.judge(&said)?;
            waiting += held.unsent.len();
        }
    }
    said.hear(&Program::start(Play::Finish, &stand, deaths + 1, &[])?.finish()?);
    anyhow::ensure!(said.done, "the last start did not come to its end");
    let held = look(&stand.store(), &stand.ledger())?;
    held.judge_finished(&said)?;
    held.judge_order()?;
    check_integrity(&stand.store())?;
    Ok((said.promised.len(), waiting))
}
