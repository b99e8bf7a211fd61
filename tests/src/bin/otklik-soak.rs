//! A day's traffic before the real window. Started by `cargo xtask soak` inside a display of its own.

use anyhow::{Context as _, Result};
use clap::Parser;
use otklik_tests::bench::{Day, Figures, soak};
use std::path::PathBuf;

/// Prints one figure a line, and leaves all of them as JSON: the memory of the window's processes after the first tenth
/// of the day and at its end (goal: less than 10 % more), its slope, and what they do afterwards (goal: less than 1 % of a core).
#[derive(Debug, Parser)]
#[command(name = "cargo xtask soak", bin_name = "cargo xtask soak")]
struct Line {
    /// The whole day's traffic in so many minutes.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// The app; beside this program unless told otherwise.
    #[arg(long)]
    app: Option<PathBuf>,
    /// The hub; beside this program unless told otherwise.
    #[arg(long)]
    hub: Option<PathBuf>,
    /// Where data, logs and the JSON go; what is there already is removed.
    #[arg(long, default_value = "target/soak")]
    out: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let line = Line::parse();
    let out = std::path::absolute(&line.out)?;
    std::fs::remove_dir_all(&out).ok();
    std::fs::create_dir_all(&out)?;
    let beside = |given: Option<PathBuf>, name: &str| match given {
        Some(path) => std::path::absolute(path),
        None => std::env::current_exe().map(|own| own.with_file_name(name)),
    };
    let app = beside(line.app, "otklik").context("which app?")?;
    let hub = beside(line.hub, "otklik-hub").context("which hub?")?;
    let mut figures = Figures::new(None);
    let played = soak(&Day { minutes: line.minutes, app, hub }, &out, &mut figures).await;
    // What was measured before something went wrong is worth keeping.
    figures.write(&out.join("soak.json"))?;
    played
}
