//! A small engine: one thread, the real session, the real store with its writer threads, the ledger's hub in the same
//! process. It does what the app's engine does, without sockets.

use super::ledger::LedgerHub;
use anyhow::{Context as _, bail};
use otklik_core::{
    Account, Command, DiskFault, Effect, Input, LinkInput, LinkView, Notice, OutboxItem, OutboxState, Receipt, ReqId,
    Session, UiError,
};
use otklik_model::{DialogId, Now, Stamp, Tick};
use otklik_store::{OpenError, OpenReport, Store, StoreKey, StoreKeys};
use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The longest anything may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The byte that own.db's key consists of.
pub const OWN_KEY: u8 = 7;
/// The byte that cache.db's key consists of.
pub const CACHE_KEY: u8 = 9;

/// The keys of every store here.
#[must_use]
pub fn keys() -> StoreKeys {
    StoreKeys { own: StoreKey::new([OWN_KEY; 32].into()), cache: StoreKey::new([CACHE_KEY; 32].into()) }
}

/// A workplace with a real store.
pub struct Desk {
    session: Session,
    store: Option<Store>,
    /// The hub, while it can be reached.
    pub hub: Option<LedgerHub>,
    inbox: Receiver<Input>,
    tell: Sender<Input>,
    waiting: VecDeque<Input>,
    began: Instant,
    requests: u64,
    replies: BTreeMap<ReqId, Result<Receipt, UiError>>,
    /// What opening the store found.
    pub report: OpenReport,
    /// The outbox as it was found.
    pub found: Vec<OutboxItem>,
}

impl Desk {
    /// Opens the store in a folder and starts the session on it.
    ///
    /// # Errors
    /// Why the store does not open.
    pub fn open(folder: &Path, hub: Option<LedgerHub>, seed: u64) -> Result<Self, OpenError> {
        let (store, saved, report) = Store::open(folder, &keys())?;
        let found = saved.outbox.clone();
        let (tell, inbox) = channel();
        let began = Instant::now();
        let session = Session::restore(saved, Account { seed }, now(began));
        let mut desk = Self {
            session,
            store: Some(store),
            hub,
            inbox,
            tell,
            waiting: VecDeque::new(),
            began,
            requests: 0,
            replies: BTreeMap::new(),
            report,
            found,
        };
        desk.drain();
        Ok(desk)
    }

    /// Gives a command; the answer comes later.
    pub fn ask(&mut self, command: Command) -> ReqId {
        self.requests += 1;
        let req = ReqId(self.requests);
        self.waiting.push_back(Input::Command { req, command });
        req
    }

    /// The answer to a command, if it is there.
    pub fn take_reply(&mut self, req: ReqId) -> Option<Result<Receipt, UiError>> {
        self.replies.remove(&req)
    }

    /// Works until the answer to a command is there.
    ///
    /// # Errors
    /// When it takes too long.
    pub fn answer(&mut self, req: ReqId) -> anyhow::Result<Result<Receipt, UiError>> {
        self.work_until("an answer", |desk| desk.replies.contains_key(&req))?;
        self.take_reply(req).context("the answer was there a moment ago")
    }

    /// Gives a command and waits for its answer.
    ///
    /// # Errors
    /// When it takes too long.
    pub fn command(&mut self, command: Command) -> anyhow::Result<Result<Receipt, UiError>> {
        let req = self.ask(command);
        self.answer(req)
    }

    /// Works until the connection is live.
    ///
    /// # Errors
    /// When it takes too long.
    pub fn go_live(&mut self) -> anyhow::Result<()> {
        self.work_until("the connection", Self::is_live)
    }

    /// Works until Ира leads so many dialogs, as the cache has it.
    ///
    /// # Errors
    /// When it takes too long.
    pub fn lead(&mut self, dialogs: u32) -> anyhow::Result<()> {
        self.work_until("dialogs of one's own", |desk| desk.session.snapshot().counts.mine >= dialogs)
    }

    /// Works until nothing waits to be sent, except what waits for a word of the operator's.
    ///
    /// # Errors
    /// When it takes too long.
    pub fn send_everything(&mut self) -> anyhow::Result<()> {
        self.work_until("an empty outbox", |desk| desk.unsent().iter().all(is_parked))
    }

