//! Lengths that every side agrees on.

use serde::{Deserialize, Serialize};

/// The longest message text, in Unicode scalar values. Source: the limit of Webim's visitor SDK.
pub const MAX_TEXT_CHARS: u32 = 32_000;

/// How much of a customer's unfinished text travels as a preview, in Unicode scalar values.
pub const MAX_DRAFT_CHARS: usize = 2_000;

/// What the hub accepts, told to every client at sign-in so that no client hard-codes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Limits {
    /// Longest message text, in Unicode scalar values.
    pub text_chars: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { text_chars: MAX_TEXT_CHARS }
    }
}
