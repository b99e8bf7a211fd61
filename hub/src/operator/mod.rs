//! The workplace's socket: from the first frame to the last.
//!
//! One task per connection, which never waits for a slow peer with anything in its hands: what cannot be written stays
//! in a bounded queue, and a peer that lets it fill up is sent away to resume later.

mod eyes;
mod focus;
mod handbook;
mod hello;
mod history;
mod identities;
mod lanes;
mod looking;
mod outgoing;
mod pass;
mod project;
mod replay;
mod search;
mod seat;
mod shift;
mod shown;

use crate::office::Office;
use crate::offices::Offices;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{SinkExt as _, StreamExt as _, stream::SplitSink};
use otklik_wire::{
    encode,
    operator::{ByeCode, HubFrame},
};
use std::sync::{Arc, atomic::Ordering::Relaxed};

/// Half of a socket.
type Sink = SplitSink<WebSocket, Message>;

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With a last word.
    Bye {
        code: ByeCode,
        /// The WebSocket close code.
        close: u16,
        retry_after_ms: Option<u64>,
    },
    /// The peer is gone.
    Gone,
}

impl End {
    fn bye(code: ByeCode) -> Self {
        let close = match code {
            ByeCode::SignIn => 4401,
            ByeCode::ClientTooOld | ByeCode::ClientTooNew => 4426,
            ByeCode::Draining => 1012,
            ByeCode::TooSlow => 1013,
            ByeCode::Protocol | ByeCode::Unknown => 1002,
        };
        Self::Bye { code, close, retry_after_ms: None }
    }

    fn protocol(close: u16) -> Self {
        Self::Bye { code: ByeCode::Protocol, close, retry_after_ms: None }
    }

    fn draining(office: &Office) -> Self {
        let retry_after_ms = Some(crate::spread(office.settings.timing.drain_spread));
        Self::Bye { code: ByeCode::Draining, close: 1012, retry_after_ms }
    }
}

/// Speaks with a workplace until one of both has enough.
pub(crate) async fn serve(socket: WebSocket, offices: Arc<Offices>) {
    let (mut sink, mut stream) = socket.split();
    let end = match hello::receive(&mut stream, &offices).await {
        Ok((guest, office)) => {
            office.metrics.operators.fetch_add(1, Relaxed);
            let operator = guest.operator.id;
            tracing::info!(%operator, client = guest.client, "workplace connected");
            let end = match office.take_seat(operator).await {
                // Held until the connection has ended.
                Ok(_seated) => seat::occupy(&mut sink, &mut stream, &office, guest).await,
                Err(error) => {
                    tracing::warn!(%error, "a workplace cannot be noted");
                    End::draining(&office)
                }
            };
            office.metrics.operators.fetch_sub(1, Relaxed);
            tracing::info!(%operator, ?end, "workplace disconnected");
            end
        }
        Err(end) => {
            tracing::debug!(?end, "workplace not let in");
            end
        }
    };
    if let End::Bye { code, close, retry_after_ms } = end {
        if code == ByeCode::TooSlow {
            offices.main().metrics.too_slow.fetch_add(1, Relaxed);
        }
        let bye = encode(&HubFrame::Bye { code, retry_after_ms });
        let goodbye = async {
            sink.send(Message::text(bye)).await?;
            sink.send(Message::Close(Some(CloseFrame { code: close, reason: "".into() }))).await?;
            // Until the peer has closed too, so that the last word is not overtaken by a reset.
            while stream.next().await.is_some_and(|frame| frame.is_ok()) {}
            Ok::<_, axum::Error>(())
        };
        // A peer that does not take the last word goes without.
        let _ = tokio::time::timeout(offices.main().settings.timing.goodbye, goodbye).await;
    }
}
