//! Errands, files, and operators' own templates.

use super::{
    fault,
    read::{blob, id_or_nothing, int, json, parse, text_of, uint, uuid, word},
};
use crate::centre::Template;
use crate::store::{Errand, ErrandEnd, FileRow, StoreError};
use otklik_model::{DialogId, FileId, OperatorId, Stamp, WorkspaceId};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) fn add_errand(db: &Connection, workspace: WorkspaceId, errand: &Errand) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO errand (id, workspace, due_at, attempts, kind) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO NOTHING",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(errand.id),
            blob(workspace.0),
            errand.due_at.0,
            errand.attempts,
            json(&errand.kind)
        ])
    })
    .map(drop)
    .map_err(fault)
}

pub(super) fn errands_due(
    db: &Connection,
    workspace: WorkspaceId,
    now: Stamp,
    limit: u32,
) -> Result<Vec<Errand>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT id, due_at, attempts, kind FROM errand WHERE workspace = ?1 AND due_at <= ?2
             ORDER BY due_at LIMIT ?3",
        )
        .map_err(fault)?;
    let mut rows = statement.query(params![blob(workspace.0), now.0, limit]).map_err(fault)?;
    let mut errands = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        errands.push(Errand {
            id: uuid(row, 0).map_err(fault)?,
            due_at: Stamp(row.get(1).map_err(fault)?),
            attempts: row.get(2).map_err(fault)?,
            kind: parse(&row.get::<_, String>(3).map_err(fault)?)?,
        });
    }
    Ok(errands)
}

pub(super) fn settle_errand(db: &Connection, id: Uuid, end: &ErrandEnd) -> Result<(), StoreError> {
    match end {
        ErrandEnd::Done => db.execute("DELETE FROM errand WHERE id = ?1", [blob(id)]),
        ErrandEnd::Again { at } => {
            db.execute("UPDATE errand SET due_at = ?2, attempts = attempts + 1 WHERE id = ?1", params![blob(id), at.0])
        }
        ErrandEnd::Failed { at, why } => db.execute(
            "UPDATE errand SET due_at = NULL, failed_at = ?2, why = ?3 WHERE id = ?1",
            params![blob(id), at.0, why],
        ),
    }
    .map(drop)
    .map_err(fault)
}

pub(super) fn add_file(db: &Connection, file: &FileRow) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO file (id, workspace, dialog, by, name, media, size, sha256, state, width, height, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            blob(file.id.0),
            blob(file.workspace.0),
            file.dialog.map(|dialog| blob(dialog.0)),
            blob(file.by),
            file.name,
            file.media,
            int(file.size),
            file.sha256,
            text_of(&file.state),
            file.pixels.map(|(width, _)| width),
            file.pixels.map(|(_, height)| height),
            file.at.0,
        ],
    )
    .map(drop)
    .map_err(fault)
}

pub(super) fn set_file(db: &Connection, workspace: WorkspaceId, file: &FileRow) -> Result<bool, StoreError> {
    db.execute(
        // Two may change a file at once: it never leaves its dialog, and what was checked stays checked.
        "UPDATE file SET dialog = coalesce(?3, dialog), name = ?4, media = ?5, size = ?6, sha256 = ?7,
             state = CASE WHEN ?8 = 'checking' THEN state ELSE ?8 END, width = ?9, height = ?10
         WHERE id = ?1 AND workspace = ?2",
        params![
            blob(file.id.0),
            blob(workspace.0),
            file.dialog.map(|dialog| blob(dialog.0)),
            file.name,
            file.media,
            int(file.size),
            file.sha256,
            text_of(&file.state),
            file.pixels.map(|(width, _)| width),
            file.pixels.map(|(_, height)| height),
        ],
    )
    .map(|changed| changed > 0)
    .map_err(fault)
}

/// A file that is sent belongs to its dialog from then on. One that does already stays where it is.
pub(super) fn tie_file(
    db: &Connection,
    workspace: WorkspaceId,
    file: FileId,
    dialog: DialogId,
) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE file SET dialog = ?3 WHERE id = ?1 AND workspace = ?2 AND dialog IS NULL")
        .and_then(|mut statement| statement.execute([blob(file.0), blob(workspace.0), blob(dialog.0)]))
        .map(drop)
        .map_err(fault)
}

pub(super) fn file(db: &Connection, workspace: WorkspaceId, id: FileId) -> Result<Option<FileRow>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT dialog, by, name, media, size, sha256, state, width, height, at FROM file
             WHERE id = ?1 AND workspace = ?2",
        )
        .map_err(fault)?;
    let mut rows = statement.query([blob(id.0), blob(workspace.0)]).map_err(fault)?;
    rows.next().map_err(fault)?.map(|row| file_row(row, workspace, id)).transpose()
}

fn file_row(row: &Row<'_>, workspace: WorkspaceId, id: FileId) -> Result<FileRow, StoreError> {
    let (width, height): (Option<u32>, Option<u32>) = (row.get(7).map_err(fault)?, row.get(8).map_err(fault)?);
    Ok(FileRow {
        id,
        workspace,
        dialog: id_or_nothing(row, 0).map_err(fault)?.map(DialogId),
        by: uuid(row, 1).map_err(fault)?,
        name: row.get(2).map_err(fault)?,
        media: row.get(3).map_err(fault)?,
        size: uint(row.get(4).map_err(fault)?),
        sha256: row.get(5).map_err(fault)?,
        state: word(row.get(6).map_err(fault)?)?,
        pixels: width.zip(height),
        at: Stamp(row.get(9).map_err(fault)?),
    })
}

pub(super) fn put_template(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
    name: &str,
    template: &Template,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO template (operator, name, workspace, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (operator, name) DO UPDATE SET body = ?4 WHERE workspace = ?3",
        params![blob(operator.0), name, blob(workspace.0), json(template)],
    )
    .map(drop)
    .map_err(fault)
}

pub(super) fn templates_of(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
) -> Result<BTreeMap<String, Template>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name, body FROM template WHERE operator = ?1 AND workspace = ?2").map_err(fault)?;
    let rows = statement
        .query_map([blob(operator.0), blob(workspace.0)], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .map_err(fault)?;
    rows.map(|row| {
        let (name, body) = row.map_err(fault)?;
        Ok((name, parse(&body)?))
    })
    .collect()
}

pub(super) fn remove_template(
    db: &Connection,
    workspace: WorkspaceId,
    operator: OperatorId,
    name: &str,
) -> Result<bool, StoreError> {
    db.execute(
        "DELETE FROM template WHERE operator = ?1 AND name = ?2 AND workspace = ?3",
        params![blob(operator.0), name, blob(workspace.0)],
    )
    .map(|gone| gone > 0)
    .map_err(fault)
}
