//! The operator's session as a pure state machine.
//!
//! One [`Session`] per account. The engine feeds it [`Input`]s with the time they happened, drains [`Effect`]s, and
//! wakes it when [`Session::next_wakeup`] says. It does no IO, knows no clock, never blocks and never fails: whatever
//! comes in, it answers with wishes. Sub-machines own their state; `session` only routes.
//!
//! Must not know: tokio, SQLite, sockets, tauri, the time of day, randomness other than the seeded id source.

mod alerts;
mod batch;
mod blocks;
mod board;
mod clock;
mod command;
mod company;
mod deed;
mod dialog_link;
mod disk;
mod effect;
mod history;
mod ids;
mod input;
mod link;
mod local;
mod lookups;
mod mirror;
mod mutants;
mod outbox;
mod outbox_item;
mod requests;
mod row;
mod saved;
mod section;
mod session;
mod settings;
mod settings_file;
mod staged;
mod sync;
mod term;
mod thread;
mod view;

pub use command::{Command, Query, Receipt, SearchOrder, UiError, UiErrorCode};
pub use deed::Deed;
pub use dialog_link::DialogLink;
pub use effect::{AlertSound, CacheWrite, CommitId, Effect, OwnWrite, Popup, PopupTag, ReqId, Said, Writes};
pub use input::{CloseCause, DiskFault, Fetched, Input, LinkInput, SessionInfo, Surroundings, Upload, WindowState};
#[cfg(feature = "mutants")]
pub use mutants::Mutant;
pub use outbox_item::{HeldReason, OutboxItem, OutboxOp, OutboxState, Uploaded};
pub use saved::{Account, Draft, Held, Profile, Saved, SavedDialog};
pub use session::{NextDialog, NextWhy, Session, Standing, WakeReason};
pub use settings::{
    AlertWhen, KeyChoice, Language, OwnSound, PageChoices, QuietHours, SavedView, Settings, SoundClass, Theme,
};
pub use settings_file::SettingsFileTrouble;
pub use staged::{FileTrouble, StagedFile, TrayFile};
pub use term::Term;
pub use view::{
    Answer, AppView, CardEdit, Colleague, Counts, CoverKey, DialogRow, Gap, LinkView, Notice, OfferEnd, PresetServer,
    RowTone, SendState, SignInError, Snapshot, ThreadItem, ThreadPage, Toast, ViewEvent,
};
