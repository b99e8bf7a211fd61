//! Cargo's building that need not wait: setting up waits for the network, npm's steps want one core or a browser that
//! mostly waits, so the next step of cargo's is built beside them, at the lowest priority. Nothing is judged here: each
//! step runs in its turn, finds its work done, or says itself what is wrong with it.

use crate::program::{Program, root};
use crate::steps::{CLIPPY, FMT, RUST_TESTS, Step, Work};
use anyhow::Result;
use std::fs::{self, File};
use std::process::Child;

/// What is being built for a later step, if anything is.
#[derive(Default)]
pub struct Ahead {
    child: Option<Child>,
    /// What could not be built to its end was tried once more.
    tried_again: bool,
}

impl Ahead {
    /// To be called before each step, with those that follow it, and before setting up for the first: begins to build
    /// for one of them, or waits until that is done where the step needs cargo itself, whose builds go one after the
    /// other.
    pub fn of(&mut self, step: &Step, rest: &[&Step]) -> Result<()> {
        if builds(step) {
            return self.finish();
        }
        if let Some(child) = &mut self.child {
            // Before setting up, what rests on a library of the system could not be built, and the rest could.
            let failed = child.try_wait()?.is_some_and(|status| !status.success());
            if !failed || self.tried_again {
                return Ok(());
            }
            self.tried_again = true;
        }
        let next = rest.iter().find(|later| builds(later));
        let Some(line) = next.and_then(|step| building(step)) else { return Ok(()) };
        let folder = root().join("target/xtask/log");
        fs::create_dir_all(&folder)?;
        let log = File::create(folder.join("ahead.log"))?;
        // Where it cannot be started, the step builds for itself.
        self.child = yielding().args(line).into_log(&log)?.start().ok();
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Ahead {
    /// A step has failed: nothing follows it.
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().and_then(|()| child.wait()).ok();
        }
    }
}

/// Whether a step has cargo build, or runs what it has built.
fn builds(step: &Step) -> bool {
    match step.work {
        Work::Npm(..) | Work::Own(_) => false,
        Work::Cargo(line) => line != FMT,
        Work::Built(..) | Work::BesidePostgres(..) | Work::Xtask(_) => true,
    }
}

/// Cargo, giving way to everything else.
fn yielding() -> Program {
    if !cfg!(target_os = "linux") {
        return Program::new("cargo");
    }
    // Linux shares the processor among sessions first, and a browser under test has a session of its own: a low priority
    // counts only within one, so this one becomes a session that is as low.
    let meek = "echo 19 > /proc/self/autogroup; exec nice -n 19 cargo \"$@\"";
    Program::new("setsid").args(["sh", "-c", meek, "cargo"])
}

/// What of a step can be done without taking it.
fn building(step: &Step) -> Option<&'static [&'static str]> {
    let Work::Cargo(line) = step.work else { return None };
    if line == RUST_TESTS {
        return Some(&["build", "--quiet", "--workspace", "--tests", "--bins", "--keep-going"]);
    }
    (line == CLIPPY).then_some(line)
}
