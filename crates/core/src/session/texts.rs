//! What the operator writes: messages, notes, drafts, read marks. All of it is stored before it is confirmed.

use super::{Session, commands::Answer};
use crate::{
    Draft, OutboxItem, OutboxOp, OutboxState, OwnWrite, Receipt, ReqId, TrayFile, UiErrorCode,
    disk::Purpose,
    mirror::{is_remains, writing_denied},
    mutants::Mutant,
    outbox::{Stage, is_about_ownership},
};
use otklik_model::{ClientId, Dialog, DialogId, Now, Quote, Refusal, TextError, check_text};

impl Session {
    /// Words for the customer: stored, the draft cleared, in one transaction.
    pub(super) fn send_text(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        text: &str,
        quote: Option<Quote>,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if let Some(why) = writing_denied(row, self.mirror.me()) {
            return Err(UiErrorCode::Denied { why });
        }
        let text = self.checked(row, text)?;
        Ok(self.enqueue(req, dialog, OutboxOp::Text { text, quote }, now))
    }

    /// Words for the customer that were never a draft.
    pub(super) fn reply(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        text: &str,
        read: bool,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if let Some(why) = writing_denied(row, self.mirror.me()) {
            return Err(UiErrorCode::Denied { why });
        }
        let (text, last_seq) = (self.checked(row, text)?, row.last_seq);
        let seen = read.then(|| self.reading(dialog, last_seq, now)).flatten();
        let item = self.new_item(dialog, OutboxOp::Text { text, quote: None }, now);
        let message = item.client_id;
        self.outbox.reserve(item.clone());
        let items: Vec<_> = [seen, Some(item)].into_iter().flatten().collect();
        let ids = items.iter().map(|item| item.client_id).collect();
        let receipt = Receipt { message: Some(message), ..Receipt::default() };
        self.store(req, items.into_iter().map(OwnWrite::PutOutbox).collect(), receipt, ids);
        Ok(Answer::Later)
    }

    /// Words for operators only.
    pub(super) fn send_note(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        text: &str,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let op = self.note(dialog, text)?;
        Ok(self.enqueue(req, dialog, op, now))
    }

    /// Words for operators only that were never a draft.
    pub(super) fn leave_note(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        text: &str,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let op = self.note(dialog, text)?;
        Ok(self.put_in_line(req, dialog, op, None, now))
    }

    fn note(&self, dialog: DialogId, text: &str) -> Result<OutboxOp, UiErrorCode> {
        let row = self.known(dialog)?;
        if let Some(why) = row.can.note {
            return Err(UiErrorCode::Denied { why });
        }
        let text = check(text, self.mirror.profile.limits.text_chars)?;
        Ok(OutboxOp::Note { text })
    }

    fn checked(&self, row: &Dialog, text: &str) -> Result<String, UiErrorCode> {
        check(text, self.mirror.text_chars(row))
    }

    /// What was a draft until now.
    fn enqueue(&mut self, req: ReqId, dialog: DialogId, op: OutboxOp, now: Now) -> Answer {
        self.put_in_line(req, dialog, op, Some(OwnWrite::DropDraft(dialog)), now)
    }

    /// Stores a message to be sent, and what else has to happen with it.
    fn put_in_line(&mut self, req: ReqId, dialog: DialogId, op: OutboxOp, with: Option<OwnWrite>, now: Now) -> Answer {
        let item = self.new_item(dialog, op, now);
        let id = item.client_id;
        self.outbox.reserve(item.clone());
        let receipt = Receipt { message: Some(id), ..Receipt::default() };
        let writes = [OwnWrite::PutOutbox(item)].into_iter().chain(with).collect();
        self.store(req, writes, receipt, vec![id]);
        Answer::Later
    }

    pub(super) fn new_item(&mut self, dialog: DialogId, op: OutboxOp, now: Now) -> OutboxItem {
        OutboxItem {
            client_id: self.chance.client_id(now.stamp),
            dialog,
            op,
            created_at: now.stamp,
            order: self.outbox.next_order(),
            state: OutboxState::Queued,
            attempts: 0,
        }
    }

