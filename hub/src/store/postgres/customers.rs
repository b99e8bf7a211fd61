//! Customers, attempts to sign in, and what is forgotten when.

use super::{
    batch::{Batch, Failure, Stop},
    called, fault, identities,
    value::{get, int, json, parse, small, uint},
};
use crate::store::identities::Followers;
use crate::store::{
    ANSWERS_KEPT_MS, AUDIT_KEPT_MS, AddressKey, DialogChange, ERASED_KEPT_MS, EntryBody, FAILED_ERRANDS_KEPT_MS,
    JOURNEYS_KEPT_MS, LOG_KEPT_MS, NewCustomer, SILENT_CUSTOMERS_KEPT_MS, SILENT_NODES_KEPT_MS, STATUSES_KEPT_MS,
    StoreError, TRIES_KEPT_MS, Tries, TryLimits,
};
use deadpool_postgres::{Client, Transaction};
use otklik_model::{Customer, CustomerId, Particulars, Stamp, WorkspaceId};
use tokio_postgres::Row;
use uuid::Uuid;

/// What is forgotten, and how old it is then.
pub(super) const SWEEP: [(&str, i64); 14] = [
    ("DELETE FROM answer WHERE at < $1", ANSWERS_KEPT_MS),
    ("DELETE FROM entry WHERE at < $1", LOG_KEPT_MS),
    ("DELETE FROM session_token WHERE session = ANY (ARRAY(SELECT id FROM session WHERE expires_at < $1))", 0),
    ("DELETE FROM session WHERE expires_at < $1", 0),
    ("DELETE FROM customer WHERE NOT wrote AND created_at < $1", SILENT_CUSTOMERS_KEPT_MS),
    ("DELETE FROM attempt WHERE at < $1", TRIES_KEPT_MS),
    ("DELETE FROM errand WHERE failed_at < $1", FAILED_ERRANDS_KEPT_MS),
    ("DELETE FROM status_change WHERE at < $1", STATUSES_KEPT_MS),
    ("DELETE FROM audit WHERE at < $1", AUDIT_KEPT_MS),
    ("DELETE FROM erased WHERE at < $1", ERASED_KEPT_MS),
    ("DELETE FROM journey WHERE at < $1", JOURNEYS_KEPT_MS),
    ("DELETE FROM tally WHERE at < $1", STATUSES_KEPT_MS),
    ("DELETE FROM door WHERE node = ANY (ARRAY(SELECT id FROM node WHERE seen_at < $1))", SILENT_NODES_KEPT_MS),
    ("DELETE FROM node WHERE seen_at < $1", SILENT_NODES_KEPT_MS),
];

pub(super) async fn add(client: &mut Client, new: NewCustomer) -> Result<Customer, StoreError> {
    let adding = client.transaction().await.map_err(fault)?;
    let next = "UPDATE workspace SET customers = customers + 1 WHERE id = $1 RETURNING customers";
    let next = adding.prepare_cached(next).await.map_err(fault)?;
    let row = adding.query_opt(&next, &[&new.workspace.0]).await.map_err(fault)?;
    let row = row.ok_or_else(|| StoreError::Unavailable("no such workspace".into()))?;
    let number = uint(get(&row, 0)?);
    let customer = Customer {
        id: new.id,
        name: format!("Customer {number}"),
        number,
        named: false,
        email: None,
        phone: None,
        language: new.language,
        particulars: Particulars::default(),
    };
    let insert = "INSERT INTO customer (id, workspace, token, number, body, created_at)
                  VALUES ($1, $2, $3, $4, $5, $6)";
    let insert = adding.prepare_cached(insert).await.map_err(fault)?;
    let (token, body) = (new.token.0.as_slice(), json(&customer));
    let values: super::Values<'_> = &[&new.id.0, &new.workspace.0, &token, &int(number), &body, &new.at.0];
    adding.execute(&insert, values).await.map_err(fault)?;
    adding.commit().await.map_err(fault)?;
    Ok(customer)
}

pub(super) async fn commit(batch: &mut Batch<'_>, at: Stamp, customer: &Customer, version: u64) -> Result<(), Stop> {
    put(batch, at, customer, version).await?;
    identities::spread(batch, at, customer.id).await
}

/// Writes a customer who has no dialog, but nothing of who is one person with him.
pub(super) async fn put(batch: &mut Batch<'_>, at: Stamp, customer: &Customer, version: u64) -> Result<(), Stop> {
    let Some((before, _)) = stored(batch, customer.id).await?.filter(|(_, stored)| *stored == version) else {
        return Err(Stop::Conflict);
    };
    write(batch.transaction, batch.workspace, customer).await?;
    if Followers::of(&before, customer) == Followers::All {
        identities::follow(batch, at, Followers::All, customer, None).await?;
    }
    batch.tell(at, EntryBody::Customer(Box::new(customer.clone())));
    Ok(())
}

