//! The rules of the desk: who may do what with a dialog, and what becomes of it.
//!
//! Pure: [`decide`] turns a command into events or a refusal, [`DialogAggregate::apply`] turns an event into state,
//! [`deadline`] says what happens next by time. Time, ids, the centre's configuration and everything about other
//! people come in as arguments.
//!
//! Must not know: databases, sockets, clocks, randomness.

mod aggregate;
mod apply;
pub mod assign;
mod availability;
mod can;
mod claims;
mod command;
mod decide;
mod draft;
mod event;
mod forms;
mod lines;
mod masking;
mod person;
mod rights;
mod sight;
mod timers;
mod veil;
mod weight;
mod words;

pub use aggregate::{Beginning, DialogAggregate, Life, Reach, Standing, Start};
pub use availability::{availability, has_room, waits_in};
pub use can::can;
pub use command::{Actor, BotFace, Carrier, Colleague, Command, Leaving, Moment, Taking, Target};
pub use decide::{blocked, decide, unblocked};
pub use event::{Event, Mark, ReturnedWhy};
pub use forms::{first_form, may_begin};
pub use lines::is_for_customer;
pub use masking::{message_without_cards, page_without_cards, words_without_cards};
pub use person::{Alias, join, may_regroup, separate, shared};
pub use rights::{admits, allows, knows, reaches};
pub use sight::{masked_address, sees};
pub use timers::{Timer, deadline};
pub use veil::{mask_customer, mask_message, mask_preview};
pub use weight::weighs_on;

#[cfg(test)]
mod tests;
