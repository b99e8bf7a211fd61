//! Commands whose work is done by a program of tests/: build it, start it, hand the arguments through.

use crate::program::{Program, root};
use crate::rig::Rig;
use crate::run::{build_app, build_page};
use crate::setup::{Wanted, ensure};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Arguments that are none of ours.
#[derive(Args)]
pub struct Passed {
    /// For the program itself; `--help` shows its own.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

impl Passed {
    /// Runs a program of tests/, optimised: it does a year's work in minutes.
    pub fn release(self, name: &str) -> Result<()> {
        ensure(Wanted::Build)?;
        Program::new("cargo")
            .args(["run", "--quiet", "--release", "--package", "otklik-tests", "--bin", name, "--"])
            .args(self.args)
            .run()
    }

    /// Measures: the window's figures need the display, and an optimised app and hub.
    pub fn bench(self) -> Result<()> {
        ensure(Wanted::Tests)?;
        build_page()?;
        build_app(true)?;
        in_rig("release", "otklik-bench", self.args)
    }

    /// Runs the end-to-end tests in a display of their own.
    pub fn e2e(self) -> Result<()> {
        ensure(Wanted::Tests)?;
        build_page()?;
        build_app(false)?;
        in_rig("debug", "otklik-e2e", self.args)
    }
}

fn in_rig(profile: &str, name: &str, args: Vec<String>) -> Result<()> {
    let release = (profile == "release").then_some("--release");
    Program::new("cargo").args(["build", "--quiet", "--package", "otklik-tests", "--bin", name]).args(release).run()?;
    let rig = Rig::start()?;
    rig.furnish(Program::new(built(profile, name)).args(args)).run()
}

/// Where cargo leaves a program.
pub fn built(profile: &str, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join(profile).join(name).with_extension(std::env::consts::EXE_EXTENSION)
}
