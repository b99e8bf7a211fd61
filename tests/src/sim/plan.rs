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
/// dialog is meant; times are milliseconds.
#[expect(missing_docs, reason = "the fields say the same in every variant, and the enum says what")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Deed {
    /// Ира writes to the customer in this place, or a note.
    Send { app: u8, customer: u8, note: bool },
    /// Ира sends something that cannot be sent.
    SendNonsense { app: u8, customer: u8, too_long: bool },
    /// Ира stops in the middle of a sentence.
    Draft { app: u8, customer: u8, note: bool },
    /// Ира clears the composer.
    ClearDraft { app: u8, customer: u8 },
    /// Ира opens a dialog, or none.
    Open { app: u8, customer: Option<u8> },
    /// Ира has seen everything in a dialog.
    Seen { app: u8, customer: u8 },
    /// Ира accepts.
    Accept { app: u8, customer: u8 },
    /// Ира closes.
    Close { app: u8, customer: u8 },
    /// Ира gives away: to Олег, or to the queue.
    Transfer { app: u8, customer: u8, to_oleg: bool },
    /// Ира decides about one of the unsent messages of her workplace.
    Judge { app: u8, nth: u8, verdict: Verdict },
    /// Ира asks for missing history.
    FillGap { app: u8, customer: u8, from: u32, to: u32 },
    /// Ира presses "connect now".
    Reconnect { app: u8 },
    /// Ира changes her settings.
    Settings { app: u8, reminder_s: u32, ask_after_min: u32, popups: bool, sounds: bool },
    /// Ира changes her status.
    Status { app: u8, online: bool },
    /// Ира is typing, or stops.
    Typing { app: u8, customer: u8, on: bool },
    /// The window changes.
    Window { app: u8, focused: bool, hidden: bool },
    /// Ира clicks a notification about a dialog.
    ClickPopup { app: u8, customer: u8 },

    /// A customer writes so many messages in a row.
    CustomerWrites { customer: u8, count: u8 },
    /// A customer's page receives everything, or the customer sees it.
    CustomerReceives { customer: u8, seen: bool },
    /// A customer is typing, or stops.
    CustomerTypes { customer: u8, on: bool },
    /// A customer closes for good.
    CustomerCloses { customer: u8 },
    /// Олег accepts.
    OlegAccepts { customer: u8 },
    /// Олег writes in his dialog.
    OlegWrites { customer: u8, note: bool },
    /// Олег closes his dialog.
    OlegCloses { customer: u8 },
    /// Олег gives his dialog to Ира, or to the queue.
    OlegGives { customer: u8, to_ira: bool },
    /// A supervisor takes a dialog away and gives it to Олег.
    OlegSeizes { customer: u8 },
    /// The hub says something of a newer version.
    UnknownChange,

    /// Something befalls the frame towards the workplace that comes after the next `skip`.
    Down { app: u8, skip: u8, mishap: Mishap },
    /// Something befalls the frame towards the hub that comes after the next `skip`.
    Up { app: u8, skip: u8, mishap: Mishap },
    /// The next command is carried out and the connection breaks before the answer.
    LoseAnswer { app: u8 },
    /// The next commands so many are put off.
    PutOff { count: u8, ms: u64 },
    /// The connection ends.
    Cut { app: u8, how: Cut },
    /// Nothing passes in either direction for a while, and nobody is told.
    BlackHole { app: u8, ms: u64 },
    /// The hub sends no beats for a while.
    Mute { ms: u64 },
    /// The hub is restarted.
    RestartHub { new_stream: bool, forget_log: bool, down_ms: u64 },
    /// The token is no good until the operator signs in again.
    SignInExpires { app: u8, ms: u64 },
    /// A file refuses for a while.
    DiskFails { app: u8, file: File, fault: DiskFault, ms: u64 },
    /// A file is slow for a while.
    DiskSlow { app: u8, file: File, by_ms: u64, ms: u64 },
    /// The machine sleeps. Its connection may survive.
    Sleep { app: u8, ms: u64, link_survives: bool },
    /// The machine's wall clock jumps.
    WallJump { ms: i64 },
    /// The program dies after so many more effects, and is started again.
    Crash { app: u8, after_effects: u16, down_ms: u64 },
}

/// What is broken on purpose, to see whether the checks notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "in", content = "which")]
pub enum Mutant {
    /// In the core: the name of a variant of its own list.
    Core(CoreMutant),
    /// In the hub.
    Hub(HubMutant),
    /// In the stores.
    Store(StoreMutant),
}

/// A mistake in the core, by its place in the core's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CoreMutant(pub usize);

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
