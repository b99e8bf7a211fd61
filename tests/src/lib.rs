//! What spans crates: the simulation that proves the promise "never lost, doubled or reordered", the crash suites,
//! and what the end-to-end runs need.

pub mod bench;
pub mod crash;
pub mod e2e;
pub mod proxy;
pub mod race;
pub mod shim;
pub mod sim;
