//! A workplace and a hub without chance: commits and frames arrive at once and in order, time passes only when asked to.
//!
//! For tests that count: a crash after every effect, a mishap at every position of the log.

use super::{
    cast,
    hub::{Habits, Hub, Reach},
    machine::Machine,
};
use anyhow::bail;
use otklik_core::{
    CloseCause, Command, Effect, Input, LinkInput, LinkView, OutboxState, Receipt, ReqId, SessionInfo, UiError,
};
use otklik_model::{Cursor, Now, Seq, Stamp, Tick};
use std::collections::{BTreeMap, VecDeque};

/// Both of them.
pub struct Direct {
    /// The workplace.
    pub machine: Machine,
    /// The hub.
    pub hub: Hub,
    /// Both clocks.
    pub now: Now,
    /// The hub can be reached.
    pub plugged: bool,
    /// What was sent on the present connection.
    pub sent: Option<Seq>,
    /// New events are sent by themselves.
    pub flowing: bool,
    /// The next command is carried out and its answer lost.
    pub lose_answer: bool,
    /// The program dies after this many effects.
    pub cut: Option<u64>,
    /// Effects so far.
    pub effects: u64,
    /// Connections made so far.
    pub calls: u64,
    died: bool,
    inbox: VecDeque<Input>,
    replies: BTreeMap<ReqId, Result<Receipt, UiError>>,
}

impl Direct {
    /// A fresh workplace, live at an empty hub.
    ///
    /// # Errors
    /// When something breaks a rule.
    pub fn begin(habits: Habits, cut: Option<u64>) -> anyhow::Result<Self> {
        let mut direct = Self {
            machine: Machine::new()?,
            hub: Hub::new(habits, None),
            now: Now { tick: Tick(1_000), stamp: Stamp(cast::MORNING) },
            plugged: true,
            sent: None,
            flowing: true,
            lose_answer: false,
            cut,
            effects: 0,
            calls: 0,
            died: false,
            inbox: VecDeque::new(),
            replies: BTreeMap::new(),
        };
        direct.start()?;
        direct.work()?;
        Ok(direct)
    }

    fn start(&mut self) -> anyhow::Result<()> {
        let seed = 42 + u64::from(self.machine.boot);
        self.machine.start(seed, self.now, None).map_err(anyhow::Error::msg)?;
        self.drain()
    }

    /// Works off everything that has arrived.
    ///
    /// # Errors
    /// When something breaks a rule.
    pub fn work(&mut self) -> anyhow::Result<()> {
        while let Some(input) = self.inbox.pop_front() {
            self.now.tick = self.now.tick.plus(1);
            self.now.stamp.0 += 1;
            if let Some(session) = &mut self.machine.session {
                session.handle(input, self.now);
            }
            self.drain()?;
        }
        Ok(())
    }

    /// Carries out effects until there are none, or until the cut.
    fn drain(&mut self) -> anyhow::Result<()> {
        loop {
            if self.cut == Some(self.effects) && !self.died {
                self.died = true;
                self.machine.die();
                self.inbox.clear();
                self.replies.clear();
                self.sent = None;
                return self.start();
            }
            let Some(effect) = self.machine.session.as_mut().and_then(|session| session.poll_effect()) else {
                return Ok(());
            };
            self.effects += 1;
            self.carry_out(effect)?;
        }
    }

