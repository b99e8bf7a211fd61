//! What is old: found by its age, and taken.

use super::{
    SqliteStore, fault, outside,
    privacy::file_row,
    read::{blob, int, parse},
    ruled,
};
use crate::desk::DialogAggregate;
use crate::store::{AuditLine, Errand, ErrandKind, FileRow, Mark, RetentionStore, StoreError, Trail};
use async_trait::async_trait;
use otklik_model::{DialogId, FileId, Stamp, WorkspaceId};
use rusqlite::{Connection, params};
use uuid::Uuid;

#[async_trait]
impl RetentionStore for SqliteStore {
    async fn ended_before(
        &self,
        workspace: WorkspaceId,
        before: Stamp,
        after: Mark,
        limit: u32,
    ) -> Result<Vec<DialogAggregate>, StoreError> {
        self.read(move |db| ended_before(db, workspace, before, after, limit)).await
    }

    async fn files_before(
        &self,
        workspace: WorkspaceId,
        before: Stamp,
        after: Mark,
        limit: u32,
    ) -> Result<Vec<(FileRow, DialogId)>, StoreError> {
        self.read(move |db| files_before(db, workspace, before, after, limit)).await
    }

    async fn erase_files(
        &self,
        workspace: WorkspaceId,
        at: Stamp,
        files: Vec<FileId>,
        line: AuditLine,
    ) -> Result<(), StoreError> {
        self.write(move |db| erase_files(db, workspace, at, &files, &line)).await
    }

    async fn forget_before(
        &self,
        workspace: WorkspaceId,
        trail: Trail,
        before: Stamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.write(move |db| forget_before(db, workspace, trail, before, limit)).await
    }
}

fn ended_before(
    db: &Connection,
    workspace: WorkspaceId,
    before: Stamp,
    after: Mark,
    limit: u32,
) -> Result<Vec<DialogAggregate>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT body FROM dialog WHERE workspace = ?1 AND closed_at < ?2 AND (closed_at, id) > (?3, ?4)
             ORDER BY closed_at, id LIMIT ?5",
        )
        .map_err(fault)?;
    let values = params![blob(workspace.0), before.0, after.at.0, blob(after.id), limit];
    let rows = statement.query_map(values, |row| row.get::<_, String>(0)).map_err(fault)?;
    rows.map(|body| parse(&body.map_err(fault)?)).collect()
}

fn files_before(
    db: &Connection,
    workspace: WorkspaceId,
    before: Stamp,
    after: Mark,
    limit: u32,
) -> Result<Vec<(FileRow, DialogId)>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT id, dialog, by, name, media, size, sha256, state, width, height, at FROM file
             WHERE workspace = ?1 AND at < ?2 AND (at, id) > (?3, ?4) AND dialog IS NOT NULL
             ORDER BY at, id LIMIT ?5",
        )
        .map_err(fault)?;
    let mut rows =
        statement.query(params![blob(workspace.0), before.0, after.at.0, blob(after.id), limit]).map_err(fault)?;
    let mut files = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        let file = file_row(row, workspace)?;
        files.extend(file.dialog.map(|dialog| (file, dialog)));
    }
    Ok(files)
}

fn erase_files(
    db: &Connection,
    workspace: WorkspaceId,
    at: Stamp,
    files: &[FileId],
    line: &AuditLine,
) -> Result<(), StoreError> {
    for file in files {
        db.prepare_cached("DELETE FROM file WHERE id = ?1 AND workspace = ?2")
            .and_then(|mut statement| statement.execute([blob(file.0), blob(workspace.0)]))
            .map_err(fault)?;
        let kind = ErrandKind::DropFile { file: *file, always: true };
        outside::add_errand(db, workspace, &Errand { id: Uuid::now_v7(), kind, due_at: at, attempts: 0 })?;
    }
    ruled::add_audit(db, workspace, at, line)
}

fn forget_before(
    db: &Connection,
    workspace: WorkspaceId,
    trail: Trail,
    before: Stamp,
    limit: u32,
) -> Result<u64, StoreError> {
    // Both are numbered in the order of time, so only the oldest are looked at.
    let sql = match trail {
        Trail::Log => {
            "DELETE FROM entry WHERE workspace = ?1 AND at < ?2 AND seq <
                 (SELECT min(seq) FROM entry WHERE workspace = ?1) + ?3"
        }
        Trail::Audit => {
            "DELETE FROM audit WHERE workspace = ?1 AND at < ?2 AND number <
                 (SELECT min(number) FROM audit WHERE workspace = ?1) + ?3"
        }
    };
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params![blob(workspace.0), before.0, int(limit.into())]))
        .map(|gone| gone as u64)
        .map_err(fault)
}
