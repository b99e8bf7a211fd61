//! Who has looked into whose dialog: a line in the trail, one for each session and dialog since this process started.

use super::Office;
use crate::desk::Standing;
use crate::store::{AuditLine, StoreError};
use otklik_model::{Dialog, DialogId, OperatorId, SessionId};
use parking_lot::Mutex;
use std::collections::BTreeSet;

/// So many looks are remembered. Past that all are forgotten, and lines are written once more: too many, never too few.
const REMEMBERED: usize = 200_000;

/// Looks that left their line.
#[derive(Debug, Default)]
pub struct Looks(Mutex<BTreeSet<(SessionId, DialogId)>>);

impl Looks {
    /// Remembers a look. Returns whether it is the first.
    fn begin(&self, session: SessionId, dialog: DialogId) -> bool {
        let mut looks = self.0.lock();
        if looks.len() >= REMEMBERED {
            looks.clear();
        }
        looks.insert((session, dialog))
    }

    /// Its line could not be written.
    fn forget(&self, session: SessionId, dialog: DialogId) {
        self.0.lock().remove(&(session, dialog));
    }
}

/// Whether a dialog is somebody else's: neither one's own nor one that waits for anybody.
fn is_foreign(by: OperatorId, standing: &Standing) -> bool {
    standing.assignee != Some(by) && !standing.is_untaken()
}

impl Office {
    /// Somebody asked for the row of a dialog that he may see, or for its customer's card: a look, if it is over. Rows of
    /// what is open he is shown without asking.
    ///
    /// # Errors
    /// The line cannot be written: then nothing may be shown.
    pub async fn note_row(&self, by: OperatorId, session: SessionId, row: &Dialog) -> Result<(), StoreError> {
        if row.state.is_final() { self.note_look(by, session, row).await } else { Ok(()) }
    }

    /// Somebody looks into a dialog that he may see: a line in the trail, if it is somebody else's.
    ///
    /// # Errors
    /// The line cannot be written: then nothing may be shown.
    pub async fn note_look(&self, by: OperatorId, session: SessionId, row: &Dialog) -> Result<(), StoreError> {
        if !is_foreign(by, &Standing::of(row)) || !self.looks.begin(session, row.id) {
            return Ok(());
        }
        let line = AuditLine {
            by: Some(by),
            what: "dialog.read".to_owned(),
            subject: row.id.to_string(),
            detail: serde_json::json!({ "session": session, "number": row.number, "assignee": row.assignee }),
        };
        let noted = self.store.add_audit(self.workspace.id, self.now(), line).await;
        if noted.is_err() {
            self.looks.forget(session, row.id);
        }
        noted
    }
}
