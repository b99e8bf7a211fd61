//! the disk is full, and later it is not.
//!
//! As root on small tmpfs disks, one per size; otherwise the write calls of the child say "no space" while a file
//! exists. Either way the child writes until it is refused, frees the space, goes on without a restart, and everything
//! that was promised arrives. On the smallest disks there is nothing to free: they grow between two starts.

use super::{
    Length, Summary,
    child::Play,
    desk::keys,
    outcome::{Said, check_integrity, look},
    stage::{Program, Stand},
};
use crate::shim;
use anyhow::{Context as _, ensure};
use otklik_store::{OpenError, Store};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

// The cache's log grows to 4 000 pages of 4 KiB before it is emptied into the cache, which needs room there for what in
// those pages is new. A disk that has no more than this is full before there is anything on it to go on from.
const LOG_MIB: u32 = 20;

/// Disks of so many MiB on which a day begins and runs out of room by itself; on larger ones the room is given back.
const SMALL: std::ops::RangeInclusive<u32> = 1..=LOG_MIB + 2;

/// Fills disks of 1 to 64 MiB. Without the right to mount there is one run in which calls refuse, whatever the size.
///
/// # Errors
/// The first disk on which something promised was lost, or that did not recover.
pub fn run(length: Length) -> anyhow::Result<Summary> {
    if !cfg!(target_os = "linux") {
        return Ok(Summary("disk-full: left out, there is no small disk to be had here".to_owned()));
    }
    let began = Instant::now();
    let sizes: Vec<u32> = match length {
        Length::Full => (1..=64).collect(),
        Length::Short => vec![1, 2, 4, 9, 23, 25, 28],
    };
    let mut sum = Sum::default();
    let how = if can_mount() {
        for mib in &sizes {
            sum.add(on_disk(*mib).with_context(|| format!("a disk of {mib} MiB"))?);
        }
        let (small, rest): (Vec<u32>, Vec<u32>) = sizes.iter().partition(|mib| SMALL.contains(mib));
        let span = |sizes: &[u32]| match sizes {
            [] => "none".to_owned(),
            [only] => format!("one of {only} MiB"),
            [first, .., last] => format!("{} of {first} to {last} MiB", sizes.len()),
        };
        format!(
            "tmpfs disks: {}, of which {} were too small to begin on and said so, all at work again once they had grown; \
             {}, each desk went on without a restart once there was room",
            span(&small),
            sum.not_begun,
            span(&rest)
        )
    } else {
        sum.add(with_refusing_calls()?);
        "one run on a simulated disk, of no size: mounting small ones needs root, so write calls refused instead; the \
         desk went on without a restart"
            .to_owned()
    };
    Ok(Summary(format!(
        "disk-full: {how}; {} promised and stored, {} refused in clear words; {:.0} s",
        sum.promised,
        sum.refused,
        began.elapsed().as_secs_f64()
    )))
}

/// What was seen on all disks.
#[derive(Debug, Default)]
struct Sum {
    promised: usize,
    refused: usize,
    not_begun: u32,
}

impl Sum {
    fn add(&mut self, said: Said) {
        self.promised += said.promised.len();
        self.refused += said.refused.len();
        self.not_begun += u32::from(said.cannot_open.is_some());
    }
}

fn on_disk(mib: u32) -> anyhow::Result<Said> {
    if SMALL.contains(&mib) { on_tiny_disk(mib) } else { on_small_disk(mib) }
}

/// A tmpfs, unmounted when dropped.
struct Small {
    at: PathBuf,
}

impl Small {
    fn mount(at: PathBuf, mib: u32) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&at)?;
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m,mode=700"), "otklik-small"])
            .arg(&at)
            .stderr(std::process::Stdio::null())
            .status()?;
        ensure!(status.success(), "mounting is not allowed");
        Ok(Self { at })
    }
}

impl Small {
    fn grow(&self, mib: u32) -> anyhow::Result<()> {
        let status = Command::new("mount").args(["-o", &format!("remount,size={mib}m")]).arg(&self.at).status()?;
        ensure!(status.success(), "the disk does not grow");
        Ok(())
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A mount that stays behind is seen by whoever lists mounts; there is nobody to tell it to here.
        let _gone = Command::new("umount").arg(&self.at).status();
    }
}

fn can_mount() -> bool {
    let Ok(stand) = Stand::new() else { return false };
    Small::mount(stand.file("try"), 1).is_ok()
}

