//! The loop around one session: inputs in, effects out. Decides nothing.

use crate::{
    CoverRules, Shell, SoundOrder, audience::Audience, clock, clock::Clock, files::Outgoing, glance::Glance,
    link::Link, own_sounds,
};
use otklik_backends::{Backend, Content, Downloads, Request};
use otklik_core::{
    Account, AlertSound, Command, DialogLink, Draft, Effect, Input, LinkInput, Notice, OutboxItem, Receipt, ReqId,
    Saved, Session, Settings, StagedFile, Surroundings, ThreadItem, UiError, UiErrorCode, ViewEvent,
};
use otklik_model::{ClientId, DialogId, FileId, Message};
use otklik_store::{Shelf, Store};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

/// That the operator is here is told at most this often.
const HERE_EVERY: Duration = Duration::from_secs(60);
/// Rows after the first screen go out in chunks of this many.
const CHUNK: usize = 250;

/// What reaches the loop besides the connection and the clock.
pub(crate) enum Told {
    /// Straight to the core.
    Input(Input),
    /// A command of a page.
    Command(Command, oneshot::Sender<Result<Receipt, UiError>>),
    /// What of a dialog is unsent, and the number of its newest message on the hub.
    Unsent(DialogId, oneshot::Sender<(Vec<OutboxItem>, u32)>),
    /// How these messages look in a thread, then those unsent items.
    Items(Vec<Message>, Vec<OutboxItem>, oneshot::Sender<Vec<ThreadItem>>),
    /// A dialog's unfinished text and mode, and the files in its tray.
    Draft(DialogId, oneshot::Sender<(Option<Draft>, Vec<StagedFile>)>),
    /// Fetch a file; without a connection nothing comes of it.
    Download {
        /// Which.
        file: FileId,
        /// More bytes than this are not wanted.
        most: u64,
        /// Where it goes.
        to: Downloads,
    },
    /// What the operator chose.
    Settings(oneshot::Sender<Settings>),
    /// Whether a link leads to a dialog that is here.
    Knows(DialogLink, oneshot::Sender<bool>),
    /// Close what was read and forget its key; the answer comes when that has happened.
    CloseCache(oneshot::Sender<()>),
    /// A page wants a snapshot.
    Look,
    /// What the system says has changed.
    Around,
    /// Stop; the store is closed when the answer comes.
    Stop(oneshot::Sender<()>),
}

/// The way into a running session.
#[derive(Clone)]
pub(crate) struct Handle {
    told: mpsc::UnboundedSender<Told>,
}

impl Handle {
    pub(crate) fn tell(&self, told: Told) {
        // A session that has stopped hears nothing; whoever waits for its answer sees the channel close.
        let _ = self.told.send(told);
    }

    pub(crate) async fn command(&self, command: Command) -> Result<Receipt, UiError> {
        let (reply, answer) = oneshot::channel();
        self.tell(Told::Command(command, reply));
        answer.await.unwrap_or(Err(UiError { code: UiErrorCode::NotReady }))
    }

    pub(crate) async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Told) -> Result<T, UiError> {
        let (reply, answer) = oneshot::channel();
        self.tell(question(reply));
        answer.await.map_err(|_| UiError { code: UiErrorCode::NotReady })
    }

    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        self.tell(Told::Stop(done));
        let _ = stopped.await;
    }
}

/// What a session runs on.
pub(crate) struct Ground {
    /// The folder of everything this machine keeps.
    pub(crate) data: PathBuf,
    pub(crate) store: Store,
    pub(crate) saved: Saved,
    /// Where the bytes of files are that are to be sent.
    pub(crate) outgoing: Shelf,
    /// What opening the store found.
    pub(crate) notices: Vec<Notice>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) shell: Arc<dyn Shell>,
    pub(crate) audience: Audience,
    pub(crate) clock: Arc<Clock>,
    /// Told when the hub has ended the session for good.
    pub(crate) over: oneshot::Sender<()>,
}

/// Starts the loop.
pub(crate) fn start(ground: Ground) -> Handle {
    let (told, heard) = mpsc::unbounded_channel();
    let handle = Handle { told };
    let runner = Runner::new(ground, handle.clone());
    tokio::spawn(runner.run(heard));
    handle
}

