//! A socket of the hub that reads by itself: what comes is believed at once, and whoever waits for something to be so
//! is woken.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use otklik_wire::{decode, encode};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// Nothing in the story takes longer, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one end of a socket has come to believe.
pub trait Belief: Default + Send + 'static {
    /// What the hub says to it.
    type Frame: DeserializeOwned;
    /// Takes in one frame.
    fn believe(&mut self, frame: Self::Frame);
    /// What it knows, to be shown when what it waits for does not come.
    fn summary(&self) -> String;
}

/// One end of a socket. Dropped, it is cut off without a word, as by a machine that dies.
pub struct Link<B> {
    shared: Arc<Shared<B>>,
    outbox: mpsc::UnboundedSender<Message>,
    task: AbortHandle,
}

struct Shared<B> {
    belief: Mutex<B>,
    news: Notify,
}

impl<B> Shared<B> {
    fn lock(&self) -> MutexGuard<'_, B> {
        // A reader that panicked has failed the story already.
        self.belief.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Belief> Link<B> {
    /// Connects and says the first word.
    ///
    /// # Errors
    /// There is nobody to connect to.
    pub async fn open(address: &str, hello: &impl Serialize) -> Result<Self> {
        let (socket, _) = connect_async(address).await.with_context(|| format!("no socket at {address}"))?;
        let (mut sink, mut stream) = socket.split();
        let shared = Arc::new(Shared { belief: Mutex::new(B::default()), news: Notify::new() });
        let (outbox, mut outgoing) = mpsc::unbounded_channel();
        let reader = shared.clone();
        let task = tokio::spawn(async move {
            loop {
                tokio::select! {
                    out = outgoing.recv() => match out {
                        Some(message) => if sink.send(message).await.is_err() { return },
                        None => return,
                    },
                    message = stream.next() => match message {
                        Some(Ok(Message::Text(text))) => if let Ok(frame) = decode(&text) {
                            reader.lock().believe(frame);
                            reader.news.notify_waiters();
                        },
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => return,
                    },
                }
            }
        });
        let link = Self { shared, outbox, task: task.abort_handle() };
        link.send(hello)?;
        Ok(link)
    }

    /// Says something.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn send(&self, frame: &impl Serialize) -> Result<()> {
        self.outbox.send(Message::text(encode(frame))).context("the connection is gone")
    }

    /// What it believes now.
    pub fn look(&self) -> MutexGuard<'_, B> {
        self.shared.lock()
    }

    /// Waits until something can be found in what it believes.
    ///
    /// # Errors
    /// It cannot, in all the time that is given.
    pub async fn until<T>(&self, what: &str, mut find: impl FnMut(&mut B) -> Option<T>) -> Result<T> {
        let search = async {
            loop {
                let news = self.shared.news.notified();
                tokio::pin!(news);
                // Listening before looking, so that what comes in between wakes.
                news.as_mut().enable();
                if let Some(found) = find(&mut self.shared.lock()) {
                    return found;
                }
                news.await;
            }
        };
        match tokio::time::timeout(PATIENCE, search).await {
            Ok(found) => Ok(found),
            Err(_) => bail!("{what}: not within {PATIENCE:?}; known is {}", self.look().summary()),
        }
    }
}

impl<B> Drop for Link<B> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
