//! What only this machine knows of dialogs: unfinished texts, what was read here, what a customer is writing now.
//!
//! Drafts mirror own.db and change when a commit is durable. The rest is for the screen and is forgotten at a
//! restart.

use crate::{Draft, StagedFile, TrayFile, mirror::Mirror};
use otklik_model::{Dialog, DialogId, MAX_DRAFT_CHARS, Seq, StagedId};
use std::collections::BTreeMap;

/// What was read here.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    upto: u32,
    /// The hub was told; what it says of reading holds this from this position on.
    told_at: Option<Seq>,
}

/// Unfinished texts, local read marks, typing previews.
#[derive(Debug, Default)]
pub(crate) struct Local {
    /// The operator's unfinished texts.
    pub(crate) drafts: BTreeMap<DialogId, Draft>,
    /// Files that were chosen and not sent.
    pub(crate) tray: BTreeMap<StagedId, TrayFile>,
    reads: BTreeMap<DialogId, Read>,
    typing: BTreeMap<DialogId, String>,
}

impl Local {
    /// The files of a dialog's tray, in their order.
    pub(crate) fn tray_of(&self, dialog: DialogId) -> Vec<StagedFile> {
        let mut files: Vec<_> = self.tray.values().filter(|tray| tray.dialog == dialog).collect();
        files.sort_by_key(|tray| tray.order);
        files.into_iter().map(|tray| tray.file.clone()).collect()
    }

    /// Whether something is being prepared for this dialog.
    pub(crate) fn has_draft(&self, dialog: DialogId) -> bool {
        self.drafts.contains_key(&dialog) || self.tray.values().any(|tray| tray.dialog == dialog)
    }

    /// Everything up to this message was read here.
    pub(crate) fn read(&mut self, dialog: DialogId, upto: u32) {
        let read = self.reads.entry(dialog).or_default();
        *read = Read { upto: upto.max(read.upto), told_at: None };
    }

    /// The hub was told; what it says of reading holds this from this position on.
    pub(crate) fn read_told(&mut self, dialog: DialogId, at: Seq) {
        if let Some(read) = self.reads.get_mut(&dialog) {
            read.told_at = Some(at);
        }
    }

    /// What was read here counts no more: the hub does not want to know.
    pub(crate) fn unread(&mut self, dialog: DialogId) {
        self.reads.remove(&dialog);
    }

    /// Rows came, or an answer: once the hub was told, what it says of reading counts. Returns where that changed something.
    pub(crate) fn confirm_reads(&mut self, mirror: &Mirror, is_snapshot: bool) -> Vec<DialogId> {
        let position = mirror.cursor.map(|cursor| cursor.after);
        let settled = self.reads.iter().filter(|(id, read)| {
            mirror.row(**id).is_none_or(|row| {
                let told = read.told_at.is_some_and(|at| is_snapshot || position >= Some(at));
                told || read.upto <= row.read_by_operator
            })
        });
        let settled: Vec<DialogId> = settled.map(|(id, _)| *id).collect();
        self.reads.retain(|id, _| !settled.contains(id));
        settled
    }

    /// The number of the last message read, here or as the hub knows.
    pub(crate) fn read_upto(&self, row: &Dialog) -> u32 {
        self.reads.get(&row.id).map_or(0, |read| read.upto).max(row.read_by_operator)
    }

    /// How many of the customer's messages are unread. Which of the messages after the mark are the customer's is
    /// not known here, so that after a partial reading this is the most it can be.
    pub(crate) fn unread_of(&self, row: &Dialog) -> u32 {
        match self.reads.get(&row.id) {
            Some(read) if read.upto > row.read_by_operator => row.unread.min(row.last_seq.saturating_sub(read.upto)),
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