    /// Tries again. What was held goes under its old id: the hub may know it. What was refused needs a new one,
    /// because the hub keeps its answer to the old; its place in the order stays.
    pub(super) fn resend(&mut self, req: ReqId, message: ClientId, now: Now) -> Result<Answer, UiErrorCode> {
        let entry = self.outbox.changeable(message)?;
        let item = entry.item.clone();
        match item.state {
            OutboxState::Queued | OutboxState::Sending => {
                if matches!(entry.stage, Stage::Pausing { .. }) {
                    self.outbox.hurry(message);
                }
                Ok(Answer::Now)
            }
            // Its upload is as old as its id: both are made anew.
            OutboxState::Held { .. } if item.op.is_stale(now.stamp) => {
                let op = afresh(item.op.clone());
                Ok(self.replace(req, item, op, now))
            }
            OutboxState::Held { .. } => {
                // Asked and confirmed: from here on its age counts anew.
                let item = OutboxItem { state: OutboxState::Queued, created_at: now.stamp, ..item };
                self.outbox.saving(message);
                let receipt = Receipt { message: Some(message), ..Receipt::default() };
                self.store(req, vec![OwnWrite::PutOutbox(item)], receipt, vec![message]);
                Ok(Answer::Later)
            }
            OutboxState::Stuck { ref reason } => {
                let op = made_on(afresh(item.op.clone()), reason);
                Ok(self.replace(req, item, op, now))
            }
            OutboxState::NotTaken { .. } => {
                let op = afresh(item.op.clone());
                Ok(self.replace(req, item, op, now))
            }
        }
    }

    /// Hands a message that may not go to the customer any more to the new owner as a note.
    pub(super) fn as_note(&mut self, req: ReqId, message: ClientId, now: Now) -> Result<Answer, UiErrorCode> {
        let item = self.outbox.changeable(message)?.item.clone();
        let row = self.known(item.dialog)?;
        if let Some(why) = row.can.note {
            return Err(UiErrorCode::Denied { why });
        }
        match item.op.clone() {
            OutboxOp::Text { text, .. } if is_about_ownership(&item.state) => {
                Ok(self.replace(req, item, OutboxOp::Note { text }, now))
            }
            OutboxOp::Text { .. }
            | OutboxOp::Note { .. }
            | OutboxOp::File { .. }
            | OutboxOp::MarkRead { .. }
            | OutboxOp::EditCustomer { .. } => Err(UiErrorCode::Malformed),
        }
    }

    /// Puts a new item in an old one's place, in one transaction.
    fn replace(&mut self, req: ReqId, old: OutboxItem, op: OutboxOp, now: Now) -> Answer {
        let unparked = self.mutants.is(Mutant::UnparkedOrder);
        let order = if unparked { self.outbox.next_order() } else { old.order };
        let new = OutboxItem {
            client_id: self.chance.client_id(now.stamp),
            op,
            created_at: now.stamp,
            order,
            state: OutboxState::Queued,
            attempts: 0,
            ..old
        };
        let (from, to) = (old.client_id, new.client_id);
        self.outbox.saving(from);
        self.outbox.reserve(new.clone());
        let receipt = Receipt { message: Some(to), ..Receipt::default() };
        self.store(req, vec![OwnWrite::PutOutbox(new), OwnWrite::DropOutbox(from)], receipt, vec![from, to]);
        Answer::Later
    }

    /// Takes a message back into the composer, before what is being written there, in one transaction.
    pub(super) fn edit(&mut self, req: ReqId, message: ClientId, now: Now) -> Result<Answer, UiErrorCode> {
        let item = self.outbox.changeable(message)?.item.clone();
        let text = item.op.text().ok_or(UiErrorCode::Malformed)?.to_owned();
        let note = matches!(item.op, OutboxOp::Note { .. });
        let quote = item.op.quote().cloned();
        let draft = self.before_draft(item.dialog, &text, note, quote.clone(), now);
        self.stop_upload(message);
        self.outbox.saving(message);
        let tray = item.op.staged().map(|file| {
            let (dialog, file) = (item.dialog, file.clone());
            // Where it stood before: of several that are taken back each finds its own place again.
            OwnWrite::PutTray(TrayFile { dialog, order: item.order, file })
        });
        // A file without a caption leaves the words that are being written alone.
        let draft = (!text.is_empty()).then_some(OwnWrite::PutDraft(draft));
        let receipt = Receipt { message: Some(message), text: Some(text), quote: quote.map(Box::new), found: None };
        let writes = tray.into_iter().chain(draft).chain([OwnWrite::DropOutbox(message)]);
        self.store(req, writes.collect(), receipt, vec![message]);
        Ok(Answer::Later)
    }

    /// The draft of a dialog with words in front of it. Never may a note come back as words for the customer.
    fn before_draft(&self, dialog: DialogId, words: &str, note: bool, quote: Option<Quote>, now: Now) -> Draft {
        let on_the_way = self.disk.draft_on_the_way(dialog);
        match on_the_way.unwrap_or_else(|| self.local.drafts.get(&dialog)) {
            Some(draft) => Draft {
                dialog,
                text: if draft.text.is_empty() { words.to_owned() } else { format!("{words}\n{}", draft.text) },
                note: note || draft.note,
                quote: quote.or_else(|| draft.quote.clone()),
                at: now.stamp,
            },
            None => Draft { dialog, text: words.to_owned(), note, quote, at: now.stamp },
        }
    }

