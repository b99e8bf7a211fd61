//! What the page shows: rows already decided, nothing left to infer.

mod card;
mod counts;
mod sign_in;
mod toast;

pub use card::CardEdit;
pub use counts::Counts;
pub use sign_in::{PresetServer, SignInError};
pub use toast::{OfferEnd, Toast};

use crate::{DiskFault, FileTrouble, HeldReason, Settings, StagedFile};
use otklik_model::{
    Alike, Author, Can, CategoryKey, Channel, ClientId, DepartmentKey, Details, DialogId, DialogState, FileId,
    Handbook, Hold, Limits, MessageKind, Operator, OperatorId, Page, Particulars, Presence, Preview, Quote, Rating,
    Refusal, Rights, SearchHit, Section, Stamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which screen the workplace is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum AppView {
    /// Opening stores, finding the hub.
    Starting,
    /// There is no keychain: a passphrase protects the store instead.
    Passphrase {
        /// First time: choose one. Otherwise: enter it.
        new: bool,
        /// The last one was wrong.
        wrong: bool,
        /// No other one counts for so many seconds.
        wait_s: u32,
    },
    /// The store cannot be used, and what to do about it.
    Broken {
        /// A code the page has words for: `newer_version`, `read_only`, `full`, `io`, `damaged`, `already_running`,
        /// `no_locks` (nobody can be kept out of the folder), `keychain_locked`, `keychain_absent` (there is none here, and what the folder holds was made
        /// with one), `key_missing` (the store is there, its key is not), `policy` (the administrator's file cannot be
        /// obeyed).
        code: String,
        /// The folder or file concerned; with `policy` also what is wrong in it.
        path: String,
    },
    /// Sign in to a hub.
    SignIn {
        /// The address tried last.
        address: Option<String>,
        /// The login tried last.
        login: Option<String>,
        /// Why the last try failed, or why there has to be another.
        error: Option<SignInError>,
        /// A try is under way.
        busy: bool,
        /// This machine can run a desk of its own.
        local_desk: bool,
        /// Hubs to choose from, as the administrator has laid down.
        servers: Vec<PresetServer>,
        /// No others than these.
        only_these: bool,
    },
    /// The workplace itself; a [`Snapshot`] follows.
    Workplace,
    /// The workplace under its cover: nothing of it is told before somebody opens it again.
    Covered {
        /// What opens it.
        by: CoverKey,
        /// The last try was wrong.
        wrong: bool,
        /// No other try counts for so many seconds.
        wait_s: u32,
    },
}

/// What opens a covered workplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CoverKey {
    /// A click, or any key: the system has asked who is there.
    Press,
    /// The code that the operator has set for it.
    Code,
    /// The passphrase of the vault.
    Passphrase,
}

/// Everything the page needs to draw itself anew. Later [`ViewEvent`]s with a higher `rev` change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Snapshot {
    /// Oneself.
    pub me: Operator,
    /// The centre's name.
    pub desk: String,
    /// What one may do.
    pub rights: Rights,
    /// What the hub accepts.
    pub limits: Limits,
    /// One has signed in, and is to say with which status one begins.
    pub asks_status: bool,
    /// The connection.
    pub link: LinkView,
    /// By how many milliseconds the hub's clock is ahead of this machine's: whatever the hub stamped is shown by it.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ahead_ms: i64,
    /// Sums.
    pub counts: Counts,
    /// Colleagues.
    pub operators: Vec<Operator>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// What the centre keeps ready: departments, categories, statuses, bots, templates.
    pub handbook: Handbook,
    /// Settings.
    pub settings: Settings,
    /// The dialog that is open.
    pub open: Option<DialogId>,
    /// Who else has the dialogs of the windows before him, by dialog.
    pub colleagues: BTreeMap<DialogId, Vec<Colleague>>,
    /// Dialogs that have windows of their own.
    pub own_windows: Vec<DialogId>,
    /// The dialog that a link of another program asks to open.
    pub asked_for: Option<DialogId>,
    /// Rows that a first screen shows; the rest follows as [`ViewEvent::Rows`].
    pub rows: Vec<DialogRow>,
    /// What stands in the way, if anything.
    pub notices: Vec<Notice>,
    /// Until when nothing sounds, by this machine's clock; `None`: sounds are not muted.
    pub muted_until: Option<Stamp>,
}