struct Runner {
    session: Session,
    store: Store,
    outgoing: Outgoing,
    backend: Arc<dyn Backend>,
    shell: Arc<dyn Shell>,
    audience: Audience,
    clock: Arc<Clock>,
    over: Option<oneshot::Sender<()>>,
    handle: Handle,
    link: Option<Link>,
    replies: BTreeMap<ReqId, oneshot::Sender<Result<Receipt, UiError>>>,
    last_req: u64,
    settings: Settings,
    data: PathBuf,
    around: Option<Surroundings>,
    glance: Glance,
    /// What this turn of the loop has to tell the pages.
    events: Vec<ViewEvent>,
    /// When the platform was last told that the operator is here.
    here_at: Option<Instant>,
}

impl Runner {
    fn new(ground: Ground, handle: Handle) -> Self {
        let Ground { data, store, saved, outgoing, notices, backend, shell, audience, clock, over } = ground;
        let settings = saved.settings.clone();
        let mut session = Session::restore(saved, Account { seed: seed() }, clock.now());
        for notice in notices {
            session.set_notice(notice);
        }
        Self {
            session,
            store,
            outgoing: Outgoing::new(outgoing),
            backend,
            shell,
            audience,
            clock,
            over: Some(over),
            handle,
            link: None,
            replies: BTreeMap::new(),
            last_req: 0,
            settings,
            data,
            around: None,
            glance: Glance::default(),
            events: Vec::new(),
            here_at: None,
        }
    }

    async fn run(mut self, mut heard: mpsc::UnboundedReceiver<Told>) {
        let mut watch = interval(clock::WATCH_EVERY);
        watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pauses = self.clock.watched();
        self.shell.cover_rules(CoverRules::of(&self.settings));
        self.look_around();
        self.settle();
        loop {
            let wakeup = self.wakeup();
            tokio::select! {
                told = heard.recv() => match told {
                    Some(Told::Stop(done)) => {
                        self.end(heard).await;
                        let _ = done.send(());
                        return;
                    }
                    Some(told) => {
                        self.take(told);
                        // What has come in meanwhile belongs to the same turn: one push to the pages for all of it.
                        while let Some(told) = self.next_plain(&mut heard) {
                            self.take(told);
                        }
                    }
                    None => return,
                },
                said = said(&mut self.link) => self.hear(said),
                () = sleep_until(wakeup.unwrap_or_else(far_away)), if wakeup.is_some() => self.handle_input(Input::Tick),
                _ = watch.tick() => {
                    self.look_around();
                    if pauses.slept(&self.clock) {
                        self.shell.slept();
                        self.handle_input(Input::Woke);
                    }
                }
            }
            self.settle();
        }
    }

    /// What was given to the disk is on it when this returns, and the bytes to which nothing there refers are gone.
    async fn end(self, mut heard: mpsc::UnboundedReceiver<Told>) {
        let Self { mut session, store, clock, link, mut outgoing, .. } = self;
        drop(link);
        let _ = tokio::task::spawn_blocking(move || store.close()).await;
        // How the last commits went is told by now. Of all that follows only this needs neither disk nor network.
        while let Ok(told) = heard.try_recv() {
            if let Told::Input(input @ (Input::Committed(_) | Input::CommitFailed { .. })) = told {
                session.handle(input, clock.now());
            }
        }
        while let Some(effect) = session.poll_effect() {
            if let Effect::Unstage(file) = effect {
                outgoing.remove(file);
            }
        }
        outgoing.settle().await;
    }

    /// The next thing told that is already there and is not the end, at most one turn's worth.
    fn next_plain(&self, heard: &mut mpsc::UnboundedReceiver<Told>) -> Option<Told> {
        if self.events.len() > 1_000 {
            return None;
        }
        match heard.try_recv() {
            Ok(Told::Stop(done)) => {
                self.handle.tell(Told::Stop(done));
                None
            }
            Ok(told) => Some(told),
            Err(_) => None,
        }
    }

    fn wakeup(&self) -> Option<Instant> {
        let (tick, _) = self.session.next_wakeup()?;
        Some(Instant::now() + Duration::from_millis(tick.since(self.clock.now().tick)))
    }

