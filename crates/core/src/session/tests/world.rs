//! A session with a disk and a hub, in virtual time.

use super::hub::Hub;
use crate::*;
use otklik_model::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How the disk behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DiskMode {
    /// Stores at once.
    Obeys,
    /// Stores nothing until released.
    Waits,
    /// Refuses.
    Refuses(DiskFault),
}

/// What is durable.
#[derive(Clone, Debug, Default)]
pub(super) struct FakeDisk {
    pub(super) outbox: BTreeMap<ClientId, OutboxItem>,
    pub(super) drafts: BTreeMap<DialogId, Draft>,
    pub(super) tray: BTreeMap<StagedId, TrayFile>,
    pub(super) settings: Settings,
    pub(super) last_order: u64,
    pub(super) alerted: BTreeMap<MessageId, Stamp>,
    pub(super) dialogs: BTreeMap<DialogId, SavedDialog>,
    pub(super) messages: BTreeMap<(DialogId, u32), Message>,
    pub(super) operators: BTreeMap<OperatorId, Operator>,
    pub(super) channels: BTreeMap<ChannelId, Channel>,
    pub(super) profile: Option<Profile>,
    pub(super) handbook: Option<Handbook>,
    pub(super) cursor: Option<Cursor>,
}

impl FakeDisk {
    pub(super) fn store(&mut self, writes: Writes) {
        match writes {
            Writes::Own(writes) => writes.into_iter().for_each(|write| self.store_own(write)),
            Writes::Cache(writes) => writes.into_iter().for_each(|write| self.store_cache(write)),
        }
    }

    /// Only what the hub does not have is left.
    pub(super) fn erase_cache(&mut self) {
        let Self { outbox, drafts, tray, settings, last_order, alerted, .. } = std::mem::take(self);
        *self = Self { outbox, drafts, tray, settings, last_order, alerted, ..Self::default() };
    }

    fn store_own(&mut self, write: OwnWrite) {
        match write {
            OwnWrite::PutOutbox(item) => {
                self.last_order = self.last_order.max(item.order);
                self.outbox.insert(item.client_id, item);
            }
            OwnWrite::DropOutbox(id) => _ = self.outbox.remove(&id),
            OwnWrite::PutDraft(draft) => _ = self.drafts.insert(draft.dialog, draft),
            OwnWrite::DropDraft(dialog) => _ = self.drafts.remove(&dialog),
            OwnWrite::PutTray(tray) => _ = self.tray.insert(tray.file.id, tray),
            OwnWrite::DropTray(file) => _ = self.tray.remove(&file),
            OwnWrite::PutSettings(settings) => self.settings = settings,
            OwnWrite::Alerted(id, at) => _ = self.alerted.insert(id, at),
            OwnWrite::ForgetAlerts(before) => self.alerted.retain(|_, at| *at >= before),
        }
    }

    fn store_cache(&mut self, write: CacheWrite) {
        match write {
            CacheWrite::PutDialog(saved) => _ = self.dialogs.insert(saved.dialog.id, *saved),
            CacheWrite::DropDialog(id) => {
                self.dialogs.remove(&id);
                self.messages.retain(|(dialog, _), _| *dialog != id);
            }
            CacheWrite::PutMessage(message) => {
                let place = (message.dialog, message.seq);
                let older = self.messages.get(&place).is_none_or(|held| held.rev < message.rev);
                if older {
                    self.messages.insert(place, *message);
                }
            }
            CacheWrite::PutOperator(operator) => _ = self.operators.insert(operator.id, operator),
            CacheWrite::PutChannel(channel) => _ = self.channels.insert(channel.id, channel),
            CacheWrite::PutProfile(profile) => self.profile = Some(profile),
            CacheWrite::PutHandbook(handbook) => self.handbook = Some(*handbook),
            CacheWrite::PutCursor(cursor) => self.cursor = Some(cursor),
            CacheWrite::DropCursor => self.cursor = None,
        }
    }

