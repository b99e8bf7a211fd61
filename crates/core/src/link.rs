//! The connection: when to connect, how long to wait between tries, and when to take it for dead.
//!
//! Knows deadlines and causes. Must not know what travels over the connection.

use crate::{CloseCause, LinkView, ids::Chance, session::WakeReason};
use otklik_model::{ClientId, Now, Stamp, Tick};
use std::collections::{BTreeMap, BTreeSet};

/// First step of the pause between tries, milliseconds; doubles with each try.
const BACKOFF_BASE_MS: u64 = 4_000;
/// No pause is longer.
const BACKOFF_CAP_MS: u64 = 10_000;
/// The first retry after a good connection comes within this.
const FIRST_RETRY_MS: u64 = 500;
/// A connection that was live this long was a good one.
const GOOD_AFTER_MS: u64 = 10_000;
/// A hub may not keep us away longer than this, whatever it says.
const RETRY_AFTER_MAX_MS: u64 = 300_000;
/// How often to look whether a hub of another version was replaced, or a certificate.
const SLOW_RETRY_MS: u64 = 60_000;
/// No answer to a call within this counts as lost.
const CONNECT_DEADLINE_MS: u64 = 20_000;
/// A signed-in hub that says nothing of what was missed for this long is not going to.
const CATCH_UP_DEADLINE_MS: u64 = 20_000;
/// A beat that is later than this means a dead connection; for a quick hub, a whole beat later.
const BEAT_LATE_MS: u64 = 10_000;
/// Something unanswered for this long makes us ask whether the hub is there, and without a sign of life for this long
/// after asking the connection is dead: within six seconds for words, which the operator waits for.
const SEND_PATIENCE: Patience = Patience { ask_after_ms: 2_000, dead_after_ms: 3_500 };
/// The same while history is on its way: a page of it may keep a slow line busy.
const FETCH_PATIENCE: Patience = Patience { ask_after_ms: 5_000, dead_after_ms: 10_000 };
/// What the slowest line carries in a millisecond: long words are not on their way before they have left.
const BYTES_PER_MS: u64 = 8;
/// A send unanswered for this long on a hub that lives: the answer was lost.
const ANSWER_DEADLINE_MS: u64 = 30_000;

/// Something that waits for the hub's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    /// An operation.
    Op(ClientId),
    /// A fetch.
    Fetch(u64),
}

/// How long silence is borne.
struct Patience {
    ask_after_ms: u64,
    dead_after_ms: u64,
}

/// What the session has to do about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkStep {
    /// Connect now.
    Connect,
    /// Ask for a sign of life.
    Probe,
    /// The connection is dead: abandon it; the pause runs already.
    Dead,
}

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waiting for the next try, or for the operator (`None`).
    Down { retry_at: Option<Tick> },
    /// The session is about to call: an unfinished commit may hold it up.
    Due,
    /// Called at this tick, no answer yet.
    Calling { since: Tick },
    /// Signed in.
    Open { heard_at: Tick, beat_ms: u64, probe: Probe },
}

/// Whether the hub was asked for a sign of life because an answer is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probe {
    /// Nothing is overdue.
    NotAsked,
    /// Asked, and silence since.
    Asked(Tick),
    /// The hub lives; it is the answer that does not come.
    Alive,
}

/// The connection.
#[derive(Debug)]
pub(crate) struct Link {
    phase: Phase,
    tries: u32,
    /// Since when everything missed has been received.
    live_since: Option<Tick>,
    /// Since when there has been no live connection.
    down_since: Stamp,
    synced_at: Stamp,
    /// Since when the hub owes us what was missed.
    owed_since: Option<Tick>,
    asked: BTreeMap<Asked, Tick>,
    by_age: BTreeSet<(Tick, Asked)>,
}

impl Link {
    /// Not connected, to be connected now.
    pub(crate) fn new(now: Now) -> Self {
        Self {
            phase: Phase::Due,
            tries: 0,
            live_since: None,
            down_since: now.stamp,
            synced_at: now.stamp,
            owed_since: None,
            asked: BTreeMap::new(),
            by_age: BTreeSet::new(),
        }
    }

