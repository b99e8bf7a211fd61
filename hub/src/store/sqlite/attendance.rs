//! Where operators' workplaces were last known to be.

use super::{
    fault,
    read::{blob, uuid},
};
use crate::store::{Attendance, StoreError};
use otklik_model::{OperatorId, Stamp, WorkspaceId};
use rusqlite::{Connection, params};

pub(super) fn note(db: &Connection, workspace: WorkspaceId, notes: &[Attendance]) -> Result<(), StoreError> {
    let mut statement = db
        .prepare_cached(
            "INSERT INTO attendance (workspace, operator, seen_at, active_at, left_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (workspace, operator) DO UPDATE SET
                 seen_at = max(seen_at, ?3), active_at = max(active_at, ?4), left_at = ?5",
        )
        .map_err(fault)?;
    for note in notes {
        let left_at = note.left_at.map(|at| at.0);
        statement
            .execute(params![blob(workspace.0), blob(note.operator.0), note.seen_at.0, note.active_at.0, left_at])
            .map_err(fault)?;
    }
    Ok(())
}

pub(super) fn read(db: &Connection, workspace: WorkspaceId) -> Result<Vec<Attendance>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT operator, seen_at, active_at, left_at FROM attendance WHERE workspace = ?1 ORDER BY operator",
        )
        .map_err(fault)?;
    let rows = statement
        .query_map([blob(workspace.0)], |row| {
            Ok(Attendance {
                operator: OperatorId(uuid(row, 0)?),
                seen_at: Stamp(row.get(1)?),
                active_at: Stamp(row.get(2)?),
                left_at: row.get::<_, Option<i64>>(3)?.map(Stamp),
            })
        })
        .map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}
