//! Commands whose work is done by a program of tests/: build it, start it, hand the arguments through.

use crate::program::Program;
use crate::rig::Rig;
use crate::run::{DEBUG, OPTIMISED, SHIPPED, SILENT, build, build_page, built};
use crate::setup::{Wanted, ensure};
use anyhow::Result;
use clap::Args;

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
        build(OPTIMISED, &[name])?;
        Program::new(built("release", name)).args(self.args).run()
    }

    /// Measures: the window's figures need the display, and an optimised app and hub.
    pub fn bench(self) -> Result<()> {
        self.shipped("otklik-bench")
    }

    /// Plays a day before the window that is shipped.
    pub fn soak(self) -> Result<()> {
        self.shipped("otklik-soak")
    }

    fn shipped(self, name: &str) -> Result<()> {
        ensure(Wanted::Tests)?;
        build_page()?;
        build(SHIPPED, &["otklik", "otklik-hub"])?;
        build(OPTIMISED, &[name])?;
        in_rig("release", name, self.args)
    }

    /// Runs the end-to-end tests in a display of their own; the day at the centre needs none.
    pub fn e2e(self) -> Result<()> {
        if self.args.first().is_some_and(|story| story == "centre") {
            ensure(Wanted::Build)?;
            build(SILENT, &["otklik-e2e"])?;
            return Program::new(built("debug", "otklik-e2e")).args(self.args).run();
        }
        ensure(Wanted::Tests)?;
        build_page()?;
        build(DEBUG, &["otklik", "otklik-hub", "otklik-e2e"])?;
        in_rig("debug", "otklik-e2e", self.args)
    }
}

/// Plays every race there is to be played, and asks every stranger's question.
pub fn races() -> Result<()> {
    let passed = |args: &[&str]| Passed { args: args.iter().map(|arg| (*arg).to_owned()).collect() };
    passed(&["--first", "1", "--races", "100000", "--failovers", "1000"]).release("otklik-sim")?;
    let strangers = ["test", "--quiet", "--workspace", "--test", "hub", "s_h6", "--", "--nocapture"];
    Program::new("cargo").args(strangers).env("OTKLIK_STRANGERS", "100000").run()
}

fn in_rig(profile: &str, name: &str, args: Vec<String>) -> Result<()> {
    let rig = Rig::start()?;
    rig.furnish(Program::new(built(profile, name)).args(args)).run()
}
