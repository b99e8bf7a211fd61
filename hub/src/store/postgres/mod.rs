//! The store of any number of hub processes: one PostgreSQL database, version 15 or newer.
//!
//! The only place of the hub that knows tokio-postgres. Whatever writes to a workspace's log goes through that
//! workspace's [`lane`], which joins what waits into one transaction, and through [`batch`], which locks the workspace's
//! row first: nobody else, in this process or another, decides on the same workspace meanwhile.

mod batch;
mod blocked;
mod bulk;
mod called;
mod connect;
mod customers;
mod desk;
mod doors;
mod identities;
mod journeys;
mod lane;
mod line;
mod log;
mod outside;
mod people;
mod privacy;
mod reform;
mod retention;
mod ruled;
mod schema;
mod search;
mod sessions;
mod value;

pub use lane::OnCommit;
pub use line::{Line, MOST_BYTES, open as open_line};

use super::{Store, StoreError};
use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};
use lane::Lanes;
use otklik_model::Stamp;
use tokio_postgres::{Row, types::ToSql};

/// What a statement is given.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A hub's database on a PostgreSQL server.
pub struct PostgresStore {
    pool: Pool,
    lanes: Lanes,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("PostgresStore")
    }
}

impl PostgresStore {
    /// Opens the database of an address such as `postgres://hub@db.example.org/otklik`, and brings its schema up to
    /// date. The password may be in the address, or come apart from it.
    ///
    /// # Errors
    /// [`StoreError`]: it does not answer, is older than version 15, or was written by a newer hub.
    pub async fn open(address: &str, password: Option<&str>, on_commit: OnCommit) -> Result<Self, StoreError> {
        let pool = connect::pool(address, password)?;
        schema::bring_up_to_date(&mut *client(&pool).await?).await?;
        let lanes = Lanes::new(pool.clone(), on_commit);
        Ok(Self { pool, lanes })
    }

    async fn client(&self) -> Result<Object, StoreError> {
        client(&self.pool).await
    }

    async fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(fault)?;
        client.query(&statement, values).await.map_err(fault)
    }

    async fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(fault)?;
        client.query_opt(&statement, values).await.map_err(fault)
    }

    /// Returns how many rows were touched.
    async fn run(&self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(fault)?;
        client.execute(&statement, values).await.map_err(fault)
    }
}

async fn client(pool: &Pool) -> Result<Object, StoreError> {
    use deadpool_postgres::PoolError;
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => no_connection(error),
        PoolError::Timeout(_) | PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            StoreError::Unavailable(error.to_string())
        }
    })
}

/// Why no connection came about: the driver's own words say which step failed, and what it met says why.
fn no_connection(error: tokio_postgres::Error) -> StoreError {
    let why = std::error::Error::source(&error).map(|why| format!("{error}: {why}"));
    match why.filter(|_| error.as_db_error().is_none()) {
        Some(text) => StoreError::Unavailable(text),
        None => fault(error),
    }
}

/// What an error of the driver means to the hub. The text names no values.
fn fault(error: tokio_postgres::Error) -> StoreError {
    use tokio_postgres::error::SqlState;
    let Some(said) = error.as_db_error() else { return StoreError::Unavailable(error.to_string()) };
    let text = format!("{} ({})", said.message(), said.code().code());
    if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(said.code()) {
        StoreError::Damaged(text)
    } else {
        StoreError::Unavailable(text)
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn sweep(&self, now: Stamp) -> Result<u64, StoreError> {
        let mut gone = 0;
        for (sql, kept) in customers::SWEEP {
            gone += self.run(sql, &[&(now.0 - kept)]).await?;
        }
        Ok(gone)
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.rows("SELECT 1 FROM workspace LIMIT 1", &[]).await.map(drop)
    }
}

#[cfg(test)]
mod tests;
