//! What the newest rows of the backlog say, as entries of the log.
//!
//! Whoever follows the log is told from here what this process has just written, and need not read the row and each dialog
//! that it is about: when ten thousand are placed at once, that took as much of the processor as placing them.

use crate::store::Entry;
use otklik_model::{Seq, WorkspaceId};
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};

/// So many rows, of a hundred entries each. Whoever is further behind reads.
const KEPT: usize = 20;

/// Rows by their places in the table. What is durable and here is what the table says; not all that it says is here.
#[derive(Debug, Default)]
pub(super) struct Recent {
    rows: Mutex<VecDeque<Row>>,
}

#[derive(Debug)]
struct Row {
    at: (WorkspaceId, Seq),
    entries: Arc<[Entry]>,
}

impl Recent {
    /// A row is durable.
    pub(super) fn keep(&self, workspace: WorkspaceId, entries: Vec<Entry>) {
        let Some(first) = entries.first() else { return };
        let row = Row { at: (workspace, first.seq), entries: entries.into() };
        let mut rows = self.rows.lock();
        rows.push_back(row);
        if rows.len() > KEPT {
            rows.pop_front();
        }
    }

    /// What the row says that begins here.
    pub(super) fn row(&self, workspace: WorkspaceId, first: Seq) -> Option<Arc<[Entry]>> {
        let rows = self.rows.lock();
        rows.iter().rev().find(|row| row.at == (workspace, first)).map(|row| row.entries.clone())
    }

    /// No row waits any more.
    pub(super) fn clear(&self) {
        self.rows.lock().clear();
    }
}
