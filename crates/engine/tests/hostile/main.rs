//! Bad input from every side of a whole workplace: words, hubs, tokens, files, folders. Each ends in a clear word on
//! the screen and loses nothing.

#![allow(clippy::unwrap_used, reason = "in a test a failure is the test's failure")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a test names what it waits for, and passes over the rest")]

mod canaries;
mod files;
mod hubs;
#[path = "../kit/mod.rs"]
mod kit;
mod logs;
mod pictures;
mod renewals;
mod texts;
mod tokens;