    /// Tells what the system around says, if it says something new.
    fn look_around(&mut self) {
        let utc_offset_min = jiff::Zoned::now().offset().seconds() / 60;
        // Behind a cover nobody sees anything either.
        let (quiet, locked) = (self.shell.is_quiet(), self.shell.is_locked() || self.audience.is_held());
        let around = Surroundings { utc_offset_min, quiet, locked };
        if self.around != Some(around) {
            self.around = Some(around);
            self.handle_input(Input::Surroundings(around));
        }
    }

    fn sound_order(&self, sound: AlertSound) -> SoundOrder {
        let (volume, device) = (self.settings.loudness(sound), self.settings.sound_device.clone());
        let own = self.settings.sound(sound).own.as_ref().and_then(|own| own_sounds::path(&self.data, &own.key));
        SoundOrder { sound, volume, own, device }
    }

    fn hear(&mut self, said: Option<LinkInput>) {
        match said {
            Some(input) => {
                if matches!(input, LinkInput::Closed(_)) {
                    self.link = None;
                }
                self.handle_input(Input::Link(input));
            }
            None => self.link = None,
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Input(input) => self.handle_input(input),
            Told::Command(command, reply) => {
                self.last_req += 1;
                let req = ReqId(self.last_req);
                self.replies.insert(req, reply);
                // A page says by itself what it shows, and asks for what it lacks.
                let by_hand = !matches!(command, Command::Seen { .. } | Command::FillGap { .. });
                self.handle_input(Input::Command { req, command });
                if by_hand {
                    self.tell_here();
                }
            }
            Told::Unsent(dialog, reply) => {
                let last_seq = self.session.dialog(dialog).map_or(0, |row| row.last_seq);
                let _ = reply.send((self.session.outbox_of(dialog), last_seq));
            }
            Told::Items(messages, unsent, reply) => {
                let now = self.clock.now();
                let stored = messages.iter().map(|message| self.session.thread_item(message));
                let waiting = unsent.iter().map(|item| self.session.unsent_item(item, now));
                let _ = reply.send(stored.chain(waiting).collect());
            }
            Told::Draft(dialog, reply) => {
                let _ = reply.send((self.session.draft(dialog).cloned(), self.session.tray(dialog)));
            }
            Told::Download { file, most, to } => self.say(Request::Download { file, most, to }),
            Told::Settings(reply) => {
                let _ = reply.send(self.settings.clone());
            }
            Told::Knows(link, reply) => {
                let _ = reply.send(self.session.led_to(link).is_some());
            }
            Told::CloseCache(done) => self.store.close_cache(move || {
                // Nobody may be waiting any more.
                let _ = done.send(());
            }),
            Told::Look => {}
            Told::Around => self.look_around(),
            // `run` ends on it before it comes here.
            Told::Stop(done) => drop(done),
        }
    }

    /// The platform is told that the operator does something, now and then: looking around sends nothing else.
    fn tell_here(&mut self) {
        let now = Instant::now();
        if self.here_at.is_none_or(|at| now.duration_since(at) >= HERE_EVERY) {
            self.here_at = Some(now);
            self.say(Request::Here);
        }
    }

