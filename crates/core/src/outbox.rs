//! What was written and is on its way: in order within a dialog, independent between dialogs.
//!
//! An item changes on disk first and in memory after; it goes to the network only when its `Sending` state is
//! durable, and leaves the disk only when the message is in the cache. Knows the operator's words and whether they
//! may go; must not know the connection's deadlines or the page.

mod cards;
mod entry;
mod lane;

use crate::{
    HeldReason, OutboxItem, OutboxOp, OutboxState, UiErrorCode, Upload, Uploaded,
    mirror::Mirror,
    mutants::{Mutant, Mutants},
};
pub(crate) use entry::{Entry, Stage};
use otklik_model::{
    Attachment, Author, ClientId, Details, Dialog, DialogId, Message, MessageKind, Now, Op, Outcome, Refusal, Seq,
    StagedId, Tick,
};
use std::collections::{BTreeMap, BTreeSet};

/// A refusal to change on disk is tried again after this.
const DISK_PAUSE_MS: u64 = 1_000;
/// An answer that makes no sense, or a passing failure without a time: again after this.
const RETRY_PAUSE_MS: u64 = 5_000;
/// The hub may not make a message wait longer than this.
const RETRY_MAX_MS: u64 = 300_000;
const RETRY_MIN_MS: u64 = 100;

/// Something to be stored about an item before anything else happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Store it as being sent; then it may go.
    Send(OutboxItem),
    /// Store it in a state in which it stays.
    Park(OutboxItem),
    /// Remove it.
    Drop(ClientId),
    /// Give the hub the bytes of its file: nothing has to be stored before.
    Upload(ClientId),
}

/// What an answer of the hub means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Nothing here waited for it.
    NotMine,
    /// It is taken note of; a step follows.
    Noted,
    /// The message is stored on the hub: it goes to the cache, and then leaves here.
    Stored(Box<Message>),
    /// A read mark is known to the hub from this event on.
    ReadTold(DialogId, Seq),
    /// A read mark was refused: it counts no more.
    ReadRefused(DialogId),
    /// What was put right in a card is on the hub, and is shown as unsent until its row has come.
    CardTold,
}

/// All that is unsent.
#[derive(Debug)]
pub(crate) struct Outbox {
    entries: BTreeMap<ClientId, Entry>,
    /// Per dialog, by order.
    lanes: BTreeMap<DialogId, BTreeSet<(u64, ClientId)>>,
    /// Lanes to be looked at.
    ready: BTreeSet<DialogId>,
    /// Items that have to be parked or dropped.
    todo: BTreeSet<ClientId>,
    pauses: BTreeSet<(Tick, ClientId)>,
    last_order: u64,
    mutants: Mutants,
}

impl Outbox {
    /// Takes up what the disk holds. What was being sent is in doubt: the hub may have it or not.
    pub(crate) fn restore(items: Vec<OutboxItem>, last_order: u64) -> Self {
        let mut outbox = Self {
            entries: BTreeMap::new(),
            lanes: BTreeMap::new(),
            ready: BTreeSet::new(),
            todo: BTreeSet::new(),
            pauses: BTreeSet::new(),
            last_order,
            mutants: Mutants::default(),
        };
        for item in items {
            outbox.last_order = outbox.last_order.max(item.order);
            outbox.insert(Entry::restored(item));
        }
        outbox
    }

    /// Builds in a fault.
    #[cfg(feature = "mutants")]
    pub(crate) fn set_mutants(&mut self, mutants: Mutants) {
        self.mutants = mutants;
    }

    /// Which fault is built in.
    pub(crate) fn mutants(&self) -> Mutants {
        self.mutants
    }

    /// The next place in the order of pressing Enter.
    pub(crate) fn next_order(&mut self) -> u64 {
        self.last_order = self.last_order.saturating_add(1);
        self.last_order
    }

    /// Places up to this one were given out before.
    pub(crate) fn order_after(&mut self, order: u64) {
        self.last_order = self.last_order.max(order);
    }

    /// An item about to be stored for the first time: it holds its place, but is not shown and does not go yet.
    pub(crate) fn reserve(&mut self, item: OutboxItem) {
        self.insert(Entry { stage: Stage::New, ..Entry::restored(item) });
    }

    /// The disk refused to store it: it never was. Returns the dialog it was for, if it was such an item.
    pub(crate) fn unreserve(&mut self, id: ClientId) -> Option<DialogId> {
        let is_new = self.entries.get(&id).is_some_and(|entry| entry.stage == Stage::New);
        if is_new { self.remove(id) } else { None }
    }

