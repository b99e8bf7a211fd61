//! A WebSocket that speaks JSON.

use super::within;
use futures_util::{SinkExt as _, StreamExt as _};
use otklik_wire::{decode, encode};
use serde::{Serialize, de::DeserializeOwned};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};

/// A WebSocket that speaks JSON, and everything that was heard over it.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>, pub Vec<String>);

impl Socket {
    pub async fn connect(address: &str) -> Self {
        Self(within("a socket", connect_async(address)).await.expect("a socket").0, Vec::new())
    }

    /// As if a proxy in front had told this address.
    pub async fn connect_from(address: &str, from: &str) -> Result<Self, u16> {
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
        match within("a socket", connect_async(request)).await {
            Ok((socket, _)) => Ok(Self(socket, Vec::new())),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    pub async fn send<F: Serialize>(&mut self, frame: &F) {
        self.send_raw(Message::text(encode(frame))).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        // The hub may have closed already; what it said shows when reading.
        let _ = self.0.send(message).await;
    }

    /// The next frame; nothing when the socket ended.
    pub async fn next<F: DeserializeOwned>(&mut self) -> Option<F> {
        loop {
            match within("a frame", self.0.next()).await {
                Some(Ok(Message::Text(text))) => {
                    self.1.push(text.to_string());
                    return Some(decode(&text).expect("a frame"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_))) | Some(Err(_)) | None => return None,
                Some(Ok(other)) => panic!("{other:?}"),
            }
        }
    }

    /// The close code, after everything else.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match within("the end", self.0.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| CloseCode::into(frame.code)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
