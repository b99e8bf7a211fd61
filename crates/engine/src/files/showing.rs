//! What a page is shown of files: pictures that were made anew, sounds and films as they are. Nothing else has an
//! address.

use super::Files;
use otklik_core::{DiskFault, UiError, UiErrorCode};
use otklik_files::{header, media, picture::media_of_made};
use otklik_model::{FileId, StagedId};
use otklik_store::{Shelf, ShelfName};
use uuid::Uuid;

/// The longer side of a picture in a thread, and of one to be looked at, in pixels.
const SMALL: (u8, u32) = (1, 720);
const LARGE: (u8, u32) = (2, 2_560);
/// More of a sound or a film is not given out at once, in bytes.
const PIECE: u64 = 2 * 1024 * 1024;

/// What of a file is wanted, in bytes: from the first one up to and with the last, if it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRange {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: Option<u64>,
}

impl FileRange {
    /// Reads the header `Range` as far as players use it: one range that says where it begins.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let (from, to) = header.strip_prefix("bytes=")?.split_once('-')?;
        let to = if to.is_empty() { None } else { Some(to.parse().ok()?) };
        Some(Self { from: from.parse().ok()?, to })
    }
}

/// An answer to a page that wants to show a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileAnswer {
    /// Its media type: one that a page can only show or play.
    pub media: String,
    /// The bytes.
    pub content: Vec<u8>,
    /// Which part of how many bytes this is, if it is not all.
    pub part: Option<(u64, u64, u64)>,
}

/// A file, of a message or of one that waits to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Message(FileId),
    Staged(StagedId),
}

/// What of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Picture((u8, u32)),
    Played,
}

impl Files {
    /// What an address of the page stands for: `file/ID/small`, `file/ID/large`, `file/ID/play`, and `staged/ID/…` of
    /// what waits to be sent.
    ///
    /// # Errors
    /// `not_found` for everything that is not shown.
    pub(crate) async fn show(&self, path: &str, range: Option<FileRange>) -> Result<FileAnswer, UiError> {
        let (whose, shown) = parse(path).ok_or_else(not_found)?;
        match shown {
            Shown::Picture(version) => self.picture(whose, version).await,
            Shown::Played => self.play(whose, range).await,
        }
    }

    async fn picture(&self, whose: Whose, (version, side): (u8, u32)) -> Result<FileAnswer, UiError> {
        // Pictures of staged files are kept with the fetched ones: they are only copies.
        let made = ShelfName { id: whose.id(), version };
        if let Some(content) = read_all(self.shelves.fetched.clone(), made).await? {
            return Ok(answer(content));
        }
        let (shelf, name) = self.place(whose).await?;
        let content = read_all(shelf, name).await?.ok_or_else(not_found)?;
        let media = media::media_of(&content[..content.len().min(media::HEAD)]);
        let head = &content[..content.len().min(header::HEAD)];
        if !self.pictures.can_make(media, head, content.len() as u64) {
            return Err(not_found());
        }
        let picture = self.pictures.make(media, content, side).await.ok_or_else(not_found)?;
        self.keep(made, picture.content.clone()).await;
        Ok(answer(picture.content))
    }

    /// Keeps a picture for the next time. It can be made again: what the disk says of it matters to nobody.
    async fn keep(&self, name: ShelfName, content: Vec<u8>) {
        let shelf = self.shelves.fetched.clone();
        let kept = super::blocking(move || {
            let mut writer = shelf.write(name)?;
            writer.append(&content)?;
            writer.finish()
        });
        if kept.await.is_ok() {
            self.fetching.tidy().await;
        }
    }

