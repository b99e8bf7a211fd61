//! Assignment: which waiting dialog is offered to which operator.
//!
//! [`Board`] keeps what the choice depends on in order: waiting dialogs in queues of equal needs, and for each need
//! the operators who have room for it. An event costs what the few queues and pools that it concerns cost: closed
//! dialogs are not on the board, and among operators the best one is the first of an ordered set.
//!
//! Pure: no clock, no database, no randomness; the same events in the same order give the same placements. Must not
//! know how an offer is stored or told.

mod board;
mod candidate;
mod need;
mod people;
mod queues;

pub use board::{Board, Known, Place, Placement};
pub use candidate::Candidate;
pub use need::{Need, Rule, Waiting};

#[cfg(test)]
mod tests;