    fn carry_out(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Commit { id, writes } => {
                self.machine.commit(&writes, None).map_err(anyhow::Error::msg)?;
                self.inbox.push_back(Input::Committed(id));
            }
            Effect::Connect { cursor, handbook: _ } => self.connect(cursor),
            Effect::Disconnect => self.sent = None,
            Effect::Submit { id, op } => {
                if self.sent.is_some() {
                    let outcome = self.hub.submit(id, &op);
                    if std::mem::take(&mut self.lose_answer) {
                        self.hang_up();
                    } else {
                        self.hear(LinkInput::Answered { id, outcome });
                        self.pump();
                    }
                }
            }
            Effect::Fetch { req, dialog, from, to, limit } => {
                if self.sent.is_some() {
                    let result = self.hub.fetch(dialog, from, to, limit);
                    self.hear(LinkInput::Fetched { req, result });
                }
            }
            // Nobody in this world asks for more than he is told.
            Effect::LookUp { .. } => {}
            Effect::Probe => self.beat(),
            Effect::Reply { req, result } => {
                self.replies.insert(req, result);
            }
            Effect::Emit(event) => {
                if let Some(page) = &mut self.machine.page {
                    page.apply(&event);
                }
            }
            // Nobody ends a session here.
            Effect::SessionEnded
            | Effect::Typing { .. }
            | Effect::Looks { .. }
            | Effect::Focus { .. }
            | Effect::Upload { .. }
            | Effect::StopUpload { .. }
            | Effect::Unstage(_)
            | Effect::Sound(_)
            | Effect::Popup(_)
            | Effect::Withdraw(_)
            | Effect::Attention(_)
            | Effect::Badge(_)
            | Effect::ShowWindow
            | Effect::ShowOwnWindow(_) => {}
        }
        Ok(())
    }

    fn connect(&mut self, cursor: Option<Cursor>) {
        self.calls += 1;
        // Whatever an abandoned connection had still to say is dropped by the engine.
        self.inbox.retain(|input| !matches!(input, Input::Link(_)));
        if !self.plugged {
            return self.hear(LinkInput::Closed(CloseCause::Lost));
        }
        let reach = self.hub.reach(cursor);
        self.hear(LinkInput::Opened(Box::new(SessionInfo {
            profile: self.hub.profile(),
            stream: self.hub.stream(),
            resumed: matches!(reach, Reach::Resumed(_)),
            head: self.hub.head(),
            beat_ms: 15_000,
            server_at: self.hub.clock(),
        })));
        match reach {
            Reach::Resumed(after) => self.sent = Some(after),
            Reach::Afresh => {
                self.sent = Some(self.hub.head());
                let snapshot = self.hub.snapshot();
                self.hear(snapshot);
            }
        }
        self.send_all();
    }

    /// A frame arrives.
    pub fn hear(&mut self, input: LinkInput) {
        self.inbox.push_back(Input::Link(input));
    }

    /// The hub's beat.
    pub fn beat(&mut self) {
        if let Some(head) = self.sent {
            self.hear(LinkInput::Beat { head });
        }
    }

    /// Sends what is new, if it flows.
    pub fn pump(&mut self) {
        if self.flowing {
            self.send_all();
        }
    }

    fn send_all(&mut self) {
        while let Some(frame) = self.next_frame(100) {
            self.hear(frame);
        }
    }

    /// Takes the next frame of at most so many positions from the hub, as sent.
    pub fn next_frame(&mut self, cap: u64) -> Option<LinkInput> {
        let (upto, frame) = self.hub.events(self.sent?, cap)?;
        self.sent = Some(upto);
        Some(frame)
    }

    /// The connection breaks.
    pub fn hang_up(&mut self) {
        self.sent = None;
        self.hear(LinkInput::Closed(CloseCause::Lost));
    }

    /// Gives a command and works; the answer, unless the program died over it or has not decided yet.
    ///
    /// # Errors
    /// When something breaks a rule.
    pub fn ask(&mut self, command: Command) -> anyhow::Result<Option<Result<Receipt, UiError>>> {
        let req = self.machine.next_request();
        self.inbox.push_back(Input::Command { req, command });
        self.work()?;
        Ok(self.replies.remove(&req))
    }

    /// Lets the clock run to the session's next alarm.
    ///
    /// # Errors
    /// When something breaks a rule.
    pub fn pass_time(&mut self) -> anyhow::Result<()> {
        let alarm = self.machine.session.as_ref().and_then(|session| session.next_wakeup()).map(|(at, _)| at);
        let at = alarm.unwrap_or(self.now.tick).max(self.now.tick.plus(1));
        self.now.stamp.0 += i64::try_from(at.since(self.now.tick)).unwrap_or(0);
        self.now.tick = at;
        self.inbox.push_back(Input::Tick);
        self.work()
    }

    /// Live, caught up, and nothing waits.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        let session = self.machine.session.as_ref();
        let live = session.is_some_and(|session| matches!(session.snapshot().link, LinkView::Live { .. }));
        let here = self.machine.kept.cursor.map(|cursor| (cursor.stream, cursor.after));
        live && here == Some((self.hub.stream(), self.hub.head())) && self.machine.kept.outbox.is_empty()
    }

    /// Works until all is calm.
    ///
    /// # Errors
    /// When it never is.
    pub fn calm(&mut self) -> anyhow::Result<()> {
        for _ in 0..200 {
            if self.is_calm() {
                return Ok(());
            }
            let moves = |state: &OutboxState| matches!(state, OutboxState::Queued | OutboxState::Sending);
            if let Some(item) = self.machine.kept.outbox.values().find(|item| !moves(&item.state)) {
                bail!("{item:?} waits for a word in a story without one");
            }
            self.pass_time()?;
        }
        bail!("no calm: {:?}", self.machine.kept.outbox)
    }
}
