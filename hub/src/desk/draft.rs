//! What a decision writes, in its order.

use super::{BotFace, DialogAggregate, Event, Moment, lines::Line, words::words_for};
use crate::centre::Occasion;
use otklik_model::{Author, ClientId, Details, Message, MessageKind, Seq};

/// Events being decided.
pub(super) struct Draft<'a> {
    dialog: &'a DialogAggregate,
    moment: &'a Moment<'a>,
    events: Vec<Event>,
    written: u32,
}

/// One message being written.
pub(super) struct Words {
    pub(super) kind: MessageKind,
    pub(super) author: Author,
    pub(super) text: String,
    pub(super) client: Option<ClientId>,
    pub(super) details: Details,
}

impl Words {
    pub(super) fn new(kind: MessageKind, author: Author, text: String) -> Self {
        Self { kind, author, text, client: None, details: Details::default() }
    }

    /// With the writer's own id.
    pub(super) fn from(self, client: ClientId) -> Self {
        Self { client: Some(client), ..self }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(dialog: &'a DialogAggregate, moment: &'a Moment<'a>) -> Self {
        Self { dialog, moment, events: Vec::new(), written: 0 }
    }

    pub(super) fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    pub(super) fn event_if(self, so: bool, event: Event) -> Self {
        if so { self.event(event) } else { self }
    }

    /// The hub says what happened.
    pub(super) fn line(self, line: Line<'_>) -> Self {
        let details = Details { says: line.says(), ..Details::default() };
        self.words(Words { details, ..Words::new(MessageKind::System, Author::System, line.text()) })
    }

    /// The hub says what the centre wants said on this occasion, if anything.
    pub(super) fn auto(self, occasion: Occasion) -> Self {
        match words_for(self.dialog, &self.events, occasion, self.moment) {
            Some(text) => self.words(Words::new(MessageKind::AutoReply, Author::System, text)),
            None => self,
        }
    }

    pub(super) fn auto_if(self, occasion: Option<Occasion>) -> Self {
        match occasion {
            Some(occasion) => self.auto(occasion),
            None => self,
        }
    }

    pub(super) fn words(mut self, words: Words) -> Self {
        let Words { kind, author, text, client, details } = words;
        let id = self.moment.ids.get(self.written as usize).or(self.moment.ids.last());
        debug_assert!((self.written as usize) < self.moment.ids.len(), "a decision writes no more than it has ids for");
        self.written += 1;
        let Some(id) = id.copied() else { return self };
        let message = Message {
            id,
            client_id: client,
            dialog: self.dialog.row.id,
            seq: self.dialog.row.last_seq + self.written,
            kind,
            author,
            text,
            at: self.moment.now,
            // Stamped by the store, which alone knows the position.
            rev: Seq(0),
            details,
        };
        self.event(Event::MessageAdded(Box::new(message)))
    }

    pub(super) fn done(self) -> Vec<Event> {
        self.events
    }
}

impl BotFace {
    pub(super) fn author(&self) -> Author {
        Author::Bot { id: self.id, name: self.name.clone() }
    }
}
