//! `cargo xtask run`: from a fresh machine to the workplace on the screen.

use crate::program::{Program, root};
use crate::setup::{Wanted, ensure};
use anyhow::{Context, Result};
use clap::Args;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How to start the app.
#[derive(Args)]
pub struct Run {
    /// Bring the desk to life with scripted customers.
    #[arg(long)]
    demo: bool,
    /// Serve the workplace to a browser on this machine instead of opening a window.
    #[arg(long)]
    browser: bool,
    /// Build the optimised app.
    #[arg(long)]
    release: bool,
    /// For the app itself, after `--`.
    #[arg(last = true)]
    args: Vec<String>,
}

impl Run {
    /// Sets up, builds, starts.
    pub fn start(self) -> Result<()> {
        ensure(Wanted::Build)?;
        build_page()?;
        build(if self.release { SHIPPED } else { DEBUG }, &["otklik", "otklik-hub"])?;
        let flags = [(self.demo, "--demo"), (self.browser, "--browser")];
        Program::new(built(if self.release { "release" } else { "debug" }, "otklik"))
            .args(flags.into_iter().filter_map(|(on, flag)| on.then_some(flag)))
            .args(self.args)
            .run()
    }
}

/// How programs are built while developing: with the features of the whole workspace, so that what a test or a start
/// has built serves the next.
pub const DEBUG: &[&str] = &["--workspace"];
/// The same without a word.
pub const SILENT: &[&str] = &["--workspace", "--quiet"];
/// What is shipped, with its own features alone.
pub const SHIPPED: &[&str] = &["--release", "--package", "otklik", "--package", "otklik-hub"];
/// The long runs' programs: they do a year's work in minutes.
pub const OPTIMISED: &[&str] = &["--release", "--package", "otklik-tests"];

/// Builds programs.
pub fn build(how: &[&str], names: &[&str]) -> Result<()> {
    let bins = names.iter().flat_map(|name| ["--bin", *name]);
    Program::new("cargo").args(["build"]).args(how).args(bins).run()
}

/// Where cargo leaves a program.
pub fn built(profile: &str, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join(profile).join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// The operator's page.
const PAGE: &str = "ui";

/// Builds the operator's page unless it is newer than all it is made of. The customers' widget needs no building.
pub fn build_page() -> Result<()> {
    let stamp = stamp();
    fs::create_dir_all(stamp.parent().unwrap_or(root()))?;
    // Two stories that begin at once build it once.
    let turn = File::create(stamp.with_extension("lock"))?;
    turn.lock()?;
    if is_fresh() {
        return Ok(());
    }
    println!("build: the page");
    Program::new("npm").args(["run", "--silent", "build"]).in_folder(PAGE).run()?;
    fs::write(&stamp, "").with_context(|| format!("cannot write {}", stamp.display()))
}

/// A file as old as the last build. The bundle itself will not do: an empty page is put there for the compiler
/// before the first build.
fn stamp() -> PathBuf {
    root().join("target/xtask/page-built")
}

fn is_fresh() -> bool {
    let here = root().join(PAGE);
    let bundled = here.join("dist/index.html").exists();
    let Ok(built) = fs::metadata(stamp()).and_then(|stamp| stamp.modified()) else { return false };
    bundled && newest_source(&here).is_some_and(|newest| newest < built)
}

/// When a source below a folder was last changed; what is made or fetched does not count.
fn newest_source(folder: &Path) -> Option<SystemTime> {
    let made = ["dist", "dist-fake", "test-results", "node_modules"];
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let sources = entries.filter(|entry| !made.iter().any(|made| entry.file_name() == *made));
    sources
        .filter_map(|entry| {
            if entry.file_type().ok()?.is_dir() {
                newest_source(&entry.path())
            } else {
                entry.metadata().and_then(|of| of.modified()).ok()
            }
        })
        .max()
}
