//! Our own hub, over its protocol (docs/protocol.md).

mod address;
mod login;
mod socket;
mod tls;
mod translate;

pub use address::{AddressError, HubAddress};
pub use login::{LoginError, login};

use crate::{Backend, Capabilities, Connection, Failure};
use async_trait::async_trait;
use otklik_model::Cursor;
use std::sync::Arc;
use zeroize::Zeroizing;

/// One account on one hub.
pub struct HubBackend {
    address: HubAddress,
    token: Zeroizing<String>,
    client: String,
    tls: Arc<rustls::ClientConfig>,
}

impl HubBackend {
    /// An account by its token; `client` names this program and its version in the hub's log.
    #[must_use]
    pub fn new(address: HubAddress, token: Zeroizing<String>, client: String) -> Self {
        Self { address, token, client, tls: tls::client_config() }
    }
}

#[async_trait]
impl Backend for HubBackend {
    fn name(&self) -> &'static str {
        "hub"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { idempotent: true, resume: true, drafts: true, receipts: true, notes: true }
    }

    async fn connect(&self, cursor: Option<Cursor>) -> Result<Connection, Failure> {
        socket::connect(&self.address, &self.token, &self.client, cursor, self.tls.clone()).await
    }
}