    /// Whether the session should call.
    pub(crate) fn is_due(&self) -> bool {
        self.phase == Phase::Due
    }

    /// Whether one is signed in.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// Whether there is a connection, or a call for one.
    pub(crate) fn is_engaged(&self) -> bool {
        match self.phase {
            Phase::Calling { .. } | Phase::Open { .. } => true,
            Phase::Down { .. } | Phase::Due => false,
        }
    }

    /// Whether one is signed in and has received everything missed.
    pub(crate) fn is_live(&self) -> bool {
        self.live_since.is_some()
    }

    /// The call goes out.
    pub(crate) fn called(&mut self, now: Now) {
        self.phase = Phase::Calling { since: now.tick };
    }

    /// The hub accepted the call. False if nobody called: an answer out of turn.
    pub(crate) fn opened(&mut self, beat_ms: u64, now: Now) -> bool {
        if !matches!(self.phase, Phase::Calling { .. }) {
            return false;
        }
        let beat_ms = beat_ms.clamp(1_000, 120_000);
        self.phase = Phase::Open { heard_at: now.tick, beat_ms, probe: Probe::NotAsked };
        true
    }

    /// Whether a call is out and not answered.
    pub(crate) fn is_calling(&self) -> bool {
        matches!(self.phase, Phase::Calling { .. })
    }

    /// The hub owes us what was missed, or has just told more of it.
    pub(crate) fn owed(&mut self, now: Now) {
        self.owed_since = Some(now.tick);
    }

    /// Everything missed was told.
    pub(crate) fn paid(&mut self) {
        self.owed_since = None;
    }

    /// Everything missed was received.
    pub(crate) fn went_live(&mut self, now: Now) {
        self.live_since = Some(now.tick);
        self.synced_at = now.stamp;
    }

    /// The hub gave a sign of life.
    pub(crate) fn heard(&mut self, now: Now) {
        if let Phase::Open { heard_at, probe, .. } = &mut self.phase {
            *heard_at = now.tick;
            if matches!(probe, Probe::Asked(_)) {
                *probe = Probe::Alive;
            }
        }
    }

    /// The hub confirmed the position.
    pub(crate) fn synced(&mut self, now: Now) {
        self.synced_at = now.stamp;
    }

    /// Something of so many bytes was said that wants an answer.
    pub(crate) fn ask(&mut self, what: Asked, bytes: usize, now: Now) {
        self.answered(what);
        let gone = now.tick.plus(u64::try_from(bytes).unwrap_or(0) / BYTES_PER_MS);
        self.asked.insert(what, gone);
        self.by_age.insert((gone, what));
    }

    fn patience(&self) -> Patience {
        let fetches = self.asked.range(Asked::Fetch(0)..).next().is_some();
        if fetches { FETCH_PATIENCE } else { SEND_PATIENCE }
    }

    /// It was answered.
    pub(crate) fn answered(&mut self, what: Asked) {
        if let Some(at) = self.asked.remove(&what) {
            self.by_age.remove(&(at, what));
            if self.by_age.is_empty()
                && let Phase::Open { probe, .. } = &mut self.phase
            {
                *probe = Probe::NotAsked;
            }
        }
    }

    /// The connection ended; the next try is planned.
    pub(crate) fn closed(&mut self, cause: CloseCause, chance: &mut Chance, now: Now) {
        if self.live_since.is_some_and(|since| now.tick.since(since) >= GOOD_AFTER_MS) {
            self.tries = 0;
        }
        let pause = match cause {
            CloseCause::Lost | CloseCause::Resync => Some(self.backoff(chance)),
            CloseCause::RetryAfter { ms } => Some(ms.min(RETRY_AFTER_MAX_MS)),
            CloseCause::HubTooOld | CloseCause::HubTooNew | CloseCause::Certificate => Some(SLOW_RETRY_MS),
            CloseCause::SignIn => None,
        };
        self.tries = self.tries.saturating_add(1);
        self.drop_to(Phase::Down { retry_at: pause.map(|ms| now.tick.plus(ms)) }, now);
    }

