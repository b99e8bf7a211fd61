//! What the page may ask.

use crate::{AlertSound, Deed, DiskFault, FileTrouble, OwnSound, Settings, SettingsFileTrouble, StagedFile};
use otklik_model::{
    ClientId, CustomerEdit, Denied, DialogId, Found, Lookup, MessageSearch, OperatorId, OperatorStatus, OwnTemplate,
    Quote, Refusal, StagedId, StatusKey, TransferTarget,
};
use serde::{Deserialize, Serialize};

/// Something the operator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Show this dialog's thread, or none. Its thread events follow.
    Open {
        /// Which.
        dialog: Option<DialogId>,
    },
    /// Bring a dialog up where it belongs, as a click on its notification does: asked by a window that shows another one.
    BringUp {
        /// Which.
        dialog: DialogId,
    },
    /// Do not follow the link of another program that was asked about. Opening its dialog is the other answer.
    DropLink,
    /// Write to the customer. Clears the draft.
    SendText {
        /// Where.
        dialog: DialogId,
        /// The words.
        text: String,
        /// The message of the same dialog that they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<Quote>,
    },
    /// Write to the customer from beside the composer, as from a notification: what stands in the composer stays.
    Reply {
        /// Where.
        dialog: DialogId,
        /// The words.
        text: String,
        /// Whoever answers has read everything up to here.
        read: bool,
    },
    /// Write for operators only. Clears the draft.
    SendNote {
        /// Where.
        dialog: DialogId,
        /// The words.
        text: String,
    },
    /// The same beside what is being written: whoever is given the dialog is told something. The draft stays.
    LeaveNote {
        /// Where.
        dialog: DialogId,
        /// The words.
        text: String,
    },
    /// Put a file whose bytes are staged into a dialog's tray.
    Attach {
        /// Where.
        dialog: DialogId,
        /// The file.
        file: StagedFile,
    },
    /// Take a file out of its tray.
    Detach {
        /// Which.
        file: StagedId,
    },
    /// Send files of a dialog's tray to the customer, in this order, each as a message. Clears the draft.
    SendFiles {
        /// Where.
        dialog: DialogId,
        /// Which.
        files: Vec<StagedId>,
        /// The caption of the first; may be empty.
        text: String,
    },
    /// Try a failed or held message again (a held one: yes, send it).
    Resend {
        /// Which.
        message: ClientId,
    },
    /// Take an unsent message back into the composer; the receipt holds its text, the draft is replaced in the same
    /// transaction.
    Edit {
        /// Which.
        message: ClientId,
    },
    /// Throw an unsent message away.
    Cancel {
        /// Which.
        message: ClientId,
    },
    /// Hand a held message to the new owner as a note.
    AsNote {
        /// Which.
        message: ClientId,
    },
    /// The composer's text, at each pause of typing and before leaving a dialog.
    SaveDraft {
        /// Where.
        dialog: DialogId,
        /// The text.
        text: String,
        /// Whether the composer is in note mode.
        note: bool,
        /// The message that the words answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<Quote>,
    },
    /// The operator is (or stopped) writing.
    Typing {
        /// Where.
        dialog: DialogId,
        /// Writing or not.
        on: bool,
        /// A note: only colleagues are told.
        note: bool,
    },
    /// The operator sees everything up to this message (dialog open, window focused, bottom visible).
    Seen {
        /// Where.
        dialog: DialogId,
        /// The number of the last visible message.
        upto: u32,
    },
    /// Become its operator.
    Accept {
        /// Which.
        dialog: DialogId,
    },
    /// Close it softly.
    Close {
        /// Which.
        dialog: DialogId,
    },
    /// Give it away.
    Transfer {
        /// Which.
        dialog: DialogId,
        /// To whom.
        target: TransferTarget,
    },
    /// Put right what is known of the customer. Kept without a connection, and sent when there is one.
    EditCustomer {
        /// In which dialog.
        dialog: DialogId,
        /// The new values; what is absent stays as it is.
        edit: CustomerEdit,
        /// What the operator saw in their place.
        was: Box<CustomerEdit>,
    },
    /// Do something else with it.
    Do {
        /// With which.
        dialog: DialogId,
        /// What.
        deed: Deed,
    },
    /// Change one's own status.
    SetStatus {
        /// To this.
        status: OperatorStatus,
    },
    /// Change a status to one of the centre's dictionary.
    ChooseStatus {
        /// To this.
        code: StatusKey,
        /// Whose; one's own if nobody is named.
        of: Option<OperatorId>,
    },
    /// Keep a ready answer of one's own, whatever stood under this name before.
    KeepTemplate {
        /// Its name.
        name: String,
        /// What it says.
        template: OwnTemplate,
    },
    /// Forget a ready answer of one's own.
    DropTemplate {
        /// Its name.
        name: String,
    },
    /// Fetch missing messages, numbers `from` to `to`.
    FillGap {
        /// Where.
        dialog: DialogId,
        /// First number.
        from: u32,
        /// Last number.
        to: u32,
    },
    /// Look on the hub for what is not here. The receipt holds what was found; dialogs that are over are kept here
    /// from then on.
    LookUp {
        /// For what.
        what: Lookup,
    },
    /// Try to connect now.
    Reconnect,
    /// Let me hear this class of sound, whatever the window's state.
    TrySound {
        /// Which.
        sound: AlertSound,
    },
    /// Play this class with another sound from now on. The workplace keeps the sound before it says so.
    UseSound {
        /// Which.
        sound: AlertSound,
        /// With what; ours if `None`.
        own: Option<OwnSound>,
    },
    /// No sound for five minutes from now, whatever rings, or sounds as ever again at once.
    Mute {
        /// Silence.
        on: bool,
    },
    /// This word is spelt right from now on.
    KeepWord {
        /// It, as it was written.
        word: String,
    },
    /// Replace the settings.
    SetSettings {
        /// All of them.
        settings: Box<Settings>,
    },
}

