//! S-C23: the folder lies on a share that takes no locks, so nobody could keep a second copy out. The start says so,
//! touches nothing, and on a disk that takes them everything goes on.

use super::{
    Summary,
    child::Play,
    outcome::{Said, check_integrity, look},
    stage::{Program, Stand},
};
use crate::shim;
use anyhow::{Context as _, ensure};
use std::path::Path;

/// Plays it once.
///
/// # Errors
/// The store was opened all the same, or something of it was touched or lost.
pub fn run() -> anyhow::Result<Summary> {
    if !cfg!(target_os = "linux") {
        return Ok(Summary("no-locks: left out, the refused locks are injected by a Linux loader variable".to_owned()));
    }
    let (stand, shim) = (Stand::new()?, shim::compiled("ioshim")?);
    let mut said = Said::default();
    said.hear(&Program::start(Play::Story, &stand, 1, &[])?.finish()?);
    ensure!(said.done, "the story did not come to its end");
    let files = || ["own.db", "cache.db"].map(|name| std::fs::read(stand.store().join(name)));
    let [own, cache] = files();
    let (own, cache) = (own?, cache?);

    let env: [(&str, &Path); 3] =
        [("LD_PRELOAD", &shim), ("OTKLIK_IO_DIR", &stand.store()), ("OTKLIK_IO_HOW", Path::new("locks"))];
    let mut refused = Said::default();
    refused.hear(&Program::start(Play::Finish, &stand, 2, &env)?.finish()?);
    let why = refused.cannot_open.context("the store was opened without a lock")?;
    ensure!(why.contains("takes no locks"), "it says: {why}");
    let [own_now, cache_now] = files();
    ensure!(own_now? == own && cache_now? == cache, "a start that was refused has changed the files");

    let mut last = Said::default();
    last.hear(&Program::start(Play::Finish, &stand, 3, &[])?.finish()?);
    ensure!(last.done, "the next start failed: {:?}", last.cannot_open);
    look(&stand.store(), &stand.ledger())?.judge_finished(&said)?;
    check_integrity(&stand.store())?;
    Ok(Summary("no-locks: a folder that takes no locks is refused in clear words and left as it is".to_owned()))
}
