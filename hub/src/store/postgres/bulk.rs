//! What a batch writes, column by column: each table gets one statement, however many rows there are.

use super::{
    batch::Failure,
    search::{PUT, Said},
    value::{int, json},
};
use crate::desk::Event;
use crate::store::{DialogChange, Entry, EntryBody, Key, Tally, counted, terse};
use deadpool_postgres::Transaction;
use otklik_model::{
    Author, CustomerId, DialogId, DialogState, Message, MessageKind, OperatorId, Presence, Stamp, WorkspaceId,
};
use otklik_words::searched;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows to write. A row that is written twice in a batch is written once, as it stands in the end.
#[derive(Default)]
pub(super) struct Bulk {
    dialogs: Dialogs,
    dialog_at: BTreeMap<DialogId, usize>,
    messages: Messages,
    message_at: BTreeMap<(DialogId, u32), usize>,
    said: BTreeMap<(DialogId, u32), (Stamp, String)>,
    entries: Entries,
    answers: Answers,
    tallies: Tallies,
    wrote: Vec<Uuid>,
    accepted: BTreeMap<OperatorId, Stamp>,
}

#[derive(Default)]
struct Dialogs {
    id: Vec<Uuid>,
    customer: Vec<Uuid>,
    version: Vec<i64>,
    is_final: Vec<bool>,
    on_site: Vec<bool>,
    waiting: Vec<bool>,
    suspicious: Vec<bool>,
    closed_at: Vec<Option<i64>>,
    due_at: Vec<Option<i64>>,
    assignee: Vec<Option<Uuid>>,
    body: Vec<String>,
}

#[derive(Default)]
struct Messages {
    dialog: Vec<Uuid>,
    seq: Vec<i64>,
    writer: Vec<Option<Uuid>>,
    client: Vec<Option<Uuid>>,
    body: Vec<String>,
}

#[derive(Default)]
struct Entries {
    seq: Vec<i64>,
    at: Vec<i64>,
    body: Vec<String>,
}

#[derive(Default)]
struct Answers {
    writer: Vec<Uuid>,
    client: Vec<Uuid>,
    at: Vec<i64>,
    outcome: Vec<String>,
}

#[derive(Default)]
struct Tallies {
    operator: Vec<Uuid>,
    seq: Vec<i64>,
    at: Vec<i64>,
    closed: Vec<i64>,
    missed: Vec<i64>,
}

/// Puts a value at a place, which is at most one behind the last.
fn put<T>(column: &mut Vec<T>, place: usize, value: T) {
    match column.get_mut(place) {
        Some(there) => *there = value,
        None => column.push(value),
    }
}

impl Bulk {
    pub(super) fn answer(&mut self, key: Key, at: Stamp, outcome: String) {
        self.answers.writer.push(key.writer);
        self.answers.client.push(key.id.0);
        self.answers.at.push(at.0);
        self.answers.outcome.push(outcome);
    }

    pub(super) fn entry(&mut self, entry: &Entry) {
        self.entries.seq.push(int(entry.seq.0));
        self.entries.at.push(entry.at.0);
        self.entries.body.push(terse::json(&entry.body));
        if let EntryBody::Dialog(dialog) = &entry.body {
            for message in dialog.messages() {
                self.message(dialog.row.customer.id, message);
            }
            for event in &dialog.events {
                if let Event::Accepted { by, at, .. } = event {
                    self.accepted.insert(*by, *at);
                }
            }
        }
    }

    pub(super) fn dialog(&mut self, change: &DialogChange) {
        let (row, next) = (&change.dialog.row, self.dialogs.id.len());
        let place = *self.dialog_at.entry(row.id).or_insert(next);
        let to = &mut self.dialogs;
        put(&mut to.id, place, row.id.0);
        put(&mut to.customer, place, row.customer.id.0);
        put(&mut to.version, place, int(change.dialog.version));
        put(&mut to.is_final, place, row.state.is_final());
        put(&mut to.on_site, place, row.presence == Presence::OnSite);
        put(&mut to.waiting, place, row.state == DialogState::Queue);
        put(&mut to.suspicious, place, change.dialog.waits_suspicious());
        put(&mut to.closed_at, place, row.closed_at.map(|at| at.0));
        put(&mut to.due_at, place, change.dialog.due_at.map(|at| at.0));
        put(&mut to.assignee, place, change.dialog.open_with().map(|operator| operator.0));
        put(&mut to.body, place, terse::json(&change.dialog));
        if change.before.is_none() {
            self.wrote.push(row.customer.id.0);
        }
    }

    /// Counts a change for whoever had the dialog.
    pub(super) fn count(&mut self, change: &DialogChange, at: Stamp) {
        let row = &change.dialog.row;
        let found = counted(change.before.as_ref(), row.state, &change.events);
        let Some((operator, Tally { closed, missed })) = found else { return };
        self.tallies.operator.push(operator.0);
        self.tallies.seq.push(int(row.rev.0));
        self.tallies.at.push(at.0);
        self.tallies.closed.push(closed);
        self.tallies.missed.push(missed);
    }

