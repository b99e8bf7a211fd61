//! What every run of the tests plays: some hundred schedules, and every one that ever failed.
//!
//! Invariants 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12 and 15.

use super::{
    batch, gaps, generate,
    plan::{Mishap, Plan},
    trace::Trace,
};
use std::path::{Path, PathBuf};

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

#[test]
fn three_hundred_schedules_break_no_rule() {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let batch = batch::run(1, 300, threads, None, 5);
    assert!(batch.failed.is_empty(), "{:#?}", batch.failed);
    assert!(batch.sums.entered > 1_000 && batch.sums.arrived > 500 && batch.sums.crashes > 50, "{:?}", batch.sums);
}

#[test]
fn every_schedule_that_ever_failed_passes() {
    for entry in std::fs::read_dir(seeds()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ext| ext == "json") {
            let plan = Plan::load(&path).unwrap();
            assert!(!plan.comment.is_empty(), "{} does not say why it is kept", path.display());
            if let Err(broken) = batch::play(&plan) {
                panic!("{}: {broken}", path.display());
            }
        }
    }
}

#[test]
fn a_schedule_played_twice_is_the_same() {
    for seed in 1..20 {
        let plan = generate::plan(seed);
        let one = batch::play_traced(&plan, Trace::Hash(Default::default())).0;
        let two = batch::play_traced(&plan, Trace::Hash(Default::default())).0;
        assert_eq!(one, two, "seed {seed}");
    }
}

#[test]
fn a_plan_survives_its_own_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    for seed in 0..50 {
        let plan = generate::plan(seed);
        plan.save(&path).unwrap();
        assert_eq!(Plan::load(&path).unwrap(), plan);
    }
}

#[test]
fn a_mishap_at_every_position_of_a_long_log_is_noticed_and_repaired() {
    for mishap in [Mishap::Drop, Mishap::Double, Mishap::Swap] {
        let seen = gaps::run(10_000, mishap).unwrap();
        assert!(seen.places.len() >= 10_000, "{mishap:?} fell on {} positions", seen.places.len());
        assert_eq!((seen.repaired, seen.ignored), (seen.mishaps, 0), "{mishap:?}");
    }
}
