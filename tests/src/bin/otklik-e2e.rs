//! Plays stories with the real programs: the main job, and what hostile words could do to it. Started by
//! `cargo xtask e2e` inside a display of its own.

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use otklik_tests::e2e::hostile;
use otklik_tests::e2e::story::{self, Programs};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask e2e", bin_name = "cargo xtask e2e")]
struct Line {
    #[command(subcommand)]
    story: Story,
}

#[derive(Subcommand)]
enum Story {
    /// A customer writes in a browser, operators answer in their windows, and the hub and the app are killed on the way.
    MainJob(Place),
    /// A customer writes everything that was ever made to run, and a script in the page tries to get out.
    Hostile(Place),
}

#[derive(Args)]
struct Place {
    /// The app; beside this program unless told otherwise.
    #[arg(long)]
    app: Option<PathBuf>,
    /// The hub; beside this program unless told otherwise.
    #[arg(long)]
    hub: Option<PathBuf>,
    /// Where photographs and logs go, target/e2e or target/e2e-hostile unless told otherwise; what is there already is
    /// removed.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let story = Line::parse().story;
    let (Place { app, hub, out }, usual) = match &story {
        Story::MainJob(place) => (place, "target/e2e"),
        Story::Hostile(place) => (place, "target/e2e-hostile"),
    };
    let out = std::path::absolute(out.as_deref().unwrap_or(usual.as_ref()))?;
    if out.exists() {
        std::fs::remove_dir_all(&out).with_context(|| format!("cannot empty {}", out.display()))?;
    }
    std::fs::create_dir_all(&out)?;
    let beside = |name: &str| -> Result<PathBuf> { Ok(std::env::current_exe()?.with_file_name(name)) };
    let programs = Programs {
        app: app.as_ref().map_or_else(|| beside("otklik"), |path| Ok(std::path::absolute(path)?))?,
        hub: hub.as_ref().map_or_else(|| beside("otklik-hub"), |path| Ok(std::path::absolute(path)?))?,
        out,
    };
    let passed = match &story {
        Story::MainJob(_) => story::play(&programs).await?,
        Story::Hostile(_) => hostile::play(&programs).await?,
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
