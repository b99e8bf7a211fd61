//! Commits on their way to the disk, and what waits for them. While a commit is in flight nothing of it shows.
//!
//! Knows who waits for which commit and how each database fares; must not know what the writes mean.

use crate::{CommitId, DiskFault, OwnWrite, Receipt, ReqId};
use otklik_model::ClientId;
use std::collections::BTreeMap;

/// Why something is written to own.db, and so what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The operator asked for it and is answered.
    Command {
        /// His request.
        req: ReqId,
        /// The answer once it is durable.
        receipt: Receipt,
        /// The outbox items it makes or changes: untouchable meanwhile.
        items: Vec<ClientId>,
    },
    /// A message may go to the network afterwards.
    Send(ClientId),
    /// An item is parked or leaves.
    Settle(ClientId),
    /// Alerts are remembered: nothing waits for it.
    Note,
}

/// A commit of own.db on its way.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// What it writes; memory follows when it is durable.
    pub(crate) writes: Vec<OwnWrite>,
    /// What follows.
    pub(crate) purpose: Purpose,
}

/// The two databases as seen from here.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    last_id: u64,
    own: BTreeMap<CommitId, Pending>,
    own_fault: Option<DiskFault>,
    cache_fault: Option<DiskFault>,
}

impl Disk {
    /// Numbers a commit.
    pub(crate) fn next_id(&mut self) -> CommitId {
        self.last_id += 1;
        CommitId(self.last_id)
    }

    /// A commit of own.db is on its way.
    pub(crate) fn start_own(&mut self, writes: Vec<OwnWrite>, purpose: Purpose) -> CommitId {
        let id = self.next_id();
        self.own.insert(id, Pending { writes, purpose });
        id
    }

    /// A commit of own.db is over, one way or the other.
    pub(crate) fn take_own(&mut self, id: CommitId) -> Option<Pending> {
        self.own.remove(&id)
    }

    /// How own.db fared last.
    pub(crate) fn set_own(&mut self, fault: Option<DiskFault>) {
        self.own_fault = fault;
    }

    /// How cache.db fared last.
    pub(crate) fn set_cache(&mut self, fault: Option<DiskFault>) {
        self.cache_fault = fault;
    }

    /// What the operator has to know, if a disk refuses.
    pub(crate) fn fault(&self) -> Option<DiskFault> {
        self.own_fault.or(self.cache_fault)
    }
}