/// A customer, and how often he was stored. The workspace is locked: nobody changes it meanwhile.
pub(super) async fn stored(batch: &Batch<'_>, customer: CustomerId) -> Result<Option<(Customer, u64)>, Failure> {
    let sql = "SELECT body, version FROM customer WHERE id = $1 AND workspace = $2";
    let statement = batch.transaction.prepare_cached(sql).await?;
    let row = batch.transaction.query_opt(&statement, &[&customer.0, &batch.workspace.0]).await?;
    let read = |row: Row| -> Result<_, StoreError> { Ok((parse(get(&row, 0)?)?, uint(get(&row, 1)?))) };
    Ok(row.map(read).transpose()?)
}

/// Whether a customer who is changed in a dialog that is over still is who he was when that was decided.
pub(super) async fn unchanged(batch: &Batch<'_>, change: &DialogChange) -> Result<(), Stop> {
    let Some(before) = change.customer_of_old() else { return Ok(()) };
    let stored = stored(batch, before.id).await?;
    if stored.is_some_and(|(stored, _)| stored == *before) { Ok(()) } else { Err(Stop::Conflict) }
}

/// The customer's own row follows the copy in his dialog, which may be older than the person he is now.
pub(super) async fn follow(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    customer: &Customer,
) -> Result<(), Failure> {
    let person = identities::person_of(transaction, workspace, customer.id).await?;
    let particulars = Particulars { person, ..customer.particulars.clone() };
    write(transaction, workspace, &Customer { particulars, ..customer.clone() }).await
}

/// Puts a customer in the place of what was known of him, with what he is found by.
pub(super) async fn write(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    customer: &Customer,
) -> Result<(), Failure> {
    let sql = "UPDATE customer SET body = $3, version = version + 1 WHERE id = $1 AND workspace = $2";
    let statement = transaction.prepare_cached(sql).await?;
    transaction.execute(&statement, &[&customer.id.0, &workspace.0, &json(customer)]).await?;
    Ok(called::put(transaction, workspace, customer).await?)
}

pub(super) async fn begin_try(
    client: &mut Client,
    account: Uuid,
    address: AddressKey,
    limits: TryLimits,
    now: Stamp,
) -> Result<Option<u64>, StoreError> {
    let trying = client.transaction().await.map_err(fault)?;
    // One after the other, so that nobody gets more tries by asking from many sides at once. Always the lower lock
    // first: nobody waits for somebody who waits for him.
    let mut locks = [account, address.0].map(|subject| subject.as_u64_pair().1.cast_signed());
    locks.sort_unstable();
    for lock in locks {
        let sql = trying.prepare_cached("SELECT pg_advisory_xact_lock($1)").await.map_err(fault)?;
        trying.query(&sql, &[&lock]).await.map_err(fault)?;
    }
    let (of_account, _, account_last) = tries(&trying, account, now).await?;
    let (of_address, address_first, _) = tries(&trying, address.0, now).await?;
    let tries = Tries { account: of_account, account_last, address: of_address, address_first };
    if let Some(wait) = tries.wait_ms(limits, now) {
        return Ok(Some(wait));
    }
    let insert = "INSERT INTO attempt (subject, at) VALUES ($1, $3), ($2, $3)";
    let insert = trying.prepare_cached(insert).await.map_err(fault)?;
    trying.execute(&insert, &[&account, &address.0, &now.0]).await.map_err(fault)?;
    trying.commit().await.map_err(fault)?;
    Ok(None)
}

/// How many attempts of a subject still count, the first and the last of them.
async fn tries(
    trying: &Transaction<'_>,
    subject: Uuid,
    now: Stamp,
) -> Result<(u32, Option<Stamp>, Option<Stamp>), StoreError> {
    let sql = "SELECT count(*), min(at), max(at) FROM attempt WHERE subject = $1 AND at > $2";
    let statement = trying.prepare_cached(sql).await.map_err(fault)?;
    let row = trying.query_one(&statement, &[&subject, &(now.0 - TRIES_KEPT_MS)]).await.map_err(fault)?;
    let stamp = |column| get::<Option<i64>>(&row, column).map(|at| at.map(Stamp));
    Ok((small(get(&row, 0)?), stamp(1)?, stamp(2)?))
}
