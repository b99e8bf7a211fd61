//! Which customers' pages are connected to which of the processes.

use super::{
    SqliteStore, fault,
    read::{blob, int},
};
use crate::store::{DoorStore, StoreError};
use async_trait::async_trait;
use otklik_model::{CustomerId, Stamp, WorkspaceId};
use rusqlite::{Connection, params};
use uuid::Uuid;

#[async_trait]
impl DoorStore for SqliteStore {
    async fn note_node(&self, workspace: WorkspaceId, node: Uuid, at: Stamp) -> Result<(), StoreError> {
        self.write(move |db| {
            db.prepare_cached(
                "INSERT INTO node (id, workspace, seen_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET seen_at = ?3",
            )
            .and_then(|mut statement| statement.execute(params![blob(node), blob(workspace.0), at.0]))
            .map(drop)
            .map_err(fault)
        })
        .await
    }

    async fn stop_node(&self, node: Uuid) -> Result<(), StoreError> {
        self.write(move |db| {
            db.prepare_cached("UPDATE node SET seen_at = 0 WHERE id = ?1")
                .and_then(|mut statement| statement.execute([blob(node)]))
                .map(drop)
                .map_err(fault)
        })
        .await
    }

    async fn add_door(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        number: u64,
        customer: CustomerId,
    ) -> Result<(), StoreError> {
        self.write(move |db| {
            db.prepare_cached("INSERT INTO door (node, number, workspace, customer) VALUES (?1, ?2, ?3, ?4)")
                .and_then(|mut statement| {
                    statement.execute(params![blob(node), int(number), blob(workspace.0), blob(customer.0)])
                })
                .map(drop)
                .map_err(fault)
        })
        .await
    }

    async fn remove_door(&self, node: Uuid, number: u64) -> Result<(), StoreError> {
        self.write(move |db| {
            db.prepare_cached("DELETE FROM door WHERE node = ?1 AND number = ?2")
                .and_then(|mut statement| statement.execute(params![blob(node), int(number)]))
                .map(drop)
                .map_err(fault)
        })
        .await
    }

    async fn elsewhere(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        mut customers: Vec<CustomerId>,
        heard_since: Stamp,
    ) -> Result<Vec<CustomerId>, StoreError> {
        self.read(move |db| {
            customers.sort_unstable();
            customers.dedup();
            let mut found = Vec::new();
            for customer in customers {
                if is_elsewhere(db, workspace, node, customer, heard_since)? {
                    found.push(customer);
                }
            }
            Ok(found)
        })
        .await
    }
}

fn is_elsewhere(
    db: &Connection,
    workspace: WorkspaceId,
    node: Uuid,
    customer: CustomerId,
    heard_since: Stamp,
) -> Result<bool, StoreError> {
    db.prepare_cached(
        "SELECT 1 FROM door JOIN node ON node.id = door.node
         WHERE door.customer = ?1 AND door.workspace = ?2 AND door.node <> ?3 AND node.seen_at >= ?4",
    )
    .and_then(|mut statement| statement.exists(params![blob(customer.0), blob(workspace.0), blob(node), heard_since.0]))
    .map_err(fault)
}
