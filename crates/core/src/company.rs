//! Who else has a dialog before him, as the hub tells. For the screen only: forgotten with the connection.

use otklik_model::{DialogId, OperatorId};
use std::collections::BTreeMap;

/// Colleagues beyond so many are not shown, wherever they are: nobody could tell one from another.
const MOST: usize = 2_000;

/// Colleagues by dialog, and whether they write there.
#[derive(Debug, Default)]
pub(crate) struct Company {
    there: BTreeMap<(DialogId, OperatorId), bool>,
}

impl Company {
    /// A colleague is there, or not any more. True if that is new.
    pub(crate) fn heard(&mut self, dialog: DialogId, operator: OperatorId, here: bool, writes: bool) -> bool {
        let key = (dialog, operator);
        if !here {
            return self.there.remove(&key).is_some();
        }
        if self.there.len() >= MOST && !self.there.contains_key(&key) {
            return false;
        }
        self.there.insert(key, writes) != Some(writes)
    }

    /// Who is there, and writes.
    pub(crate) fn of(&self, dialog: DialogId) -> impl Iterator<Item = (OperatorId, bool)> {
        let there = self.there.iter().filter(move |((place, _), _)| *place == dialog);
        there.map(|((_, operator), writes)| (*operator, *writes))
    }

    /// Nobody is known to be anywhere: the connection is gone.
    pub(crate) fn clear(&mut self) {
        self.there.clear();
    }

    /// The dialog is gone.
    pub(crate) fn forget(&mut self, dialog: DialogId) {
        self.there.retain(|(place, _), _| *place != dialog);
    }
}
