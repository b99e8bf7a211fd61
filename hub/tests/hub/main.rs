//! The real hub on loopback, and real sockets that speak what docs/protocol.md says.

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
