//! The real hub on loopback, and real sockets that speak what docs/protocol.md says.

#![allow(clippy::unwrap_used, reason = "in a story a failure is the story's failure")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a story names what it waits for, and passes over the rest")]

mod accounts;
mod admin;
mod admin_customers;
mod admin_file;
mod admin_script;
mod admin_settings;
mod bad_frames;
mod bots;
mod cards;
mod channel_rules;
mod convergence;
mod conversation;
mod customers;
mod delivery;
mod departments;
mod departures;
mod drafts;
mod files;
mod files_checked;
mod files_in_parts;
mod focus;
mod forms;
mod handbook;
mod identities;
mod journeys;
mod kit;
mod letters;
mod life;
mod lines;
mod machines;
mod mail;
#[cfg(unix)]
mod neighbours;
mod presence;
mod privacy;
mod process;
mod queue_limits;
mod ratings;
mod refusals;
mod restarts;
mod resuming;
mod retention;
mod rights;
mod routers;
mod scripts;
mod searching;
mod security;
#[cfg(unix)]
mod server_lost;
#[cfg(unix)]
mod server_tls;
mod shared;
mod shifts;
mod statuses;
mod teams;
mod teleport;
mod time_outs;
mod tls;
mod two_processes;
mod weights;
mod workspaces;
