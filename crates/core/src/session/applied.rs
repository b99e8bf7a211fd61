//! What follows once rows of the cache are durable: the view, the alerts, and what was waiting for them.

use super::Session;
use crate::{
    Toast, ViewEvent,
    alerts::Card,
    batch::{Applied, Batch, Left},
    mutants::Mutant,
    outbox::Stage,
    row::name_of,
};
use otklik_model::{
    Author, Dialog, DialogId, DialogState, GoneReason, Message, MessageId, MessageKind, Now, OnlineState, Section, Seq,
};
use std::collections::BTreeMap;

impl Session {
    /// Rows that are durable now become what everybody sees.
    pub(super) fn apply(&mut self, batch: Batch, now: Now) {
        let applied = batch.apply(&mut self.mirror);
        // What the hub had before the sign-in is backlog: it is summed up, never rung for.
        let news_after = self.sync.head().filter(|_| !applied.is_snapshot);
        let Applied { changed, left, arrived, filled, stored, profile, directory, is_snapshot } = applied;
        self.apply_landed(&stored);
        self.settle_reads(is_snapshot);
        for (dialog, earlier) in changed {
            self.apply_changed(dialog, earlier, news_after, now);
        }
        for (earlier, left) in left {
            self.apply_left(earlier, left);
        }
        self.apply_arrived(arrived, news_after, now);
        for (dialog, from, to) in filled {
            self.history.landed(dialog);
            self.emit(ViewEvent::GapFilled { dialog, from, to });
        }
        if profile {
            self.apply_profile();
        }
        if directory {
            let operators = self.mirror.operators.values().cloned().collect();
            let channels = self.mirror.channels.values().cloned().collect();
            self.emit(ViewEvent::Directory { operators, channels });
        }
    }

    /// What was read here and the hub knows by now shows as the hub counts it.
    pub(super) fn settle_reads(&mut self, is_snapshot: bool) {
        for dialog in self.local.confirm_reads(&self.mirror, is_snapshot) {
            self.touch(dialog);
        }
    }

    /// One's own messages that are in the cache leave the outbox, by whichever way they came.
    fn apply_landed(&mut self, stored: &[Message]) {
        for message in stored {
            let Some(id) = message.client_id else { continue };
            let Some(entry) = self.outbox.entry(id) else { continue };
            if self.mutants.is(Mutant::IgnoreEcho) && entry.stage != Stage::Answered {
                continue;
            }
            if self.outbox.landed(id, message.dialog) {
                self.link.answered(crate::link::Asked::Op(id));
                self.touch(message.dialog);
                self.show_line(message);
            }
        }
    }

    fn show_line(&mut self, message: &Message) {
        if self.desk.open == Some(message.dialog) {
            self.fresh.lines.insert((message.dialog, message.seq), message.clone());
        }
    }

    fn apply_changed(&mut self, id: DialogId, earlier: Option<Dialog>, news_after: Option<Seq>, now: Now) {
        let Some(row) = self.mirror.row(id) else {
            self.local.forget(id);
            self.marks.forget(id);
            self.close_if_open(id);
            self.touch(id);
            return;
        };
        if earlier.as_ref() == Some(row) {
            return;
        }
        let me = self.mirror.me();
        if self.desk.open == Some(id) || (row.assignee == Some(me) && !row.state.is_closed()) {
            self.history.chase(id);
        }
        let row = row.clone();
        self.clear_remains(id);
        if let Some(earlier) = &earlier {
            self.apply_marks(earlier, &row);
        }
        self.ring_for_row(earlier.as_ref(), &row, news_after, now);
        self.touch(id);
    }

    /// Watermarks moved: the lines they passed are shown anew.
    fn apply_marks(&mut self, earlier: &Dialog, row: &Dialog) {
        let passed = self.marks.moved(earlier, row);
        if self.desk.open == Some(row.id) {
            let lines = passed.messages.into_iter().map(|message| ((message.dialog, message.seq), message));
            self.fresh.lines.extend(lines);
            if let Some((from, to)) = passed.reread {
                self.emit(ViewEvent::GapFilled { dialog: row.id, from, to });
            }
        }
    }

