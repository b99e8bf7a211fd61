//! A few of each; `cargo xtask sim --races 100000 --failovers 1000` plays all.

use super::*;
use otklik_hub::centre::Sharing;

#[tokio::test]
async fn each_epoch_has_one_owner_and_losers_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let scene = Scene::open(folder.path(), Sharing::LeastLoaded).await.expect("a centre");
    let sums = races(&scene, 1, 500).await.expect("no rule is broken");
    assert_eq!(sums.races, 500);
    assert!(sums.won >= 500 && sums.told > 500, "{sums:?}");
    // Each of these happened, or the races are none.
    assert!(sums.conflicts > 0 && sums.fenced > 0 && sums.words_refused > 0, "{sums:?}");
    assert!(sums.slowest_ms <= 200, "{sums:?}");
}

#[tokio::test]
async fn a_paused_process_changes_nothing_and_another_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let sums = failovers(folder.path(), 1, 25).await.expect("no rule is broken");
    assert_eq!(sums.runs, 25);
    assert!(sums.takeovers > 25 && sums.fenced > 0 && sums.stored > 25, "{sums:?}");
}
