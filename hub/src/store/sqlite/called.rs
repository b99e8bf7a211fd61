//! Customers by what they are called: written with them, erased with them.

use super::{
    fault,
    read::{blob, parse, uuid},
};
use crate::store::StoreError;
use otklik_model::{Customer, CustomerId, WorkspaceId};
use otklik_words::called;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// No entry that begins so comes after this.
const LAST: char = char::MAX;
/// Entries read for each customer that is wanted: of one customer several may begin the same.
const SPARE: u32 = 8;

/// Whether somebody has a name and nobody can be found by one: the file is of an older hub.
pub(super) fn is_missing(db: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM customer WHERE instr(body, '\"named\":true') > 0
                   OR instr(body, '\"email\":\"') > 0 OR instr(body, '\"phone\":\"') > 0)
               AND NOT EXISTS (SELECT 1 FROM called)";
    db.query_row(sql, [], |row| row.get(0)).map_err(fault)
}

/// Makes the index of all customers.
pub(super) fn make(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
    let made = make_all(db);
    db.execute_batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(fault)?;
    made
}

fn make_all(db: &Connection) -> Result<(), StoreError> {
    let mut statement = db.prepare("SELECT body, workspace FROM customer").map_err(fault)?;
    let mut rows = statement.query([]).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        let body: String = row.get(0).map_err(fault)?;
        put(db, WorkspaceId(uuid(row, 1).map_err(fault)?), &parse(&body)?)?;
    }
    Ok(())
}

/// A customer is called so from now on.
pub(super) fn put(db: &Connection, workspace: WorkspaceId, customer: &Customer) -> Result<(), StoreError> {
    erase(db, customer.id)?;
    let sql = "INSERT INTO called (workspace, entry, customer) VALUES (?1, ?2, ?3)";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    for entry in called(customer) {
        statement.execute(params![blob(workspace.0), entry, blob(customer.id.0)]).map_err(fault)?;
    }
    Ok(())
}

pub(super) fn erase(db: &Connection, customer: CustomerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM called WHERE customer = ?1")
        .and_then(|mut statement| statement.execute([blob(customer.0)]))
        .map(drop)
        .map_err(fault)
}

pub(super) fn beginning(
    db: &Connection,
    workspace: WorkspaceId,
    beginning: &str,
    limit: u32,
) -> Result<Vec<Customer>, StoreError> {
    let sql = "SELECT c.body FROM called k JOIN customer c ON c.id = k.customer
               WHERE k.workspace = ?1 AND k.entry >= ?2 AND k.entry < ?3 LIMIT ?4";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let values = params![blob(workspace.0), beginning, format!("{beginning}{LAST}"), limit.saturating_mul(SPARE)];
    let rows = statement.query_map(values, |row| row.get::<_, String>(0)).map_err(fault)?;
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    for body in rows {
        let customer: Customer = parse(&body.map_err(fault)?)?;
        if found.len() < limit as usize && known.insert(customer.id) {
            found.push(customer);
        }
    }
    Ok(found)
}
