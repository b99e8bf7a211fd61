//! Stories of a whole workplace: real store, real hub on loopback, a shell that remembers what it was asked.

mod browser;
mod conversation;
mod kit;
mod secrets;
mod sign_in;
