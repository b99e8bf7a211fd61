//! The operator's side in virtual time: the real core and the real stores against a faulty hub.
//!
//! One run plays one [`plan::Plan`]: Ира works, customers write, Олег interferes, and the plan's faults fall where it
//! says. Everything then heals, and [`check`] compares what is left with what a naive model says must be. Nothing here
//! knows threads, sockets or the time of day: a plan replays to the same end, always.

pub mod batch;
pub mod cast;
pub mod check;
pub mod clock;
pub mod direct;
pub mod disk;
pub mod ears;
pub mod gaps;
pub mod generate;
pub mod hub;
pub mod kept;
pub mod machine;
pub mod mutants;
pub mod page;
pub mod plan;
pub mod promises;
pub mod rewordings;
pub mod shrink;
pub mod trace;
pub mod wire;
pub mod world;

#[cfg(test)]
mod tests;
