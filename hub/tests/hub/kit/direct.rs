//! The database as another program sees it, beside the hub.

use otklik_hub::{
    HubConfig, StoreAddress,
    store::{Store, postgres::PostgresStore, sqlite::SqliteStore},
};
use std::sync::Arc;
use tokio_postgres::NoTls;

/// What an administrator's tools see.
pub async fn open_store(config: &HubConfig) -> Arc<dyn Store> {
    match &config.store {
        StoreAddress::Sqlite => {
            let path = config.data.join("hub.sqlite");
            Arc::new(SqliteStore::open(&path, None, Box::new(|_| {})).unwrap())
        }
        StoreAddress::Postgres { address, .. } => {
            Arc::new(PostgresStore::open(address, None, Arc::new(|_| {})).await.unwrap())
        }
    }
}

/// A connection that may do what no hub does.
pub enum Direct {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

impl Direct {
    pub async fn open(config: &HubConfig) -> Self {
        match &config.store {
            StoreAddress::Sqlite => Self::Sqlite(rusqlite::Connection::open(config.data.join("hub.sqlite")).unwrap()),
            StoreAddress::Postgres { address, .. } => {
                let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
                tokio::spawn(connection);
                Self::Postgres(client)
            }
        }
    }

    pub async fn run(&self, sql: &str) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).unwrap(),
            Self::Postgres(client) => client.batch_execute(sql).await.unwrap(),
        }
    }

    /// What takes a table away from under a hub.
    pub fn dropping(&self, table: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("PRAGMA foreign_keys = OFF; DROP TABLE {table}"),
            Self::Postgres(_) => format!("DROP TABLE {table} CASCADE"),
        }
    }

    /// Lets nobody write until [`Direct::let_go`].
    pub async fn hold(&self) {
        match self {
            Self::Sqlite(_) => self.run("BEGIN IMMEDIATE").await,
            Self::Postgres(_) => self.run("BEGIN; LOCK TABLE workspace IN EXCLUSIVE MODE").await,
        }
    }

    pub async fn let_go(&self) {
        self.run("ROLLBACK").await;
    }
}