    fn insert(&mut self, entry: Entry) {
        let (id, dialog, order) = (entry.item.client_id, entry.item.dialog, entry.item.order);
        self.remove(id);
        self.lanes.entry(dialog).or_default().insert((order, id));
        self.ready.insert(dialog);
        self.entries.insert(id, entry);
    }

    /// The disk holds this now.
    pub(crate) fn stored(&mut self, item: &OutboxItem) {
        let was = self.entries.get(&item.client_id);
        let (in_doubt, echoed, landed) =
            was.map_or((false, false, false), |entry| (entry.in_doubt, entry.echoed, entry.landed));
        let entry = Entry { stage: Stage::Resting, in_doubt, echoed, landed, ..Entry::restored(item.clone()) };
        self.insert(entry);
        if landed {
            self.todo.insert(item.client_id);
        }
    }

    /// The disk does not hold this any more.
    pub(crate) fn remove(&mut self, id: ClientId) -> Option<DialogId> {
        let entry = self.entries.remove(&id)?;
        let dialog = entry.item.dialog;
        if let Stage::Pausing { until } = entry.stage {
            self.pauses.remove(&(until, id));
        }
        if let Some(lane) = self.lanes.get_mut(&dialog) {
            lane.remove(&(entry.item.order, id));
            if lane.is_empty() {
                self.lanes.remove(&dialog);
            }
        }
        self.todo.remove(&id);
        self.ready.insert(dialog);
        Some(dialog)
    }

