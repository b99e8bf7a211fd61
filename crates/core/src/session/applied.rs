//! What follows once rows of the cache are durable: the view, the alerts, and what was waiting for them.

use super::Session;
use crate::{
    OfferEnd, Said, Toast, ViewEvent,
    alerts::{Card, Remark},
    batch::{Applied, Batch, Left, Work},
    mirror::remains_of,
    row::name_of,
};
use otklik_model::{
    Author, Details, Dialog, DialogId, DialogState, FileState, GoneReason, Message, MessageId, MessageKind, Now,
    OnlineState, Operator, OperatorId, OperatorStatus, Says, Section, Seq, Stamp, StatusKey,
};
use std::collections::BTreeMap;

/// N13: a supervisor hears of these.
const LOW_RATINGS: std::ops::RangeInclusive<u8> = 1..=2;

impl Session {
    /// Rows that are durable now become what everybody sees.
    pub(super) fn apply(&mut self, batch: Batch, now: Now) {
        let (me, status) = (self.mirror.me(), status_of(&self.mirror.profile.me));
        let asked = self.mirror.asks_status();
        let applied = batch.apply(&mut self.mirror);
        // What the hub had before the sign-in is backlog: it is summed up, never rung for.
        let news_after = self.sync.head().filter(|_| !applied.is_snapshot);
        let Applied { changed, left, arrived, filled, stored, adopted, .. } = applied;
        let Applied { profile, handbook, carried, directory, is_snapshot, .. } = applied;
        self.apply_landed(&stored);
        self.fill_marks(&filled, &stored);
        self.settle_reads(is_snapshot);
        for (dialog, earlier) in changed {
            self.apply_changed(dialog, earlier, news_after, now);
        }
        for (earlier, left) in left {
            self.apply_left(earlier, left, now);
        }
        self.apply_arrived(arrived, news_after, now);
        self.tell_adopted(adopted);
        for (dialog, from, to) in filled {
            self.history.landed(dialog);
            self.emit(ViewEvent::GapFilled { dialog, from, to });
        }
        if profile && me == self.mirror.me() && is_another(&status, &status_of(&self.mirror.profile.me)) {
            self.ring_for_status(now);
        }
        if profile || asked != self.mirror.asks_status() {
            self.apply_profile();
        }
        if profile || handbook {
            self.look_from_here();
        }
        if carried {
            self.fresh.rows.extend(self.mirror.dialogs.keys().copied());
        }
        if handbook {
            self.emit(ViewEvent::Handbook { handbook: Box::new(self.mirror.handbook.clone()) });
        }
        if directory {
            let operators = self.mirror.operators.values().cloned().collect();
            let channels = self.mirror.channels.values().cloned().collect();
            self.emit(ViewEvent::Directory { operators, channels });
        }
        self.note_position();
    }

    /// What was read here and the hub knows by now shows as the hub counts it; what was put right in a card shows as
    /// the hub has it.
    pub(super) fn settle_reads(&mut self, is_snapshot: bool) {
        let position = self.mirror.cursor.map(|cursor| cursor.after);
        for dialog in self.outbox.settle_cards(position, is_snapshot) {
            self.touch(dialog);
        }
        for dialog in self.local.confirm_reads(&self.mirror, is_snapshot) {
            self.touch(dialog);
        }
    }

    /// One's own messages that are in the cache leave the outbox, by whichever way they came.
    fn apply_landed(&mut self, stored: &[Message]) {
        for message in stored {
            let Some(id) = message.client_id else { continue };
            if self.outbox.landed(id, message.dialog) {
                self.link.answered(crate::link::Asked::Op(id));
                self.touch(message.dialog);
                self.show_line(message);
            }
        }
    }

    /// History brought own messages whose marks may still move.
    fn fill_marks(&mut self, filled: &[(DialogId, u32, u32)], stored: &[Message]) {
        let me = self.mirror.me();
        let is_mine = |message: &&Message| matches!(&message.author, Author::Operator { id, .. } if *id == me);
        for (dialog, from, upto) in filled {
            let within = |message: &&Message| message.dialog == *dialog && (*from..=*upto).contains(&message.seq);
            stored.iter().filter(within).filter(is_mine).for_each(|message| self.marks.fill(message));
        }
    }

    fn show_line(&mut self, message: &Message) {
        if self.desk.shows(message.dialog) {
            self.fresh.lines.insert((message.dialog, message.seq), message.clone());
        }
    }

