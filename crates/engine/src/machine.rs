//! What the program has to do with the machine beside any session: starting with it, keys that work everywhere, its own
//! updates. The shell does these things; the engine tells it what the policy allows and tells the page how they stand.

use crate::Policy;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A thing that the machine does for the program, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SwitchView {
    /// It does.
    pub on: bool,
    /// Why it cannot be changed; `None`: it can.
    pub fixed: Option<Fixed>,
}

/// Why something on this machine cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Fixed {
    /// The administrator has laid it down.
    Administrator,
    /// This system has no such thing.
    Unsupported,
    /// Another program has it.
    Taken,
}

/// How the program's own updates stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "update", rename_all = "snake_case")]
pub enum UpdateView {
    /// It does not look for any.
    Off {
        /// Why.
        why: UpdatesOff,
    },
    /// Nothing newer is known; it looks from time to time.
    Current,
    /// It looks.
    Looking,
    /// It fetches one.
    Fetching {
        /// Which version.
        version: String,
    },
    /// One is here, checked, and takes the next restart.
    Ready {
        /// Which version.
        version: String,
    },
    /// The last try came to nothing; this version goes on.
    Failed {
        /// Why.
        why: UpdateTrouble,
    },
}

/// Why the program does not look for updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum UpdatesOff {
    /// The administrator wants it so.
    Administrator,
    /// It was built without a place to look at, or a key to check by.
    NotSetUp,
    /// The system's own packages keep it up to date.
    Packaged,
}

/// Why an update came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum UpdateTrouble {
    /// Nobody answers, or not as agreed.
    Unreachable,
    /// What was announced cannot be understood, or is not for this machine.
    Malformed,
    /// It is not signed by a key that this program trusts, for this version, or it is not what was signed.
    Signature,
    /// It is larger than any release.
    TooLarge,
    /// It would travel in the clear.
    NotEncrypted,
    /// It could not be put in this version's place.
    Install,
}

/// What the settings show of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MachineView {
    /// The program's version.
    pub version: String,
    /// It starts with the system, in the tray.
    pub with_system: SwitchView,
    /// A key that shows the window from anywhere.
    pub hotkey: SwitchView,
    /// The key, in the words of this system.
    pub hotkey_name: String,
    /// Updates.
    pub update: UpdateView,
}

/// What a page asks of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "machine", rename_all = "snake_case")]
pub enum MachineCommand {
    /// Start with the system, or not.
    StartWithSystem {
        /// Or not.
        on: bool,
    },
    /// Have the key work everywhere, or not.
    UseHotkey {
        /// Or not.
        on: bool,
    },
    /// Look for an update now.
    LookForUpdate,
    /// End in good order, and come back as the update that is ready.
    RestartToUpdate,
}

/// What the page has to know of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyView {
    /// Whom to ask about it, in the administrator's words.
    pub contact: Option<String>,
    /// The names of the settings that cannot be changed.
    pub locked: Vec<String>,
}

impl PolicyView {
    /// Of this policy, if there is one.
    pub(crate) fn of(policy: &Policy) -> Option<Self> {
        policy.is_there().then(|| Self { contact: policy.contact.clone(), locked: policy.locked() })
    }
}

/// The machine. Calls may touch files; the engine makes them off its own thread.
pub trait Machine: Send + Sync + 'static {
    /// Obeys this policy from now on. `changed` is called whenever the state of updates does.
    fn obey(&self, policy: &Policy, changed: Arc<dyn Fn() + Send + Sync>);
    /// Whether the program starts with the system.
    fn with_system(&self) -> SwitchView;
    /// Starts it with the system from now on, or not. What cannot be done is logged, and shows in the view.
    fn set_with_system(&self, on: bool);
    /// Whether the key works everywhere.
    fn hotkey(&self) -> SwitchView;
    /// Has it work everywhere from now on, or not.
    fn set_hotkey(&self, on: bool);
    /// The key, in the words of this system.
    fn hotkey_name(&self) -> String;
    /// How updates stand.
    fn update(&self) -> UpdateView;
    /// Looks for an update now.
    fn look_for_update(&self);
    /// Ends the program in good order, puts the update that is ready in its place, and starts that.
    fn restart_to_update(&self);
}
