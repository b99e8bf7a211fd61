//! The contract with a page: three calls and one stream for each account, the same over tauri's bridge and over the dev
//! socket.

use crate::{CoverCommand, CoverView, MachineCommand, MachineView, PolicyView, SeatsCommand};
use otklik_core::{AlertSound, Answer, AppView, Command, Query, Snapshot, ViewEvent};
use otklik_model::{DialogId, FileId, StagedId};
use serde::{Deserialize, Serialize};

/// What a page asks to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageCommand {
    /// Of the session.
    Session {
        /// What.
        command: Command,
    },
    /// Of the workplace around it.
    App {
        /// What.
        command: AppCommand,
    },
    /// With the bytes of files.
    File {
        /// What.
        command: FileCommand,
    },
    /// With the accounts of this machine.
    Seats {
        /// What.
        command: SeatsCommand,
    },
}

/// What a page asks to be done with the bytes of files. They go in parts through the same calls as everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum FileCommand {
    /// Stage a part of a file that the operator chose: the one that begins at this byte. The first one begins the file.
    Stage {
        /// A new id, made by the page.
        file: StagedId,
        /// How many bytes came before.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        at: u64,
        /// The bytes in base64, at most 256 KiB of them.
        part: String,
    },
    /// That was all of it: into the tray of this dialog. It is kept when this is answered.
    Attach {
        /// Which.
        file: StagedId,
        /// Where.
        dialog: DialogId,
        /// Its name on the operator's machine.
        name: String,
    },
    /// It is not wanted any more, before it was attached.
    Forget {
        /// Which.
        file: StagedId,
    },
    /// Save the file of a message among the operator's downloads; the receipt's text says where it is.
    Save {
        /// Which.
        file: FileId,
        /// Its name.
        name: String,
        /// Also if it is of a kind that does something when it is opened.
        sure: bool,
    },
}

/// What a page asks of the workplace itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum AppCommand {
    /// Answer the passphrase screen.
    Unlock {
        /// The passphrase.
        passphrase: String,
    },
    /// Sign in to a hub.
    SignIn {
        /// Its address, such as `https://hub.example`.
        address: String,
        /// Login.
        login: String,
        /// Password.
        password: String,
    },
    /// Run a desk of one's own on this machine.
    UseLocalDesk,
    /// Sign out and forget the token; what is unsent stays on this machine for the next sign-in.
    SignOut {
        /// Keep the present status, and go on being given dialogs; otherwise the hub sets it to offline.
        stay_online: bool,
    },
    /// Try the step that failed again ([`AppView::Broken`]).
    TryAgain,
    /// Open a link in the system's browser, after the operator saw its host ([`PageQuery::Link`]).
    OpenLink {
        /// The link as it stands in the message.
        url: String,
    },
    /// Play a class of alerts with a sound of the operator's own; ours again without one.
    UseSound {
        /// Which class.
        sound: AlertSound,
        /// What the operator calls the file.
        name: String,
        /// The file in base64, two mebibytes at most; none: ours.
        file: Option<String>,
    },
    /// Open the customers' page of the local desk in the system's browser.
    OpenCustomerPage,
    /// Show a dialog in a window of its own, or bring the one it has to the front.
    OpenOwnWindow {
        /// Which.
        dialog: DialogId,
    },
    /// Close a dialog's own window.
    CloseOwnWindow {
        /// Which.
        dialog: DialogId,
    },
    /// Make the main window a narrow strip that stays above the others, or what it was before.
    Compact {
        /// A strip.
        on: bool,
    },
    /// Something of the machine.
    Machine {
        /// What.
        command: MachineCommand,
    },
    /// Something of the cover over all accounts.
    Cover {
        /// What.
        command: CoverCommand,
    },
    /// Save the settings as a file among the operator's downloads; the receipt's text says where it is.
    ExportSettings,
    /// Take over the settings of a file, whole or not at all.
    ImportSettings {
        /// What is in it.
        file: String,
    },
    /// The window's state as a browser page knows it. Ignored from the desktop window, whose shell knows better.
    Window {
        /// Has the keyboard.
        focused: bool,
        /// Cannot be seen.
        hidden: bool,
    },
}

/// What a page asks to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageQuery {
    /// Of the session's store.
    Session {
        /// What.
        query: Query,
    },
    /// Where a link really leads.
    Link {
        /// The link as it stands in the message.
        url: String,
    },
    /// Which devices could play sounds.
    SoundDevices,
    /// The bytes of a sound or a film, for a view that plays nothing from the files' addresses.
    Played {
        /// Whose file it is and which, as in its address: `file/ID` or `staged/ID`.
        file: String,
        /// How many bytes came before.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        from: u64,
    },
    /// Which words of a text are spelt wrong.
    Spelling {
        /// The text.
        text: String,
    },
    /// What may have been meant by a word.
    Suggestions {
        /// The word.
        word: String,
    },
    /// How the main window stands.
    Windows,
    /// How the machine stands, and what its administrator has laid down.
    Machine,
    /// What opens the cover.
    Cover,
}

