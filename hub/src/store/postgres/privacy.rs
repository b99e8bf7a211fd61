//! Everything about one customer: read, and erased.
//!
//! Deleted rows stand in the server's files until a VACUUM, and in its write-ahead log until that is recycled.

use super::{
    PostgresStore, called, fault, identities, outside, ruled,
    value::{get, int, parse, small, uint, word},
};
use crate::desk::DialogAggregate;
use crate::store::privacy::{ids, last_word, names, removal};
use crate::store::{Entry, Erased, Erasure, FileRow, PrivacyStore, StoreError, SubjectRows, Whose, terse};
use async_trait::async_trait;
use deadpool_postgres::{GenericClient, Transaction};
use otklik_model::{CustomerId, DialogId, FileId, Seq, Stamp, WorkspaceId};
use tokio_postgres::Row;
use uuid::Uuid;

/// The tables that words and names are deleted from.
const CLEANED: &str =
    "VACUUM entry, dialog, message, spoken, customer, identity, called, errand, file, answer, journey";

#[async_trait]
impl PrivacyStore for PostgresStore {
    async fn subject(&self, workspace: WorkspaceId, id: CustomerId) -> Result<Option<SubjectRows>, StoreError> {
        let mut client = self.client().await?;
        let reading = super::log::read_only(&mut client).await?;
        let sql = "SELECT body, created_at FROM customer WHERE id = $1 AND workspace = $2";
        let Some(row) = rows(&reading, sql, &[&id.0, &workspace.0]).await?.pop() else { return Ok(None) };
        let dialogs = dialogs_of(&reading, workspace, id).await?;
        let files = files(&reading, workspace, &[id], &dialogs).await?;
        let mut errands = Vec::new();
        for (errand, kind) in errands_naming(&reading, workspace, &ids(&[id], &dialogs, &files)).await? {
            errands.push((errand, parse(&kind)?));
        }
        let journey = super::journeys::journey(&reading, workspace, id).await?;
        reading.commit().await.map_err(fault)?;
        let (customer, created_at) = (parse(get(&row, 0)?)?, Stamp(get(&row, 1)?));
        Ok(Some(SubjectRows { customer, created_at, journey, dialogs, files, errands }))
    }

    async fn erase(&self, erasure: Erasure) -> Result<Erased, StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(fault)?;
        let erased = erase(&transaction, erasure).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(erased)
    }

    async fn rewrite(&self, workspace: WorkspaceId, entries: Vec<Entry>) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(fault)?;
        for entry in &entries {
            let sql = "UPDATE entry SET body = $3 WHERE workspace = $1 AND seq = $2";
            run(&transaction, sql, &[&workspace.0, &int(entry.seq.0), &terse::json(&entry.body)]).await?;
        }
        transaction.commit().await.map_err(fault)
    }

    async fn erased_after(
        &self,
        workspace: WorkspaceId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<(Seq, DialogId)>, StoreError> {
        let sql = "SELECT seq, dialog FROM erased WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let rows = self.rows(sql, &[&workspace.0, &int(after.0), &i64::from(limit)]).await?;
        rows.iter().map(|row| Ok((Seq(uint(get(row, 0)?)), DialogId(get(row, 1)?)))).collect()
    }

    async fn scour(&self) -> Result<(), StoreError> {
        self.client().await?.batch_execute(CLEANED).await.map_err(fault)
    }
}

