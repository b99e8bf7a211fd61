//! Commits on their way to the disk, and what waits for them. While a commit is in flight nothing of it shows.
//!
//! Knows who waits for which commit and how each database fares; must not know what the writes mean.

use crate::{CommitId, DiskFault, Draft, OwnWrite, Receipt, ReqId};
use otklik_model::{ClientId, DialogId, Now, StagedId, Tick};
use std::collections::BTreeMap;

/// How long after a refusal of own.db a small write asks whether it is well again.
const ASK_AGAIN_MS: u64 = 5_000;

/// Why something is written to own.db, and so what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The operator asked for it and is answered.
    Command {
        /// His request.
        req: ReqId,
        /// The answer once it is durable.
        receipt: Box<Receipt>,
        /// The outbox items it makes or changes: untouchable meanwhile.
        items: Vec<ClientId>,
    },
    /// The same without anybody who waits for an answer.
    Unasked {
        /// The outbox items it makes or changes: untouchable meanwhile.
        items: Vec<ClientId>,
    },
    /// A message may go to the network afterwards.
    Send(ClientId),
    /// An item is parked or leaves.
    Settle(ClientId),
    /// Alerts are remembered: nothing waits for it.
    Note,
    /// What a failure left in doubt is said as it was before; then whoever asked for it hears that it was not kept.
    Undo {
        /// His request, if anybody waits.
        req: Option<ReqId>,
        /// The outbox items it would have made or changed: untouchable meanwhile.
        items: Vec<ClientId>,
        /// Why it was not kept.
        fault: DiskFault,
    },
}

/// A commit of own.db on its way.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// What it writes; memory follows when it is durable.
    pub(crate) writes: Vec<OwnWrite>,
    /// What follows.
    pub(crate) purpose: Purpose,
    /// What was in doubt, and is not any more once this is durable.
    pub(crate) settles: Vec<OwnWrite>,
}

/// The two databases as seen from here.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    last_id: u64,
    own: BTreeMap<CommitId, Pending>,
    /// Writes of which nobody knows whether they are on the disk: a failed sync says neither that they are nor that they
    /// are not.
    in_doubt: Vec<OwnWrite>,
    own_fault: Option<DiskFault>,
    /// When own.db is asked again: the notice is to go with its cause, not with the operator's next word.
    ask_at: Option<Tick>,
    cache_fault: Option<DiskFault>,
}

impl Disk {
    /// Numbers a commit.
    pub(crate) fn next_id(&mut self) -> CommitId {
        self.last_id += 1;
        CommitId(self.last_id)
    }

    /// A commit of own.db is on its way.
    pub(crate) fn start_own(&mut self, writes: Vec<OwnWrite>, purpose: Purpose, settles: Vec<OwnWrite>) -> CommitId {
        let id = self.next_id();
        self.own.insert(id, Pending { writes, purpose, settles });
        id
    }

    /// These writes failed in a way that leaves it open whether they are on the disk.
    pub(crate) fn leave_in_doubt(&mut self, writes: impl IntoIterator<Item = OwnWrite>) {
        self.in_doubt.extend(writes);
    }

    /// What is in doubt and what no commit on its way writes anew, for the next commit to settle.
    pub(crate) fn take_doubts(&mut self) -> Vec<OwnWrite> {
        let doubts = std::mem::take(&mut self.in_doubt);
        let written = |doubt: &OwnWrite| self.own.values().flat_map(|on_way| &on_way.writes).any(|w| same(w, doubt));
        doubts.into_iter().filter(|doubt| !written(doubt)).collect()
    }

    /// Dialogs of which a draft or a chosen file is on its way to the disk.
    pub(crate) fn drafts_on_the_way(&self) -> impl Iterator<Item = DialogId> {
        self.own.values().flat_map(|pending| drafts_of(&pending.writes))
    }

