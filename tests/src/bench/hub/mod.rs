//! A real hub under many sockets: what one costs, and how long a word takes from a customer to the operators.

mod echo;
mod guessing;
mod idle;
mod process;
mod reach;
mod routing;
mod script;
pub(super) mod socket;

pub use echo::serve as serve_echo;
pub(super) use process::{BenchHub, PASSWORD};

use super::Figures;
use anyhow::{Context, Result, ensure};
use std::{path::Path, process::Command};

/// How many sockets of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Customers' pages that are open and say nothing.
    pub customers: usize,
    /// Operators' workplaces that are open and are told nothing.
    pub operators: usize,
    /// How long the customers write, in seconds.
    pub seconds: u32,
}

/// Measures the hub. `program` is `otklik-hub`.
///
/// # Errors
/// If a hub cannot be started or does not answer.
pub fn measure(program: &Path, crowd: Crowd, folder: &Path, figures: &mut Figures) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if figures.wants(&routing::GOALS) {
        runtime.block_on(routing::measure(crowd.seconds < 10, &folder.join("routing"), figures))?;
    }
    if figures.wants(&["routing_script"]) {
        runtime.block_on(script::measure(figures))?;
    }
    if figures.wants(&["S-H2"]) {
        let quick = crowd.seconds < 10;
        runtime.block_on(guessing::measure(program, quick, &folder.join("guessing"), figures))?;
    }
    if !figures.wants(&["P-H1", "P-H3", "P-H8", "L1"]) {
        return Ok(());
    }
    raise_file_limit()?;
    if figures.wants(&["P-H1"]) {
        runtime.block_on(idle::measure(program, crowd, &folder.join("idle"), figures))?;
    }
    if figures.wants(&["P-H3", "L1"]) {
        runtime.block_on(reach::measure(program, crowd, &folder.join("reach"), figures))?;
    }
    if figures.wants(&["P-H8"]) {
        runtime.block_on(reach::measure_ingest(program, crowd, &folder.join("sockets"), figures))?;
    }
    Ok(())
}

/// Every socket is an open file, here and in the hub, which inherits the limit.
fn raise_file_limit() -> Result<()> {
    let own = std::process::id().to_string();
    let status = Command::new("prlimit").args(["--pid", &own, "--nofile=20000:20000"]).status();
    ensure!(status.context("prlimit is not there")?.success(), "the limit of open files cannot be raised to 20 000");
    Ok(())
}
