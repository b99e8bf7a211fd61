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

    /// The tables in which a text stands, in any row and column: as it is, or as bytes. A file is no table: on SQLite
    /// there are none to look into.
    pub async fn tables_with(&self, text: &str) -> Vec<String> {
        let Self::Postgres(client) = self else { return Vec::new() };
        let tables = "SELECT table_name::text FROM information_schema.tables
                      WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1";
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        // As JSON has it within a string.
        let quoted = serde_json::Value::from(text).to_string();
        let quoted = quoted.trim_matches('"');
        let mut found = Vec::new();
        for table in client.query(tables, &[]).await.unwrap() {
            let table: String = table.get(0);
            let sql = format!(
                "SELECT EXISTS (SELECT 1 FROM \"{table}\" AS whole, LATERAL (SELECT row_to_json(whole)::text) AS said (body)
                     WHERE position($1 IN said.body) > 0 OR position($2 IN said.body) > 0)"
            );
            if client.query_one(&sql, &[&quoted, &hex]).await.unwrap().get(0) {
                found.push(table);
            }
        }
        found
    }

    pub async fn let_go(&self) {
        self.run("ROLLBACK").await;
    }
}