    /// Throws a message away.
    pub(super) fn cancel(&mut self, req: ReqId, message: ClientId) -> Result<Answer, UiErrorCode> {
        self.outbox.changeable(message)?;
        self.stop_upload(message);
        self.outbox.saving(message);
        self.store(req, vec![OwnWrite::DropOutbox(message)], Receipt::default(), vec![message]);
        Ok(Answer::Later)
    }

    /// Keeps what stands in the composer. An empty text that answers nothing is no draft.
    pub(super) fn save_draft(&mut self, req: ReqId, draft: Draft) -> Result<Answer, UiErrorCode> {
        self.known(draft.dialog)?;
        let write = if draft.text.is_empty() && draft.quote.is_none() {
            OwnWrite::DropDraft(draft.dialog)
        } else {
            OwnWrite::PutDraft(draft)
        };
        self.store(req, vec![write], Receipt::default(), Vec::new());
        Ok(Answer::Later)
    }

    /// The operator has seen everything up to a message: counts only where he really looks, and only forwards.
    pub(super) fn mark_seen(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        upto: u32,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        self.known(dialog)?;
        if self.desk.around.locked {
            self.desk.behind_lock = Some((dialog, upto));
            return Ok(Answer::Now);
        }
        if !self.desk.looks_at(dialog) {
            return Ok(Answer::Now);
        }
        let Some(item) = self.reading(dialog, upto, now) else { return Ok(Answer::Now) };
        let id = item.client_id;
        self.store(req, vec![OwnWrite::PutOutbox(item)], Receipt::default(), vec![id]);
        Ok(Answer::Later)
    }

    /// The same for what the page has shown already, and nobody waits for an answer.
    pub(super) fn read_unasked(&mut self, dialog: DialogId, upto: u32, now: Now) {
        if !self.desk.looks_at(dialog) {
            return;
        }
        if let Some(item) = self.reading(dialog, upto, now) {
            let items = vec![item.client_id];
            self.commit_own(vec![OwnWrite::PutOutbox(item)], Purpose::Unasked { items });
        }
    }

    /// The mark that a dialog of one's own is read up to here, if that is news.
    fn reading(&mut self, dialog: DialogId, upto: u32, now: Now) -> Option<OutboxItem> {
        let row = self.mirror.row(dialog)?;
        let upto = upto.min(row.last_seq);
        let mine = row.assignee == Some(self.mirror.me()) && !is_remains(row);
        if !mine || upto <= self.local.read_upto(row) {
            return None;
        }
        let op = OutboxOp::MarkRead { upto };
        Some(match self.outbox.raisable_read(dialog) {
            Some(entry) => {
                let item = OutboxItem { op, ..entry.item.clone() };
                self.outbox.saving(item.client_id);
                item
            }
            None => {
                let item = self.new_item(dialog, op, now);
                self.outbox.reserve(item.clone());
                item
            }
        })
    }
}

/// What is tried again after a refusal: of a file the hub is given the bytes anew.
fn afresh(op: OutboxOp) -> OutboxOp {
    match op {
        OutboxOp::File { file, text, uploaded: _ } => OutboxOp::File { file, text, uploaded: None },
        op @ (OutboxOp::Text { .. }
        | OutboxOp::Note { .. }
        | OutboxOp::MarkRead { .. }
        | OutboxOp::EditCustomer { .. }) => op,
    }
}

/// A change of a card that the operator wants although somebody changed the same: made on what stands there now.
fn made_on(op: OutboxOp, reason: &Refusal) -> OutboxOp {
    match (op, reason) {
        (OutboxOp::EditCustomer { edit, was }, Refusal::Conflict { now }) => {
            OutboxOp::EditCustomer { edit, was: Box::new(was.then((**now).clone())) }
        }
        (op, _) => op,
    }
}

/// Checks a text and counts it, so that the page can say by how much it is too long.
fn check(text: &str, max: u32) -> Result<String, UiErrorCode> {
    check_text(text, max).map_err(|error| match error {
        TextError::Empty => UiErrorCode::Empty,
        TextError::TooLong { max } => {
            UiErrorCode::TooLong { max, chars: u32::try_from(text.chars().count()).unwrap_or(u32::MAX) }
        }
    })
}