/// A colleague who has a dialog before him too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Colleague {
    /// Who.
    pub id: OperatorId,
    /// His name.
    pub name: String,
    /// Writes there, and does not only read.
    pub writes: bool,
}

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ViewEvent {
    /// Rows are new or changed; of two versions the one with the higher `rev` is kept.
    Rows {
        /// The rows.
        rows: Vec<DialogRow>,
    },
    /// Rows left.
    RowsGone {
        /// Which.
        dialogs: Vec<DialogId>,
    },
    /// Items of the open thread are new or changed, by `key`.
    Thread {
        /// Whose thread.
        dialog: DialogId,
        /// The items.
        items: Vec<ThreadItem>,
        /// Keys that left (a cancelled message).
        gone: Vec<String>,
    },
    /// Messages of this dialog in the cache are new, or their marks moved, in a stretch that the page may show or have
    /// shown as a gap: read the thread again where it overlaps.
    GapFilled {
        /// Whose thread.
        dialog: DialogId,
        /// First number.
        from: u32,
        /// Last number.
        to: u32,
    },
    /// Words were put behind a dialog's unfinished text, and not by its composer: whoever has that text in a field puts
    /// them behind what stands there.
    DraftChanged {
        /// Where.
        dialog: DialogId,
        /// The words.
        added: String,
    },
    /// The customer's unfinished text.
    Typing {
        /// Where.
        dialog: DialogId,
        /// `None`: stopped.
        text: Option<String>,
    },
    /// Who else has a dialog before him that a window shows.
    Colleagues {
        /// Which dialog.
        dialog: DialogId,
        /// All of them.
        here: Vec<Colleague>,
    },
    /// The connection.
    Link {
        /// Its state.
        link: LinkView,
    },
    /// The hub's clock is ahead of this machine's by another amount than was said.
    Clock {
        /// Milliseconds.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        ahead_ms: i64,
    },
    /// Sums.
    Counts {
        /// The sums.
        counts: Counts,
    },
    /// Oneself, one's rights or limits.
    Me {
        /// Oneself.
        me: Operator,
        /// The centre's name.
        desk: String,
        /// What one may do.
        rights: Rights,
        /// What the hub accepts.
        limits: Limits,
        /// One has signed in, and is to say with which status one begins.
        asks_status: bool,
    },
    /// Colleagues and channels.
    Directory {
        /// Colleagues.
        operators: Vec<Operator>,
        /// Channels.
        channels: Vec<Channel>,
    },
    /// What the centre keeps ready.
    Handbook {
        /// All of it.
        handbook: Box<Handbook>,
    },
    /// Settings.
    Settings {
        /// All of them.
        settings: Settings,
    },
    /// Sounds were muted, or they are not any more.
    Muted {
        /// Until when, by this machine's clock; `None`: they sound again.
        until: Option<Stamp>,
    },
    /// A short word that goes away by itself.
    Toast {
        /// What.
        toast: Toast,
    },
    /// So much of a message's file has been fetched.
    Fetching {
        /// Which file.
        file: FileId,
        /// Bytes.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        got: u64,
    },
    /// What stands in the way now; replaces the earlier list.
    Notices {
        /// All of it.
        notices: Vec<Notice>,
    },
    /// Open this dialog: a notification was clicked, or it was accepted.
    OpenDialog {
        /// Which.
        dialog: DialogId,
    },
    /// Dialogs got or lost windows of their own.
    OwnWindows {
        /// All that have one.
        dialogs: Vec<DialogId>,
    },
    /// A link of another program leads to a dialog: ask whether to open it.
    LinkFollowed {
        /// Which; `None`: nothing is asked any more.
        dialog: Option<DialogId>,
    },
}

