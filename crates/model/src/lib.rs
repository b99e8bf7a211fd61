//! The words of the domain.
//!
//! Plain values with serde, shared by the hub, its protocol and the operator's core. This crate knows
//! no clock, no network, no database and no window. Whatever a newer hub may say that this build has
//! never heard of decodes to an `Unknown` variant instead of failing, so that an old client degrades
//! to showing less, never to showing nothing.

mod change;
mod customer;
mod dialog;
mod ids;
mod limits;
mod message;
mod op;
mod operator;
mod text;
mod time;

pub use change::{Change, GoneReason};
pub use customer::{Channel, Customer, Page, Transport};
pub use dialog::{Awaiting, Can, CloseReason, Denied, Dialog, DialogState, OnlineState, Presence, Section};
pub use ids::{ChannelId, ClientId, CustomerId, DialogId, MessageId, OperatorId, SessionId, WorkspaceId};
pub use limits::{Limits, MAX_DRAFT_CHARS, MAX_TEXT_CHARS};
pub use message::{Author, Message, MessageKind, Preview};
pub use op::{Op, Outcome, Refusal, Stored, TransferTarget};
pub use operator::{Operator, OperatorStatus, Right, Rights};
pub use text::{TextError, check_text, clean_name, excerpt};
pub use time::{Cursor, Now, Seq, Stamp, Tick};
