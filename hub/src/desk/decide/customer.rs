//! What a customer says, and thinks of it.

use super::content::file_words;
use super::guards::{carries, checked_of_customer, optional_within};
use super::sorting::{contact_lines, with_contacts};
use crate::centre::most_chars;
use crate::desk::claims::as_claimed;
use crate::desk::draft::{Draft, Words};
use crate::desk::forms::check_given;
use crate::desk::lines::Line;
use crate::desk::words::first_words;
use crate::desk::{DialogAggregate, Event, Moment, ReturnedWhy};
use otklik_model::{
    Attachment, Author, ClientId, ContactField, CustomerEdit, Details, DialogState, FieldFault, MAX_SPOT_TITLE_CHARS,
    MessageKind, Rating, Refusal, Spot, clean_name, is_emoji,
};

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
    let words = Words::new(MessageKind::Text, Author::Customer, checked_of_customer(text, moment)?).from(client);
    say(dialog, words, None, moment)
}

pub(super) fn send_file(
    dialog: &DialogAggregate,
    file: Option<Box<Attachment>>,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    may_send_files(dialog, moment)?;
    let words = file_words(Author::Customer, file, text, client, moment)?;
    say(dialog, words, None, moment)
}

/// A sticker is a file in all but its looks: what is no picture is none, and what a centre does not take as a file it
/// does not take as a sticker.
pub(super) fn send_sticker(
    dialog: &DialogAggregate,
    file: Option<Box<Attachment>>,
    emoji: String,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    may_send_files(dialog, moment)?;
    if !emoji.is_empty() && !is_emoji(&emoji) {
        return Err(Refusal::Unsupported);
    }
    let picture = file.filter(|file| file.media.starts_with("image/"));
    let words = file_words(Author::Customer, picture, "", client, moment)?;
    say(dialog, Words { kind: MessageKind::Sticker, text: emoji, ..words }, None, moment)
}

fn may_send_files(dialog: &DialogAggregate, moment: &Moment<'_>) -> Result<(), Refusal> {
    not_blocked(dialog, moment)?;
    if !moment.centre.files.from_customers {
        return Err(Refusal::Forbidden);
    }
    carries(moment, |channel| channel.files)
}

pub(super) fn send_place(
    dialog: &DialogAggregate,
    spot: Spot,
    title: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    not_blocked(dialog, moment)?;
    // Measured before it is cleaned: what is too long is refused, never cut.
    optional_within(title, MAX_SPOT_TITLE_CHARS)?;
    let title = clean_name(title, MAX_SPOT_TITLE_CHARS as usize);
    let words = Words {
        details: Details { place: Some(spot), ..Details::default() },
        ..Words::new(MessageKind::Place, Author::Customer, title).from(client)
    };
    say(dialog, words, None, moment)
}

pub(super) fn give_contacts(
    dialog: &DialogAggregate,
    contacts: &CustomerEdit,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    not_blocked(dialog, moment)?;
    check_given(dialog, contacts, moment.centre)?;
    let senseless = |field| Refusal::ContactField { field, fault: FieldFault::Kind };
    let mut customer = with_contacts(&dialog.row.customer, contacts, senseless)?;
    if contacts.name.is_some() {
        let colleague = dialog.row.assignee_name.as_deref();
        let most = most_chars(ContactField::Name) as usize;
        customer.name = as_claimed(&customer.name, moment.centre, colleague, most);
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

/// What the customer says, and what it wakes.
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
            let returned = Event::Returned { by: None, why: ReturnedWhy::Reopened, department: None, team: None, at };
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