/// The answer to a [`PageQuery`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageAnswer {
    /// Of the session's store.
    Session {
        /// The answer.
        answer: Answer,
    },
    /// About a link.
    Link {
        /// `None` for a link that is never opened.
        check: Option<LinkCheck>,
    },
    /// Which devices could play sounds.
    SoundDevices {
        /// The system's names of them.
        names: Vec<String>,
    },
    /// A part of a sound or a film.
    Played {
        /// Its media type.
        media: String,
        /// The bytes in base64.
        part: String,
        /// Of how many bytes it is a part.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        size: u64,
    },
    /// Which words are spelt wrong.
    Spelling {
        /// The page's own view checks what is written in it: nothing is looked up here.
        by_view: bool,
        /// They, in order.
        words: Vec<WrongWord>,
    },
    /// What may have been meant.
    Suggestions {
        /// The likeliest first.
        words: Vec<String>,
    },
    /// How the main window stands.
    Windows {
        /// `None`: this page is not in windows of ours, and neither strip nor more windows can be had.
        windows: Option<WindowsView>,
    },
    /// How the machine stands.
    Machine {
        /// `None` for a page in a browser.
        machine: Option<MachineView>,
        /// What its administrator has laid down.
        policy: Option<PolicyView>,
    },
    /// About the cover.
    Cover {
        /// All of it.
        cover: CoverView,
    },
}

/// A word that is spelt wrong, in UTF-16 units of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WrongWord {
    /// Its first unit.
    pub from: u32,
    /// The unit behind it.
    pub to: u32,
}

/// What the shell can tell a page of its windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WindowsView {
    /// The main window is a narrow strip.
    pub compact: bool,
}

/// What a page is told, without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "push", rename_all = "snake_case")]
pub enum Push {
    /// Which screen to show. The first push of a subscription.
    App {
        /// The screen.
        view: AppView,
    },
    /// Draw everything anew: the first push of a session, and whenever the page was too slow to be told each change.
    Snapshot {
        /// Everything.
        snapshot: Box<Snapshot>,
    },
    /// What changed since the last push, in order.
    Events {
        /// The changes.
        events: Vec<ViewEvent>,
    },
    /// How the machine stands now.
    Machine {
        /// All of it.
        machine: MachineView,
    },
}

/// A link after inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkCheck {
    /// The host that will be reached, in Unicode where it is plain and in punycode where scripts are mixed; the
    /// address for `mailto:` and `tel:`.
    pub host: String,
    /// The whole address that will be opened.
    pub url: String,
    /// Codes of what is odd: `mixed_scripts`, `userinfo`, `not_encrypted`, `bidi`.
    pub warnings: Vec<String>,
}

/// How much a push weighs in a page's queue: its rows and items.
pub(crate) fn push_weight(push: &Push) -> usize {
    match push {
        Push::App { .. } | Push::Machine { .. } => 1,
        Push::Snapshot { snapshot } => 1 + snapshot.rows.len(),
        Push::Events { events } => events.iter().map(event_weight).sum(),
    }
}

/// How much one event weighs.
pub(crate) fn event_weight(event: &ViewEvent) -> usize {
    match event {
        ViewEvent::Rows { rows } => rows.len(),
        ViewEvent::Thread { items, gone, .. } => items.len() + gone.len(),
        ViewEvent::RowsGone { dialogs } => dialogs.len(),
        ViewEvent::Directory { operators, channels } => operators.len() + channels.len(),
        ViewEvent::Handbook { handbook } => handbook.templates.len(),
        ViewEvent::GapFilled { .. }
        | ViewEvent::DraftChanged { .. }
        | ViewEvent::Typing { .. }
        | ViewEvent::Colleagues { .. }
        | ViewEvent::Link { .. }
        | ViewEvent::Clock { .. }
        | ViewEvent::Counts { .. }
        | ViewEvent::Me { .. }
        | ViewEvent::Settings { .. }
        | ViewEvent::Muted { .. }
        | ViewEvent::Toast { .. }
        | ViewEvent::Fetching { .. }
        | ViewEvent::Notices { .. }
        | ViewEvent::OpenDialog { .. }
        | ViewEvent::OwnWindows { .. }
        | ViewEvent::LinkFollowed { .. } => 1,
    }
}
