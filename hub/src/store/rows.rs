//! What is read from a store, and how that fails.

use super::{Entry, OperatorRow};
use crate::desk::DialogAggregate;
use otklik_model::{Channel, CustomerId, Seq, Stamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// SHA-256 of a secret. The secret itself is never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenHash(pub [u8; 32]);

/// Stands for the network address of somebody who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressKey(pub Uuid);

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// The id of its log: another one means another history.
    pub stream: Uuid,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRead {
    /// One can read on from this position or later; what came before is forgotten.
    pub start: Seq,
    /// In order. Shorter than the limit only at the head.
    pub entries: Vec<Entry>,
}

/// All that is needed to start from nothing, at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRead {
    /// The position.
    pub at: Seq,
    /// Open dialogs and recently closed ones, oldest first.
    pub dialogs: Vec<DialogAggregate>,
    /// All operators.
    pub operators: Vec<OperatorRow>,
    /// All channels.
    pub channels: Vec<Channel>,
}

/// A customer to remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer {
    /// Who.
    pub id: CustomerId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Of this secret.
    pub token: TokenHash,
    /// The browser's language.
    pub language: Option<String>,
    /// Now.
    pub at: Stamp,
}

/// Failed attempts to sign in before this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Of this account.
    pub account: u32,
    /// The last of them.
    pub account_last: Option<Stamp>,
    /// From this address.
    pub address: u32,
    /// The oldest of them that still counts.
    pub address_first: Option<Stamp>,
}

/// How many attempts may fail before one has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryLimits {
    /// Of one account.
    pub account: u32,
    /// From one address.
    pub address: u32,
}

impl Tries {
    /// How long the next attempt has to wait, in milliseconds. The wait of an account doubles with each failure up to
    /// five minutes, so that nobody locks out its owner for good.
    #[must_use]
    pub fn wait_ms(&self, limits: TryLimits, now: Stamp) -> Option<u64> {
        let until = |at: Option<Stamp>, ms: i64| at.map_or(0, |at| at.0 + ms - now.0);
        let mut wait = 0;
        if self.account >= limits.account {
            let doublings = (self.account - limits.account).min(10);
            wait = until(self.account_last, (30_000 << doublings).min(300_000));
        }
        if self.address >= limits.address {
            wait = wait.max(until(self.address_first, super::TRIES_KEPT_MS));
        }
        u64::try_from(wait).ok().filter(|wait| *wait > 0)
    }
}

/// Why the store cannot.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// It failed now and may work later: busy, disk full, connection lost. Nothing was changed.
    #[error("the database cannot answer now: {0}")]
    Unavailable(String),
    /// What is stored cannot be read.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// It was written by a newer hub.
    #[error("the database has version {found}, this hub knows up to {known}: update the hub; nothing was changed")]
    Newer {
        /// Of the database.
        found: i64,
        /// Of this build.
        known: i64,
    },
    /// The key does not open it, or it is no database.
    #[error("the database cannot be opened with this key, or the file is not a hub's database")]
    WrongKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let limits = TryLimits { account: 10, address: 100 };
        let at = |account, address, now| {
            let (account_last, address_first) = (Some(Stamp(0)), Some(Stamp(0)));
            Tries { account, account_last, address, address_first }.wait_ms(limits, Stamp(now))
        };
        for (account, address, now, wait) in [
            (0, 0, 0, None),
            (9, 99, 0, None),
            (10, 0, 0, Some(30_000)),
            (10, 0, 29_999, Some(1)),
            (10, 0, 30_000, None),
            (12, 0, 0, Some(120_000)),
            (1_000_000, 0, 0, Some(300_000)),
            (0, 100, 0, Some(900_000)),
            (10, 100, 899_999, Some(1)),
            (10, 100, 900_000, None),
        ] {
            assert_eq!(at(account, address, now), wait, "{account} {address} {now}");
        }
    }
}
