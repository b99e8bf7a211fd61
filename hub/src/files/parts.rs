//! Files that come in parts, over as many connections as it takes: a part is kept before it is acknowledged, and the
//! next one begins where it ends. What is there is read from the place itself: no process has to remember it.

use super::{
    Files,
    content::Coming,
    upload::{NoUpload, SILENCE, Upload, unavailable},
};
use crate::{office::Office, store::FileRow};
use axum::BoxError;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use otklik_model::FileId;
use std::sync::Arc;
use tokio::time::timeout;
use uuid::Uuid;

/// The largest part, in bytes.
pub(super) const MOST_PART: u64 = 4 * 1024 * 1024;

/// Which file, and who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Of {
    pub(super) file: FileId,
    pub(super) by: Uuid,
}

impl Files {
    /// How many bytes of it are here.
    pub(super) async fn come_so_far(&self, office: &Office, of: Of) -> Result<u64, NoUpload> {
        if let Some(row) = whole(office, of).await? {
            return Ok(row.size);
        }
        let parts = self.contents.parts(coming(office, of)).await.map_err(unavailable)?;
        Ok(end(&parts))
    }

    /// Takes the part that begins at this byte. Durable when this returns well, with how many bytes are here now.
    pub(super) async fn take_part(
        &self,
        office: &Arc<Office>,
        of: Of,
        at: u64,
        body: &mut (impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Unpin),
    ) -> Result<u64, NoUpload> {
        let here = self.come_so_far(office, of).await?;
        if here != at {
            return Err(NoUpload::Offset(here));
        }
        if at == 0 && !self.quota.begin(&[of.by]) {
            return Err(NoUpload::TooFast);
        }
        let most = office.centre().files.most_bytes;
        let mut part = BytesMut::new();
        while let Some(some) = receive(body).await? {
            part.extend_from_slice(&some);
            if at + part.len() as u64 > most || part.len() as u64 > MOST_PART {
                return Err(NoUpload::TooLarge(most));
            }
        }
        if part.is_empty() {
            return Err(NoUpload::Empty);
        }
        if !self.quota.spend(&[of.by], part.len()) {
            return Err(NoUpload::TooFast);
        }
        if at == 0 {
            // Its end is noted before its beginning: what nobody ends goes by itself.
            office.file_begins(of.file).await.map_err(unavailable)?;
        }
        let size = part.len() as u64;
        self.contents.put_part(coming(office, of), at, part.freeze()).await.map_err(unavailable)?;
        Ok(at + size)
    }

    /// Puts the parts together, if all of them are here. Done once: asked again, it is the same file.
    pub(super) async fn put_together(
        &self,
        office: &Arc<Office>,
        of: Of,
        name: String,
        size: u64,
    ) -> Result<FileRow, NoUpload> {
        if let Some(row) = whole(office, of).await? {
            return Ok(row);
        }
        let parts = self.contents.parts(coming(office, of)).await.map_err(unavailable)?;
        if end(&parts) != size {
            return Err(NoUpload::Offset(end(&parts)));
        }
        if size == 0 {
            return Err(NoUpload::Empty);
        }
        // What it weighs was paid for part by part.
        let upload = Upload { by: of.by, senders: Vec::new(), name };
        let mut content = Box::pin(self.contents.joined(coming(office, of), parts));
        let row = self.keep(office, &upload, of.file, &mut content).await?;
        if let Err(error) = self.contents.remove_parts((office.workspace.id, of.file)).await {
            // They go with the file's errand.
            tracing::warn!(%error, "the parts of a file that is whole are still there");
        }
        Ok(row)
    }
}

/// The file, if it is whole already. An id that is somebody else's file is nobody's upload.
async fn whole(office: &Office, of: Of) -> Result<Option<FileRow>, NoUpload> {
    match office.store.file(office.workspace.id, of.file).await.map_err(unavailable)? {
        Some(row) if row.by != of.by => Err(NoUpload::Broken),
        found => Ok(found),
    }
}

fn coming(office: &Office, of: Of) -> Coming {
    Coming { workspace: office.workspace.id, file: of.file, by: of.by }
}

fn end(parts: &[(u64, u64)]) -> u64 {
    parts.last().map_or(0, |(at, size)| at + size)
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
