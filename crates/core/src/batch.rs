//! One commit of the cache in the making: works are staged over the durable rows, written in one transaction, and
//! only then become what memory holds.
//!
//! Knows rows and numbers. Must not know windows, alerts or the network.

use crate::{
    CacheWrite, Held, Profile, ReqId,
    blocks::Blocks,
    mirror::{Known, Mirror, blank, is_remains, remains_of},
    mutants::{Mutant, Mutants},
};
use otklik_model::{
    Author, Awaiting, Change, Channel, ChannelId, Cursor, Dialog, DialogId, GoneReason, Handbook, Message, Operator,
    OperatorId, Preview, Seq, Stamp, excerpt,
};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use uuid::Uuid;

/// Characters of a list row's preview.
pub(crate) const PREVIEW_CHARS: usize = 160;

/// A snapshot holds what was closed in the last seven days; a day is left for clocks that differ.
const CLOSED_SHOWN_MS: i64 = 6 * 24 * 60 * 60 * 1_000;

/// Something the cache has to take in, in order of arrival.
#[derive(Debug)]
pub(crate) enum Work {
    /// Who one is.
    Welcome(Profile),
    /// What the centre keeps ready.
    Handbook(Box<Handbook>),
    /// What happened up to a position.
    Events {
        /// The new position.
        upto: Cursor,
        /// In order.
        changes: Vec<Change>,
    },
    /// The whole visible state.
    Snapshot {
        /// At this position.
        at: Cursor,
        /// Visible dialogs.
        dialogs: Vec<Dialog>,
        /// Visible colleagues.
        operators: Vec<Operator>,
        /// Channels.
        channels: Vec<Channel>,
    },
    /// A page of history; the numbers `run` are unbroken in it.
    History {
        /// Of this dialog.
        dialog: DialogId,
        /// What the page proves to be held.
        run: Held,
        /// The messages.
        messages: Vec<Message>,
    },
    /// Dialogs that are over and that the operator asked for.
    Adopt {
        /// Who waits for them.
        req: ReqId,
        /// Their rows.
        dialogs: Vec<Dialog>,
    },
    /// One's own message, as the hub's answer says it was stored.
    Own(Box<Message>),
    /// The position is no good any more.
    Forget,
    /// A dialog left while words were being bound to it: this stays of it.
    Remain(Box<Dialog>),
    /// The remains of a dialog are of no use any more.
    Clear(DialogId),
}

impl Work {
    /// How much it holds, for bounding the queue.
    pub(crate) fn weight(&self) -> usize {
        1 + match self {
            Self::Events { changes, .. } => changes.len(),
            Self::History { messages, .. } => messages.len(),
            Self::Adopt { dialogs, .. } => dialogs.len(),
            Self::Welcome(_)
            | Self::Handbook(_)
            | Self::Snapshot { .. }
            | Self::Own(_)
            | Self::Forget
            | Self::Remain(_)
            | Self::Clear(_) => 0,
        }
    }

    /// Whether the hub says it again after a reconnect.
    pub(crate) fn is_repeated_by_hub(&self) -> bool {
        match self {
            Self::Welcome(_) | Self::Handbook(_) | Self::Events { .. } | Self::Snapshot { .. } => true,
            Self::History { .. }
            | Self::Adopt { .. }
            | Self::Own(_)
            | Self::Forget
            | Self::Remain(_)
            | Self::Clear(_) => false,
        }
    }
}

/// A dialog that left the operator's sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// Why.
    pub(crate) reason: GoneReason,
    /// Who has it now.
    pub(crate) to: Option<String>,
}

/// What happens to one dialog.
#[derive(Debug, Default)]
struct Touched {
    /// Its messages go.
    wipe: bool,
    /// What it will be; `None`: dropped.
    next: Option<Known>,
    left: Option<Left>,
}

