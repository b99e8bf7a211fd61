//! One [`Commit`] inside a transaction.

use super::{
    fault,
    read::{blob, int, json, text_of},
};
use crate::store::commit::{Commit, CommitError, Committed, DialogChange, Key, Work, stamped};
use crate::store::{Entry, EntryBody, OperatorRow, StoreError};
use otklik_model::{
    Author, Channel, CustomerId, DialogState, Message, OperatorId, Outcome, Presence, Seq, SessionId, Stamp,
    WorkspaceId,
};
use rusqlite::{Connection, params};

pub(super) fn commit(db: &Connection, commit: Commit) -> Result<Committed, CommitError> {
    let Commit { workspace, at, key, work, outcome } = commit;
    if let Some(key) = key
        && let Some(outcome) = super::read::first_answer(db, key)?
    {
        return Ok(Committed { head: super::read::head(db, workspace)?, outcome, repeated: true });
    }
    let head = match work {
        Work::Nothing => super::read::head(db, workspace)?,
        Work::Dialog(change) => commit_dialog(db, workspace, at, *change)?,
        Work::Operator { row, rights_changed } => commit_operator(db, workspace, at, &row, rights_changed)?,
        Work::Channel(channel) => commit_channel(db, workspace, at, channel)?,
        Work::SignOut { operator, session } => sign_out(db, workspace, at, operator, session)?,
    };
    let outcome = stamped(outcome, head);
    if let Some(key) = key {
        keep_answer(db, key, at, &outcome)?;
    }
    Ok(Committed { head, outcome, repeated: false })
}

fn commit_dialog(
    db: &Connection,
    workspace: WorkspaceId,
    at: Stamp,
    mut change: DialogChange,
) -> Result<Seq, CommitError> {
    let row = &change.dialog.row;
    let (id, customer, version) = (row.id, row.customer.id, change.dialog.version);
    // The cheap question first; the position of the log is taken last, when nothing can conflict any more.
    let stored = version_of(db, workspace, id)?;
    if stored.unwrap_or(0) != version || (version == 0 && has_dialog(db, customer)?) {
        return Err(CommitError::Conflict);
    }
    let number = if version == 0 { Some(next_number(db, workspace)?) } else { None };
    let seq = next_seq(db, workspace)?;
    change.stamp(seq, number);
    store_dialog(db, workspace, &change)?;
    let entry = change.entry(seq, at);
    if let EntryBody::Dialog(dialog) = &entry.body {
        for message in dialog.messages() {
            store_message(db, customer, message)?;
        }
    }
    store_entry(db, workspace, &entry)?;
    Ok(seq)
}

fn store_dialog(db: &Connection, workspace: WorkspaceId, change: &DialogChange) -> Result<(), StoreError> {
    let row = &change.dialog.row;
    let is_final = row.state == DialogState::Closed;
    let on_site = row.presence == Presence::OnSite;
    db.prepare_cached(
        "INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET version = ?4, final = ?5, on_site = ?6, waiting = ?7, closed_at = ?8, body = ?9",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(row.id.0),
            blob(workspace.0),
            blob(row.customer.id.0),
            int(change.dialog.version),
            is_final,
            on_site,
            row.state == DialogState::Queue,
            row.closed_at.map(|at| at.0),
            json(&change.dialog),
        ])
    })
    .map_err(fault)?;
    if change.before.is_none() {
        db.prepare_cached("UPDATE customer SET wrote = 1 WHERE id = ?1")
            .and_then(|mut statement| statement.execute([blob(row.customer.id.0)]))
            .map_err(fault)?;
    }
    Ok(())
}

fn store_message(db: &Connection, customer: CustomerId, message: &Message) -> Result<(), StoreError> {
    let (author, writer, name) = match &message.author {
        Author::Customer => ("customer", Some(customer.0), None),
        Author::Operator { id, name } => ("operator", Some(id.0), Some(name.as_str())),
        Author::System => ("system", None, None),
        Author::Unknown => ("unknown", None, None),
    };
    db.prepare_cached(
        "INSERT INTO message (dialog, seq, id, client, kind, author, writer, name, text, at, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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
        ])
    })
    .map(drop)
    .map_err(fault)
}

fn store_entry(db: &Connection, workspace: WorkspaceId, entry: &Entry) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO entry (workspace, seq, at, body) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| {
            statement.execute(params![blob(workspace.0), int(entry.seq.0), entry.at.0, json(&entry.body)])
        })
        .map(drop)
        .map_err(fault)
}

