//! A naive workplace: it believes what it is told, and counts what does not fit.

use super::{Socket, client_id};
use otklik_model::{
    Change, Channel, ChannelId, ClientId, Cursor, Dialog, DialogId, FileState, GoneReason, Handbook, Message, Op,
    Operator, OperatorId, Outcome, Seq,
};
use otklik_wire::{
    VersionRange,
    operator::{ByeCode, ClientFrame, Fetch, Hello, HubFrame, Welcome},
};
use std::collections::BTreeMap;

/// What a workplace believes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub dialogs: BTreeMap<DialogId, Dialog>,
    pub operators: BTreeMap<OperatorId, Operator>,
    pub channels: BTreeMap<ChannelId, Channel>,
}

/// A naive workplace.
pub struct Workplace {
    pub socket: Socket,
    pub welcome: Welcome,
    pub position: Seq,
    pub state: State,
    pub messages: BTreeMap<(DialogId, u32), Message>,
    pub gone: Vec<Change>,
    pub results: BTreeMap<ClientId, Outcome>,
    pub drafts: Vec<Option<String>>,
    /// Who was told to be where, whether he is there, and whether he writes.
    pub colleagues: Vec<(DialogId, OperatorId, bool, bool)>,
    /// Whether the operator sits before another workplace of his, each time it was said.
    pub focus_elsewhere: Vec<bool>,
    pub hidden: (u32, u32),
    pub handbook: Handbook,
    handbook_begun: Option<Handbook>,
    pub bye: Option<(ByeCode, Option<u64>)>,
}

pub fn hello(token: &str, resume: Option<Cursor>) -> ClientFrame {
    let (token, client) = (token.to_owned(), "test 1".to_owned());
    ClientFrame::Hello(Hello { protocol: VersionRange::OURS, token, client, resume, handbook: None, renews: false })
}

impl Workplace {
    /// Connects, and reads the snapshot if one comes.
    pub async fn connect(address: &str, token: &str, resume: Option<Cursor>) -> Result<Self, ByeCode> {
        Self::connect_as(address, hello(token, resume), resume).await
    }

    /// The same with these first words.
    pub async fn connect_as(address: &str, hello: ClientFrame, resume: Option<Cursor>) -> Result<Self, ByeCode> {
        let mut socket = Socket::connect(address).await;
        socket.send(&hello).await;
        let welcome = match socket.next::<HubFrame>().await {
            Some(HubFrame::Welcome(welcome)) => *welcome,
            Some(HubFrame::Bye { code, .. }) => return Err(code),
            other => panic!("{other:?}"),
        };
        let resumed = welcome.resumed;
        let position = if resumed { resume.expect("a cursor").after } else { Seq(0) };
        let mut workplace = Self {
            socket,
            welcome,
            position,
            state: State::default(),
            messages: BTreeMap::new(),
            gone: Vec::new(),
            results: BTreeMap::new(),
            drafts: Vec::new(),
            colleagues: Vec::new(),
            focus_elsewhere: Vec::new(),
            hidden: (0, 0),
            handbook: Handbook::default(),
            handbook_begun: None,
            bye: None,
        };
        if !resumed {
            workplace.read_snapshot().await;
        }
        Ok(workplace)
    }

