//! A customer's page over a WebSocket.

use super::{Arrival, Farewell, Link};
use crate::office::{Office, Timing};
use crate::socket::{close_code_of, close_code_of_frame};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{SinkExt as _, StreamExt as _};
use otklik_wire::{
    customer::{CustomerFrame, HubCustomerFrame},
    decode, encode,
};
use std::{sync::Arc, time::Instant};
use tokio::time::timeout;

/// Speaks with a page over its socket.
pub async fn serve(socket: WebSocket, office: Arc<Office>, arrival: Arrival) {
    let timing = office.settings.timing;
    super::converse(office, arrival, SocketLink { socket, timing, heard_at: Instant::now() }).await;
}

struct SocketLink {
    socket: WebSocket,
    timing: Timing,
    heard_at: Instant,
}

impl SocketLink {
    async fn write(&mut self, messages: impl IntoIterator<Item = Message> + Send) -> Result<(), Farewell> {
        let socket = &mut self.socket;
        let mut messages = messages.into_iter().collect::<Vec<_>>();
        let last = messages.pop();
        let writing = async {
            for message in messages {
                socket.feed(message).await?;
            }
            match last {
                Some(message) => socket.send(message).await,
                None => Ok(()),
            }
        };
        match timeout(self.timing.goodbye, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Farewell::Gone),
            Err(_) => Err(Farewell::TooSlow),
        }
    }
}

impl Link for SocketLink {
    async fn receive(&mut self) -> Result<CustomerFrame, Farewell> {
        loop {
            let message = self.socket.next().await.ok_or(Farewell::Gone)?;
            let message = message.map_err(|error| close_code_of(&error).map_or(Farewell::Gone, Farewell::Protocol))?;
            self.heard_at = Instant::now();
            match message {
                Message::Text(text) => {
                    return decode(&text).map_err(|error| Farewell::Protocol(close_code_of_frame(&error)));
                }
                Message::Binary(_) => return Err(Farewell::Protocol(1003)),
                Message::Close(_) => return Err(Farewell::Gone),
                Message::Ping(_) | Message::Pong(_) => {}
            }
        }
    }

    async fn send(&mut self, frames: Vec<HubCustomerFrame>) -> Result<(), Farewell> {
        self.write(frames.iter().map(|frame| Message::text(encode(frame))).collect::<Vec<_>>()).await
    }

    async fn ping(&mut self) -> Result<(), Farewell> {
        // A browser answers pings by itself, so silence means that nobody is there.
        if self.heard_at.elapsed() > self.timing.beat * 5 / 2 {
            return Err(Farewell::Gone);
        }
        self.write([Message::Ping(Default::default())]).await
    }

    async fn close(&mut self, farewell: Farewell, word: Option<HubCustomerFrame>) {
        let Some(word) = word else { return };
        let close = CloseFrame { code: farewell.close_code(), reason: "".into() };
        if self.write([Message::text(encode(&word)), Message::Close(Some(close))]).await.is_ok() {
            let socket = &mut self.socket;
            // Until the peer has closed too, so that the last word is not overtaken by a reset.
            let closing = async { while socket.next().await.is_some_and(|frame| frame.is_ok()) {} };
            // A peer that does not close is left alone.
            let _ = timeout(self.timing.goodbye, closing).await;
        }
    }
}
