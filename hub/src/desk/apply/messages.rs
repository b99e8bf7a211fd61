//! What a message does to a dialog.

use crate::centre::ends_in_digits;
use crate::desk::DialogAggregate;
use otklik_model::{Author, Awaiting, DialogState, Message, MessageKind, Preview, excerpt};

/// How much of a message a list row shows, in Unicode scalar values.
const PREVIEW_CHARS: usize = 160;

impl DialogAggregate {
    pub(super) fn apply_message(&mut self, message: &Message) {
        self.row.last_seq = message.seq;
        self.row.last = Some(preview(message));
        if !is_said(message.kind) {
            return;
        }
        self.life.active_at = message.at;
        match message.kind {
            MessageKind::ContactRequest => self.life.contacts_asked = true,
            MessageKind::Contacts => self.life.contacts_asked = false,
            MessageKind::Text
            | MessageKind::File
            | MessageKind::Keyboard
            | MessageKind::Place
            | MessageKind::Sticker
            | MessageKind::Note
            | MessageKind::System
            | MessageKind::AutoReply
            | MessageKind::Unknown => {}
        }
        match message.author {
            Author::Customer => self.hear_customer(message),
            Author::Operator { .. } => self.hear_answer(message),
            Author::Bot { .. } => {
                self.hear_answer(message);
                self.life.asked_at = None;
            }
            Author::System | Author::Unknown => {}
        }
    }

    pub(super) fn apply_change(&mut self, message: &Message) {
        if message.seq == self.row.last_seq {
            self.row.last = Some(preview(message));
        }
    }

    fn hear_customer(&mut self, message: &Message) {
        self.life.customer_at = Some(message.at);
        self.life.digits_at = ends_in_digits(&message.text).then_some(message.seq);
        // The wait began with the first unanswered word; further ones do not restart it.
        if self.row.awaiting != Awaiting::Operator {
            self.row.awaiting = Awaiting::Operator;
            self.row.awaiting_since = Some(message.at);
        }
        if self.row.state == DialogState::Bot {
            self.life.asked_at.get_or_insert(message.at);
        }
        self.row.unread += 1;
        match self.unread_runs.last_mut() {
            Some((_, end)) if *end + 1 == message.seq => *end = message.seq,
            Some(_) | None => self.unread_runs.push((message.seq, message.seq)),
        }
    }

    fn hear_answer(&mut self, message: &Message) {
        self.row.awaiting = Awaiting::Customer;
        self.row.awaiting_since = Some(message.at);
        self.life.silent = false;
    }

    pub(super) fn apply_read(&mut self, upto: u32) {
        self.row.read_by_operator = upto;
        self.unread_runs.retain_mut(|(start, end)| {
            *start = (*start).max(upto + 1);
            *start <= *end
        });
        self.row.unread = self.unread_runs.iter().map(|(start, end)| end - start + 1).sum();
    }
}

/// Whether it is a word of one side to the other.
fn is_said(kind: MessageKind) -> bool {
    match kind {
        MessageKind::Text
        | MessageKind::File
        | MessageKind::ContactRequest
        | MessageKind::Contacts
        | MessageKind::Keyboard
        | MessageKind::Place
        | MessageKind::Sticker => true,
        MessageKind::Note | MessageKind::System | MessageKind::AutoReply | MessageKind::Unknown => false,
    }
}

fn preview(message: &Message) -> Preview {
    Preview {
        kind: message.kind,
        author: message.author.clone(),
        text: excerpt(&message.text, PREVIEW_CHARS),
        at: message.at,
    }
}
