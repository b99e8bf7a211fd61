//! Customers by what they are called: written with them, erased with them.

use super::{
    fault,
    privacy::run,
    value::{get, parse},
};
use crate::store::StoreError;
use deadpool_postgres::GenericClient;
use otklik_model::{Customer, CustomerId, WorkspaceId};
use otklik_words::called;
use std::collections::BTreeSet;
use tokio_postgres::Transaction;
use uuid::Uuid;

/// No entry that begins so comes after this.
const LAST: char = char::MAX;
/// Entries read for each customer that is wanted: of one customer several may begin the same.
const SPARE: i64 = 8;

const PUT: &str = "INSERT INTO called (workspace, entry, customer)
    SELECT $1, entry, $2 FROM unnest($3::text[]) AS entry ON CONFLICT DO NOTHING";

/// Makes the index of all customers.
pub(super) async fn make(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    for row in transaction.query("SELECT body, workspace FROM customer", &[]).await.map_err(fault)? {
        let (customer, workspace): (Customer, Uuid) = (parse(get(&row, 0)?)?, get(&row, 1)?);
        transaction.execute(PUT, &[&workspace, &customer.id.0, &entries(&customer)]).await.map_err(fault)?;
    }
    Ok(())
}

/// A character that the server cannot hold stands in no word.
fn entries(customer: &Customer) -> Vec<String> {
    called(customer).into_iter().map(|entry| entry.replace('\0', "")).collect()
}

/// A customer is called so from now on.
pub(super) async fn put(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customer: &Customer,
) -> Result<(), StoreError> {
    erase(client, customer.id).await?;
    run(client, PUT, &[&workspace.0, &customer.id.0, &entries(customer)]).await.map(drop)
}

pub(super) async fn erase(client: &impl GenericClient, customer: CustomerId) -> Result<(), StoreError> {
    run(client, "DELETE FROM called WHERE customer = $1", &[&customer.0]).await.map(drop)
}

pub(super) async fn beginning(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    beginning: &str,
    limit: u32,
) -> Result<Vec<Customer>, StoreError> {
    let sql = "SELECT customer.id, customer.body FROM called JOIN customer ON customer.id = called.customer
               WHERE called.workspace = $1 AND called.entry >= $2 AND called.entry < $3 LIMIT $4";
    // The server cannot be asked for what stands in no word.
    if beginning.contains('\0') {
        return Ok(Vec::new());
    }
    let most = i64::from(limit) * SPARE;
    let values: super::Values<'_> = &[&workspace.0, &beginning, &format!("{beginning}{LAST}"), &most];
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    let (mut found, mut known) = (Vec::new(), BTreeSet::<Uuid>::new());
    for row in client.query(&statement, values).await.map_err(fault)? {
        if found.len() < limit as usize && known.insert(get(&row, 0)?) {
            found.push(parse(get(&row, 1)?)?);
        }
    }
    Ok(found)
}