    async fn play(&self, whose: Whose, range: Option<FileRange>) -> Result<FileAnswer, UiError> {
        let (shelf, name) = self.place(whose).await?;
        let read = move || {
            let Some(mut reader) = shelf.read(name)? else { return Ok(None) };
            let head = reader.read(0, media::HEAD)?;
            let media = media::media_of(&head);
            if !(media.starts_with("audio/") || media.starts_with("video/")) {
                return Ok(None);
            }
            let size = reader.size();
            let FileRange { from, to } = range.unwrap_or(FileRange { from: 0, to: None });
            if from >= size {
                return Ok(None);
            }
            let end = to.map_or(size, |to| to.saturating_add(1)).min(size).min(from.saturating_add(PIECE));
            let content = reader.read(from, usize::try_from(end.saturating_sub(from)).unwrap_or(0))?;
            let last = from + (content.len() as u64).saturating_sub(1);
            let part = (range.is_some() || last + 1 < size).then_some((from, last, size));
            Ok(Some(FileAnswer { media: media.to_owned(), content, part }))
        };
        super::blocking(read).await?.ok_or_else(not_found)
    }

    /// Where the bytes of a file are; fetched first, if need be.
    async fn place(&self, whose: Whose) -> Result<(Shelf, ShelfName), UiError> {
        match whose {
            Whose::Message(file) => Ok((self.shelves.fetched.clone(), self.fetching.fetch(file).await?)),
            Whose::Staged(file) => Ok((self.shelves.outgoing.clone(), super::staged_name(file))),
        }
    }
}

impl Whose {
    fn id(self) -> Uuid {
        match self {
            Self::Message(file) => file.0,
            Self::Staged(file) => file.0,
        }
    }
}

fn parse(path: &str) -> Option<(Whose, Shown)> {
    let mut parts = path.trim_start_matches('/').split('/');
    let (whose, id, shown) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let whose = match whose {
        "file" => Whose::Message(id.parse().ok()?),
        "staged" => Whose::Staged(id.parse().ok()?),
        _ => return None,
    };
    let shown = match shown {
        "small" => Shown::Picture(SMALL),
        "large" => Shown::Picture(LARGE),
        "play" => Shown::Played,
        _ => return None,
    };
    Some((whose, shown))
}

async fn read_all(shelf: Shelf, name: ShelfName) -> Result<Option<Vec<u8>>, UiError> {
    super::blocking(move || {
        let mut reader = match shelf.read(name) {
            Ok(Some(reader)) => reader,
            // A damaged copy is none.
            Ok(None) | Err(DiskFault::Corrupt) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        shelf.touch(name);
        let size = usize::try_from(reader.size()).unwrap_or(usize::MAX);
        match reader.read(0, size) {
            Ok(content) => Ok(Some(content)),
            Err(DiskFault::Corrupt) => Ok(None),
            Err(fault) => Err(fault),
        }
    })
    .await
}

fn answer(content: Vec<u8>) -> FileAnswer {
    FileAnswer { media: media_of_made(&content).to_owned(), content, part: None }
}

fn not_found() -> UiError {
    UiError { code: UiErrorCode::NotFound }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shown_has_an_address() {
        let id = "0198c0de-0000-7000-8000-0000000000f1";
        for (path, known) in [
            (format!("/file/{id}/small"), true),
            (format!("file/{id}/large"), true),
            (format!("file/{id}/play"), true),
            (format!("staged/{id}/small"), true),
            (format!("file/{id}"), false),
            (format!("file/{id}/small/x"), false),
            (format!("file/{id}/whole"), false),
            (format!("../{id}/small"), false),
            ("file/../small".to_owned(), false),
            ("file//small".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(parse(&path).is_some(), known, "{path}");
        }
    }

    #[test]
    fn a_range_is_read_as_players_write_it() {
        for (header, range) in [
            ("bytes=0-", Some((0, None))),
            ("bytes=10-19", Some((10, Some(19)))),
            ("bytes=-5", None),
            ("bytes=a-", None),
            ("lines=1-2", None),
            ("", None),
        ] {
            assert_eq!(FileRange::parse(header), range.map(|(from, to)| FileRange { from, to }), "{header}");
        }
    }
}
