//! Writes dialogs, messages and channels.

use super::{
    customers, fault, identities, journeys, outside, people,
    read::{blob, int, json, parse, text_of, uint},
    search,
    turn::Turn,
};
use crate::desk::{DialogAggregate, Event};
use crate::store::{CommitError, DialogChange, EntryBody, StoreError, identities::Followers, terse};
use otklik_model::{Author, Channel, CustomerId, DialogId, DialogState, Message, Presence, Seq, WorkspaceId};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

pub(super) fn commit_dialog(turn: &mut Turn<'_>, change: &mut DialogChange) -> Result<(), CommitError> {
    // All that can conflict is asked before anything is changed.
    let stored = stands(turn, change)?;
    customers::unchanged(turn, change)?;
    put(turn, stored.as_ref(), change)?;
    if let Some(which) = Followers::of_change(change) {
        identities::follow(turn, which, &change.dialog.row.customer, change.customer_changed_by())?;
    }
    if change.customer_before.is_some() {
        identities::spread(turn, change.dialog.row.customer.id)?;
    }
    Ok(())
}

/// What a change was decided on, if that is what is stored; nothing of a new dialog.
pub(super) fn stands(turn: &Turn<'_>, change: &DialogChange) -> Result<Option<StoredDialog>, CommitError> {
    let (id, customer) = (change.dialog.row.id, change.dialog.row.customer.id);
    let stored = stored_dialog(turn.db, turn.workspace, id)?;
    let is_new = change.decided_on == 0;
    if stored.as_ref().map_or(0, |stored| stored.version) != change.decided_on
        || (is_new && has_dialog(turn.db, customer)?)
    {
        return Err(CommitError::Conflict);
    }
    Ok(stored)
}

/// Writes a change that [stands](stands), and its customer's row with it; but nothing of who is one person with him.
pub(super) fn put(
    turn: &mut Turn<'_>,
    stored: Option<&StoredDialog>,
    change: &mut DialogChange,
) -> Result<(), CommitError> {
    let number = (change.decided_on == 0).then(|| turn.next_number());
    let seq = turn.next_seq();
    change.stamp(seq, number);
    match stored {
        Some(stored) => Ok(store_change(turn, seq, stored, change)?),
        None => {
            insert_dialog(turn.db, turn.workspace, &change.dialog)?;
            Ok(store_events(turn, seq, change)?)
        }
    }
}

/// Writes a change of a dialog that is there, with its position in it.
pub(super) fn store_change(
    turn: &Turn<'_>,
    seq: Seq,
    stored: &StoredDialog,
    change: &DialogChange,
) -> Result<(), StoreError> {
    update_dialog(turn.db, stored, &change.dialog)?;
    store_events(turn, seq, change)
}

fn store_events(turn: &Turn<'_>, seq: Seq, change: &DialogChange) -> Result<(), StoreError> {
    let row = &change.dialog.row;
    if change.customer_before.is_some() {
        customers::follow_customer(turn.db, turn.workspace, &row.customer)?;
    }
    for event in &change.events {
        match event {
            Event::MessageAdded(message) => {
                insert_message(turn.db, row.customer.id, message)?;
                search::add(turn.db, turn.workspace, message)?;
            }
            Event::MessageChanged(message) => {
                search::change(turn.db, message)?;
                update_message(turn.db, message)?;
            }
            Event::Accepted { by, at, .. } => people::note_accepted(turn.db, turn.workspace, *by, *at)?,
            Event::Offered { .. }
            | Event::Returned { .. }
            | Event::QueuedFor { .. }
            | Event::GivenToBot { .. }
            | Event::SentToRouter { .. }
            | Event::Invited { .. }
            | Event::Answered { .. }
            | Event::Held { .. }
            | Event::Unheld { .. }
            | Event::Closed { .. }
            | Event::Finished { .. }
            | Event::Deleted { .. }
            | Event::Resumed
            | Event::Sorted { .. }
            | Event::CustomerChanged { .. }
            | Event::Rated { .. }
            | Event::ReadByOperator { .. }
            | Event::SeenByCustomer { .. }
            | Event::PresenceChanged { .. }
            | Event::PageChanged { .. }
            | Event::PushChanged { .. }
            | Event::Marked { .. }
            | Event::Reckoned { .. } => {}
        }
        if let Some(file) = event.file_sent() {
            outside::tie_file(turn.db, turn.workspace, file, row.id)?;
        }
    }
    journeys::count(turn, seq, change)?;
    turn.say(seq, &change.written())
}

