//! The desk of this machine's own as a backend: starts the embedded hub with the first connection, so that the list
//! is on the screen before the hub is up.

use crate::{LocalDesk, LocalDeskHost};
use async_trait::async_trait;
use otklik_backends::{Backend, Capabilities, Connection, Failure, HubAddress, HubBackend};
use otklik_model::Cursor;
use std::sync::Arc;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

pub(crate) struct LocalDeskBackend {
    host: Arc<dyn LocalDeskHost>,
    key: Zeroizing<[u8; 32]>,
    client: String,
    running: Mutex<Option<(LocalDesk, Arc<HubBackend>)>>,
}

impl LocalDeskBackend {
    pub(crate) fn new(host: Arc<dyn LocalDeskHost>, key: Zeroizing<[u8; 32]>, client: String) -> Self {
        Self { host, key, client, running: Mutex::new(None) }
    }

    /// The customers' page, starting the hub if it is not up yet.
    pub(crate) async fn customer_page(&self) -> Option<String> {
        self.hub().await.ok()?;
        self.running.lock().await.as_ref().map(|(desk, _)| desk.customer_page.clone())
    }

    async fn hub(&self) -> Result<Arc<HubBackend>, Failure> {
        let mut running = self.running.lock().await;
        if let Some((_, hub)) = &*running {
            return Ok(hub.clone());
        }
        let desk = self.host.start(&self.key).await.map_err(|error| {
            tracing::error!(%error, "the desk of this machine does not start");
            Failure::Lost
        })?;
        let address = HubAddress::parse(&desk.address).map_err(|_| Failure::Lost)?;
        let hub = Arc::new(HubBackend::new(address, desk.token.clone(), None, self.client.clone()));
        *running = Some((desk, hub.clone()));
        Ok(hub)
    }
}

#[async_trait]
impl Backend for LocalDeskBackend {
    fn name(&self) -> &'static str {
        "local desk"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { idempotent: true, resume: true, drafts: true, receipts: true, notes: true }
    }

    async fn connect(&self, cursor: Option<Cursor>, handbook: Option<String>) -> Result<Connection, Failure> {
        let connected = self.hub().await?.connect(cursor, handbook).await;
        if matches!(connected, Err(Failure::SignIn)) {
            // The desk's own token ran out: the next try asks the hub for a new one.
            *self.running.lock().await = None;
            return Err(Failure::Lost);
        }
        connected
    }
}