    pub(super) fn saved(&self) -> Saved {
        let mut outbox: Vec<OutboxItem> = self.outbox.values().cloned().collect();
        outbox.sort_by_key(|item| item.order);
        Saved {
            outbox,
            drafts: self.drafts.values().cloned().collect(),
            tray: self.tray.values().cloned().collect(),
            settings: self.settings.clone(),
            last_order: self.last_order,
            alerted: self.alerted.iter().map(|(id, at)| (*id, *at)).collect(),
            cursor: self.cursor,
            profile: self.profile.clone(),
            handbook: self.handbook.clone(),
            dialogs: self.dialogs.values().cloned().collect(),
            operators: self.operators.values().cloned().collect(),
            channels: self.channels.values().cloned().collect(),
        }
    }

    pub(super) fn texts(&self, dialog: DialogId) -> Vec<String> {
        self.messages.range((dialog, 0)..=(dialog, u32::MAX)).map(|(_, message)| message.text.clone()).collect()
    }
}

/// The workplace of one operator and what is around it.
pub(super) struct World {
    pub(super) session: Session,
    pub(super) now: Now,
    pub(super) disk: FakeDisk,
    pub(super) disk_mode: DiskMode,
    pub(super) held: VecDeque<(CommitId, Writes)>,
    pub(super) hub: Hub,
    /// Whether the hub can be reached.
    pub(super) hub_up: bool,
    /// How a hub that cannot be reached ends a connection.
    pub(super) refusal: CloseCause,
    /// Whether the hub's answers and events get through.
    pub(super) hub_speaks: bool,
    /// Whether the session is connected, and up to where it was told.
    pub(super) told: Option<Seq>,
    pub(super) replies: BTreeMap<ReqId, Result<Receipt, UiError>>,
    /// Everything that is neither disk nor hub, in order.
    pub(super) seen: Vec<Effect>,
    pub(super) connects: Vec<(Tick, Option<Cursor>)>,
    /// The handbooks that the session said it has, at each connection.
    pub(super) handbooks: Vec<Option<String>>,
    /// What the hub was asked, in order.
    pub(super) asked: Vec<Op>,
    /// Files on their way to the hub.
    pub(super) uploads: BTreeMap<ClientId, StagedFile>,
    /// Files whose bytes went.
    pub(super) unstaged: Vec<StagedId>,
    inbox: VecDeque<LinkInput>,
    last_req: u64,
}

impl World {
    /// A first start: nothing on disk, the hub is there.
    pub(super) fn new() -> Self {
        Self::with(Hub::new(), FakeDisk::default())
    }

    pub(super) fn with(hub: Hub, disk: FakeDisk) -> Self {
        let now = Now { tick: Tick(1_000), stamp: Stamp(1_700_000_000_000) };
        let session = Session::restore(disk.saved(), Account { seed: 1 }, now);
        let mut world = Self {
            session,
            now,
            disk,
            disk_mode: DiskMode::Obeys,
            held: VecDeque::new(),
            hub,
            hub_up: true,
            refusal: CloseCause::Lost,
            hub_speaks: true,
            told: None,
            replies: BTreeMap::new(),
            seen: Vec::new(),
            connects: Vec::new(),
            handbooks: Vec::new(),
            asked: Vec::new(),
            uploads: BTreeMap::new(),
            unstaged: Vec::new(),
            inbox: VecDeque::new(),
            last_req: 0,
        };
        world.settle();
        world
    }

    /// The process dies and starts again: only what is durable is left.
    pub(super) fn crash(&mut self) {
        self.held.clear();
        self.inbox.clear();
        self.told = None;
        self.uploads.clear();
        self.seen.clear();
        self.session = Session::restore(self.disk.saved(), Account { seed: self.now.tick.0 }, self.now);
        self.settle();
    }

    pub(super) fn give(&mut self, input: Input) {
        self.session.handle(input, self.now);
        self.settle();
    }

