//! A hub that says anything, a page that asks anything, a disk that fails at any time: the session stands, and what
//! it promised to keep is kept.

use super::hub::{IRA, dialog_id, operator};
use crate::*;
use otklik_model::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One thing that happens in the property.
#[derive(Clone, Debug)]
enum Act {
    Hub(Box<LinkInput>),
    /// Answers the n-th operation that is open, if there is one.
    Answer(usize, Outcome),
    Retry(usize, u64),
    /// Echoes the n-th message that was submitted.
    Echo(usize, u32),
    Page(Box<Command>),
    /// A command about the n-th message that was confirmed.
    About(usize, u8),
    Window(bool, bool),
    /// The oldest n commits are stored, or the oldest one refused.
    Store(usize),
    Refuse,
    Pass(u64),
    Woke,
    Crash,
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..6, Just(u64::MAX), Just(u64::from(u32::MAX)), any::<u64>()]
}

fn small() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..8, Just(u32::MAX), any::<u32>()]
}

fn stamp() -> impl Strategy<Value = Stamp> {
    prop_oneof![Just(0), Just(i64::MIN), Just(i64::MAX), 1_700_000_000_000_i64..1_700_000_100_000].prop_map(Stamp)
}

fn denied() -> impl Strategy<Value = Option<Denied>> {
    prop_oneof![3 => Just(None), 1 => Just(Some(Denied::NotYours)), 1 => Just(Some(Denied::Closed))]
}

prop_compose! {
    fn dialog()(
        n in 1_u128..4,
        state in prop_oneof![
            4 => Just(DialogState::Active),
            1 => Just(DialogState::Queue),
            1 => Just(DialogState::Offered),
            1 => Just(DialogState::ClosedSoft),
            1 => Just(DialogState::Closed),
            1 => Just(DialogState::Unknown),
        ],
        owner in prop_oneof![3 => Just(Some(IRA)), 1 => Just(Some(0x99)), 1 => Just(None)],
        epoch in number(),
        rev in number(),
        seqs in (small(), small(), small(), small()),
        unread in small(),
        at in stamp(),
        write in denied(),
        note in denied(),
        left in any::<bool>(),
    ) -> Dialog {
        let mut row = crate::mirror::blank(dialog_id(n));
        row.customer.id = CustomerId(Uuid::from_u128(5));
        row.state = state;
        row.current_state = if left { OnlineState::Offline } else { OnlineState::Online };
        row.assignee = owner.map(operator);
        (row.epoch, row.rev, row.unread) = (epoch, Seq(rev), unread);
        (row.last_seq, row.read_by_operator, row.delivered_to_customer, row.read_by_customer) = seqs;
        (row.created_at, row.awaiting_since, row.awaiting) = (at, Some(at), Awaiting::Operator);
        row.can = Can { write, note, ..Can::default() };
        row
    }
}

prop_compose! {
    fn message()(n in 1_u128..5, id in 0_u128..20, seq in small(), rev in number(), at in stamp(), mine in any::<bool>())
    -> Message {
        let author = if mine { Author::Operator { id: operator(IRA), name: String::new() } } else { Author::Customer };
        let kind = MessageKind::Text;
        let (id, dialog, text) = (MessageId(Uuid::from_u128(id)), dialog_id(n), "враньё".into());
        Message { id, client_id: None, dialog, seq, kind, author, text, at, rev: Seq(rev), details: Details::default() }
    }
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => dialog().prop_map(|row| Change::DialogUpserted(Box::new(row))),
        4 => message().prop_map(|message| Change::MessageAdded(Box::new(message))),
        1 => (1_u128..5).prop_map(|n| Change::DialogGone { dialog: dialog_id(n), reason: GoneReason::Hidden, to: None }),
        1 => Just(Change::RightsChanged(Rights::new())),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => (small(), number(), stamp()).prop_map(|(seq, at_seq, at)| Outcome::Done {
            at_seq: Seq(at_seq),
            message: Some(Stored { id: MessageId(Uuid::from_u128(u128::from(seq))), seq, at }),
        }),
        1 => Just(Outcome::Done { at_seq: Seq(1), message: None }),
        1 => Just(Outcome::Refused { reason: Refusal::NotYourDialog { owner: None } }),
    ]
}

