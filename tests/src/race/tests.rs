//! A part of each; `cargo xtask races` plays all.
//!
//! Invariants 10 and 18.

use super::*;
use otklik_hub::centre::Sharing;

const RACES: u64 = 1_000;
const FAILOVERS: u64 = 50;

#[tokio::test]
async fn each_epoch_has_one_owner_and_losers_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let scene = Scene::open(folder.path(), Sharing::LeastLoaded).await.expect("a centre");
    let sums = races(&scene, 1, RACES).await.expect("no rule is broken");
    assert_eq!(sums.races, RACES);
    assert!(sums.won >= RACES && sums.told > RACES, "{sums:?}");
    // Each of these happened, or the races are none.
    assert!(sums.conflicts > 0 && sums.fenced > 0 && sums.words_refused > 0, "{sums:?}");
    assert!(sums.slowest_ms <= 200, "{sums:?}");
}

#[tokio::test]
async fn a_paused_process_changes_nothing_and_another_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let sums = failovers(folder.path(), 1, FAILOVERS).await.expect("no rule is broken");
    assert_eq!(sums.runs, FAILOVERS);
    assert!(sums.takeovers > FAILOVERS && sums.fenced > 0 && sums.stored > FAILOVERS, "{sums:?}");
}
