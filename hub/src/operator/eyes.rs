//! What one workplace is told of each entry of the log, one after the other: what its operator may see, and of what
//! waits as much as the limits allow.

use super::{
    project::{Seen, Viewer, look, row_for},
    shown::{Shown, Waiting},
};
use crate::centre::VisibleLimits;
use crate::desk::{DialogAggregate, Standing, sees};
use crate::office::Office;
use crate::store::{DialogEntry, Entry, EntryBody, StoreError};
use otklik_model::{Change, DialogId, Seq};
use otklik_wire::operator::HubFrame;
use std::collections::VecDeque;

/// Of so many dialogs that went out of sight it is known that they did. What is under way for longer is none.
const GONE: usize = 1_024;

/// The sight of one workplace at one position of the log.
pub(super) struct Eyes {
    pub(super) viewer: Viewer,
    shown: Shown,
    /// So many dialogs at most are shown waiting that [`Shown`] does not know: the workplace has resumed.
    unknown: usize,
    limits: VisibleLimits,
    /// What went out of sight lately, and at which position.
    gone: VecDeque<(DialogId, Seq)>,
    told: (u32, u32),
}

impl Eyes {
    /// Before anything is shown.
    pub(super) fn new(viewer: Viewer, limits: VisibleLimits) -> Self {
        Self { viewer, shown: Shown::new(limits), unknown: 0, limits, gone: VecDeque::new(), told: (0, 0) }
    }

    /// Of a workplace that goes on where it was, with nothing hidden, and `waiting` dialogs shown at most that wait.
    pub(super) fn resumed(viewer: Viewer, limits: VisibleLimits, waiting: usize) -> Self {
        Self { unknown: waiting, ..Self::new(viewer, limits) }
    }

    /// Looks at everything there is. Keeps what is to be shown.
    pub(super) fn open(&mut self, dialogs: &mut Vec<DialogAggregate>) {
        dialogs.retain(|dialog| sees(&self.viewer.me, &dialog.standing()));
        let waiting = |dialog: &DialogAggregate| Waiting::of(&dialog.row).map(|waiting| (dialog.row.id, waiting));
        self.shown.fill(dialogs.iter().filter_map(waiting).collect());
        dialogs.retain(|dialog| !self.shown.hides(dialog.row.id));
    }

    /// Looks at the next entry.
    ///
    /// # Errors
    /// The store fails.
    pub(super) async fn look(&mut self, office: &Office, entry: &Entry) -> Result<Seen, StoreError> {
        let dialog = match &entry.body {
            EntryBody::Dialog(dialog) => dialog,
            EntryBody::Centre { version } => {
                self.limit(office.centre_since(*version).await?.visible);
                return Ok(Seen::Changes(self.fill(office, entry.seq).await?));
            }
            EntryBody::Operator(_) | EntryBody::Channel(_) | EntryBody::Customer(_) | EntryBody::SignedOut { .. } => {
                self.viewer.count(office, entry).await?;
                return Ok(look(&self.viewer, office, entry));
            }
        };
        let counts = self.viewer.count(office, entry).await?;
        let most = self.limits.online.min(self.limits.offline) as usize;
        if self.unknown > 0 && self.unknown + self.shown.len() >= most {
            self.learn(office, entry.seq).await?;
        }
        let mut changes = self.look_at_dialog(dialog, entry.seq);
        changes.extend(self.viewer.loads(office, dialog, counts));
        changes.extend(self.fill(office, entry.seq).await?);
        Ok(Seen::Changes(changes))
    }

    /// Shows as many of the hidden ones as there is room for.
    async fn fill(&mut self, office: &Office, at: Seq) -> Result<Vec<Change>, StoreError> {
        let mut changes = Vec::new();
        for next in self.shown.next() {
            // The office has heard already who has it: that entry is coming, and nothing has to be read.
            let change = if office.is_with_somebody(next, at) { None } else { self.reveal(office, next, at).await? };
            if change.is_none() {
                self.shown.pass_over(next);
            }
            changes.extend(change);
        }
        Ok(changes)
    }

    fn look_at_dialog(&mut self, entry: &DialogEntry, at: Seq) -> Vec<Change> {
        let (me, id, after) = (&self.viewer.me, entry.row.id, entry.after());
        let before = entry.before.as_ref().filter(|before| !self.shown.hides(id) && sees(me, before));
        let visible = sees(me, &after);
        let waited = before.is_some_and(Waiting::waits);
        self.shown.note(id, waited, Waiting::of(&entry.row).filter(|_| visible));
        if visible && !self.shown.hides(id) {
            self.gone.retain(|(gone, _)| *gone != id);
            self.viewer.tell(entry)
        } else if before.is_some() {
            if self.gone.len() == GONE {
                self.gone.pop_front();
            }
            self.gone.push_back((id, at));
            vec![self.viewer.gone(entry)]
        } else {
            Vec::new()
        }
    }

    /// A slot is free: shows what was hidden, as it stands at this position. What changed since comes with its entry.
    async fn reveal(&mut self, office: &Office, id: DialogId, at: Seq) -> Result<Option<Change>, StoreError> {
        let Some(dialog) = office.store.dialog(office.workspace.id, id).await? else { return Ok(None) };
        if dialog.row.rev > at {
            return Ok(None);
        }
        self.shown.note(id, false, Waiting::of(&dialog.row));
        Ok(Some(Change::DialogUpserted(Box::new(row_for(&self.viewer, &dialog.row)))))
    }

    /// Learns what is shown waiting since before the workplace resumed.
    async fn learn(&mut self, office: &Office, at: Seq) -> Result<(), StoreError> {
        for dialog in office.store.open_dialogs(office.workspace.id).await? {
            let visible = dialog.row.rev < at && sees(&self.viewer.me, &dialog.standing());
            if let Some(waiting) = Waiting::of(&dialog.row).filter(|_| visible) {
                self.shown.note(dialog.row.id, true, Some(waiting));
            }
        }
        self.unknown = 0;
        Ok(())
    }

    /// The limits may be others now.
    fn limit(&mut self, limits: VisibleLimits) {
        self.limits = limits;
        self.shown.limit(limits);
    }

    /// How many are hidden, if that is news.
    pub(super) fn hidden(&mut self) -> Option<HubFrame> {
        let (online, offline) = self.shown.hidden();
        if self.told == (online, offline) {
            return None;
        }
        self.told = (online, offline);
        Some(HubFrame::Hidden { online, offline })
    }

    /// Whether something that is not kept may be passed on: it was said of a dialog that stood so at `rev`.
    pub(super) fn hears(&self, dialog: DialogId, standing: &Standing, rev: Seq) -> bool {
        let gone = self.gone.iter().any(|(gone, at)| *gone == dialog && *at >= rev);
        !gone && !self.shown.hides(dialog) && sees(&self.viewer.me, standing)
    }

    /// Whether a dialog has gone out of sight since something was asked about it.
    pub(super) fn lost(&self, dialog: DialogId) -> bool {
        self.gone.iter().any(|(gone, _)| *gone == dialog)
    }
}
