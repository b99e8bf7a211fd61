//! The desk of this machine: the hub, embedded on loopback, and in a demonstration its customers. The engine does not
//! know the hub; here the two meet.

use crate::words::{self, Tongue};
use async_trait::async_trait;
use otklik_core::Language;
use otklik_demo::Pace;
use otklik_engine::{LocalDesk, LocalDeskHost};
use otklik_hub::{Hub, HubConfig, RunningHub};
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use url::Url;
use zeroize::Zeroizing;

/// The embedded hub, started when it is first asked for.
pub struct Desk {
    folder: PathBuf,
    demo: bool,
    running: Mutex<Option<Running>>,
}

struct Running {
    hub: RunningHub,
    /// Sends the demonstration's customers home.
    customers: CancellationToken,
}

impl Desk {
    /// A desk below this data folder; with `demo` scripted customers come to it.
    pub fn new(data: &Path, demo: bool) -> Self {
        Self { folder: data.join("desk"), demo, running: Mutex::new(None) }
    }

    async fn open(&self, key: &[u8; 32]) -> Result<Running, String> {
        let config = HubConfig::embedded(self.folder.clone(), Some(*key));
        let hub = Hub::start(config).await.map_err(|error| error.to_string())?;
        let customers = CancellationToken::new();
        if self.demo {
            invite(hub.public_address(), customers.clone())?;
        }
        Ok(Running { hub, customers })
    }
}

/// Lets the scripted customers come.
fn invite(hub: &str, stop: CancellationToken) -> Result<(), String> {
    let hub = Url::parse(hub).map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        if let Err(error) = otklik_demo::run(hub, Pace::human(), stop).await {
            tracing::error!(%error, "no customers come to the demonstration");
        }
    });
    Ok(())
}

#[async_trait]
impl LocalDeskHost for Desk {
    fn exists(&self) -> bool {
        // The hub keeps everything in its folder; a folder with something in it was a desk before.
        std::fs::read_dir(&self.folder).is_ok_and(|mut files| files.next().is_some())
    }

    async fn start(&self, key: &[u8; 32]) -> Result<LocalDesk, String> {
        let mut running = self.running.lock().await;
        let desk = match running.take() {
            Some(desk) => desk,
            None => self.open(key).await?,
        };
        // Kept before anything else can fail, so that a second try finds it.
        let hub = &running.insert(desk).hub;
        let name = words::operator(Tongue::of(Language::Auto));
        let token = hub.local_operator_token(&name).await.map_err(|error| error.to_string())?;
        let address = hub.public_address().to_owned();
        let customer_page = format!("{}/", address.trim_end_matches('/'));
        Ok(LocalDesk { address, token: Zeroizing::new(token), customer_page })
    }

    async fn stop(&self) {
        if let Some(Running { hub, customers }) = self.running.lock().await.take() {
            customers.cancel();
            hub.stop().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_desk_opens_once_and_again_after_it_was_closed() {
        let folder = std::env::temp_dir().join(format!("otklik-desk-{}", std::process::id()));
        let desk = Desk::new(&folder, false);
        assert!(!desk.exists());
        let first = desk.start(&[7; 32]).await.unwrap();
        let second = desk.start(&[7; 32]).await.unwrap();
        assert_eq!(first.address, second.address, "the running one is returned");
        assert!(first.address.starts_with("http://127.0.0.1:"), "{} is on loopback", first.address);
        assert_eq!(first.customer_page, format!("{}/", first.address));
        desk.stop().await;
        desk.stop().await;
        assert!(desk.exists());
        let third = desk.start(&[7; 32]).await.unwrap();
        assert!(!third.token.is_empty());
        desk.stop().await;
        let wrong = desk.start(&[8; 32]).await;
        assert!(wrong.is_err(), "another key does not open it");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
