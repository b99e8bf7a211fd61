//! The first start, as a newcomer does it: without an address, a login or a word of explanation. Once in a window, with
//! a desk of one's own and a customer who comes by the button that opens his page; once on a machine without a display
//! and without a keychain, served to a browser, with the demonstration's customers.

mod served;
mod window;

use super::pictures::Pictures;
use super::report::Report;
use super::story::Programs;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// What both parts need.
struct Stage<'a> {
    programs: &'a Programs,
    data: PathBuf,
    report: Report,
    pictures: Pictures,
}

/// Plays both parts; true if every step passed.
///
/// # Errors
/// The run could not begin: no display, a folder that cannot be written.
pub async fn play(programs: &Programs) -> Result<bool> {
    let data = programs.out.join("data");
    fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let mut stage = Stage { programs, data, report: Report::default(), pictures: Pictures::new(&programs.out) };
    if let Err(_already_told) = stage.play().await {
        stage.pictures.take("failure").await?;
    }
    Ok(stage.report.sum())
}

impl Stage<'_> {
    async fn play(&mut self) -> Result<()> {
        self.in_a_window().await?;
        self.without_a_display().await
    }
}