/// What a dialog is found by: its columns in the indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shelf {
    is_final: bool,
    waiting: bool,
    suspicious: bool,
    closed_at: Option<i64>,
    due_at: Option<i64>,
    assignee: Option<[u8; 16]>,
}

impl Shelf {
    fn of(dialog: &DialogAggregate) -> Self {
        Self {
            is_final: dialog.row.state.is_final(),
            waiting: dialog.row.state == DialogState::Queue,
            suspicious: dialog.waits_suspicious(),
            closed_at: dialog.row.closed_at.map(|at| at.0),
            due_at: dialog.due_at.map(|at| at.0),
            assignee: dialog.open_with().map(|operator| operator.0.into_bytes()),
        }
    }
}

/// A dialog as it is stored, without its body.
pub(super) struct StoredDialog {
    place: i64,
    version: u64,
    shelf: Shelf,
}

fn stored_dialog(db: &Connection, workspace: WorkspaceId, id: DialogId) -> Result<Option<StoredDialog>, StoreError> {
    db.prepare_cached(
        "SELECT rowid, version, final, waiting, closed_at, due_at, assignee, suspicious FROM dialog
         WHERE id = ?1 AND workspace = ?2",
    )
    .and_then(|mut statement| {
        statement
            .query_row(params![blob(id.0), blob(workspace.0)], |row| {
                let shelf = Shelf {
                    is_final: row.get(2)?,
                    waiting: row.get(3)?,
                    closed_at: row.get(4)?,
                    due_at: row.get(5)?,
                    assignee: row.get(6)?,
                    suspicious: row.get(7)?,
                };
                Ok(StoredDialog { place: row.get(0)?, version: uint(row.get(1)?), shelf })
            })
            .optional()
    })
    .map_err(fault)
}

/// Tells the versions of dialogs, of one after the other.
pub(super) struct Versions<'db> {
    statement: CachedStatement<'db>,
    workspace: WorkspaceId,
}

impl<'db> Versions<'db> {
    /// In a workspace.
    pub(super) fn of(db: &'db Connection, workspace: WorkspaceId) -> Result<Self, StoreError> {
        let sql = "SELECT version FROM dialog WHERE id = ?1 AND workspace = ?2";
        Ok(Self { statement: db.prepare_cached(sql).map_err(fault)?, workspace })
    }

    /// The version of a dialog; nothing, if there is none.
    pub(super) fn get(&mut self, id: DialogId) -> Result<Option<u64>, StoreError> {
        let key = [blob(id.0), blob(self.workspace.0)];
        let version = self.statement.query_row(key, |row| row.get::<_, i64>(0)).optional();
        version.map(|version| version.map(uint)).map_err(fault)
    }
}

/// A dialog that is to be changed.
pub(super) fn dialog_to_change(
    db: &Connection,
    workspace: WorkspaceId,
    id: DialogId,
) -> Result<Option<(StoredDialog, DialogAggregate)>, StoreError> {
    let found = db
        .prepare_cached("SELECT rowid, body FROM dialog WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| {
            statement
                .query_row([blob(id.0), blob(workspace.0)], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
                .optional()
        })
        .map_err(fault)?;
    let Some((place, body)) = found else { return Ok(None) };
    let dialog: DialogAggregate = parse(&body)?;
    Ok(Some((StoredDialog { place, version: dialog.version, shelf: Shelf::of(&dialog) }, dialog)))
}

fn insert_dialog(db: &Connection, workspace: WorkspaceId, dialog: &DialogAggregate) -> Result<(), CommitError> {
    let (row, shelf) = (&dialog.row, Shelf::of(dialog));
    let stored = db
        .prepare_cached(
            "INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, due_at, assignee,
                 suspicious, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO NOTHING",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                blob(row.id.0),
                blob(workspace.0),
                blob(row.customer.id.0),
                int(dialog.version),
                shelf.is_final,
                row.presence == Presence::OnSite,
                shelf.waiting,
                shelf.closed_at,
                shelf.due_at,
                shelf.assignee,
                shelf.suspicious,
                terse::json(dialog),
            ])
        })
        .map_err(fault)?;
    if stored == 0 {
        // The id is taken in another workspace.
        return Err(CommitError::Conflict);
    }
    db.prepare_cached("UPDATE customer SET wrote = 1 WHERE id = ?1 AND wrote = 0")
        .and_then(|mut statement| statement.execute([blob(row.customer.id.0)]))
        .map_err(fault)?;
    Ok(())
}

