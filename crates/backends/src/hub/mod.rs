//! Our own hub, over its protocol (docs/protocol.md).

mod address;
mod carrier;
mod login;
mod socket;
mod tls;
mod tokens;
mod translate;

pub use address::{AddressError, HubAddress};
pub use login::{LoginError, login, logout};
pub use tokens::{NotKept, TokenKeeper, TokenLease};

use crate::{Backend, Capabilities, Connection, Failure};
use async_trait::async_trait;
use carrier::Carrier;
use otklik_model::Cursor;
use otklik_wire::{VersionRange, operator::Hello};
use std::sync::Arc;
use tokens::Tokens;
use zeroize::Zeroizing;

/// One account on one hub.
pub struct HubBackend {
    address: HubAddress,
    tokens: Arc<Tokens>,
    client: String,
    tls: Arc<rustls::ClientConfig>,
    carrier: Option<Arc<Carrier>>,
}

impl HubBackend {
    /// An account by its token; `client` names this program and its version in the hub's log. Without a `keeper`
    /// tokens that follow are forgotten with this value.
    #[must_use]
    pub fn new(
        address: HubAddress,
        token: Zeroizing<String>,
        keeper: Option<Arc<dyn TokenKeeper>>,
        client: String,
    ) -> Self {
        let (tls, tokens) = (tls::client_config(), Tokens::new(token, keeper));
        let carrier = Carrier::new(address.clone(), tokens.clone(), &tls);
        Self { address, tokens, client, tls, carrier }
    }

    /// The token for a request beside the connection, to be held until the hub has answered.
    #[must_use]
    pub fn lease(&self) -> TokenLease {
        self.tokens.lease()
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

    async fn connect(&self, cursor: Option<Cursor>, handbook: Option<String>) -> Result<Connection, Failure> {
        // Held until the hub has said whether it is good.
        let lease = self.tokens.lease();
        let hello = Hello {
            protocol: VersionRange::OURS,
            token: lease.token().to_owned(),
            client: self.client.clone(),
            resume: cursor,
            handbook,
            renews: true,
        };
        socket::connect(&self.address, hello, self.tls.clone(), self.tokens.clone(), self.carrier.clone()).await
    }
}
