//! Who has looked into whose dialog since this process started, so that one session leaves one line for each.

use otklik_model::{DialogId, SessionId};
use parking_lot::Mutex;
use std::collections::BTreeSet;

/// So many looks are remembered. Past that all are forgotten, and lines are written once more: too many, never too few.
const REMEMBERED: usize = 200_000;

/// Looks that left their line.
#[derive(Debug, Default)]
pub struct Looks(Mutex<BTreeSet<(SessionId, DialogId)>>);

impl Looks {
    /// Remembers a look. Returns whether it is the first.
    pub fn begin(&self, session: SessionId, dialog: DialogId) -> bool {
        let mut looks = self.0.lock();
        if looks.len() >= REMEMBERED {
            looks.clear();
        }
        looks.insert((session, dialog))
    }

    /// Its line could not be written.
    pub fn forget(&self, session: SessionId, dialog: DialogId) {
        self.0.lock().remove(&(session, dialog));
    }
}