/// A first start with a hub, on a disk that is full sooner or later, perhaps before there is anything on it. What was
/// promised until then is there, and goes out once the disk has grown.
fn on_tiny_disk(mib: u32) -> anyhow::Result<Said> {
    let stand = Stand::new()?;
    let disk = Small::mount(stand.store(), mib)?;
    let mut said = Said::default();
    said.hear(&Program::start(Play::Cram, &stand, 1, &[])?.finish()?);
    match &said.cannot_open {
        Some(why) => ensure!(why.contains("the disk is full"), "the start says: {why}"),
        None => {
            ensure!(said.done, "the child did not come to its end");
            ensure!(said.full, "the disk was never full: {said:?}");
        }
    }
    starts_or_says_full(&stand)?;
    disk.grow(mib + LOG_MIB * 2)?;
    judge(&stand, &said)?;
    Ok(said)
}

/// By now the disk may be full of what arrived. A start says so, or works; with more room it works.
fn starts_or_says_full(stand: &Stand) -> anyhow::Result<()> {
    match Store::open(&stand.store(), &keys()) {
        Ok((store, ..)) => store.close(),
        Err(OpenError::Full) => {}
        Err(error) => anyhow::bail!("on a full disk the store says: {error}"),
    }
    Ok(())
}

fn on_small_disk(mib: u32) -> anyhow::Result<Said> {
    let stand = Stand::new()?;
    let disk = Small::mount(stand.store(), mib)?;
    prepare(&stand)?;
    let ballast = stand.store().join("ballast");
    // Three quarters and the log's room are freed later: what was written has to fit a second time, with its search
    // index, before it leaves the outbox.
    let mut file = std::fs::File::create(&ballast)?;
    let piece = vec![1; 64 * 1024];
    for _ in 0..((mib - LOG_MIB) * 16 * 3 / 4 + LOG_MIB * 16) {
        if std::io::Write::write_all(&mut file, &piece).is_err() {
            break;
        }
    }
    drop(file);
    let said = fill(&stand, &[("OTKLIK_BALLAST", &ballast)])?;
    starts_or_says_full(&stand)?;
    disk.grow(mib * 2)?;
    judge(&stand, &said)?;
    Ok(said)
}

/// The same without a small disk: calls refuse from the start of the child until it removes the file.
fn with_refusing_calls() -> anyhow::Result<Said> {
    let stand = Stand::new()?;
    prepare(&stand)?;
    let ballast = stand.file("ballast");
    std::fs::write(&ballast, b"full")?;
    let shim = shim::compiled("ioshim")?;
    let env: [(&str, &Path); 4] = [
        ("LD_PRELOAD", &shim),
        ("OTKLIK_IO_DIR", &stand.store()),
        ("OTKLIK_IO_FULL", &ballast),
        ("OTKLIK_BALLAST", &ballast),
    ];
    let said = fill(&stand, &env)?;
    judge(&stand, &said)?;
    Ok(said)
}

/// Dialogs that Ира leads, in a store that was closed in order.
fn prepare(stand: &Stand) -> anyhow::Result<()> {
    let mut said = Said::default();
    said.hear(&Program::start(Play::Story, stand, 1, &[])?.finish()?);
    ensure!(said.done, "the story did not come to its end");
    Ok(())
}

fn fill(stand: &Stand, env: &[(&str, &Path)]) -> anyhow::Result<Said> {
    let mut said = Said::default();
    said.hear(&Program::start(Play::Fill, stand, 2, env)?.finish()?);
    ensure!(said.cannot_open.is_none(), "the store did not open: {:?}", said.cannot_open);
    ensure!(said.done, "the child did not come to its end");
    ensure!(said.refused.len() >= 3, "the disk was never full");
    Ok(said)
}

fn judge(stand: &Stand, said: &Said) -> anyhow::Result<()> {
    // What arrived may still lie in own.db, if the full disk took not even its removal: the next start finds it in the
    // cache by its id.
    look(&stand.store(), &stand.ledger())?.judge(said)?;
    let mut last = Said::default();
    last.hear(&Program::start(Play::Finish, stand, 3, &[])?.finish()?);
    ensure!(last.done, "the last start did not come to its end: {:?}", last.cannot_open);
    look(&stand.store(), &stand.ledger())?.judge_finished(said)?;
    check_integrity(&stand.store())
}