/// A commit in the making.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    dialogs: BTreeMap<DialogId, Touched>,
    messages: BTreeMap<(DialogId, u32), Message>,
    /// Messages of dialogs that are not known (yet): the row may follow in the same batch.
    strays: Vec<Message>,
    /// Own messages, answered, of dialogs that are not in the cache any more.
    out_of_sight: Vec<Message>,
    operators: BTreeMap<OperatorId, Operator>,
    channels: BTreeMap<ChannelId, Channel>,
    whole_directory: bool,
    profile: Option<Profile>,
    handbook: Option<Box<Handbook>>,
    cursor: Option<Option<Cursor>>,
    arrived: Vec<Message>,
    filled: Vec<(DialogId, u32, u32)>,
    adopted: Vec<ReqId>,
    /// What nobody would ask for again if this commit were given up.
    own_wishes: Vec<Work>,
    is_snapshot: bool,
    now: Stamp,
    mutants: Mutants,
}

/// What a commit changed, for the view and the alerts.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Dialogs that changed, with their earlier row.
    pub(crate) changed: Vec<(DialogId, Option<Dialog>)>,
    /// Dialogs that left, with their earlier row.
    pub(crate) left: Vec<(Dialog, Left)>,
    /// Messages of the event stream, and one's own as answered, in order.
    pub(crate) arrived: Vec<Message>,
    /// Stretches of history that came.
    pub(crate) filled: Vec<(DialogId, u32, u32)>,
    /// Those who waited for dialogs that are here now.
    pub(crate) adopted: Vec<ReqId>,
    /// All messages that are in the cache now, and own ones that the hub has of dialogs out of sight.
    pub(crate) stored: Vec<Message>,
    /// Oneself, rights or limits changed.
    pub(crate) profile: bool,
    /// What the centre keeps ready changed.
    pub(crate) handbook: bool,
    /// Channels carry something else than they did.
    pub(crate) carried: bool,
    /// Colleagues or channels changed.
    pub(crate) directory: bool,
    /// It was a snapshot: nothing in it is news.
    pub(crate) is_snapshot: bool,
}

impl Batch {
    /// Nothing yet.
    pub(crate) fn new(mutants: Mutants, now: Stamp) -> Self {
        Self { mutants, now, ..Self::default() }
    }

    /// Stages a work. `keep` names the dialogs to which words of the operator are bound.
    pub(crate) fn stage(&mut self, work: Work, base: &Mirror, keep: &BTreeSet<DialogId>) {
        match work {
            Work::Welcome(profile) => self.profile = (profile != base.profile).then_some(profile),
            Work::Handbook(handbook) => self.handbook = Some(handbook),
            Work::Events { upto, changes } => {
                for change in changes {
                    self.stage_change(change, base, keep);
                }
                self.cursor = Some(Some(upto));
            }
            Work::Snapshot { at, dialogs, operators, channels } => {
                self.stage_snapshot(at.stream, dialogs, base, keep);
                self.whole_directory = true;
                self.operators = operators.into_iter().map(|operator| (operator.id, operator)).collect();
                self.channels = channels.into_iter().map(|channel| (channel.id, channel)).collect();
                self.cursor = Some(Some(at));
                self.is_snapshot = true;
            }
            Work::History { dialog, run, messages } => self.stage_history(dialog, run, messages, base),
            Work::Adopt { req, dialogs } => self.stage_adopted(req, dialogs, base),
            Work::Own(message) => self.stage_own(*message, base),
            Work::Forget => {
                self.cursor = Some(None);
                self.own_wishes.push(Work::Forget);
            }
            Work::Remain(row) => {
                if self.known(row.id, base).is_none() && keep.contains(&row.id) {
                    let next = Some(Known { row: (*row).clone(), blocks: Blocks::default() });
                    self.dialogs.entry(row.id).or_default().next = next;
                    self.own_wishes.push(Work::Remain(row));
                }
            }
            Work::Clear(dialog) => {
                let useless = self.known(dialog, base).is_some_and(|known| is_remains(&known.row));
                if useless && !keep.contains(&dialog) {
                    self.dialogs.insert(dialog, Touched { wipe: true, ..Touched::default() });
                    self.own_wishes.push(Work::Clear(dialog));
                }
            }
        }
    }

