//! Commands on dialogs: read, decide, commit; and again, if somebody was faster.

use super::{Office, now};
use crate::bus::Notice;
use crate::desk::{Beginning, Command, DialogAggregate, Event, Moment, Target, decide};
use crate::store::{Commit, CommitError, Committed, DialogChange, Key, StoreError, Work, key};
use otklik_model::{
    ClientId, Customer, CustomerId, DialogId, MAX_TEXT_CHARS, MessageId, Op, OperatorId, Outcome, Page, Refusal, Seq,
    Stored, TransferTarget,
};
use std::sync::atomic::Ordering::Relaxed;
use thiserror::Error;
use uuid::Uuid;

/// How often a decision is made anew before the asker is told to come back.
const ATTEMPTS: u32 = 16;
/// How long whoever lost that often stays away, in milliseconds.
const CONTENDED_MS: u64 = 100;
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
enum About {
    Dialog(DialogId),
    DialogOf(CustomerId),
}

impl Office {
    /// Carries out what an operator asks, once per `id`.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn operate(&self, by: OperatorId, id: ClientId, op: Op) -> Retried {
        let key = key(by.0, id);
        let answer = match op {
            Op::SetStatus { status } => self.set_status(key, by, status).await,
            Op::Accept { .. }
            | Op::SendText { .. }
            | Op::SendNote { .. }
            | Op::MarkRead { .. }
            | Op::Close { .. }
            | Op::Transfer { .. } => self.operate_on_dialog(key, by, op).await,
            Op::Unknown => self.keep(key, Err(Refusal::Unsupported)).await,
        };
        let counter = match &answer {
            Ok(Outcome::Done { .. }) => &self.metrics.done,
            Ok(Outcome::Refused { .. }) => &self.metrics.refused,
            Err(_) => &self.metrics.put_off,
        };
        counter.fetch_add(1, Relaxed);
        answer
    }

    async fn operate_on_dialog(&self, key: Key, by: OperatorId, op: Op) -> Retried {
        let Some(dialog) = op.dialog() else { return self.keep(key, Err(Refusal::Unsupported)).await };
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        self.settle(About::Dialog(dialog), Some(key), |found| {
            let found = found.ok_or(Refusal::NotFound)?;
            let command = self.command(by, key.id, &op).ok_or(Refusal::Forbidden)?;
            let events = decide(&found, command, &self.moment())?;
            Ok((found, events))
        })
        .await
    }

    /// Stores a customer's words, once per `id`; the first ones begin a dialog.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn customer_writes(&self, from: &Customer, page: Option<&Page>, id: ClientId, text: &str) -> Retried {
        let key = key(from.id.0, id);
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let answer = self
            .settle(About::DialogOf(from.id), Some(key), |found| {
                let moment = self.moment();
                let dialog = found.unwrap_or_else(|| self.new_dialog(from, page, &moment));
                let command = Command::CustomerWrites { text: text.to_owned(), client: id };
                let events = decide(&dialog, command, &moment)?;
                Ok((dialog, events))
            })
            .await;
        if matches!(answer, Ok(Outcome::Done { .. })) {
            self.metrics.customer_messages.fetch_add(1, Relaxed);
        }
        answer
    }

    /// What a customer's page does besides writing. Without a dialog it is nothing.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn customer_acts(&self, customer: CustomerId, command: Command) -> Retried {
        self.settle(About::DialogOf(customer), None, |found| {
            let dialog = found.ok_or(Refusal::NotFound)?;
            let events = decide(&dialog, command.clone(), &self.moment())?;
            Ok((dialog, events))
        })
        .await
    }

    async fn settle(
        &self,
        about: About,
        key: Option<Key>,
        mut decide: impl FnMut(Option<DialogAggregate>) -> Result<(DialogAggregate, Vec<Event>), Refusal> + Send,
    ) -> Retried {
        for _ in 0..ATTEMPTS {
            let found = match about {
                About::Dialog(id) => self.store.dialog(self.workspace.id, id).await?,
                About::DialogOf(customer) => self.store.dialog_of(self.workspace.id, customer).await?,
            };
            let (work, outcome) = match decide(found) {
                Ok((_, events)) if events.is_empty() => (Work::Nothing, done(None)),
                Ok((dialog, events)) => {
                    let outcome = done(stored(&events));
                    (Work::Dialog(Box::new(DialogChange::new(&dialog, events))), outcome)
                }
                Err(reason) => (Work::Nothing, Outcome::Refused { reason }),
            };
            if key.is_none() && work == Work::Nothing {
                return Ok(outcome);
            }
            match self.commit(key, work, outcome).await {
                Ok(committed) => return Ok(committed.outcome),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }

    /// Keeps an answer that changes nothing.
    pub(super) async fn keep(&self, key: Key, answer: Result<(), Refusal>) -> Retried {
        let outcome = match answer {
            Ok(()) => done(None),
            Err(reason) => Outcome::Refused { reason },
        };
        match self.commit(Some(key), Work::Nothing, outcome).await {
            Ok(committed) => Ok(committed.outcome),
            Err(CommitError::Conflict) => Err(Later { after_ms: CONTENDED_MS }),
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
        let grows = work != Work::Nothing;
        let face = match &work {
            Work::Operator { row, rights_changed } => Some(row.face(*rights_changed)),
            Work::Nothing | Work::Dialog(_) | Work::Channel(_) | Work::SignOut { .. } => None,
        };
        let commit = Commit { workspace: self.workspace.id, at: now(), key, work, outcome };
        let committed = self.store.commit(commit).await?;
        if let Some(face) = face.filter(|_| !committed.repeated) {
            self.directory.write().learn(committed.head, &face);
        }
        if grows && !committed.repeated {
            self.bus.publish(Notice::Reached(self.workspace.id, committed.head));
        }
        Ok(committed)
    }

    fn command(&self, by: OperatorId, client: ClientId, op: &Op) -> Option<Command> {
        let directory = self.directory.read();
        let by = directory.actor(by)?;
        Some(match op {
            Op::Accept { epoch, .. } => Command::Accept { by, epoch: *epoch },
            Op::SendText { epoch, text, .. } => Command::SendText { by, epoch: *epoch, text: text.clone(), client },
            Op::SendNote { text, .. } => Command::SendNote { by, text: text.clone(), client },
            Op::MarkRead { upto, .. } => Command::MarkRead { by, upto: *upto },
            Op::Close { epoch, .. } => Command::Close { by, epoch: *epoch },
            Op::Transfer { epoch, to, .. } => {
                let to = match to {
                    TransferTarget::Queue => Target::Queue,
                    TransferTarget::Operator { id } => directory.target(*id),
                };
                Command::Transfer { by, epoch: *epoch, to }
            }
            Op::SetStatus { .. } | Op::Unknown => return None,
        })
    }

    fn moment(&self) -> Moment {
        let text_chars = self.channel.read().text_chars.min(MAX_TEXT_CHARS);
        Moment { now: now(), ids: [MessageId(Uuid::now_v7()), MessageId(Uuid::now_v7())], text_chars }
    }

    fn new_dialog(&self, from: &Customer, page: Option<&Page>, moment: &Moment) -> DialogAggregate {
        DialogAggregate::begin(Beginning {
            id: DialogId(Uuid::now_v7()),
            channel: self.channel.read().id,
            customer: from.clone(),
            page: page.cloned(),
            operator_online: self.is_staffed(),
            at: moment.now,
        })
    }
}

/// Done, at a position that the store fills in.
pub(super) fn done(message: Option<Stored>) -> Outcome {
    Outcome::Done { at_seq: Seq(0), message }
}

/// The message that somebody wrote, among what a decision brought.
fn stored(events: &[Event]) -> Option<Stored> {
    events.iter().rev().find_map(|event| match event {
        Event::MessageAdded(message) if message.client_id.is_some() => {
            Some(Stored { id: message.id, seq: message.seq, at: message.at })
        }
        Event::MessageAdded(_)
        | Event::Accepted { .. }
        | Event::Offered { .. }
        | Event::Returned { .. }
        | Event::Closed { .. }
        | Event::Resumed
        | Event::ReadByOperator { .. }
        | Event::SeenByCustomer { .. }
        | Event::PresenceChanged { .. }
        | Event::PageChanged { .. } => None,
    })
}
