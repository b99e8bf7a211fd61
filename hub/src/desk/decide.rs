//! What becomes of a command: events, or a refusal.

use super::{Actor, Command, DialogAggregate, Event, Moment, Target, sees};
use otklik_model::{
    Author, ClientId, CloseReason, DialogState, Message, MessageKind, Page, Presence, Refusal, Right, Seq, TextError,
    check_text,
};

/// Decides a command on a dialog. No events: there is nothing to do, and that is a success.
///
/// # Errors
/// The [`Refusal`] to answer with. A customer's words are refused only as empty or too long.
pub fn decide(dialog: &DialogAggregate, command: Command, moment: &Moment) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Accept { by, epoch } => accept(dialog, &by, epoch, moment),
        Command::SendText { by, epoch, text, client } => {
            let text = checked(&text, moment)?;
            send_text(dialog, &by, epoch, text, client, moment)
        }
        Command::SendNote { by, text, client } => send_note(dialog, &by, &text, client, moment),
        Command::MarkRead { by, upto } => mark_read(dialog, &by, upto),
        Command::Close { by, epoch } => close(dialog, &by, epoch, moment),
        Command::Transfer { by, epoch, to } => transfer(dialog, &by, epoch, to, moment),
        Command::CustomerWrites { text, client } => customer_writes(dialog, &text, client, moment),
        Command::CustomerSaw { delivered, read } => Ok(customer_saw(dialog, delivered, read)),
        Command::CustomerCame => Ok(presence(dialog, Presence::OnSite)),
        Command::CustomerLeft => Ok(presence(dialog, Presence::LeftSite)),
        Command::CustomerMoved(page) => Ok(moved(dialog, page)),
    }
}

fn accept(dialog: &DialogAggregate, by: &Actor, epoch: u64, moment: &Moment) -> Result<Vec<Event>, Refusal> {
    let row = &dialog.row;
    let mine = row.assignee == Some(by.id);
    match row.state {
        DialogState::Queue if !by.rights.contains(&Right::Accept) => Err(unseen_or(dialog, by, Refusal::Forbidden)),
        DialogState::Active if mine => Ok(Vec::new()),
        // Whoever asks to accept has seen it waiting, and is told who was first even if he may not see it any more.
        DialogState::Active => match &row.assignee_name {
            Some(name) => Err(Refusal::AlreadyAccepted { by: name.clone() }),
            None => Err(not_yours(dialog)),
        },
        DialogState::Offered if !mine => Err(unseen_or(dialog, by, not_yours(dialog))),
        DialogState::Queue | DialogState::Offered if row.epoch != epoch => Err(not_yours(dialog)),
        DialogState::Queue | DialogState::Offered => {
            let accepted = Event::Accepted { by: by.id, name: by.name.clone(), at: moment.now };
            Ok(vec![accepted, system(dialog, 1, format!("accepted {}", by.name), moment)])
        }
        DialogState::ClosedSoft | DialogState::Closed | DialogState::Unknown => {
            Err(unseen_or(dialog, by, Refusal::DialogClosed))
        }
    }
}

fn send_text(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    text: String,
    client: ClientId,
    moment: &Moment,
) -> Result<Vec<Event>, Refusal> {
    leads(dialog, by, epoch)?;
    let author = Author::Operator { id: by.id, name: by.name.clone() };
    let kind = MessageKind::Text;
    if dialog.row.state == DialogState::ClosedSoft {
        let line = system(dialog, 1, format!("reopened {}", by.name), moment);
        let words = message(dialog, 2, kind, author, text, Some(client), moment);
        return Ok(vec![Event::Resumed, line, words]);
    }
    Ok(vec![message(dialog, 1, kind, author, text, Some(client), moment)])
}

fn send_note(
    dialog: &DialogAggregate,
    by: &Actor,
    text: &str,
    client: ClientId,
    moment: &Moment,
) -> Result<Vec<Event>, Refusal> {
    // One who led it may leave a word for the new owner, also when he no longer sees it.
    if !dialog.led_by.contains(&by.id) {
        visible(dialog, by)?;
    }
    if !by.rights.contains(&Right::Note) {
        return Err(Refusal::Forbidden);
    }
    if dialog.row.state == DialogState::Closed {
        return Err(Refusal::DialogClosed);
    }
    let text = checked(text, moment)?;
    let author = Author::Operator { id: by.id, name: by.name.clone() };
    Ok(vec![message(dialog, 1, MessageKind::Note, author, text, Some(client), moment)])
}

fn mark_read(dialog: &DialogAggregate, by: &Actor, upto: u32) -> Result<Vec<Event>, Refusal> {
    if !dialog.led_by.contains(&by.id) {
        visible(dialog, by)?;
    }
    // A glance of a colleague is no reading: only the one who leads it moves the mark.
    let leads = dialog.row.assignee == Some(by.id) && dialog.row.state != DialogState::Offered;
    let upto = upto.min(dialog.row.last_seq);
    if leads && upto > dialog.row.read_by_operator { Ok(vec![Event::ReadByOperator { upto }]) } else { Ok(Vec::new()) }
}

fn close(dialog: &DialogAggregate, by: &Actor, epoch: u64, moment: &Moment) -> Result<Vec<Event>, Refusal> {
    leads(dialog, by, epoch)?;
    if !by.rights.contains(&Right::CloseOwn) {
        return Err(Refusal::Forbidden);
    }
    if dialog.row.state == DialogState::ClosedSoft {
        return Ok(Vec::new());
    }
    let line = system(dialog, 1, format!("closed {}", by.name), moment);
    Ok(vec![line, Event::Closed { reason: CloseReason::Operator, at: moment.now }])
}

