//! Who gets a dialog when many want it at once, and what becomes of a process that was paused: the real rules and the
//! real store, in virtual time.
//!
//! A seed makes each race: who asks when, through which process, how long his commit is under way. Races share a
//! store and run beside each other; within a race everything happens in the order of its own clock.

mod check;
mod contest;
mod failover;
mod scene;

pub use contest::{Sums, races};
pub use failover::{Failovers, failovers};
pub use scene::{Scene, actor, dialog_id, number_of};

#[cfg(test)]
mod tests;
