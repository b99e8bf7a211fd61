//! What a dying program, a failing disk and an injured file do to what was promised.
//!
//! Unlike the simulation these run the store as it runs in the app: real files, real encryption, writer threads, real
//! kills. The hub is the simulated one, made durable by a ledger file.

pub mod child;
pub mod corrupt;
pub mod cuts;
pub mod desk;
pub mod disk_full;
pub mod files;
pub mod io_every;
pub mod kill;
pub mod ledger;
pub mod line;
pub mod no_locks;
pub mod outcome;
pub mod stage;

/// How a suite ended, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary(pub String);

/// How long the suites may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A sample, for every run of the tests.
    Short,
    /// All of it.
    Full,
}

#[cfg(test)]
mod tests;