    fn handle_input(&mut self, input: Input) {
        self.session.handle(input, self.clock.now());
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            self.effect(effect);
        }
    }

    /// The end of a turn: the pages are told.
    fn settle(&mut self) {
        self.carry_out();
        let events = std::mem::take(&mut self.events);
        self.audience.tell(&events);
        let session = &self.session;
        self.audience.serve(|| {
            let mut rest = session.rows_after_snapshot().into_iter();
            let chunks = std::iter::from_fn(|| {
                let rows: Vec<_> = rest.by_ref().take(CHUNK).collect();
                (!rows.is_empty()).then(|| vec![ViewEvent::Rows { rows }])
            });
            (session.snapshot(), chunks.collect())
        });
        self.tell_standing();
    }

    /// Tray and badge show what the session says of itself, not what they were told to change.
    fn tell_standing(&mut self) {
        let (standing, language) = (self.session.standing(), self.settings.language);
        if self.glance.is_due(&standing, language, Instant::now()) {
            self.shell.standing(Some(&standing), None, language);
            self.shell.badge(standing.badge);
        }
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Commit { id, writes } => {
                let handle = self.handle.clone();
                self.store.commit(id, writes, move |id, result| {
                    handle.tell(Told::Input(match result {
                        Ok(()) => Input::Committed(id),
                        Err(fault) => Input::CommitFailed { id, fault },
                    }));
                });
            }
            Effect::Connect { cursor, handbook } => {
                self.link = Some(Link::open(self.backend.clone(), cursor, handbook));
            }
            Effect::Disconnect => self.link = None,
            Effect::SessionEnded => {
                // Whoever has left already need not be told.
                let _ = self.over.take().map(|over| over.send(()));
            }
            Effect::Submit { id, op } => self.say(Request::Submit { id, op }),
            Effect::Upload { id, file } => self.upload(id, file),
            Effect::StopUpload { id } => self.say(Request::StopUpload { id }),
            Effect::Unstage(file) => self.outgoing.remove(file),
            Effect::Fetch { req, dialog, from, to, limit } => {
                self.say(Request::History { req, dialog, from, to, limit })
            }
            Effect::LookUp { req, what } => self.say(Request::LookUp { req, what }),
            Effect::Typing { dialog, on } => self.say(Request::Typing { dialog, on }),
            Effect::Looks { dialog, writes } => self.say(Request::Looks { dialog, writes }),
            Effect::Focus { on } => self.say(Request::Focus { on }),
            Effect::Probe => self.say(Request::Probe),
            Effect::Emit(event) => self.emit(event),
            Effect::Reply { req, result } => {
                if let Some(reply) = self.replies.remove(&req) {
                    let _ = reply.send(result);
                }
            }
            Effect::Sound(sound) => self.shell.sound(self.sound_order(sound)),
            Effect::Popup(popup) => self.shell.popup(&popup, None, self.settings.language),
            Effect::Withdraw(tag) => self.shell.withdraw(tag),
            Effect::Attention(on) => self.shell.attention(on),
            Effect::Badge(count) => self.shell.badge(count),
            Effect::ShowWindow => self.shell.show_window(),
            Effect::ShowOwnWindow(dialog) => self.shell.show_own_window(dialog),
        }
    }

    fn emit(&mut self, event: ViewEvent) {
        match &event {
            ViewEvent::Settings { settings } => {
                self.settings = settings.clone();
                self.shell.cover_rules(CoverRules::of(settings));
            }
            ViewEvent::Link { .. }
            | ViewEvent::Rows { .. }
            | ViewEvent::RowsGone { .. }
            | ViewEvent::Thread { .. }
            | ViewEvent::GapFilled { .. }
            | ViewEvent::DraftChanged { .. }
            | ViewEvent::Typing { .. }
            | ViewEvent::Colleagues { .. }
            | ViewEvent::Clock { .. }
            | ViewEvent::Counts { .. }
            | ViewEvent::Me { .. }
            | ViewEvent::Directory { .. }
            | ViewEvent::Handbook { .. }
            | ViewEvent::Muted { .. }
            | ViewEvent::Toast { .. }
            | ViewEvent::Fetching { .. }
            | ViewEvent::Notices { .. }
            | ViewEvent::OpenDialog { .. }
            | ViewEvent::OwnWindows { .. }
            | ViewEvent::LinkFollowed { .. } => {}
        }
        self.events.push(event);
    }

    fn upload(&mut self, id: ClientId, file: StagedFile) {
        let bytes = self.outgoing.bytes(&file);
        // The hub's id of the file is the message's own: a message that is made anew is another upload.
        let request = Request::Upload { id, file: FileId(id.0), name: file.name, content: Content(Arc::new(bytes)) };
        self.say(request);
    }

    fn say(&mut self, request: Request) {
        let Some(link) = &self.link else { return };
        if let Err(cause) = link.say(request) {
            self.link = None;
            // Told, not handled here: the core is in the middle of giving out its effects.
            self.handle.tell(Told::Input(Input::Link(LinkInput::Closed(cause))));
        }
    }
}

/// What the connection says next, or never.
async fn said(link: &mut Option<Link>) -> Option<LinkInput> {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

fn far_away() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}

/// Fresh randomness for the ids of this run.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "no randomness: ids are seeded by the clock");
        return std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(1, |age| age.subsec_nanos().into());
    }
    u64::from_le_bytes(bytes)
}