fn transfer(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    to: Target,
    moment: &Moment,
) -> Result<Vec<Event>, Refusal> {
    let row = &dialog.row;
    let mine = row.assignee == Some(by.id);
    let right = match row.state {
        DialogState::Offered if mine => None,
        DialogState::Active if mine => Some(Right::TransferOwn),
        DialogState::Queue | DialogState::Offered | DialogState::Active => Some(Right::TransferOthers),
        DialogState::ClosedSoft | DialogState::Closed | DialogState::Unknown => {
            return Err(unseen_or(dialog, by, Refusal::DialogClosed));
        }
    };
    if let Some(right) = right
        && !by.rights.contains(&right)
    {
        let why = if mine { Refusal::Forbidden } else { not_yours(dialog) };
        return Err(unseen_or(dialog, by, why));
    }
    visible(dialog, by)?;
    if row.epoch != epoch {
        return Err(not_yours(dialog));
    }
    match to {
        Target::Queue if row.state == DialogState::Queue => Ok(Vec::new()),
        Target::Queue => {
            Ok(vec![Event::Returned { by: Some(by.id) }, system(dialog, 1, "returned".to_owned(), moment)])
        }
        Target::Operator(colleague) if colleague.available && row.assignee != Some(colleague.id) => {
            let line = system(dialog, 1, format!("transferred {}", colleague.name), moment);
            Ok(vec![Event::Offered { to: colleague.id, name: colleague.name, by: by.id }, line])
        }
        Target::Operator(_) | Target::Stranger => Err(Refusal::TargetUnavailable),
    }
}

fn customer_writes(
    dialog: &DialogAggregate,
    text: &str,
    client: ClientId,
    moment: &Moment,
) -> Result<Vec<Event>, Refusal> {
    let text = checked(text, moment)?;
    let (kind, author) = (MessageKind::Text, Author::Customer);
    match dialog.row.state {
        DialogState::Queue | DialogState::Offered | DialogState::Active => {
            Ok(vec![message(dialog, 1, kind, author, text, Some(client), moment)])
        }
        // Under the same number, and to everybody: the one who closed it may be gone for the day.
        DialogState::ClosedSoft => Ok(vec![
            Event::Returned { by: None },
            system(dialog, 1, "reopened".to_owned(), moment),
            message(dialog, 2, kind, author, text, Some(client), moment),
        ]),
        DialogState::Closed | DialogState::Unknown => Err(Refusal::DialogClosed),
    }
}

fn customer_saw(dialog: &DialogAggregate, delivered: u32, read: u32) -> Vec<Event> {
    let row = &dialog.row;
    let read = read.min(row.last_seq).max(row.read_by_customer);
    // What was seen has arrived.
    let delivered = delivered.min(row.last_seq).max(row.delivered_to_customer).max(read);
    if (delivered, read) == (row.delivered_to_customer, row.read_by_customer) {
        return Vec::new();
    }
    vec![Event::SeenByCustomer { delivered, read }]
}

fn presence(dialog: &DialogAggregate, presence: Presence) -> Vec<Event> {
    if dialog.row.presence == presence { Vec::new() } else { vec![Event::PresenceChanged { presence }] }
}

fn moved(dialog: &DialogAggregate, page: Page) -> Vec<Event> {
    if dialog.row.page.as_ref() == Some(&page) { Vec::new() } else { vec![Event::PageChanged { page }] }
}

/// Only the one who leads the dialog, and only while he is the owner he believes to be.
fn leads(dialog: &DialogAggregate, by: &Actor, epoch: u64) -> Result<(), Refusal> {
    let row = &dialog.row;
    if row.assignee != Some(by.id) {
        return Err(unseen_or(dialog, by, not_yours(dialog)));
    }
    match row.state {
        DialogState::Active | DialogState::ClosedSoft if row.epoch == epoch => Ok(()),
        DialogState::Active | DialogState::ClosedSoft | DialogState::Queue | DialogState::Offered => {
            Err(not_yours(dialog))
        }
        DialogState::Closed | DialogState::Unknown => Err(Refusal::DialogClosed),
    }
}

fn visible(dialog: &DialogAggregate, by: &Actor) -> Result<(), Refusal> {
    if sees(by.id, &by.rights, dialog.standing()) { Ok(()) } else { Err(Refusal::NotFound) }
}

/// The refusal for whoever sees the dialog or led it; for others there is no such dialog.
fn unseen_or(dialog: &DialogAggregate, by: &Actor, refusal: Refusal) -> Refusal {
    if dialog.led_by.contains(&by.id) || visible(dialog, by).is_ok() { refusal } else { Refusal::NotFound }
}

fn not_yours(dialog: &DialogAggregate) -> Refusal {
    Refusal::NotYourDialog { owner: dialog.row.assignee_name.clone() }
}

fn checked(text: &str, moment: &Moment) -> Result<String, Refusal> {
    check_text(text, moment.text_chars).map_err(|error| match error {
        TextError::Empty => Refusal::Empty,
        TextError::TooLong { max } => Refusal::TooLong { max },
    })
}

fn system(dialog: &DialogAggregate, nth: u32, text: String, moment: &Moment) -> Event {
    message(dialog, nth, MessageKind::System, Author::System, text, None, moment)
}

/// The `nth` message (from 1) of this decision.
fn message(
    dialog: &DialogAggregate,
    nth: u32,
    kind: MessageKind,
    author: Author,
    text: String,
    client_id: Option<ClientId>,
    moment: &Moment,
) -> Event {
    let [first, second] = moment.ids;
    Event::MessageAdded(Box::new(Message {
        id: if nth == 1 { first } else { second },
        client_id,
        dialog: dialog.row.id,
        seq: dialog.row.last_seq + nth,
        kind,
        author,
        text,
        at: moment.now,
        // Stamped by the store, which alone knows the position.
        rev: Seq(0),
    }))
}