    fn set_stage(&mut self, id: ClientId, stage: Stage) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        if let Stage::Pausing { until } = entry.stage {
            self.pauses.remove(&(until, id));
        }
        if let Stage::Pausing { until } = stage {
            self.pauses.insert((until, id));
        }
        entry.stage = stage;
        self.ready.insert(entry.item.dialog);
        if entry.landed || entry.refused.is_some() {
            self.todo.insert(id);
        }
    }

    /// A change of this item is on its way to the disk: nothing else may happen to it meanwhile.
    pub(crate) fn saving(&mut self, id: ClientId) {
        self.set_stage(id, Stage::Saving);
    }

    /// The change did not reach the disk, and was the operator's: the item is as it was.
    pub(crate) fn unsaved(&mut self, id: ClientId) {
        self.set_stage(id, Stage::Resting);
    }

    /// The change did not reach the disk, and has to be made: again in a moment.
    pub(crate) fn step_failed(&mut self, id: ClientId, now: Now) {
        self.set_stage(id, Stage::Pausing { until: now.tick.plus(DISK_PAUSE_MS) });
    }

    /// The connection is live: everything may be looked at.
    pub(crate) fn link_live(&mut self) {
        self.ready.extend(self.lanes.keys().copied());
        if self.mutants.is(Mutant::CaughtUpIsCertain) {
            self.entries.values_mut().for_each(|entry| entry.in_doubt = false);
        }
    }

    /// The connection is gone: what was on its way is in doubt. Pauses of the hub end with it.
    pub(crate) fn link_closed(&mut self) {
        for entry in self.entries.values_mut().filter(|entry| entry.echoed) {
            // Whether the rows reach the cache is open; the hub has it for certain.
            (entry.echoed, entry.in_doubt) = (false, true);
        }
        self.put_to_rest(true, |stage| matches!(stage, Stage::Flying));
        // What was uploaded and not sent is nobody's message: it goes again, in no doubt.
        self.put_to_rest(false, |stage| matches!(stage, Stage::Uploading { .. }));
        let pausing: Vec<ClientId> = self.pauses.iter().map(|(_, id)| *id).collect();
        for id in pausing {
            self.set_stage(id, Stage::Resting);
        }
    }

    /// Answers that were to go to the cache were given up: they have to be asked for again.
    pub(crate) fn answers_lost(&mut self) {
        self.put_to_rest(true, |stage| matches!(stage, Stage::Answered));
    }

    fn put_to_rest(&mut self, in_doubt: bool, concerned: impl Fn(Stage) -> bool) {
        let ids: Vec<ClientId> =
            self.entries.iter().filter(|(_, entry)| concerned(entry.stage)).map(|(id, _)| *id).collect();
        for id in ids {
            self.set_stage(id, Stage::Resting);
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.in_doubt |= in_doubt;
            }
        }
    }

    /// The next thing to be stored, if any. Nothing is sent unless `may_send`.
    pub(crate) fn next_step(&mut self, mirror: &Mirror, ask_after_min: u32, may_send: bool, now: Now) -> Option<Step> {
        while let Some(id) = self.todo.pop_first() {
            let Some(entry) = self.entries.get(&id) else { continue };
            if let Some(step) = entry.due_step() {
                self.set_stage(id, Stage::Saving);
                self.todo.remove(&id);
                return Some(step);
            }
        }
        if !may_send {
            return None;
        }
        while let Some(dialog) = self.ready.pop_first() {
            if let Some(step) = self.lane_step(dialog, mirror, ask_after_min, now) {
                let id = match &step {
                    Step::Send(item) | Step::Park(item) => item.client_id,
                    Step::Drop(id) | Step::Upload(id) => *id,
                };
                let uploads = matches!(step, Step::Upload(_));
                self.set_stage(id, if uploads { Stage::Uploading { sent: 0 } } else { Stage::Saving });
                return Some(step);
            }
        }
        None
    }

    /// Its `Sending` state is durable: it goes now, with the ownership epoch of this moment, if it still may.
    pub(crate) fn take_off(&mut self, id: ClientId, mirror: &Mirror, may_send: bool) -> Option<Op> {
        let entry = self.entries.get(&id)?;
        if !may_send || entry.echoed || entry.landed {
            return None;
        }
        let item = &entry.item;
        let row = mirror.row(item.dialog);
        if !entry.in_doubt && self.held_reason(item, row, mirror).is_some() {
            return None;
        }
        let dialog = item.dialog;
        let epoch = row.map_or(0, |row| row.epoch);
        let op = match &item.op {
            OutboxOp::Text { text, quote } => {
                Op::SendText { dialog, epoch, text: text.clone(), quote: quote.as_ref().map(|quote| quote.seq) }
            }
            OutboxOp::Note { text } => Op::SendNote { dialog, text: text.clone() },
            OutboxOp::File { text, uploaded, .. } => {
                let file = uploaded.as_ref()?.attachment.id;
                Op::SendFile { dialog, epoch, file, text: text.clone() }
            }
            OutboxOp::MarkRead { upto } => Op::MarkRead { dialog, upto: *upto },
            OutboxOp::EditCustomer { edit, was } => {
                Op::EditCustomer { dialog, edit: (**edit).clone(), was: was.clone() }
            }
        };
        self.set_stage(id, Stage::Flying);
        Some(op)
    }

    /// The hub answered.
    pub(crate) fn answered(&mut self, id: ClientId, outcome: Outcome, mirror: &Mirror, now: Now) -> Settled {
        let Some(entry) = self.entries.get_mut(&id) else { return Settled::NotMine };
        if entry.stage != Stage::Flying {
            return Settled::Noted;
        }
        let dialog = entry.item.dialog;
        let (is_read, is_card) = (entry.item.op.is_read(), entry.is_card());
        match outcome {
            Outcome::Done { at_seq, .. } if is_read => {
                entry.landed = true;
                self.set_stage(id, Stage::Resting);
                Settled::ReadTold(dialog, at_seq)
            }
            Outcome::Done { at_seq, .. } if is_card => {
                entry.told_at = Some(at_seq);
                self.set_stage(id, Stage::Answered);
                Settled::CardTold
            }
            Outcome::Done { at_seq, message: Some(stored) } if stored.seq > 0 => {
                let message = Message {
                    id: stored.id,
                    client_id: Some(id),
                    dialog,
                    seq: stored.seq,
                    kind: entry.kind(),
                    author: Author::Operator { id: mirror.me(), name: mirror.profile.me.name.clone() },
                    text: entry.item.op.text().unwrap_or_default().to_owned(),
                    at: stored.at,
                    rev: at_seq,
                    details: Details { file: uploaded_file(&entry.item.op), ..Details::default() },
                };
                self.set_stage(id, Stage::Answered);
                Settled::Stored(Box::new(message))
            }
            Outcome::Done { .. } => {
                // "Done" without a place is no answer that could be shown: the words stay until the hub names one.
                entry.in_doubt = true;
                self.set_stage(id, Stage::Pausing { until: now.tick.plus(RETRY_PAUSE_MS) });
                Settled::Noted
            }
            Outcome::Refused { .. } if is_read => {
                entry.landed = true;
                self.set_stage(id, Stage::Resting);
                Settled::ReadRefused(dialog)
            }
            Outcome::Refused { reason } => {
                (entry.refused, entry.in_doubt) = (Some(reason), false);
                self.set_stage(id, Stage::Resting);
                Settled::Noted
            }
        }
    }

    /// So much of its file is on the hub. True if that is to be shown.
    pub(crate) fn upload_goes_on(&mut self, id: ClientId, so_far: u64) -> bool {
        match self.entries.get_mut(&id).map(|entry| &mut entry.stage) {
            Some(Stage::Uploading { sent }) if *sent < so_far => {
                *sent = so_far;
                true
            }
            Some(_) | None => false,
        }
    }

    /// The upload of its file is over. What has to be stored of it, if anything.
    pub(crate) fn upload_over(&mut self, id: ClientId, result: Upload, now: Now) -> Option<OutboxItem> {
        let entry = self.entries.get(&id).filter(|entry| matches!(entry.stage, Stage::Uploading { .. }))?;
        let mut item = entry.item.clone();
        match (result, &mut item.op) {
            (Upload::Done(attachment), OutboxOp::File { uploaded, .. }) => {
                *uploaded = Some(Uploaded { attachment, at: now.stamp });
            }
            (Upload::Refused(why), _) => item.state = OutboxState::NotTaken { why },
            (Upload::Later { after_ms }, _) => {
                let pause = after_ms.unwrap_or(RETRY_PAUSE_MS).clamp(RETRY_MIN_MS, RETRY_MAX_MS);
                self.set_stage(id, Stage::Pausing { until: now.tick.plus(pause) });
                return None;
            }
            (
                Upload::Done(_),
                OutboxOp::Text { .. }
                | OutboxOp::Note { .. }
                | OutboxOp::MarkRead { .. }
                | OutboxOp::EditCustomer { .. },
            ) => {
                return None;
            }
        }
        self.set_stage(id, Stage::Saving);
        Some(item)
    }

    /// Whether the bytes of its file are on their way.
    pub(crate) fn is_uploading(&self, id: ClientId) -> bool {
        self.entries.get(&id).is_some_and(|entry| matches!(entry.stage, Stage::Uploading { .. }))
    }

    /// The files whose bytes are wanted.
    pub(crate) fn staged(&self) -> impl Iterator<Item = StagedId> {
        self.entries.values().filter_map(|entry| entry.item.op.staged()).map(|file| file.id)
    }

    /// Whether bytes of a file for this dialog are on their way.
    pub(crate) fn is_uploading_in(&self, dialog: DialogId) -> bool {
        self.lanes.get(&dialog).into_iter().flatten().any(|(_, id)| self.is_uploading(*id))
    }

    /// Whether an item refers to the bytes of this file.
    pub(crate) fn holds(&self, file: StagedId) -> bool {
        self.entries.values().any(|entry| entry.item.op.staged().is_some_and(|staged| staged.id == file))
    }

    /// The hub wants it again later.
    pub(crate) fn retry_later(&mut self, id: ClientId, after_ms: u64, now: Now) -> bool {
        let flying = self.entries.get(&id).is_some_and(|entry| entry.stage == Stage::Flying);
        if flying {
            let until = now.tick.plus(after_ms.clamp(RETRY_MIN_MS, RETRY_MAX_MS));
            self.set_stage(id, Stage::Pausing { until });
        }
        flying
    }

    /// One's own message came back: it need not be sent, whether or not the rows are durable yet.
    pub(crate) fn echoed(&mut self, id: ClientId, dialog: DialogId) {
        let entry = self.entries.get_mut(&id).filter(|entry| entry.item.attempts > 0 && entry.item.dialog == dialog);
        if let Some(entry) = entry {
            entry.echoed = true;
            self.ready.insert(dialog);
        }
    }

    /// One's own message is in the cache, by answer or by echo.
    pub(crate) fn landed(&mut self, id: ClientId, dialog: DialogId) -> bool {
        let Some(entry) = self.entries.get_mut(&id) else { return false };
        if entry.landed || entry.item.dialog != dialog || entry.item.op.text().is_none() {
            return false;
        }
        entry.landed = true;
        self.todo.insert(id);
        true
    }

    /// Ends the pauses that are over.
    pub(crate) fn tick(&mut self, now: Now) {
        while let Some((until, id)) = self.pauses.first().copied() {
            if until > now.tick {
                break;
            }
            self.set_stage(id, Stage::Resting);
        }
    }

    /// When the next pause is over.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        self.pauses.first().map(|(until, _)| *until)
    }

    /// Why an item may not go to its dialog as things stand.
    fn held_reason(&self, item: &OutboxItem, row: Option<&Dialog>, mirror: &Mirror) -> Option<HeldReason> {
        if self.mutants.is(Mutant::IgnoreEpoch) {
            return row.is_none().then_some(HeldReason::Gone);
        }
        lane::held_reason(item, row, mirror.me())
    }

    /// An item that the operator may still change.
    pub(crate) fn changeable(&self, id: ClientId) -> Result<&Entry, UiErrorCode> {
        let entry = self.entries.get(&id).filter(|entry| !entry.item.op.is_read() && entry.stage != Stage::New);
        let entry = entry.ok_or(UiErrorCode::NotFound)?;
        if entry.is_out_of_hand() { Err(UiErrorCode::TooLate) } else { Ok(entry) }
    }

    /// Ends a pause early: the operator wants it to go now.
    pub(crate) fn hurry(&mut self, id: ClientId) {
        self.set_stage(id, Stage::Resting);
    }

    /// An item, as the disk has it.
    pub(crate) fn entry(&self, id: ClientId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// An item as the disk has it; `None` also for one that is about to be stored for the first time.
    pub(crate) fn stored_item(&self, id: ClientId) -> Option<&OutboxItem> {
        self.entries.get(&id).filter(|entry| entry.stage != Stage::New).map(|entry| &entry.item)
    }

    /// A dialog's messages that are shown as unsent, by order.
    pub(crate) fn unsent_of(&self, dialog: DialogId) -> impl DoubleEndedIterator<Item = &Entry> {
        let lane = self.lanes.get(&dialog).into_iter().flatten();
        lane.filter_map(|(_, id)| self.entries.get(id)).filter(|entry| entry.is_unsent())
    }

    /// A dialog's read mark that was not sent yet and may still be raised.
    pub(crate) fn raisable_read(&self, dialog: DialogId) -> Option<&Entry> {
        let lane = self.lanes.get(&dialog).into_iter().flatten();
        lane.filter_map(|(_, id)| self.entries.get(id)).find(|entry| {
            entry.item.op.is_read() && entry.stage == Stage::Resting && !entry.landed && entry.item.attempts == 0
        })
    }

    /// All read marks that are not told yet.
    pub(crate) fn reads(&self) -> impl Iterator<Item = (DialogId, u32)> {
        self.entries.values().filter_map(|entry| match entry.item.op {
            OutboxOp::MarkRead { upto } => Some((entry.item.dialog, upto)),
            OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::File { .. } | OutboxOp::EditCustomer { .. } => {
                None
            }
        })
    }

    /// Whether a read mark of this dialog is still to be told.
    pub(crate) fn has_read(&self, dialog: DialogId) -> bool {
        let lane = self.lanes.get(&dialog).into_iter().flatten();
        lane.filter_map(|(_, id)| self.entries.get(id)).any(|entry| entry.item.op.is_read())
    }

    /// How many messages are shown as unsent in all.
    pub(crate) fn unsent_total(&self) -> u32 {
        u32::try_from(self.entries.values().filter(|entry| entry.is_unsent()).count()).unwrap_or(u32::MAX)
    }

    /// The same by dialog.
    pub(crate) fn unsent_by_dialog(&self) -> Vec<(DialogId, u32)> {
        let mut sums: BTreeMap<DialogId, u32> = BTreeMap::new();
        for entry in self.entries.values().filter(|entry| entry.is_unsent()) {
            *sums.entry(entry.item.dialog).or_default() += 1;
        }
        sums.into_iter().collect()
    }

    /// Dialogs to which words, or changes of a card, are bound that the hub does not have.
    pub(crate) fn dialogs_with_words(&self) -> BTreeSet<DialogId> {
        self.entries
            .values()
            .filter(|entry| !entry.item.op.is_read() && !entry.landed)
            .map(|entry| entry.item.dialog)
            .collect()
    }
}

