//! What the sign-in screen shows beside its fields.

use serde::{Deserialize, Serialize};

/// A hub that the administrator has laid down to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PresetServer {
    /// What it is called.
    pub name: String,
    /// Its address.
    pub address: String,
}

/// Why signing in failed, or is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SignInError {
    /// Not an address.
    BadAddress,
    /// Not a hub that the administrator allows.
    NotAllowed,
    /// `http` to another machine: the password and the messages would travel in the clear.
    NotEncrypted,
    /// The name does not resolve.
    UnknownHost,
    /// Nobody answers there.
    Unreachable,
    /// The certificate is not trusted, and why in the library's words.
    Certificate {
        /// For the details line.
        detail: String,
    },
    /// Something answers, but not a hub.
    NotAHub,
    /// Login or password is wrong.
    WrongPassword,
    /// Too many tries.
    TooManyTries {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The hub speaks only older protocol versions.
    HubTooOld,
    /// The hub speaks only newer protocol versions.
    HubTooNew,
    /// The hub has ended the session: what was written is kept, what was read is erased.
    SessionEnded,
    /// The hub cannot answer now.
    Unavailable,
}
