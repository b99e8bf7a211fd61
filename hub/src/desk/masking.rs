//! No card number leaves a decision: whatever people wrote is masked here, once, before it is stored, told or indexed.
//! What is asked of others before anything is decided, and what is decided without a dialog, goes the same way.

use super::{DialogAggregate, Event, Moment};
use crate::centre::{Centre, mask_address, mask_cards, mask_split};
use otklik_model::{Author, Customer, Hold, Message, Page, Rating};

/// The events of a decision without card numbers, if the centre wants it so. A number that began in the customer's
/// message before, [`Moment::named`], is hidden there as well.
pub(super) fn without_cards(dialog: &DialogAggregate, events: Vec<Event>, moment: &Moment<'_>) -> Vec<Event> {
    if !moment.centre.mask_cards {
        return events;
    }
    let before = moment.named.filter(|named| dialog.life.digits_at == Some(named.seq));
    let mut masked = Vec::with_capacity(events.len());
    for event in events {
        let mut event = event_without(event);
        if let Event::MessageAdded(message) = &mut event
            && let Some(before) = before
            && message.author == Author::Customer
            && let Some((earlier, later)) = mask_split(&before.text, &message.text)
        {
            message.text = later;
            masked.push(Event::MessageChanged(Box::new(Message { text: earlier, ..before.clone() })));
        }
        masked.push(event);
    }
    masked
}

/// What somebody wrote without card numbers, if the centre wants it so.
#[must_use]
pub fn words_without_cards(words: &str, centre: &Centre) -> String {
    if centre.mask_cards { mask_cards(words) } else { words.to_owned() }
}

/// A message as it leaves the house: one that was stored before the centre wanted it so has its card numbers still.
#[must_use]
pub fn message_without_cards(message: Message, centre: &Centre) -> Message {
    if centre.mask_cards { message_without(message) } else { message }
}

/// The same of a page: sites put into addresses and titles what was typed there.
#[must_use]
pub fn page_without_cards(page: Page, centre: &Centre) -> Page {
    if centre.mask_cards { masked_page(&page) } else { page }
}

fn masked_page(page: &Page) -> Page {
    Page { url: mask_address(&page.url), title: mask_cards(&page.title) }
}

fn event_without(event: Event) -> Event {
    match event {
        Event::MessageAdded(message) => Event::MessageAdded(Box::new(message_without(*message))),
        Event::MessageChanged(message) => Event::MessageChanged(Box::new(message_without(*message))),
        Event::Held { hold } => Event::Held { hold: Hold { reason: hold.reason.map(|why| mask_cards(&why)), ..hold } },
        Event::Sorted { category, subject, tags } => {
            Event::Sorted { category, subject: subject.map(|subject| mask_cards(&subject)), tags: all(tags) }
        }
        Event::CustomerChanged { customer, by } => {
            Event::CustomerChanged { customer: Box::new(customer_without(*customer)), by }
        }
        Event::Rated { rating } => {
            let (note, answers) = (rating.note.map(|note| mask_cards(&note)), all(rating.answers));
            Event::Rated { rating: Rating { note, answers, ..rating } }
        }
        Event::PageChanged { page } => Event::PageChanged { page: masked_page(&page) },
        // Nothing in these was written by anybody.
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

fn message_without(mut message: Message) -> Message {
    message.text = mask_cards(&message.text);
    if let Some(quote) = &mut message.details.quote {
        quote.excerpt = mask_cards(&quote.excerpt);
    }
    if let Some(file) = &mut message.details.file {
        file.name = mask_cards(&file.name);
    }
    message.details.address = message.details.address.map(|address| mask_address(&address));
    message
}

fn customer_without(mut customer: Customer) -> Customer {
    customer.name = mask_cards(&customer.name);
    customer.phone = customer.phone.map(|phone| mask_cards(&phone));
    customer.email = customer.email.map(|email| mask_cards(&email));
    let particulars = &mut customer.particulars;
    particulars.comment = mask_cards(&particulars.comment);
    particulars.tags = all(std::mem::take(&mut particulars.tags));
    particulars.variables.values_mut().for_each(|value| *value = mask_cards(value));
    if let Some(block) = &mut particulars.block {
        block.reason = mask_cards(&block.reason);
    }
    customer
}

fn all(texts: Vec<String>) -> Vec<String> {
    texts.iter().map(|text| mask_cards(text)).collect()
}
