//! Which protocol both sides speak.

use serde::{Deserialize, Serialize};

/// The oldest protocol version this build speaks.
pub const PROTOCOL_MIN: u16 = 1;
/// The newest protocol version this build speaks.
pub const PROTOCOL_MAX: u16 = 1;

/// The versions one side speaks, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRange {
    /// Oldest.
    pub min: u16,
    /// Newest.
    pub max: u16,
}

impl VersionRange {
    /// What this build speaks.
    pub const OURS: Self = Self { min: PROTOCOL_MIN, max: PROTOCOL_MAX };
}

/// Why two sides have no version in common, seen from the one who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionMismatch {
    /// The other side speaks only older versions.
    PeerTooOld,
    /// The other side speaks only newer versions.
    PeerTooNew,
}

/// The newest version both sides speak.
///
/// # Errors
/// [`VersionMismatch`] when the ranges do not meet.
pub fn agree(ours: VersionRange, theirs: VersionRange) -> Result<u16, VersionMismatch> {
    if theirs.max < ours.min {
        Err(VersionMismatch::PeerTooOld)
    } else if theirs.min > ours.max {
        Err(VersionMismatch::PeerTooNew)
    } else {
        Ok(ours.max.min(theirs.max))
    }
}
