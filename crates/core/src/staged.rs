//! Files on their way from the operator's machine: what is known of one whose bytes are in the staging folder.
//!
//! A staged file is in exactly one place at a time: in the tray of one dialog, where the operator still looks at it, or
//! in one item of the outbox. Both are rows of own.db; the bytes are there before the row and go after it.

use otklik_model::{Attachment, DialogId, FileId, FileLimits, FileState, StagedId};
use serde::{Deserialize, Serialize};

/// Why a file cannot be sent: trying again without another one, or other rules, would not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "file", rename_all = "snake_case")]
pub enum FileTrouble {
    /// There is nothing in it.
    Empty,
    /// It is larger than the centre allows.
    TooLarge {
        /// The limit, in bytes.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        most_bytes: u64,
    },
    /// The centre does not take files of this kind.
    Media,
    /// The rights do not cover sending files.
    Forbidden,
    /// A tray holds no more.
    TooMany {
        /// As many as it holds.
        most: u32,
    },
    /// Its bytes are not on this machine any more.
    Lost,
    /// It is of a kind that does something when it is opened: it is saved only if the operator says so again.
    Dangerous,
}

/// A file whose bytes are safe on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StagedFile {
    /// Names its bytes.
    pub id: StagedId,
    /// Its name, cleaned.
    pub name: String,
    /// Its media type, found in the bytes.
    pub media: String,
    /// Bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub size: u64,
    /// Width and height in pixels, of an image that can be shown.
    pub pixels: Option<(u32, u32)>,
}

impl StagedFile {
    /// Why the hub would not take it, as far as its limits tell.
    #[must_use]
    pub fn trouble(&self, limits: &FileLimits) -> Option<FileTrouble> {
        if self.size == 0 {
            Some(FileTrouble::Empty)
        } else if self.size > limits.most_bytes {
            Some(FileTrouble::TooLarge { most_bytes: limits.most_bytes })
        } else if !limits.take(&self.media) {
            Some(FileTrouble::Media)
        } else {
            None
        }
    }

    /// As a thread shows it while it is unsent.
    pub(crate) fn attachment(&self) -> Attachment {
        Attachment {
            id: FileId(self.id.0),
            name: self.name.clone(),
            media: self.media.clone(),
            size: self.size,
            state: FileState::Ready,
            pixels: self.pixels,
        }
    }
}

/// A file in a dialog's tray: chosen, not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrayFile {
    /// Whose tray.
    pub dialog: DialogId,
    /// Its place, over all trays; growing.
    pub order: u64,
    /// The file.
    pub file: StagedFile,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_the_hub_would_refuse_is_told_before_it_is_uploaded() {
        let file = |media: &str, size| StagedFile {
            id: StagedId(Uuid::from_u128(1)),
            name: "x".into(),
            media: media.into(),
            size,
            pixels: None,
        };
        let limits = |media: &[&str]| FileLimits {
            most_bytes: 100,
            media: media.iter().map(|rule| (*rule).to_owned()).collect(),
        };
        for (media, size, named, trouble) in [
            ("text/html", 100, &[][..], None),
            ("text/html", 101, &[][..], Some(FileTrouble::TooLarge { most_bytes: 100 })),
            ("text/html", 0, &[][..], Some(FileTrouble::Empty)),
            ("image/png", 5, &["image/*"], None),
            ("text/html", 5, &["image/*", "application/pdf"], Some(FileTrouble::Media)),
        ] {
            assert_eq!(file(media, size).trouble(&limits(named)), trouble, "{media} {size} {named:?}");
        }
    }
}
