//! What a dialog is about, and what is known of its customer.

use super::guards::{need, not_final, optional_within, text_within, visible};
use crate::centre::{Scope, most_chars};
use crate::desk::draft::Draft;
use crate::desk::lines::Line;
use crate::desk::timers::lacks_category;
use crate::desk::veil::as_seen;
use crate::desk::{Actor, DialogAggregate, Event, Moment};
use otklik_model::{
    Block, CategoryKey, CloseReason, ContactField, Customer, CustomerEdit, DialogState, Refusal, Right, Stamp,
    clean_name,
};
use std::collections::BTreeMap;

/// The longest subject and the longest reason of a block, in Unicode scalar values.
const LINE_CHARS: u32 = 200;
/// The longest comment on a customer, in Unicode scalar values.
pub(in crate::desk) const COMMENT_CHARS: u32 = 2_000;
/// The longest tag, in Unicode scalar values.
const TAG_CHARS: u32 = 50;
/// The most tags of a dialog or a customer.
pub(in crate::desk) const MOST_TAGS: usize = 50;
/// The most values by name of a customer.
pub(in crate::desk) const MOST_VARIABLES: usize = 50;

/// What a dialog is about; what is absent stays as it is.
pub(super) struct Sorting {
    pub(super) category: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) tags: Option<Vec<String>>,
}

pub(super) fn sort(
    dialog: &DialogAggregate,
    by: &Actor,
    sorting: Sorting,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    visible(dialog, by)?;
    need(dialog, by, Right::Sort)?;
    not_final(dialog)?;
    let row = &dialog.row;
    let category = match sorting.category {
        None => row.category.clone(),
        Some(none) if none.is_empty() => None,
        Some(key) => Some(known_category(dialog, &key, moment)?),
    };
    let subject = match sorting.subject {
        None => row.subject.clone(),
        Some(subject) => Some(one_line(&subject, LINE_CHARS)?).filter(|subject| !subject.is_empty()),
    };
    let tags = sorting.tags.map_or_else(|| Ok(row.tags.clone()), tags)?;
    if (&category, &subject, &tags) == (&row.category, &row.subject, &row.tags) {
        return Ok(Vec::new());
    }
    // What its customer has closed, where closing is final at once, was kept for nothing but this.
    let by_customer = row.state == DialogState::ClosedSoft && row.close_reason == Some(CloseReason::Customer);
    let finished =
        by_customer && moment.centre.close_at_once && lacks_category(dialog, moment.centre) && category.is_some();
    let draft = Draft::new(dialog, moment).event(Event::Sorted { category, subject, tags });
    let over = Event::Finished { reason: CloseReason::Customer, at: moment.now };
    Ok(if finished { draft.line(Line::Finished).event(over) } else { draft }.done())
}

/// A category of the centre. One that is retired can be kept, not chosen.
fn known_category(dialog: &DialogAggregate, key: &str, moment: &Moment<'_>) -> Result<CategoryKey, Refusal> {
    let key: CategoryKey = key.parse().map_err(|_| Refusal::NoSuchKey)?;
    let kept = dialog.row.category.as_ref() == Some(&key);
    let offered = moment.centre.categories.get(&key).is_some_and(|category| !category.retired);
    if kept || offered { Ok(key) } else { Err(Refusal::NoSuchKey) }
}

pub(super) fn edit_customer(
    dialog: &DialogAggregate,
    by: &Actor,
    edit: &CustomerEdit,
    was: &CustomerEdit,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    visible(dialog, by)?;
    need(dialog, by, Right::EditCustomer)?;
    // By what he saw, masked as it was: whoever may not see a number can still tell that it is another one.
    let now = edit.overtaken(was, edit.present(&as_seen(dialog, by)));
    if !now.is_empty() {
        return Err(Refusal::Conflict { now: Box::new(now) });
    }
    let mut customer = with_contacts(&dialog.row.customer, edit, |_| Refusal::Unsupported)?;
    if let Some(comment) = &edit.comment {
        customer.particulars.comment = optional_within(comment, COMMENT_CHARS)?;
    }
    if let Some(given) = &edit.tags {
        customer.particulars.tags = tags(given.clone())?;
    }
    if let Some(given) = &edit.variables {
        set_variables(&mut customer, given)?;
    }
    if customer == dialog.row.customer {
        return Ok(Vec::new());
    }
    let event = Event::CustomerChanged { customer: Box::new(customer), by: Some(by.id) };
    let draft = Draft::new(dialog, moment).event(event);
    let open = !dialog.row.state.is_final();
    Ok(if open { draft.line(Line::CustomerEdited(&by.name)) } else { draft }.done())
}

