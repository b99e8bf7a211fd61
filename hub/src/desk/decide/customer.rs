//! What a customer says, and thinks of it.

use super::content::file_words;
use super::guards::{carries, checked, optional_within};
use super::sorting::{NAME_CHARS, contact_lines, with_contacts};
use crate::desk::claims::as_claimed;
use crate::desk::draft::{Draft, Words};
use crate::desk::lines::Line;
use crate::desk::words::first_words;
use crate::desk::{DialogAggregate, Event, Moment, ReturnedWhy};
use otklik_model::{Attachment, Author, ClientId, CustomerEdit, DialogState, MessageKind, Rating, Refusal};

/// The longest note of a rating and the longest answer of a survey, in Unicode scalar values.
const NOTE_CHARS: u32 = 2_000;
/// The most answers of a survey.
const MOST_ANSWERS: usize = 50;

pub(super) fn write(
    dialog: &DialogAggregate,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    not_blocked(dialog, moment)?;
    let words = Words::new(MessageKind::Text, Author::Customer, checked(text, moment)?).from(client);
    say(dialog, words, None, moment)
}

pub(super) fn send_file(
    dialog: &DialogAggregate,
    file: Option<Box<Attachment>>,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    not_blocked(dialog, moment)?;
    if !moment.centre.files.from_customers {
        return Err(Refusal::Forbidden);
    }
    carries(moment, |channel| channel.files)?;
    let words = file_words(Author::Customer, file, text, client, moment)?;
    say(dialog, words, None, moment)
}

pub(super) fn give_contacts(
    dialog: &DialogAggregate,
    contacts: &CustomerEdit,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    not_blocked(dialog, moment)?;
    let mut customer = with_contacts(&dialog.row.customer, contacts)?;
    if contacts.name.is_some() {
        let colleague = dialog.row.assignee_name.as_deref();
        customer.name = as_claimed(&customer.name, moment.centre, colleague, NAME_CHARS as usize);
    }
    let given = contacts.name.as_ref().map(|_| customer.name.clone());
    let text = contact_lines(&CustomerEdit { name: given, ..contacts.clone() });
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    let words = Words::new(MessageKind::Contacts, Author::Customer, text).from(client);
    let changed = customer != dialog.row.customer;
    let learned = changed.then(|| Event::CustomerChanged { customer: Box::new(customer), by: None });
    say(dialog, words, learned, moment)
}

/// The customer's words, and what they wake.
fn say(
    dialog: &DialogAggregate,
    words: Words,
    learned: Option<Event>,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let at = moment.now;
    let draft = Draft::new(dialog, moment);
    let draft = match dialog.row.state {
        DialogState::Queue | DialogState::Offered | DialogState::Active | DialogState::Routing | DialogState::Bot => {
            draft
        }
        DialogState::Hold => draft.event(Event::Unheld { at }),
        DialogState::Invitation => draft.event(Event::Answered { at }),
        // Under the same number, and to everybody: the one who closed it may be gone for the day.
        DialogState::ClosedSoft => {
            let returned = Event::Returned { by: None, why: ReturnedWhy::Reopened, department: None, at };
            draft.event(returned).line(Line::Reopened)
        }
        DialogState::Closed | DialogState::Deleted | DialogState::Unknown => return Err(Refusal::DialogClosed),
    };
    let draft = draft.words(words);
    let draft = learned.into_iter().fold(draft, Draft::event);
    let greets = dialog.version == 0 && dialog.row.state == DialogState::Queue;
    Ok(if greets { draft.auto(first_words(dialog, moment)) } else { draft }.done())
}

/// Refuses a customer who may not write.
pub(super) fn not_blocked(dialog: &DialogAggregate, moment: &Moment<'_>) -> Result<(), Refusal> {
    let block = dialog.row.customer.particulars.block.as_ref();
    let in_force = block.is_some_and(|block| block.until.is_none_or(|until| until > moment.now));
    if in_force { Err(Refusal::CustomerBlocked) } else { Ok(()) }
}

pub(super) fn rate(
    dialog: &DialogAggregate,
    stars: u8,
    note: Option<String>,
    answers: Vec<String>,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    if dialog.row.state == DialogState::Deleted {
        return Err(Refusal::DialogClosed);
    }
    if !(1..=5).contains(&stars) || answers.len() > MOST_ANSWERS {
        return Err(Refusal::Unsupported);
    }
    let note = optional_within(note.as_deref().unwrap_or_default(), NOTE_CHARS)?;
    let answers = answers.iter().map(|answer| optional_within(answer, NOTE_CHARS)).collect::<Result<Vec<_>, _>>()?;
    let rating = Rating {
        operator: dialog.life.rated_operator,
        stars,
        note: Some(note).filter(|note| !note.is_empty()),
        answers,
        at: moment.now,
    };
    Ok(vec![Event::Rated { rating }])
}
