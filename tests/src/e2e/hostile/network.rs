//! S-C12: no route from the page to any network. A listener on this machine hears nothing, whatever the page tries.

use super::Scene;
use crate::e2e::patience::{START, until};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

const TRY: &str = include_str!("network.js");

/// Counts who calls, over TCP and UDP on the same number.
pub(super) struct Listener {
    calls: Arc<AtomicUsize>,
    port: u16,
}

impl Listener {
    /// Listens from now on.
    pub(super) async fn open() -> Result<Self> {
        let tcp = TcpListener::bind("127.0.0.1:0").await?;
        let port = tcp.local_addr()?.port();
        let udp = UdpSocket::bind(("127.0.0.1", port)).await?;
        let calls = Arc::new(AtomicUsize::new(0));
        let (by_tcp, by_udp) = (calls.clone(), calls.clone());
        tokio::spawn(async move {
            while tcp.accept().await.is_ok() {
                by_tcp.fetch_add(1, Ordering::SeqCst);
            }
        });
        tokio::spawn(async move {
            while udp.recv(&mut [0; 2048]).await.is_ok() {
                by_udp.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Self { calls, port })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Scene {
    /// Every way out that a page knows, each of them tried, none of them heard.
    pub(super) async fn no_way_out(&self) -> Result<()> {
        let listener = Listener::open().await?;
        // The listener can hear at all.
        TcpStream::connect(("127.0.0.1", listener.port)).await?;
        until("the listener hears a call", START, || async { Ok((listener.calls() == 1).then_some(())) }).await?;
        let before = self.href().await?;
        let ways: Vec<String> = self
            .page()?
            .ask("return Object.keys((() => { WAYS; return ways; })())".replace("WAYS", TRY).as_str(), vec![json!("")])
            .await?;
        ensure!(ways.len() >= 25, "only {} ways", ways.len());
        for way in ways {
            let address = listener.address();
            let script = format!("{TRY}; try {{ ways[arguments[1]](arguments[0]); }} catch {{}} return true;");
            // A page that went away cannot answer; whether it did is seen below.
            self.page()?.ask::<bool>(&script, vec![json!(address), json!(way)]).await.with_context(|| way.clone())?;
            self.page_has_settled().await.with_context(|| way.clone())?;
            ensure!(listener.calls() == 1, "{way} reaches the network");
            ensure!(self.href().await? == before, "{way} leads the window away");
        }
        ensure!(
            self.page()?.ask::<bool>("return !!document.querySelector('[role=tab]')", Vec::new()).await?,
            "the page is gone"
        );
        Ok(())
    }

    /// Whatever the page had begun is under way: two frames were drawn, and its timers have run.
    async fn page_has_settled(&self) -> Result<()> {
        const MARK: &str = "window.__settled = 0; const mark = () => setTimeout(() => (window.__settled += 1), 60); \
                            requestAnimationFrame(() => requestAnimationFrame(mark)); setTimeout(mark, 60); return true;";
        self.page()?.ask::<bool>(MARK, Vec::new()).await?;
        until("the page settles", START, || async {
            Ok((self.page()?.ask::<u32>("return window.__settled", Vec::new()).await? > 0).then_some(()))
        })
        .await
    }
}
