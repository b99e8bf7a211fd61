//! Moves the queues on: to the disks, to the network, and what follows once a commit is over.

use super::Session;
use crate::{
    CommitId, DiskFault, Effect, Notice, OwnWrite, ViewEvent, Writes,
    batch::Work,
    disk::{Pending, Purpose},
    history::PAGE,
    link::Asked,
    mirror::is_remains,
    mutants::Mutant,
    outbox::Step,
};
use otklik_model::{ClientId, DialogId, Now};

impl Session {
    /// Goes on until nothing more can be started.
    pub(super) fn pump(&mut self, now: Now) {
        loop {
            self.go_live(now);
            let moved = self.pump_cache(now) | self.pump_outbox(now) | self.pump_history(now) | self.pump_connect(now);
            if !moved {
                break;
            }
        }
    }

    /// Everything missed is durable: from now on things happen live.
    fn go_live(&mut self, now: Now) {
        if self.link.is_live() || !self.link.is_open() || !self.sync.has_caught_up(&self.mirror) {
            return;
        }
        self.link.went_live(now);
        self.outbox.link_live();
        for dialog in self.board.mine().chain(self.desk.shown()) {
            self.history.chase(dialog);
        }
        self.fresh.rows.extend(self.outbox.dialogs_with_words());
        self.fresh.caught_up = Some(std::mem::take(&mut self.news));
        self.clear_notices(|notice| *notice == Notice::CacheRebuilt);
        (self.fresh.live, self.fresh.link) = (true, true);
        // The hub knows nothing of it on a new connection.
        if self.desk.before_him.0.is_some() {
            self.tell_looks();
        }
        self.tell_focus(now);
        self.follow_link();
    }

    /// Whether messages may go out.
    fn may_send(&self) -> bool {
        self.link.is_live() || (self.link.is_open() && self.mutants.is(Mutant::SendBeforeCaughtUp))
    }

    /// Connects, unless a commit is on its way: its outcome decides from where to go on.
    fn pump_connect(&mut self, now: Now) -> bool {
        if !self.link.is_due() || self.sync.is_flying() {
            return false;
        }
        if self.sync.drop_stalled() {
            // The disk refused what the last connection brought: the hub will say it again, once it is asked.
            self.outbox.answers_lost();
            self.history.pages_lost();
        }
        self.asked = self.mirror.cursor.filter(|_| !self.sync.is_to_forget());
        self.link.called(now);
        let digest = &self.mirror.handbook.digest;
        let handbook = (!digest.is_empty()).then(|| digest.clone());
        self.effects.push_back(Effect::Connect { cursor: self.asked, handbook });
        self.fresh.link = true;
        true
    }

    fn pump_cache(&mut self, now: Now) -> bool {
        let keep = if self.sync.has_work(now) { self.kept() } else { return false };
        let Some(batch) = self.sync.next_batch(&self.mirror, &keep, now) else { return false };
        let writes = batch.writes();
        if writes.is_empty() {
            self.apply(batch, now);
            return true;
        }
        let id = self.disk.next_id();
        self.sync.flies(id, batch);
        self.effects.push_back(Effect::Commit { id, writes: Writes::Cache(writes) });
        true
    }

    fn pump_history(&mut self, now: Now) -> bool {
        if !self.link.is_live() {
            return false;
        }
        let Some(want) = self.history.next(&self.mirror, &self.desk.shown(), now) else { return false };
        self.link.ask(Asked::Fetch(want.req), 0, now);
        let (req, dialog, from, to) = (want.req, want.dialog, want.from, want.upto);
        self.effects.push_back(Effect::Fetch { req, dialog, from, to, limit: PAGE });
        true
    }

    fn pump_outbox(&mut self, now: Now) -> bool {
        let may_send = self.may_send();
        let ask_after_min = self.desk.settings.ask_after_min;
        let Some(step) = self.outbox.next_step(&self.mirror, ask_after_min, may_send, now) else { return false };
        match step {
            Step::Send(item) if self.mutants.is(Mutant::NewIdOnRetry) && item.attempts > 1 => {
                let old = item.client_id;
                let item = crate::OutboxItem { client_id: self.chance.client_id(now.stamp), ..item };
                let id = item.client_id;
                self.commit_own(vec![OwnWrite::DropOutbox(old), OwnWrite::PutOutbox(item)], Purpose::Send(id));
            }
            Step::Send(item) => {
                let id = item.client_id;
                self.commit_own(vec![OwnWrite::PutOutbox(item)], Purpose::Send(id));
                if self.mutants.is(Mutant::SendBeforeCommit) {
                    self.submit(id, now);
                }
            }
            Step::Park(item) => {
                let id = item.client_id;
                self.commit_own(vec![OwnWrite::PutOutbox(item)], Purpose::Settle(id));
            }
            Step::Drop(id) => self.commit_own(vec![OwnWrite::DropOutbox(id)], Purpose::Settle(id)),
            Step::Upload(id) => self.upload(id),
        }
        true
    }

