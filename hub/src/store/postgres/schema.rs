//! The tables, step by step. A step that was once released never changes.

use super::{
    called, fault, search,
    value::{get, parse},
};
use crate::{
    desk::DialogAggregate,
    store::{StoreError, terse},
};
use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

/// The steps, from an empty database on.
pub(super) const STEPS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_blocked.sql"),
    include_str!("migrations/0003_privacy.sql"),
    include_str!("migrations/0004_unfinished.sql"),
    include_str!("migrations/0005_session_tokens.sql"),
    include_str!("migrations/0006_search.sql"),
    include_str!("migrations/0007_journeys.sql"),
    include_str!("migrations/0008_identities.sql"),
    include_str!("migrations/0009_assignee.sql"),
    include_str!("migrations/0010_restricted.sql"),
    include_str!("migrations/0011_suspicious.sql"),
    include_str!("migrations/0012_doors.sql"),
];
/// The step that brought the index of words.
const SEARCH: i64 = 6;
/// The step that brought the index of customers.
const CALLED: i64 = 7;
/// The step that brought the index of whoever has a dialog.
pub(super) const ASSIGNEE: i64 = 9;
/// The step from which on all dialogs of whoever is restricted are.
pub(super) const RESTRICTED: i64 = 10;
/// The step that brought the index of what is suspicious.
#[cfg(test)]
pub(super) const SUSPICIOUS: usize = 11;
/// The oldest server, as `server_version_num` has it.
const OLDEST: i32 = 150_000;
/// Held while the schema is looked at and changed, so that of hubs that start together one does it. The number is
/// nobody else's: "OtkH".
const LOCK: i64 = 0x4F74_6B48;

/// Applies the steps that are missing, all or none.
pub(super) async fn bring_up_to_date(client: &mut Client) -> Result<(), StoreError> {
    let server = "SELECT current_setting('server_version_num')::int";
    let server: i32 = client.query_one(server, &[]).await.and_then(|row| row.try_get(0)).map_err(fault)?;
    if server < OLDEST {
        let version = server / 10_000;
        return Err(StoreError::Unavailable(format!("this is PostgreSQL {version}, 15 or newer is needed")));
    }
    let changing = client.transaction().await.map_err(fault)?;
    changing.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(fault)?;
    let there = "SELECT to_regclass('schema_version') IS NOT NULL";
    let there: bool = changing.query_one(there, &[]).await.and_then(|row| row.try_get(0)).map_err(fault)?;
    let found = if there {
        let version = "SELECT version FROM schema_version";
        changing.query_one(version, &[]).await.and_then(|row| row.try_get(0)).map_err(fault)?
    } else {
        0
    };
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found < known {
        if !there {
            let make = "CREATE TABLE schema_version (version BIGINT NOT NULL);
                        INSERT INTO schema_version (version) VALUES (0)";
            changing.batch_execute(make).await.map_err(fault)?;
        }
        for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            changing.batch_execute(step).await.map_err(fault)?;
        }
        if (1..SEARCH).contains(&found) {
            tracing::info!("what was said is made searchable; with millions of messages this takes minutes, once");
            search::make(&changing).await?;
        }
        if (1..CALLED).contains(&found) {
            called::make(&changing).await?;
        }
        if (1..ASSIGNEE).contains(&found) {
            place_by_assignee(&changing).await?;
        }
        if (1..RESTRICTED).contains(&found) {
            restrict_what_is_over(&changing).await?;
        }
        changing.execute("UPDATE schema_version SET version = $1", &[&known]).await.map_err(fault)?;
    }
    changing.commit().await.map_err(fault)
}

/// Puts open dialogs where they are found by whoever has them: those of an earlier step are not.
async fn place_by_assignee(changing: &Transaction<'_>) -> Result<(), StoreError> {
    let open = changing.query("SELECT body FROM dialog WHERE closed_at IS NULL", &[]).await.map_err(fault)?;
    let (mut ids, mut assignees) = (Vec::new(), Vec::new());
    for row in &open {
        let dialog: DialogAggregate = parse(get(row, 0)?)?;
        if let Some(operator) = dialog.open_with() {
            ids.push(dialog.row.id.0);
            assignees.push(operator.0);
        }
    }
    let sql = "UPDATE dialog SET assignee = found.assignee
               FROM unnest($1::uuid[], $2::uuid[]) AS found (id, assignee) WHERE dialog.id = found.id";
    changing.execute(sql, &[&ids, &assignees]).await.map(drop).map_err(fault)
}

/// Who may see a dialog depends on whether its customer is restricted. Hubs of before changed only the dialog that went
/// on; those that were over stood open as they had been.
async fn restrict_what_is_over(changing: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT d.id, d.body FROM customer c JOIN dialog d ON d.customer = c.id
               WHERE position('\"restricted\":true' IN c.body) > 0";
    for row in changing.query(sql, &[]).await.map_err(fault)? {
        let (id, mut dialog): (Uuid, DialogAggregate) = (get(&row, 0)?, parse(get(&row, 1)?)?);
        if !std::mem::replace(&mut dialog.row.customer.particulars.restricted, true) {
            let body = terse::json(&dialog);
            changing.execute("UPDATE dialog SET body = $2 WHERE id = $1", &[&id, &body]).await.map_err(fault)?;
        }
    }
    Ok(())
}
