//! A scripted story, cut by a crash after every single effect. The end is the same each time.
//!
//! No chance is involved: commits and frames arrive at once, in order. What differs between two tellings is only the
//! effect after which the program dies. Ира remembers what she typed and was not told of; what is then not there
//! she types again.

use super::Summary;
use crate::sim::{
    cast,
    hub::{Habits, Hub, Reach},
    machine::Machine,
};
use anyhow::{bail, ensure};
use otklik_core::{
    CloseCause, Command, Effect, Input, LinkInput, LinkView, OutboxState, Receipt, ReqId, SessionInfo, UiError, Writes,
};
use otklik_model::{Author, DialogId, DialogState, Now, Seq, Stamp, Tick, TransferTarget};
use std::collections::{BTreeMap, VecDeque};

/// Where a story stands at its end, as far as anybody can tell from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    /// Ира's words on the hub, in order, by dialog.
    said: BTreeMap<DialogId, Vec<String>>,
    /// Drafts.
    drafts: BTreeMap<DialogId, String>,
    /// What the cache holds: dialog, newest message, unread.
    cache: Vec<(DialogId, u32, u32)>,
    /// What the list shows: waiting, mine, badge.
    counts: (u32, u32, u32),
}

/// Tells the story once whole, then once for each effect.
///
/// # Errors
/// The first cut that leads to another end.
pub fn run() -> anyhow::Result<Summary> {
    let began = std::time::Instant::now();
    let (whole, effects) = tell(None)?;
    ensure!(whole.said.values().map(Vec::len).sum::<usize>() == 8, "the story itself goes wrong: {whole:?}");
    for cut in 0..effects {
        match tell(Some(cut)) {
            Ok((end, _)) if end == whole => {}
            Ok((end, _)) => bail!("cut after effect {cut} the story ends with {end:#?} instead of {whole:#?}"),
            Err(error) => bail!("cut after effect {cut}: {error}"),
        }
    }
    Ok(Summary(format!(
        "cuts: a story of {effects} effects, cut after each of them, ends the same every time; {:.0} s",
        began.elapsed().as_secs_f64()
    )))
}

/// The story.
fn tell(cut: Option<u64>) -> anyhow::Result<(End, u64)> {
    let mut story = Story::begin(cut)?;
    story.hub.customer_writes(0, "Где мой заказ?");
    story.hub.customer_writes(1, "Можно вернуть чайник?");
    story.news()?;
    let (first, second) = (story.dialog(0)?, story.dialog(1)?);
    story.until_done(Command::Accept { dialog: first })?;
    story.until_done(Command::Accept { dialog: second })?;
    story.say(first, "Сейчас посмотрю")?;
    story.say(second, "Конечно, в течение недели")?;
    story.until_done(Command::SaveDraft { dialog: second, text: "Чек сохра".to_owned(), note: false })?;
    story.hub.customer_writes(0, "Жду");
    story.news()?;
    story.until_done(Command::Seen { dialog: first, upto: 4 })?;
    story.pull_the_plug()?;
    story.say(first, "Он в пути")?;
    story.say(first, "Будет завтра")?;
    story.note(second, "Постоянный покупатель")?;
    story.plug_in()?;
    story.lose_next_answer();
    story.say(first, "До обеда")?;
    story.hub.customer_writes(1, "Спасибо");
    story.news()?;
    story.say(second, "Всегда рады")?;
    story.say(first, "Хорошего дня")?;
    story.calm()?;
    story.until_done(Command::Transfer { dialog: second, target: TransferTarget::Queue })?;
    story.calm()?;
    let end = story.end();
    Ok((end, story.effects))
}

struct Story {
    machine: Machine,
    hub: Hub,
    now: Now,
    plugged: bool,
    sent: Option<Seq>,
    lose_answer: bool,
    inbox: VecDeque<Input>,
    cut: Option<u64>,
    effects: u64,
    died: bool,
    replies: BTreeMap<ReqId, Result<Receipt, UiError>>,
}

