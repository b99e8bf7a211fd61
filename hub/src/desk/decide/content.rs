//! What an operator says: words, notes, files, questions for contacts, and changes of what he said.

use super::guards::{caption, carries, checked, checked_note, known, leads_or, need, not_final, visible, window_open};
use crate::desk::draft::{Draft, Words};
use crate::desk::lines::Line;
use crate::desk::{Actor, DialogAggregate, Event, Moment};
use otklik_model::{
    Attachment, Author, ClientId, Details, DialogState, FileState, Message, MessageKind, Quote, Refusal, Right, Stamp,
    excerpt,
};

/// How much of a quoted message is kept with the answer, in Unicode scalar values.
const QUOTE_CHARS: usize = 160;

pub(super) fn send_text(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    text: &str,
    client: ClientId,
    quote: Option<u32>,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let text = checked(text, moment)?;
    leads_or(dialog, by, epoch, Right::AnswerOthers)?;
    window_open(dialog, moment)?;
    let quote = quote.map(|seq| quoted(seq, moment)).transpose()?;
    let words = Words {
        details: Details { quote, ..Details::default() },
        ..Words::new(MessageKind::Text, author(by), text).from(client)
    };
    Ok(say(dialog, by, words, moment))
}

/// A message of this dialog that the channel lets an answer name.
fn quoted(seq: u32, moment: &Moment<'_>) -> Result<Quote, Refusal> {
    carries(moment, |channel| channel.quote)?;
    let message = moment.named.filter(|message| message.seq == seq).ok_or(Refusal::Unsupported)?;
    if MessageKind::QUOTED.contains(&message.kind) {
        carries(moment, |channel| channel.quotes().contains(&message.kind))?;
    }
    if MessageKind::QUOTED.contains(&message.kind) && message.details.deleted_at.is_none() {
        Ok(Quote { seq, excerpt: excerpt(&read(message), QUOTE_CHARS) })
    } else {
        Err(Refusal::Unsupported)
    }
}

/// What there is to read of a message; of one without words what a file is called, or where a place is.
fn read(message: &Message) -> String {
    let file = || message.details.file.as_ref().map(|file| file.name.clone());
    let place = || message.details.place.map(|spot| spot.to_string());
    if message.text.is_empty() { file().or_else(place).unwrap_or_default() } else { message.text.clone() }
}

/// Words to the customer; they re-open what was closed softly, under the same number.
fn say(dialog: &DialogAggregate, by: &Actor, words: Words, moment: &Moment<'_>) -> Vec<Event> {
    let draft = Draft::new(dialog, moment);
    let draft = match dialog.row.state {
        DialogState::ClosedSoft if dialog.row.assignee == Some(by.id) => {
            draft.event(Event::Resumed).line(Line::ReopenedBy(&by.name))
        }
        // Whoever writes on in a colleague's closed dialog leads it.
        DialogState::ClosedSoft => {
            let accepted = Event::Accepted { by: by.id, name: by.name.clone(), at: moment.now };
            draft.event(accepted).line(Line::ReopenedBy(&by.name))
        }
        DialogState::Routing
        | DialogState::Bot
        | DialogState::Queue
        | DialogState::Offered
        | DialogState::Active
        | DialogState::Hold
        | DialogState::Invitation
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Unknown => draft,
    };
    draft.words(words).done()
}

pub(super) fn send_note(
    dialog: &DialogAggregate,
    by: &Actor,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    known(dialog, by)?;
    need(dialog, by, Right::Note)?;
    not_final(dialog)?;
    let text = checked_note(text, moment)?;
    let words = Words::new(MessageKind::Note, author(by), text).from(client);
    Ok(Draft::new(dialog, moment).words(words).done())
}

pub(super) fn send_file(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    file: Option<Box<Attachment>>,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads_or(dialog, by, epoch, Right::AnswerOthers)?;
    need(dialog, by, Right::SendFile)?;
    carries(moment, |channel| channel.files)?;
    window_open(dialog, moment)?;
    let words = file_words(author(by), file, text, client, moment)?;
    Ok(say(dialog, by, words, moment))
}

