//! One item of the outbox with what only memory knows of it.

use super::{Step, kind_of};
use crate::{OutboxItem, OutboxState};
use otklik_model::{MessageKind, Refusal, Tick};

/// What is going on with an item right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its first row is on its way to the disk: nobody was promised anything yet.
    New,
    /// Nothing.
    Resting,
    /// A change of it is on its way to the disk.
    Saving,
    /// The bytes of its file are on their way to the hub.
    Uploading {
        /// So many are there.
        sent: u64,
    },
    /// It was given to the network.
    Flying,
    /// The hub has it; the message's row is on its way to the cache.
    Answered,
    /// A passing failure: it waits.
    Pausing {
        /// Until then.
        until: Tick,
    },
}

/// An item.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// As the disk has it.
    pub(crate) item: OutboxItem,
    /// What is going on.
    pub(crate) stage: Stage,
    /// Whether the hub may have it without our knowing. Only its answer to this very id can tell: events that would show
    /// it may have passed before a restart or been left out, and what was given to a connection that broke may reach
    /// the hub long after the next one has told everything.
    pub(crate) in_doubt: bool,
    /// It came back in the event stream; the rows are on their way to the cache.
    pub(crate) echoed: bool,
    /// The hub has it and the cache knows: the row here has to go.
    pub(crate) landed: bool,
    /// The hub refused it: the row here has to say so.
    pub(crate) refused: Option<Refusal>,
}

impl Entry {
    /// An item as found on disk.
    pub(super) fn restored(item: OutboxItem) -> Self {
        let in_doubt = item.state == OutboxState::Sending;
        Self { item, stage: Stage::Resting, in_doubt, echoed: false, landed: false, refused: None }
    }

    /// Whether it is words rather than a read mark.
    pub(crate) fn is_message(&self) -> bool {
        self.item.op.text().is_some()
    }

    /// Whether the hub may have it.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// What kind of message it becomes.
    pub(crate) fn kind(&self) -> MessageKind {
        kind_of(&self.item.op)
    }

    /// Whether the page shows it as unsent.
    pub(crate) fn is_unsent(&self) -> bool {
        self.is_message() && !self.landed && self.stage != Stage::New
    }

    /// Whether the operator has to see to it.
    pub(crate) fn is_trouble(&self) -> bool {
        match self.item.state {
            OutboxState::Held { .. } | OutboxState::Stuck { .. } | OutboxState::NotTaken { .. } => true,
            OutboxState::Queued | OutboxState::Sending => false,
        }
    }

    /// Whether it can no longer be changed: the hub has it or may have it, or a change is under way.
    pub(crate) fn is_out_of_hand(&self) -> bool {
        let under_way = match self.stage {
            Stage::New | Stage::Saving | Stage::Flying | Stage::Answered => true,
            Stage::Resting | Stage::Uploading { .. } | Stage::Pausing { .. } => false,
        };
        let unknown = self.is_in_doubt() && self.item.state == OutboxState::Sending;
        under_way || unknown || self.echoed || self.landed || self.refused.is_some()
    }

    /// What has to be stored because of what the hub said.
    pub(super) fn due_step(&self) -> Option<Step> {
        let free = match self.stage {
            Stage::Resting | Stage::Uploading { .. } | Stage::Flying | Stage::Answered => true,
            Stage::New | Stage::Saving | Stage::Pausing { .. } => false,
        };
        if !free {
            return None;
        }
        if self.landed {
            return Some(Step::Drop(self.item.client_id));
        }
        let reason = self.refused.clone()?;
        Some(Step::Park(OutboxItem { state: OutboxState::Stuck { reason }, ..self.item.clone() }))
    }
}
