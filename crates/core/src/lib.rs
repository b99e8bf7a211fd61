//! The operator's session as a pure state machine.
//!
//! One [`Session`] per account. The engine feeds it [`Input`]s with the time they happened, drains [`Effect`]s, and
//! wakes it when [`Session::next_wakeup`] says. It does no IO, knows no clock, never blocks and never fails: whatever
//! comes in, it answers with wishes. Sub-machines own their state; `session` only routes.
//!
//! Must not know: tokio, SQLite, sockets, tauri, the time of day, randomness other than the seeded id source.

mod command;
mod effect;
mod input;
mod mutants;
mod outbox_item;
mod saved;
mod session;
mod settings;
mod view;

pub use command::{Command, Query, Receipt, UiError, UiErrorCode};
pub use effect::{AlertSound, CacheWrite, CommitId, Effect, OwnWrite, Popup, PopupTag, ReqId, Writes};
pub use input::{CloseCause, DiskFault, Fetched, Input, LinkInput, SessionInfo, WindowState};
#[cfg(feature = "mutants")]
pub use mutants::Mutant;
pub use outbox_item::{HeldReason, OutboxItem, OutboxOp, OutboxState};
pub use saved::{Account, Draft, Held, Profile, Saved, SavedDialog};
pub use session::{Session, WakeReason};
pub use settings::{Language, Settings, Theme};
pub use view::{
    Answer, AppView, Counts, DialogRow, Gap, LinkView, Notice, RowTone, SearchHit, SendState, SignInError, Snapshot,
    ThreadItem, ThreadPage, Toast, ViewEvent,
};
