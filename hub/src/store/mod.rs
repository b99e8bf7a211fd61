//! Where the hub keeps everything.
//!
//! [`Store`] is written for any number of hub processes on one database: whatever must hold together is one
//! [`Commit`], exclusivity is a compare-and-set on a version, and the position in a workspace's log is taken at the
//! end of the same transaction, so that a reader never sees a later position before an earlier one.
//! `conformance` holds the tests that every implementation has to pass.
//!
//! Must not know: sockets, frames, rights.

mod address;
mod blocked;
mod commit;
mod contract;
mod doors;
mod entry;
mod identities;
mod journeys;
mod operator;
mod outside;
pub mod postgres;
mod privacy;
mod reform;
mod retention;
mod room;
mod rows;
mod ruled;
mod scrub;
mod search;
mod sessions;
pub mod sqlite;
mod tally;
mod terse;

#[cfg(test)]
pub mod conformance;
#[cfg(test)]
mod statements;

pub use address::StoreAddress;
pub use blocked::{Blocked, BlockedAt};
pub use commit::{Commit, CommitError, Committed, DialogChange, Key, Work};
pub use contract::{CentreStore, DeskStore, LogStore, OutsideStore, PeopleStore, Store};
pub use doors::{DoorStore, SILENT_NODES_KEPT_MS};
pub use entry::{DialogEntry, Entry, EntryBody, OperatorFace};
pub use identities::{IdentityStore, Regroup};
pub use journeys::{JOURNEYS_KEPT_MS, JourneyStore};
pub use operator::{Attendance, OperatorRow, SetBy, StatusChange, usual_code};
pub use outside::{Errand, ErrandEnd, ErrandKind, FileRow};
pub use privacy::{Erased, Erasure, PrivacyStore, SubjectRows, Whose};
pub use reform::{Reform, Reformed};
pub use retention::{Mark, RetentionStore, Trail};
pub use room::Room;
pub use rows::{AddressKey, LogRead, NewCustomer, SnapshotRead, StoreError, TokenHash, Tries, TryLimits, Workspace};
pub use ruled::{AuditLine, AuditRow, CentreRow, CentreVersion, FenceToken, Lease};
pub use scrub::{concerns, scrubbed, without_earlier};
pub use search::SearchStore;
pub use sessions::{NewSession, OFFERS, SessionRow, SessionStore, TokenState};
pub use tally::{Tally, TallyStore, counted};

use otklik_model::ClientId;
use uuid::Uuid;

/// How long the first answer to a command is kept. A stored message is recognised for as long as it exists.
pub const ANSWERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How long the log is kept; a workplace that was away longer gets a snapshot.
pub const LOG_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// How long a customer who never wrote is remembered.
pub const SILENT_CUSTOMERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How long a failed sign-in counts.
pub const TRIES_KEPT_MS: i64 = 15 * 60_000;
/// How long an errand that was given up is kept for administrators.
pub const FAILED_ERRANDS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// How long an operator's statuses are kept.
pub const STATUSES_KEPT_MS: i64 = 400 * 24 * 3_600_000;
/// How long it is remembered which dialogs were erased; a workplace that was away longer starts with an empty cache.
pub const ERASED_KEPT_MS: i64 = 400 * 24 * 3_600_000;
/// How long the audit trail is kept.
pub const AUDIT_KEPT_MS: i64 = 400 * 24 * 3_600_000;

/// The key of idempotency of a message's writer.
#[must_use]
pub fn key(writer: Uuid, id: ClientId) -> Key {
    Key { writer, id }
}
