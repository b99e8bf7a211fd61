//! What the engine wants of the machine around it. The desktop shell, the browser mode and tests implement these.

use crate::{CoverRules, Machine};
use async_trait::async_trait;
use otklik_core::{AlertSound, Language, Popup, PopupTag, Standing};
use otklik_model::DialogId;
use std::{path::PathBuf, sync::Arc};
use thiserror::Error;
use zeroize::Zeroizing;

/// A sound to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundOrder {
    /// The class.
    pub sound: AlertSound,
    /// 0 to 100.
    pub volume: u8,
    /// The operator's own file instead of ours. If it cannot be played any more, ours is.
    pub own: Option<PathBuf>,
    /// The device, by the system's name; the system's choice if it is `None` or gone.
    pub device: Option<String>,
}

/// Window, sound and notifications. Calls return at once and never fail: what cannot be done is logged by the shell.
pub trait Shell: Send + Sync + 'static {
    /// Plays a sound once.
    fn sound(&self, order: SoundOrder);
    /// The devices that could play, by the system's names of them. May take a moment; called off the engine's thread.
    fn sound_devices(&self) -> Vec<String>;
    /// Whether a sound file can be played, and is short enough for an alert. Called off the engine's thread.
    fn can_play(&self, file: &[u8]) -> bool;
    /// Whether the system itself wants no notifications shown now. Asked every few seconds.
    fn is_quiet(&self) -> bool;
    /// Whether the view that shows the page underlines wrong words by itself, Russian and English ones.
    fn checks_spelling(&self) -> bool;
    /// Whether the screen is locked. Asked every few seconds, and at [`crate::Workplace::look_around`].
    fn is_locked(&self) -> bool;
    /// Shows a notification in this language; one with the same tag is replaced. `account` names its account, if there
    /// is more than one. A click on it is told to [`crate::Workplace::popup_clicked`].
    fn popup(&self, popup: &Popup, account: Option<&str>, language: Language);
    /// Takes a notification back.
    fn withdraw(&self, tag: PopupTag);
    /// Asks for attention in the task bar, or stops asking.
    fn attention(&self, on: bool);
    /// Shows how many dialogs want something: badge and title of the window. Also told when nothing changed, so that a
    /// count that the system lost comes back.
    fn badge(&self, count: u32);
    /// Shows in the tray how the session stands, in this language; `None`: nobody is signed in. `account` names the one
    /// whose status it tells, if there are others that stand otherwise. Also told when nothing changed.
    fn standing(&self, standing: Option<&Standing>, account: Option<&str>, language: Language);
    /// Brings the main window to the front.
    fn show_window(&self);
    /// Brings a dialog's own window to the front; a shell that has none is never asked.
    fn show_own_window(&self, dialog: DialogId);
    /// Opens an address, which the engine has checked, in the system's browser.
    fn open_url(&self, url: &str);
    /// When the window is to be covered, and its keys to go, as this account has it: told at its start and whenever that
    /// changes. Only what stands above the accounts listens.
    fn cover_rules(&self, _rules: CoverRules) {}
    /// The machine has slept, as its clocks tell.
    fn slept(&self) {}
    /// What else the machine does for the program; a page in a browser has no such machine.
    fn machine(&self) -> Option<Arc<dyn Machine>> {
        None
    }
}

/// Why a secret cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeychainError {
    /// The system has no keychain service.
    #[error("the system has no keychain service")]
    Absent,
    /// There is one, but it is locked or the operator refused.
    #[error("the keychain is locked")]
    Locked,
    /// Something else, in the library's words.
    #[error("the keychain failed: {0}")]
    Failed(String),
}

/// The system's store of secrets. Calls may block (a dialog of the system); the engine calls them off its own thread.
pub trait Keychain: Send + Sync + 'static {
    /// Reads a secret.
    ///
    /// # Errors
    /// [`KeychainError`].
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;
    /// Writes a secret, replacing an earlier one.
    ///
    /// # Errors
    /// [`KeychainError`].
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError>;
    /// Removes a secret; removing none is no error.
    ///
    /// # Errors
    /// [`KeychainError`].
    fn delete(&self, name: &str) -> Result<(), KeychainError>;
}

/// A running desk of this machine's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalDesk {
    /// The hub's address on loopback, such as `http://127.0.0.1:41327`.
    pub address: String,
    /// A token for the desk's one operator.
    pub token: Zeroizing<String>,
    /// The customers' page.
    pub customer_page: String,
}

/// Starts the embedded hub. The engine does not know the hub; the app joins them.
#[async_trait]
pub trait LocalDeskHost: Send + Sync + 'static {
    /// Whether this machine has kept a desk before: then its database exists, and only its own key opens it.
    fn exists(&self) -> bool;
    /// Starts the hub, or returns the running one. `key` encrypts its database.
    ///
    /// # Errors
    /// What went wrong, in words for the log.
    async fn start(&self, key: &[u8; 32]) -> Result<LocalDesk, String>;
    /// Stops it gracefully.
    async fn stop(&self);
}