/// Values by name; an empty one goes.
fn set_variables(customer: &mut Customer, given: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let variables = &mut customer.particulars.variables;
    for (name, value) in given {
        let (name, value) = (one_line(name, TAG_CHARS)?, one_line(value, LINE_CHARS)?);
        if name.is_empty() {
            return Err(Refusal::Empty);
        }
        if value.is_empty() {
            variables.remove(&name);
        } else {
            variables.insert(name, value);
        }
    }
    if variables.len() > MOST_VARIABLES { Err(Refusal::Unsupported) } else { Ok(()) }
}

/// The customer with another name, e-mail and phone, as far as they are given. What makes no sense in a field, whatever
/// a form says, is refused as its giver is told of it.
pub(super) fn with_contacts(
    customer: &Customer,
    edit: &CustomerEdit,
    senseless: fn(ContactField) -> Refusal,
) -> Result<Customer, Refusal> {
    let mut customer = customer.clone();
    if let Some(name) = &edit.name {
        let name = one_line(name, most_chars(ContactField::Name))?;
        if name.is_empty() {
            return Err(Refusal::Empty);
        }
        (customer.name, customer.named) = (name, true);
    }
    if let Some(email) = &edit.email {
        let email = one_line(email, most_chars(ContactField::Email))?;
        if !is_email(&email) {
            return Err(senseless(ContactField::Email));
        }
        customer.email = Some(email).filter(|email| !email.is_empty());
    }
    if let Some(phone) = &edit.phone {
        let phone = one_line(phone, most_chars(ContactField::Phone))?;
        if !is_phone(&phone) {
            return Err(senseless(ContactField::Phone));
        }
        customer.phone = Some(phone).filter(|phone| !phone.is_empty());
    }
    Ok(customer)
}

/// What the customer filled in, one `name: value` a line.
pub(super) fn contact_lines(contacts: &CustomerEdit) -> String {
    let fields = [("name", &contacts.name), ("email", &contacts.email), ("phone", &contacts.phone)];
    let given = fields.into_iter().filter_map(|(field, value)| {
        let value = clean_name(value.as_deref()?, most_chars(ContactField::Email) as usize);
        (!value.is_empty()).then(|| format!("{field}: {value}"))
    });
    given.collect::<Vec<_>>().join("\n")
}

/// Nothing, or an address.
fn is_email(line: &str) -> bool {
    line.is_empty() || is_address(line)
}

/// Nothing, or a number.
fn is_phone(line: &str) -> bool {
    line.is_empty() || line.chars().any(|c| c.is_ascii_digit())
}

/// Something before and after one '@', and no white space: the rest shows when mail is sent.
fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.len() > 1 && !host.contains('@'))
        && !text.chars().any(char::is_whitespace)
}

pub(super) fn block(
    dialog: &DialogAggregate,
    by: &Actor,
    until: Option<Stamp>,
    reason: &str,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    visible(dialog, by)?;
    need(dialog, by, Right::Block)?;
    let customer = with_block(&dialog.row.customer, by, until, reason, moment.now)?;
    let event = Event::CustomerChanged { customer: Box::new(customer), by: Some(by.id) };
    Ok(closed_to_him(dialog, event, &by.name, moment))
}

