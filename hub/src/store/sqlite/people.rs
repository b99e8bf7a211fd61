//! Workspaces, operators, sessions, customers, attempts to sign in, and forgetting.

use super::{
    commit::counter,
    fault,
    read::{blob, int, json, parse, uint, uuid, word},
};
use crate::store::{
    ANSWERS_KEPT_MS, AddressKey, LOG_KEPT_MS, NewCustomer, NewSession, OperatorRow, SILENT_CUSTOMERS_KEPT_MS,
    SessionRow, StoreError, TRIES_KEPT_MS, TokenHash, Tries, TryLimits, Workspace,
};
use otklik_model::{Customer, OperatorId, Seq, SessionId, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

pub(super) fn open_workspace(db: &Connection, short: &str) -> Result<Workspace, StoreError> {
    db.execute(
        "INSERT INTO workspace (id, short, stream) VALUES (?1, ?2, ?3) ON CONFLICT (short) DO NOTHING",
        params![blob(Uuid::now_v7()), short, blob(Uuid::new_v4())],
    )
    .map_err(fault)?;
    db.query_row("SELECT id, stream FROM workspace WHERE short = ?1", [short], |row| {
        Ok(Workspace { id: WorkspaceId(uuid(row, 0)?), stream: uuid(row, 1)? })
    })
    .map_err(fault)
}

pub(super) const OPERATOR: &str =
    "SELECT id, login, name, password, status, rights, disabled, rights_at, version FROM operator";

pub(super) fn operators(db: &Connection, workspace: WorkspaceId) -> Result<Vec<OperatorRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{OPERATOR} WHERE workspace = ?1 ORDER BY login")).map_err(fault)?;
    let mut rows = statement.query([blob(workspace.0)]).map_err(fault)?;
    let mut operators = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        operators.push(operator_row(row)?);
    }
    Ok(operators)
}

pub(super) fn operator(
    db: &Connection,
    workspace: WorkspaceId,
    id: OperatorId,
) -> Result<Option<OperatorRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{OPERATOR} WHERE workspace = ?1 AND id = ?2")).map_err(fault)?;
    let mut rows = statement.query([blob(workspace.0), blob(id.0)]).map_err(fault)?;
    rows.next().map_err(fault)?.map(operator_row).transpose()
}

pub(super) fn operator_by_login(
    db: &Connection,
    workspace: WorkspaceId,
    login: &str,
) -> Result<Option<OperatorRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{OPERATOR} WHERE workspace = ?1 AND login = ?2")).map_err(fault)?;
    let mut rows = statement.query(params![blob(workspace.0), login]).map_err(fault)?;
    rows.next().map_err(fault)?.map(operator_row).transpose()
}

fn operator_row(row: &Row<'_>) -> Result<OperatorRow, StoreError> {
    Ok(OperatorRow {
        id: OperatorId(uuid(row, 0).map_err(fault)?),
        login: row.get(1).map_err(fault)?,
        name: row.get(2).map_err(fault)?,
        password: row.get(3).map_err(fault)?,
        status: word(row.get(4).map_err(fault)?)?,
        rights: parse(&row.get::<_, String>(5).map_err(fault)?)?,
        disabled: row.get(6).map_err(fault)?,
        rights_at: Seq(uint(row.get(7).map_err(fault)?)),
        version: uint(row.get(8).map_err(fault)?),
    })
}

pub(super) fn add_session(db: &Connection, session: &NewSession) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO session (id, workspace, operator, token, device, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            blob(session.id.0),
            blob(session.workspace.0),
            blob(session.operator.0),
            session.token.0,
            session.device,
            session.created_at.0,
            session.expires_at.0,
        ],
    )
    .map(drop)
    .map_err(fault)
}

pub(super) fn session_of(db: &Connection, token: TokenHash) -> Result<Option<SessionRow>, StoreError> {
    db.prepare_cached("SELECT id, workspace, operator, expires_at FROM session WHERE token = ?1 AND ended_at IS NULL")
        .and_then(|mut statement| {
            statement
                .query_row([token.0], |row| {
                    Ok(SessionRow {
                        id: SessionId(uuid(row, 0)?),
                        workspace: WorkspaceId(uuid(row, 1)?),
                        operator: OperatorId(uuid(row, 2)?),
                        expires_at: Stamp(row.get(3)?),
                    })
                })
                .optional()
        })
        .map_err(fault)
}

