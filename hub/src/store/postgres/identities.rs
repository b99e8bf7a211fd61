//! Customers who are one person.

use super::{
    PostgresStore,
    batch::{Batch, Stop},
    called, customers, fault,
    privacy::run,
    value::{get, int, json, parse, uint},
};
use crate::desk::{Alias, DialogAggregate, shared};
use crate::store::identities::{Followers, told};
use crate::store::{DialogChange, EntryBody, IdentityStore, Regroup, StoreError};
use async_trait::async_trait;
use deadpool_postgres::GenericClient;
use otklik_model::{Customer, CustomerId, DialogId, OperatorId, Stamp, WorkspaceId};
use tokio_postgres::Row;

/// The dialogs of a customer that are not closed for good.
const GOING_ON: &str = "SELECT body FROM dialog WHERE customer = $1 AND workspace = $2 AND NOT final";
/// All of them.
const ALL: &str = "SELECT body FROM dialog WHERE customer = $1 AND workspace = $2 ORDER BY id";

#[async_trait]
impl IdentityStore for PostgresStore {
    async fn identities(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Vec<Alias>, StoreError> {
        let mut client = self.client().await?;
        let reading = super::log::read_only(&mut client).await?;
        let people = identities(&reading, workspace, customer).await?;
        reading.commit().await.map_err(fault)?;
        Ok(people)
    }

    async fn customers_called(
        &self,
        workspace: WorkspaceId,
        beginning: &str,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError> {
        let client = self.client().await?;
        called::beginning(&client, workspace, beginning, limit).await
    }
}

/// The person that a customer is with others, if he is.
pub(super) async fn person_of(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT person FROM identity WHERE customer = $1 AND workspace = $2";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    let row = client.query_opt(&statement, &[&customer.0, &workspace.0]).await.map_err(fault)?;
    row.map(|row| get(&row, 0).map(uint)).transpose()
}

/// All who are one person with a customer, himself among them, by number.
pub(super) async fn identities(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Vec<Alias>, StoreError> {
    let Some(person) = person_of(client, workspace, customer).await? else {
        let alone = "SELECT body, version FROM customer WHERE id = $1 AND workspace = $2";
        let statement = client.prepare_cached(alone).await.map_err(fault)?;
        let row = client.query_opt(&statement, &[&customer.0, &workspace.0]).await.map_err(fault)?;
        let alias = |row: Row| -> Result<Alias, StoreError> {
            Ok(Alias { customer: parse(get(&row, 0)?)?, version: uint(get(&row, 1)?), own: None })
        };
        return row.map(alias).transpose().map(|alias| alias.into_iter().collect());
    };
    let sql = "SELECT customer.body, customer.version, identity.own
               FROM identity JOIN customer ON customer.id = identity.customer
               WHERE identity.workspace = $1 AND identity.person = $2 ORDER BY customer.number";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    let rows = client.query(&statement, &[&workspace.0, &int(person)]).await.map_err(fault)?;
    let alias = |row: &Row| -> Result<Alias, StoreError> {
        let (customer, version, own) = (parse(get(row, 0)?)?, uint(get(row, 1)?), parse(get(row, 2)?)?);
        Ok(Alias { customer, version, own: Some(own) })
    };
    rows.iter().map(alias).collect()
}

pub(super) async fn commit(batch: &mut Batch<'_>, at: Stamp, regroup: &Regroup) -> Result<(), Stop> {
    for Alias { customer, version, .. } in &regroup.people {
        if customers::stored(batch, customer.id).await?.is_none_or(|(_, stored)| stored != *version) {
            return Err(Stop::Conflict);
        }
    }
    for alias in &regroup.people {
        customers::write(batch.transaction, batch.workspace, &alias.customer).await?;
        keep(batch, alias).await?;
        tell_dialogs(batch, at, Followers::All, &alias.customer, regroup.by).await?;
    }
    Ok(())
}

async fn keep(batch: &Batch<'_>, alias: &Alias) -> Result<(), StoreError> {
    let (transaction, id) = (batch.transaction, alias.customer.id.0);
    run(transaction, "DELETE FROM identity WHERE customer = $1", &[&id]).await?;
    let Some((person, own)) = alias.customer.particulars.person.zip(alias.own.as_ref()) else { return Ok(()) };
    let sql = "INSERT INTO identity (customer, workspace, person, own) VALUES ($1, $2, $3, $4)";
    run(transaction, sql, &[&id, &batch.workspace.0, &int(person), &json(own)]).await.map(drop)
}

/// What changed of a customer changes of all who are one person with him.
pub(super) async fn spread(batch: &mut Batch<'_>, at: Stamp, customer: CustomerId) -> Result<(), Stop> {
    let (transaction, workspace) = (batch.transaction, batch.workspace);
    let Some(person) = person_of(transaction, workspace, customer).await? else { return Ok(()) };
    let people = identities(transaction, workspace, customer).await?;
    let Some(changed) = people.iter().find(|alias| alias.customer.id == customer) else { return Ok(()) };
    for other in people.iter().filter(|alias| alias.customer.id != customer) {
        let now = shared(&changed.customer, &other.customer, Some(person));
        if now == other.customer {
            continue;
        }
        customers::write(transaction, workspace, &now).await?;
        tell_dialogs(batch, at, Followers::of(&other.customer, &now), &now, None).await?;
    }
    Ok(())
}

/// The dialogs of a customer that are not closed for good.
pub(super) async fn going_on(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Vec<DialogId>, StoreError> {
    let sql = "SELECT id FROM dialog WHERE customer = $1 AND workspace = $2 AND NOT final";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    let rows = client.query(&statement, &[&customer.0, &workspace.0]).await.map_err(fault)?;
    rows.iter().map(|row| get(row, 0).map(DialogId)).collect()
}

/// The copies of a customer in these dialogs follow his row; and his page hears of it, if none goes on.
async fn tell_dialogs(
    batch: &mut Batch<'_>,
    at: Stamp,
    which: Followers,
    customer: &Customer,
    by: Option<OperatorId>,
) -> Result<(), Stop> {
    let goes_on = follow(batch, at, which, customer, by).await?;
    if !goes_on {
        batch.tell(at, EntryBody::Customer(Box::new(customer.clone())));
    }
    Ok(())
}

/// The copies of a customer in these dialogs follow his row. Whether any of them goes on.
pub(super) async fn follow(
    batch: &mut Batch<'_>,
    at: Stamp,
    which: Followers,
    customer: &Customer,
    by: Option<OperatorId>,
) -> Result<bool, Stop> {
    // What was decided before in this batch has to be seen.
    batch.flush().await?;
    let sql = match which {
        Followers::GoingOn => GOING_ON,
        Followers::All => ALL,
    };
    let statement = batch.transaction.prepare_cached(sql).await?;
    let rows = batch.transaction.query(&statement, &[&customer.id.0, &batch.workspace.0]).await?;
    let mut goes_on = false;
    for row in &rows {
        let dialog: DialogAggregate = parse(get(row, 0)?)?;
        goes_on |= !dialog.row.state.is_final();
        if let Some(event) = told(&dialog, customer, by) {
            batch.put(at, DialogChange::of(dialog, vec![event]));
        }
    }
    Ok(goes_on)
}
