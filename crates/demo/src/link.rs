//! One WebSocket to the hub, frame by frame. Knows the protocol's address and encoding; not what is said.

use futures_util::{SinkExt, StreamExt};
use otklik_wire::customer::{CustomerFrame, HubCustomerFrame};
use otklik_wire::{decode, encode};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use url::Url;

/// How long a hub may take to open a socket.
const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// The socket is gone.
#[derive(Debug)]
pub(crate) struct Lost;

/// An open socket.
pub(crate) struct Link(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// Where the hub at this address listens to pages; `None` if a page could not have come from there.
pub(crate) fn socket_address(hub: &Url) -> Option<Url> {
    let scheme = match hub.scheme() {
        "http" => "ws",
        "https" => "wss",
        _ => return None,
    };
    let mut address = hub.join("widget/v1/socket").ok()?;
    address.set_scheme(scheme).ok()?;
    Some(address)
}

/// Where the same hub takes a page's files.
pub(crate) fn files_address(socket: &Url) -> Option<Url> {
    let mut address = socket.join("files").ok()?;
    let scheme = if socket.scheme() == "wss" { "https" } else { "http" };
    address.set_scheme(scheme).ok()?;
    Some(address)
}

impl Link {
    pub(crate) async fn open(address: &Url) -> Result<Self, Lost> {
        match timeout(OPEN_WITHIN, connect_async(address.as_str())).await {
            Ok(Ok((socket, _))) => Ok(Self(socket)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the hub does not answer");
                Err(Lost)
            }
            Err(_) => Err(Lost),
        }
    }

    pub(crate) async fn say(&mut self, frame: &CustomerFrame) -> Result<(), Lost> {
        self.0.send(Message::text(encode(frame))).await.map_err(|_| Lost)
    }

    /// The next frame. May be dropped while it waits without losing one.
    pub(crate) async fn hear(&mut self) -> Result<HubCustomerFrame, Lost> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => match decode(&text) {
                    Ok(frame) => return Ok(frame),
                    Err(error) => tracing::warn!(%error, "the hub said something that is no frame"),
                },
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Lost),
            }
        }
    }

    /// Leaves politely, if the hub still listens.
    pub(crate) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.0.close(None)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_stands_beside_the_script() {
        for (hub, socket) in [
            ("http://127.0.0.1:8080", Some("ws://127.0.0.1:8080/widget/v1/socket")),
            ("https://hub.example/chat/", Some("wss://hub.example/chat/widget/v1/socket")),
            ("ftp://hub.example", None),
            ("mailto:a@b", None),
        ] {
            let found = socket_address(&Url::parse(hub).unwrap());
            assert_eq!(found.as_ref().map(Url::as_str), socket);
        }
    }

    #[test]
    fn files_go_beside_the_socket() {
        for (socket, files) in [
            ("ws://127.0.0.1:8080/widget/v1/socket", "http://127.0.0.1:8080/widget/v1/files"),
            ("wss://hub.example/chat/widget/v1/socket", "https://hub.example/chat/widget/v1/files"),
        ] {
            let found = files_address(&Url::parse(socket).unwrap()).unwrap();
            assert_eq!(found.as_str(), files);
        }
    }
}