fn said() -> impl Strategy<Value = LinkInput> {
    let cause = prop_oneof![
        4 => Just(CloseCause::Lost),
        1 => Just(CloseCause::Resync),
        1 => number().prop_map(|ms| CloseCause::RetryAfter { ms }),
        1 => Just(CloseCause::SignIn),
    ];
    prop_oneof![
        6 => (any::<bool>(), 0_u64..3, number(), any::<i64>()).prop_map(|(resumed, head, beat_ms, at)| {
            let me = Operator::new(operator(IRA), "Ира", OperatorStatus::Online);
            let profile = Profile { me, desk: String::new(), rights: Rights::new(), limits: Limits::default() };
            let stream = Uuid::from_u128(1);
            LinkInput::Opened(Box::new(SessionInfo {
                profile, stream, resumed, head: Seq(head), beat_ms, server_at: Stamp(at)
            }))
        }),
        6 => (number(), prop::collection::vec(dialog(), 0..4)).prop_map(|(at, dialogs)| LinkInput::Snapshot {
            at: Seq(at), dialogs, operators: Vec::new(), channels: Vec::new(),
        }),
        6 => (number(), number(), prop::collection::vec(change(), 0..4))
            .prop_map(|(after, upto, changes)| LinkInput::Events { after: Seq(after), upto: Seq(upto), changes }),
        2 => (0_u64..5, prop::collection::vec(message(), 0..4)).prop_map(|(req, messages)| LinkInput::Fetched {
            req, result: Fetched::History(messages),
        }),
        1 => (0_u64..5).prop_map(|req| LinkInput::Fetched { req, result: Fetched::Retry }),
        1 => number().prop_map(|head| LinkInput::Beat { head: Seq(head) }),
        1 => (1_u128..5).prop_map(|n| LinkInput::Draft { dialog: dialog_id(n), text: Some("п".into()) }),
        2 => cause.prop_map(LinkInput::Closed),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    (0_u8..12, 1_u128..5, small(), small()).prop_map(|(what, n, from, to)| {
        let dialog = dialog_id(n);
        match what {
            0..=4 => Command::SendText { dialog, text: format!("слово {from}"), quote: None },
            5 => Command::SendNote { dialog, text: "заметка".into() },
            6 => Command::Open { dialog: Some(dialog) },
            7 => Command::Seen { dialog, upto: to },
            8 => Command::SaveDraft {
                dialog,
                text: if to % 2 == 0 { String::new() } else { "черновик".into() },
                note: false,
                quote: None,
            },
            9 => Command::FillGap { dialog, from, to },
            10 => Command::Accept { dialog },
            _ => Command::Close { dialog },
        }
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        10 => said().prop_map(|said| Act::Hub(Box::new(said))),
        4 => (0_usize..4, outcome()).prop_map(|(n, outcome)| Act::Answer(n, outcome)),
        1 => (0_usize..4, number()).prop_map(|(n, ms)| Act::Retry(n, ms)),
        2 => (0_usize..4, 0_u32..9).prop_map(|(n, seq)| Act::Echo(n, seq)),
        8 => command().prop_map(|command| Act::Page(Box::new(command))),
        3 => (0_usize..6, 0_u8..4).prop_map(|(n, what)| Act::About(n, what)),
        1 => any::<(bool, bool)>().prop_map(|(focused, hidden)| Act::Window(focused, hidden)),
        10 => (1_usize..6).prop_map(Act::Store),
        1 => Just(Act::Refuse),
        4 => prop_oneof![0_u64..2_000, 10_000_u64..40_000, Just(20 * 60_000)].prop_map(Act::Pass),
        1 => Just(Act::Woke),
        1 => Just(Act::Crash),
    ]
}

/// A session, a disk, and what was promised.
struct Rig {
    session: Session,
    now: Now,
    disk: super::world::FakeDisk,
    held: Vec<(CommitId, Writes)>,
    submitted: Vec<(ClientId, Op)>,
    /// Requests not answered yet, with the words they carry.
    asked: BTreeMap<ReqId, Option<String>>,
    /// Messages confirmed with a receipt and not taken back since: their words.
    promised: BTreeMap<ClientId, String>,
    /// Messages the hub has confirmed or echoed: they are safe with it.
    on_hub: BTreeSet<ClientId>,
    /// What the operator is about to take back or put in another's place.
    taking: BTreeMap<ReqId, ClientId>,
    sending: BTreeSet<ClientId>,
    last_req: u64,
}

impl Rig {
    fn new() -> Self {
        let now = Now { tick: Tick(0), stamp: Stamp(1_700_000_000_000) };
        let disk = super::world::FakeDisk::default();
        let mut rig = Self {
            session: Session::restore(disk.saved(), Account { seed: 5 }, now),
            now,
            disk,
            held: Vec::new(),
            submitted: Vec::new(),
            asked: BTreeMap::new(),
            promised: BTreeMap::new(),
            on_hub: BTreeSet::new(),
            taking: BTreeMap::new(),
            sending: BTreeSet::new(),
            last_req: 0,
        };
        rig.drain();
        rig
    }

    fn give(&mut self, input: Input) {
        self.session.handle(input, self.now);
        self.drain();
        if let Some((at, reason)) = self.session.next_wakeup() {
            assert!(at > self.now.tick, "{reason:?} is due and nothing was done about it");
        }
    }

    fn drain(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Commit { id, writes } => self.held.push((id, writes)),
                Effect::Submit { id, op } => {
                    if matches!(op, Op::SendText { .. } | Op::SendNote { .. }) {
                        let item = self.disk.outbox.get(&id).expect("a message on the wire is on disk");
                        assert_eq!(item.state, OutboxState::Sending, "and marked as going");
                        assert!(item.attempts > 0);
                        assert!(self.sending.insert(item.client_id), "handed over twice on one connection");
                    }
                    self.submitted.push((id, op));
                }
                Effect::Disconnect | Effect::Connect { .. } => self.sending.clear(),
                Effect::Reply { req, result } => self.replied(req, result),
                Effect::Emit(ViewEvent::Rows { rows }) => assert!(rows.len() <= 200),
                _ => {}
            }
        }
        let rows = [self.session.snapshot().rows, self.session.rows_after_snapshot()].concat();
        assert!(rows.len() <= 4, "four dialogs were ever named, {} rows are shown", rows.len());
        assert!(rows.iter().all(|row| (0..1 << 53).contains(&row.sort)), "a page could not count up to a key");
    }

    fn replied(&mut self, req: ReqId, result: Result<Receipt, UiError>) {
        let words = self.asked.remove(&req).expect("asked, and answered once");
        let taken = self.taking.remove(&req);
        let Ok(receipt) = result else { return };
        if let Some(id) = taken {
            let text = self.promised.remove(&id);
            if receipt.text.is_none()
                && let (Some(new), Some(text)) = (receipt.message, text)
            {
                self.promised.insert(new, text);
            }
        }
        if let (Some(id), Some(words)) = (receipt.message, words) {
            self.promised.insert(id, words);
        }
    }

    fn ask(&mut self, command: Command, taken: Option<ClientId>) {
        self.last_req += 1;
        let req = ReqId(self.last_req);
        let words = match &command {
            Command::SendText { text, .. } | Command::SendNote { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.asked.insert(req, words);
        if let Some(id) = taken {
            self.taking.insert(req, id);
        }
        self.give(Input::Command { req, command });
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Hub(said) => {
                if matches!(*said, LinkInput::Closed(_)) {
                    self.sending.clear();
                }
                self.give(Input::Link(*said));
            }
            Act::Answer(n, outcome) => {
                let Some((id, _)) = self.recent(n) else { return };
                if matches!(outcome, Outcome::Done { message: Some(stored), .. } if stored.seq > 0) {
                    self.on_hub.insert(id);
                }
                self.sending.remove(&id);
                self.give(Input::Link(LinkInput::Answered { id, outcome }));
            }
            Act::Retry(n, after_ms) => {
                let Some((id, _)) = self.recent(n) else { return };
                self.sending.remove(&id);
                self.give(Input::Link(LinkInput::RetryLater { id, after_ms }));
            }
            Act::Echo(n, seq) => self.echo(n, seq),
            Act::Page(command) => self.ask(*command, None),
            Act::About(n, what) => {
                let Some(id) = self.promised.keys().nth(n).copied() else { return };
                let command = match what {
                    0 => Command::Cancel { message: id },
                    1 => Command::Edit { message: id },
                    2 => Command::Resend { message: id },
                    _ => Command::AsNote { message: id },
                };
                self.ask(command, Some(id));
            }
            Act::Window(focused, hidden) => self.give(Input::Window(WindowState { focused, hidden })),
            Act::Store(n) => {
                for _ in 0..n.min(self.held.len()) {
                    let (id, writes) = self.held.remove(0);
                    self.disk.store(writes);
                    self.give(Input::Committed(id));
                }
            }
            Act::Refuse => {
                if !self.held.is_empty() {
                    let (id, _) = self.held.remove(0);
                    self.give(Input::CommitFailed { id, fault: DiskFault::Io });
                }
            }
            Act::Pass(ms) => {
                self.now.tick = self.now.tick.plus(ms);
                self.now.stamp.0 += ms as i64;
                self.give(Input::Tick);
            }
            Act::Woke => self.give(Input::Woke),
            Act::Crash => self.crash(),
        }
        self.check();
    }

    fn recent(&self, n: usize) -> Option<(ClientId, Op)> {
        self.submitted.iter().rev().nth(n).cloned()
    }

    /// The hub repeats one of our messages in its stream.
    fn echo(&mut self, n: usize, seq: u32) {
        let Some((id, op)) = self.recent(n) else { return };
        let (Op::SendText { dialog, text, .. } | Op::SendNote { dialog, text }) = op else { return };
        let after = self.disk.cursor.map_or(Seq(0), |cursor| cursor.after);
        let message = Message {
            id: MessageId(id.0),
            client_id: Some(id),
            dialog,
            seq,
            kind: MessageKind::Text,
            author: Author::Operator { id: operator(IRA), name: String::new() },
            text,
            at: Stamp(0),
            rev: Seq(u64::MAX),
            details: Details::default(),
        };
        self.on_hub.insert(id);
        let changes = vec![Change::MessageAdded(Box::new(message))];
        self.give(Input::Link(LinkInput::Events { after, upto: Seq(after.0.saturating_add(1)), changes }));
    }

    fn crash(&mut self) {
        self.held.clear();
        self.asked.clear();
        // What was being taken back when the power went may be there or not.
        for id in std::mem::take(&mut self.taking).into_values() {
            if !self.disk.outbox.contains_key(&id) {
                self.promised.remove(&id);
            }
        }
        self.submitted.clear();
        self.sending.clear();
        self.session = Session::restore(self.disk.saved(), Account { seed: self.now.tick.0 }, self.now);
        self.drain();
    }

    /// Every message that was confirmed is on this disk, or the hub has said that it has it.
    fn check(&self) {
        let cached: BTreeSet<ClientId> = self.disk.messages.values().filter_map(|message| message.client_id).collect();
        for (id, text) in &self.promised {
            let here = self.disk.outbox.get(id).is_some_and(|item| item.op.text() == Some(text.as_str()));
            // A change of it may be durable already while its reply is still to come.
            let being_taken = self.taking.values().any(|taken| taken == id);
            assert!(here || cached.contains(id) || self.on_hub.contains(id) || being_taken, "{text} is lost");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_panics_and_no_confirmed_word_is_lost(acts in prop::collection::vec(act(), 1..120)) {
        let mut rig = Rig::new();
        for act in acts {
            rig.act(act);
        }
    }
}
