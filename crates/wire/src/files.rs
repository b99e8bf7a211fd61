//! Files over HTTP: what is answered to an upload, and to the question where a file can be fetched. An upload's good
//! answer is an [`otklik_model::Attachment`].

use otklik_model::Stamp;
use serde::{Deserialize, Serialize};

/// Where a file can be fetched, without any further proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLink {
    /// Of its content, from the hub's address.
    pub address: String,
    /// Of a small picture of it, if there is one.
    #[serde(default)]
    pub thumbnail: Option<String>,
    /// The addresses are good until then.
    pub until: Stamp,
}

/// How much of a file that comes in parts is here: the next part begins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadProgress {
    /// Bytes.
    pub at: u64,
}

/// Why an upload is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadFailure {
    /// The reason.
    pub code: UploadFailureCode,
    /// The largest size in bytes, with `too_large`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_bytes: Option<u64>,
    /// Not sooner than this, with `too_fast` and `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// How much of it is here, with `offset`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
}

impl UploadFailure {
    /// For this reason, and nothing more to say.
    #[must_use]
    pub fn new(code: UploadFailureCode) -> Self {
        Self { code, most_bytes: None, retry_after_ms: None, at: None }
    }
}

/// The reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadFailureCode {
    /// The token is not good.
    SignIn,
    /// Whoever asks may not send files.
    Forbidden,
    /// Nothing is in it.
    Empty,
    /// It is larger than the centre allows.
    TooLarge,
    /// The centre does not take files of this kind. The hub looks at the content, not at the name.
    Media,
    /// Too many, or too much, in too short a time.
    TooFast,
    /// It broke off on the way.
    Broken,
    /// The part does not begin where the last one ended, or the file is not whole.
    Offset,
    /// The hub cannot keep files now.
    Unavailable,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}