    fn apply_changed(&mut self, id: DialogId, earlier: Option<Dialog>, news_after: Option<Seq>, now: Now) {
        let Some(row) = self.mirror.row(id) else {
            self.local.forget(id);
            self.company.forget(id);
            self.marks.forget(id);
            self.close_if_open(id);
            self.touch(id);
            if let Some(earlier) = earlier {
                self.keep_words_in_sight(earlier);
            }
            return;
        };
        if earlier.as_ref() == Some(row) {
            return;
        }
        let me = self.mirror.me();
        if self.desk.shows(id) || (row.assignee == Some(me) && !row.state.is_closed()) {
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
        if self.desk.shows(row.id) {
            let lines = passed.messages.into_iter().map(|message| ((message.dialog, message.seq), message));
            self.fresh.lines.extend(lines);
            if let Some((from, to)) = passed.reread {
                self.emit(ViewEvent::GapFilled { dialog: row.id, from, to });
            }
        }
    }

    /// N1, N3 and N4, and the word that a dialog was taken from me.
    fn ring_for_row(&mut self, earlier: Option<&Dialog>, row: &Dialog, news_after: Option<Seq>, now: Now) {
        let me = self.mirror.me();
        let is_mine = |dialog: &Dialog| dialog.assignee == Some(me);
        let is_offer = |dialog: &Dialog| dialog.state == DialogState::Offered && is_mine(dialog);
        let is_led = |dialog: &Dialog| dialog.state == DialogState::Active && is_mine(dialog);
        let offered = is_offer(row) && !earlier.is_some_and(|earlier| is_offer(earlier) && earlier.epoch == row.epoch);
        let calls = |dialog: &Dialog| dialog.state == DialogState::Queue && !dialog.suspicious;
        let returned = earlier.is_some_and(|earlier| is_mine(earlier) || calls(earlier));
        let new = calls(row) && row.can.accept.is_none() && !returned;
        let queued = new && row.current_state != OnlineState::Offline;
        let requested = new && !queued;
        if news_after.is_none_or(|head| row.rev <= head) {
            let more = row.unread > earlier.map_or(0, |earlier| earlier.unread);
            self.news |= offered || queued || (is_led(row) && more);
            return;
        }
        if offered || new {
            let words = row.last.as_ref().filter(|last| last.author == Author::Customer);
            let card = card_of(row, words.map(|last| Said { kind: last.kind, text: last.text.clone() }));
            let scene = self.desk.scene(self.mirror.is_online(), now);
            if offered {
                self.alerts.offered(card, row.offer_until.map(|until| left_ms(until, self.clock.now(now))), &scene);
            } else if requested {
                self.alerts.left_request(&card, &scene);
            } else {
                self.alerts.queued(&card, &scene);
            }
        }
        if let Some(earlier) = earlier
            && is_offer(earlier)
            && !is_mine(row)
        {
            self.tell_offer_ended(earlier, offer_end(row));
        }
        if let Some(earlier) = earlier
            && is_had(earlier, me)
            && (!is_mine(row) || row.state.is_closed())
        {
            let reason = if row.state.is_closed() { GoneReason::Closed } else { GoneReason::Transferred };
            self.tell_left(earlier, reason, row.assignee_name.clone(), now);
        }
        self.ring_for_rating(earlier, row, now);
    }

    /// N13: a customer was not content, told to whoever sees how customers rate.
    fn ring_for_rating(&mut self, earlier: Option<&Dialog>, row: &Dialog, now: Now) {
        let stars = |row: &Dialog| row.rating.as_ref().map(|rating| rating.stars);
        let rated = stars(row).filter(|rated| earlier.is_some_and(|earlier| stars(earlier) != Some(*rated)));
        if let Some(low) = rated.filter(|rated| LOW_RATINGS.contains(rated)) {
            self.alerts.rated_low(card_of(row, None), low, &self.desk.scene(self.mirror.is_online(), now));
        }
    }

    /// N12: my status changed, and not by me.
    fn ring_for_status(&mut self, now: Now) {
        if !self.requests.chooses_status() && self.link.is_live() {
            let status = self.mirror.profile.me.status;
            self.alerts.status_changed(status, &self.desk.scene(self.mirror.is_online(), now));
        }
    }

    /// A dialog left the operator's sight.
    fn apply_left(&mut self, earlier: Dialog, left: Left, now: Now) {
        let id = earlier.id;
        if is_had(&earlier, self.mirror.me()) {
            self.tell_left(&earlier, left.reason, left.to.clone(), now);
        }
        if earlier.state == DialogState::Offered && earlier.assignee == Some(self.mirror.me()) {
            self.tell_offer_ended(&earlier, offer_end_of(&left));
        }
        self.local.forget(id);
        self.marks.forget(id);
        if self.mirror.row(id).is_none() {
            self.close_if_open(id);
            self.keep_words_in_sight(remains_of(&earlier, &left));
        }
        // What it was kept for may have gone while the commit was on its way.
        self.clear_remains(id);
        self.touch(id);
    }

    /// Words may have been bound to a dialog while the commit that ended it was on its way.
    fn keep_words_in_sight(&mut self, remains: Dialog) {
        if self.kept().contains(&remains.id) {
            self.sync.push_first(Work::Remain(Box::new(remains)));
        }
    }

    /// N6: tells that a dialog of mine is no longer mine, unless that was my own doing.
    fn tell_left(&mut self, earlier: &Dialog, reason: GoneReason, to: Option<String>, now: Now) {
        if !self.requests.parts_with(earlier.id) {
            let scene = self.desk.scene(self.mirror.is_online(), now);
            self.alerts.left(card_of(earlier, None), reason, to, &scene);
        }
    }

    /// Tells what became of what I was offered, unless I declined it.
    fn tell_offer_ended(&mut self, earlier: &Dialog, end: OfferEnd) {
        if !self.requests.parts_with(earlier.id) {
            let (name, number) = (name_of(earlier), earlier.customer.number);
            self.emit(ViewEvent::Toast { toast: Toast::OfferEnded { name, number, end } });
        }
    }

    /// Messages came: lines of the open thread, and N2 for those of my customers.
    fn apply_arrived(&mut self, arrived: Vec<Message>, news_after: Option<Seq>, now: Now) {
        let me = self.mirror.me();
        let mut ring: BTreeMap<DialogId, (Vec<MessageId>, Said)> = BTreeMap::new();
        for message in arrived {
            let is_news = news_after.is_some_and(|head| message.rev > head) && !is_changed(&message);
            match &message.author {
                Author::Customer => {
                    if self.local.types(message.dialog, None) {
                        self.emit(ViewEvent::Typing { dialog: message.dialog, text: None });
                        self.touch(message.dialog);
                    }
                    if is_news && is_said(message.kind) {
                        let said = Said { kind: message.kind, text: message.text.clone() };
                        let (ids, newest) = ring.entry(message.dialog).or_insert_with(|| (Vec::new(), said.clone()));
                        ids.push(message.id);
                        *newest = said;
                    }
                }
                Author::Operator { id, .. } if *id == me => self.marks.remember(&message),
                Author::Operator { name, .. } if message.kind == MessageKind::Note => {
                    if is_news {
                        self.ring_for_note(&message, name.clone(), now);
                    }
                }
                Author::System if is_assignment(&message) => {
                    if is_news {
                        self.ring_for_assignment(message.dialog, now);
                    }
                }
                Author::Operator { .. } | Author::Bot { .. } | Author::System | Author::Unknown => {}
            }
            self.show_line(&message);
        }
        for (dialog, (ids, newest)) in ring {
            self.ring_for_messages(dialog, &ids, newest, now);
        }
    }

    /// N9: a note in a dialog of mine, or one that names me wherever I see it.
    fn ring_for_note(&mut self, note: &Message, by: String, now: Now) {
        let Some(row) = self.mirror.row(note.dialog) else { return };
        let is_mine = row.assignee == Some(self.mirror.me()) && !row.state.is_closed();
        if is_mine || mentions(&note.text, &self.mirror.profile.me.name) {
            let remark = Remark { dialog: note.dialog, message: note.id, by, text: note.text.clone() };
            self.alerts.noted(remark, &self.desk.scene(self.mirror.is_online(), now));
        }
    }

    /// N1: somebody put a dialog into my hands. Its row alone does not say so: one that I accept elsewhere looks the same.
    fn ring_for_assignment(&mut self, dialog: DialogId, now: Now) {
        let Some(row) = self.mirror.row(dialog) else { return };
        let is_mine = row.assignee == Some(self.mirror.me()) && row.state == DialogState::Active;
        if is_mine && !self.requests.parts_with(dialog) {
            let words = row.last.as_ref().filter(|last| last.author == Author::Customer);
            let card = card_of(row, words.map(|last| Said { kind: last.kind, text: last.text.clone() }));
            self.alerts.given(&card, &self.desk.scene(self.mirror.is_online(), now));
        }
    }

    fn ring_for_messages(&mut self, dialog: DialogId, ids: &[MessageId], newest: Said, now: Now) {
        let Some(row) = self.mirror.row(dialog) else { return };
        if self.source().place(row).section != Section::Mine {
            return;
        }
        let (card, unread) = (card_of(row, Some(newest)), self.local.unread_of(row));
        self.alerts.messages(card, ids, unread, &self.desk.scene(self.mirror.is_online(), now));
    }

    /// Oneself, rights or limits changed.
    fn apply_profile(&mut self) {
        let profile = self.mirror.profile.clone();
        let (me, desk, rights, limits) = (profile.me, profile.desk, profile.rights, profile.limits);
        self.emit(ViewEvent::Me { me, desk, rights, limits, asks_status: self.mirror.asks_status() });
    }
}

/// Whether this is the hub's line that somebody was given the dialog without being asked.
fn is_assignment(message: &Message) -> bool {
    match message.details.says {
        _ if message.kind != MessageKind::System => false,
        Some(Says::Assigned) => true,
        Some(Says::Unknown) => false,
        // Of a hub that has no marks yet.
        None => message.text.starts_with("assigned "),
    }
}

/// What became of an offer, as the row shows that is no longer mine.
fn offer_end(row: &Dialog) -> OfferEnd {
    match &row.assignee_name {
        _ if row.state.is_closed() => OfferEnd::Closed,
        Some(to) if row.assignee.is_some() => OfferEnd::Taken { to: to.clone() },
        Some(_) | None => OfferEnd::Returned,
    }
}

/// The same for one that I do not see any more.
fn offer_end_of(left: &Left) -> OfferEnd {
    match (left.reason, &left.to) {
        (GoneReason::Closed | GoneReason::Erased, _) => OfferEnd::Closed,
        (GoneReason::Accepted | GoneReason::Transferred | GoneReason::Hidden, Some(to)) => {
            OfferEnd::Taken { to: to.clone() }
        }
        (GoneReason::Accepted | GoneReason::Transferred | GoneReason::Hidden, None) => OfferEnd::Returned,
    }
}

/// Whether a customer says something by it, in words or without: N2 is told of all of that.
fn is_said(kind: MessageKind) -> bool {
    match kind {
        MessageKind::Text | MessageKind::File | MessageKind::Contacts | MessageKind::Place | MessageKind::Sticker => {
            true
        }
        MessageKind::Note
        | MessageKind::System
        | MessageKind::AutoReply
        | MessageKind::ContactRequest
        | MessageKind::Keyboard
        | MessageKind::Unknown => false,
    }
}

/// Whether a message comes once more because something about it changed: no news, however long ago it came first.
fn is_changed(message: &Message) -> bool {
    let Details { edited_at, deleted_at, file, .. } = &message.details;
    let gone = file.as_ref().is_some_and(|file| matches!(file.state, FileState::Rejected | FileState::Expired));
    edited_at.is_some() || deleted_at.is_some() || gone
}

/// Whom an alert is about.
fn card_of(row: &Dialog, text: Option<Said>) -> Card {
    Card { dialog: row.id, name: name_of(row), number: row.customer.number, text }
}

/// How long something lasts yet, both by the hub's clock.
fn left_ms(until: Stamp, now: Stamp) -> u64 {
    u64::try_from(until.0.saturating_sub(now.0)).unwrap_or(0)
}

/// Whether a note calls somebody: `@` and his name, in any case of letters, not as the beginning of a longer name.
fn mentions(note: &str, name: &str) -> bool {
    let (note, name) = (note.to_lowercase(), format!("@{}", name.trim().to_lowercase()));
    let ends = |rest: &str| rest.chars().next().is_none_or(|next| !next.is_alphanumeric());
    name.len() > 1 && note.match_indices(&name).any(|(at, found)| note.get(at + found.len()..).is_some_and(ends))
}

/// Whether an operator has a dialog in hand: he leads it, has put it off, or has begun it himself.
fn is_had(dialog: &Dialog, operator: OperatorId) -> bool {
    let in_hand = matches!(dialog.state, DialogState::Active | DialogState::Hold | DialogState::Invitation);
    in_hand && dialog.assignee == Some(operator)
}

/// An operator's status, by kind and by the centre's word for it.
fn status_of(operator: &Operator) -> (OperatorStatus, Option<StatusKey>) {
    (operator.status, operator.day.as_ref().map(|day| day.code.clone()))
}

/// Whether a status became another one. That the centre's word for it is heard for the first time changes nothing.
fn is_another(before: &(OperatorStatus, Option<StatusKey>), after: &(OperatorStatus, Option<StatusKey>)) -> bool {
    let words = before.1.as_ref().zip(after.1.as_ref());
    before.0 != after.0 || words.is_some_and(|(before, after)| before != after)
}
