//! What a page is told of the accounts, and what it asks to be done with them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Numbers an account's place on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct SeatId(pub u32);

impl fmt::Display for SeatId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// The accounts of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SeatsView {
    /// All of them, in the order of their numbers.
    pub seats: Vec<SeatView>,
    /// The one on the screen.
    pub front: SeatId,
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SeatView {
    /// Its seat.
    pub seat: SeatId,
    /// The centre's name; `None`: it is not known yet, or no session runs, and its screen says what is wanted.
    pub centre: Option<String>,
    /// The operator's name.
    pub operator: Option<String>,
    /// Dialogs that want something.
    pub badge: u32,
    /// Somebody is signed in, and there is no connection.
    pub offline: bool,
}

/// What a page asks to be done with the accounts of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum SeatsCommand {
    /// Make room for one more, and show its sign-in.
    Add,
    /// Take one away at which nobody is signed in. What was not sent stays on the disk, for when it comes back.
    Remove {
        /// Which.
        seat: SeatId,
    },
    /// Bring one to the screen.
    Show {
        /// Which.
        seat: SeatId,
    },
}
