//! Hubs that mean harm, and things that only look like hubs: the real backend against scripted servers on loopback.
//! Whatever comes, a connection ends in one of the documented classes, nothing panics, nothing grows without bound, and
//! no secret goes to anybody else.

#![allow(clippy::unwrap_used, reason = "in a test a failure is the test's failure")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a test names what it waits for, and passes over the rest")]

mod fields;
mod frames;
mod login;
mod opening;
mod script;
mod tls;