    fn stage_change(&mut self, change: Change, base: &Mirror, keep: &BTreeSet<DialogId>) {
        match change {
            Change::DialogUpserted(row) => self.stage_row(*row, base),
            Change::DialogGone { dialog, reason, to } => self.stage_gone(dialog, Left { reason, to }, base, keep),
            Change::MessageAdded(message) => self.stage_message(*message, base),
            Change::OperatorUpserted(operator) => {
                let profile = self.profile.as_ref().unwrap_or(&base.profile);
                if profile.me.id == operator.id {
                    self.profile = Some(Profile { me: operator.clone(), ..profile.clone() });
                }
                self.operators.insert(operator.id, operator);
            }
            Change::ChannelUpserted(channel) => {
                self.channels.insert(channel.id, channel);
            }
            Change::RightsChanged(rights) => {
                let profile = self.profile.as_ref().unwrap_or(&base.profile);
                self.profile = Some(Profile { rights, ..profile.clone() });
            }
            Change::Unknown(_) => {}
        }
    }

    /// What a dialog will be after what is staged so far.
    fn known<'a>(&'a self, id: DialogId, base: &'a Mirror) -> Option<&'a Known> {
        match self.dialogs.get(&id) {
            Some(touched) => touched.next.as_ref(),
            None => base.dialogs.get(&id),
        }
    }

    /// The same, to be changed.
    fn known_mut(&mut self, id: DialogId, base: &Mirror) -> Option<&mut Known> {
        match self.dialogs.entry(id) {
            Entry::Occupied(touched) => touched.into_mut().next.as_mut(),
            Entry::Vacant(place) => {
                let next = Some(base.dialogs.get(&id)?.clone());
                place.insert(Touched { next, ..Touched::default() }).next.as_mut()
            }
        }
    }

    fn stage_row(&mut self, row: Dialog, base: &Mirror) {
        let id = row.id;
        match self.known_mut(id, base) {
            Some(known) if known.row.rev >= row.rev && !is_remains(&known.row) => return,
            Some(known) => known.row = row,
            None => {
                self.dialogs.entry(id).or_default().next = Some(Known { row, blocks: Blocks::default() });
            }
        }
        if let Some(touched) = self.dialogs.get_mut(&id) {
            touched.left = None;
        }
    }

    /// Rows that were asked for; what the events say of them since is newer.
    fn stage_adopted(&mut self, req: ReqId, dialogs: Vec<Dialog>, base: &Mirror) {
        for row in dialogs.clone() {
            self.stage_row(row, base);
        }
        self.adopted.push(req);
        self.own_wishes.push(Work::Adopt { req, dialogs });
    }

    fn stage_gone(&mut self, id: DialogId, left: Left, base: &Mirror, keep: &BTreeSet<DialogId>) {
        let Some(known) = self.known(id, base) else { return };
        if is_remains(&known.row) && left.reason != GoneReason::Erased {
            return;
        }
        let next = keep.contains(&id).then(|| Known { row: remains_of(&known.row, &left), blocks: Blocks::default() });
        // One's own words that came back stay with what remains: by them the outbox learns that the hub has them.
        let stays = |message: &Message| message.dialog != id || (next.is_some() && is_own(message, base));
        self.messages.retain(|_, message| stays(message));
        self.arrived.retain(stays);
        self.dialogs.insert(id, Touched { wipe: true, next, left: Some(left) });
    }

    fn stage_message(&mut self, message: Message, base: &Mirror) {
        if message.seq == 0 {
            return;
        }
        let forget_gap = self.mutants.is(Mutant::ForgetGap);
        match self.known_mut(message.dialog, base) {
            Some(known) if is_remains(&known.row) => {
                if is_own(&message, base) {
                    self.stage_own(message, base);
                }
            }
            Some(known) => {
                let from = if forget_gap { known.blocks.newest.from.max(1) } else { message.seq };
                known.blocks.add(Held { from, upto: message.seq });
                self.messages.insert((message.dialog, message.seq), message.clone());
                self.arrived.push(message);
            }
            None => self.strays.push(message),
        }
    }

