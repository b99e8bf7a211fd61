//! A backend without a network: a test holds the other end.

use crate::{Backend, Capabilities, Connection, Failure, Incoming, Opened, Request};
use async_trait::async_trait;
use otklik_model::Cursor;
use tokio::sync::{Mutex, mpsc, oneshot};

/// The workplace's end: each `connect` is handed to the test, which answers it.
pub struct FakeBackend {
    knocks: mpsc::Sender<Knock>,
}

/// The test's end.
pub struct FakeHub {
    knocks: Mutex<mpsc::Receiver<Knock>>,
}

struct Knock {
    cursor: Option<Cursor>,
    answer: oneshot::Sender<Result<Connection, Failure>>,
}

/// The test's end of one connection.
pub struct FakeConnection {
    /// What the workplace says.
    pub requests: mpsc::Receiver<Request>,
    /// What the hub says.
    pub say: mpsc::Sender<Incoming>,
}

impl FakeBackend {
    /// A backend and the end that a test holds.
    #[must_use]
    pub fn new() -> (Self, FakeHub) {
        let (knocks, heard) = mpsc::channel(16);
        (Self { knocks }, FakeHub { knocks: Mutex::new(heard) })
    }
}

impl FakeHub {
    /// Waits for the next connection and refuses it.
    pub async fn refuse(&self, failure: Failure) -> Option<Cursor> {
        let knock = self.knocks.lock().await.recv().await?;
        let _ = knock.answer.send(Err(failure));
        knock.cursor
    }

    /// Waits for the next connection and opens it; `opened` sees the cursor. `None` when the workplace is gone.
    pub async fn open(&self, opened: impl FnOnce(Option<Cursor>) -> Opened) -> Option<FakeConnection> {
        let knock = self.knocks.lock().await.recv().await?;
        let (say, incoming) = mpsc::channel(256);
        let (requests, asked) = mpsc::channel(256);
        let connection = Connection { opened: opened(knock.cursor), incoming, requests };
        knock.answer.send(Ok(connection)).ok()?;
        Some(FakeConnection { requests: asked, say })
    }
}

#[async_trait]
impl Backend for FakeBackend {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { idempotent: true, resume: true, drafts: true, receipts: true, notes: true }
    }

    async fn connect(&self, cursor: Option<Cursor>, _handbook: Option<String>) -> Result<Connection, Failure> {
        let (answer, answered) = oneshot::channel();
        self.knocks.send(Knock { cursor, answer }).await.map_err(|_| Failure::Lost)?;
        answered.await.unwrap_or(Err(Failure::Lost))
    }
}
