//! What was to be written to own.db and failed. Of a failed sync nobody knows what it left behind: what was refused may
//! stand on the disk, and would go out after the next start though the operator has sent it once more.
//!
//! So the rows in doubt are written as they are in memory, with the next commit to own.db, and a refusal is said only
//! after that commit. Must not know why a disk fails.

use super::Session;
use crate::{
    DiskFault, Effect, OwnWrite, ReqId, UiError, UiErrorCode, Writes,
    disk::{Pending, Purpose, drafts_of},
};
use otklik_model::{ClientId, DialogId, Now, StagedId};

impl Session {
    /// Writes to own.db, and first what is in doubt there.
    pub(super) fn commit_own(&mut self, writes: Vec<OwnWrite>, purpose: Purpose) {
        let settles = self.disk.take_doubts();
        let all = settles.iter().filter_map(|doubt| self.as_it_is(doubt)).chain(writes.iter().cloned()).collect();
        let id = self.disk.start_own(writes, purpose, settles);
        self.effects.push_back(Effect::Commit { id, writes: Writes::Own(all) });
    }

    /// The write that says of the same row what memory holds; `None`: nothing depends on it.
    fn as_it_is(&self, doubt: &OwnWrite) -> Option<OwnWrite> {
        let item = |id: ClientId| match self.outbox.stored_item(id) {
            Some(item) => OwnWrite::PutOutbox(item.clone()),
            None => OwnWrite::DropOutbox(id),
        };
        Some(match doubt {
            OwnWrite::PutOutbox(doubtful) => item(doubtful.client_id),
            OwnWrite::DropOutbox(id) => item(*id),
            OwnWrite::PutDraft(draft) => self.draft_as_it_is(draft.dialog),
            OwnWrite::DropDraft(dialog) => self.draft_as_it_is(*dialog),
            OwnWrite::PutTray(tray) => self.tray_as_it_is(tray.file.id),
            OwnWrite::DropTray(file) => self.tray_as_it_is(*file),
            OwnWrite::PutSettings(_) => OwnWrite::PutSettings(self.desk.settings.clone()),
            OwnWrite::Alerted(..) | OwnWrite::ForgetAlerts(_) => return None,
        })
    }

    fn draft_as_it_is(&self, dialog: DialogId) -> OwnWrite {
        self.local.drafts.get(&dialog).map_or(OwnWrite::DropDraft(dialog), |draft| OwnWrite::PutDraft(draft.clone()))
    }

    fn tray_as_it_is(&self, file: StagedId) -> OwnWrite {
        self.local.tray.get(&file).map_or(OwnWrite::DropTray(file), |tray| OwnWrite::PutTray(tray.clone()))
    }

    /// A commit of own.db failed: nothing of it counts.
    pub(super) fn own_failed(&mut self, pending: Pending, fault: DiskFault, now: Now) {
        let Pending { writes, purpose, settles } = pending;
        self.disk.set_own(Some(fault), now);
        for dialog in drafts_of(&writes) {
            self.clear_remains(dialog);
        }
        self.disk.leave_in_doubt(settles);
        let in_doubt = leaves_doubt(fault);
        match purpose {
            Purpose::Unasked { items } if in_doubt => self.undo(writes, Purpose::Undo { req: None, items, fault }),
            Purpose::Unasked { items } => self.was_not_kept(None, items, fault),
            Purpose::Command { req, items, .. } if in_doubt => {
                self.undo(writes, Purpose::Undo { req: Some(req), items, fault });
            }
            Purpose::Command { req, items, .. } => self.was_not_kept(Some(req), items, fault),
            // The disk takes nothing now; what is in doubt goes with the next commit that it takes.
            Purpose::Undo { req, items, fault } => self.was_not_kept(req, items, fault),
            // It is made again until it is done: whether it was done before makes no difference.
            Purpose::Send(item) | Purpose::Settle(item) => {
                self.outbox.step_failed(item, now);
                self.show_item(item);
            }
            Purpose::Note => {}
        }
    }

    fn undo(&mut self, writes: Vec<OwnWrite>, purpose: Purpose) {
        self.disk.leave_in_doubt(writes);
        self.commit_own(Vec::new(), purpose);
    }

    /// Whoever asked hears it, and the items are as they were before the disk refused.
    pub(super) fn was_not_kept(&mut self, req: Option<ReqId>, items: Vec<ClientId>, fault: DiskFault) {
        for item in items {
            if let Some(dialog) = self.outbox.unreserve(item) {
                self.clear_remains(dialog);
            }
            self.outbox.unsaved(item);
        }
        if let Some(req) = req {
            let result = Err(UiError { code: UiErrorCode::Disk { fault } });
            self.effects.push_back(Effect::Reply { req, result });
        }
    }
}

/// Whether a failed commit may be on the disk. After the other faults the store knows that it is not.
fn leaves_doubt(fault: DiskFault) -> bool {
    match fault {
        DiskFault::Io => true,
        DiskFault::Full | DiskFault::ReadOnly | DiskFault::Corrupt => false,
    }
}
