//! What is old: found by its age, and taken.

use super::{
    PostgresStore, fault, outside,
    privacy::{file, run},
    ruled,
    value::{get, int, parse, uint},
};
use crate::desk::DialogAggregate;
use crate::store::{AuditLine, Errand, ErrandKind, FileRow, Mark, RetentionStore, StoreError, Trail};
use async_trait::async_trait;
use otklik_model::{DialogId, FileId, Stamp, WorkspaceId};
use uuid::Uuid;

#[async_trait]
impl RetentionStore for PostgresStore {
    async fn ended_before(
        &self,
        workspace: WorkspaceId,
        before: Stamp,
        after: Mark,
        limit: u32,
    ) -> Result<Vec<DialogAggregate>, StoreError> {
        let sql = "SELECT body FROM dialog
                   WHERE workspace = $1 AND closed_at < $2 AND (closed_at, id) > ($3, $4)
                   ORDER BY closed_at, id LIMIT $5";
        let rows = self.rows(sql, &[&workspace.0, &before.0, &after.at.0, &after.id, &i64::from(limit)]).await?;
        rows.iter().map(|row| parse(get(row, 0)?)).collect()
    }

    async fn files_before(
        &self,
        workspace: WorkspaceId,
        before: Stamp,
        after: Mark,
        limit: u32,
    ) -> Result<Vec<(FileRow, DialogId)>, StoreError> {
        let sql = "SELECT id, dialog, by, name, media, size, sha256, state, width, height, at FROM file
                   WHERE workspace = $1 AND at < $2 AND (at, id) > ($3, $4) AND dialog IS NOT NULL
                   ORDER BY at, id LIMIT $5";
        let rows = self.rows(sql, &[&workspace.0, &before.0, &after.at.0, &after.id, &i64::from(limit)]).await?;
        let files = rows.iter().map(|row| file(row, workspace)).collect::<Result<Vec<_>, _>>()?;
        Ok(files.into_iter().filter_map(|file| file.dialog.map(|dialog| (file, dialog))).collect())
    }

    async fn erase_files(
        &self,
        workspace: WorkspaceId,
        at: Stamp,
        files: Vec<FileId>,
        line: AuditLine,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(fault)?;
        let next = "UPDATE workspace SET audits = audits + 1 WHERE id = $1 RETURNING audits";
        let next = transaction.prepare_cached(next).await.map_err(fault)?;
        let row = transaction.query_one(&next, &[&workspace.0]).await.map_err(fault)?;
        for file in files {
            let sql = "DELETE FROM file WHERE id = $1 AND workspace = $2";
            run(&transaction, sql, &[&file.0, &workspace.0]).await?;
            let kind = ErrandKind::DropFile { file, always: true };
            let errand = Errand { id: Uuid::now_v7(), kind, due_at: at, attempts: 0 };
            outside::insert_errand(&transaction, workspace, &errand).await.map_err(fault)?;
        }
        ruled::insert_audit(&transaction, workspace, uint(get(&row, 0)?), at, &line).await.map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn forget_before(
        &self,
        workspace: WorkspaceId,
        trail: Trail,
        before: Stamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        // Both are numbered in the order of time, so only the oldest are looked at.
        let sql = match trail {
            Trail::Log => {
                "DELETE FROM entry WHERE workspace = $1 AND at < $2 AND seq <
                     (SELECT min(seq) FROM entry WHERE workspace = $1) + $3"
            }
            Trail::Audit => {
                "DELETE FROM audit WHERE workspace = $1 AND at < $2 AND number <
                     (SELECT min(number) FROM audit WHERE workspace = $1) + $3"
            }
        };
        self.run(sql, &[&workspace.0, &before.0, &int(limit.into())]).await
    }
}