    fn message(&mut self, customer: CustomerId, message: &Message) {
        let writer = match &message.author {
            Author::Customer => Some(customer.0),
            Author::Operator { id, .. } | Author::Bot { id, .. } => Some(id.0),
            Author::System | Author::Unknown => None,
        };
        let next = self.messages.dialog.len();
        let place = *self.message_at.entry((message.dialog, message.seq)).or_insert(next);
        let to = &mut self.messages;
        put(&mut to.dialog, place, message.dialog.0);
        put(&mut to.seq, place, i64::from(message.seq));
        put(&mut to.writer, place, writer);
        put(&mut to.client, place, message.client_id.map(|id| id.0));
        put(&mut to.body, place, json(message));
        // A file that was taken back has no words any more.
        let none = || (message.kind == MessageKind::File).then(String::new);
        if let Some(words) = searched(message.kind, &message.text, &message.details).or_else(none) {
            self.said.insert((message.dialog, message.seq), (message.at, words));
        }
    }

    pub(super) async fn write(&self, to: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), Failure> {
        tokio::try_join!(
            self.write_dialogs(to, workspace),
            self.write_messages(to),
            self.write_words(to, workspace),
            self.write_entries(to, workspace),
            self.write_answers(to),
            self.write_tallies(to, workspace),
            self.write_people(to, workspace),
        )?;
        Ok(())
    }

    async fn write_dialogs(&self, to: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), Failure> {
        if self.dialogs.id.is_empty() {
            return Ok(());
        }
        let sql =
            "INSERT INTO dialog (workspace, id, customer, version, final, on_site, waiting, suspicious, closed_at,
                       due_at, assignee, body)
                   SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::boolean[], $6::boolean[],
                                            $7::boolean[], $8::boolean[], $9::bigint[], $10::bigint[], $11::uuid[],
                                            $12::text[])
                   ON CONFLICT (id) DO UPDATE SET version = excluded.version, final = excluded.final,
                       on_site = excluded.on_site, waiting = excluded.waiting, suspicious = excluded.suspicious,
                       closed_at = excluded.closed_at, due_at = excluded.due_at, assignee = excluded.assignee,
                       body = excluded.body";
        let statement = to.prepare_cached(sql).await?;
        let Dialogs {
            id,
            customer,
            version,
            is_final,
            on_site,
            waiting,
            suspicious,
            closed_at,
            due_at,
            assignee,
            body,
        } = &self.dialogs;
        let values: super::Values<'_> = &[
            &workspace.0,
            id,
            customer,
            version,
            is_final,
            on_site,
            waiting,
            suspicious,
            closed_at,
            due_at,
            assignee,
            body,
        ];
        to.execute(&statement, values).await?;
        Ok(())
    }

    async fn write_messages(&self, to: &Transaction<'_>) -> Result<(), Failure> {
        if self.messages.dialog.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO message (dialog, seq, writer, client, body)
                   SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[])
                   ON CONFLICT (dialog, seq) DO UPDATE SET body = excluded.body";
        let statement = to.prepare_cached(sql).await?;
        let Messages { dialog, seq, writer, client, body } = &self.messages;
        to.execute(&statement, &[dialog, seq, writer, client, body]).await?;
        Ok(())
    }

    /// The same message may have been changed meanwhile: its last words count.
    async fn write_words(&self, to: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), Failure> {
        let mut said = Said::default();
        for ((dialog, seq), (at, words)) in &self.said {
            said.push(*dialog, *seq, *at, words.clone());
        }
        if said.dialog.is_empty() {
            return Ok(());
        }
        let statement = to.prepare_cached(PUT).await?;
        let Said { dialog, seq, at, words } = &said;
        to.execute(&statement, &[&workspace.0, dialog, seq, at, words]).await?;
        Ok(())
    }

    async fn write_entries(&self, to: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), Failure> {
        if self.entries.seq.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO entry (workspace, seq, at, body)
                   SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[])";
        let statement = to.prepare_cached(sql).await?;
        let Entries { seq, at, body } = &self.entries;
        to.execute(&statement, &[&workspace.0, seq, at, body]).await?;
        Ok(())
    }

    async fn write_answers(&self, to: &Transaction<'_>) -> Result<(), Failure> {
        if self.answers.writer.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO answer (writer, client, at, outcome)
                   SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[])";
        let statement = to.prepare_cached(sql).await?;
        let Answers { writer, client, at, outcome } = &self.answers;
        to.execute(&statement, &[writer, client, at, outcome]).await?;
        Ok(())
    }

    async fn write_tallies(&self, to: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), Failure> {
        if self.tallies.operator.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO tally (workspace, operator, seq, at, closed, missed)
                   SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])";
        let statement = to.prepare_cached(sql).await?;
        let Tallies { operator, seq, at, closed, missed } = &self.tallies;
        to.execute(&statement, &[&workspace.0, operator, seq, at, closed, missed]).await?;
        Ok(())
    }

    async fn write_people(&self, to: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), Failure> {
        if !self.wrote.is_empty() {
            let sql = "UPDATE customer SET wrote = TRUE WHERE id = ANY($1) AND NOT wrote";
            let statement = to.prepare_cached(sql).await?;
            to.execute(&statement, &[&self.wrote]).await?;
        }
        if !self.accepted.is_empty() {
            let sql = "UPDATE operator SET last_accepted_at = accepted.at
                       FROM unnest($2::uuid[], $3::bigint[]) AS accepted (operator, at)
                       WHERE id = accepted.operator AND workspace = $1";
            let statement = to.prepare_cached(sql).await?;
            let (by, at): (Vec<Uuid>, Vec<i64>) = self.accepted.iter().map(|(by, at)| (by.0, at.0)).unzip();
            to.execute(&statement, &[&workspace.0, &by, &at]).await?;
        }
        Ok(())
    }
}
