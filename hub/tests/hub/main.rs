//! The real hub on loopback, and real sockets that speak what docs/protocol.md says.

#![allow(clippy::unwrap_used, reason = "in a story a failure is the story's failure")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a story names what it waits for, and passes over the rest")]

mod accounts;
mod bad_frames;
mod convergence;
mod conversation;
mod customers;
mod delivery;
mod drafts;
mod kit;
mod machines;
mod process;
mod resuming;
mod tls;
