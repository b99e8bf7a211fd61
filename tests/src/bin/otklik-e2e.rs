//! Plays the main job with the real programs. Started by `cargo xtask e2e` inside a display of its own.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
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
    MainJob {
        /// The app; beside this program unless told otherwise.
        #[arg(long)]
        app: Option<PathBuf>,
        /// The hub; beside this program unless told otherwise.
        #[arg(long)]
        hub: Option<PathBuf>,
        /// Where photographs and logs go; what is there already is removed.
        #[arg(long, default_value = "target/e2e")]
        out: PathBuf,
    },
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let Story::MainJob { app, hub, out } = Line::parse().story;
    let out = std::path::absolute(out)?;
    if out.exists() {
        std::fs::remove_dir_all(&out).with_context(|| format!("cannot empty {}", out.display()))?;
    }
    std::fs::create_dir_all(&out)?;
    let beside = |name: &str| -> Result<PathBuf> { Ok(std::env::current_exe()?.with_file_name(name)) };
    let programs = Programs {
        app: app.map_or_else(|| beside("otklik"), |path| Ok(std::path::absolute(path)?))?,
        hub: hub.map_or_else(|| beside("otklik-hub"), |path| Ok(std::path::absolute(path)?))?,
        out,
    };
    Ok(if story::play(&programs).await? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
