//! Everything about one customer: read, and erased without a trace in the file.

use super::{
    SqliteStore, called, fault, identities, outside,
    read::{self, blob, id_or_nothing, int, parse, uint, uuid, word},
    ruled,
    turn::Turn,
};
use crate::desk::DialogAggregate;
use crate::store::privacy::{ids, last_word, names, removal};
use crate::store::{Entry, Erased, Erasure, FileRow, PrivacyStore, StoreError, SubjectRows, Whose, terse};
use async_trait::async_trait;
use otklik_model::{CustomerId, DialogId, FileId, Seq, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

#[async_trait]
impl PrivacyStore for SqliteStore {
    async fn subject(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Option<SubjectRows>, StoreError> {
        self.read(move |db| subject(db, workspace, customer)).await
    }

    async fn erase(&self, erasure: Erasure) -> Result<Erased, StoreError> {
        self.write_turn(erasure.workspace, erasure.at, move |turn| erase(turn, &erasure)).await
    }

    async fn rewrite(&self, workspace: WorkspaceId, entries: Vec<Entry>) -> Result<(), StoreError> {
        self.write(move |db| rewrite(db, workspace, &entries)).await
    }

    async fn erased_after(
        &self,
        workspace: WorkspaceId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<(Seq, DialogId)>, StoreError> {
        self.read(move |db| erased_after(db, workspace, after, limit)).await
    }

    async fn scour(&self) -> Result<(), StoreError> {
        let checkpoints = self.checkpoints.clone();
        let emptied = tokio::task::spawn_blocking(move || checkpoints.empty_log());
        emptied.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
    }
}

fn subject(db: &Connection, workspace: WorkspaceId, id: CustomerId) -> Result<Option<SubjectRows>, StoreError> {
    let found = db
        .prepare_cached("SELECT body, created_at FROM customer WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| {
            statement
                .query_row([blob(id.0), blob(workspace.0)], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
                .optional()
        })
        .map_err(fault)?;
    let Some((body, created_at)) = found else { return Ok(None) };
    let dialogs = dialogs_of(db, workspace, id)?;
    let files = files(db, workspace, &[id], &dialogs)?;
    let ids = ids(&[id], &dialogs, &files);
    let mut errands = Vec::new();
    for (errand, kind) in errands_naming(db, workspace, &ids)? {
        errands.push((errand, parse(&kind)?));
    }
    let (customer, created_at) = (parse(&body)?, Stamp(created_at));
    let journey = super::journeys::journey(db, workspace, id)?;
    Ok(Some(SubjectRows { customer, created_at, journey, dialogs, files, errands }))
}

fn erase(turn: &mut Turn<'_>, erasure: &Erasure) -> Result<Erased, StoreError> {
    let Erasure { workspace, at, whose, line } = erasure;
    let (db, workspace, at) = (turn.db, *workspace, *at);
    let (customers, dialogs) = match whose {
        Whose::Customer(id) => {
            let customers = person(db, workspace, *id)?;
            let dialogs = customers.iter().map(|id| dialogs_of(db, workspace, *id)).collect::<Result<Vec<_>, _>>()?;
            (customers, dialogs.concat())
        }
        Whose::Dialog(id) => match read::dialog(db, workspace, *id)? {
            Some(dialog) => (done_with(db, workspace, dialog.row.customer.id, Some(*id))?, vec![dialog]),
            None => (Vec::new(), Vec::new()),
        },
        Whose::Dialogs(ids) => {
            let found = ids.iter().map(|id| read::dialog(db, workspace, *id));
            let found = found.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
            (Vec::new(), found.into_iter().filter(|dialog| dialog.row.closed_at.is_some()).collect())
        }
    };
    let files = files(db, workspace, &customers, &dialogs)?;
    let mut erased = Erased { files: files.iter().map(|file| file.id).collect(), ..Erased::default() };
    let before = turn.head();
    for (errand, _) in errands_naming(db, workspace, &ids(&customers, &dialogs, &files))? {
        run(db, "DELETE FROM errand WHERE id = ?1", errand)?;
    }
    for dialog in &dialogs {
        erased.messages += erase_dialog(turn, dialog)?;
        erased.dialogs.push(dialog.row.id);
    }
    for file in &files {
        run(db, "DELETE FROM file WHERE id = ?1", file.id.0)?;
    }
    let mut left: Vec<CustomerId> = dialogs.iter().map(|dialog| dialog.row.customer.id).collect();
    left.sort_unstable();
    left.dedup();
    let gone: BTreeSet<CustomerId> = match whose {
        Whose::Customer(_) | Whose::Dialog(_) => customers.iter().copied().collect(),
        Whose::Dialogs(_) => {
            let done = left.into_iter().map(|id| done_with(db, workspace, id, None)).collect::<Result<Vec<_>, _>>()?;
            done.into_iter().flatten().collect()
        }
    };
    for customer in gone {
        erased.customers += erase_customer(db, workspace, customer)?;
    }
    erased.head = turn.head();
    if !erased.is_nothing() {
        for errand in erased.errands(at, whose, &customers, last_word(&customers, &dialogs, before)) {
            outside::add_errand(db, workspace, &errand)?;
        }
        ruled::add_audit(db, workspace, at, &erased.told(line.clone()))?;
    }
    Ok(erased)
}

/// Returns how many messages went.
fn erase_dialog(turn: &mut Turn<'_>, dialog: &DialogAggregate) -> Result<u64, StoreError> {
    let (db, id, seq) = (turn.db, dialog.row.id, turn.next_seq());
    turn.say(seq, &removal(dialog, seq, turn.at).body)?;
    super::search::erase(db, id)?;
    let messages = run(db, "DELETE FROM message WHERE dialog = ?1", id.0)?;
    run(db, "DELETE FROM dialog WHERE id = ?1", id.0)?;
    db.prepare_cached("INSERT INTO erased (workspace, seq, dialog, at) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| statement.execute(params![blob(turn.workspace.0), int(seq.0), blob(id.0), turn.at.0]))
        .map_err(fault)?;
    Ok(messages)
}

/// Returns how many went.
fn erase_customer(db: &Connection, workspace: WorkspaceId, id: CustomerId) -> Result<u64, StoreError> {
    run(db, "DELETE FROM answer WHERE writer = ?1", id.0)?;
    run(db, "DELETE FROM journey WHERE customer = ?1", id.0)?;
    run(db, "DELETE FROM door WHERE customer = ?1", id.0)?;
    identities::forget(db, id)?;
    called::erase(db, id)?;
    db.prepare_cached("DELETE FROM customer WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| statement.execute([blob(id.0), blob(workspace.0)]))
        .map(|gone| gone as u64)
        .map_err(fault)
}

/// All who are one person with a customer, himself among them.
fn person(db: &Connection, workspace: WorkspaceId, id: CustomerId) -> Result<Vec<CustomerId>, StoreError> {
    let people = identities::identities(db, workspace, id)?;
    Ok(people.into_iter().map(|alias| alias.customer.id).collect())
}

/// The customers of a person, if none of them has a dialog left besides one or is blocked: until then all of them stay, so
/// that whoever comes back is known for who he is.
fn done_with(
    db: &Connection,
    workspace: WorkspaceId,
    id: CustomerId,
    besides: Option<DialogId>,
) -> Result<Vec<CustomerId>, StoreError> {
    let people = identities::identities(db, workspace, id)?;
    for alias in &people {
        let busy = db
            .prepare_cached("SELECT 1 FROM dialog WHERE customer = ?1 AND id IS NOT ?2")
            .and_then(|mut statement| {
                statement.exists(params![blob(alias.customer.id.0), besides.map(|id| blob(id.0))])
            })
            .map_err(fault)?;
        if busy || alias.customer.particulars.block.is_some() {
            return Ok(Vec::new());
        }
    }
    Ok(people.into_iter().map(|alias| alias.customer.id).collect())
}

/// Runs a statement about one id. Returns how many rows it touched.
fn run(db: &Connection, sql: &str, id: Uuid) -> Result<u64, StoreError> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.execute([blob(id)]))
        .map(|rows| rows as u64)
        .map_err(fault)
}

fn dialogs_of(
    db: &Connection,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let mut statement = db
        .prepare_cached("SELECT body FROM dialog WHERE customer = ?1 AND workspace = ?2 ORDER BY id")
        .map_err(fault)?;
    let rows =
        statement.query_map([blob(customer.0), blob(workspace.0)], |row| row.get::<_, String>(0)).map_err(fault)?;
    rows.map(|body| parse(&body.map_err(fault)?)).collect()
}

/// The files of these dialogs, and those the customers uploaded and did not send.
fn files(
    db: &Connection,
    workspace: WorkspaceId,
    customers: &[CustomerId],
    dialogs: &[DialogAggregate],
) -> Result<Vec<FileRow>, StoreError> {
    let mut files = Vec::new();
    let of_dialog = "SELECT id, dialog, by, name, media, size, sha256, state, width, height, at FROM file
                     WHERE dialog = ?1 AND workspace = ?2 ORDER BY id";
    let unsent = "SELECT id, dialog, by, name, media, size, sha256, state, width, height, at FROM file
                  WHERE by = ?1 AND workspace = ?2 AND dialog IS NULL ORDER BY id";
    let asked = dialogs.iter().map(|dialog| (of_dialog, dialog.row.id.0));
    for (sql, id) in asked.chain(customers.iter().map(|customer| (unsent, customer.0))) {
        let mut statement = db.prepare_cached(sql).map_err(fault)?;
        let mut rows = statement.query([blob(id), blob(workspace.0)]).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            files.push(file_row(row, workspace)?);
        }
    }
    Ok(files)
}

pub(super) fn file_row(row: &Row<'_>, workspace: WorkspaceId) -> Result<FileRow, StoreError> {
    let (width, height): (Option<u32>, Option<u32>) = (row.get(8).map_err(fault)?, row.get(9).map_err(fault)?);
    Ok(FileRow {
        id: FileId(uuid(row, 0).map_err(fault)?),
        workspace,
        dialog: id_or_nothing(row, 1).map_err(fault)?.map(DialogId),
        by: uuid(row, 2).map_err(fault)?,
        name: row.get(3).map_err(fault)?,
        media: row.get(4).map_err(fault)?,
        size: uint(row.get(5).map_err(fault)?),
        sha256: row.get(6).map_err(fault)?,
        state: word(row.get(7).map_err(fault)?)?,
        pixels: width.zip(height),
        at: Stamp(row.get(10).map_err(fault)?),
    })
}

fn errands_naming(db: &Connection, workspace: WorkspaceId, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT id, kind FROM errand WHERE workspace = ?1 ORDER BY id").map_err(fault)?;
    let rows =
        statement.query_map([blob(workspace.0)], |row| Ok((uuid(row, 0)?, row.get::<_, String>(1)?))).map_err(fault)?;
    let all = rows.collect::<Result<Vec<_>, _>>().map_err(fault)?;
    Ok(all.into_iter().filter(|(_, kind)| names(kind, ids)).collect())
}

fn rewrite(db: &Connection, workspace: WorkspaceId, entries: &[Entry]) -> Result<(), StoreError> {
    let mut statement =
        db.prepare_cached("UPDATE entry SET body = ?3 WHERE workspace = ?1 AND seq = ?2").map_err(fault)?;
    for entry in entries {
        statement.execute(params![blob(workspace.0), int(entry.seq.0), terse::json(&entry.body)]).map_err(fault)?;
    }
    Ok(())
}

fn erased_after(
    db: &Connection,
    workspace: WorkspaceId,
    after: Seq,
    limit: u32,
) -> Result<Vec<(Seq, DialogId)>, StoreError> {
    let mut statement = db
        .prepare_cached("SELECT seq, dialog FROM erased WHERE workspace = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
        .map_err(fault)?;
    let rows = statement
        .query_map(params![blob(workspace.0), int(after.0), limit], |row| {
            Ok((Seq(uint(row.get(0)?)), DialogId(uuid(row, 1)?)))
        })
        .map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}