    /// Live, and nothing waits to be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_live() && self.unsent().iter().all(is_parked)
    }

    /// Caught up with the hub.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.session.snapshot().link, LinkView::Live { .. })
    }

    /// The disk refuses, and the operator is told that it is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.session.snapshot().notices.contains(&Notice::Disk { fault: DiskFault::Full })
    }

    /// A file was found to be damaged while it was in use.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.session.snapshot().notices.contains(&Notice::Disk { fault: DiskFault::Corrupt })
    }

    /// What is written and not known to be on the hub.
    #[must_use]
    pub fn unsent(&self) -> Vec<OutboxItem> {
        let rows = self.session.snapshot().rows.into_iter().chain(self.session.rows_after_snapshot());
        rows.flat_map(|row| self.session.outbox_of(row.id)).collect()
    }

    /// The dialogs in the list.
    #[must_use]
    pub fn rows(&self) -> Vec<DialogId> {
        let rows = self.session.snapshot().rows.into_iter().chain(self.session.rows_after_snapshot());
        rows.map(|row| row.id).collect()
    }

    /// The unfinished text of a dialog.
    #[must_use]
    pub fn draft(&self, dialog: DialogId) -> String {
        self.session.draft(dialog).map(|draft| draft.text.clone()).unwrap_or_default()
    }

    /// Works until something is so.
    ///
    /// # Errors
    /// When it takes longer than [`PATIENCE`].
    pub fn work_until(&mut self, what: &str, so: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !so(self) {
            if Instant::now() > deadline {
                bail!("no {what} within {} s; the link is {:?}", PATIENCE.as_secs(), self.session.snapshot().link);
            }
            self.work(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Takes everything that has come, waiting for it at most so long.
    pub fn work(&mut self, longest: Duration) {
        let wait = if self.waiting.is_empty() { self.until_wakeup().min(longest) } else { Duration::ZERO };
        match self.inbox.recv_timeout(wait) {
            Ok(input) => self.waiting.push_back(input),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        self.waiting.extend(self.inbox.try_iter());
        if self.waiting.is_empty() && self.until_wakeup().is_zero() {
            self.waiting.push_back(Input::Tick);
        }
        while let Some(input) = self.waiting.pop_front() {
            self.session.handle(input, now(self.began));
            self.drain();
        }
    }

    fn until_wakeup(&self) -> Duration {
        let Some((at, _)) = self.session.next_wakeup() else { return PATIENCE };
        Duration::from_millis(at.since(now(self.began).tick))
    }

    fn drain(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Commit { id, writes } => {
                let tell = self.tell.clone();
                let Some(store) = &self.store else { return };
                store.commit(id, writes, move |id, result| {
                    let input = match result {
                        Ok(()) => Input::Committed(id),
                        Err(fault) => Input::CommitFailed { id, fault },
                    };
                    // The desk may be gone; then nobody waits for the answer.
                    let _nobody = tell.send(input);
                });
            }
            Effect::Connect { cursor, handbook: _ } => match &mut self.hub {
                Some(hub) => {
                    let said = hub.connect(cursor);
                    self.hear(said);
                }
                None => self.hear(vec![LinkInput::Closed(otklik_core::CloseCause::Lost)]),
            },
            Effect::Disconnect => {
                if let Some(hub) = &mut self.hub {
                    hub.disconnect();
                }
            }
            Effect::Submit { id, op } => {
                let said = self.hub.as_mut().map(|hub| hub.submit(id, &op));
                self.hear(said.and_then(Result::ok).unwrap_or_default());
            }
            Effect::Fetch { req, dialog, from, to, limit } => {
                let said = self.hub.as_ref().map(|hub| hub.fetch(req, dialog, from, to, limit));
                self.hear(said.into_iter().collect());
            }
            // Nobody asks this hub for more than it tells.
            Effect::LookUp { .. } => {}
            Effect::Probe => {
                let said = self.hub.as_ref().and_then(LedgerHub::beat);
                self.hear(said.into_iter().collect());
            }
            Effect::Reply { req, result } => {
                self.replies.insert(req, result);
            }
            // Nobody ends a session here.
            Effect::SessionEnded
            | Effect::Typing { .. }
            | Effect::Looks { .. }
            | Effect::Focus { .. }
            | Effect::Upload { .. }
            | Effect::StopUpload { .. }
            | Effect::Unstage(_)
            | Effect::Emit(_)
            | Effect::Sound(_)
            | Effect::Popup(_)
            | Effect::Withdraw(_)
            | Effect::Attention(_)
            | Effect::Badge(_)
            | Effect::ShowWindow
            | Effect::ShowOwnWindow(_) => {}
        }
    }

    fn hear(&mut self, said: Vec<LinkInput>) {
        self.waiting.extend(said.into_iter().map(Input::Link));
    }

    /// The hub can be reached from now on.
    pub fn plug_in(&mut self, hub: LedgerHub) {
        self.hub = Some(hub);
        self.ask(Command::Reconnect);
    }

    /// Ends in order: everything queued is written.
    pub fn close(mut self) {
        if let Some(store) = self.store.take() {
            store.close();
        }
    }
}

/// Waits for a word of the operator's.
#[must_use]
pub fn is_parked(item: &OutboxItem) -> bool {
    match item.state {
        OutboxState::Held { .. } | OutboxState::Stuck { .. } | OutboxState::NotTaken { .. } => true,
        OutboxState::Queued | OutboxState::Sending => false,
    }
}

fn now(began: Instant) -> Now {
    let tick = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let stamp = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Now { tick: Tick(tick), stamp: Stamp(i64::try_from(stamp).unwrap_or(0)) }
}
