//! Figures: speed and memory, each with the floor measured in the same run. Never an assertion: a figure is reported
//! as it is. The window's figures need a display of their own and the optimised programs; the rest needs neither.

mod commits;
mod core;
mod figure;
mod fixture;
mod found;
mod hub;
mod latency;
mod pages;
mod plain;
mod resync;
mod soak;
mod window;
mod wire;

pub use figure::Figures;
pub use fixture::{Fixture, Size};
pub use hub::{Crowd, serve_echo};
pub use soak::{Day, soak};
pub use window::{Pace, measure as window};

use anyhow::Result;
use std::path::Path;

/// Measures the local store and the wire.
///
/// # Errors
/// If a store cannot be used at all.
pub fn store_and_wire(size: Size, folder: &Path, figures: &mut Figures) -> Result<()> {
    if figures.wants(&["P-W1"]) {
        wire::measure(figures);
    }
    if figures.wants(&["P-C13"]) {
        core::measure(size.dialogs, figures)?;
    }
    if figures.wants(&["P-D2"]) {
        commits::measure(folder, figures)?;
    }
    if figures.wants(&["P-D7"]) {
        found::measure(figures)?;
    }
    if figures.wants(&["P-D1", "P-D3", "P-D4", "P-D5", "P-D6", "P-D8", "P-D11"]) {
        figures.tell("writing the fixture");
        let fixture = Fixture::build(size, &folder.join("fixture"), figures)?;
        pages::measure(&fixture, figures)?;
    }
    Ok(())
}

/// Plays a day before the window, if P-C6 is wanted.
///
/// # Errors
/// If a program does not start, or the window does not do its work any more.
pub fn day(day: &Day, folder: &Path, figures: &mut Figures) -> Result<()> {
    if !figures.wants(&["P-C6"]) {
        return Ok(());
    }
    figures.tell("a day before the window");
    std::fs::remove_dir_all(folder).ok();
    std::fs::create_dir_all(folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(soak(day, folder, figures))
}

/// Measures the hub, given its program.
///
/// # Errors
/// If a hub cannot be started or does not answer.
pub fn hub(program: &Path, crowd: Crowd, folder: &Path, figures: &mut Figures) -> Result<()> {
    if figures.wants(&["P-D9"]) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        figures.tell("an operator who was away");
        runtime.block_on(resync::measure(program, crowd.seconds < 10, &folder.join("resync"), figures))?;
    }
    hub::measure(program, crowd, &folder.join("hub"), figures)
}
