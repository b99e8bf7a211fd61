//! The crowd's side of a socket: opened, welcomed, then left alone or listened to.

use super::echo::small_buffers;
use anyhow::{Context, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _, stream};
use otklik_wire::{
    PROTOCOL_MAX, VersionRange,
    customer::{CustomerFrame, CustomerHello, HubCustomerFrame},
    decode, encode,
    operator::{ClientFrame, Hello},
};
use std::{future::Future, time::Duration};
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};
use tokio_tungstenite::{WebSocketStream, client_async_with_config, tungstenite::Message};

/// How many are opened at the same time.
const AT_ONCE: usize = 64;
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(in crate::bench) type Socket = WebSocketStream<TcpStream>;

/// Opens a WebSocket on loopback.
pub(super) async fn open(port: u16, path: &str) -> Result<Socket> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let request = format!("ws://127.0.0.1:{port}{path}");
    let opening = client_async_with_config(request, stream, Some(small_buffers()));
    Ok(timeout(PATIENCE, opening).await.context("a socket does not open")??.0)
}

/// Opens a customer's page that has never been here.
pub(in crate::bench) async fn customer(port: u16) -> Result<Socket> {
    page(port, None).await.map(|(socket, _)| socket)
}

/// Opens a page of a customer who has this token, or of a new one; with the token that he goes on with.
pub(in crate::bench) async fn page(port: u16, token: Option<String>) -> Result<(Socket, String)> {
    let mut socket = open(port, "/widget/v1/socket").await?;
    let hello = CustomerHello {
        protocol: PROTOCOL_MAX,
        token,
        after: None,
        language: Some("ru".into()),
        zone: None,
        page: None,
        department: None,
        departments: false,
    };
    socket.send(Message::text(encode(&CustomerFrame::Hello(hello)))).await?;
    let welcome = wait_for(&mut socket, "\"t\":\"welcome\"").await?;
    let HubCustomerFrame::Welcome { token, .. } = decode(&welcome)? else { bail!("no welcome: {welcome}") };
    Ok((socket, token))
}

/// Opens an operator's workplace, up to the end of the first picture of the desk.
pub(in crate::bench) async fn operator(port: u16, token: &str) -> Result<Socket> {
    let mut socket = open(port, "/api/v1/operator").await?;
    let hello = Hello {
        protocol: VersionRange::OURS,
        token: token.to_owned(),
        client: "bench".into(),
        resume: None,
        handbook: None,
        renews: false,
    };
    socket.send(Message::text(encode(&ClientFrame::Hello(hello)))).await?;
    wait_for(&mut socket, "\"last\":true").await?;
    Ok(socket)
}

/// The first frame that contains what is wanted.
async fn wait_for(socket: &mut Socket, wanted: &str) -> Result<String> {
    let waiting = async {
        while let Some(message) = socket.next().await {
            if let Message::Text(text) = message?
                && text.contains(wanted)
            {
                return Ok(text.as_str().to_owned());
            }
        }
        bail!("the hub closes the socket before it says {wanted}")
    };
    timeout(PATIENCE, waiting).await.context("the hub does not answer a hello")?
}

/// Sockets that are open and only answer pings. Dropping it closes them.
pub(super) struct Idle(Vec<JoinHandle<()>>);

impl Idle {
    /// Opens as many as told.
    pub(super) async fn open<F: Future<Output = Result<Socket>>>(count: usize, open: impl Fn() -> F) -> Result<Self> {
        let mut opening = stream::iter(0..count).map(|_| open()).buffer_unordered(AT_ONCE);
        let mut idle = Self(Vec::with_capacity(count));
        while let Some(socket) = opening.next().await {
            let mut socket = socket?;
            idle.0.push(tokio::spawn(async move { while let Some(Ok(_)) = socket.next().await {} }));
        }
        Ok(idle)
    }

    /// How many of them the other side has closed since.
    pub(super) fn closed(&self) -> usize {
        self.0.iter().filter(|task| task.is_finished()).count()
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