/// What the page may read. Answered from the store, never from the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "get", rename_all = "snake_case")]
pub enum Query {
    /// A page of a thread, newest last.
    Thread {
        /// Which dialog.
        dialog: DialogId,
        /// Only messages numbered below; the newest page (with what is unsent) if absent.
        before: Option<u32>,
        /// At most so many messages, 200 at most.
        limit: u32,
    },
    /// A page of a thread around one message: a search result.
    Around {
        /// Which dialog.
        dialog: DialogId,
        /// This number in the middle.
        seq: u32,
        /// At most so many messages, 200 at most.
        limit: u32,
    },
    /// The local history.
    Search {
        /// Which messages.
        search: MessageSearch,
        /// Which of them come first.
        order: SearchOrder,
        /// At most so many hits, 100 at most.
        limit: u32,
    },
    /// The unfinished text of a dialog.
    Draft {
        /// Which dialog.
        dialog: DialogId,
    },
}

/// Which hits of a search come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SearchOrder {
    /// The newest.
    #[default]
    Newest,
    /// Those that answer best, of the newest twenty thousand.
    Best,
}

/// A command was carried out (for messages: is safely on disk).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Receipt {
    /// The id of the message made, if one was.
    pub message: Option<ClientId>,
    /// The text taken back, for [`Command::Edit`].
    pub text: Option<String>,
    /// The message that it answers, for the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Quote>>,
    /// What the hub has, for [`Command::LookUp`].
    pub found: Option<Found>,
}

/// A command was not carried out. The page has the words; whatever was typed is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UiError {
    /// Why.
    #[serde(flatten)]
    pub code: UiErrorCode,
}

/// Why a command was not carried out: a variant only where the page reacts to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum UiErrorCode {
    /// The disk refused: nothing was stored, the text stays in the composer.
    Disk {
        /// How.
        fault: DiskFault,
    },
    /// Nothing to send.
    Empty,
    /// Too long.
    TooLong {
        /// The limit, in Unicode scalar values.
        max: u32,
        /// How long it is.
        chars: u32,
    },
    /// Not allowed, and why.
    Denied {
        /// Why.
        why: Denied,
    },
    /// The hub said no.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// The file cannot be sent, and why.
    File {
        /// Why.
        why: FileTrouble,
    },
    /// No connection, or it broke before the answer came: what happened will show after the reconnect.
    NoConnection,
    /// No such dialog or message.
    NotFound,
    /// The message is on its way (or was answered in the meantime) and can no longer be changed.
    TooLate,
    /// The administrator of this machine has laid it down.
    SetByAdministrator,
    /// The file of settings was not taken, and nothing of it.
    SettingsFile {
        /// What is wrong with it.
        why: SettingsFileTrouble,
    },
    /// The code that opens the covered window is another one.
    WrongCode,
    /// This is no sound that can be played, or it is too long for an alert.
    NotPlayable,
    /// More than a page can say at once: nothing of it was carried out, what was written stays with the page.
    TooMuch,
    /// The request makes no sense. A bug of the page.
    Malformed,
    /// The engine has stopped or is starting.
    NotReady,
}
