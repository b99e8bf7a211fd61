//! Operators with their statuses and templates, the end of their sessions.

use super::{
    PostgresStore,
    batch::{Batch, Stop},
    customers, fault, outside,
    value::{get, int, json, parse, plain, text_of, uint, word},
};
use crate::centre::Template;
use crate::store::{
    AddressKey, Attendance, EntryBody, NewCustomer, OperatorRow, PeopleStore, StatusChange, StoreError, TokenHash,
    TryLimits,
};
use async_trait::async_trait;
use deadpool_postgres::GenericClient;
use otklik_model::{Customer, CustomerId, OperatorId, Seq, SessionId, Stamp, WorkspaceId};
use std::collections::BTreeMap;
use tokio_postgres::Row;
use uuid::Uuid;

/// The columns of an operator, as [`operator_row`] reads them.
macro_rules! operators {
    ($which:literal) => {
        concat!(
            "SELECT id, login, name, password, status, status_code, status_since, set_by, keep_online,
                 last_accepted_at, post, grants, disabled, rights_at, version, workspace FROM operator ",
            $which
        )
    };
}

#[async_trait]
impl PeopleStore for PostgresStore {
    async fn operators(&self, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError> {
        operators(&self.client().await?, workspace).await
    }

    async fn operator(&self, workspace: WorkspaceId, id: OperatorId) -> Result<Option<OperatorRow>, StoreError> {
        let row = self.row(operators!("WHERE workspace = $1 AND id = $2"), &[&workspace.0, &id.0]).await?;
        row.as_ref().map(operator_row).transpose()
    }

    async fn operator_by_login(&self, workspace: WorkspaceId, login: &str) -> Result<Option<OperatorRow>, StoreError> {
        let login = plain(login);
        let row = self.row(operators!("WHERE workspace = $1 AND login = $2"), &[&workspace.0, &login]).await?;
        row.as_ref().map(operator_row).transpose()
    }

    async fn status_changes(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        since: Stamp,
    ) -> Result<Vec<StatusChange>, StoreError> {
        // From the last one that was not later than that time.
        let sql = "SELECT at, status, code, set_by FROM status_change
                   WHERE operator = $1 AND workspace = $2 AND seq >= coalesce(
                       (SELECT seq FROM status_change WHERE operator = $1 AND at <= $3 ORDER BY seq DESC LIMIT 1), 0)
                   ORDER BY seq";
        let rows = self.rows(sql, &[&operator.0, &workspace.0, &since.0]).await?;
        rows.iter().map(status_row).collect()
    }

    async fn note_attendance(&self, workspace: WorkspaceId, notes: Vec<Attendance>) -> Result<(), StoreError> {
        if notes.is_empty() {
            return Ok(());
        }
        let mut client = self.client().await?;
        let noting = client.transaction().await.map_err(fault)?;
        let sql = "INSERT INTO attendance (workspace, operator, seen_at, active_at, left_at)
                   VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (workspace, operator) DO UPDATE SET left_at = excluded.left_at,
                       seen_at = greatest(attendance.seen_at, excluded.seen_at),
                       active_at = greatest(attendance.active_at, excluded.active_at)";
        let statement = noting.prepare_cached(sql).await.map_err(fault)?;
        // In the order of their operators, so that two processes that note at once do not wait for each other.
        let mut notes = notes;
        notes.sort_by_key(|note| note.operator);
        for note in notes {
            let left_at = note.left_at.map(|at| at.0);
            let values: super::Values<'_> =
                &[&workspace.0, &note.operator.0, &note.seen_at.0, &note.active_at.0, &left_at];
            noting.execute(&statement, values).await.map_err(fault)?;
        }
        noting.commit().await.map_err(fault)
    }

    async fn attendance(&self, workspace: WorkspaceId) -> Result<Vec<Attendance>, StoreError> {
        let sql = "SELECT operator, seen_at, active_at, left_at FROM attendance WHERE workspace = $1
                   ORDER BY operator";
        let read = |row: &Row| {
            Ok(Attendance {
                operator: OperatorId(get(row, 0)?),
                seen_at: Stamp(get(row, 1)?),
                active_at: Stamp(get(row, 2)?),
                left_at: get::<Option<i64>>(row, 3)?.map(Stamp),
            })
        };
        self.rows(sql, &[&workspace.0]).await?.iter().map(read).collect()
    }

    async fn add_customer(&self, new: NewCustomer) -> Result<Customer, StoreError> {
        customers::add(&mut self.client().await?, new).await
    }

    async fn customer_of(&self, workspace: WorkspaceId, token: TokenHash) -> Result<Option<Customer>, StoreError> {
        let sql = "SELECT body FROM customer WHERE token = $1 AND workspace = $2";
        let row = self.row(sql, &[&token.0.as_slice(), &workspace.0]).await?;
        row.map(|row| parse(get(&row, 0)?)).transpose()
    }

    async fn customer(&self, workspace: WorkspaceId, id: CustomerId) -> Result<Option<(Customer, u64)>, StoreError> {
        let sql = "SELECT body, version FROM customer WHERE id = $1 AND workspace = $2";
        let row = self.row(sql, &[&id.0, &workspace.0]).await?;
        row.map(|row| Ok((parse(get(&row, 0)?)?, uint(get(&row, 1)?)))).transpose()
    }

    async fn customer_by_number(
        &self,
        workspace: WorkspaceId,
        number: u64,
    ) -> Result<Option<(Customer, u64)>, StoreError> {
        let sql = "SELECT body, version FROM customer WHERE workspace = $1 AND number = $2";
        let row = self.row(sql, &[&workspace.0, &int(number)]).await?;
        row.map(|row| Ok((parse(get(&row, 0)?)?, uint(get(&row, 1)?)))).transpose()
    }

    async fn blocked_customers(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError> {
        // The words of the index: the condition has to be the same for it to be used.
        let sql = "SELECT body FROM customer WHERE workspace = $1 AND number > $2 AND strpos(body, '\"block\":{') > 0
                   ORDER BY number LIMIT $3";
        let rows = self.rows(sql, &[&workspace.0, &int(after), &i64::from(limit)]).await?;
        rows.iter().map(|row| parse(get(row, 0)?)).collect()
    }

    async fn has_written(&self, workspace: WorkspaceId, id: CustomerId) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM customer WHERE id = $1 AND workspace = $2 AND wrote";
        Ok(self.row(sql, &[&id.0, &workspace.0]).await?.is_some())
    }

    async fn begin_try(
        &self,
        account: Uuid,
        address: AddressKey,
        limits: TryLimits,
        now: Stamp,
    ) -> Result<Option<u64>, StoreError> {
        customers::begin_try(&mut self.client().await?, account, address, limits, now).await
    }

    async fn forgive(&self, account: Uuid, address: AddressKey) -> Result<(), StoreError> {
        self.run("DELETE FROM attempt WHERE subject = $1", &[&account]).await?;
        let newest = "DELETE FROM attempt WHERE id =
                      (SELECT id FROM attempt WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT 1)";
        self.run(newest, &[&address.0]).await.map(drop)
    }

    async fn put_template(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        name: &str,
        template: Template,
    ) -> Result<(), StoreError> {
        outside::put_template(self, workspace, operator, name, &template).await
    }

    async fn templates_of(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
    ) -> Result<BTreeMap<String, Template>, StoreError> {
        outside::templates_of(self, workspace, operator).await
    }

    async fn remove_template(
        &self,
        workspace: WorkspaceId,
        operator: OperatorId,
        name: &str,
    ) -> Result<bool, StoreError> {
        outside::remove_template(self, workspace, operator, name).await
    }
}

pub(super) async fn operators(
    client: &impl GenericClient,
    workspace: WorkspaceId,
) -> Result<Vec<OperatorRow>, StoreError> {
    let statement = client.prepare_cached(operators!("WHERE workspace = $1 ORDER BY login")).await.map_err(fault)?;
    client.query(&statement, &[&workspace.0]).await.map_err(fault)?.iter().map(operator_row).collect()
}

fn operator_row(row: &Row) -> Result<OperatorRow, StoreError> {
    Ok(OperatorRow {
        id: OperatorId(get(row, 0)?),
        login: get(row, 1)?,
        name: get(row, 2)?,
        password: get(row, 3)?,
        status: word(get(row, 4)?)?,
        status_code: word(get(row, 5)?)?,
        status_since: Stamp(get(row, 6)?),
        set_by: parse(get(row, 7)?)?,
        keep_online: get(row, 8)?,
        last_accepted_at: get::<Option<i64>>(row, 9)?.map(Stamp),
        post: parse(get(row, 10)?)?,
        grants: parse(get(row, 11)?)?,
        disabled: get(row, 12)?,
        rights_at: Seq(uint(get(row, 13)?)),
        version: uint(get(row, 14)?),
    })
}

fn status_row(row: &Row) -> Result<StatusChange, StoreError> {
    Ok(StatusChange {
        at: Stamp(get(row, 0)?),
        status: word(get(row, 1)?)?,
        code: word(get(row, 2)?)?,
        set_by: parse(get(row, 3)?)?,
    })
}

/// The row that this one follows; conflicts if it is not the stored one, or the login or the id is taken.
pub(super) async fn stored(batch: &Batch<'_>, row: &OperatorRow) -> Result<Option<OperatorRow>, Stop> {
    let (by_id, by_login) =
        (operators!("WHERE id = $1"), "SELECT id FROM operator WHERE workspace = $1 AND login = $2");
    let by_id = batch.transaction.prepare_cached(by_id).await?;
    let by_login = batch.transaction.prepare_cached(by_login).await?;
    let login = plain(&row.login);
    let found = batch.transaction.query_opt(&by_id, &[&row.id.0]).await?;
    let holder = batch.transaction.query_opt(&by_login, &[&batch.workspace.0, &login]).await?;
    let elsewhere = match &found {
        Some(found) => get::<Uuid>(found, 15)? != batch.workspace.0,
        None => false,
    };
    let taken = match &holder {
        Some(holder) => get::<Uuid>(holder, 0)? != row.id.0,
        None => false,
    };
    let stored = found.as_ref().map(operator_row).transpose()?;
    if elsewhere || taken || stored.as_ref().map_or(0, |stored| stored.version) != row.version {
        return Err(Stop::Conflict);
    }
    Ok(stored)
}

pub(super) async fn commit(
    batch: &mut Batch<'_>,
    at: Stamp,
    row: &OperatorRow,
    rights_changed: bool,
) -> Result<(), Stop> {
    let stored = stored(batch, row).await?;
    let mut row = row.clone();
    let change = row.stamp(stored.as_ref(), at, batch.coming(), rights_changed);
    store(batch, &row).await?;
    let seq = batch.tell(at, EntryBody::Operator(Box::new(row.face(rights_changed))));
    if let Some(change) = change {
        add_status(batch, row.id, seq, &change).await?;
    }
    Ok(())
}

async fn store(batch: &Batch<'_>, row: &OperatorRow) -> Result<(), Stop> {
    let sql = "INSERT INTO operator (id, workspace, login, name, password, status, status_code, status_since, set_by,
                   keep_online, post, grants, disabled, rights_at, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
               ON CONFLICT (id) DO UPDATE SET login = $3, name = $4, password = $5, status = $6, status_code = $7,
                   status_since = $8, set_by = $9, keep_online = $10, post = $11, grants = $12, disabled = $13,
                   rights_at = $14, version = $15";
    let statement = batch.transaction.prepare_cached(sql).await?;
    let values: super::Values<'_> = &[
        &row.id.0,
        &batch.workspace.0,
        &plain(&row.login),
        &plain(&row.name),
        &row.password,
        &text_of(&row.status),
        &row.status_code.as_str(),
        &row.status_since.0,
        &json(&row.set_by),
        &row.keep_online,
        &json(&row.post),
        &json(&row.grants),
        &row.disabled,
        &int(row.rights_at.0),
        &int(row.version),
    ];
    batch.transaction.execute(&statement, values).await?;
    Ok(())
}

