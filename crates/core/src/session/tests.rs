//! Stories about whole sessions, with a disk that obeys and a hub that can be told to misbehave.

#![allow(clippy::wildcard_enum_match_arm, reason = "a story picks out what it is about")]

mod alarms;
mod around;
mod cards;
mod company;
mod deeds;
mod disk_trouble;
mod doubt;
mod duty;
mod files;
mod following;
mod given;
mod handbook;
mod hostile;
mod hub;
mod lists;
mod locked;
mod lookups;
mod marks;
mod quotes;
mod sending;
mod silence;
mod standing;
mod view;
mod windows;
mod world;