impl Story {
    fn begin(cut: Option<u64>) -> anyhow::Result<Self> {
        let habits = Habits { sees_others: false, joint: true, row_first: true, reopens_to_last: true };
        let mut story = Self {
            machine: Machine::new()?,
            hub: Hub::new(habits, None),
            now: Now { tick: Tick(1_000), stamp: Stamp(cast::MORNING) },
            plugged: true,
            sent: None,
            lose_answer: false,
            inbox: VecDeque::new(),
            cut,
            effects: 0,
            died: false,
            replies: BTreeMap::new(),
        };
        story.start()?;
        story.work()?;
        Ok(story)
    }

    fn start(&mut self) -> anyhow::Result<()> {
        let seed = 42 + u64::from(self.machine.boot);
        self.machine.start(seed, self.now, None).map_err(anyhow::Error::msg)?;
        self.drain()
    }

    /// Works off everything that has arrived.
    fn work(&mut self) -> anyhow::Result<()> {
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
                let writes: Writes = writes;
                self.machine.commit(&writes, None).map_err(anyhow::Error::msg)?;
                self.inbox.push_back(Input::Committed(id));
            }
            Effect::Connect { cursor } => self.connect(cursor),
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
            Effect::Probe => {
                if let Some(head) = self.sent {
                    self.hear(LinkInput::Beat { head });
                }
            }
            Effect::Reply { req, result } => {
                self.replies.insert(req, result);
            }
            Effect::Emit(_)
            | Effect::Typing { .. }
            | Effect::Sound(_)
            | Effect::Popup(_)
            | Effect::Withdraw(_)
            | Effect::Attention(_)
            | Effect::Badge(_)
            | Effect::ShowWindow => {}
        }
        Ok(())
    }

    fn connect(&mut self, cursor: Option<otklik_model::Cursor>) {
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
        })));
        match reach {
            Reach::Resumed(after) => self.sent = Some(after),
            Reach::Afresh => {
                self.sent = Some(self.hub.head());
                let snapshot = self.hub.snapshot();
                self.hear(snapshot);
            }
        }
        self.pump();
    }

    fn hear(&mut self, input: LinkInput) {
        self.inbox.push_back(Input::Link(input));
    }

    fn pump(&mut self) {
        while let Some(sent) = self.sent {
            let Some((upto, frame)) = self.hub.events(sent, 100) else { break };
            self.sent = Some(upto);
            self.hear(frame);
        }
    }

    fn hang_up(&mut self) {
        self.sent = None;
        self.hear(LinkInput::Closed(CloseCause::Lost));
    }

    fn lose_next_answer(&mut self) {
        self.lose_answer = true;
    }

    fn pull_the_plug(&mut self) -> anyhow::Result<()> {
        self.plugged = false;
        self.hang_up();
        self.work()
    }

    fn plug_in(&mut self) -> anyhow::Result<()> {
        self.plugged = true;
        self.ask(Command::Reconnect)?;
        self.calm()
    }

    fn news(&mut self) -> anyhow::Result<()> {
        self.pump();
        self.work()
    }

    fn dialog(&self, customer: u8) -> anyhow::Result<DialogId> {
        self.hub.dialog_of(customer).ok_or_else(|| anyhow::anyhow!("customer {customer} has not written"))
    }

    /// Gives a command and works; the answer, unless the program died over it or has not decided yet.
    fn ask(&mut self, command: Command) -> anyhow::Result<Option<Result<Receipt, UiError>>> {
        let req = self.machine.next_request();
        self.inbox.push_back(Input::Command { req, command });
        self.work()?;
        Ok(self.replies.remove(&req))
    }

    /// Gives a command until it was carried out; a program that died over it is asked again, unless it can be seen
    /// that it was carried out.
    fn until_done(&mut self, command: Command) -> anyhow::Result<()> {
        for _ in 0..50 {
            if let Some(Ok(_)) = self.ask(command.clone())? {
                return Ok(());
            }
            self.pass_time()?;
            if self.shows(&command) {
                return Ok(());
            }
        }
        bail!("{command:?} is never carried out")
    }

    /// Whether Ира sees that a command was carried out.
    fn shows(&self, command: &Command) -> bool {
        let row = |dialog: &DialogId| self.machine.kept.dialogs.get(dialog).map(|saved| &saved.dialog);
        if let Command::Accept { dialog } = command {
            return row(dialog).is_some_and(|row| row.state == DialogState::Active);
        }
        if let Command::Transfer { dialog, .. } = command {
            return row(dialog).is_some_and(|row| row.state == DialogState::Queue);
        }
        false
    }

    fn say(&mut self, dialog: DialogId, text: &str) -> anyhow::Result<()> {
        self.write(Command::SendText { dialog, text: text.to_owned() }, text)
    }

    fn note(&mut self, dialog: DialogId, text: &str) -> anyhow::Result<()> {
        self.write(Command::SendNote { dialog, text: text.to_owned() }, text)
    }

    /// Types a text, and types it again if the program died and it is nowhere.
    fn write(&mut self, command: Command, text: &str) -> anyhow::Result<()> {
        for _ in 0..50 {
            if let Some(Ok(_)) = self.ask(command.clone())? {
                return Ok(());
            }
            if self.is_somewhere(text) {
                return Ok(());
            }
            self.pass_time()?;
        }
        bail!("{text:?} is never taken")
    }

    fn is_somewhere(&self, text: &str) -> bool {
        self.machine.kept.outbox.values().any(|item| item.op.text() == Some(text))
            || self.hub.all_messages().any(|message| message.text == text)
    }

    /// Lets the clock run to the session's next alarm.
    fn pass_time(&mut self) -> anyhow::Result<()> {
        let alarm = self.machine.session.as_ref().and_then(|session| session.next_wakeup()).map(|(at, _)| at);
        let at = alarm.unwrap_or(self.now.tick).max(self.now.tick.plus(1));
        self.now.stamp.0 += i64::try_from(at.since(self.now.tick)).unwrap_or(0);
        self.now.tick = at;
        self.inbox.push_back(Input::Tick);
        self.work()
    }

    /// Works until everything is sent and received.
    fn calm(&mut self) -> anyhow::Result<()> {
        for _ in 0..200 {
            let live = self
                .machine
                .session
                .as_ref()
                .is_some_and(|session| matches!(session.snapshot().link, LinkView::Live { .. }));
            let here = self.machine.kept.cursor.map(|cursor| cursor.after) == Some(self.hub.head());
            if live && here && self.machine.kept.outbox.is_empty() {
                return Ok(());
            }
            if let Some(item) = self
                .machine
                .kept
                .outbox
                .values()
                .find(|item| !matches!(item.state, OutboxState::Queued | OutboxState::Sending))
            {
                bail!("{item:?} waits for a word in a story without one");
            }
            self.pass_time()?;
        }
        bail!("no calm: {:?}", self.machine.kept.outbox)
    }

    fn end(&self) -> End {
        let mut said: BTreeMap<DialogId, Vec<String>> = BTreeMap::new();
        for message in self.hub.all_messages() {
            if matches!(message.author, Author::Operator { .. }) {
                said.entry(message.dialog).or_default().push(message.text.clone());
            }
        }
        let kept = &self.machine.kept;
        let counts = self.machine.session.as_ref().map(|session| session.snapshot().counts).unwrap_or_default();
        End {
            said,
            drafts: kept.drafts.values().map(|draft| (draft.dialog, draft.text.clone())).collect(),
            cache: kept
                .dialogs
                .values()
                .map(|saved| (saved.dialog.id, saved.dialog.last_seq, saved.dialog.unread))
                .collect(),
            counts: (counts.waiting, counts.mine, counts.badge),
        }
    }
}
