//! A customer's page over POST, where a WebSocket does not get through: one session machine, asked again and again.

use super::{Farewell, Link, Whence};
use crate::{office::Office, secret::new_token};
use otklik_wire::customer::{CustomerFrame, Exchange, ExchangeAnswer, HubCustomerFrame};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::{Instant, timeout_at},
};

/// At most so many sessions at once.
const SESSIONS: usize = 10_000;
/// At most so many frames in one exchange.
const FRAMES: usize = 100;
/// At most so many frames wait for the page.
const WAITING: usize = 256;

/// Frames of one exchange, and whom to tell when they are carried out.
type Batch = (VecDeque<CustomerFrame>, oneshot::Sender<()>);

/// Why an exchange is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoExchange {
    /// Too many frames, or a first one without `hello`.
    Malformed,
    /// The hub has no room, or no randomness.
    Busy,
    /// Its address has as many connections as it may.
    Crowded,
}

/// What waits for a page.
#[derive(Default)]
struct Mailbox {
    frames: Mutex<VecDeque<HubCustomerFrame>>,
    /// Rung when something was put in, and when a waiting exchange is to be answered.
    bell: Notify,
}

#[derive(Clone)]
struct Entrance {
    batches: mpsc::Sender<Batch>,
    mailbox: Arc<Mailbox>,
}

/// All sessions of this process.
#[derive(Clone, Default)]
pub struct Exchanges(Arc<Mutex<HashMap<String, Entrance>>>);

impl Exchanges {
    /// Carries out one exchange.
    ///
    /// # Errors
    /// [`NoExchange`].
    pub async fn exchange(
        &self,
        office: &Arc<Office>,
        whence: Whence,
        exchange: Exchange,
    ) -> Result<ExchangeAnswer, NoExchange> {
        let Exchange { session, wait, frames } = exchange;
        if frames.len() > FRAMES {
            return Err(NoExchange::Malformed);
        }
        let (session, entrance) = match session {
            Some(session) => {
                let found = self.0.lock().get(&session).cloned();
                match found {
                    Some(entrance) => (session, entrance),
                    None => return Ok(over(session)),
                }
            }
            None if matches!(frames.first(), Some(CustomerFrame::Hello(_))) => self.open(office, whence)?,
            None => return Err(NoExchange::Malformed),
        };
        // Whoever waits in an earlier exchange of this session is let go.
        entrance.mailbox.bell.notify_waiters();
        let (done, carried_out) = oneshot::channel();
        if entrance.batches.send((frames.into(), done)).await.is_ok() {
            // An error means that the session ended over these frames, and has said why.
            let _ = carried_out.await;
        }
        let patience = if wait { office.settings.timing.exchange_wait } else { Duration::ZERO };
        let frames = collect(&entrance, patience).await;
        let ended = entrance.batches.is_closed();
        Ok(if frames.is_empty() && ended { over(session) } else { ExchangeAnswer { session, frames } })
    }

    fn open(&self, office: &Arc<Office>, whence: Whence) -> Result<(String, Entrance), NoExchange> {
        let arrival = whence.enter(&office.crowd).ok_or(NoExchange::Crowded)?;
        let name = new_token().map_err(|_| NoExchange::Busy)?.to_string();
        // One batch is carried out at a time; a page has at most a few exchanges in flight.
        let (batches, inbox) = mpsc::channel(4);
        let entrance = Entrance { batches, mailbox: Arc::default() };
        {
            let mut sessions = self.0.lock();
            if sessions.len() >= SESSIONS {
                return Err(NoExchange::Busy);
            }
            sessions.insert(name.clone(), entrance.clone());
        }
        let link = ExchangeLink {
            inbox,
            batch: VecDeque::new(),
            carried_out: None,
            mailbox: entrance.mailbox.clone(),
            idle: office.settings.timing.exchange_idle,
            asked_at: Instant::now(),
        };
        let (sessions, office, key) = (self.clone(), office.clone(), name.clone());
        office.tasks.clone().spawn(async move {
            let (draining, goodbye) = (office.draining.clone(), office.settings.timing.goodbye);
            super::converse(office, arrival, link).await;
            // The last word waits for the page a little.
            let _ = tokio::time::timeout(goodbye, draining.cancelled()).await;
            sessions.0.lock().remove(&key);
        });
        Ok((name, entrance))
    }
}

async fn collect(entrance: &Entrance, patience: Duration) -> Vec<HubCustomerFrame> {
    let until = Instant::now() + patience;
    loop {
        let bell = entrance.mailbox.bell.notified();
        tokio::pin!(bell);
        // Listening before looking, so that what comes in between rings.
        bell.as_mut().enable();
        let frames: Vec<_> = entrance.mailbox.frames.lock().drain(..).collect();
        if !frames.is_empty() || entrance.batches.is_closed() {
            return frames;
        }
        if timeout_at(until, bell).await.is_err() {
            return Vec::new();
        }
        if entrance.mailbox.frames.lock().is_empty() {
            // Let go by a later exchange.
            return Vec::new();
        }
    }
}

fn over(session: String) -> ExchangeAnswer {
    let bye = HubCustomerFrame::Bye { code: "session".to_owned(), retry_after_ms: None };
    ExchangeAnswer { session, frames: vec![bye] }
}

struct ExchangeLink {
    inbox: mpsc::Receiver<Batch>,
    batch: VecDeque<CustomerFrame>,
    carried_out: Option<oneshot::Sender<()>>,
    mailbox: Arc<Mailbox>,
    idle: Duration,
    /// When the last exchange came.
    asked_at: Instant,
}

impl ExchangeLink {
    fn put(&self, frames: Vec<HubCustomerFrame>) -> Result<(), Farewell> {
        let mut waiting = self.mailbox.frames.lock();
        if waiting.len() + frames.len() > WAITING {
            waiting.clear();
            return Err(Farewell::TooSlow);
        }
        waiting.extend(frames);
        drop(waiting);
        self.mailbox.bell.notify_waiters();
        Ok(())
    }
}

impl Link for ExchangeLink {
    async fn receive(&mut self) -> Result<CustomerFrame, Farewell> {
        loop {
            if let Some(frame) = self.batch.pop_front() {
                return Ok(frame);
            }
            // Asked for the next, so the frames before are carried out. Whoever waited may have gone.
            let _ = self.carried_out.take().map(|done| done.send(()));
            match timeout_at(self.asked_at + self.idle, self.inbox.recv()).await {
                Ok(Some((batch, done))) => {
                    self.asked_at = Instant::now();
                    (self.batch, self.carried_out) = (batch, Some(done));
                }
                Ok(None) | Err(_) => return Err(Farewell::Gone),
            }
        }
    }

    async fn send(&mut self, frames: Vec<HubCustomerFrame>) -> Result<(), Farewell> {
        std::future::ready(self.put(frames)).await
    }

    async fn ping(&mut self) -> Result<(), Farewell> {
        std::future::ready(Ok(())).await
    }

    async fn close(&mut self, _farewell: Farewell, word: Option<HubCustomerFrame>) {
        self.inbox.close();
        // A page that took nothing for so long does without the last word.
        let _ = std::future::ready(self.put(word.into_iter().collect())).await;
        self.mailbox.bell.notify_waiters();
    }
}
