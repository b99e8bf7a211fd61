//! What an event does to a dialog.

use super::{DialogAggregate, Event};
use otklik_model::{Author, Awaiting, DialogState, Message, MessageKind, OnlineState, Presence, Preview, excerpt};

/// How much of a message a list row shows, in Unicode scalar values.
const PREVIEW_CHARS: usize = 160;

impl DialogAggregate {
    /// Applies a fact. Facts come from [`super::decide`], so nothing is checked again.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::MessageAdded(message) => self.apply_message(message),
            Event::Accepted { by, name, at } => {
                self.row.state = DialogState::Active;
                self.row.assignee = Some(*by);
                self.row.assignee_name = Some(name.clone());
                self.row.accepted_at = Some(*at);
                self.row.epoch += 1;
                self.led_by.insert(*by);
            }
            Event::Offered { to, name, .. } => {
                self.reopen(DialogState::Offered);
                self.row.assignee = Some(*to);
                self.row.assignee_name = Some(name.clone());
                self.row.accepted_at = None;
                self.row.epoch += 1;
            }
            Event::Returned { .. } => {
                self.reopen(DialogState::Queue);
                self.row.assignee = None;
                self.row.assignee_name = None;
                self.row.accepted_at = None;
                self.row.epoch += 1;
            }
            Event::Closed { reason, at } => {
                self.row.state = DialogState::ClosedSoft;
                self.row.closed_at = Some(*at);
                self.row.close_reason = Some(*reason);
                self.row.awaiting = Awaiting::Nobody;
                self.row.awaiting_since = None;
            }
            Event::Resumed => self.reopen(DialogState::Active),
            Event::ReadByOperator { upto } => self.apply_read(*upto),
            Event::SeenByCustomer { delivered, read } => {
                self.row.delivered_to_customer = *delivered;
                self.row.read_by_customer = *read;
            }
            Event::PresenceChanged { presence } => {
                self.row.presence = *presence;
                self.row.current_state = match presence {
                    Presence::OnSite => OnlineState::Online,
                    Presence::LeftSite => OnlineState::Offline,
                    Presence::Unknown => OnlineState::Unknown,
                };
            }
            Event::PageChanged { page } => self.row.page = Some(page.clone()),
        }
    }

    fn reopen(&mut self, state: DialogState) {
        self.row.state = state;
        self.row.closed_at = None;
        self.row.close_reason = None;
    }

    fn apply_message(&mut self, message: &Message) {
        self.row.last_seq = message.seq;
        self.row.last = Some(Preview {
            kind: message.kind,
            author: message.author.clone(),
            text: excerpt(&message.text, PREVIEW_CHARS),
            at: message.at,
        });
        if message.kind != MessageKind::Text {
            return;
        }
        match message.author {
            Author::Customer => {
                // The wait began with the first unanswered word; further ones do not restart it.
                if self.row.awaiting != Awaiting::Operator {
                    self.row.awaiting = Awaiting::Operator;
                    self.row.awaiting_since = Some(message.at);
                }
                self.row.unread += 1;
                match self.unread_runs.last_mut() {
                    Some((_, end)) if *end + 1 == message.seq => *end = message.seq,
                    Some(_) | None => self.unread_runs.push((message.seq, message.seq)),
                }
            }
            Author::Operator { .. } => {
                self.row.awaiting = Awaiting::Customer;
                self.row.awaiting_since = Some(message.at);
            }
            Author::System | Author::Unknown => {}
        }
    }

    fn apply_read(&mut self, upto: u32) {
        self.row.read_by_operator = upto;
        self.unread_runs.retain_mut(|(start, end)| {
            *start = (*start).max(upto + 1);
            *start <= *end
        });
        self.row.unread = self.unread_runs.iter().map(|(start, end)| end - start + 1).sum();
    }
}
