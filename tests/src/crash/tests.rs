//! The suites that need no child program.
//!
//! Invariants 1, 2, 3 and 6.

use super::{Length, corrupt, cuts};

#[test]
fn a_story_cut_after_every_effect_ends_the_same() {
    cuts::run().unwrap();
}

#[test]
fn injured_files_lose_nothing_in_silence() {
    corrupt::run(Length::Short, 1).unwrap();
}