async fn erase(transaction: &Transaction<'_>, erasure: Erasure) -> Result<Erased, StoreError> {
    let Erasure { workspace, at, whose, line } = erasure;
    let lock = "SELECT head, audits FROM workspace WHERE id = $1 FOR NO KEY UPDATE";
    let row = rows(transaction, lock, &[&workspace.0]).await?.pop();
    let row = row.ok_or_else(|| StoreError::Unavailable("no such workspace".into()))?;
    let (before, mut audits) = (Seq(uint(get(&row, 0)?)), uint(get(&row, 1)?));
    let (customers, dialogs) = match &whose {
        Whose::Customer(id) => of_person(transaction, workspace, *id).await?,
        Whose::Dialog(id) => of_dialog(transaction, workspace, *id).await?,
        Whose::Dialogs(ids) => (Vec::new(), dialogs(transaction, workspace, ids).await?),
    };
    let files = files(transaction, workspace, &customers, &dialogs).await?;
    let mut erased = Erased { head: before, files: files.iter().map(|file| file.id).collect(), ..Erased::default() };
    for (errand, _) in errands_naming(transaction, workspace, &ids(&customers, &dialogs, &files)).await? {
        run(transaction, "DELETE FROM errand WHERE id = $1", &[&errand]).await?;
    }
    for dialog in &dialogs {
        erased.head = Seq(erased.head.0 + 1);
        erased.messages += erase_dialog(transaction, workspace, &removal(dialog, erased.head, at), dialog).await?;
        erased.dialogs.push(dialog.row.id);
    }
    for file in &files {
        run(transaction, "DELETE FROM file WHERE id = $1", &[&file.id.0]).await?;
    }
    for customer in &customers {
        erased.customers += erase_customer(transaction, workspace, *customer).await?;
    }
    if matches!(whose, Whose::Dialogs(_)) {
        erased.customers += erase_done_with(transaction, workspace, &dialogs).await?;
    }
    if !erased.is_nothing() {
        for errand in erased.errands(at, &whose, &customers, last_word(&customers, &dialogs, before)) {
            outside::insert_errand(transaction, workspace, &errand).await.map_err(fault)?;
        }
        audits += 1;
        ruled::insert_audit(transaction, workspace, audits, at, &erased.told(line)).await.map_err(fault)?;
    }
    let last = "UPDATE workspace SET head = $2, audits = $3 WHERE id = $1";
    run(transaction, last, &[&workspace.0, &int(erased.head.0), &int(audits)]).await?;
    Ok(erased)
}

/// Returns how many messages went.
async fn erase_dialog(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    entry: &Entry,
    dialog: &DialogAggregate,
) -> Result<u64, StoreError> {
    let (id, seq) = (dialog.row.id.0, int(entry.seq.0));
    let tell = "INSERT INTO entry (workspace, seq, at, body) VALUES ($1, $2, $3, $4)";
    run(transaction, tell, &[&workspace.0, &seq, &entry.at.0, &terse::json(&entry.body)]).await?;
    super::search::erase(transaction, id).await?;
    let messages = run(transaction, "DELETE FROM message WHERE dialog = $1", &[&id]).await?;
    run(transaction, "DELETE FROM dialog WHERE id = $1", &[&id]).await?;
    let note = "INSERT INTO erased (workspace, seq, dialog, at) VALUES ($1, $2, $3, $4)";
    run(transaction, note, &[&workspace.0, &seq, &id, &entry.at.0]).await?;
    Ok(messages)
}

/// Returns how many went.
async fn erase_customer(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    id: CustomerId,
) -> Result<u64, StoreError> {
    run(transaction, "DELETE FROM answer WHERE writer = $1", &[&id.0]).await?;
    // A page that goes on locks the customer's row before its way: so does this, that none goes on after it.
    let lock = "SELECT 1 FROM customer WHERE id = $1 AND workspace = $2 FOR UPDATE";
    rows(transaction, lock, &[&id.0, &workspace.0]).await?;
    run(transaction, "DELETE FROM journey WHERE customer = $1", &[&id.0]).await?;
    run(transaction, "DELETE FROM door WHERE customer = $1", &[&id.0]).await?;
    run(transaction, "DELETE FROM identity WHERE customer = $1", &[&id.0]).await?;
    called::erase(transaction, id).await?;
    run(transaction, "DELETE FROM customer WHERE id = $1 AND workspace = $2", &[&id.0, &workspace.0]).await
}

/// All who are one person with a customer, himself among them, and all their dialogs.
async fn of_person(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    id: CustomerId,
) -> Result<(Vec<CustomerId>, Vec<DialogAggregate>), StoreError> {
    let people = identities::identities(transaction, workspace, id).await?;
    let mut dialogs = Vec::new();
    for alias in &people {
        dialogs.extend(dialogs_of(transaction, workspace, alias.customer.id).await?);
    }
    Ok((people.into_iter().map(|alias| alias.customer.id).collect(), dialogs))
}

/// A dialog, and who goes with it.
async fn of_dialog(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    id: DialogId,
) -> Result<(Vec<CustomerId>, Vec<DialogAggregate>), StoreError> {
    let sql = "SELECT body FROM dialog WHERE id = $1 AND workspace = $2";
    let Some(row) = rows(transaction, sql, &[&id.0, &workspace.0]).await?.pop() else {
        return Ok((Vec::new(), Vec::new()));
    };
    let dialog: DialogAggregate = parse(get(&row, 0)?)?;
    Ok((done_with(transaction, workspace, dialog.row.customer.id, Some(id)).await?, vec![dialog]))
}

