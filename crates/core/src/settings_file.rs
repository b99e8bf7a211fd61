//! Why a file of settings is not taken.

use serde::{Deserialize, Serialize};

/// What is wrong with a file of settings that somebody wants to take over. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "wrong", rename_all = "snake_case")]
pub enum SettingsFileTrouble {
    /// It is no file of settings of this program, or a torn one.
    NotOne,
    /// A newer version wrote it.
    Newer,
    /// It holds something that settings do not have.
    Unknown {
        /// Its name there.
        name: String,
    },
    /// A value is not what such a setting can be.
    Value {
        /// The setting's name.
        name: String,
    },
    /// A sound in it cannot be played.
    Sound {
        /// What the operator called it.
        name: String,
    },
}
