//! Files both ways: taken in over HTTP, kept outside of the database, looked at, and given out by links that expire.
//!
//! Knows the office, the place contents are kept in, and HTTP. What a file is called and what it claims to be is never
//! believed: the name is cleaned, the media type is found in the bytes, and nothing is ever shown by the hub itself.

mod content;
pub(crate) mod errands;
pub(crate) mod http;
mod http_parts;
mod link;
mod name;
mod parts;
mod picture;
mod quota;
mod scanner;
mod settings;
mod upload;

pub use content::ContentError;
pub use scanner::ScannerAddress;
pub use settings::{Bucket, FilesConfig, FilesFile, Place};

use content::Contents;
use link::{Links, Part};
use otklik_model::{FileId, Stamp, WorkspaceId};
use otklik_wire::FileLink;
use picture::Pictures;
use quota::Quota;
use scanner::Scanner;
use std::path::Path;

/// What one hub process needs to take in and give out files, of all its workspaces.
pub(crate) struct Files {
    contents: Contents,
    links: Links,
    scanner: Option<Scanner>,
    pictures: Pictures,
    quota: Quota,
}

impl Files {
    /// Opens the place where contents are kept, and reads the key of the links or makes it.
    ///
    /// # Errors
    /// [`ContentError`].
    pub(crate) fn open(config: &FilesConfig, data: &Path) -> Result<Self, ContentError> {
        let key_file = config.key_file.clone().unwrap_or_else(|| data.join("links.key"));
        Ok(Self {
            contents: Contents::open(&config.place, data)?,
            links: Links::open(&key_file)?,
            scanner: config.scanner.clone().map(Scanner::new),
            pictures: Pictures::default(),
            quota: Quota::new(config.uploads, config.upload_bytes),
        })
    }

    /// Whether a scanner looks at files before anybody can fetch them.
    pub(crate) fn scans(&self) -> bool {
        self.scanner.is_some()
    }

    /// The addresses of a file, from the folder of the workspace, good until then.
    pub(crate) fn link(&self, workspace: WorkspaceId, file: FileId, has_thumbnail: bool, until: Stamp) -> FileLink {
        let address = |part| self.links.address(workspace, file, part, until);
        let thumbnail = has_thumbnail.then(|| address(Part::Thumbnail));
        FileLink { address: address(Part::Content), thumbnail, until }
    }
}