    /// Connect at once, whatever the pause: the operator wants it or the machine woke up.
    pub(crate) fn hurry(&mut self, now: Now) {
        self.tries = 0;
        self.drop_to(Phase::Due, now);
    }

    fn drop_to(&mut self, phase: Phase, now: Now) {
        if self.live_since.take().is_some() {
            self.down_since = now.stamp;
        }
        self.phase = phase;
        self.owed_since = None;
        self.asked.clear();
        self.by_age.clear();
    }

    /// Full jitter: thousands of workplaces that lost one hub must not come back in step.
    fn backoff(&self, chance: &mut Chance) -> u64 {
        let Some(doublings) = self.tries.checked_sub(1) else { return chance.up_to(FIRST_RETRY_MS) };
        let ceiling = BACKOFF_BASE_MS.saturating_mul(1 << doublings.min(8)).min(BACKOFF_CAP_MS);
        chance.up_to(ceiling)
    }

    /// What has come due.
    pub(crate) fn step(&mut self, chance: &mut Chance, now: Now) -> Option<LinkStep> {
        let (due, reason) = self.deadline()?;
        if due > now.tick {
            return None;
        }
        match reason {
            WakeReason::Reconnect => {
                self.phase = Phase::Due;
                Some(LinkStep::Connect)
            }
            WakeReason::Probe => {
                if let Phase::Open { probe, .. } = &mut self.phase {
                    *probe = Probe::Asked(now.tick);
                }
                Some(LinkStep::Probe)
            }
            WakeReason::ConnectDeadline
            | WakeReason::BeatDeadline
            | WakeReason::AnswerDeadline
            | WakeReason::DiskRetry
            | WakeReason::OutboxRetry
            | WakeReason::RequestRetry
            | WakeReason::FetchRetry
            | WakeReason::Alert => {
                self.closed(CloseCause::Lost, chance, now);
                Some(LinkStep::Dead)
            }
        }
    }

    /// When the next deadline is, and which.
    pub(crate) fn deadline(&self) -> Option<(Tick, WakeReason)> {
        match self.phase {
            Phase::Due => None,
            Phase::Down { retry_at } => retry_at.map(|at| (at, WakeReason::Reconnect)),
            Phase::Calling { since } => Some((since.plus(CONNECT_DEADLINE_MS), WakeReason::ConnectDeadline)),
            Phase::Open { heard_at, beat_ms, probe } => {
                let beat = (heard_at.plus(beat_ms + beat_ms.min(BEAT_LATE_MS)), WakeReason::BeatDeadline);
                let patience = self.patience();
                let answer = self.by_age.first().map(|(asked_at, _)| match probe {
                    Probe::NotAsked => (asked_at.plus(patience.ask_after_ms), WakeReason::Probe),
                    Probe::Asked(at) => (at.plus(patience.dead_after_ms), WakeReason::AnswerDeadline),
                    Probe::Alive => (asked_at.plus(ANSWER_DEADLINE_MS), WakeReason::AnswerDeadline),
                });
                let owed = self.owed_since.map(|at| (at.plus(CATCH_UP_DEADLINE_MS), WakeReason::ConnectDeadline));
                [Some(beat), answer, owed].into_iter().flatten().min()
            }
        }
    }

    /// The connection as the page shows it.
    pub(crate) fn view(&self, now: Now) -> LinkView {
        match self.phase {
            Phase::Due | Phase::Calling { .. } => LinkView::Connecting,
            Phase::Open { .. } if self.is_live() => LinkView::Live { synced_at: self.synced_at },
            Phase::Open { .. } => LinkView::CatchingUp,
            Phase::Down { retry_at } => LinkView::Down {
                since: self.down_since,
                retry_at: retry_at.map(|at| later(now.stamp, at.since(now.tick))),
            },
        }
    }
}

/// The wall-clock time `ms` milliseconds later.
pub(crate) fn later(stamp: Stamp, ms: u64) -> Stamp {
    Stamp(stamp.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests;
