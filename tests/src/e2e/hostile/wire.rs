//! A customer without a browser: speaks what docs/protocol.md says a page speaks, so that it can say what no page would.

use crate::e2e::patience::SOON;
use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A customer's connection.
pub struct WireCustomer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl WireCustomer {
    /// Comes from a page with this address and title.
    ///
    /// # Errors
    /// The hub does not let him in.
    pub async fn come(hub: &str, url: &str, title: &str) -> Result<Self> {
        let address = format!("{}/widget/v1/socket", hub.replacen("http", "ws", 1));
        let (socket, _) = timeout(SOON, connect_async(address)).await??;
        let mut customer = Self { socket };
        let page = json!({"url": url, "title": title});
        customer
            .say(json!({"t": "hello", "protocol": 1, "language": "<img src=x onerror=canary()>", "page": page}))
            .await?;
        customer.hear("welcome").await?;
        Ok(customer)
    }

    /// Writes a message, and waits until the hub has it.
    ///
    /// # Errors
    /// The hub does not take it.
    pub async fn write(&mut self, text: &str) -> Result<()> {
        self.say(json!({"t": "send", "id": uuid::Uuid::now_v7(), "text": text})).await?;
        let result = self.hear("result").await?;
        ensure!(result["seq"].is_u64(), "the hub refused a message: {}", result["refused"]);
        Ok(())
    }

    /// Goes to another page.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn go(&mut self, url: &str, title: &str) -> Result<()> {
        self.say(json!({"t": "page", "url": url, "title": title})).await
    }

    /// Has typed this much.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn draft(&mut self, text: &str) -> Result<()> {
        self.say(json!({"t": "draft", "text": text})).await
    }

    async fn say(&mut self, frame: Value) -> Result<()> {
        Ok(self.socket.send(Message::text(frame.to_string())).await?)
    }

    async fn hear(&mut self, kind: &str) -> Result<Value> {
        loop {
            let message = timeout(SOON, self.socket.next()).await.with_context(|| format!("no {kind} comes"))?;
            match message.context("the hub hung up")?? {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text)?;
                    if frame["t"] == kind {
                        return Ok(frame);
                    }
                }
                Message::Close(_) => bail!("the hub closed the connection"),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }
}
