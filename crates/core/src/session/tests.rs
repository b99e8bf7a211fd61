//! Stories about whole sessions, with a disk that obeys and a hub that can be told to misbehave.

#![allow(clippy::wildcard_enum_match_arm, reason = "a story picks out what it is about")]

mod alarms;
mod disk_trouble;
mod following;
mod hostile;
mod hub;
mod sending;
mod view;
mod world;
