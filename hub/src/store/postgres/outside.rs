//! Errands, files, and operators' own templates.

use super::{
    PostgresStore,
    value::{get, int, json, parse, plain, small, text_of, uint, word},
};
use crate::centre::Template;
use crate::store::{Errand, ErrandEnd, FileRow, OutsideStore, StoreError};
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use otklik_model::{DialogId, FileId, OperatorId, Stamp, WorkspaceId};
use std::collections::BTreeMap;
use tokio_postgres::Row;
use uuid::Uuid;

#[async_trait]
impl OutsideStore for PostgresStore {
    async fn errands_due(&self, workspace: WorkspaceId, now: Stamp, limit: u32) -> Result<Vec<Errand>, StoreError> {
        let sql = "SELECT id, due_at, attempts, kind FROM errand WHERE workspace = $1 AND due_at <= $2
                   ORDER BY due_at LIMIT $3";
        let rows = self.rows(sql, &[&workspace.0, &now.0, &i64::from(limit)]).await?;
        let read = |row: &Row| {
            let (id, due_at, attempts) = (get(row, 0)?, Stamp(get(row, 1)?), small(get(row, 2)?));
            Ok(Errand { id, kind: parse(get(row, 3)?)?, due_at, attempts })
        };
        rows.iter().map(read).collect()
    }

    async fn settle_errand(&self, id: Uuid, end: ErrandEnd) -> Result<(), StoreError> {
        match end {
            ErrandEnd::Done => self.run("DELETE FROM errand WHERE id = $1", &[&id]).await,
            ErrandEnd::Again { at } => {
                let sql = "UPDATE errand SET due_at = $2, attempts = attempts + 1 WHERE id = $1";
                self.run(sql, &[&id, &at.0]).await
            }
            ErrandEnd::Failed { at, why } => {
                let sql = "UPDATE errand SET due_at = NULL, failed_at = $2, why = $3 WHERE id = $1";
                self.run(sql, &[&id, &at.0, &plain(&why)]).await
            }
        }
        .map(drop)
    }

    async fn add_file(&self, file: FileRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO file (id, workspace, dialog, by, name, media, size, sha256, state, width, height, at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let (width, height) = pixels(&file);
        let values: super::Values<'_> = &[
            &file.id.0,
            &file.workspace.0,
            &file.dialog.map(|dialog| dialog.0),
            &file.by,
            &plain(&file.name),
            &plain(&file.media),
            &int(file.size),
            &file.sha256.as_slice(),
            &text_of(&file.state),
            &width,
            &height,
            &file.at.0,
        ];
        self.run(sql, values).await.map(drop)
    }

    async fn file(&self, workspace: WorkspaceId, id: FileId) -> Result<Option<FileRow>, StoreError> {
        let sql = "SELECT dialog, by, name, media, size, sha256, state, width, height, at FROM file
                   WHERE id = $1 AND workspace = $2";
        let row = self.row(sql, &[&id.0, &workspace.0]).await?;
        row.map(|row| file_row(&row, workspace, id)).transpose()
    }

    async fn set_file(&self, workspace: WorkspaceId, file: FileRow) -> Result<bool, StoreError> {
        // Two may change a file at once: it never leaves its dialog, and what was checked stays checked.
        let sql = "UPDATE file SET dialog = coalesce($3, dialog), name = $4, media = $5, size = $6, sha256 = $7,
                       state = CASE WHEN $8 = 'checking' THEN state ELSE $8 END, width = $9, height = $10
                   WHERE id = $1 AND workspace = $2";
        let (width, height) = pixels(&file);
        let values: super::Values<'_> = &[
            &file.id.0,
            &workspace.0,
            &file.dialog.map(|dialog| dialog.0),
            &plain(&file.name),
            &plain(&file.media),
            &int(file.size),
            &file.sha256.as_slice(),
            &text_of(&file.state),
            &width,
            &height,
        ];
        Ok(self.run(sql, values).await? > 0)
    }
}

fn pixels(file: &FileRow) -> (Option<i64>, Option<i64>) {
    file.pixels.map(|(width, height)| (i64::from(width), i64::from(height))).unzip()
}

fn file_row(row: &Row, workspace: WorkspaceId, id: FileId) -> Result<FileRow, StoreError> {
    let side = |column| get::<Option<i64>>(row, column).map(|side| side.map(small));
    let sha256 = get::<&[u8]>(row, 5)?;
    Ok(FileRow {
        id,
        workspace,
        dialog: get::<Option<Uuid>>(row, 0)?.map(DialogId),
        by: get(row, 1)?,
        name: get(row, 2)?,
        media: get(row, 3)?,
        size: uint(get(row, 4)?),
        sha256: sha256.try_into().map_err(|_| StoreError::Damaged("a file's SHA-256".into()))?,
        state: word(get(row, 6)?)?,
        pixels: side(7)?.zip(side(8)?),
        at: Stamp(get(row, 9)?),
    })
}

pub(super) async fn insert_errand(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    errand: &Errand,
) -> Result<(), tokio_postgres::Error> {
    let sql = "INSERT INTO errand (id, workspace, due_at, attempts, kind) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO NOTHING";
    let statement = transaction.prepare_cached(sql).await?;
    let attempts = i64::from(errand.attempts);
    let values: super::Values<'_> = &[&errand.id, &workspace.0, &errand.due_at.0, &attempts, &json(&errand.kind)];
    transaction.execute(&statement, values).await.map(drop)
}

/// A file that is sent belongs to its dialog from then on. One that does already stays where it is.
pub(super) async fn tie_file(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    file: FileId,
    dialog: DialogId,
) -> Result<(), tokio_postgres::Error> {
    let sql = "UPDATE file SET dialog = $3 WHERE id = $1 AND workspace = $2 AND dialog IS NULL";
    let statement = transaction.prepare_cached(sql).await?;
    transaction.execute(&statement, &[&file.0, &workspace.0, &dialog.0]).await.map(drop)
}

pub(super) async fn put_template(
    store: &PostgresStore,
    workspace: WorkspaceId,
    operator: OperatorId,
    name: &str,
    template: &Template,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO template (operator, name, workspace, body) VALUES ($1, $2, $3, $4)
               ON CONFLICT (operator, name) DO UPDATE SET body = excluded.body
               WHERE template.workspace = excluded.workspace";
    store.run(sql, &[&operator.0, &plain(name), &workspace.0, &json(template)]).await.map(drop)
}

pub(super) async fn templates_of(
    store: &PostgresStore,
    workspace: WorkspaceId,
    operator: OperatorId,
) -> Result<BTreeMap<String, Template>, StoreError> {
    let sql = "SELECT name, body FROM template WHERE operator = $1 AND workspace = $2";
    let rows = store.rows(sql, &[&operator.0, &workspace.0]).await?;
    rows.iter().map(|row| Ok((get(row, 0)?, parse(get(row, 1)?)?))).collect()
}

pub(super) async fn remove_template(
    store: &PostgresStore,
    workspace: WorkspaceId,
    operator: OperatorId,
    name: &str,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM template WHERE operator = $1 AND name = $2 AND workspace = $3";
    Ok(store.run(sql, &[&operator.0, &plain(name), &workspace.0]).await? > 0)
}
