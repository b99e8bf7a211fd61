//! A plan: every choice of one run, as data. It is generated from a seed, saved as JSON when it fails, replayed and
//! shortened.

use anyhow::Context as _;
use otklik_core::DiskFault;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One run from beginning to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Why it is kept; empty for a fresh one.
    #[serde(default)]
    pub comment: String,
    /// Where the choices came from; also the seed of the network's small delays and of the ids.
    pub seed: u64,
    /// How many workplaces Ира is signed in on, 1 or 2.
    pub apps: u8,
    /// Ира may see dialogs that others lead.
    pub sees_others: bool,
    /// What is wrong on purpose, if anything.
    #[serde(default)]
    pub mutant: Option<Mutant>,
    /// In order of time.
    pub steps: Vec<Step>,
}

/// Something that happens at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Milliseconds from the start.
    pub at: u64,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// Which file of a workplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    /// own.db.
    Own,
    /// cache.db.
    Cache,
}

/// Which of the messages that wait for a word of the operator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Send it again.
    Resend,
    /// Throw it away.
    Cancel,
    /// Take it back into the composer.
    Edit,
    /// Hand it over as a note.
    AsNote,
}

/// How a connection is ended by the hub's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// It breaks.
    Lost,
    /// The hub asks for patience.
    RetryAfter {
        /// Milliseconds.
        ms: u64,
    },
    /// The hub says the frames made no sense.
    Resync,
}

/// What happens to frames on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mishap {
    /// The frame vanishes and the connection stays.
    Drop,
    /// It comes twice.
    Double,
    /// It comes late, and all that follow with it.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// It changes places with the next one, if that concerns something else.
    Swap,
}

/// Everything that can happen. `app` is the workplace concerned, `customer` the place of a customer, whose newest
/// dialog is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "app and customer are explained above")]
pub enum Deed {
    /// Ира does something in a dialog.
    InDialog { app: u8, customer: u8, ira: Gesture },
    /// Ира does something else.
    AtDesk { app: u8, ira: Hand },
    /// A customer or a colleague does something.
    Outside { customer: u8, does: Outside },
    /// Something goes wrong on one workplace.
    Befalls { app: u8, fault: Fault },
    /// Something goes wrong at the hub.
    Hub { hub: HubFault },
}

/// What Ира does in a dialog that she sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    /// Writes to the customer, if she may.
    Text,
    /// Writes a note, if she may.
    Note,
    /// Chooses a file and sends it with a caption, if she may.
    File,
    /// Sends nothing but blanks.
    Blank,
    /// Sends more than is allowed.
    TooLong,
    /// Stops in the middle of a sentence.
    Draft {
        /// In note mode.
        note: bool,
    },
    /// Clears the composer.
    ClearDraft,
    /// Shows the thread.
    Open,
    /// Has seen everything in it.
    Seen,
    /// Becomes its operator.
    Accept,
    /// Closes it.
    Close,
    /// Gives it away: to Олег, or to the queue.
    Transfer {
        /// To Олег.
        to_oleg: bool,
    },
    /// Asks for missing history, these numbers.
    FillGap {
        /// First.
        from: u32,
        /// Last.
        to: u32,
    },
    /// Is typing, or stops.
    Typing {
        /// Is typing.
        on: bool,
    },
    /// Clicks its notification.
    ClickPopup,
    /// Changes the words of one of her messages that the hub has.
    Reword {
        /// Which, counted from the newest, around.
        nth: u8,
    },
}

/// What Ира does elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// Closes the thread.
    ShowNothing,
    /// Decides about one of the unsent messages of her workplace.
    Judge {
        /// Which, counted around.
        nth: u8,
        /// How.
        verdict: Verdict,
    },
    /// Presses "connect now".
    Reconnect,
    /// Changes her settings.
    Settings {
        /// See [`otklik_core::Settings`].
        reminder_s: u32,
        /// See [`otklik_core::Settings`].
        ask_after_min: u32,
        /// See [`otklik_core::Settings`].
        popups: bool,
        /// See [`otklik_core::Settings`].
        sounds: bool,
    },
    /// Changes her status.
    Status {
        /// Online.
        online: bool,
    },
    /// Turns to the window, or away from it.
    Window {
        /// Has the keyboard.
        focused: bool,
        /// Cannot be seen.
        hidden: bool,
    },
}

/// What others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// The customer writes so many messages in a row.
    Writes {
        /// How many.
        count: u8,
    },
    /// The customer's page has received everything.
    Receives,
    /// The customer has seen everything.
    Reads,
    /// The customer is typing, or stops.
    Types {
        /// Is typing.
        on: bool,
    },
    /// The customer closes for good.
    ClosesForGood,
    /// Олег accepts.
    OlegAccepts,
    /// Олег writes in his dialog.
    OlegWrites,
    /// Олег writes a note.
    OlegNotes,
    /// Олег changes the words of his newest message.
    OlegRewords,
    /// Олег takes back his newest message.
    OlegTakesBack,
    /// Олег closes his dialog.
    OlegCloses,
    /// Олег gives his dialog to Ира, or to the queue.
    OlegGives {
        /// To Ира.
        to_ira: bool,
    },
    /// A supervisor takes the dialog away and gives it to Олег.
    OlegSeizes,
}