/// A file as a message.
pub(super) fn file_words(
    author: Author,
    file: Option<Box<Attachment>>,
    text: &str,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Words, Refusal> {
    let usable = |file: &Attachment| matches!(file.state, FileState::Ready | FileState::Checking);
    let file = file.map(|file| *file).filter(usable).ok_or(Refusal::FileUnusable)?;
    let text = caption(text, &author, moment)?;
    Ok(Words {
        details: Details { file: Some(file), ..Details::default() },
        ..Words::new(MessageKind::File, author, text).from(client)
    })
}

pub(super) fn request_contact(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    client: ClientId,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads_or(dialog, by, epoch, Right::AnswerOthers)?;
    need(dialog, by, Right::RequestContact)?;
    carries(moment, |channel| channel.contacts)?;
    window_open(dialog, moment)?;
    let words = Words::new(MessageKind::ContactRequest, author(by), String::new()).from(client);
    Ok(say(dialog, by, words, moment))
}

pub(super) fn mark_read(dialog: &DialogAggregate, by: &Actor, upto: u32) -> Result<Vec<Event>, Refusal> {
    known(dialog, by)?;
    // A glance of a colleague is no reading: only the one who leads it moves the mark.
    let leads = dialog.row.assignee == Some(by.id) && dialog.row.state != DialogState::Offered;
    let upto = upto.min(dialog.row.last_seq);
    if leads && upto > dialog.row.read_by_operator { Ok(vec![Event::ReadByOperator { upto }]) } else { Ok(Vec::new()) }
}

pub(super) fn edit(
    dialog: &DialogAggregate,
    by: &Actor,
    seq: u32,
    text: &str,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let message = own(dialog, by, seq, Right::EditOwn, moment)?;
    if message.kind == MessageKind::File {
        return Err(Refusal::NotYourMessage);
    }
    // A note never goes through the channel.
    carries(moment, |channel| channel.edit || message.kind == MessageKind::Note)?;
    let is_note = message.kind == MessageKind::Note;
    let text = if is_note { checked_note(text, moment)? } else { checked(text, moment)? };
    if text == message.text {
        return Ok(Vec::new());
    }
    let details = Details { edited_at: Some(moment.now), ..message.details.clone() };
    Ok(vec![Event::MessageChanged(Box::new(Message { text, details, ..message.clone() }))])
}

pub(super) fn delete(
    dialog: &DialogAggregate,
    by: &Actor,
    seq: u32,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    let message = own(dialog, by, seq, Right::DeleteOwn, moment)?;
    carries(moment, |channel| channel.delete || message.kind == MessageKind::Note)?;
    // The number stays, and so do the quotes of others; what it said and carried is gone.
    let details = Details { deleted_at: Some(moment.now), ..Details::default() };
    Ok(vec![Event::MessageChanged(Box::new(Message { text: String::new(), details, ..message.clone() }))])
}

/// One's own message that can still be changed.
fn own<'a>(
    dialog: &DialogAggregate,
    by: &Actor,
    seq: u32,
    right: Right,
    moment: &Moment<'a>,
) -> Result<&'a Message, Refusal> {
    visible(dialog, by)?;
    need(dialog, by, right)?;
    not_final(dialog)?;
    let message = moment.named.filter(|message| message.seq == seq).ok_or(Refusal::NotYourMessage)?;
    let said = matches!(message.kind, MessageKind::Text | MessageKind::Note | MessageKind::File);
    let mine = matches!(&message.author, Author::Operator { id, .. } if *id == by.id);
    if !said || !mine || message.details.deleted_at.is_some() {
        return Err(Refusal::NotYourMessage);
    }
    let limit_s = moment.centre.time_outs_of(dialog.row.department.as_ref()).edit_s;
    let until = Stamp(message.at.0.saturating_add(i64::from(limit_s) * 1_000));
    if limit_s > 0 && moment.now > until { Err(Refusal::TooLate) } else { Ok(message) }
}

/// The virus scanner's answer, or the end of a file that was ready; nothing, if the message has no file that it is for.
pub(super) fn settle_file(
    dialog: &DialogAggregate,
    seq: u32,
    state: FileState,
    pixels: Option<(u32, u32)>,
    moment: &Moment<'_>,
) -> Vec<Event> {
    let Some(message) = moment.named.filter(|message| message.seq == seq && message.dialog == dialog.row.id) else {
        return Vec::new();
    };
    let goes_on = |file: &&Attachment| match file.state {
        FileState::Checking => state != FileState::Checking,
        FileState::Ready => state == FileState::Expired,
        FileState::Rejected | FileState::Expired | FileState::Unknown => false,
    };
    let Some(file) = message.details.file.as_ref().filter(goes_on) else { return Vec::new() };
    // What is not kept any more has no small picture either.
    let pixels = pixels.or(file.pixels).filter(|_| state != FileState::Expired);
    let file = Some(Attachment { state, pixels, ..file.clone() });
    let details = Details { file, ..message.details.clone() };
    vec![Event::MessageChanged(Box::new(Message { details, ..message.clone() }))]
}

fn author(by: &Actor) -> Author {
    Author::Operator { id: by.id, name: by.name.clone() }
}
