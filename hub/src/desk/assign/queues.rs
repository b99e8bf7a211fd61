//! Waiting dialogs in queues; all of one queue can go to the same operators.

use super::people::NeedId;
use otklik_model::{DialogId, OperatorId, Stamp};
use std::collections::{BTreeMap, BTreeSet};

/// Who may get the dialogs of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whom {
    /// Whoever fits.
    Anybody,
    /// He alone, if he fits: he had it before.
    Former(OperatorId),
    /// He alone, whatever his departments, languages and teams: it was given to him.
    InPerson(OperatorId),
}

/// What all dialogs of a queue have in common: if one of them finds nobody, none does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueueKey {
    pub(super) need: NeedId,
    pub(super) whom: Whom,
    /// Those who did not take it, for a while.
    pub(super) passed: BTreeSet<OperatorId>,
}

/// A queue by its number. Numbers are not used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueueId(u64);

#[derive(Debug)]
struct Queue {
    key: QueueKey,
    waiting: BTreeSet<(Stamp, DialogId)>,
    /// Nobody was found, and nothing has changed that could help.
    stuck: bool,
}

impl Queue {
    fn head(&self, id: QueueId) -> Option<(Stamp, DialogId, QueueId)> {
        let (since, dialog) = *self.waiting.first()?;
        (!self.stuck).then_some((since, dialog, id))
    }
}

/// All queues that are not empty.
#[derive(Debug, Default)]
pub(super) struct Queues {
    ids: BTreeMap<QueueKey, QueueId>,
    queues: BTreeMap<QueueId, Queue>,
    /// The oldest dialog of each queue that may find somebody.
    heads: BTreeSet<(Stamp, DialogId, QueueId)>,
    of_need: BTreeMap<NeedId, BTreeSet<QueueId>>,
    /// What waits for one operator by name.
    of_person: BTreeMap<OperatorId, BTreeSet<QueueId>>,
    next: u64,
}

impl Queues {
    /// Puts a dialog into the queue of its key.
    pub(super) fn put(&mut self, key: QueueKey, since: Stamp, dialog: DialogId) -> QueueId {
        let id = match self.ids.get(&key) {
            Some(id) => *id,
            None => self.open(key),
        };
        self.change(id, |queue| {
            queue.waiting.insert((since, dialog));
        });
        id
    }

    /// Takes a dialog out.
    pub(super) fn take(&mut self, id: QueueId, since: Stamp, dialog: DialogId) {
        self.change(id, |queue| {
            queue.waiting.remove(&(since, dialog));
        });
        if self.queues.get(&id).is_some_and(|queue| queue.waiting.is_empty()) {
            self.close(id);
        }
    }

    /// The dialog that has waited longest in a queue that may find somebody.
    pub(super) fn hottest(&self) -> Option<(DialogId, QueueId)> {
        self.heads.first().map(|(_, dialog, queue)| (*dialog, *queue))
    }

    /// What its dialogs have in common.
    pub(super) fn key(&self, id: QueueId) -> Option<&QueueKey> {
        self.queues.get(&id).map(|queue| &queue.key)
    }

    /// Nobody can be found for it: it is left alone until something changes.
    pub(super) fn stick(&mut self, id: QueueId) {
        self.change(id, |queue| queue.stuck = true);
    }

    /// Somebody more has room for these needs.
    pub(super) fn wake_needs(&mut self, needs: &[NeedId]) {
        for need in needs {
            let queues: Vec<_> = self.of_need.get(need).into_iter().flatten().copied().collect();
            queues.into_iter().for_each(|id| self.wake(id));
        }
    }

    /// Something about this operator has changed: what waits for him alone may find him.
    pub(super) fn wake_person(&mut self, person: OperatorId) {
        let queues: Vec<_> = self.of_person.get(&person).into_iter().flatten().copied().collect();
        queues.into_iter().for_each(|id| self.wake(id));
    }

    fn wake(&mut self, id: QueueId) {
        self.change(id, |queue| queue.stuck = false);
    }

    /// Changes a queue, and keeps its place among the heads true.
    fn change(&mut self, id: QueueId, change: impl FnOnce(&mut Queue)) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        let before = queue.head(id);
        change(queue);
        let after = queue.head(id);
        if before != after {
            if let Some(before) = before {
                self.heads.remove(&before);
            }
            self.heads.extend(after);
        }
    }

    fn open(&mut self, key: QueueKey) -> QueueId {
        let id = QueueId(self.next);
        self.next += 1;
        self.of_need.entry(key.need).or_default().insert(id);
        if let Whom::InPerson(person) = key.whom {
            self.of_person.entry(person).or_default().insert(id);
        }
        self.ids.insert(key.clone(), id);
        self.queues.insert(id, Queue { key, waiting: BTreeSet::new(), stuck: false });
        id
    }

    fn close(&mut self, id: QueueId) {
        let Some(Queue { key, .. }) = self.queues.remove(&id) else { return };
        self.ids.remove(&key);
        if let Some(queues) = self.of_need.get_mut(&key.need) {
            queues.remove(&id);
        }
        if let Whom::InPerson(person) = key.whom
            && let Some(queues) = self.of_person.get_mut(&person)
        {
            queues.remove(&id);
            if queues.is_empty() {
                self.of_person.remove(&person);
            }
        }
    }
}