    /// Carries out all effects, and brings the hub's news, until nothing moves.
    pub(super) fn settle(&mut self) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.carry_out(effect);
            }
            if let Some(said) = self.inbox.pop_front() {
                self.session.handle(Input::Link(said), self.now);
                continue;
            }
            if !self.bring_news() {
                break;
            }
        }
    }

    /// The hub tells what is new, if it can.
    fn bring_news(&mut self) -> bool {
        let Some(told) = self.told.filter(|_| self.hub_speaks) else { return false };
        let Some(events) = self.hub.events(told) else { return false };
        self.told = Some(self.hub.head());
        self.inbox.push_back(events);
        true
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Commit { id, writes } => self.commit(id, writes),
            Effect::Connect { cursor, handbook } => {
                self.uploads.clear();
                self.handbooks.push(handbook);
                self.connects.push((self.now.tick, cursor));
                self.inbox.clear();
                if self.hub_up {
                    self.inbox.extend(self.hub.welcome(cursor, self.now.stamp));
                    self.told = Some(self.hub.head());
                } else {
                    self.told = None;
                    self.inbox.push_back(LinkInput::Closed(self.refusal));
                }
            }
            Effect::Disconnect => {
                self.told = None;
                self.uploads.clear();
                self.inbox.clear();
            }
            Effect::Submit { id, op } => {
                if self.told.is_some() {
                    self.asked.push(op.clone());
                    let outcome = self.hub.submit(id, op, self.now.stamp);
                    if self.hub_speaks {
                        self.inbox.push_back(LinkInput::Answered { id, outcome });
                    }
                }
            }
            Effect::Upload { id, file } => {
                let twice = self.uploads.insert(id, file);
                assert!(twice.is_none(), "one file is uploaded twice at once");
            }
            Effect::StopUpload { id } => _ = self.uploads.remove(&id),
            Effect::Unstage(file) => self.unstaged.push(file),
            Effect::Fetch { req, dialog, from, to, .. } => {
                if self.told.is_some() && self.hub_speaks {
                    let result = self.hub.fetch(dialog, from, to);
                    self.inbox.push_back(LinkInput::Fetched { req, result });
                }
            }
            Effect::Reply { req, result } => {
                let twice = self.replies.insert(req, result);
                assert!(twice.is_none(), "request {req:?} was answered twice");
            }
            other => self.seen.push(other),
        }
    }

    fn commit(&mut self, id: CommitId, writes: Writes) {
        match self.disk_mode {
            DiskMode::Obeys => {
                self.disk.store(writes);
                self.session.handle(Input::Committed(id), self.now);
            }
            DiskMode::Waits => self.held.push_back((id, writes)),
            DiskMode::Refuses(fault) => self.session.handle(Input::CommitFailed { id, fault }, self.now),
        }
    }

    /// Lets the disk store the oldest commit it holds back.
    pub(super) fn release_one(&mut self) -> bool {
        let Some((id, writes)) = self.held.pop_front() else { return false };
        self.disk.store(writes);
        self.give(Input::Committed(id));
        true
    }

    /// The disk obeys again.
    pub(super) fn release(&mut self) {
        while self.release_one() {}
        self.disk_mode = DiskMode::Obeys;
    }

    /// Time passes; the session is woken when it asked to be, beats come, news is brought.
    pub(super) fn pass(&mut self, ms: u64) {
        let end = self.now.tick.plus(ms);
        let mut beat = self.now.tick.plus(10_000);
        loop {
            let wake = self.session.next_wakeup().map(|(at, _)| at).filter(|at| *at <= end);
            let next = wake.into_iter().chain([end]).chain((beat <= end).then_some(beat)).min().unwrap();
            let step = next.since(self.now.tick);
            self.now.tick = next.max(self.now.tick);
            self.now.stamp.0 += step as i64;
            if beat <= self.now.tick {
                beat = self.now.tick.plus(10_000);
                if let Some(head) = self.told.filter(|_| self.hub_speaks && self.hub_up) {
                    self.inbox.push_back(LinkInput::Beat { head });
                }
            }
            self.give(Input::Tick);
            if let Some((at, reason)) = self.session.next_wakeup() {
                assert!(at > self.now.tick, "woken for {reason:?}, and nothing was done about it");
            }
            if self.now.tick >= end {
                break;
            }
        }
    }

    /// The oldest upload is over, and the hub has the file.
    pub(super) fn upload_done(&mut self) {
        let (id, file) = self.uploads.pop_first().expect("a file is on its way");
        let attachment = self.hub.takes_file(&file);
        self.give(Input::Link(LinkInput::Uploaded { id, result: Upload::Done(attachment) }));
    }

    /// The oldest upload ends otherwise.
    pub(super) fn upload_fails(&mut self, result: Upload) {
        let (id, _) = self.uploads.pop_first().expect("a file is on its way");
        self.give(Input::Link(LinkInput::Uploaded { id, result }));
    }

    /// The connection breaks and cannot be made again.
    pub(super) fn hub_dies(&mut self) {
        self.hub_up = false;
        if self.told.take().is_some() {
            self.uploads.clear();
            self.inbox.clear();
            self.give(Input::Link(LinkInput::Closed(self.refusal)));
        }
    }

    /// The hub is back, and the session has found it.
    pub(super) fn hub_returns(&mut self) {
        self.hub_up = true;
        self.hub_speaks = true;
        self.pass(11_000);
    }

    pub(super) fn ask(&mut self, command: Command) -> ReqId {
        self.last_req += 1;
        let req = ReqId(self.last_req);
        self.give(Input::Command { req, command });
        req
    }

    /// Does something and expects it to be confirmed.
    pub(super) fn do_it(&mut self, command: Command) -> Receipt {
        let shown = format!("{command:?}");
        let req = self.ask(command);
        self.replies.remove(&req).unwrap_or_else(|| panic!("{shown} was not answered")).unwrap()
    }

    /// Does something and expects a refusal.
    pub(super) fn refused(&mut self, command: Command) -> UiErrorCode {
        let req = self.ask(command);
        self.replies.remove(&req).expect("answered").expect_err("refused").code
    }

    pub(super) fn write(&mut self, dialog: DialogId, text: &str) -> ClientId {
        self.do_it(Command::SendText { dialog, text: text.into(), quote: None }).message.unwrap()
    }

    /// A dialog that Ира leads.
    pub(super) fn my_dialog(&mut self, n: u128) -> DialogId {
        let id = self.hub.customer_comes(n, "здравствуйте", self.now.stamp);
        self.settle();
        self.do_it(Command::Accept { dialog: id });
        self.seen.clear();
        id
    }

    pub(super) fn window(&mut self, focused: bool, hidden: bool) {
        self.give(Input::Window(WindowState { focused, hidden }));
    }

    /// What the operator's texts in a dialog look like on the hub.
    pub(super) fn on_hub(&self, dialog: DialogId) -> Vec<String> {
        let thread = self.hub.messages.get(&dialog).into_iter().flatten();
        thread
            .filter(|message| matches!(message.author, Author::Operator { .. }))
            .map(|message| message.text.clone())
            .collect()
    }

    pub(super) fn row(&self, dialog: DialogId) -> DialogRow {
        let snapshot = self.session.snapshot();
        let found = snapshot.rows.into_iter().chain(self.session.rows_after_snapshot()).find(|row| row.id == dialog);
        found.expect("the row is shown")
    }

    pub(super) fn unsent(&self, dialog: DialogId) -> Vec<(String, SendState)> {
        let items = self.session.outbox_of(dialog);
        let lines = items.iter().map(|item| self.session.unsent_item(item, self.now));
        lines.map(|line| (line.text, line.send.unwrap())).collect()
    }

    pub(super) fn is_live(&self) -> bool {
        matches!(self.session.snapshot().link, LinkView::Live { .. })
    }

    pub(super) fn take_seen(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.seen)
    }

    pub(super) fn events(&mut self) -> Vec<ViewEvent> {
        let seen = self.take_seen();
        seen.into_iter()
            .filter_map(|effect| if let Effect::Emit(event) = effect { Some(event) } else { None })
            .collect()
    }

    /// Memory and disk must agree on what is unsent, and no submitted id may be used for two texts.
    pub(super) fn check(&self) {
        let mut texts: BTreeMap<ClientId, Op> = BTreeMap::new();
        for (id, op) in &self.hub.submitted {
            let same = |one: &Op, other: &Op| match (one, other) {
                (Op::SendText { text: a, .. }, Op::SendText { text: b, .. }) => a == b,
                (one, other) => one == other,
            };
            if let Some(earlier) = texts.insert(*id, op.clone()) {
                assert!(same(&earlier, op), "one id, two meanings: {earlier:?} and {op:?}");
            }
        }
        let mut stored = BTreeSet::new();
        for message in self.hub.messages.values().flatten().filter_map(|message| message.client_id) {
            assert!(stored.insert(message), "stored twice on the hub");
        }
    }
}
