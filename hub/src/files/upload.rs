//! Taking a file in: streamed to where it stays, measured, hashed and looked at as it comes.

use super::Files;
use crate::{
    centre::{FileRules, mask_cards},
    office::Office,
    store::FileRow,
};
use axum::BoxError;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use object_store::WriteMultipart;
use otklik_files::{
    media::{HEAD, media_of},
    name, picture,
};
use otklik_model::{FileId, FileState, takes_media};
use sha2::{Digest as _, Sha256};
use std::{fmt::Display, sync::Arc, time::Duration};
use tokio::time::timeout;
use uuid::Uuid;

/// Whoever sends nothing for so long has gone.
pub(super) const SILENCE: Duration = Duration::from_secs(30);
/// The whole of a file comes within.
const PATIENCE: Duration = Duration::from_secs(900);
/// What is read on after a refusal, so that it can be heard: in bytes, and for so long.
const READ_ON: (usize, Duration) = (64 * 1024 * 1024, Duration::from_secs(10));
/// Parts of a content on their way to the place at once.
const PARTS: usize = 4;

/// Why a file is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoUpload {
    /// There is nothing in it.
    Empty,
    /// More bytes than this.
    TooLarge(u64),
    /// Not of a kind that the centre takes.
    Media,
    /// Too many or too much for now.
    TooFast,
    /// It broke off.
    Broken,
    /// A part begins elsewhere than where the last one ended, after so many bytes.
    Offset(u64),
    /// It cannot be kept.
    Unavailable,
}

/// A file that is about to come.
pub(super) struct Upload {
    /// The operator or customer who sends it.
    pub(super) by: Uuid,
    /// Whose quota it counts against.
    pub(super) senders: Vec<Uuid>,
    /// What it is called there.
    pub(super) name: String,
}

/// What has come.
struct Taken {
    media: &'static str,
    size: u64,
    sha256: [u8; 32],
}

impl Files {
    /// Takes a file in. When this returns well, it is kept durably, and goes again if nobody sends it within a day.
    pub(super) async fn take_in(
        &self,
        office: &Arc<Office>,
        upload: Upload,
        body: impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin,
    ) -> Result<FileRow, NoUpload> {
        let mut body = body;
        let taken = match timeout(PATIENCE, self.take(office, &upload, &mut body)).await {
            Ok(taken) => taken,
            Err(_) => return Err(NoUpload::Broken),
        };
        if taken.is_err() {
            read_on(&mut body).await;
        }
        taken
    }

    async fn take(
        &self,
        office: &Arc<Office>,
        upload: &Upload,
        body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin),
    ) -> Result<FileRow, NoUpload> {
        if !self.quota.begin(&upload.senders) {
            return Err(NoUpload::TooFast);
        }
        self.keep(office, upload, FileId(Uuid::now_v7()), body).await
    }

    /// Keeps a file under this id, as its bytes come.
    pub(super) async fn keep(
        &self,
        office: &Arc<Office>,
        upload: &Upload,
        id: FileId,
        body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin),
    ) -> Result<FileRow, NoUpload> {
        let centre = office.centre();
        let head = read_head(body).await?;
        let media = media_of(&head);
        if head.is_empty() {
            return Err(NoUpload::Empty);
        }
        if !takes_media(&centre.files.media, media) {
            return Err(NoUpload::Media);
        }
        let of = (office.workspace.id, id);
        // Its end is noted before its beginning: what nobody sends, and what a crash leaves behind, goes by itself.
        office.file_begins(id).await.map_err(unavailable)?;
        let writing = self.contents.write(of).await.map_err(unavailable)?;
        let taken = self.write(writing, head, media, &centre.files, &upload.senders, body).await?;
        let pixels = self.draw(of, &taken).await;
        let cleaned = name::clean(&upload.name);
        let state = if self.scans() { FileState::Checking } else { FileState::Ready };
        let row = FileRow {
            id,
            workspace: office.workspace.id,
            dialog: None,
            by: upload.by,
            name: if centre.mask_cards { mask_cards(&cleaned) } else { cleaned },
            media: taken.media.to_owned(),
            size: taken.size,
            sha256: taken.sha256,
            state,
            pixels,
            at: office.now(),
        };
        office.file_came(row.clone()).await.map_err(unavailable)?;
        Ok(row)
    }

    async fn write(
        &self,
        mut writing: WriteMultipart,
        head: Bytes,
        media: &'static str,
        rules: &FileRules,
        senders: &[Uuid],
        body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin),
    ) -> Result<Taken, NoUpload> {
        let (mut hash, mut size, mut next) = (Sha256::new(), 0_u64, Some(head));
        while let Some(some) = next {
            size += some.len() as u64;
            hash.update(&some);
            let fits = if size > rules.most_bytes {
                Err(NoUpload::TooLarge(rules.most_bytes))
            } else if !self.quota.spend(senders, some.len()) {
                Err(NoUpload::TooFast)
            } else {
                writing.wait_for_capacity(PARTS).await.map_err(unavailable)
            };
            writing.put(some);
            next = match fits {
                Ok(()) => match receive(body).await {
                    Ok(next) => next,
                    Err(broken) => return Err(give_up(writing, broken).await),
                },
                Err(why) => return Err(give_up(writing, why).await),
            };
        }
        writing.finish().await.map_err(unavailable)?;
        Ok(Taken { media, size, sha256: hash.finalize().into() })
    }

    /// Makes a small picture, if it is a picture. It may do without.
    async fn draw(&self, of: (otklik_model::WorkspaceId, FileId), taken: &Taken) -> Option<(u32, u32)> {
        if !picture::knows(taken.media) {
            return None;
        }
        let content = self.contents.whole(of, super::Part::Content).await.ok()??;
        let thumbnail = self.pictures.thumbnail(taken.media, content).await?;
        match self.contents.put_thumbnail(of, thumbnail.content).await {
            Ok(()) => Some(thumbnail.pixels),
            Err(error) => {
                tracing::warn!(%error, "a small picture cannot be kept");
                None
            }
        }
    }
}

/// The first bytes, as many as tell what it is.
async fn read_head(
    body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin),
) -> Result<Bytes, NoUpload> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match receive(body).await? {
            Some(some) => head.extend_from_slice(&some),
            None => break,
        }
    }
    Ok(head.freeze())
}

async fn receive(
    body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin),
) -> Result<Option<Bytes>, NoUpload> {
    match timeout(SILENCE, body.next()).await {
        Ok(Some(Ok(some))) => Ok(Some(some)),
        Ok(None) => Ok(None),
        Ok(Some(Err(_))) | Err(_) => Err(NoUpload::Broken),
    }
}

async fn give_up(writing: WriteMultipart, why: NoUpload) -> NoUpload {
    if let Err(error) = writing.abort().await {
        tracing::warn!(%error, "an unfinished file may have left something behind");
    }
    why
}

/// Most programs hear an answer only when they have said everything.
async fn read_on(body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin)) {
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(some)) = body.next().await {
            bytes += some.len();
            if bytes > READ_ON.0 {
                return;
            }
        }
    };
    // Whoever has more to say is not listening.
    let _ = timeout(READ_ON.1, reading).await;
}

pub(super) fn unavailable(error: impl Display) -> NoUpload {
    tracing::warn!(%error, "a file cannot be kept");
    NoUpload::Unavailable
}