/// The kind of message an operation becomes.
pub(crate) fn kind_of(op: &OutboxOp) -> MessageKind {
    match op {
        OutboxOp::Text { .. } => MessageKind::Text,
        OutboxOp::Note { .. } => MessageKind::Note,
        OutboxOp::File { .. } => MessageKind::File,
        OutboxOp::MarkRead { .. } | OutboxOp::EditCustomer { .. } => MessageKind::Unknown,
    }
}

/// The file of a message that the hub has just stored.
fn uploaded_file(op: &OutboxOp) -> Option<Attachment> {
    match op {
        OutboxOp::File { uploaded, .. } => uploaded.as_ref().map(|uploaded| uploaded.attachment.clone()),
        OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::MarkRead { .. } | OutboxOp::EditCustomer { .. } => {
            None
        }
    }
}

/// Whether a refusal is about ownership, so that the words may be handed to the new owner.
pub(crate) fn is_about_ownership(state: &OutboxState) -> bool {
    match state {
        OutboxState::Held { reason } => match reason {
            HeldReason::NotMine { .. } => true,
            HeldReason::TooOld | HeldReason::Gone | HeldReason::FromCopy => false,
        },
        OutboxState::Stuck { reason } => matches!(reason, Refusal::NotYourDialog { .. }),
        OutboxState::Queued | OutboxState::Sending | OutboxState::NotTaken { .. } => false,
    }
}
