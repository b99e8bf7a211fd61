//! A hub with one operator, and a customer who writes.

use anyhow::{Context as _, ensure};
use futures_util::{SinkExt, StreamExt};
use otklik_hub::{Hub, HubConfig, Rate, RunningHub, users::Users};
use otklik_model::ClientId;
use otklik_wire::customer::{CustomerFrame, CustomerHello, HubCustomerFrame};
use std::{
    net::SocketAddr,
    path::Path,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message as Frame};
use zeroize::Zeroizing;

/// Ира's.
pub const PASSWORD: &str = "ira's good password";

/// The longest a hub may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest anything may take beside a page that is kept open.
const LONGEST: Duration = Duration::from_secs(90);

/// Starts a hub that beats this often.
///
/// # Errors
/// When it does not start.
pub async fn open(folder: &Path, beat: Duration) -> anyhow::Result<RunningHub> {
    let mut config = HubConfig::embedded(folder.to_owned(), None);
    config.timing.beat = beat;
    let users = Users::open(&config).await?;
    users.add("ira", "Ира", Some(Zeroizing::new(PASSWORD.to_owned())), None).await?;
    drop(users);
    Ok(Hub::start(config).await?)
}

/// Starts a hub that takes any number of files, and gives them out as fast as a test can ask.
///
/// # Errors
/// When it does not start.
pub async fn open_for_files(folder: &Path) -> anyhow::Result<RunningHub> {
    let mut config = HubConfig::embedded(folder.to_owned(), None);
    let plenty = Rate { burst: 1_000_000_000, per_second: 1e9 };
    (config.files.uploads, config.files.upload_bytes, config.limits.customer_frames) = (plenty, plenty, plenty);
    let users = Users::open(&config).await?;
    users.add("ira", "Ира", Some(Zeroizing::new(PASSWORD.to_owned())), None).await?;
    drop(users);
    Ok(Hub::start(config).await?)
}

/// Waits until the hub counts no operator. Those who call anew meanwhile do not get through.
///
/// # Errors
/// When the hub holds a session for longer.
pub async fn is_let_go(hub: &RunningHub, began: Instant, within: Duration) -> anyhow::Result<Duration> {
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    while operators(hub) > 0 {
        ensure!(began.elapsed() <= within, "the hub still holds the session after {:?}", began.elapsed());
        looks.tick().await;
    }
    Ok(began.elapsed())
}

/// How many operators' connections the hub has.
#[must_use]
pub fn operators(hub: &RunningHub) -> i64 {
    hub.metrics().operators.load(Relaxed)
}

/// A customer with the widget's frames in hand.
pub struct Customer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sent: u8,
    /// The operator's words, in order.
    pub heard: Vec<String>,
}

impl Customer {
    /// Opens the page.
    ///
    /// # Errors
    /// When the hub does not answer.
    pub async fn come(hub: SocketAddr) -> anyhow::Result<Self> {
        let (socket, _) = connect_async(format!("ws://{hub}/widget/v1/socket")).await?;
        let mut customer = Self { socket, sent: 0, heard: Vec::new() };
        let hello = CustomerHello {
            protocol: 1,
            token: None,
            after: None,
            language: Some("ru".into()),
            zone: None,
            page: None,
            department: None,
            departments: false,
        };
        customer.say(&CustomerFrame::Hello(hello)).await?;
        while !matches!(customer.hear().await?, HubCustomerFrame::Welcome { .. }) {}
        Ok(customer)
    }

    /// Writes, and waits until the hub has it.
    ///
    /// # Errors
    /// When the hub does not take it.
    pub async fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.sent += 1;
        let id = ClientId::from_parts(1_790_000_000_000, [self.sent; 10]);
        self.say(&CustomerFrame::Send { id, text: text.to_owned() }).await?;
        while !matches!(self.hear().await?, HubCustomerFrame::Result { id: done, seq: Some(_), .. } if done == id) {}
        Ok(())
    }

    /// Waits until so many of the operator's texts have come.
    ///
    /// # Errors
    /// When they do not.
    pub async fn hear_texts(&mut self, count: usize) -> anyhow::Result<()> {
        while self.heard.len() < count {
            self.hear().await?;
        }
        Ok(())
    }

    /// Keeps the page open for a while: a page that does not read is given up.
    ///
    /// # Errors
    /// When the hub hangs up.
    pub async fn linger(&mut self, time: Duration) -> anyhow::Result<()> {
        let until = tokio::time::Instant::now() + time;
        while let Ok(heard) = tokio::time::timeout_at(until, self.hear()).await {
            heard?;
        }
        Ok(())
    }

    /// Keeps the page open while something else goes on.
    ///
    /// # Errors
    /// That of the other thing; or the hub hangs up; or it takes too long.
    pub async fn beside<T>(&mut self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        tokio::select! {
            done = work => done,
            lingered = self.linger(LONGEST) => {
                lingered?;
                anyhow::bail!("nothing came of it within {} s", LONGEST.as_secs())
            }
        }
    }

    async fn say(&mut self, frame: &CustomerFrame) -> anyhow::Result<()> {
        Ok(self.socket.send(Frame::text(serde_json::to_string(frame)?)).await?)
    }

    async fn hear(&mut self) -> anyhow::Result<HubCustomerFrame> {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.socket.next()).await.context("the hub says nothing")?;
            let Frame::Text(text) = heard.context("the hub hung up")?? else { continue };
            let frame: HubCustomerFrame = serde_json::from_str(&text)?;
            if let HubCustomerFrame::Messages { items, .. } = &frame {
                let words = items.iter().filter(|item| item.client_id.is_none() && item.text.starts_with("Ира"));
                self.heard.extend(words.map(|item| item.text.clone()));
            }
            ensure!(!matches!(frame, HubCustomerFrame::Bye { .. }), "the hub says goodbye to the customer");
            return Ok(frame);
        }
    }
}
