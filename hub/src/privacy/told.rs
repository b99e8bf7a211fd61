//! Everything that is kept about one customer, as one document that a program can read.

use crate::{
    office::Office,
    store::{AuditRow, EntryBody, FileRow, StoreError, SubjectRows, concerns},
};
use otklik_model::{Customer, CustomerId, DialogId, Journey, Message, Seq, Stamp};
use serde::Serialize;
use serde_json::{Value, json};

/// Entries, messages and lines read at once.
const PAGE: u32 = 200;

/// Everything kept about a customer. Contents of files are fetched by their ids.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// What is known of him.
    pub customer: Customer,
    /// The others who are one person with him.
    pub others: Vec<Customer>,
    /// What was known of each of them alone, himself among them.
    pub apart: Vec<Customer>,
    /// Since when, in milliseconds since 1970.
    pub created_at: Stamp,
    /// Where he is, and the pages he went to.
    pub journey: Journey,
    /// The person's dialogs, oldest first, with everything the rules remember of each, and all messages.
    pub dialogs: Vec<ToldDialog>,
    /// His files and those sent to him.
    pub files: Vec<Value>,
    /// What is still to be done outside of the hub and names him.
    pub errands: Vec<Value>,
    /// The log of the last thirty days, also with what was changed or taken back since.
    pub log: Vec<Value>,
    /// Who looked into his dialogs or acted on him.
    pub trail: Vec<Value>,
}

/// A dialog.
#[derive(Clone, Debug, Serialize)]
pub struct ToldDialog {
    /// How it stands.
    pub dialog: Value,
    /// All that was said in it.
    pub messages: Vec<Message>,
}

/// Reads everything about a customer; nothing, if there is no such one.
///
/// # Errors
/// The store fails.
pub(crate) async fn tell(office: &Office, id: CustomerId) -> Result<Option<Told>, StoreError> {
    let people = office.store.identities(office.workspace.id, id).await?;
    let Some(mut rows) = office.store.subject(office.workspace.id, id).await? else { return Ok(None) };
    let others = people.iter().map(|alias| alias.customer.clone()).filter(|customer| customer.id != id);
    let others: Vec<Customer> = others.collect();
    for other in &others {
        let his = office.store.subject(office.workspace.id, other.id).await?;
        rows = his.into_iter().fold(rows, SubjectRows::with);
    }
    rows.dialogs.sort_by_key(|dialog| dialog.row.id);
    let customers: Vec<CustomerId> = others.iter().map(|other| other.id).chain([id]).collect();
    let ids: Vec<DialogId> = rows.dialogs.iter().map(|dialog| dialog.row.id).collect();
    let mut dialogs = Vec::with_capacity(rows.dialogs.len());
    for dialog in &rows.dialogs {
        let messages = messages(office, dialog.row.id, dialog.row.last_seq).await?;
        dialogs.push(ToldDialog { dialog: json!(dialog), messages });
    }
    Ok(Some(Told {
        customer: rows.customer,
        others,
        apart: people.into_iter().filter_map(|alias| alias.own).collect(),
        created_at: rows.created_at,
        journey: rows.journey,
        dialogs,
        files: rows.files.iter().map(file).collect(),
        errands: rows.errands.iter().map(|(id, kind)| json!({ "id": id, "what": kind })).collect(),
        log: log(office, &customers, &ids).await?,
        trail: trail(office, &customers, &ids).await?,
    }))
}

async fn messages(office: &Office, dialog: DialogId, last: u32) -> Result<Vec<Message>, StoreError> {
    let mut messages = Vec::new();
    let mut from = 1;
    while from <= last {
        let to = last.min(from + PAGE - 1);
        messages.extend(office.store.messages(office.workspace.id, dialog, from, to, PAGE).await?);
        from = to + 1;
    }
    Ok(messages)
}

fn file(row: &FileRow) -> Value {
    json!({
        "id": row.id,
        "dialog": row.dialog,
        "by": row.by,
        "name": row.name,
        "media": row.media,
        "size": row.size,
        "state": row.state,
        "at": row.at,
    })
}

async fn log(office: &Office, customers: &[CustomerId], dialogs: &[DialogId]) -> Result<Vec<Value>, StoreError> {
    let (mut after, mut told) = (Seq(0), Vec::new());
    let concern = |body: &EntryBody| customers.iter().any(|id| concerns(body, Some(*id), dialogs));
    loop {
        let read = office.store.log_after(office.workspace.id, after, PAGE).await?;
        let Some(last) = read.entries.last() else { return Ok(told) };
        after = last.seq;
        for entry in read.entries.iter().filter(|entry| concern(&entry.body)) {
            let body = match &entry.body {
                // The row in it is how the dialog stood then.
                EntryBody::Dialog(dialog) => json!({ "row": dialog.row, "events": dialog.events }),
                EntryBody::Customer(customer) => json!({ "customer": customer }),
                EntryBody::Operator(_)
                | EntryBody::Channel(_)
                | EntryBody::Centre { .. }
                | EntryBody::SignedOut { .. } => continue,
            };
            told.push(json!({ "seq": entry.seq, "at": entry.at, "entry": body }));
        }
    }
}

async fn trail(office: &Office, customers: &[CustomerId], dialogs: &[DialogId]) -> Result<Vec<Value>, StoreError> {
    let ids: Vec<String> = dialogs.iter().map(ToString::to_string).collect();
    let ids: Vec<String> = ids.into_iter().chain(customers.iter().map(ToString::to_string)).collect();
    let about =
        |row: &AuditRow| ids.iter().any(|id| row.line.subject == *id || row.line.detail.to_string().contains(id));
    let (mut before, mut told) = (None, Vec::new());
    loop {
        let read = office.store.audit(office.workspace.id, before, PAGE).await?;
        let Some(last) = read.last() else { return Ok(told) };
        before = Some(last.number);
        for row in read.iter().filter(|row| about(row)) {
            let line = &row.line;
            told.push(json!({
                "number": row.number, "at": row.at, "by": line.by, "what": line.what, "subject": line.subject,
                "detail": line.detail,
            }));
        }
    }
}