/// A word that stays until its cause is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// The disk refuses: what is written now cannot be kept.
    Disk {
        /// How.
        fault: DiskFault,
    },
    /// The hub speaks only older versions.
    HubTooOld,
    /// The hub speaks only newer versions.
    HubTooNew,
    /// The hub's certificate is not trusted.
    Certificate,
    /// The cache was damaged and is being fetched again; nothing written here was lost.
    CacheRebuilt,
    /// The file of what was written here was damaged; what could be read of it was saved.
    OwnSalvaged {
        /// Where the damaged file is kept; `None`: it was gone.
        kept: Option<String>,
        /// Unsent messages saved.
        messages: u32,
        /// Unfinished texts saved.
        drafts: u32,
        /// So many of the newest changes are known to be missing.
        lost: u32,
        /// Some rows may be missing.
        incomplete: bool,
    },
}

/// The connection, as the line at the bottom says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum LinkView {
    /// Live and caught up.
    Live {
        /// When the hub last confirmed the position.
        synced_at: Stamp,
    },
    /// Connecting.
    Connecting,
    /// Connected, receiving what was missed.
    CatchingUp,
    /// No connection.
    Down {
        /// Since when.
        since: Stamp,
        /// When the next try is; `None`: not before the operator acts.
        retry_at: Option<Stamp>,
    },
}

/// How a row is marked: colour and shape in the page, one per state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RowTone {
    /// Nobody has it.
    Waiting,
    /// Nobody has it and the customer has left.
    Offline,
    /// Mine, the customer waits.
    MineUnanswered,
    /// Mine, I wrote last.
    MineAnswered,
    /// A colleague's.
    Others,
    /// Closed.
    Closed,
}

/// A dialog as the list, the header and the card show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DialogRow {
    /// Which.
    pub id: DialogId,
    /// Grows with each version of any row.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub rev: u64,
    /// The dialog's number.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub number: u64,
    /// The customer's name; `None` if made up by the hub (shown as "Customer" and `customer_number`).
    pub name: Option<String>,
    /// The hub's number of the customer.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub customer_number: u64,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// The browser's language.
    pub language: Option<String>,
    /// The channel's name.
    pub channel: String,
    /// Where it stands.
    pub state: DialogState,
    /// How it is marked.
    pub tone: RowTone,
    /// Where it stands; Open lists besides whatever is not over, All everything.
    pub section: Section,
    /// Rows of a section by this, ascending (who waits longest first); Open and All by `active_at`, descending.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sort: i64,
    /// When something last happened in it.
    pub active_at: Stamp,
    /// Since when the customer has waited for an answer.
    pub waiting_since: Option<Stamp>,
    /// Messages of the customer that are unread, with what was read here and not yet told to the hub.
    pub unread: u32,
    /// The newest line (of the hub or written here).
    pub last: Option<Preview>,
    /// Whether the newest line is one's own.
    pub last_mine: bool,
    /// The customer's unfinished text.
    pub typing: Option<String>,
    /// Whether the page is open.
    pub presence: Presence,
    /// Who leads it.
    pub assignee: Option<String>,
    /// There is an unfinished text here, or a file that was chosen and not sent.
    pub draft: bool,
    /// Messages written here and not yet on the hub.
    pub unsent: u32,
    /// One of them failed or waits for the operator's word.
    pub unsent_trouble: bool,
    /// The page the customer is on.
    pub page: Option<Page>,
    /// When it began.
    pub created_at: Stamp,
    /// Number of the newest message.
    pub last_seq: u32,
    /// The operator has read up to here.
    pub read_upto: u32,
    /// Until when an offer stands.
    pub offer_until: Option<Stamp>,
    /// That it was put off.
    pub hold: Option<Hold>,
    /// The department's key.
    pub department: Option<DepartmentKey>,
    /// The category's key.
    pub category: Option<CategoryKey>,
    /// What it is about.
    pub subject: Option<String>,
    /// The dialog's tags.
    pub tags: Vec<String>,
    /// It is one of a flood: it waits behind all others and calls nobody, until somebody takes it or sends it on.
    pub suspicious: bool,
    /// What most customers do not have.
    pub particulars: Particulars,
    /// Changes of the card that were made here and are not in this row yet, in order.
    pub card: Vec<CardEdit>,
    /// The bot that leads it or led it last.
    pub bot: Option<String>,
    /// What the customer thought of it, for whoever may see that.
    pub rating: Option<Rating>,
    /// When it was closed.
    pub closed_at: Option<Stamp>,
    /// I lead it, or led it last.
    pub led_by_me: bool,
    /// What may be done now, and why not.
    pub can: Can,
    /// Words to the customer can be changed over its channel; notes always can.
    pub rewords: bool,
    /// What was said to the customer can be taken back over its channel; notes always can.
    pub takes_back: bool,
    /// Kinds of messages that an answer can name over its channel.
    pub quotes: Vec<MessageKind>,
}

