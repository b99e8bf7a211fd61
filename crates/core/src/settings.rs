//! What the operator chose.

use serde::{Deserialize, Serialize};

/// The language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The system's, English if it is neither.
    #[default]
    Auto,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The system's.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Settings of one account on this machine. Unknown fields of a newer version are ignored, missing ones take their
/// default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// The language of the interface.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Enter sends and Shift+Enter breaks the line; the other way round if false.
    pub enter_sends: bool,
    /// Loudness of all sounds, 0 to 100.
    pub volume: u8,
    /// Sounds on.
    pub sounds: bool,
    /// Notifications on.
    pub popups: bool,
    /// Notifications show the customer's words; else only that there are some.
    pub popup_text: bool,
    /// N5: how often an unread message in one's own dialog is recalled while the window is hidden, seconds, 15 to 600.
    pub reminder_s: u32,
    /// A message older than this asks before it is sent, minutes.
    pub ask_after_min: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Auto,
            theme: Theme::Auto,
            enter_sends: true,
            volume: 80,
            sounds: true,
            popups: true,
            popup_text: true,
            reminder_s: 60,
            ask_after_min: 15,
        }
    }
}
