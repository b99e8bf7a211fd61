//! PostgreSQL for the stories. `cargo xtask test` says where: `OTKLIK_TEST_POSTGRES` is the address of a server for all of
//! them, `OTKLIK_TEST_POSTGRES_BIN` the folder of its programs and `OTKLIK_TEST_POSTGRES_AS` the user and group they run as
//! (`101:104`), if not as oneself. Without the first one the stories run on SQLite.

use otklik_hub::StoreAddress;
use tokio_postgres::NoTls;
use uuid::Uuid;

/// A store of this story's own: a schema on the server if there is one, else a file in the hub's folder.
pub async fn own_store() -> StoreAddress {
    StoreAddress::parse(&own_address().await, None).expect("an address")
}

/// The same, as a configuration names it.
pub async fn own_address() -> String {
    match std::env::var("OTKLIK_TEST_POSTGRES") {
        Ok(server) => own_schema(&server).await,
        Err(_) => "sqlite".to_owned(),
    }
}

async fn own_schema(server: &str) -> String {
    let (client, connection) = tokio_postgres::connect(server, NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("story_{}", Uuid::now_v7().simple());
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await.unwrap();
    let with = if server.contains('?') { '&' } else { '?' };
    format!("{server}{with}options=-c%20search_path%3D{name}")
}