pub(super) fn add_customer(db: &Connection, new: &NewCustomer) -> Result<Customer, StoreError> {
    let sql = "UPDATE workspace SET customers = customers + 1 WHERE id = ?1 RETURNING customers";
    let number = counter(db, sql, new.workspace)?;
    let customer = Customer {
        id: new.id,
        name: format!("Customer {number}"),
        number,
        named: false,
        email: None,
        phone: None,
        language: new.language.clone(),
    };
    db.prepare_cached(
        "INSERT INTO customer (id, workspace, token, number, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob(customer.id.0),
            blob(new.workspace.0),
            new.token.0,
            int(number),
            json(&customer),
            new.at.0,
        ])
    })
    .map_err(fault)?;
    Ok(customer)
}

pub(super) fn customer_of(
    db: &Connection,
    workspace: WorkspaceId,
    token: TokenHash,
) -> Result<Option<Customer>, StoreError> {
    let body = db
        .prepare_cached("SELECT body FROM customer WHERE token = ?1 AND workspace = ?2")
        .and_then(|mut statement| {
            statement.query_row(params![token.0, blob(workspace.0)], |row| row.get::<_, String>(0)).optional()
        })
        .map_err(fault)?;
    body.map(|body| parse(&body)).transpose()
}

pub(super) fn begin_try(
    db: &Connection,
    account: Uuid,
    address: AddressKey,
    limits: TryLimits,
    now: Stamp,
) -> Result<Option<u64>, StoreError> {
    let (of_account, _, account_last) = tries(db, account, now)?;
    let (of_address, address_first, _) = tries(db, address.0, now)?;
    let tries = Tries { account: of_account, account_last, address: of_address, address_first };
    if let Some(wait) = tries.wait_ms(limits, now) {
        return Ok(Some(wait));
    }
    for subject in [account, address.0] {
        db.prepare_cached("INSERT INTO attempt (subject, at) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute(params![blob(subject), now.0]))
            .map_err(fault)?;
    }
    Ok(None)
}

/// How many attempts of a subject still count, the first and the last of them.
fn tries(db: &Connection, subject: Uuid, now: Stamp) -> Result<(u32, Option<Stamp>, Option<Stamp>), StoreError> {
    db.prepare_cached("SELECT count(*), min(at), max(at) FROM attempt WHERE subject = ?1 AND at > ?2")
        .and_then(|mut statement| {
            statement.query_row(params![blob(subject), now.0 - TRIES_KEPT_MS], |row| {
                let stamp = |index| row.get::<_, Option<i64>>(index).map(|at| at.map(Stamp));
                Ok((row.get::<_, u32>(0)?, stamp(1)?, stamp(2)?))
            })
        })
        .map_err(fault)
}

pub(super) fn forgive(db: &Connection, account: Uuid, address: AddressKey) -> Result<(), StoreError> {
    db.execute("DELETE FROM attempt WHERE subject = ?1", [blob(account)]).map_err(fault)?;
    db.execute(
        "DELETE FROM attempt WHERE rowid = (SELECT rowid FROM attempt WHERE subject = ?1 ORDER BY at DESC LIMIT 1)",
        [blob(address.0)],
    )
    .map(drop)
    .map_err(fault)
}

pub(super) fn sweep(db: &Connection, now: Stamp) -> Result<u64, StoreError> {
    let mut gone = 0;
    for (sql, kept) in [
        ("DELETE FROM answer WHERE at < ?1", ANSWERS_KEPT_MS),
        ("DELETE FROM entry WHERE at < ?1", LOG_KEPT_MS),
        ("DELETE FROM session WHERE expires_at < ?1", 0),
        ("DELETE FROM customer WHERE wrote = 0 AND created_at < ?1", SILENT_CUSTOMERS_KEPT_MS),
        ("DELETE FROM attempt WHERE at < ?1", TRIES_KEPT_MS),
    ] {
        gone += db.execute(sql, [now.0 - kept]).map_err(fault)?;
    }
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}
