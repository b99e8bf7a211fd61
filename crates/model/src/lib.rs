//! The words of the domain.
//!
//! Plain values with serde, shared by the hub, its protocol and the operator's core. This crate knows
//! no clock, no network, no database and no window. Whatever a newer hub may say that this build has
//! never heard of decodes to an `Unknown` variant instead of failing, so that an old client degrades
//! to showing less, never to showing nothing.

mod availability;
mod change;
mod contact;
mod customer;
mod dialog;
mod handbook;
mod ids;
mod journey;
mod limits;
mod lookup;
mod message;
mod op;
mod operator;
mod person;
mod spot;
mod text;
mod time;

pub use availability::Availability;
pub use change::{Change, GoneReason};
pub use contact::{ContactField, FieldFault, FieldKind};
pub use customer::{Block, Channel, Customer, Page, Particulars, Transport};
pub use dialog::{
    Awaiting, Can, CloseReason, Denied, Dialog, DialogState, Hold, ORDINARY_WEIGHT, OnlineState, Presence, Rating,
    Section,
};
pub use handbook::{
    BotEntry, CategoryEntry, ChannelEntry, DepartmentEntry, Handbook, OwnTemplate, StatusEntry, TeamEntry,
    TemplateEntry, Words,
};
pub use ids::{
    CategoryKey, ChannelId, ClientId, CustomerId, DepartmentKey, DialogId, FileId, KeyError, MessageId, OperatorId,
    RoleKey, SessionId, StagedId, StatusKey, TeamKey, WorkspaceId,
};
pub use journey::{Journey, MAX_PAGES, PageVisit, Place, PlaceName};
pub use limits::{FileLimits, Limits, MAX_DRAFT_CHARS, MAX_TEXT_CHARS, takes_media};
pub use lookup::{Alike, Found, Lookup, MessageSearch, SearchHit, Slip};
pub use message::{Attachment, Author, Details, FileState, Message, MessageKind, Preview, Quote, Says};
pub use op::{CustomerEdit, Op, Outcome, Refusal, Stored, TransferTarget};
pub use operator::{Day, Load, Operator, OperatorStatus, Right, Rights, SetBy, Shift};
pub use person::{Candidate, Identity, MOST_IDENTITIES, Side, Union};
pub use spot::{MAX_SPOT_TITLE_CHARS, Spot, SpotError};
pub use text::{TextError, check_text, clean_name, excerpt, is_emoji};
pub use time::{Cursor, Now, Seq, Stamp, Tick};
