//! Distribution and the store behind it, without sockets: P-H6, P-H7, P-H8.

mod closed;
mod curve;
mod ingest;
mod monday;

use crate::{bench::Figures, race::Scene};
use anyhow::Result;
use futures_util::future::try_join_all;
use otklik_hub::{
    centre::Sharing,
    store::{Commit, Committed},
};
use std::{fs, path::Path};

/// Commits under way beside each other: as many as share a transaction.
const BESIDE: usize = 256;
/// Commits handed over in one piece.
const BATCH: usize = 1_000;

pub(super) const GOALS: [&str; 3] = ["P-H6", "P-H7", "P-H8"];

/// Measures what is wanted.
pub(super) async fn measure(quick: bool, folder: &Path, figures: &mut Figures) -> Result<()> {
    if figures.wants(&["P-H7"]) {
        figures.tell("distribution: the curve");
        curve::measure(quick, figures)?;
        closed::measure(quick, &folder.join("closed"), figures).await?;
    }
    if figures.wants(&["P-H6"]) {
        figures.tell("distribution: Monday, nine o'clock");
        monday::measure(quick, &folder.join("monday"), figures).await?;
    }
    if figures.wants(&["P-H8"]) {
        figures.tell("ingest");
        ingest::measure(quick, &folder.join("ingest"), figures).await?;
    }
    Ok(())
}

/// A new centre in a new folder.
async fn centre(folder: &Path) -> Result<Scene> {
    fs::remove_dir_all(folder).ok();
    fs::create_dir_all(folder)?;
    Scene::open(folder, Sharing::LeastLoaded).await
}

/// The customers of these numbers write.
async fn customers_write(scene: &Scene, numbers: std::ops::Range<u64>) -> Result<()> {
    let numbers: Vec<_> = numbers.collect();
    for some in numbers.chunks(BESIDE) {
        let begun = try_join_all(some.iter().map(|number| scene.begin(*number))).await?;
        all(scene, begun).await?;
    }
    Ok(())
}

/// Stores all of these.
async fn all(scene: &Scene, mut commits: Vec<Commit>) -> Result<Vec<Committed>> {
    let mut done = Vec::with_capacity(commits.len());
    while !commits.is_empty() {
        let rest = commits.split_off(commits.len().min(BATCH));
        for result in scene.ground.store.commit_all(commits).await {
            done.push(result?);
        }
        commits = rest;
    }
    Ok(done)
}
