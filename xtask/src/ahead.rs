//! Cargo's building that need not wait: npm's steps want one core or a browser that mostly waits, so the next step of
//! cargo's is built beside them, at the lowest priority. Nothing is judged here: each step runs in its turn, finds its
//! work done, or says itself what is wrong with it.

use crate::program::{Program, root};
use crate::steps::{CLIPPY, RUST_TESTS, Step, Work};
use anyhow::Result;
use std::fs::{self, File};
use std::process::Child;

/// What is being built for a later step, if anything is.
#[derive(Default)]
pub struct Ahead(Option<Child>);

impl Ahead {
    /// To be called before each step, with those that follow it: begins to build for one of them, or waits until that
    /// is done where the step needs cargo itself, whose builds go one after the other.
    pub fn of(&mut self, step: &Step, rest: &[&Step]) -> Result<()> {
        if !matches!(step.work, Work::Npm(..)) {
            return self.finish();
        }
        if self.0.is_some() {
            return Ok(());
        }
        let next = rest.iter().find(|later| !matches!(later.work, Work::Npm(..)));
        let Some(line) = next.and_then(|step| building(step)) else { return Ok(()) };
        let folder = root().join("target/xtask/log");
        fs::create_dir_all(&folder)?;
        let log = File::create(folder.join("ahead.log"))?;
        // Where it cannot be started, the step builds for itself.
        self.0 = yielding().args(line).into_log(&log)?.start().ok();
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(mut child) = self.0.take() {
            child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Ahead {
    /// A step has failed: nothing follows it.
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().and_then(|()| child.wait()).ok();
        }
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
        return Some(&["test", "--quiet", "--workspace", "--no-run"]);
    }
    (line == CLIPPY).then_some(line)
}
