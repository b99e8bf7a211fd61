//! How hub processes tell each other that something happened.
//!
//! A notice says only "workspace W has reached n": the log is the truth, so a lost notice costs time, never an event.
//! Whispers (drafts, typing) are all they are: a lost one is lost.
//!
//! Must not know: the database, sockets.

mod across;
#[cfg(test)]
pub mod conformance;
mod in_process;

pub use across::Across;
pub use in_process::InProcess;

use crate::desk::Standing;
use crate::store::TokenHash;
use otklik_model::{CustomerId, DialogId, OperatorId, Seq, SessionId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::broadcast;
use uuid::Uuid;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The log of a workspace has come this far.
    Reached(WorkspaceId, Seq),
    /// Something that is not kept.
    Whisper(WorkspaceId, Arc<Whisper>),
}

/// Something that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "whisper", rename_all = "snake_case")]
pub enum Whisper {
    /// A customer's unfinished text.
    Draft {
        /// Where.
        dialog: DialogId,
        /// Decides who may see it.
        standing: Standing,
        /// The dialog stood so since this position.
        rev: Seq,
        /// The text; `None` when sent or cleared.
        text: Option<String>,
    },
    /// An operator has a dialog before him, or not any more. His colleagues hear of it, never a customer.
    Looks(Looks),
    /// An operator sits before a workplace, or not any more. His other workplaces hear of it.
    Focused(Focused),
    /// An operator's own ready answers are others now.
    Templates {
        /// Whose.
        of: OperatorId,
    },
    /// A session has another token in use. Whoever does not hear of it notices when it wants to offer one.
    TokenTaken {
        /// Which.
        session: SessionId,
        /// The token.
        token: TokenHash,
    },
    /// An operator writes, or stopped.
    Typing {
        /// To whom.
        customer: CustomerId,
        /// His name.
        name: String,
        /// Writing or not.
        on: bool,
    },
}

/// Who has a dialog before him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looks {
    /// Where.
    pub dialog: DialogId,
    /// Decides who may hear of it.
    pub standing: Standing,
    /// The dialog stood so since this position.
    pub rev: Seq,
    /// Who.
    pub by: OperatorId,
    /// Has it before him.
    pub here: bool,
    /// Writes in it.
    pub writes: bool,
    /// Has just come: whoever is there already says so.
    pub comes: bool,
}

/// Which workplace an operator sits before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Focused {
    /// Who.
    pub by: OperatorId,
    /// The workplace, by its connection.
    pub connection: Uuid,
    /// He sits before it.
    pub on: bool,
    /// Has just come: his others say how they stand.
    pub comes: bool,
}

/// The hub processes of one installation. Publishing never waits and never fails.
pub trait Bus: Send + Sync + 'static {
    /// Tells everybody, this process included. How far a log has come others may have to look up themselves.
    fn publish(&self, notice: Notice);
    /// Listens from now on. A listener that falls behind misses notices, and is told how many.
    fn subscribe(&self) -> broadcast::Receiver<Notice>;
}
