//! Connections: address, TLS, limits of time and number.

use crate::store::StoreError;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{str::FromStr as _, sync::Arc, time::Duration};
use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// At most so many connections of one hub process.
const CONNECTIONS: usize = 16;
/// A connection, new or from the pool, comes within.
const CONNECT: Duration = Duration::from_secs(5);
/// An answered byte comes within, or the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(15);
/// Whatever the server is set to: an answer leaves only after its commit is durable, and nothing waits for ever.
const OPTIONS: &str = "-c synchronous_commit=on -c statement_timeout=10s -c lock_timeout=8s \
                       -c idle_in_transaction_session_timeout=20s -c default_transaction_isolation=read\\ committed";

fn unusable(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("the store's address: {why}"))
}

/// How an address is connected to, and over which TLS, if any.
pub(super) fn config(address: &str, password: Option<&str>) -> Result<(Config, Option<MakeRustlsConnect>), StoreError> {
    let mut config = Config::from_str(address).map_err(|error| unusable(&error))?;
    if let Some(password) = password {
        config.password(password);
    }
    let own = config.get_options().map(|own| format!("{OPTIONS} {own}"));
    config.options(own.unwrap_or_else(|| OPTIONS.to_owned()));
    config.application_name("otklik-hub").connect_timeout(CONNECT).tcp_user_timeout(SILENCE);
    let plain = config.get_ssl_mode() == SslMode::Disable;
    let tls = if plain { None } else { Some(MakeRustlsConnect::new(tls()?)) };
    Ok((config, tls))
}

/// A pool for an address. Connects when it is asked for a connection.
pub(super) fn pool(address: &str, password: Option<&str>) -> Result<Pool, StoreError> {
    let keep = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = match config(address, password)? {
        (config, None) => Manager::from_config(config, tokio_postgres::NoTls, keep),
        (config, Some(tls)) => Manager::from_config(config, tls, keep),
    };
    Pool::builder(manager)
        .max_size(CONNECTIONS)
        .wait_timeout(Some(CONNECT))
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| unusable(&error))
}

/// Certificates are checked against those that the system trusts.
fn tls() -> Result<ClientConfig, StoreError> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is not trusted; if none can, no server is.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
