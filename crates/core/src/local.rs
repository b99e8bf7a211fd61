//! What only this machine knows of dialogs: unfinished texts, what was read here, what a customer is writing now.
//!
//! Drafts mirror own.db and change when a commit is durable. The rest is for the screen and is forgotten at a
//! restart.

use crate::Draft;
use otklik_model::{Dialog, DialogId, MAX_DRAFT_CHARS};
use std::collections::BTreeMap;

/// Unfinished texts, local read marks, typing previews.
#[derive(Debug, Default)]
pub(crate) struct Local {
    /// The operator's unfinished texts.
    pub(crate) drafts: BTreeMap<DialogId, Draft>,
    reads: BTreeMap<DialogId, u32>,
    typing: BTreeMap<DialogId, String>,
}

impl Local {
    /// Everything up to this message was read here.
    pub(crate) fn read(&mut self, dialog: DialogId, upto: u32) {
        let read = self.reads.entry(dialog).or_default();
        *read = upto.max(*read);
    }

    /// What was read here counts no more: the hub does not want to know.
    pub(crate) fn unread(&mut self, dialog: DialogId) {
        self.reads.remove(&dialog);
    }

    /// The hub caught up with what was read here.
    pub(crate) fn confirm_read(&mut self, row: &Dialog) {
        if self.reads.get(&row.id).is_some_and(|read| *read <= row.read_by_operator) {
            self.reads.remove(&row.id);
        }
    }

    /// The number of the last message read, here or as the hub knows.
    pub(crate) fn read_upto(&self, row: &Dialog) -> u32 {
        self.reads.get(&row.id).copied().unwrap_or(0).max(row.read_by_operator)
    }

    /// How many of the customer's messages are unread. Which of the messages after the mark are the customer's is
    /// not known here, so that after a partial reading this is the most it can be.
    pub(crate) fn unread_of(&self, row: &Dialog) -> u32 {
        match self.reads.get(&row.id) {
            Some(read) if *read > row.read_by_operator => row.unread.min(row.last_seq.saturating_sub(*read)),
            Some(_) | None => row.unread,
        }
    }

    /// The customer is writing this, or stopped. True if that is new.
    pub(crate) fn types(&mut self, dialog: DialogId, text: Option<String>) -> bool {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => {
                let text: String = text.chars().take(MAX_DRAFT_CHARS).collect();
                self.typing.insert(dialog, text.clone()).as_ref() != Some(&text)
            }
            None => self.typing.remove(&dialog).is_some(),
        }
    }

    /// What the customer is writing.
    pub(crate) fn typing_in(&self, dialog: DialogId) -> Option<&String> {
        self.typing.get(&dialog)
    }

    /// Nobody is known to be writing any more: the connection is gone. Returns where somebody was.
    pub(crate) fn all_stopped(&mut self) -> Vec<DialogId> {
        std::mem::take(&mut self.typing).into_keys().collect()
    }

    /// The dialog is gone.
    pub(crate) fn forget(&mut self, dialog: DialogId) {
        self.reads.remove(&dialog);
        self.typing.remove(&dialog);
    }
}
