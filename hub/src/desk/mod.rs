//! The rules of the desk: who may do what with a dialog, and what becomes of it.
//!
//! Pure: [`decide`] turns a command into events or a refusal, [`DialogAggregate::apply`] turns an event into state.
//! Time, ids and everything about other people come in as arguments.
//!
//! Must not know: databases, sockets, clocks, randomness.

mod aggregate;
mod apply;
mod command;
mod decide;
mod event;
mod sight;

pub use aggregate::{Beginning, DialogAggregate, Standing};
pub use command::{Actor, Colleague, Command, Moment, Target};
pub use decide::decide;
pub use event::Event;
pub use sight::{can, sees};

#[cfg(test)]
mod tests;
