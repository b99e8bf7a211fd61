//! Where the bytes are: a folder or a bucket, under the workspace's and the file's own ids.

use super::settings::{Bucket, Place};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt as _, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path as Key,
};
use otklik_model::{FileId, WorkspaceId};
use std::{path::Path, path::PathBuf, sync::Arc};
use thiserror::Error;
use uuid::Uuid;

use super::link::Part;

/// A part of an upload to a bucket, in bytes; no smaller one is taken there.
const PART: usize = 5 * 1024 * 1024;

/// Why files cannot be kept or read.
#[derive(Debug, Error)]
pub enum ContentError {
    /// A file or folder on this machine.
    #[error("{} cannot be used: {source}", path.display())]
    Local {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The place contents are kept in.
    #[error("the place where files are kept: {0}")]
    Place(#[from] object_store::Error),
    /// There are no random numbers to be had.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The key of the links is none.
    #[error("the key of the links in {} is not 32 bytes; remove the file, and a new one is made", path.display())]
    Key {
        /// Which file.
        path: PathBuf,
    },
}

/// The contents of all files.
pub(super) struct Contents(Arc<dyn ObjectStore>);

impl Contents {
    pub(super) fn open(place: &Place, data: &Path) -> Result<Self, ContentError> {
        Ok(Self(match place {
            Place::Folder(folder) => Arc::new(open_folder(folder.clone().unwrap_or_else(|| data.join("files")))?),
            Place::Bucket(bucket) => open_bucket(bucket)?,
        }))
    }

    /// Begins to write a content. It is there when the writing is finished, and not before.
    pub(super) async fn write(&self, of: (WorkspaceId, FileId)) -> Result<WriteMultipart, object_store::Error> {
        let upload = self.0.put_multipart(&key(of, Part::Content)).await?;
        Ok(WriteMultipart::new_with_chunk_size(upload, PART))
    }

    pub(super) async fn put_thumbnail(
        &self,
        of: (WorkspaceId, FileId),
        content: Vec<u8>,
    ) -> Result<(), object_store::Error> {
        self.0.put(&key(of, Part::Thumbnail), content.into()).await.map(drop)
    }

    /// The bytes of a part as they come; nothing, if they are not there.
    pub(super) async fn read(
        &self,
        of: (WorkspaceId, FileId),
        part: Part,
    ) -> Result<Option<impl Stream<Item = Result<Bytes, object_store::Error>> + Send + use<>>, object_store::Error>
    {
        match self.0.get(&key(of, part)).await {
            Ok(found) => Ok(Some(found.into_stream())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All bytes of a part at once; nothing, if they are not there.
    pub(super) async fn whole(
        &self,
        of: (WorkspaceId, FileId),
        part: Part,
    ) -> Result<Option<Vec<u8>>, object_store::Error> {
        let Some(stream) = self.read(of, part).await? else { return Ok(None) };
        let gather = |mut all: Vec<u8>, some: Bytes| async move {
            all.extend_from_slice(&some);
            Ok(all)
        };
        stream.try_fold(Vec::new(), gather).await.map(Some)
    }

    /// Keeps a part of a file that comes in parts: the one that begins at this byte.
    pub(super) async fn put_part(&self, of: Coming, at: u64, content: Bytes) -> Result<(), object_store::Error> {
        self.0.put(&of.key(at), content.into()).await.map(drop)
    }

    /// The parts that are there without a hole from the beginning on: where each begins, and its size.
    pub(super) async fn parts(&self, of: Coming) -> Result<Vec<(u64, u64)>, object_store::Error> {
        let listed: Vec<ObjectMeta> = self.0.list(Some(&of.folder())).try_collect().await?;
        let begins = |part: &ObjectMeta| part.location.filename()?.parse::<u64>().ok();
        let mut found: Vec<(u64, u64)> = listed.iter().filter_map(|part| Some((begins(part)?, part.size))).collect();
        found.sort_unstable();
        let mut end = 0;
        found.retain(|(at, size)| {
            let follows = *at == end;
            end += if follows { *size } else { 0 };
            follows
        });
        Ok(found)
    }

    /// All bytes of these parts, one after the other.
    pub(super) fn joined(
        &self,
        of: Coming,
        parts: Vec<(u64, u64)>,
    ) -> impl Stream<Item = Result<Bytes, object_store::Error>> + Send + use<> {
        let place = self.0.clone();
        let read = move |(at, _)| {
            let place = place.clone();
            async move { Ok::<_, object_store::Error>(place.get(&of.key(at)).await?.into_stream()) }
        };
        futures_util::stream::iter(parts).then(read).try_flatten()
    }

    /// Removes the parts of a file that came or began to come in parts.
    pub(super) async fn remove_parts(&self, of: (WorkspaceId, FileId)) -> Result<(), object_store::Error> {
        let listed: Vec<ObjectMeta> = self.0.list(Some(&folder_of_parts(of))).try_collect().await?;
        for part in listed {
            match self.0.delete(&part.location).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Removes a file's content, its small picture and its parts. What is not there is removed already.
    pub(super) async fn remove(&self, of: (WorkspaceId, FileId)) -> Result<(), object_store::Error> {
        self.remove_parts(of).await?;
        for part in [Part::Content, Part::Thumbnail] {
            match self.0.delete(&key(of, part)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A file that comes in parts: whose it is, what it will be called, and who sends it. Nobody else's parts meet his.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coming {
    pub(super) workspace: WorkspaceId,
    pub(super) file: FileId,
    pub(super) by: Uuid,
}

impl Coming {
    fn folder(&self) -> Key {
        folder_of_parts((self.workspace, self.file)).join(self.by.to_string())
    }

    fn key(&self, at: u64) -> Key {
        self.folder().join(format!("{at:020}"))
    }
}

fn folder_of_parts((workspace, file): (WorkspaceId, FileId)) -> Key {
    Key::from(format!("{workspace}/{file}.parts"))
}

fn key((workspace, file): (WorkspaceId, FileId), part: Part) -> Key {
    Key::from(match part {
        Part::Content => format!("{workspace}/{file}"),
        Part::Thumbnail => format!("{workspace}/{file}.thumbnail"),
    })
}

fn open_folder(path: PathBuf) -> Result<LocalFileSystem, ContentError> {
    std::fs::create_dir_all(&path).map_err(|source| ContentError::Local { path: path.clone(), source })?;
    // What was acknowledged survives a crash of the machine.
    Ok(LocalFileSystem::new_with_prefix(path)?.with_fsync(true))
}

fn open_bucket(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, ContentError> {
    // Its client takes the process's; somebody may have chosen one already, and then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let path = &bucket.secret_file;
    let secret = std::fs::read_to_string(path)
        .map(zeroize::Zeroizing::new)
        .map_err(|source| ContentError::Local { path: path.clone(), source })?;
    let builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.key_id)
        .with_secret_access_key(secret.lines().next().unwrap_or_default());
    let builder = match &bucket.endpoint {
        Some(endpoint) => builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://")),
        None => builder,
    };
    Ok(Arc::new(builder.build()?))
}
