//! Following the hub's event stream: what may be taken in, in which order, and when one has caught up.
//!
//! Works queue up while a commit is in flight and go into the next one together. The position moves with the rows,
//! in one transaction, or not at all. Knows positions; must not know what the rows mean.

use crate::{
    CommitId, SessionInfo,
    batch::{Batch, Work},
    mirror::Mirror,
    mutants::{Mutant, Mutants},
};
use otklik_model::{Change, Channel, Cursor, Dialog, DialogId, Now, Operator, Seq, Tick};
use std::collections::{BTreeSet, VecDeque};
use uuid::Uuid;

/// How much may wait for the disk before the connection is given up: it will all come again.
const QUEUE_MAX: usize = 20_000;
/// How much goes into one commit.
const COMMIT_MAX: usize = 5_000;
/// The pauses after a refusal of the disk.
const PAUSE_MIN_MS: u64 = 500;
const PAUSE_MAX_MS: u64 = 30_000;

/// The connection cannot be followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The stream contradicts itself: forget the position and ask for everything.
    Resync,
    /// Something was missed or there is too much: come again from the position that is durable.
    Reconnect,
}

/// Where one stands in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No connection.
    Off,
    /// A snapshot has to come first.
    AwaitingSnapshot { stream: Uuid, head: Seq },
    /// Events continue this position; `head` is where one has caught up.
    Following { received: Cursor, head: Seq },
}

/// The commit of the cache.
#[derive(Debug)]
enum Flight {
    /// Nothing to store.
    Idle,
    /// On its way to the disk.
    Flying { id: CommitId, batch: Batch },
    /// Refused by the disk; again at this tick.
    Stalled { batch: Batch, retry_at: Tick },
}

/// The stream and the queue to the cache.
#[derive(Debug)]
pub(crate) struct Sync {
    phase: Phase,
    queue: VecDeque<Work>,
    weight: usize,
    flight: Flight,
    pause_ms: u64,
    /// The position at which a beat last told of a miss: the second time at one place is no accident.
    missed_at: Option<Seq>,
    mutants: Mutants,
}

impl Sync {
    /// Not connected.
    pub(crate) fn new() -> Self {
        Self {
            phase: Phase::Off,
            queue: VecDeque::new(),
            weight: 0,
            flight: Flight::Idle,
            pause_ms: PAUSE_MIN_MS,
            missed_at: None,
            mutants: Mutants::default(),
        }
    }

    /// Builds in a fault.
    #[cfg(feature = "mutants")]
    pub(crate) fn set_mutants(&mut self, mutants: Mutants) {
        self.mutants = mutants;
    }

    /// Signed in, having asked to go on from `asked`.
    pub(crate) fn opened(&mut self, info: &SessionInfo, asked: Option<Cursor>) -> Result<(), Break> {
        self.phase = if info.resumed {
            let Some(received) = asked.filter(|cursor| cursor.stream == info.stream) else {
                return Err(Break::Resync);
            };
            Phase::Following { received, head: info.head }
        } else {
            Phase::AwaitingSnapshot { stream: info.stream, head: info.head }
        };
        self.push(Work::Welcome(info.profile.clone()));
        Ok(())
    }

    /// The connection is gone. What the hub will say again is forgotten.
    pub(crate) fn closed(&mut self) {
        self.phase = Phase::Off;
        self.queue.retain(|work| !work.is_repeated_by_hub());
        self.weight = self.queue.iter().map(Work::weight).sum();
    }

    /// The whole state came.
    pub(crate) fn take_snapshot(
        &mut self,
        at: Seq,
        dialogs: Vec<Dialog>,
        operators: Vec<Operator>,
        channels: Vec<Channel>,
    ) {
        let (stream, head) = match self.phase {
            Phase::Off => return,
            Phase::AwaitingSnapshot { stream, head } => (stream, head),
            Phase::Following { received, head } => (received.stream, head),
        };
        let at = Cursor { stream, after: at };
        self.phase = Phase::Following { received: at, head };
        self.push(Work::Snapshot { at, dialogs, operators, channels });
    }

    /// Events came: they must continue what was received.
    pub(crate) fn take_events(&mut self, after: Seq, upto: Seq, changes: Vec<Change>) -> Result<(), Break> {
        let (received, head) = match self.phase {
            Phase::Off => return Ok(()),
            Phase::AwaitingSnapshot { .. } => return Err(Break::Resync),
            Phase::Following { received, head } => (received, head),
        };
        let continues = after == received.after && upto >= after;
        if !continues && !self.mutants.is(Mutant::SkipAfterCheck) {
            return Err(Break::Resync);
        }
        let upto = Cursor { after: upto, ..received };
        self.phase = Phase::Following { received: upto, head };
        self.push(Work::Events { upto, changes });
        if self.weight > QUEUE_MAX { Err(Break::Reconnect) } else { Ok(()) }
    }

    /// The hub says how far it has told us: further than we heard means a silent miss.
    pub(crate) fn take_beat(&mut self, newest: Seq) -> Result<(), Break> {
        let Phase::Following { received, .. } = self.phase else { return Ok(()) };
        if newest <= received.after {
            return Ok(());
        }
        if self.missed_at.replace(received.after) == Some(received.after) {
            return Err(Break::Resync);
        }
        Err(Break::Reconnect)
    }

