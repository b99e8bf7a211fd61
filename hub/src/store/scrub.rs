//! Entries of the log without what people wrote and who they are. Pure.
//!
//! What stays is what replays need: ids, numbers, states, times, and who of the operators did what.

use super::{DialogEntry, EntryBody};
use crate::desk::Event;
use otklik_model::{
    Customer, CustomerId, Details, Dialog, DialogId, Hold, Message, MessageKind, Page, Particulars, Rating, excerpt,
};

/// How much of a message a list row shows; what [`crate::desk`] cuts a preview to.
const PREVIEW_CHARS: usize = 160;

/// Whether an entry is about this customer or one of these dialogs, and so has to be scrubbed.
#[must_use]
pub fn concerns(body: &EntryBody, customer: Option<CustomerId>, dialogs: &[DialogId]) -> bool {
    match body {
        EntryBody::Dialog(entry) => dialogs.contains(&entry.row.id) || customer == Some(entry.row.customer.id),
        EntryBody::Customer(about) => customer == Some(about.id),
        EntryBody::Operator(_) | EntryBody::Channel(_) | EntryBody::Centre { .. } | EntryBody::SignedOut { .. } => {
            false
        }
    }
}

/// The entry without words and names of customers.
#[must_use]
pub fn scrubbed(body: EntryBody) -> EntryBody {
    match body {
        EntryBody::Dialog(entry) => {
            let DialogEntry { before, row, events } = *entry;
            let events = events.into_iter().map(scrubbed_event).collect();
            EntryBody::Dialog(Box::new(DialogEntry { before, row: scrubbed_row(row), events }))
        }
        EntryBody::Customer(customer) => EntryBody::Customer(Box::new(nobody(customer.id))),
        EntryBody::Operator(_) | EntryBody::Channel(_) | EntryBody::Centre { .. } | EntryBody::SignedOut { .. } => body,
    }
}

/// The entry with only the present words of a message, if it tells of earlier ones; nothing, if it does not.
#[must_use]
pub fn without_earlier(body: &EntryBody, now: &Message) -> Option<EntryBody> {
    let EntryBody::Dialog(entry) = body else { return None };
    if entry.row.id != now.dialog {
        return None;
    }
    let mut changed = (**entry).clone();
    for event in &mut changed.events {
        if let Some(message) = event.message_mut().filter(|message| message.seq == now.seq) {
            message.text.clone_from(&now.text);
        }
    }
    if changed.row.last_seq == now.seq
        && let Some(last) = &mut changed.row.last
    {
        last.text = excerpt(&now.text, PREVIEW_CHARS);
    }
    (changed != **entry).then(|| EntryBody::Dialog(Box::new(changed)))
}

fn scrubbed_row(row: Dialog) -> Dialog {
    let customer = nobody(row.customer.id);
    let hold = row.hold.map(without_reason);
    let rating = row.rating.map(without_words);
    Dialog { customer, page: None, last: None, subject: None, tags: Vec::new(), hold, rating, ..row }
}

fn scrubbed_event(event: Event) -> Event {
    match event {
        Event::MessageAdded(message) => Event::MessageAdded(Box::new(emptied(*message))),
        Event::MessageChanged(message) => Event::MessageChanged(Box::new(emptied(*message))),
        Event::CustomerChanged { customer, by } => {
            Event::CustomerChanged { customer: Box::new(nobody(customer.id)), by }
        }
        Event::Rated { rating } => Event::Rated { rating: without_words(rating) },
        Event::Held { hold } => Event::Held { hold: without_reason(hold) },
        Event::Sorted { category, .. } => Event::Sorted { category, subject: None, tags: Vec::new() },
        Event::PageChanged { .. } => Event::PageChanged { page: Page { url: String::new(), title: String::new() } },
        Event::Accepted { .. }
        | Event::Offered { .. }
        | Event::Returned { .. }
        | Event::QueuedFor { .. }
        | Event::GivenToBot { .. }
        | Event::SentToRouter { .. }
        | Event::Invited { .. }
        | Event::Answered { .. }
        | Event::Unheld { .. }
        | Event::Closed { .. }
        | Event::Finished { .. }
        | Event::Deleted { .. }
        | Event::Resumed
        | Event::ReadByOperator { .. }
        | Event::SeenByCustomer { .. }
        | Event::PresenceChanged { .. }
        | Event::PushChanged { .. }
        | Event::Marked { .. }
        | Event::Reckoned { .. } => event,
    }
}

/// A message without words. What the hub itself notes names operators only, and stays.
fn emptied(message: Message) -> Message {
    let text = if message.kind == MessageKind::System { message.text } else { String::new() };
    Message { text, details: Details::default(), ..message }
}

fn without_reason(hold: Hold) -> Hold {
    Hold { reason: None, ..hold }
}

fn without_words(rating: Rating) -> Rating {
    Rating { note: None, answers: Vec::new(), ..rating }
}

/// A customer of whom nothing is known but the id.
fn nobody(id: CustomerId) -> Customer {
    Customer {
        id,
        name: String::new(),
        number: 0,
        named: false,
        email: None,
        phone: None,
        language: None,
        particulars: Particulars::default(),
    }
}
