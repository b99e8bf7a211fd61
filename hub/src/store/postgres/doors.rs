//! Which customers' pages are connected to which of the processes.

use super::{
    PostgresStore,
    value::{get, int},
};
use crate::store::{DoorStore, StoreError};
use async_trait::async_trait;
use otklik_model::{CustomerId, Stamp, WorkspaceId};
use uuid::Uuid;

#[async_trait]
impl DoorStore for PostgresStore {
    async fn note_node(&self, workspace: WorkspaceId, node: Uuid, at: Stamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO node (id, workspace, seen_at) VALUES ($1, $2, $3)
                   ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
        self.run(sql, &[&node, &workspace.0, &at.0]).await.map(drop)
    }

    async fn stop_node(&self, node: Uuid) -> Result<(), StoreError> {
        self.run("UPDATE node SET seen_at = 0 WHERE id = $1", &[&node]).await.map(drop)
    }

    async fn add_door(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        number: u64,
        customer: CustomerId,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO door (node, number, workspace, customer) VALUES ($1, $2, $3, $4)";
        self.run(sql, &[&node, &int(number), &workspace.0, &customer.0]).await.map(drop)
    }

    async fn remove_door(&self, node: Uuid, number: u64) -> Result<(), StoreError> {
        self.run("DELETE FROM door WHERE node = $1 AND number = $2", &[&node, &int(number)]).await.map(drop)
    }

    async fn elsewhere(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        customers: Vec<CustomerId>,
        heard_since: Stamp,
    ) -> Result<Vec<CustomerId>, StoreError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let customers: Vec<Uuid> = customers.into_iter().map(|customer| customer.0).collect();
        let sql = "SELECT DISTINCT door.customer FROM door JOIN node ON node.id = door.node
                   WHERE door.customer = ANY ($1) AND door.workspace = $2 AND door.node <> $3 AND node.seen_at >= $4
                   ORDER BY door.customer";
        let rows = self.rows(sql, &[&customers, &workspace.0, &node, &heard_since.0]).await?;
        rows.iter().map(|row| get(row, 0).map(CustomerId)).collect()
    }
}
