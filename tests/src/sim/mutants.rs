//! The checks have teeth: each mistake built in on purpose is noticed, and soon.

use super::{
    batch,
    plan::{CORE_MUTANTS, CoreMutant, HubMutant, Mutant, StoreMutant},
    world::Broken,
};

/// A mistake has to be noticed within so many plans.
pub const WITHIN: u64 = 1_000;

/// How a mistake was noticed.
#[derive(Debug)]
pub struct Caught {
    /// Which.
    pub mutant: Mutant,
    /// After how many plans, and by which rule; `None`: not within [`WITHIN`].
    pub by: Option<(u64, Broken)>,
}

/// Every mistake there is.
#[must_use]
pub fn all() -> Vec<Mutant> {
    let core = CORE_MUTANTS.into_iter().map(|mutant| Mutant::Core(CoreMutant(mutant)));
    let hub = [HubMutant::NoDedupe, HubMutant::ResumeByTime, HubMutant::NoFence, HubMutant::AnswerBeforeCommit];
    let store = [
        StoreMutant::NoSync,
        StoreMutant::CursorBeforeRows,
        StoreMutant::SwallowsFailure,
        StoreMutant::ForgetsDrop,
        StoreMutant::OneDraft,
    ];
    core.chain(hub.map(Mutant::Hub)).chain(store.map(Mutant::Store)).collect()
}

/// Looks for a plan that gives a mistake away.
#[must_use]
pub fn hunt(mutant: Mutant, first: u64, threads: usize) -> Caught {
    let batch = batch::run(first, WITHIN, threads, Some(mutant), 1);
    let by = batch.failed.into_iter().next().map(|(seed, broken)| (seed - first + 1, broken));
    Caught { mutant, by }
}
