//! S-C12: no route from the page to any network. A listener on this machine hears nothing, and no name is looked up,
//! whatever the page tries.

use super::Scene;
use crate::e2e::patience::{START, until};
use crate::shim;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
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

/// The domain of all names that the page has to look up, if it can; there is no such.
const NAMES: &str = "canary.invalid";

/// Notes each name that a program and its children look up.
pub(super) struct Names {
    shim: PathBuf,
    file: PathBuf,
}

impl Names {
    /// Into a file of this folder.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        Ok(Self { shim: shim::compiled("namesshim")?, file: folder.join("names.txt") })
    }

    /// What a program needs around it.
    pub(super) fn surroundings(&self) -> Vec<(&'static str, String)> {
        vec![("LD_PRELOAD", self.shim.display().to_string()), ("OTKLIK_NAMES", self.file.display().to_string())]
    }

    /// Those of [`NAMES`] that were looked up.
    fn looked_up(&self) -> Result<Vec<String>> {
        if !self.file.exists() {
            return Ok(Vec::new());
        }
        let all = fs::read_to_string(&self.file).context("no list of names")?;
        Ok(all.lines().filter(|name| name.ends_with(NAMES)).map(str::to_owned).collect())
    }

    /// Somebody else looks up a name, and it is noted: the notes can be trusted.
    fn are_noted(&self) -> Result<()> {
        let name = format!("control.{NAMES}");
        let mut command = Command::new("getent");
        command.args(["ahosts", &name]).envs(self.surroundings()).stdout(Stdio::null());
        command.status().context("no getent")?;
        ensure!(self.looked_up()?.contains(&name), "a name that is looked up is not noted");
        fs::remove_file(&self.file).context("the list of names stays")
    }
}

impl Scene {
    /// Every way out that a page knows, each of them tried by address and by name, none of them heard.
    pub(super) async fn no_way_out(&self) -> Result<()> {
        self.names.are_noted()?;
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
        for (number, way) in ways.iter().enumerate() {
            for address in [format!("way-{number}.{NAMES}"), listener.address()] {
                let script = format!("{TRY}; try {{ ways[arguments[1]](arguments[0]); }} catch {{}} return true;");
                // A page that went away cannot answer; whether it did is seen below.
                self.page()?
                    .ask::<bool>(&script, vec![json!(address), json!(way)])
                    .await
                    .with_context(|| way.clone())?;
                self.page_has_settled().await.with_context(|| way.clone())?;
                ensure!(listener.calls() == 1, "{way} reaches the network");
                ensure!(self.href().await? == before, "{way} leads the window away");
            }
        }
        let looked_up = self.names.looked_up()?;
        ensure!(looked_up.is_empty(), "names are looked up: {looked_up:?}");
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