/// A column that is named in an update costs work in each index it has to do with, whether its value is another one or
/// not: only those are named that move.
fn update_dialog(db: &Connection, stored: &StoredDialog, dialog: &DialogAggregate) -> Result<(), StoreError> {
    let (shelf, place, version) = (Shelf::of(dialog), stored.place, int(dialog.version));
    let (on_site, body) = (dialog.row.presence == Presence::OnSite, terse::json(dialog));
    let Shelf { is_final, waiting, suspicious, closed_at, due_at, assignee } = shelf;
    if (is_final, closed_at) != (stored.shelf.is_final, stored.shelf.closed_at) {
        db.prepare_cached(
            "UPDATE dialog SET version = ?2, on_site = ?3, body = ?4, due_at = ?5, waiting = ?6, assignee = ?7,
                 suspicious = ?8, final = ?9, closed_at = ?10 WHERE rowid = ?1",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                place, version, on_site, body, due_at, waiting, assignee, suspicious, is_final, closed_at
            ])
        })
    } else if (waiting, assignee, suspicious) != (stored.shelf.waiting, stored.shelf.assignee, stored.shelf.suspicious)
    {
        db.prepare_cached(
            "UPDATE dialog SET version = ?2, on_site = ?3, body = ?4, due_at = ?5, waiting = ?6, assignee = ?7,
                 suspicious = ?8 WHERE rowid = ?1",
        )
        .and_then(|mut statement| {
            statement.execute(params![place, version, on_site, body, due_at, waiting, assignee, suspicious])
        })
    } else if due_at != stored.shelf.due_at {
        let sql = "UPDATE dialog SET version = ?2, on_site = ?3, body = ?4, due_at = ?5 WHERE rowid = ?1";
        db.prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params![place, version, on_site, body, due_at]))
    } else {
        let sql = "UPDATE dialog SET version = ?2, on_site = ?3, body = ?4 WHERE rowid = ?1";
        db.prepare_cached(sql).and_then(|mut statement| statement.execute(params![place, version, on_site, body]))
    }
    .map(drop)
    .map_err(fault)
}

fn insert_message(db: &Connection, customer: CustomerId, message: &Message) -> Result<(), StoreError> {
    let (author, writer, name) = match &message.author {
        Author::Customer => ("customer", Some(customer.0), None),
        Author::Operator { id, name } => ("operator", Some(id.0), Some(name.as_str())),
        Author::Bot { id, name } => ("bot", Some(id.0), Some(name.as_str())),
        Author::System => ("system", None, None),
        Author::Unknown => ("unknown", None, None),
    };
    db.prepare_cached(
        "INSERT INTO message (dialog, seq, id, client, kind, author, writer, name, text, at, rev, details)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(message.dialog.0),
            message.seq,
            blob(message.id.0),
            message.client_id.map(|id| blob(id.0)),
            text_of(&message.kind),
            author,
            writer.map(blob),
            name,
            message.text,
            message.at.0,
            int(message.rev.0),
            details(message),
        ])
    })
    .map(drop)
    .map_err(fault)
}

/// Other words under the same number.
fn update_message(db: &Connection, message: &Message) -> Result<(), StoreError> {
    let sql = "UPDATE message SET text = ?3, rev = ?4, details = ?5 WHERE dialog = ?1 AND seq = ?2";
    db.prepare_cached(sql)
        .and_then(|mut statement| {
            let (dialog, rev) = (blob(message.dialog.0), int(message.rev.0));
            statement.execute(params![dialog, message.seq, message.text, rev, details(message)])
        })
        .map(drop)
        .map_err(fault)
}

fn details(message: &Message) -> Option<String> {
    (!message.details.is_plain()).then(|| json(&message.details))
}

pub(super) fn commit_channel(turn: &mut Turn<'_>, channel: &Channel) -> Result<(), CommitError> {
    let stored = turn
        .db
        .prepare_cached(
            "INSERT INTO channel (id, workspace, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = ?3 WHERE workspace = ?2",
        )
        .and_then(|mut statement| statement.execute(params![blob(channel.id.0), blob(turn.workspace.0), json(channel)]))
        .map_err(fault)?;
    if stored == 0 {
        return Err(CommitError::Conflict);
    }
    turn.tell(&EntryBody::Channel(channel.clone()))?;
    Ok(())
}

/// Whether a customer has a dialog that is not closed for good.
pub(super) fn has_dialog(db: &Connection, customer: CustomerId) -> Result<bool, StoreError> {
    db.prepare_cached("SELECT 1 FROM dialog WHERE customer = ?1 AND final = 0")
        .and_then(|mut statement| statement.exists([blob(customer.0)]))
        .map_err(fault)
}
