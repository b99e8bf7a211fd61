//! The operator's side in virtual time: the real core and the real stores against a faulty hub.
//!
//! One run plays one [`plan::Plan`]: Ира works, customers write, Олег interferes, and the plan's faults fall where it
//! says. Everything then heals, and [`check`] compares what is left with what a naive model says must be. Nothing here
//! knows threads, sockets or the time of day: a plan replays to the same end, always.

pub mod cast;
pub mod clock;
pub mod hub;
pub mod plan;
pub mod ears;
pub mod kept;
pub mod page;
pub mod promises;
