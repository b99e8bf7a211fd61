//! The contact-centre server, as a library that the app embeds and as the program `otklik-hub`.
//!
//! Customers write from a web page, operators answer from their workplaces; the hub keeps the one true order of
//! everything in a log per workspace. docs/protocol.md is what it says to the outside.

mod bucket;
mod bus;
mod config;
mod customer;
mod desk;
mod http;
mod listen;
mod log;
mod metrics;
mod office;
mod operator;
mod password;
mod secret;
mod socket;
mod start;
mod store;
pub mod users;

pub use bucket::Rate;
pub use config::{ConfigError, ConfigFile, HubConfig, LogFile, TlsFiles};
pub use listen::ListenError;
pub use log::log_filter;
pub use metrics::Metrics;
pub use office::{Limits, PeopleError, Timing};
pub use password::PasswordError;
pub use start::{Hub, RunningHub, StartError};
pub use store::StoreError;

/// A random part of a time, in milliseconds, so that many who are told the same do not come back at once.
fn spread(time: std::time::Duration) -> u64 {
    let most = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut bits = [0; 8];
    // Without randomness everybody comes at the end of the time: late, but no error.
    getrandom::fill(&mut bits).map_or(most, |()| u64::from_le_bytes(bits) % most)
}