/// What goes wrong on one workplace. Times are milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "ms is how long it lasts; the others say what they are")]
pub enum Fault {
    /// Something befalls the frame towards the workplace that comes after the next `skip`.
    Down { skip: u8, mishap: Mishap },
    /// Something befalls the frame towards the hub that comes after the next `skip`.
    Up { skip: u8, mishap: Mishap },
    /// The next command is carried out and the connection breaks before the answer.
    LoseAnswer,
    /// The connection ends.
    Cut { how: Cut },
    /// Nothing passes in either direction, and nobody is told.
    BlackHole { ms: u64 },
    /// The token is no good until the operator signs in again.
    SignInExpires { ms: u64 },
    /// A file refuses.
    DiskFails { file: File, why: DiskFault, ms: u64 },
    /// A file is slow.
    DiskSlow { file: File, by_ms: u64, ms: u64 },
    /// The machine sleeps. Its connection may survive.
    Sleep { ms: u64, link_survives: bool },
    /// The machine's wall clock jumps.
    WallJump { by_ms: i64 },
    /// The program dies after so many more effects, and is started again.
    Crash { after_effects: u16, down_ms: u64 },
}

/// What goes wrong at the hub. Times are milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "ms is how long it lasts; the others say what they are")]
pub enum HubFault {
    /// The next `count` commands are put off.
    PutsOff { count: u8, ms: u64 },
    /// The next `count` commands are refused: a right was taken away for a moment.
    Refuses { count: u8 },
    /// No beats.
    Mute { ms: u64 },
    /// It is restarted.
    Restarts { new_stream: bool, forget_log: bool, down_ms: u64 },
    /// It says something of a newer version.
    SaysUnknown,
}

/// What is broken on purpose, to see whether the checks notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "in", content = "which")]
pub enum Mutant {
    /// In the core.
    Core(CoreMutant),
    /// In the hub.
    Hub(HubMutant),
    /// In the stores.
    Store(StoreMutant),
}

/// A mistake in the core; in JSON by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CoreMutant(pub otklik_core::Mutant);

/// Every mistake that can be built into the core.
pub const CORE_MUTANTS: [otklik_core::Mutant; 15] = {
    use otklik_core::Mutant as M;
    [
        M::SendBeforeCommit,
        M::TwoInFlight,
        M::NewIdOnRetry,
        M::DropOutboxBeforeCache,
        M::CaughtUpIsCertain,
        M::IgnoreEpoch,
        M::FullPageIsTheEnd,
        M::ForgetGap,
        M::TrustSnapshot,
        M::SkipAfterCheck,
        M::CursorBeforeRows,
        M::SendBeforeCaughtUp,
        M::UnparkedOrder,
        M::ForgetOutboxOnRestart,
        M::SentOnSubmit,
    ]
};

impl From<CoreMutant> for String {
    fn from(CoreMutant(mutant): CoreMutant) -> Self {
        format!("{mutant:?}")
    }
}

impl TryFrom<String> for CoreMutant {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let named = CORE_MUTANTS.into_iter().find(|mutant| format!("{mutant:?}") == name);
        named.map(Self).ok_or_else(|| format!("the core has no mutant {name}"))
    }
}

/// Mistakes of a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HubMutant {
    /// A repeated command is carried out again.
    NoDedupe,
    /// Resume by "newer than" skips an event.
    ResumeByTime,
    /// An old ownership epoch is as good as the present one.
    NoFence,
    /// An answer leaves before it is durable: a restart forgets the newest command.
    AnswerBeforeCommit,
}

/// Mistakes of the stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreMutant {
    /// own.db says "committed" before it is; a crash takes it away.
    NoSync,
    /// The cursor is committed at once and the rows a little later.
    CursorBeforeRows,
    /// A failed commit is reported as done.
    SwallowsFailure,
    /// A dropped outbox row comes back after a restart.
    ForgetsDrop,
    /// Drafts are kept for one dialog only.
    OneDraft,
}

impl Plan {
    /// Reads a saved plan.
    ///
    /// # Errors
    /// When the file cannot be read or is not a plan.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not a plan", path.display()))
    }

    /// Saves it, one step a line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, self.to_json()?).with_context(|| format!("cannot write {}", path.display()))
    }

    /// JSON with one step a line, so that two plans can be compared by eye.
    fn to_json(&self) -> anyhow::Result<String> {
        let head = Self { steps: Vec::new(), ..self.clone() };
        let head = serde_json::to_string_pretty(&head)?;
        let steps: Vec<String> = self
            .steps
            .iter()
            .map(|step| serde_json::to_string(step).map(|line| format!("    {line}")))
            .collect::<Result<_, _>>()?;
        Ok(head.replace("\"steps\": []", &format!("\"steps\": [\n{}\n  ]", steps.join(",\n"))) + "\n")
    }
}
