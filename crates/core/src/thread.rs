//! Lines of threads, and the marks that move on them.
//!
//! A stored message carries no mark of its own: how far it has come follows from its dialog's watermarks. When a
//! watermark moves, the lines it passes have to be shown anew; those of this run are remembered here, for older
//! ones the page is told to read again.

use crate::{
    OutboxItem, OutboxState, SendState, StagedFile, ThreadItem,
    link::later,
    mirror::Mirror,
    mutants::{Mutant, Mutants},
    outbox::{Entry, Outbox, Stage, kind_of},
};
use otklik_model::{Author, Details, Dialog, DialogId, Message, MessageKind, Now};
use std::collections::BTreeMap;

/// Own messages remembered per dialog.
const REMEMBERED: usize = 200;

/// A stored message as a line.
pub(crate) fn item_of(message: &Message, mirror: &Mirror, rev: u64) -> ThreadItem {
    let mine = matches!(&message.author, Author::Operator { id, .. } if *id == mirror.me());
    let send = mine.then(|| mirror.row(message.dialog).map_or(SendState::Sent, |row| mark_of(message, row)));
    ThreadItem {
        key: message.client_id.map_or_else(|| message.id.to_string(), |id| id.to_string()),
        seq: Some(message.seq),
        order: None,
        kind: message.kind,
        author: message.author.clone(),
        mine,
        text: message.text.clone(),
        at: message.at,
        details: message.details.clone(),
        send,
        client_id: message.client_id,
        rev,
    }
}

/// How far a stored message of one's own has come. A note stays where it is: no customer ever receives it.
fn mark_of(message: &Message, row: &Dialog) -> SendState {
    if !goes_to_customer(message.kind) {
        SendState::Sent
    } else if message.seq <= row.read_by_customer {
        SendState::Read
    } else if message.seq <= row.delivered_to_customer {
        SendState::Delivered
    } else {
        SendState::Sent
    }
}

/// Whether a customer receives it, so that it can be delivered to him and read by him.
fn goes_to_customer(kind: MessageKind) -> bool {
    match kind {
        MessageKind::Text
        | MessageKind::File
        | MessageKind::AutoReply
        | MessageKind::ContactRequest
        | MessageKind::Contacts
        | MessageKind::Keyboard
        | MessageKind::Place
        | MessageKind::Sticker => true,
        MessageKind::Note | MessageKind::System | MessageKind::Unknown => false,
    }
}

/// An unsent message as a line.
pub(crate) fn unsent_item(item: &OutboxItem, outbox: &Outbox, mirror: &Mirror, rev: u64, now: Now) -> ThreadItem {
    let me = &mirror.profile.me;
    ThreadItem {
        key: item.client_id.to_string(),
        seq: None,
        order: Some(item.order),
        kind: kind_of(&item.op),
        author: Author::Operator { id: me.id, name: me.name.clone() },
        mine: true,
        text: item.op.text().unwrap_or_default().to_owned(),
        at: item.created_at,
        details: Details {
            file: item.op.staged().map(StagedFile::attachment),
            quote: item.op.quote().cloned(),
            ..Details::default()
        },
        send: Some(send_state(item, outbox.entry(item.client_id), outbox.mutants(), now)),
        client_id: Some(item.client_id),
        rev,
    }
}

fn send_state(item: &OutboxItem, entry: Option<&Entry>, mutants: Mutants, now: Now) -> SendState {
    match &item.state {
        OutboxState::Held { reason } => return SendState::Held { reason: reason.clone() },
        OutboxState::Stuck { reason } => return SendState::Failed { reason: reason.clone() },
        OutboxState::NotTaken { why } => return SendState::NotTaken { why: *why },
        OutboxState::Queued | OutboxState::Sending => {}
    }
    match entry.map(|entry| entry.stage) {
        Some(Stage::Pausing { until }) => SendState::Waiting { until: later(now.stamp, until.since(now.tick)) },
        Some(Stage::Uploading { sent }) => SendState::Uploading { sent },
        Some(Stage::Flying) if mutants.is(Mutant::SentOnSubmit) => SendState::Sent,
        Some(Stage::Flying | Stage::Answered) => SendState::Sending,
        Some(Stage::New | Stage::Resting | Stage::Saving) | None => match item.state {
            // In doubt: the network had it once, so it is not simply waiting.
            OutboxState::Sending => SendState::Sending,
            OutboxState::Queued
            | OutboxState::Held { .. }
            | OutboxState::Stuck { .. }
            | OutboxState::NotTaken { .. } => SendState::Queued,
        },
    }
}

/// Own messages that the customer has not seen yet, as far as this run saw them pass: from the oldest remembered one of
/// a dialog on, every own one that the cache holds is remembered.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    pending: BTreeMap<DialogId, BTreeMap<u32, Message>>,
}

/// What has to be shown anew.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// Messages whose mark changed.
    pub(crate) messages: Vec<Message>,
    /// A stretch in which there may be more that are not remembered.
    pub(crate) reread: Option<(u32, u32)>,
}

impl Marks {
    /// Remembers an own message, if it has a mark that can move.
    pub(crate) fn remember(&mut self, message: &Message) {
        if !goes_to_customer(message.kind) {
            return;
        }
        let of_dialog = self.pending.entry(message.dialog).or_default();
        of_dialog.insert(message.seq, message.clone());
        if of_dialog.len() > REMEMBERED {
            of_dialog.pop_first();
        }
    }

    /// Remembers an own message that came late, as history, between those that are remembered. Of older ones the page
    /// reads again anyway.
    pub(crate) fn fill(&mut self, message: &Message) {
        let of_dialog = self.pending.get(&message.dialog);
        let oldest = of_dialog.and_then(|of_dialog| of_dialog.first_key_value());
        if oldest.is_some_and(|(oldest, _)| *oldest < message.seq) {
            self.remember(message);
        }
    }

    /// The row changed: which lines did its watermarks pass?
    pub(crate) fn moved(&mut self, earlier: &Dialog, row: &Dialog) -> Passed {
        let delivered = (earlier.delivered_to_customer, row.delivered_to_customer);
        let read = (earlier.read_by_customer, row.read_by_customer);
        let moved = [delivered, read].into_iter().filter(|(from, upto)| upto > from);
        let Some((from, upto)) = moved.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1))) else {
            return Passed::default();
        };
        let (first, last) = (from.saturating_add(1), upto.min(row.last_seq));
        if first > last {
            return Passed::default();
        }
        let mut passed = Passed { messages: Vec::new(), reread: Some((first, last)) };
        if let Some(of_dialog) = self.pending.get_mut(&row.id) {
            passed.messages = of_dialog.range(first..=last).map(|(_, message)| message.clone()).collect();
            // Lines below the oldest remembered one may have been loaded by the page.
            if let Some((oldest, _)) = of_dialog.first_key_value() {
                passed.reread = (first < *oldest).then(|| (first, last.min(oldest - 1)));
            }
            *of_dialog = of_dialog.split_off(&row.read_by_customer.saturating_add(1));
            if of_dialog.is_empty() {
                self.pending.remove(&row.id);
            }
        }
        passed
    }

    /// The dialog is gone.
    pub(crate) fn forget(&mut self, dialog: DialogId) {
        self.pending.remove(&dialog);
    }
}
