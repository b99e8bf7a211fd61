//! A failing plan made short: steps are taken out as long as the same rule breaks.

use super::{
    batch::play,
    plan::{Plan, Step},
    world::Broken,
};

/// At most so many tries.
const TRIES: u32 = 3_000;

/// The shortest plan found that breaks the same rule, and how it does.
#[must_use]
pub fn shrink(plan: &Plan, broken: &Broken) -> (Plan, Broken) {
    let mut best = (plan.clone(), broken.clone());
    let mut tries = 0;
    let mut chunk = (plan.steps.len() / 2).max(1);
    loop {
        let before = best.0.steps.len();
        without_chunks(&mut best, chunk, &mut tries);
        let shrunk = best.0.steps.len() < before;
        if tries >= TRIES || (chunk == 1 && !shrunk) {
            break;
        }
        if !shrunk || chunk > best.0.steps.len() {
            chunk = (chunk / 2).max(1);
        }
    }
    with_fewer_frills(&mut best);
    best
}

/// Tries to leave out each stretch of so many steps.
fn without_chunks(best: &mut (Plan, Broken), chunk: usize, tries: &mut u32) {
    let mut at = 0;
    while at < best.0.steps.len() && *tries < TRIES {
        *tries += 1;
        let upto = (at + chunk).min(best.0.steps.len());
        let steps: Vec<Step> = best.0.steps[..at].iter().chain(&best.0.steps[upto..]).cloned().collect();
        let shorter = Plan { steps, ..best.0.clone() };
        if !keep_if_it_fails(best, shorter) {
            at = upto;
        }
    }
}

fn with_fewer_frills(best: &mut (Plan, Broken)) {
    let one_app = Plan { apps: 1, ..best.0.clone() };
    keep_if_it_fails(best, one_app);
    let narrow = Plan { sees_others: false, ..best.0.clone() };
    keep_if_it_fails(best, narrow);
}

fn keep_if_it_fails(best: &mut (Plan, Broken), plan: Plan) -> bool {
    match play(&plan) {
        Err(broken) if broken.rule == best.1.rule => {
            *best = (plan, broken);
            true
        }
        Err(_) | Ok(_) => false,
    }
}
