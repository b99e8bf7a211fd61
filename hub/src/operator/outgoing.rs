//! What waits to be written to one workplace. Bounded; what can share a frame does.

use super::{End, Sink};
use axum::extract::ws::Message;
use futures_util::Sink as _;
use otklik_model::{Change, Seq};
use otklik_wire::{
    encode,
    operator::{ByeCode, HubFrame},
};
use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Poll, ready},
};

/// At most so many events wait.
const EVENTS: usize = 256;
/// At most so many bytes wait.
const BYTES: usize = 1024 * 1024;
/// Events share a frame up to this size.
const FRAME: usize = 256 * 1024;

/// What waits to be written.
#[derive(Debug)]
enum Item {
    Frame(Message, usize),
    Events(Events),
}

/// An `events` frame in the making; each change is JSON already.
#[derive(Debug)]
struct Events {
    after: Seq,
    upto: Seq,
    changes: Vec<String>,
    bytes: usize,
    /// How many positions that brought something.
    count: usize,
}

/// What waits to be written to one workplace.
#[derive(Debug)]
pub(super) struct Outgoing {
    queue: VecDeque<Item>,
    events: usize,
    bytes: usize,
    /// Something was handed to the socket and not yet flushed.
    unflushed: bool,
    /// Position up to which the workplace has been told, or will be by what waits.
    told: Seq,
}

impl Outgoing {
    /// Nothing waits; the workplace stands at `told`.
    pub(super) fn new(told: Seq) -> Self {
        Self { queue: VecDeque::new(), events: 0, bytes: 0, unflushed: false, told }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && !self.unflushed
    }

    /// Whether more may be asked for. What comes unasked is queued all the same, up to the bounds.
    pub(super) fn has_room(&self) -> bool {
        self.bytes < FRAME
    }

    /// Queues a frame.
    ///
    /// # Errors
    /// The reader is too slow.
    pub(super) fn frame(&mut self, frame: &HubFrame) -> Result<(), End> {
        let text = encode(frame);
        let bytes = text.len();
        self.bytes += bytes;
        self.queue.push_back(Item::Frame(Message::text(text), bytes));
        self.check()
    }

    /// Queues a ping.
    ///
    /// # Errors
    /// The reader is too slow.
    pub(super) fn ping(&mut self) -> Result<(), End> {
        self.queue.push_back(Item::Frame(Message::Ping(Default::default()), 0));
        self.check()
    }

    /// Queues the changes of one position; they join the frame before, if it only waits and has room.
    ///
    /// # Errors
    /// The reader is too slow.
    pub(super) fn changes(&mut self, upto: Seq, changes: &[Change]) -> Result<(), End> {
        if !matches!(self.queue.back(), Some(Item::Events(last)) if last.bytes < FRAME) {
            let events = Events { after: self.told, upto, changes: Vec::new(), bytes: 0, count: 0 };
            self.queue.push_back(Item::Events(events));
        }
        if let Some(Item::Events(last)) = self.queue.back_mut() {
            for change in changes {
                let text = encode(change);
                last.bytes += text.len();
                self.bytes += text.len();
                last.changes.push(text);
            }
            last.upto = upto;
            last.count += 1;
        }
        self.told = upto;
        self.events += 1;
        self.check()
    }

    /// Tells of positions that brought nothing for this workplace.
    ///
    /// # Errors
    /// The reader is too slow.
    pub(super) fn skip_to(&mut self, position: Seq) -> Result<(), End> {
        if position > self.told { self.changes(position, &[]) } else { Ok(()) }
    }

    fn check(&self) -> Result<(), End> {
        if self.events > EVENTS || self.bytes > BYTES { Err(End::bye(ByeCode::TooSlow)) } else { Ok(()) }
    }

    /// Writes as much as the socket takes; ready when all is written. May be dropped at any point.
    ///
    /// # Errors
    /// The peer is gone.
    pub(super) async fn pump(&mut self, sink: &mut Sink) -> Result<(), End> {
        poll_fn(|context| {
            let mut sink = Pin::new(&mut *sink);
            while !self.queue.is_empty() {
                ready!(sink.as_mut().poll_ready(context)).map_err(|_| End::Gone)?;
                if let Some(message) = self.pop() {
                    sink.as_mut().start_send(message).map_err(|_| End::Gone)?;
                    self.unflushed = true;
                }
            }
            ready!(sink.as_mut().poll_flush(context)).map_err(|_| End::Gone)?;
            self.unflushed = false;
            Poll::Ready(Ok(()))
        })
        .await
    }

    fn pop(&mut self) -> Option<Message> {
        let item = self.queue.pop_front()?;
        Some(match item {
            Item::Frame(message, bytes) => {
                self.bytes -= bytes;
                message
            }
            Item::Events(Events { after, upto, changes, bytes, count }) => {
                self.bytes -= bytes;
                self.events -= count;
                let changes = changes.join(",");
                Message::text(format!(
                    r#"{{"t":"events","after":{},"upto":{},"changes":[{changes}]}}"#,
                    after.0, upto.0
                ))
            }
        })
    }
}

#[cfg(test)]
mod tests;
