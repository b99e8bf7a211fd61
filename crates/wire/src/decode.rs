//! From bytes to frames and back.

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// The largest frame either side accepts, in bytes of JSON. A snapshot is cut into parts well below it.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// Why bytes are not a frame.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// Larger than [`MAX_FRAME_BYTES`].
    #[error("a frame of {bytes} bytes is over the limit of {MAX_FRAME_BYTES}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not JSON, or not the JSON of a frame. Names the place, never the content.
    #[error("not a frame (line {line}, column {column})")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

/// Decodes one frame.
///
/// # Errors
/// [`FrameError`] if it is too large or not a frame.
pub fn decode<F: DeserializeOwned>(text: &str) -> Result<F, FrameError> {
    if text.len() > MAX_FRAME_BYTES {
        return Err(FrameError::TooLarge { bytes: text.len() });
    }
    serde_json::from_str(text).map_err(|error| FrameError::Malformed { line: error.line(), column: error.column() })
}

/// Encodes one frame.
#[must_use]
pub fn encode<F: Serialize>(frame: &F) -> String {
    // Frames are structs and enums with string keys: serialising them cannot fail.
    serde_json::to_string(frame).unwrap_or_default()
}