    /// Reads the parts of a snapshot. Returns how many there were.
    async fn read_snapshot(&mut self) -> u32 {
        let mut parts = 0;
        loop {
            match self.next().await {
                HubFrame::Snapshot { part, last, .. } => {
                    assert_eq!(part, parts);
                    parts += 1;
                    if last {
                        return parts;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Goes on with what another connection believed.
    pub async fn resume(address: &str, token: &str, old: Self) -> Result<Self, ByeCode> {
        let cursor = old.cursor();
        let mut new = Self::connect(address, token, Some(cursor)).await?;
        if new.welcome.resumed {
            (new.state, new.messages) = (old.state, old.messages);
            let head = new.welcome.head;
            new.until("caught up", |me| me.position >= head).await;
        }
        Ok(new)
    }

    pub fn cursor(&self) -> Cursor {
        Cursor { stream: self.welcome.stream, after: self.position }
    }

    /// Reads one frame, and believes it.
    pub async fn next(&mut self) -> HubFrame {
        self.try_next().await.expect("a frame")
    }

    /// Reads one frame; nothing when the socket ended.
    pub async fn try_next(&mut self) -> Option<HubFrame> {
        let frame = self.socket.next::<HubFrame>().await?;
        match frame.clone() {
            HubFrame::Snapshot { at, dialogs, operators, channels, .. } => {
                self.position = at;
                self.state.dialogs.extend(dialogs.into_iter().map(|row| (row.id, row)));
                self.state.operators.extend(operators.into_iter().map(|row| (row.id, row)));
                self.state.channels.extend(channels.into_iter().map(|row| (row.id, row)));
            }
            HubFrame::Events { after, upto, changes } => {
                assert_eq!(after, self.position, "events continue the position");
                assert!(upto >= after);
                self.position = upto;
                changes.into_iter().for_each(|change| self.believe(change));
            }
            HubFrame::Result { id, outcome } => {
                self.results.insert(id, outcome);
            }
            HubFrame::Draft { text, .. } => self.drafts.push(text),
            HubFrame::Colleague { dialog, operator, here, writes } => {
                self.colleagues.push((dialog, operator, here, writes));
            }
            HubFrame::FocusElsewhere { on } => self.focus_elsewhere.push(on),
            HubFrame::Hidden { online, offline } => self.hidden = (online, offline),
            HubFrame::Handbook(part) => {
                let mut book = self
                    .handbook_begun
                    .take()
                    .unwrap_or_else(|| Handbook { templates: Vec::new(), ..part.handbook.clone() });
                assert_eq!(book.digest, part.handbook.digest, "the parts of one handbook follow each other");
                book.templates.extend(part.handbook.templates);
                if part.last {
                    self.handbook = book;
                } else {
                    self.handbook_begun = Some(book);
                }
            }
            HubFrame::Beat { head } => assert_eq!(head, self.position, "nothing was missed"),
            HubFrame::Bye { code, retry_after_ms } => self.bye = Some((code, retry_after_ms)),
            _ => {}
        }
        Some(frame)
    }

    fn believe(&mut self, change: Change) {
        match change {
            Change::DialogUpserted(row) => {
                let known = self.state.dialogs.get(&row.id).map(|known| known.rev);
                assert!(known.is_none_or(|known| known < row.rev), "revisions grow");
                self.state.dialogs.insert(row.id, *row);
            }
            Change::DialogGone { dialog, reason, .. } => {
                let was_there = self.state.dialogs.remove(&dialog).is_some();
                assert!(was_there || reason == GoneReason::Erased, "what goes was there");
                self.gone.push(change);
            }
            Change::MessageAdded(message) => {
                if !self.state.dialogs.contains_key(&message.dialog) {
                    let file = message.details.file.as_ref().map(|file| file.state);
                    assert_eq!(file, Some(FileState::Expired), "a message has a dialog, or had one long ago");
                    return;
                }
                let rev = message.rev;
                let before = self.messages.insert((message.dialog, message.seq), *message);
                assert!(before.is_none_or(|before| before.rev < rev), "a message comes once, or changed");
            }
            Change::OperatorUpserted(row) => drop(self.state.operators.insert(row.id, row)),
            Change::ChannelUpserted(row) => drop(self.state.channels.insert(row.id, row)),
            Change::RightsChanged(_) | Change::Unknown(_) => panic!("{change:?}"),
        }
    }

    /// Reads until something is so.
    pub async fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        super::within(what, async {
            while !so(self) {
                self.next().await;
            }
        })
        .await;
    }

    /// Sends a command, and waits for its answer.
    pub async fn command(&mut self, op: Op) -> Outcome {
        self.command_as(client_id(), op).await
    }

    pub async fn command_as(&mut self, id: ClientId, op: Op) -> Outcome {
        self.socket.send(&ClientFrame::Command { id, op }).await;
        self.until("an answer", |me| me.results.contains_key(&id)).await;
        self.results[&id].clone()
    }

    /// Sends a command that has to be done.
    pub async fn done(&mut self, op: Op) -> Seq {
        match self.command(op.clone()).await {
            Outcome::Done { at_seq, .. } => {
                self.until("its event", |me| me.position >= at_seq).await;
                at_seq
            }
            Outcome::Refused { reason } => panic!("{op:?}: {reason:?}"),
        }
    }

    pub async fn accept(&mut self, dialog: DialogId) {
        let epoch = self.row(dialog).epoch;
        self.done(Op::Accept { dialog, epoch }).await;
    }

    pub async fn say(&mut self, dialog: DialogId, text: &str) {
        let epoch = self.row(dialog).epoch;
        self.done(Op::SendText { dialog, epoch, text: text.to_owned(), quote: None }).await;
    }

    /// Oneself as last told.
    pub fn me(&self) -> &Operator {
        self.state.operators.get(&self.welcome.me.id).unwrap_or(&self.welcome.me)
    }

    pub fn row(&self, dialog: DialogId) -> &Dialog {
        &self.state.dialogs[&dialog]
    }

    /// Waits for the only dialog.
    pub async fn only_dialog(&mut self) -> DialogId {
        self.until("a dialog", |me| !me.state.dialogs.is_empty()).await;
        assert_eq!(self.state.dialogs.len(), 1);
        *self.state.dialogs.keys().next().unwrap()
    }

    pub fn texts(&self, dialog: DialogId) -> Vec<&str> {
        let of = |((found, _), message): (&(DialogId, u32), &'_ Message)| (*found == dialog).then_some(message.seq);
        let seqs: Vec<u32> = self.messages.iter().filter_map(of).collect();
        seqs.iter().map(|seq| self.messages[&(dialog, *seq)].text.as_str()).collect()
    }

    pub async fn history(&mut self, dialog: DialogId, from: u32, to: u32, limit: u32) -> Option<Vec<Message>> {
        self.socket.send(&ClientFrame::Fetch { req: 9, what: Fetch::History { dialog, from, to, limit } }).await;
        loop {
            match self.next().await {
                HubFrame::History { req: 9, messages, .. } => return Some(messages),
                HubFrame::FetchFailed { req: 9, retry: false } => return None,
                _ => {}
            }
        }
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, what: Fetch) -> HubFrame {
        self.socket.send(&ClientFrame::Fetch { req: 10, what }).await;
        loop {
            let frame = self.next().await;
            match frame {
                HubFrame::Found { req: 10, .. }
                | HubFrame::Dialogs { req: 10, .. }
                | HubFrame::Journey { req: 10, .. }
                | HubFrame::Identities { req: 10, .. }
                | HubFrame::Candidates { req: 10, .. }
                | HubFrame::FetchFailed { req: 10, .. } => return frame,
                _ => {}
            }
        }
    }

    /// Reads until the hub has said goodbye and closed. Returns the last word and the close code.
    pub async fn goodbye(&mut self) -> (ByeCode, Option<u64>, Option<u16>) {
        while self.bye.is_none() {
            if self.try_next().await.is_none() {
                panic!("closed without a word");
            }
        }
        let (code, retry) = self.bye.unwrap();
        (code, retry, self.socket.close_code().await)
    }
}