async fn add_status(batch: &Batch<'_>, operator: OperatorId, seq: Seq, change: &StatusChange) -> Result<(), Stop> {
    let sql = "INSERT INTO status_change (operator, seq, workspace, at, status, code, set_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let statement = batch.transaction.prepare_cached(sql).await?;
    let values: super::Values<'_> = &[
        &operator.0,
        &int(seq.0),
        &batch.workspace.0,
        &change.at.0,
        &text_of(&change.status),
        &change.code.as_str(),
        &json(&change.set_by),
    ];
    batch.transaction.execute(&statement, values).await?;
    Ok(())
}

pub(super) async fn sign_out(
    batch: &mut Batch<'_>,
    at: Stamp,
    operator: OperatorId,
    session: Option<SessionId>,
) -> Result<(), Stop> {
    let sql = "UPDATE session SET ended_at = $1
               WHERE operator = $2 AND workspace = $3 AND ended_at IS NULL AND ($4::uuid IS NULL OR id = $4)";
    let statement = batch.transaction.prepare_cached(sql).await?;
    let values: super::Values<'_> = &[&at.0, &operator.0, &batch.workspace.0, &session.map(|id| id.0)];
    batch.transaction.execute(&statement, values).await?;
    batch.tell(at, EntryBody::SignedOut { operator, session });
    Ok(())
}
