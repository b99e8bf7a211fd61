//! Files that come from the page, part by part, and are whole on the shelf before anybody is told that they are kept.

use super::{Files, blocking, malformed, staged_name};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use otklik_core::{Command, DiskFault, Receipt, StagedFile, UiError, UiErrorCode};
use otklik_files::{header, media, name, picture};
use otklik_model::{DialogId, StagedId};
use otklik_store::{Shelf, ShelfWriter};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// Files that come at once; a page that begins more has forgotten its first.
const AT_ONCE: usize = 40;

/// Files that are coming.
pub(super) struct Staging {
    shelf: Shelf,
    coming: Mutex<BTreeMap<StagedId, Arc<Mutex<Coming>>>>,
}

/// A file as far as it has come. Its first bytes tell what it is.
struct Coming {
    writer: ShelfWriter,
    head: Vec<u8>,
}

/// A file that is whole.
struct Whole {
    head: Vec<u8>,
    size: u64,
}

impl Staging {
    pub(super) fn new(shelf: Shelf) -> Self {
        Self { shelf, coming: Mutex::default() }
    }

    /// Takes the part that begins at this byte; the first one begins the file.
    fn take(&self, file: StagedId, at: u64, part: &[u8]) -> Result<(), UiError> {
        let coming = if at == 0 { self.begin(file)? } else { self.coming(file)? };
        let mut coming = coming.lock();
        if coming.writer.size() != at {
            return Err(malformed());
        }
        coming.writer.append(part).map_err(super::disk)?;
        let wanted = header::HEAD.saturating_sub(coming.head.len()).min(part.len());
        coming.head.extend_from_slice(&part[..wanted]);
        Ok(())
    }

    fn begin(&self, file: StagedId) -> Result<Arc<Mutex<Coming>>, UiError> {
        // What is on the shelf is somebody's already: it is not written over.
        if self.shelf.read(staged_name(file)).map_err(super::disk)?.is_some() {
            return Err(malformed());
        }
        let mut all = self.coming.lock();
        // Begun again: what came before is given up first, for both have one place.
        all.remove(&file);
        if all.len() >= AT_ONCE {
            all.pop_first();
        }
        let writer = self.shelf.write(staged_name(file)).map_err(super::disk)?;
        let coming = Arc::new(Mutex::new(Coming { writer, head: Vec::new() }));
        all.insert(file, coming.clone());
        Ok(coming)
    }

    fn coming(&self, file: StagedId) -> Result<Arc<Mutex<Coming>>, UiError> {
        self.coming.lock().get(&file).cloned().ok_or(UiError { code: UiErrorCode::NotFound })
    }

    /// That was all of it: durable when this returns well.
    fn finish(&self, file: StagedId) -> Result<Whole, UiError> {
        let coming = self.coming.lock().remove(&file).ok_or(UiError { code: UiErrorCode::NotFound })?;
        // A part that is still being written is a mistake of the page.
        let Coming { writer, head } = Arc::into_inner(coming).ok_or_else(malformed)?.into_inner();
        Ok(Whole { head, size: writer.finish().map_err(super::disk)? })
    }

    /// Not wanted any more.
    pub(super) fn forget(&self, file: StagedId) {
        self.coming.lock().remove(&file);
    }
}

impl Files {
    pub(super) async fn stage(&self, file: StagedId, at: u64, part: String) -> Result<(), UiError> {
        let staging = self.staging.clone();
        told(move || {
            let part = BASE64_STANDARD.decode(part).map_err(|_| malformed())?;
            staging.take(file, at, &part)
        })
        .await
    }

    /// Puts a file that is whole into a dialog's tray. Refused, its bytes go.
    pub(super) async fn attach(&self, file: StagedId, dialog: DialogId, name: String) -> Result<Receipt, UiError> {
        let staging = self.staging.clone();
        let Whole { head, size } = told(move || staging.finish(file)).await?;
        let media = media::media_of(&head[..head.len().min(media::HEAD)]);
        let pixels = header::pixels(&head).filter(|pixels| picture::knows(media) && header::can_be_shown(*pixels));
        let staged = StagedFile { id: file, name: name::clean(&name), media: media.to_owned(), size, pixels };
        let attached = self.handle.command(Command::Attach { dialog, file: staged }).await;
        if attached.is_err() {
            let shelf = self.shelves.outgoing.clone();
            let gone: Result<(), UiError> = blocking(move || shelf.remove(staged_name(file))).await;
            if gone.is_err() {
                tracing::warn!("a file that is not wanted is still staged; it goes at the next start");
            }
        }
        attached
    }
}

/// Does what blocks off the loop's threads, and fails in the page's words.
async fn told<T: Send + 'static>(work: impl FnOnce() -> Result<T, UiError> + Send + 'static) -> Result<T, UiError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(super::disk(DiskFault::Io)))
}
