//! Customers, attempts to sign in, and forgetting.

use super::{
    called,
    desk::has_dialog,
    fault, identities,
    read::{blob, counter, int, json, parse, uint},
    turn::Turn,
};
use crate::store::identities::Followers;
use crate::store::{
    ANSWERS_KEPT_MS, AUDIT_KEPT_MS, AddressKey, CommitError, DialogChange, ERASED_KEPT_MS, EntryBody,
    FAILED_ERRANDS_KEPT_MS, JOURNEYS_KEPT_MS, LOG_KEPT_MS, NewCustomer, SILENT_CUSTOMERS_KEPT_MS, SILENT_NODES_KEPT_MS,
    STATUSES_KEPT_MS, StoreError, TRIES_KEPT_MS, TokenHash, Tries, TryLimits,
};
use otklik_model::{Customer, CustomerId, Particulars, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};
use uuid::Uuid;

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
        particulars: Particulars::default(),
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

pub(super) fn customer(
    db: &Connection,
    workspace: WorkspaceId,
    id: CustomerId,
) -> Result<Option<(Customer, u64)>, StoreError> {
    let sql = "SELECT body, version FROM customer WHERE id = ?1 AND workspace = ?2";
    one(db, sql, params![blob(id.0), blob(workspace.0)])
}

pub(super) fn customer_by_number(
    db: &Connection,
    workspace: WorkspaceId,
    number: u64,
) -> Result<Option<(Customer, u64)>, StoreError> {
    let sql = "SELECT body, version FROM customer WHERE workspace = ?1 AND number = ?2";
    one(db, sql, params![blob(workspace.0), int(number)])
}

fn one(db: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<Option<(Customer, u64)>, StoreError> {
    let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
    let found = db.prepare_cached(sql).and_then(|mut statement| statement.query_row(values, read).optional());
    found.map_err(fault)?.map(|(body, version)| Ok((parse(&body)?, uint(version)))).transpose()
}

pub(super) fn blocked(
    db: &Connection,
    workspace: WorkspaceId,
    after: u64,
    limit: u32,
) -> Result<Vec<Customer>, StoreError> {
    // The words of the index: the condition has to be the same for it to be used.
    let sql = "SELECT body FROM customer WHERE workspace = ?1 AND number > ?2 AND instr(body, '\"block\":{') > 0
               ORDER BY number LIMIT ?3";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let values = params![blob(workspace.0), int(after), limit];
    let rows = statement.query_map(values, |row| row.get::<_, String>(0)).map_err(fault)?;
    rows.map(|body| parse(&body.map_err(fault)?)).collect()
}

pub(super) fn has_written(db: &Connection, workspace: WorkspaceId, id: CustomerId) -> Result<bool, StoreError> {
    db.prepare_cached("SELECT 1 FROM customer WHERE id = ?1 AND workspace = ?2 AND wrote = 1")
        .and_then(|mut statement| statement.exists([blob(id.0), blob(workspace.0)]))
        .map_err(fault)
}

pub(super) fn commit_customer(turn: &mut Turn<'_>, customer: &Customer, version: u64) -> Result<(), CommitError> {
    put(turn, customer, version)?;
    identities::spread(turn, customer.id)?;
    Ok(())
}

/// Writes a customer who has no dialog, but nothing of who is one person with him.
pub(super) fn put(turn: &mut Turn<'_>, customer: &Customer, version: u64) -> Result<(), CommitError> {
    if has_dialog(turn.db, customer.id)? {
        return Err(CommitError::Conflict);
    }
    let stored = self::customer(turn.db, turn.workspace, customer.id)?;
    let Some((before, _)) = stored.filter(|(_, stored)| *stored == version) else {
        return Err(CommitError::Conflict);
    };
    write(turn.db, turn.workspace, customer)?;
    if Followers::of(&before, customer) == Followers::All {
        identities::follow(turn, Followers::All, customer, None)?;
    }
    turn.tell(&EntryBody::Customer(Box::new(customer.clone())))?;
    Ok(())
}

/// Whether a customer who is changed in a dialog that is over still is who he was when that was decided.
pub(super) fn unchanged(turn: &Turn<'_>, change: &DialogChange) -> Result<(), CommitError> {
    let Some(before) = change.customer_of_old() else { return Ok(()) };
    let stored = customer(turn.db, turn.workspace, before.id)?;
    if stored.is_some_and(|(stored, _)| stored == *before) { Ok(()) } else { Err(CommitError::Conflict) }
}

/// The customer's own row follows the copy in his dialog, which may be older than the person he is now.
pub(super) fn follow_customer(db: &Connection, workspace: WorkspaceId, customer: &Customer) -> Result<(), StoreError> {
    let person = identities::person_of(db, workspace, customer.id)?;
    let particulars = Particulars { person, ..customer.particulars.clone() };
    write(db, workspace, &Customer { particulars, ..customer.clone() })
}

/// Puts a customer in the place of what was known of him, with what he is found by.
pub(super) fn write(db: &Connection, workspace: WorkspaceId, customer: &Customer) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE customer SET body = ?3, version = version + 1 WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| statement.execute(params![blob(customer.id.0), blob(workspace.0), json(customer)]))
        .map_err(fault)?;
    called::put(db, workspace, customer)
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
        ("DELETE FROM session_token WHERE session IN (SELECT id FROM session WHERE expires_at < ?1)", 0),
        ("DELETE FROM session WHERE expires_at < ?1", 0),
        ("DELETE FROM customer WHERE wrote = 0 AND created_at < ?1", SILENT_CUSTOMERS_KEPT_MS),
        ("DELETE FROM attempt WHERE at < ?1", TRIES_KEPT_MS),
        ("DELETE FROM errand WHERE failed_at < ?1", FAILED_ERRANDS_KEPT_MS),
        ("DELETE FROM status_change WHERE at < ?1", STATUSES_KEPT_MS),
        ("DELETE FROM audit WHERE at < ?1", AUDIT_KEPT_MS),
        ("DELETE FROM erased WHERE at < ?1", ERASED_KEPT_MS),
        ("DELETE FROM journey WHERE at < ?1", JOURNEYS_KEPT_MS),
        ("DELETE FROM tally WHERE at < ?1", STATUSES_KEPT_MS),
        ("DELETE FROM door WHERE node IN (SELECT id FROM node WHERE seen_at < ?1)", SILENT_NODES_KEPT_MS),
        ("DELETE FROM node WHERE seen_at < ?1", SILENT_NODES_KEPT_MS),
    ] {
        gone += db.execute(sql, [now.0 - kept]).map_err(fault)?;
    }
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}
