//! Commands on dialogs: read, decide, commit; and again, if somebody was faster.

use super::{
    Office, blocks::work_of, letters::letters, outside, returned::Aside, scripted::Opening, troubles::Telling,
};
use crate::bus::Notice;
use crate::desk::{Carrier, Command, DialogAggregate, Event, Moment, deadline, decide};
use crate::store::{
    AuditLine, Commit, CommitError, Committed, DialogChange, Errand, FenceToken, Key, StoreError, Work,
};
use otklik_model::{CustomerId, DialogId, Message, MessageId, Outcome, Refusal, Seq, Stamp, Stored};
use thiserror::Error;
use uuid::Uuid;

/// How often a decision is made anew before the asker is told to come back.
pub(super) const ATTEMPTS: u32 = 16;
/// How long whoever lost that often stays away, in milliseconds.
pub(super) const CONTENDED_MS: u64 = 100;
/// How long whoever met a store that cannot answer stays away, in milliseconds.
const UNAVAILABLE_MS: u64 = 1000;

/// Not tried, or failed for a passing reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("come back after {after_ms} ms")]
pub struct Later {
    /// Not before so many milliseconds.
    pub after_ms: u64,
}

/// A final answer, or to be tried again.
pub type Retried = Result<Outcome, Later>;

impl From<StoreError> for Later {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "a command has to wait");
        Self { after_ms: UNAVAILABLE_MS }
    }
}

/// Which dialog a command is about.
#[derive(Clone, Copy)]
pub(super) enum About {
    Dialog(DialogId),
    DialogOf(CustomerId),
}

/// What is settled, and in whose name.
pub(super) struct Ask<'a> {
    pub(super) about: About,
    /// Under which key the answer is kept.
    pub(super) key: Option<Key>,
    /// The number of a message that the decision looks at.
    pub(super) message: Option<u32>,
    /// The customer goes on writing: the decision looks at what he wrote before, if that ends in digits.
    pub(super) goes_on: bool,
    /// The lease under which it is decided.
    pub(super) fence: Option<FenceToken>,
    /// How the dialog begins, if it is a new one.
    pub(super) opening: Option<&'a Opening>,
    /// A line for the trail, if anything happens.
    pub(super) line: Option<AuditLine>,
    /// It is about the customer himself. A dialog that is over still knows him as he was then; it is decided on who he is
    /// now.
    pub(super) of_customer: bool,
    /// The name of whoever blocks the customer, if it is that: then all dialogs of the person are closed.
    pub(super) blocker: Option<String>,
}

impl Ask<'_> {
    /// Without a key, a message or a lease.
    pub(super) fn about(about: About) -> Self {
        let (key, message, goes_on, fence, opening, line) = (None, None, false, None, None, None);
        Self { about, key, message, goes_on, fence, opening, line, of_customer: false, blocker: None }
    }
}

/// A dialog, new or as it was found, and what happens to it.
pub(super) type Decided = Result<(DialogAggregate, Vec<Event>), Refusal>;

impl Office {
    /// What a bot or the centre itself does to a dialog, once per `key` if one is given. `message` is the number of
    /// the message that the command names, `fence` the lease under which it is decided: without it, or with an old
    /// one, nothing is done.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried, or if the lease is another node's by now.
    pub async fn carry_out(
        &self,
        dialog: DialogId,
        command: Command,
        key: Option<Key>,
        message: Option<u32>,
        fence: Option<FenceToken>,
    ) -> Retried {
        let ask = Ask { key, message, fence, ..Ask::about(About::Dialog(dialog)) };
        self.settle(ask, |found, moment| decide_on(found, command.clone(), moment)).await
    }

    /// Does what is due by time in a dialog, the earliest first; nothing, if nothing is.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried, or if the lease is another node's by now.
    pub async fn time_out(&self, dialog: DialogId, fence: Option<FenceToken>) -> Retried {
        let ask = Ask { fence, ..Ask::about(About::Dialog(dialog)) };
        self.settle(ask, |found, moment| {
            let next = found.as_ref().and_then(|found| deadline(found, moment.centre));
            let command = match next {
                Some((at, timer)) if at <= moment.now => Command::TimeOut(timer),
                Some(_) | None => Command::Reckon,
            };
            decide_on(found, command, moment)
        })
        .await
    }

