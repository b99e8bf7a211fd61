//! The contact-centre server, as a library that the app embeds and as the program `otklik-hub`.
//!
//! Customers write from a web page, operators answer from their workplaces; the hub keeps the one true order of
//! everything in a log per workspace. docs/protocol.md is what it says to the outside.

pub mod admin;
mod bot;
mod bucket;
mod bus;
pub mod centre;
mod clock;
mod config;
mod customer;
mod day;
pub mod desk;
mod files;
mod http;
mod listen;
mod log;
mod mail;
mod metrics;
mod office;
mod offices;
mod operator;
mod password;
mod places;
mod privacy;
pub mod router;
pub mod script;
mod secret;
mod socket;
mod start;
pub mod store;
pub mod users;

pub use bot::Network;
pub use bucket::Rate;
pub use clock::{Clock, Hands, later};
pub use config::{ConfigError, ConfigFile, HubConfig, LogFile, TlsFiles};
pub use customer::CrowdLimits;
pub use files::{Bucket as FileBucket, FilesConfig, Place, ScannerAddress};
pub use listen::ListenError;
pub use log::log_filter;
pub use mail::{MailConfig, Security};
pub use metrics::Metrics;
pub use office::{Limits, PeopleError, Timing};
pub use password::PasswordError;
pub use start::{Hub, RunningHub, StartError, open_store};
pub use store::{StoreAddress, StoreError};

/// A random part of a time, in milliseconds, so that many who are told the same do not come back at once.
fn spread(time: std::time::Duration) -> u64 {
    let most = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut bits = [0; 8];
    // Without randomness everybody comes at the end of the time: late, but no error.
    getrandom::fill(&mut bits).map_or(most, |()| u64::from_le_bytes(bits) % most)
}
