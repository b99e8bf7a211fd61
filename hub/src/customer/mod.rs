//! The customer's side: one session machine behind two transports.
//!
//! Knows the frames of a customer's page and the office. What operators write for each other never enters here.

mod crowd;
pub mod exchange;
mod flood;
mod page;
mod refused;
mod session;
mod told;
pub mod websocket;

pub use crowd::{Crowd, CrowdLimits, Visit};
pub use flood::Floods;

use crate::{office::Office, places::Located};
use otklik_wire::customer::{CustomerFrame, HubCustomerFrame};
use std::{
    future::Future,
    sync::{Arc, atomic::Ordering::Relaxed},
};
use uuid::Uuid;

/// Whoever comes in too great a number comes back after, in milliseconds.
const CROWDED_MS: u64 = 60_000;

/// Why a connection ends, as the page is told. The page has no use for finer words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// The hub stops, or cannot answer now.
    Draining,
    /// A version that is not spoken here, frames that make no sense, or too many of them. With the WebSocket close code.
    Protocol(u16),
    /// Too many have come from its address.
    Crowded,
    /// The page did not take what it was told.
    TooSlow,
    /// The peer is gone.
    Gone,
}

impl Farewell {
    fn frame(self, office: &Office) -> Option<HubCustomerFrame> {
        let bye = |code: &str, retry_after_ms| HubCustomerFrame::Bye { code: code.to_owned(), retry_after_ms };
        match self {
            Self::Draining => Some(bye("draining", Some(crate::spread(office.settings.timing.drain_spread)))),
            Self::Protocol(_) => Some(bye("protocol", None)),
            Self::Crowded => Some(bye("too_many", Some(CROWDED_MS))),
            Self::TooSlow => Some(bye("too_slow", None)),
            Self::Gone => None,
        }
    }

    fn close_code(self) -> u16 {
        match self {
            Self::Draining => 1012,
            Self::Protocol(code) => code,
            Self::Crowded | Self::TooSlow => 1013,
            Self::Gone => 1000,
        }
    }
}

/// Where a page asks from.
#[derive(Clone, Debug, Default)]
pub struct Whence {
    /// Stands for its address; nothing for this machine's own.
    pub address: Option<Uuid>,
    /// Where that is.
    pub located: Located,
}

impl Whence {
    /// Lets it in; nothing, if its address has as many connections as it may.
    #[must_use]
    pub fn enter(self, crowd: &Arc<Crowd>) -> Option<Arrival> {
        Some(Arrival { visit: crowd.enter(self.address)?, located: self.located })
    }
}

/// A page that was let in.
pub struct Arrival {
    /// It counts as long as it lives.
    pub visit: Visit,
    /// Where it is.
    pub located: Located,
}

/// How frames come and go. Receiving may be given up at any point without losing a frame.
pub(crate) trait Link: Send {
    /// The next frame.
    fn receive(&mut self) -> impl Future<Output = Result<CustomerFrame, Farewell>> + Send;
    /// Says something.
    fn send(&mut self, frames: Vec<HubCustomerFrame>) -> impl Future<Output = Result<(), Farewell>> + Send;
    /// A sign of life, beside the `beat`.
    fn ping(&mut self) -> impl Future<Output = Result<(), Farewell>> + Send;
    /// Says the last word.
    fn close(&mut self, farewell: Farewell, word: Option<HubCustomerFrame>) -> impl Future<Output = ()> + Send;
}

/// Speaks with a page until one of both has enough.
pub(crate) async fn converse(office: Arc<Office>, arrival: Arrival, mut link: impl Link) {
    office.metrics.customers.fetch_add(1, Relaxed);
    let farewell = session::run(&office, arrival, &mut link).await;
    office.metrics.customers.fetch_sub(1, Relaxed);
    tracing::debug!(?farewell, "customer disconnected");
    link.close(farewell, farewell.frame(&office)).await;
}