    pub(super) async fn settle(
        &self,
        ask: Ask<'_>,
        mut decide: impl FnMut(Option<DialogAggregate>, &Moment<'_>) -> Decided + Send,
    ) -> Retried {
        for _ in 0..ATTEMPTS {
            let found = match ask.about {
                About::Dialog(id) => self.store.dialog(self.workspace.id, id).await?,
                About::DialogOf(customer) => self.store.dialog_of(self.workspace.id, customer).await?,
            };
            let found = self.with_todays_customer(&ask, found).await?;
            // Read after the dialog: if it changes in between, so does the dialog's version, and all is read again.
            let digits_at = found.as_ref().filter(|_| ask.goes_on).and_then(|found| found.life.digits_at);
            let named = match (&found, ask.message.or(digits_at)) {
                (Some(found), Some(seq)) => self.message(found.row.id, seq).await?,
                (Some(_) | None, _) => None,
            };
            let now = self.now();
            let mut decided = self.decided(found, named.as_ref(), now, &mut decide);
            let held = ask.opening.and_then(|opening| opening.turn.clone());
            let (mut aside, _wakes) = match &mut decided {
                Ok((dialog, events)) => {
                    let wakes = self.take_from_the_lost(dialog, events, now).await;
                    (self.route_back(dialog, events, now, held).await?, wakes)
                }
                Err(_) => (Aside::default(), None),
            };
            // Whoever gives dialogs out next waits until this is stored.
            let _turn = aside.turn.take();
            let others = self.closed_along(&ask, &decided, now).await?;
            let (commit, outcome) = self.commit_of(&ask, decided, others, named.as_ref(), aside, now);
            let takes_room = commit.room.is_some();
            let passing = outcome == Outcome::Refused { reason: Refusal::QueueFull };
            if (ask.key.is_none() || passing) && commit.work == Work::Nothing {
                return Ok(outcome);
            }
            match self.commit_whole(commit).await {
                Ok(committed) => return Ok(committed.outcome),
                // The room may be gone to a dialog of another process.
                Err(CommitError::Conflict) if takes_room => self.read_ahead().await?,
                Err(CommitError::Conflict) => {}
                Err(CommitError::Fenced) => return Err(Later { after_ms: UNAVAILABLE_MS }),
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }

    pub(super) fn decided(
        &self,
        found: Option<DialogAggregate>,
        named: Option<&Message>,
        now: Stamp,
        decide: &mut (impl FnMut(Option<DialogAggregate>, &Moment<'_>) -> Decided + Send),
    ) -> Decided {
        let (centre, carrier) = (self.centre(), self.carrier());
        decide(found, &Moment { now, ids: fresh_ids(), centre: &centre, carrier: &carrier, named })
    }

    /// The commit of a decision, and the answer it keeps.
    fn commit_of(
        &self,
        ask: &Ask<'_>,
        decided: Decided,
        others: Vec<DialogChange>,
        named: Option<&Message>,
        aside: Aside,
        now: Stamp,
    ) -> (Commit, Outcome) {
        let Aside { mut errands, mut audit, turn: _ } = aside;
        let room = decided.as_ref().ok().and_then(|(_, events)| self.room_taken(events));
        let (work, outcome) = match decided {
            Ok((_, events)) if events.is_empty() => (Work::Nothing, done(None)),
            Ok((dialog, events)) => {
                audit = ask.line.clone().or(audit);
                // Of a flood nobody is told, whatever was decided before it was seen to be one.
                if let Some(opening) = ask.opening.filter(|_| dialog.version == 0 && !dialog.row.suspicious) {
                    (errands, audit) = (opening.errands.clone(), opening.audit.clone());
                }
                let outcome = done(stored(&events));
                let change = DialogChange::timed(&dialog, events, &self.centre());
                errands.extend(self.errands_of(&change, named, now));
                errands.extend(others.iter().flat_map(|other| self.errands_of(other, None, now)));
                (work_of(ask, change, others), outcome)
            }
            Err(reason) => (Work::Nothing, Outcome::Refused { reason }),
        };
        let commit = Commit::new(self.workspace.id, now, work, outcome.clone());
        (Commit { key: ask.key, fence: ask.fence, errands, audit, room, ..commit }, outcome)
    }

    /// What a change makes necessary outside of the hub. `named` is the message that was named, as it was before.
    pub(super) fn errands_of(&self, change: &DialogChange, named: Option<&Message>, now: Stamp) -> Vec<Errand> {
        let mut errands = outside::errands(change, named, now);
        if self.settings.mailer.is_some() {
            let told = letters(change, &self.centre());
            errands.extend(told.into_iter().map(|kind| outside::errand(kind, now)));
        }
        errands
    }

    async fn message(&self, dialog: DialogId, seq: u32) -> Result<Option<Message>, StoreError> {
        Ok(self.store.messages(self.workspace.id, dialog, seq, seq, 1).await?.pop())
    }

    /// Keeps an answer that changes nothing.
    pub(super) async fn keep(&self, key: Key, answer: Result<(), Refusal>) -> Retried {
        let outcome = match answer {
            Ok(()) => done(None),
            Err(reason) => Outcome::Refused { reason },
        };
        match self.commit(Some(key), Work::Nothing, outcome).await {
            Ok(committed) => Ok(committed.outcome),
            Err(CommitError::Conflict | CommitError::Fenced) => Err(Later { after_ms: CONTENDED_MS }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Commits, and tells everybody that the log has grown.
    pub(super) async fn commit(
        &self,
        key: Option<Key>,
        work: Work,
        outcome: Outcome,
    ) -> Result<Committed, CommitError> {
        self.commit_whole(Commit { key, ..Commit::new(self.workspace.id, self.now(), work, outcome) }).await
    }

    /// The same, of a commit with errands, a line for the trail or a lease.
    pub(super) async fn commit_whole(&self, commit: Commit) -> Result<Committed, CommitError> {
        let grows = commit.work != Work::Nothing;
        let face = match &commit.work {
            Work::Operator { row, rights_changed } => Some(row.face(*rights_changed)),
            Work::Nothing
            | Work::Dialog(_)
            | Work::Channel(_)
            | Work::Customer { .. }
            | Work::Blocked(_)
            | Work::Regroup(_)
            | Work::Centre { .. }
            | Work::Reform(_)
            | Work::SignOut { .. } => None,
        };
        let rings = !commit.errands.is_empty();
        let telling = Telling::of(&commit);
        let committed = self.store.commit(commit).await?;
        if !committed.repeated {
            self.has_told(telling);
        }
        if rings {
            self.errand_bell.notify_one();
        }
        if let Some(face) = face.filter(|_| !committed.repeated)
            && self.directory.write().foretell(committed.head, &face)
        {
            self.lines.ring();
        }
        if grows && !committed.repeated {
            self.bus.publish(Notice::Reached(self.workspace.id, committed.head));
        }
        Ok(committed)
    }

    pub(super) fn carrier(&self) -> Carrier {
        Carrier::of(&self.channel.read())
    }
}

pub(super) fn decide_on(found: Option<DialogAggregate>, command: Command, moment: &Moment<'_>) -> Decided {
    let dialog = found.ok_or(Refusal::NotFound)?;
    let events = decide(&dialog, command, moment)?;
    Ok((dialog, events))
}

/// Ids for what one decision writes: drawn once, for a draw asks the system, and told apart by their last two bits.
pub(crate) fn fresh_ids() -> [MessageId; 4] {
    let drawn = Uuid::now_v7().as_u128() & !0b11;
    [0, 1, 2, 3].map(|which| MessageId(Uuid::from_u128(drawn | which)))
}

/// Done, at a position that the store fills in.
pub(super) fn done(message: Option<Stored>) -> Outcome {
    Outcome::Done { at_seq: Seq(0), message }
}

/// The message that somebody wrote, among what a decision brought.
fn stored(events: &[Event]) -> Option<Stored> {
    let added = events.iter().rev().filter(|event| matches!(event, Event::MessageAdded(_)));
    let written = added.filter_map(Event::message).find(|message| message.client_id.is_some())?;
    Some(Stored { id: written.id, seq: written.seq, at: written.at })
}
