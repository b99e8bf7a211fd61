//! Words that are changed or taken back after they were stored: the message comes again, with its number.

use super::Hub;
use otklik_model::{Author, DialogId, DialogState, Message, MessageKind, OperatorId, Preview, Refusal, excerpt};

impl Hub {
    /// Other words for one's own text or note.
    pub(super) fn reword(&mut self, who: OperatorId, dialog: DialogId, seq: u32, text: &str) -> Result<(), Refusal> {
        let mut message = self.own_words(who, dialog, seq)?;
        message.text = text.to_owned();
        message.details.edited_at = Some(self.now);
        self.comes_again(message)
    }

    /// One's own text or note goes; its number stays.
    pub(super) fn take_back(&mut self, who: OperatorId, dialog: DialogId, seq: u32) -> Result<(), Refusal> {
        let mut message = self.own_words(who, dialog, seq)?;
        message.text = String::new();
        message.details.deleted_at = Some(self.now);
        self.comes_again(message)
    }

    /// The number of the newest text or note that this operator wrote in a dialog and did not take back.
    #[must_use]
    pub fn newest_of(&self, who: OperatorId, dialog: DialogId) -> Option<u32> {
        self.messages(dialog).iter().rev().find(|message| is_by(who, message)).map(|message| message.seq)
    }

    /// What a message said at first.
    #[must_use]
    pub fn first_words<'a>(&'a self, message: &'a Message) -> &'a str {
        self.former_words(message).first().unwrap_or(&message.text)
    }

    /// What a message said before its present words, oldest first.
    #[must_use]
    pub fn former_words(&self, message: &Message) -> &[String] {
        self.former.get(&message.id).map_or(&[], Vec::as_slice)
    }

    fn own_words(&self, who: OperatorId, dialog: DialogId, seq: u32) -> Result<Message, Refusal> {
        let place = self.sight(who, dialog)?;
        if self.rows[place].dialog.state == DialogState::Closed {
            return Err(Refusal::DialogClosed);
        }
        let found = self.messages(dialog).iter().find(|message| message.seq == seq && is_by(who, message));
        found.cloned().ok_or(Refusal::NotFound)
    }

    fn comes_again(&mut self, mut message: Message) -> Result<(), Refusal> {
        let place = self.place(message.dialog).ok_or(Refusal::NotFound)?;
        message.rev = self.next_seq();
        let stored = self.messages.entry(message.dialog).or_default();
        let stored = stored.iter_mut().find(|stored| stored.id == message.id).ok_or(Refusal::NotFound)?;
        let before = std::mem::replace(stored, message.clone());
        self.former.entry(message.id).or_default().push(before.text);
        let dialog = &mut self.rows[place].dialog;
        if dialog.last_seq == message.seq {
            let Message { kind, author, text, at, .. } = &message;
            dialog.last = Some(Preview { kind: *kind, author: author.clone(), text: excerpt(text, 160), at: *at });
        }
        self.tell_of(place, message);
        Ok(())
    }
}

fn is_by(who: OperatorId, message: &Message) -> bool {
    let wrote = matches!(&message.author, Author::Operator { id, .. } if *id == who);
    let words = matches!(message.kind, MessageKind::Text | MessageKind::Note);
    wrote && words && message.details.deleted_at.is_none()
}
