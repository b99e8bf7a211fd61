//! What is told by mail, and to whom.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whom the hub writes to by itself, if it sends mail at all. Nobody, where no address is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Letters {
    /// Each rating with one or two stars, at once.
    pub low_ratings: BTreeSet<String>,
    /// Each request that was left while nobody was online for it.
    pub left_requests: BTreeSet<String>,
}
