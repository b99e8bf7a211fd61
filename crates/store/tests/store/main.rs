//! The store as the engine meets it: files in a folder, threads, damage.

// The helpers of tests may do what tests may.
#![allow(clippy::unwrap_used)]

mod made;

mod apply;
mod closed;
mod damage;
mod folder;
mod meant;
mod search;
mod secrecy;
mod thread;
mod threads;