/// Erases those who had these dialogs, as far as they are done with. Returns how many went.
async fn erase_done_with(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    dialogs: &[DialogAggregate],
) -> Result<u64, StoreError> {
    let mut left: Vec<CustomerId> = dialogs.iter().map(|dialog| dialog.row.customer.id).collect();
    left.sort_unstable();
    left.dedup();
    let mut gone = 0;
    for id in left {
        // Nobody, if he went with another who is one person with him.
        for customer in done_with(transaction, workspace, id, None).await? {
            gone += erase_customer(transaction, workspace, customer).await?;
        }
    }
    Ok(gone)
}

/// The customers of a person, if none of them has a dialog left besides one or is blocked: until then all of them stay, so
/// that whoever comes back is known for who he is.
async fn done_with(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    id: CustomerId,
    besides: Option<DialogId>,
) -> Result<Vec<CustomerId>, StoreError> {
    let people = identities::identities(transaction, workspace, id).await?;
    let besides = besides.map(|id| id.0);
    for alias in &people {
        let sql = "SELECT 1 FROM dialog WHERE customer = $1 AND id IS DISTINCT FROM $2 LIMIT 1";
        let busy = !rows(transaction, sql, &[&alias.customer.id.0, &besides]).await?.is_empty();
        if busy || alias.customer.particulars.block.is_some() {
            return Ok(Vec::new());
        }
    }
    Ok(people.into_iter().map(|alias| alias.customer.id).collect())
}

async fn rows(client: &impl GenericClient, sql: &str, values: super::Values<'_>) -> Result<Vec<Row>, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    client.query(&statement, values).await.map_err(fault)
}

/// Returns how many rows were touched.
pub(super) async fn run(client: &impl GenericClient, sql: &str, values: super::Values<'_>) -> Result<u64, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    client.execute(&statement, values).await.map_err(fault)
}

async fn dialogs_of(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let sql = "SELECT body FROM dialog WHERE customer = $1 AND workspace = $2 ORDER BY id";
    rows(client, sql, &[&customer.0, &workspace.0]).await?.iter().map(|row| parse(get(row, 0)?)).collect()
}

async fn dialogs(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    ids: &[DialogId],
) -> Result<Vec<DialogAggregate>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let sql = "SELECT body FROM dialog WHERE id = ANY($1) AND workspace = $2 AND closed_at IS NOT NULL ORDER BY id";
    rows(client, sql, &[&ids, &workspace.0]).await?.iter().map(|row| parse(get(row, 0)?)).collect()
}

/// The files of these dialogs, and those the customers uploaded and did not send.
async fn files(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customers: &[CustomerId],
    dialogs: &[DialogAggregate],
) -> Result<Vec<FileRow>, StoreError> {
    let dialogs: Vec<Uuid> = dialogs.iter().map(|dialog| dialog.row.id.0).collect();
    let of_dialogs = "SELECT id, dialog, by, name, media, size, sha256, state, width, height, at FROM file
                      WHERE dialog = ANY($1) AND workspace = $2 ORDER BY dialog, id";
    let mut found = rows(client, of_dialogs, &[&dialogs, &workspace.0]).await?;
    for customer in customers {
        let unsent = "SELECT id, dialog, by, name, media, size, sha256, state, width, height, at FROM file
                      WHERE by = $1 AND workspace = $2 AND dialog IS NULL ORDER BY id";
        found.extend(rows(client, unsent, &[&customer.0, &workspace.0]).await?);
    }
    found.iter().map(|row| file(row, workspace)).collect()
}

pub(super) fn file(row: &Row, workspace: WorkspaceId) -> Result<FileRow, StoreError> {
    let side = |column| get::<Option<i64>>(row, column).map(|side| side.map(small));
    let sha256 = get::<&[u8]>(row, 6)?;
    Ok(FileRow {
        id: FileId(get(row, 0)?),
        workspace,
        dialog: get::<Option<Uuid>>(row, 1)?.map(DialogId),
        by: get(row, 2)?,
        name: get(row, 3)?,
        media: get(row, 4)?,
        size: uint(get(row, 5)?),
        sha256: sha256.try_into().map_err(|_| StoreError::Damaged("a file's SHA-256".into()))?,
        state: word(get(row, 7)?)?,
        pixels: side(8)?.zip(side(9)?),
        at: Stamp(get(row, 10)?),
    })
}

async fn errands_naming(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let sql = "SELECT id, kind FROM errand WHERE workspace = $1 ORDER BY id";
    let all = rows(client, sql, &[&workspace.0]).await?;
    let all = all.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect::<Result<Vec<(Uuid, String)>, _>>()?;
    Ok(all.into_iter().filter(|(_, kind)| names(kind, ids)).collect())
}