    /// What is on its way to the disk as the draft of a dialog, the latest word of it: nothing at all, no draft, or this.
    pub(crate) fn draft_on_the_way(&self, dialog: DialogId) -> Option<Option<&Draft>> {
        let writes = self.own.values().rev().flat_map(|pending| pending.writes.iter().rev());
        writes.into_iter().find_map(|write| match write {
            OwnWrite::PutDraft(draft) if draft.dialog == dialog => Some(Some(draft)),
            OwnWrite::DropDraft(dropped) if *dropped == dialog => Some(None),
            OwnWrite::PutDraft(_)
            | OwnWrite::DropDraft(_)
            | OwnWrite::PutOutbox(_)
            | OwnWrite::DropOutbox(_)
            | OwnWrite::PutTray(_)
            | OwnWrite::DropTray(_)
            | OwnWrite::PutSettings(_)
            | OwnWrite::Alerted(..)
            | OwnWrite::ForgetAlerts(_) => None,
        })
    }

    /// A commit of own.db is over, one way or the other.
    pub(crate) fn take_own(&mut self, id: CommitId) -> Option<Pending> {
        self.own.remove(&id)
    }

    /// How own.db fared last.
    pub(crate) fn set_own(&mut self, fault: Option<DiskFault>, now: Now) {
        self.own_fault = fault;
        self.ask_at = fault.map(|_| now.tick.plus(ASK_AGAIN_MS));
    }

    /// When own.db is to be asked whether it is well again.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        self.ask_at
    }

    /// Whether own.db is to be asked now. Once: the outcome plans the next time, also that of a commit on its way.
    pub(crate) fn is_to_be_asked(&mut self, now: Now) -> bool {
        self.ask_at.take_if(|at| *at <= now.tick).is_some() && self.own.is_empty()
    }

    /// How cache.db fared last.
    pub(crate) fn set_cache(&mut self, fault: Option<DiskFault>) {
        self.cache_fault = fault;
    }

    /// What the operator has to know, if a disk refuses.
    pub(crate) fn fault(&self) -> Option<DiskFault> {
        self.own_fault.or(self.cache_fault)
    }
}

/// Dialogs whose drafts or chosen files these writes keep.
pub(crate) fn drafts_of(writes: &[OwnWrite]) -> impl Iterator<Item = DialogId> {
    writes.iter().filter_map(|write| match write {
        OwnWrite::PutDraft(draft) => Some(draft.dialog),
        OwnWrite::PutTray(tray) => Some(tray.dialog),
        OwnWrite::PutOutbox(_)
        | OwnWrite::DropOutbox(_)
        | OwnWrite::DropDraft(_)
        | OwnWrite::DropTray(_)
        | OwnWrite::PutSettings(_)
        | OwnWrite::Alerted(..)
        | OwnWrite::ForgetAlerts(_) => None,
    })
}

/// Whether two writes are about the same row.
fn same(one: &OwnWrite, other: &OwnWrite) -> bool {
    row_of(one) == row_of(other)
}

/// A row of own.db.
#[derive(Debug, PartialEq, Eq)]
enum OwnRow {
    Outbox(ClientId),
    Draft(DialogId),
    Tray(StagedId),
    Settings,
    Alerted,
}

fn row_of(write: &OwnWrite) -> OwnRow {
    match write {
        OwnWrite::PutOutbox(item) => OwnRow::Outbox(item.client_id),
        OwnWrite::DropOutbox(id) => OwnRow::Outbox(*id),
        OwnWrite::PutDraft(draft) => OwnRow::Draft(draft.dialog),
        OwnWrite::DropDraft(dialog) => OwnRow::Draft(*dialog),
        OwnWrite::PutTray(tray) => OwnRow::Tray(tray.file.id),
        OwnWrite::DropTray(file) => OwnRow::Tray(*file),
        OwnWrite::PutSettings(_) => OwnRow::Settings,
        OwnWrite::Alerted(..) | OwnWrite::ForgetAlerts(_) => OwnRow::Alerted,
    }
}
