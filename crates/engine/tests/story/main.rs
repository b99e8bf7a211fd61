//! Stories of a whole workplace: real store, real hub on loopback, a shell that remembers what it was asked.

#![allow(clippy::unwrap_used, reason = "in a story a failure is the story's failure")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a story names what it waits for, and passes over the rest")]

mod accounts;
mod attention;
mod browser;
mod conversation;
mod cover;
mod files;
#[path = "../kit/mod.rs"]
mod kit;
mod leaving;
mod logs;
mod policy;
mod secrets;
mod sign_in;
mod spelling;
mod windows;
