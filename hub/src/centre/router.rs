//! A program of others that says where dialogs go.

use super::Centre;
use otklik_model::DepartmentKey;
use serde::{Deserialize, Serialize};

/// An outside router: it is asked about a dialog before anybody gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutsideRouter {
    /// Where; https, or http on loopback.
    pub address: String,
    /// Signs requests: HMAC-SHA256 with this secret. Left out: the one in force, for the same address.
    #[serde(default)]
    pub secret: String,
    /// An answer comes within so many milliseconds.
    #[serde(default = "answer_ms")]
    pub answer_ms: u32,
    /// How often it is asked again before the built-in rule goes on.
    #[serde(default = "retries")]
    pub retries: u32,
    /// It is asked about all dialogs, and not only about those of departments that have theirs routed.
    #[serde(default)]
    pub everywhere: bool,
}

fn answer_ms() -> u32 {
    3_000
}

fn retries() -> u32 {
    1
}

impl Centre {
    /// Whether an outside router says where dialogs of this department go.
    #[must_use]
    pub fn asks_router(&self, department: Option<&DepartmentKey>) -> bool {
        let routes = |key: &DepartmentKey| self.departments.get(key).is_some_and(|department| department.routing);
        self.router.as_ref().is_some_and(|router| router.everywhere || department.is_some_and(routes))
    }
}