    /// The answer to one's own message may come before the events ahead of it: the row is stored, but neither the
    /// block nor the dialog's row may skip what was not seen yet.
    fn stage_own(&mut self, message: Message, base: &Mirror) {
        let Some(known) = self.known_mut(message.dialog, base) else {
            // The dialog left in the meantime. The hub has the words: they need not be kept here.
            self.out_of_sight.push(message);
            return;
        };
        if is_remains(&known.row) {
            self.messages.insert((message.dialog, message.seq), message.clone());
            self.arrived.push(message);
            return;
        }
        if known.blocks.continues(message.seq) {
            known.blocks.add(Held { from: message.seq, upto: message.seq });
        }
        if known.row.last_seq.checked_add(1) == Some(message.seq) {
            known.row.last_seq = message.seq;
            known.row.last = Some(Preview {
                kind: message.kind,
                author: message.author.clone(),
                text: excerpt(&message.text, PREVIEW_CHARS),
                at: message.at,
            });
            if message.kind == otklik_model::MessageKind::Text {
                known.row.awaiting = Awaiting::Customer;
                known.row.awaiting_since = Some(message.at);
            }
        }
        self.messages.entry((message.dialog, message.seq)).or_insert_with(|| message.clone());
        self.arrived.push(message);
    }

    fn stage_history(&mut self, dialog: DialogId, run: Held, messages: Vec<Message>, base: &Mirror) {
        let Some(known) = self.known_mut(dialog, base) else { return };
        if is_remains(&known.row) {
            return;
        }
        known.blocks.add(run);
        let numbers = messages.iter().map(|message| message.seq);
        let (Some(from), Some(upto)) = (numbers.clone().min(), numbers.max()) else { return };
        for message in messages {
            self.messages.entry((dialog, message.seq)).or_insert(message);
        }
        self.filled.push((dialog, from, upto));
    }

    fn stage_snapshot(&mut self, stream: Uuid, dialogs: Vec<Dialog>, base: &Mirror, keep: &BTreeSet<DialogId>) {
        // Another history (or one that cannot be told from another): positions and numbers do not compare.
        let same = base.stream == Some(stream);
        let mut seen = BTreeSet::new();
        for row in dialogs {
            let id = row.id;
            seen.insert(id);
            let touched = self.dialogs.entry(id).or_default();
            touched.left = None;
            let known = match (&touched.next, base.dialogs.get(&id)) {
                (Some(known), _) => Some(known),
                (None, known) => known.filter(|_| same && !touched.wipe),
            };
            // A snapshot does not say which messages were changed or taken back since: where the row has moved, they
            // are read again.
            let still = |known: &&Known| known.row.rev >= row.rev || self.mutants.is(Mutant::TrustSnapshot);
            let mut blocks = known.filter(still).map_or_else(Blocks::default, |known| known.blocks);
            touched.wipe |= !same && base.dialogs.contains_key(&id);
            if self.mutants.is(Mutant::ForgetGap) {
                blocks.add(Held { from: blocks.newest.from.max(1), upto: row.last_seq });
            }
            touched.next = Some(Known { row, blocks });
        }
        for (id, known) in &base.dialogs {
            if seen.contains(id) || is_remains(&known.row) {
                continue;
            }
            if !self.is_beyond_snapshots(&known.row) {
                self.stage_gone(*id, Left { reason: GoneReason::Hidden, to: None }, base, keep);
            } else if !same && let Some(known) = self.known_mut(*id, base) {
                known.row.rev = Seq(0);
            }
        }
        // Words bound to a dialog of which nothing is known any more (a cache that was rebuilt) must be seen somewhere.
        for id in keep {
            if !seen.contains(id) && self.known(*id, base).is_none() {
                let next = Some(Known { row: blank(*id), blocks: Blocks::default() });
                self.dialogs.insert(*id, Touched { next, ..Touched::default() });
            }
        }
    }

