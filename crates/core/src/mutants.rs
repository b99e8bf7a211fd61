//! Deliberate faults, so that a simulation can show that its tests would notice them.
//!
//! Each variant is one guarded deviation at one place. Without the feature `mutants` the guard is constantly false
//! and the deviation is compiled away.

/// A fault built in on purpose.
#[cfg_attr(not(feature = "mutants"), allow(dead_code, reason = "one is only made when the feature is on"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutant {
    /// A message is handed to the network while its `Sending` state is not yet durable.
    SendBeforeCommit,
    /// A dialog's next message goes out before the one ahead of it was answered.
    TwoInFlight,
    /// A message in doubt is sent again under a new id.
    NewIdOnRetry,
    /// The outbox row goes at the answer, without waiting for the message's row in the cache.
    DropOutboxBeforeCache,
    /// What has not come back with the events that were missed counts as not being on the hub.
    CaughtUpIsCertain,
    /// A dialog that belongs to somebody else now is written to all the same.
    IgnoreEpoch,
    /// A page of history counts as all that was asked for.
    FullPageIsTheEnd,
    /// Messages that were never seen count as held.
    ForgetGap,
    /// A snapshot counts as if no message had been changed since.
    TrustSnapshot,
    /// Events are applied wherever they continue.
    SkipAfterCheck,
    /// The position advances although the rows were not stored.
    CursorBeforeRows,
    /// The queue goes out before everything missed was received.
    SendBeforeCaughtUp,
    /// A failed message that is tried again goes behind later ones.
    UnparkedOrder,
    /// What was unsent is forgotten at a restart.
    ForgetOutboxOnRestart,
    /// A message shows as sent before the hub has answered.
    SentOnSubmit,
}

/// Which fault is built in: none, outside simulations.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mutants {
    #[cfg(feature = "mutants")]
    pub(crate) active: Option<Mutant>,
}

impl Mutants {
    /// Whether this deviation is wanted.
    #[cfg(feature = "mutants")]
    pub(crate) fn is(self, mutant: Mutant) -> bool {
        self.active == Some(mutant)
    }

    /// Whether this deviation is wanted: never.
    #[cfg(not(feature = "mutants"))]
    #[allow(clippy::unused_self, reason = "the same call with and without the feature")]
    pub(crate) const fn is(self, _mutant: Mutant) -> bool {
        false
    }
}