/// One that is closed already stays as it is: what is known of its customer is not told in it any more.
pub(super) fn blocked_elsewhere(dialog: &DialogAggregate, by: &str, block: Block, moment: &Moment<'_>) -> Vec<Event> {
    if dialog.row.state.is_final() {
        return Vec::new();
    }
    let (mut customer, blocker) = (dialog.row.customer.clone(), block.by);
    customer.particulars.block = Some(block);
    let event = Event::CustomerChanged { customer: Box::new(customer), by: Some(blocker) };
    closed_to_him(dialog, event, by, moment)
}

/// The customer is blocked by this event, and the dialog is closed for good if it still goes on.
fn closed_to_him(dialog: &DialogAggregate, event: Event, by: &str, moment: &Moment<'_>) -> Vec<Event> {
    let draft = Draft::new(dialog, moment);
    if dialog.row.state.is_final() {
        return draft.event(event).done();
    }
    let finished = Event::Finished { reason: CloseReason::Blocked, at: moment.now };
    let draft = draft.line(Line::Blocked(by)).auto(crate::centre::Occasion::Blocked);
    draft.event(event).event(finished).done()
}

/// A customer who has no dialog, with a block.
///
/// # Errors
/// [`Refusal::Forbidden`] without the right to block everybody: there is no dialog that it could reach to.
/// [`Refusal::Empty`] and [`Refusal::TooLong`] of the reason, [`Refusal::Unsupported`] of an end that is past.
pub fn blocked(
    customer: &Customer,
    by: &Actor,
    until: Option<Stamp>,
    reason: &str,
    now: Stamp,
) -> Result<Customer, Refusal> {
    if by.grants.rights.get(&Right::Block) != Some(&Scope::All) {
        return Err(Refusal::Forbidden);
    }
    with_block(customer, by, until, reason, now)
}

fn with_block(
    customer: &Customer,
    by: &Actor,
    until: Option<Stamp>,
    reason: &str,
    now: Stamp,
) -> Result<Customer, Refusal> {
    let reason = text_within(reason, LINE_CHARS)?;
    if until.is_some_and(|until| until <= now) {
        return Err(Refusal::Unsupported);
    }
    let mut customer = customer.clone();
    customer.particulars.block = Some(Block { by: by.id, since: now, until, reason });
    Ok(customer)
}

/// The customer without a block; nothing, if there was none.
///
/// # Errors
/// [`Refusal::Forbidden`] without the right to lift blocks: a customer has no department, so any reach of it will do.
/// [`Refusal::NotFound`] of a restricted one for whoever may not see such customers.
pub fn unblocked(customer: &Customer, by: &Actor) -> Result<Option<Customer>, Refusal> {
    if !by.grants.rights.contains_key(&Right::Unblock) {
        return Err(Refusal::Forbidden);
    }
    if customer.particulars.restricted && !by.grants.rights.contains_key(&Right::SeeRestricted) {
        return Err(Refusal::NotFound);
    }
    let mut customer = customer.clone();
    Ok(customer.particulars.block.take().map(|_| customer))
}

pub(super) fn learn(dialog: &DialogAggregate, customer: Box<Customer>) -> Vec<Event> {
    let his = customer.id == dialog.row.customer.id;
    if !his || *customer == dialog.row.customer {
        return Vec::new();
    }
    vec![Event::CustomerChanged { customer, by: None }]
}

/// Tags as they are kept: clean, sorted, each once.
fn tags(given: Vec<String>) -> Result<Vec<String>, Refusal> {
    let mut tags = given.iter().map(|tag| one_line(tag, TAG_CHARS)).collect::<Result<Vec<_>, _>>()?;
    tags.retain(|tag| !tag.is_empty());
    tags.sort();
    tags.dedup();
    if tags.len() > MOST_TAGS { Err(Refusal::Unsupported) } else { Ok(tags) }
}

/// A clean line; longer than `max` is refused rather than cut.
fn one_line(text: &str, max: u32) -> Result<String, Refusal> {
    let line = clean_name(text, max as usize + 1);
    if line.chars().count() > max as usize { Err(Refusal::TooLong { max }) } else { Ok(line) }
}