    /// Whether a dialog was closed so long ago that no snapshot would show it: then its absence says nothing, and the
    /// local history keeps it.
    fn is_beyond_snapshots(&self, row: &Dialog) -> bool {
        let closed_at = row.closed_at.filter(|_| row.state.is_closed());
        closed_at.is_some_and(|at| self.now.0.saturating_sub(at.0) > CLOSED_SHOWN_MS)
    }

    /// Strays whose dialog came in the same batch find their place; the others are dropped.
    pub(crate) fn close(&mut self, base: &Mirror) {
        for message in std::mem::take(&mut self.strays) {
            if self.known(message.dialog, base).is_some() {
                self.stage_message(message, base);
            }
        }
        self.dialogs.retain(|id, touched| {
            touched.wipe || touched.left.is_some() || touched.next.as_ref() != base.dialogs.get(id)
        });
    }

    /// The writes of the commit, the position last.
    pub(crate) fn writes(&self) -> Vec<CacheWrite> {
        let mut writes = Vec::new();
        for (id, touched) in &self.dialogs {
            if touched.wipe {
                writes.push(CacheWrite::DropDialog(*id));
            }
            writes.extend(touched.next.as_ref().map(|known| CacheWrite::PutDialog(Box::new(known.saved()))));
        }
        writes.extend(self.messages.values().map(|message| CacheWrite::PutMessage(Box::new(message.clone()))));
        writes.extend(self.operators.values().cloned().map(CacheWrite::PutOperator));
        writes.extend(self.channels.values().cloned().map(CacheWrite::PutChannel));
        writes.extend(self.profile.clone().map(CacheWrite::PutProfile));
        writes.extend(self.handbook.clone().map(CacheWrite::PutHandbook));
        writes.extend(self.cursor.map(|cursor| cursor.map_or(CacheWrite::DropCursor, CacheWrite::PutCursor)));
        writes
    }

    /// Whether it forgets the position.
    pub(crate) fn forgets(&self) -> bool {
        self.own_wishes.iter().any(|work| matches!(work, Work::Forget))
    }

    /// Gives the commit up. What is left has to be staged anew: neither the hub nor the outbox will say it again.
    pub(crate) fn give_up(self) -> Vec<Work> {
        self.own_wishes
    }

    /// What is staged becomes what memory holds.
    pub(crate) fn apply(self, mirror: &mut Mirror) -> Applied {
        let mut applied =
            Applied { arrived: self.arrived, filled: self.filled, adopted: self.adopted, ..Applied::default() };
        applied.is_snapshot = self.is_snapshot;
        applied.stored = self.messages.into_values().chain(self.out_of_sight).collect();
        for (id, touched) in self.dialogs {
            let earlier = match touched.next {
                Some(next) => mirror.dialogs.insert(id, next),
                None => mirror.dialogs.remove(&id),
            };
            let earlier = earlier.map(|known| known.row);
            match (touched.left, earlier) {
                (Some(left), Some(row)) => applied.left.push((row, left)),
                (_, earlier) => applied.changed.push((id, earlier)),
            }
        }
        applied.directory = self.whole_directory || !self.operators.is_empty() || !self.channels.is_empty();
        if self.whole_directory {
            (mirror.operators, mirror.channels) = (self.operators, self.channels);
        } else {
            mirror.operators.extend(self.operators);
            mirror.channels.extend(self.channels);
        }
        if let Some(profile) = self.profile {
            applied.profile = true;
            mirror.profile = profile;
        }
        if let Some(handbook) = self.handbook {
            applied.handbook = true;
            applied.carried =
                mirror.handbook.quotes != handbook.quotes || mirror.handbook.channels != handbook.channels;
            mirror.handbook = *handbook;
        }
        if let Some(cursor) = self.cursor {
            mirror.cursor = cursor;
            mirror.stream = cursor.map(|cursor| cursor.stream).or(mirror.stream);
        }
        applied
    }
}

/// Whether this operator wrote it, on a machine that knows it by an id of its own.
fn is_own(message: &Message, base: &Mirror) -> bool {
    let by_me = matches!(&message.author, Author::Operator { id, .. } if *id == base.me());
    by_me && message.client_id.is_some()
}

#[cfg(test)]
mod tests;
