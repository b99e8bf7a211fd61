//! Plays stories with the real programs: the main job, an operator's day, and what hostile words could do. Started by
//! `cargo xtask e2e` inside a display of its own.

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use otklik_tests::e2e::story::{self, Programs};
use otklik_tests::e2e::{around, centre, first_start, hostile, morning, workplace};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the day at the centre is kept.
const CENTRE: &str = "target/e2e/centre";

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
    /// The first start of the program alone: with a desk of its own in a window, and served to a browser with the
    /// demonstration's customers where there is no display.
    FirstStart(Place),
    /// An operator's lists and threads, each screen photographed in every look.
    Workplace(Place),
    /// An operator's morning with the mouse unplugged, in English, then in Russian on the Russian layout.
    Morning(Place),
    /// The window in a desktop that is played to it: tray, notifications that can be answered, lock, sleep, shutdown.
    Around(Place),
    /// A customer writes everything that was ever made to run, and a script in the page tries to get out.
    Hostile(Place),
    /// A day at a contact centre, in the hub alone: its protocol is the same each time.
    Centre {
        /// Keep the protocol as the one that has to be.
        #[arg(long)]
        keep: bool,
        /// Play it in the database at this address alone, such as `postgres://otklik@127.0.0.1:5432/postgres`. Otherwise
        /// it is played on SQLite and, if OTKLIK_TEST_POSTGRES names a server, on that one too.
        #[arg(long, conflicts_with = "keep")]
        store: Option<String>,
    },
}

#[derive(Args)]
struct Place {
    /// The app; beside this program unless told otherwise.
    #[arg(long)]
    app: Option<PathBuf>,
    /// The hub; beside this program unless told otherwise.
    #[arg(long)]
    hub: Option<PathBuf>,
    /// Where photographs and logs go, a folder of the story below target unless told otherwise; what is there already is
    /// removed.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let passed = match Line::parse().story {
        Story::MainJob(place) => story::play(&place.programs("target/e2e/main-job")?).await?,
        Story::FirstStart(place) => first_start::play(&place.programs("target/e2e/first-start")?).await?,
        Story::Workplace(place) => workplace::play(&place.programs("target/e2e/workplace")?).await?,
        Story::Morning(place) => morning::play(&place.programs("target/e2e/morning")?).await?,
        Story::Around(place) => around::play(&place.programs("target/e2e/around")?).await?,
        Story::Hostile(place) => hostile::play(&place.programs("target/e2e/hostile")?).await?,
        Story::Centre { keep: true, .. } => centre::keep(&emptied(CENTRE.as_ref())?).await.map(|()| true)?,
        Story::Centre { keep: false, store } => centre::play(&emptied(CENTRE.as_ref())?, store.as_deref()).await?,
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Place {
    /// The programs, and a folder with nothing in it.
    fn programs(&self, usual: &str) -> Result<Programs> {
        let beside = |name: &str| -> Result<PathBuf> { Ok(std::env::current_exe()?.with_file_name(name)) };
        Ok(Programs {
            app: self.app.as_ref().map_or_else(|| beside("otklik"), |path| Ok(std::path::absolute(path)?))?,
            hub: self.hub.as_ref().map_or_else(|| beside("otklik-hub"), |path| Ok(std::path::absolute(path)?))?,
            out: emptied(self.out.as_deref().unwrap_or(usual.as_ref()))?,
        })
    }
}

fn emptied(folder: &Path) -> Result<PathBuf> {
    let folder = std::path::absolute(folder)?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
