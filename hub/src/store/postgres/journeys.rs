//! Where customers are and which pages they went to; what counts in operators' work.

use super::{
    PostgresStore, fault,
    value::{get, json, parse},
};
use crate::store::{JourneyStore, StoreError, Tally, TallyStore};
use async_trait::async_trait;
use deadpool_postgres::GenericClient;
use otklik_model::{CustomerId, Journey, OperatorId, Stamp, WorkspaceId};

#[async_trait]
impl JourneyStore for PostgresStore {
    async fn journey(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Journey, StoreError> {
        journey(&self.client().await?, workspace, customer).await
    }

    async fn go_on(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
        at: Stamp,
        later: Journey,
    ) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let going = client.transaction().await.map_err(fault)?;
        // His row is locked, so that of two pages at two processes one goes on after the other, and none after an erasure.
        let wrote = "SELECT 1 FROM customer WHERE id = $1 AND workspace = $2 AND wrote FOR NO KEY UPDATE";
        let wrote = going.prepare_cached(wrote).await.map_err(fault)?;
        if going.query_opt(&wrote, &[&customer.0, &workspace.0]).await.map_err(fault)?.is_none() {
            return Ok(false);
        }
        let mut journey = journey(&going, workspace, customer).await?;
        journey.go_on(later);
        let put = "INSERT INTO journey (customer, workspace, at, body) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (customer) DO UPDATE SET at = excluded.at, body = excluded.body";
        let put = going.prepare_cached(put).await.map_err(fault)?;
        going.execute(&put, &[&customer.0, &workspace.0, &at.0, &json(&journey)]).await.map_err(fault)?;
        going.commit().await.map_err(fault)?;
        Ok(true)
    }
}

#[async_trait]
impl TallyStore for PostgresStore {
    async fn tally(&self, workspace: WorkspaceId, operator: OperatorId, since: Stamp) -> Result<Tally, StoreError> {
        let sql = "SELECT coalesce(sum(closed), 0)::bigint, coalesce(sum(missed), 0)::bigint FROM tally
                   WHERE operator = $1 AND workspace = $2 AND at >= $3";
        let row = self.row(sql, &[&operator.0, &workspace.0, &since.0]).await?;
        row.map_or_else(|| Ok(Tally::default()), |row| Ok(Tally { closed: get(&row, 0)?, missed: get(&row, 1)? }))
    }
}

pub(super) async fn journey(
    client: &impl GenericClient,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Journey, StoreError> {
    let sql = "SELECT body FROM journey WHERE customer = $1 AND workspace = $2";
    let statement = client.prepare_cached(sql).await.map_err(fault)?;
    let row = client.query_opt(&statement, &[&customer.0, &workspace.0]).await.map_err(fault)?;
    row.map_or_else(|| Ok(Journey::default()), |row| parse(get(&row, 0)?))
}