    /// Queues a work.
    pub(crate) fn push(&mut self, work: Work) {
        self.weight = self.weight.saturating_add(work.weight());
        self.queue.push_back(work);
    }

    /// Puts a work before all that queued up: it is about what was durable before that came.
    pub(crate) fn push_first(&mut self, work: Work) {
        self.weight = self.weight.saturating_add(work.weight());
        self.queue.push_front(work);
    }

    /// Whether everything that had happened before the sign-in is durable here.
    pub(crate) fn has_caught_up(&self, mirror: &Mirror) -> bool {
        let Phase::Following { head, .. } = self.phase else { return false };
        let taken_in = !self.queue.iter().any(|work| matches!(work, Work::Welcome(_) | Work::Snapshot { .. }));
        taken_in && matches!(self.flight, Flight::Idle) && mirror.cursor.is_some_and(|cursor| cursor.after >= head)
    }

    /// Whether the hub has not told yet what had happened before the sign-in.
    pub(crate) fn is_owed(&self) -> bool {
        match self.phase {
            Phase::Off => false,
            Phase::AwaitingSnapshot { .. } => true,
            Phase::Following { received, head } => received.after < head,
        }
    }

    /// What was the newest event at sign-in: whatever is newer is news.
    pub(crate) fn head(&self) -> Option<Seq> {
        match self.phase {
            Phase::Off => None,
            Phase::AwaitingSnapshot { head, .. } | Phase::Following { head, .. } => Some(head),
        }
    }

    /// Whether a commit is on its way; its outcome decides from where to go on.
    pub(crate) fn is_flying(&self) -> bool {
        matches!(self.flight, Flight::Flying { .. })
    }

    /// Gives up a commit that the disk refused, except for what was wished here: that goes into the next one. True if
    /// there was a commit.
    pub(crate) fn drop_stalled(&mut self) -> bool {
        match std::mem::replace(&mut self.flight, Flight::Idle) {
            Flight::Stalled { batch, .. } => {
                for work in batch.give_up().into_iter().rev() {
                    self.push_first(work);
                }
                true
            }
            other @ (Flight::Idle | Flight::Flying { .. }) => {
                self.flight = other;
                false
            }
        }
    }

    /// Whether the durable position is no good and still has to be forgotten: nothing may go on from it.
    pub(crate) fn is_to_forget(&self) -> bool {
        let in_flight = match &self.flight {
            Flight::Idle => false,
            Flight::Flying { batch, .. } | Flight::Stalled { batch, .. } => batch.forgets(),
        };
        in_flight || self.queue.iter().any(|work| matches!(work, Work::Forget))
    }

    /// Whether a commit is due.
    pub(crate) fn has_work(&self, now: Now) -> bool {
        match &self.flight {
            Flight::Idle => !self.queue.is_empty(),
            Flight::Flying { .. } => false,
            Flight::Stalled { retry_at, .. } => *retry_at <= now.tick,
        }
    }

    /// The next commit, if one is due: a refused one again, or all that queued up.
    pub(crate) fn next_batch(&mut self, mirror: &Mirror, keep: &BTreeSet<DialogId>, now: Now) -> Option<Batch> {
        match std::mem::replace(&mut self.flight, Flight::Idle) {
            Flight::Idle => {}
            Flight::Stalled { batch, retry_at } if retry_at <= now.tick => return Some(batch),
            busy @ (Flight::Flying { .. } | Flight::Stalled { .. }) => {
                self.flight = busy;
                return None;
            }
        }
        let mut batch = Batch::new(self.mutants, now.stamp);
        let mut taken = 0;
        while taken < COMMIT_MAX {
            let Some(work) = self.queue.pop_front() else { break };
            taken += work.weight();
            batch.stage(work, mirror, keep);
        }
        self.weight = self.weight.saturating_sub(taken);
        (taken > 0).then(|| {
            batch.close(mirror);
            batch
        })
    }

    /// The commit is on its way.
    pub(crate) fn flies(&mut self, id: CommitId, batch: Batch) {
        self.flight = Flight::Flying { id, batch };
    }

    /// The commit is durable: what it holds may be applied.
    pub(crate) fn committed(&mut self, id: CommitId) -> Option<Batch> {
        match std::mem::replace(&mut self.flight, Flight::Idle) {
            Flight::Flying { id: flying, batch } if flying == id => {
                self.pause_ms = PAUSE_MIN_MS;
                Some(batch)
            }
            other @ (Flight::Idle | Flight::Flying { .. } | Flight::Stalled { .. }) => {
                self.flight = other;
                None
            }
        }
    }

    /// The disk refused it: nothing moves until it has been stored.
    pub(crate) fn failed(&mut self, id: CommitId, now: Now) {
        match std::mem::replace(&mut self.flight, Flight::Idle) {
            Flight::Flying { id: flying, batch } if flying == id => {
                self.flight = Flight::Stalled { batch, retry_at: now.tick.plus(self.pause_ms) };
                self.pause_ms = self.pause_ms.saturating_mul(2).min(PAUSE_MAX_MS);
            }
            other @ (Flight::Idle | Flight::Flying { .. } | Flight::Stalled { .. }) => self.flight = other,
        }
    }

    /// When a refused commit is tried again.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        match &self.flight {
            Flight::Stalled { retry_at, .. } => Some(*retry_at),
            Flight::Idle | Flight::Flying { .. } => None,
        }
    }
}