    /// Gives a message to the network, now that its state is durable.
    fn submit(&mut self, id: ClientId, now: Now) {
        let may_send = self.may_send();
        if let Some(op) = self.outbox.take_off(id, &self.mirror, may_send) {
            let words = self.outbox.entry(id).and_then(|entry| entry.item.op.text()).map_or(0, str::len);
            self.link.ask(Asked::Op(id), words, now);
            self.effects.push_back(Effect::Submit { id, op });
        }
        self.show_item(id);
    }

    /// A commit is durable: now it counts.
    pub(super) fn handle_committed(&mut self, id: CommitId, now: Now) {
        let fault_before = self.disk.fault();
        if let Some(Pending { writes, purpose, settles: _ }) = self.disk.take_own(id) {
            self.disk.set_own(None, now);
            for write in writes {
                self.apply_own(write, now);
            }
            match purpose {
                Purpose::Command { req, receipt, .. } => {
                    self.effects.push_back(Effect::Reply { req, result: Ok(*receipt) });
                }
                Purpose::Send(item) => self.submit(item, now),
                Purpose::Undo { req, items, fault } => self.was_not_kept(req, items, fault),
                Purpose::Unasked { .. } | Purpose::Settle(_) | Purpose::Note => {}
            }
        } else if let Some(batch) = self.sync.committed(id) {
            self.disk.set_cache(None);
            self.apply(batch, now);
        }
        self.fresh.notices |= self.disk.fault() != fault_before;
    }

    /// A commit failed: nothing of it counts.
    ///
    /// Of own.db it may be on the disk all the same: see [`Session::own_failed`].
    pub(super) fn handle_commit_failed(&mut self, id: CommitId, fault: DiskFault, now: Now) {
        let fault_before = self.disk.fault();
        if let Some(pending) = self.disk.take_own(id) {
            self.own_failed(pending, fault, now);
        } else if self.mutants.is(Mutant::CursorBeforeRows)
            && let Some(batch) = self.sync.committed(id)
        {
            self.apply(batch, now);
        } else {
            self.disk.set_cache(Some(fault));
            self.sync.failed(id, now);
        }
        self.fresh.notices |= self.disk.fault() != fault_before;
    }

    /// Memory follows what own.db holds now.
    fn apply_own(&mut self, write: OwnWrite, now: Now) {
        match write {
            OwnWrite::PutOutbox(item) => {
                if let crate::OutboxOp::MarkRead { upto } = item.op {
                    self.local.read(item.dialog, upto);
                }
                self.outbox.stored(&item);
                self.touch(item.dialog);
                self.show_item(item.client_id);
            }
            OwnWrite::DropOutbox(id) => self.apply_dropped(id),
            OwnWrite::PutTray(tray) => {
                self.touch(tray.dialog);
                self.local.tray.insert(tray.file.id, tray);
            }
            OwnWrite::DropTray(file) => self.apply_untrayed(file),
            OwnWrite::PutDraft(draft) => {
                self.touch(draft.dialog);
                self.local.drafts.insert(draft.dialog, draft);
            }
            OwnWrite::DropDraft(dialog) => {
                if self.local.drafts.remove(&dialog).is_some() {
                    self.touch(dialog);
                    self.clear_remains(dialog);
                }
            }
            OwnWrite::PutSettings(settings) => {
                self.alerts.set_period(&settings, now);
                self.desk.settings = settings.clone();
                self.alerts.calm(&self.desk.scene(self.mirror.is_online(), now));
                self.emit(ViewEvent::Settings { settings });
            }
            OwnWrite::Alerted(..) | OwnWrite::ForgetAlerts(_) => {}
        }
    }

    fn apply_dropped(&mut self, id: ClientId) {
        let Some(entry) = self.outbox.entry(id) else { return };
        // A message that landed goes on as the stored line with the same key.
        let (untold_read, of) = (entry.item.op.is_read() && !entry.landed, entry.item.dialog);
        let leaves_thread = entry.is_message() && !entry.landed && self.desk.shows(entry.item.dialog);
        if leaves_thread {
            self.fresh.gone.push((of, id.to_string()));
        }
        let staged = entry.item.op.staged().map(|file| file.id);
        if let Some(dialog) = self.outbox.remove(id) {
            self.touch(dialog);
            self.clear_remains(dialog);
        }
        self.unstage(staged);
        if untold_read && !self.outbox.has_read(of) {
            // The hub will never hear of it: its own count is the true one.
            self.local.unread(of);
        }
    }

    /// The remains of a dialog go when nothing of the operator's is bound to them any more.
    pub(super) fn clear_remains(&mut self, dialog: DialogId) {
        if self.mirror.row(dialog).is_some_and(is_remains) && !self.kept().contains(&dialog) {
            self.sync.push(Work::Clear(dialog));
        }
    }
}
