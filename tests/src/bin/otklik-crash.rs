//! Kills, failing calls, full disks, injured files, cut stories: what was promised must survive each of them.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use otklik_tests::crash::{
    Length, Summary,
    child::{self, Play, Stage},
    corrupt, cuts, disk_full, files, io_every, kill, line, no_locks,
};
use std::path::PathBuf;

/// What was promised survives.
#[derive(Debug, Parser)]
#[command(name = "otklik-crash", version)]
struct Args {
    #[command(subcommand)]
    suite: Option<Suite>,
    /// A sample of each suite: a minute in all.
    #[arg(long, global = true)]
    short: bool,
    /// The seed; the time of day if absent.
    #[arg(long, global = true)]
    seed: Option<u64>,
}

#[derive(Debug, Subcommand)]
enum Suite {
    /// Every suite.
    All,
    /// Kill the program while it sends.
    Kill {
        /// How often.
        #[arg(long)]
        cycles: Option<u64>,
    },
    /// Fail every single I/O call of a scenario.
    IoEvery,
    /// Fill the disk.
    DiskFull,
    /// Put the files where no locks are to be had.
    NoLocks,
    /// Injure the files.
    Corrupt,
    /// Cut a story after every effect.
    Cuts,
    /// Go silent on a connection, and stop the program for a while.
    Line,
    /// Kill the program while it stages and sends files.
    Files,
    /// Play the workplace that is killed with files in its hands.
    #[command(hide = true)]
    Papers {
        /// The data folder.
        #[arg(long)]
        folder: PathBuf,
        /// The hub's address.
        #[arg(long)]
        hub: String,
        /// Which life; 0 is the last one.
        #[arg(long)]
        run: u64,
    },
    /// Play the workplace that is stopped.
    #[command(hide = true)]
    Workplace {
        /// The data folder.
        #[arg(long)]
        folder: PathBuf,
        /// The hub's address.
        #[arg(long)]
        hub: String,
    },
    /// Play a child of the suites above.
    #[command(hide = true)]
    Child {
        /// What.
        play: Play,
        /// The store's folder.
        #[arg(long)]
        folder: PathBuf,
        /// The hub's memory.
        #[arg(long)]
        ledger: PathBuf,
        /// Which run.
        #[arg(long)]
        run: u64,
    },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let length = if args.short { Length::Short } else { Length::Full };
    let seed = args.seed.map_or_else(fresh_seed, Ok)?;
    match args.suite.unwrap_or(Suite::All) {
        Suite::All => {
            let kill = Suite::Kill { cycles: None };
            for suite in [
                Suite::Cuts,
                Suite::Corrupt,
                Suite::NoLocks,
                Suite::DiskFull,
                Suite::Line,
                Suite::Files,
                Suite::IoEvery,
                kill,
            ] {
                print(&play(&suite, length, seed)?);
            }
            Ok(())
        }
        Suite::Child { play, folder, ledger, run } => {
            let ballast = std::env::var_os("OTKLIK_BALLAST").map(PathBuf::from);
            child::play(play, &Stage { folder: &folder, ledger: &ledger, run, ballast: ballast.as_deref() })
        }
        Suite::Workplace { folder, hub } => {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(line::workplace::child(&folder, &hub))
        }
        Suite::Papers { folder, hub, run } => {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(files::child(&folder, &hub, run))
        }
        suite @ (Suite::Kill { .. }
        | Suite::IoEvery
        | Suite::DiskFull
        | Suite::NoLocks
        | Suite::Corrupt
        | Suite::Line
        | Suite::Files
        | Suite::Cuts) => {
            print(&play(&suite, length, seed)?);
            Ok(())
        }
    }
}

fn print(Summary(line): &Summary) {
    println!("{line}");
}

fn play(suite: &Suite, length: Length, seed: u64) -> anyhow::Result<Summary> {
    let cycles = |asked: Option<u64>| {
        asked.unwrap_or(match length {
            Length::Full => 1_000,
            Length::Short => 100,
        })
    };
    match suite {
        Suite::Kill { cycles: asked } => kill::run(cycles(*asked), seed).context("kill"),
        Suite::IoEvery => io_every::run(length).context("io-every"),
        Suite::DiskFull => disk_full::run(length).context("disk-full"),
        Suite::NoLocks => no_locks::run().context("no-locks"),
        Suite::Corrupt => corrupt::run(length, seed).context("corrupt"),
        Suite::Cuts => cuts::run().context("cuts"),
        Suite::Line => line::run(length).context("line"),
        Suite::Files => files::run(length, seed).context("files"),
        Suite::All | Suite::Child { .. } | Suite::Papers { .. } | Suite::Workplace { .. } => Ok(Summary(String::new())),
    }
}

/// A seed nobody chose.
fn fresh_seed() -> anyhow::Result<u64> {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).context("the clock is before 1970")?;
    Ok(since.as_secs())
}