    /// N1 and N3, and the word that a dialog was taken from me.
    fn ring_for_row(&mut self, earlier: Option<&Dialog>, row: &Dialog, news_after: Option<Seq>, now: Now) {
        let me = self.mirror.me();
        let is_mine = |dialog: &Dialog| dialog.assignee == Some(me);
        let is_offer = |dialog: &Dialog| dialog.state == DialogState::Offered && is_mine(dialog);
        let is_led = |dialog: &Dialog| dialog.state == DialogState::Active && is_mine(dialog);
        let offered = is_offer(row) && !earlier.is_some_and(|earlier| is_offer(earlier) && earlier.epoch == row.epoch);
        let returned = earlier.is_some_and(|earlier| is_mine(earlier) || earlier.state == DialogState::Queue);
        let queued = row.state == DialogState::Queue
            && row.current_state != OnlineState::Offline
            && row.can.accept.is_none()
            && !returned;
        if news_after.is_none_or(|head| row.rev <= head) {
            let more = row.unread > earlier.map_or(0, |earlier| earlier.unread);
            self.news |= offered || queued || (is_led(row) && more);
            return;
        }
        if offered || queued {
            let words = row.last.as_ref().filter(|last| last.author == Author::Customer);
            let card = card_of(row, words.map(|last| last.text.clone()));
            let scene = self.desk.scene(self.mirror.is_online(), now);
            if offered {
                self.alerts.offered(card, &scene);
            } else {
                self.alerts.queued(&card, &scene);
            }
        }
        if let Some(earlier) = earlier
            && is_led(earlier)
            && !is_mine(row)
        {
            let reason = if row.state.is_closed() { GoneReason::Closed } else { GoneReason::Transferred };
            self.tell_left(earlier, reason, row.assignee_name.clone());
        }
    }

    /// A dialog left the operator's sight.
    fn apply_left(&mut self, earlier: Dialog, left: Left) {
        let id = earlier.id;
        let was_mine = earlier.state == DialogState::Active && earlier.assignee == Some(self.mirror.me());
        if was_mine {
            self.tell_left(&earlier, left.reason, left.to);
        }
        self.local.forget(id);
        self.marks.forget(id);
        if self.mirror.row(id).is_none() {
            self.close_if_open(id);
        }
        // What it was kept for may have gone while the commit was on its way.
        self.clear_remains(id);
        self.touch(id);
    }

    /// Tells that a dialog of mine is no longer mine, unless that was my own doing.
    fn tell_left(&mut self, earlier: &Dialog, reason: GoneReason, to: Option<String>) {
        if !self.requests.parted_with(earlier.id) {
            let (name, number) = (name_of(earlier), earlier.customer.number);
            self.emit(ViewEvent::Toast { toast: Toast::DialogLeft { name, number, reason, to } });
        }
    }

    fn close_if_open(&mut self, dialog: DialogId) {
        if self.desk.open == Some(dialog) {
            self.desk.open = None;
        }
    }

    /// Messages came: lines of the open thread, and N2 for those of my customers.
    fn apply_arrived(&mut self, arrived: Vec<Message>, news_after: Option<Seq>, now: Now) {
        let me = self.mirror.me();
        let mut ring: BTreeMap<DialogId, (Vec<MessageId>, String)> = BTreeMap::new();
        for message in arrived {
            match &message.author {
                Author::Customer => {
                    if self.local.types(message.dialog, None) {
                        self.emit(ViewEvent::Typing { dialog: message.dialog, text: None });
                        self.touch(message.dialog);
                    }
                    let is_news = news_after.is_some_and(|head| message.rev > head);
                    if is_news && message.kind == MessageKind::Text {
                        let (ids, text) = ring.entry(message.dialog).or_default();
                        ids.push(message.id);
                        text.clone_from(&message.text);
                    }
                }
                Author::Operator { id, .. } if *id == me && message.kind == MessageKind::Text => {
                    self.marks.remember(&message);
                }
                Author::Operator { .. } | Author::System | Author::Unknown => {}
            }
            self.show_line(&message);
        }
        for (dialog, (ids, text)) in ring {
            self.ring_for_messages(dialog, &ids, text, now);
        }
    }

    fn ring_for_messages(&mut self, dialog: DialogId, ids: &[MessageId], text: String, now: Now) {
        let Some(row) = self.mirror.row(dialog) else { return };
        if self.source().place(row).section != Section::Mine {
            return;
        }
        let (card, unread) = (card_of(row, Some(text)), self.local.unread_of(row));
        self.alerts.messages(card, ids, unread, &self.desk.scene(self.mirror.is_online(), now));
    }

    /// Oneself, rights or limits changed: every row may look different.
    fn apply_profile(&mut self) {
        let profile = self.mirror.profile.clone();
        let (me, desk, rights, limits) = (profile.me, profile.desk, profile.rights, profile.limits);
        let is_another = self.fresh.shown_as.replace(me.id) != Some(me.id);
        if is_another {
            self.fresh.rows.extend(self.mirror.dialogs.keys().copied());
        }
        self.emit(ViewEvent::Me { me, desk, rights, limits });
    }
}

/// Whom an alert is about.
fn card_of(row: &Dialog, text: Option<String>) -> Card {
    Card { dialog: row.id, name: name_of(row), number: row.customer.number, text }
}