fn commit_operator(
    db: &Connection,
    workspace: WorkspaceId,
    at: Stamp,
    row: &OperatorRow,
    rights_changed: bool,
) -> Result<Seq, CommitError> {
    let stored = super::people::operator(db, workspace, row.id)?.map_or(0, |stored| stored.version);
    let taken = super::people::operator_by_login(db, workspace, &row.login)?.is_some_and(|other| other.id != row.id);
    if stored != row.version || taken {
        return Err(CommitError::Conflict);
    }
    let seq = next_seq(db, workspace)?;
    db.prepare_cached(
        "INSERT INTO operator (id, workspace, login, name, password, status, rights, disabled, rights_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET login = ?3, name = ?4, password = ?5, status = ?6, rights = ?7, disabled = ?8,
             rights_at = ?9, version = ?10",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(row.id.0),
            blob(workspace.0),
            row.login,
            row.name,
            row.password,
            text_of(&row.status),
            json(&row.rights),
            row.disabled,
            int(if rights_changed { seq.0 } else { row.rights_at.0 }),
            int(row.version + 1),
        ])
    })
    .map_err(fault)?;
    let body = EntryBody::Operator(row.face(rights_changed));
    store_entry(db, workspace, &Entry { seq, at, body })?;
    Ok(seq)
}

fn commit_channel(db: &Connection, workspace: WorkspaceId, at: Stamp, channel: Channel) -> Result<Seq, CommitError> {
    let seq = next_seq(db, workspace)?;
    db.prepare_cached(
        "INSERT INTO channel (id, workspace, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET body = ?3",
    )
    .and_then(|mut statement| statement.execute(params![blob(channel.id.0), blob(workspace.0), json(&channel)]))
    .map_err(fault)?;
    store_entry(db, workspace, &Entry { seq, at, body: EntryBody::Channel(channel) })?;
    Ok(seq)
}

fn sign_out(
    db: &Connection,
    workspace: WorkspaceId,
    at: Stamp,
    operator: OperatorId,
    session: Option<SessionId>,
) -> Result<Seq, CommitError> {
    db.prepare_cached(
        "UPDATE session SET ended_at = ?1 WHERE operator = ?2 AND ended_at IS NULL AND (?3 IS NULL OR id = ?3)",
    )
    .and_then(|mut statement| statement.execute(params![at.0, blob(operator.0), session.map(|id| blob(id.0))]))
    .map_err(fault)?;
    let seq = next_seq(db, workspace)?;
    store_entry(db, workspace, &Entry { seq, at, body: EntryBody::SignedOut { operator, session } })?;
    Ok(seq)
}

fn keep_answer(db: &Connection, key: Key, at: Stamp, outcome: &Outcome) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO answer (writer, client, at, outcome) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| statement.execute(params![blob(key.writer), blob(key.id.0), at.0, json(outcome)]))
        .map(drop)
        .map_err(fault)
}

fn version_of(db: &Connection, workspace: WorkspaceId, id: otklik_model::DialogId) -> Result<Option<u64>, StoreError> {
    use rusqlite::OptionalExtension as _;
    db.prepare_cached("SELECT version FROM dialog WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| {
            statement.query_row(params![blob(id.0), blob(workspace.0)], |row| row.get::<_, i64>(0)).optional()
        })
        .map(|version| version.map(super::read::uint))
        .map_err(fault)
}

fn has_dialog(db: &Connection, customer: CustomerId) -> Result<bool, StoreError> {
    db.prepare_cached("SELECT 1 FROM dialog WHERE customer = ?1 AND final = 0")
        .and_then(|mut statement| statement.exists([blob(customer.0)]))
        .map_err(fault)
}

/// Takes the next position of the log.
fn next_seq(db: &Connection, workspace: WorkspaceId) -> Result<Seq, StoreError> {
    counter(db, "UPDATE workspace SET head = head + 1 WHERE id = ?1 RETURNING head", workspace).map(Seq)
}

/// Takes the next number of a dialog.
fn next_number(db: &Connection, workspace: WorkspaceId) -> Result<u64, StoreError> {
    counter(db, "UPDATE workspace SET dialogs = dialogs + 1 WHERE id = ?1 RETURNING dialogs", workspace)
}

pub(super) fn counter(db: &Connection, sql: &str, workspace: WorkspaceId) -> Result<u64, StoreError> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)))
        .map(super::read::uint)
        .map_err(fault)
}