/// How far an own message has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SendState {
    /// On disk, waits for the connection or for its turn.
    Queued,
    /// Its file is on its way to the hub.
    Uploading {
        /// Bytes that are there.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        sent: u64,
    },
    /// Given to the network.
    Sending,
    /// A passing failure: again at this time.
    Waiting {
        /// When.
        until: Stamp,
    },
    /// The hub has it.
    Sent,
    /// The customer's page has it.
    Delivered,
    /// The customer has seen it.
    Read,
    /// The operator has to decide.
    Held {
        /// Why.
        reason: HeldReason,
    },
    /// The hub refused it.
    Failed {
        /// Why.
        reason: Refusal,
    },
    /// Its file cannot be sent.
    NotTaken {
        /// Why.
        why: FileTrouble,
    },
}

/// One line of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ThreadItem {
    /// The same from Enter to read: the client id where there is one, else the hub's id.
    pub key: String,
    /// Number in the dialog; `None` while unsent.
    pub seq: Option<u32>,
    /// Unsent items come after all numbered ones, by this.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub order: Option<u64>,
    /// What it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// Written by this operator.
    pub mine: bool,
    /// The words; for `system` a code and a name.
    pub text: String,
    /// When it was stored by the hub, or written here.
    pub at: Stamp,
    /// What only some messages have: a file, a quote, the marks of an edit or a deletion.
    pub details: Details,
    /// For own messages.
    pub send: Option<SendState>,
    /// The client id, for resend, edit, cancel.
    pub client_id: Option<ClientId>,
    /// Of two versions the higher one is kept.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub rev: u64,
}

/// Messages that the hub has and this machine does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Gap {
    /// First number.
    pub from: u32,
    /// Last number.
    pub to: u32,
}

/// A page of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ThreadPage {
    /// Whose.
    pub dialog: DialogId,
    /// Oldest first; on the newest page the unsent ones last.
    pub items: Vec<ThreadItem>,
    /// Missing stretches inside or directly below the page, and above it on the newest page.
    pub gaps: Vec<Gap>,
    /// There are older messages in the cache.
    pub older: bool,
    /// There are newer messages than this page in the cache.
    pub newer: bool,
}

/// The answer to a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// To `Thread` and `Around`.
    Thread {
        /// The page.
        page: ThreadPage,
    },
    /// To `Search`.
    Hits {
        /// In the order asked for.
        hits: Vec<SearchHit>,
        /// There are more.
        more: bool,
        /// What is found by words like these, where they themselves find nothing, or next to nothing.
        alike: Option<Alike>,
    },
    /// To `Draft`.
    Draft {
        /// The text, empty if none.
        text: String,
        /// Whether the composer is in note mode.
        note: bool,
        /// The message that the text answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<Quote>,
        /// Files that were chosen and not sent.
        files: Vec<StagedFile>,
    },
}
