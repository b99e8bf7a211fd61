//! Measures the store, the wire, the hub and the window. Started by `cargo xtask bench` inside a display of its own;
//! what needs no window can be measured without one.

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use otklik_tests::bench::{self, Crowd, Day, Figures, Pace, Size};
use std::{path::PathBuf, time::Duration};

/// Prints one figure a line: name, value, unit, and in brackets what the machine cannot go below and the ratio to it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Line {
    #[command(subcommand)]
    part: Option<Part>,
    /// Small fixtures and short runs: a look whether it works, in a minute or two. The figures mean little.
    #[arg(long)]
    quick: bool,
    /// Only figures whose names begin so, such as `P-D` or `P-H3`.
    #[arg(long, value_name = "PREFIX")]
    only: Option<String>,
    /// The app; beside this program unless told otherwise.
    #[arg(long)]
    app: Option<PathBuf>,
    /// The hub; beside this program unless told otherwise.
    #[arg(long)]
    hub: Option<PathBuf>,
    /// Where fixtures, logs and the JSON go.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// The floor of the hub's figures, a child of the bench itself.
    #[command(hide = true)]
    Echo,
}

fn main() -> Result<()> {
    let line = Line::parse();
    if let Some(Part::Echo) = line.part {
        return tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(bench::serve_echo());
    }
    let out = std::path::absolute(&line.out)?;
    std::fs::create_dir_all(&out)?;
    let beside = |given: Option<PathBuf>, name: &str| match given {
        Some(path) => std::path::absolute(path),
        None => std::env::current_exe().map(|own| own.with_file_name(name)),
    };
    let hub = beside(line.hub, "otklik-hub").context("which hub?")?;
    let app = beside(line.app, "otklik").context("which app?")?;
    let (size, crowd, pace) = if line.quick { quick() } else { full() };
    let minutes = if line.quick { 1 } else { 10 };
    let mut figures = Figures::new(line.only);
    let measured = bench::store_and_wire(size, &out, &mut figures)
        .and_then(|()| bench::hub(&hub, crowd, &out, &mut figures))
        .and_then(|()| bench::window(&app, &hub, size, pace, &out.join("window"), &mut figures))
        .and_then(|()| bench::day(&Day { minutes, app, hub }, &out.join("day"), &mut figures));
    // What was measured before something went wrong is worth keeping.
    figures.write(&out.join("figures.json"))?;
    measured
}

fn quick() -> (Size, Crowd, Pace) {
    (
        Size { dialogs: 500, messages: 20_000 },
        Crowd { customers: 500, operators: 200, seconds: 3 },
        Pace { starts: 2, inputs: 10, alarms: 2, idle: Duration::from_secs(5) },
    )
}

fn full() -> (Size, Crowd, Pace) {
    (
        Size { dialogs: 10_000, messages: 1_000_000 },
        Crowd { customers: 8_000, operators: 4_000, seconds: 20 },
        Pace { starts: 10, inputs: 100, alarms: 10, idle: Duration::from_secs(60) },
    )
}
