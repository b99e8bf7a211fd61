//! The operator's session: routes each input to the sub-machine concerned.

use crate::{
    Account, Counts, DialogRow, Draft, Effect, Input, LinkView, Notice, OutboxItem, Saved, SendState, Snapshot,
    ThreadItem, mutants::Mutants,
};
use otklik_model::{
    Author, Dialog, DialogId, Limits, Message, MessageKind, Now, Operator, OperatorId, OperatorStatus, Tick,
};
use std::collections::VecDeque;

/// Why a session wants to be woken: for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WakeReason {
    /// Connect again.
    Reconnect,
    /// The hub did not answer the call.
    ConnectDeadline,
    /// Two beats of the hub are missing.
    BeatDeadline,
    /// A send has no answer: ask whether the hub is there.
    Probe,
    /// A send still has no answer: the connection is dead.
    AnswerDeadline,
    /// The disk refused: try again.
    DiskRetry,
    /// A message waits out a passing failure.
    OutboxRetry,
    /// A request waits out a passing failure.
    RequestRetry,
    /// Missing history is asked for again.
    FetchRetry,
    /// A reminder, or a notification held back for a moment.
    Alert,
}

/// One operator's session. See the crate's documentation.
#[derive(Debug)]
pub struct Session {
    saved: Saved,
    effects: VecDeque<Effect>,
    notices: Vec<Notice>,
    mutants: Mutants,
}

impl Session {
    /// Takes up where the stores stopped; the first effects (to connect, the badge) are waiting.
    #[must_use]
    pub fn restore(saved: Saved, _account: Account, _now: Now) -> Self {
        let effects = VecDeque::from([Effect::Connect { cursor: saved.cursor }]);
        Self { saved, effects, notices: Vec::new(), mutants: Mutants::default() }
    }

    /// Builds in a fault.
    #[cfg(feature = "mutants")]
    #[must_use]
    pub fn with_mutant(mut self, mutant: crate::Mutant) -> Self {
        self.mutants.active = Some(mutant);
        self
    }

    /// Takes what happened at `now`. Total: whatever comes, it never fails and never blocks.
    pub fn handle(&mut self, _input: Input, _now: Now) {}

    /// The next wish, in the order they are to be carried out.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Input::Tick`] is wanted, if nothing else happens before, and why.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<(Tick, WakeReason)> {
        None
    }

    /// The view for a new page: everything but the rows beyond a first screen.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let me = Operator { id: OperatorId(uuid::Uuid::nil()), name: String::new(), status: OperatorStatus::Offline };
        Snapshot {
            me,
            desk: String::new(),
            rights: Default::default(),
            limits: Limits::default(),
            link: LinkView::Connecting,
            counts: Counts::default(),
            operators: Vec::new(),
            channels: Vec::new(),
            settings: self.saved.settings.clone(),
            open: None,
            rows: Vec::new(),
            notices: self.notices.clone(),
        }
    }

    /// The rows that [`Self::snapshot`] left out.
    #[must_use]
    pub fn rows_after_snapshot(&self) -> Vec<DialogRow> {
        Vec::new()
    }

    /// What was written in a dialog and is not yet known to be on the hub, by `order`.
    #[must_use]
    pub fn outbox_of(&self, _dialog: DialogId) -> Vec<OutboxItem> {
        Vec::new()
    }

    /// A dialog's row as the cache has it.
    #[must_use]
    pub fn dialog(&self, _id: DialogId) -> Option<&Dialog> {
        None
    }

    /// The unfinished text of a dialog.
    #[must_use]
    pub fn draft(&self, _id: DialogId) -> Option<&Draft> {
        None
    }

    /// A stored message as a line of a thread.
    #[must_use]
    pub fn thread_item(&self, message: &Message) -> ThreadItem {
        ThreadItem {
            key: message.id.to_string(),
            seq: Some(message.seq),
            order: None,
            kind: message.kind,
            author: message.author.clone(),
            mine: false,
            text: message.text.clone(),
            at: message.at,
            send: None,
            client_id: message.client_id,
            rev: 0,
        }
    }

    /// An unsent message as a line of a thread.
    #[must_use]
    pub fn unsent_item(&self, item: &OutboxItem, _now: Now) -> ThreadItem {
        ThreadItem {
            key: item.client_id.to_string(),
            seq: None,
            order: Some(item.order),
            kind: MessageKind::Text,
            author: Author::System,
            mine: true,
            text: item.op.text().unwrap_or_default().to_owned(),
            at: item.created_at,
            send: Some(SendState::Queued),
            client_id: Some(item.client_id),
            rev: 0,
        }
    }

    /// Adds a word that stays until its cause is gone, such as [`Notice::CacheRebuilt`] at a start.
    pub fn set_notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
}
