//! The files of one session: those the operator sends, from the page to the staging folder; those of messages, from the
//! hub to the screen or among his downloads. Bytes reach a page only through here.
//!
//! Knows shelves, the running session and the helper that makes pictures; must not know who leads which dialog.

mod fetching;
mod outgoing;
mod pictures;
mod saving;
mod showing;
mod staging;

pub(crate) use outgoing::Outgoing;
pub use pictures::PictureMaker;
pub use showing::{FileAnswer, FileRange};

use crate::{FileCommand, audience::Audience, runner::Handle};
use fetching::Fetching;
use otklik_core::{DiskFault, Receipt, UiError, UiErrorCode};
use otklik_model::StagedId;
use otklik_store::{Shelf, StoreKeys};
use outgoing::staged_name;
use pictures::Pictures;
use staging::Staging;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How much of fetched files is kept, in bytes; what was used longest ago goes first.
const KEPT: u64 = 512 * 1024 * 1024;

/// The folder of the second shelf.
const FETCHED: &str = "fetched";

/// A session's two shelves.
#[derive(Clone)]
pub(crate) struct Shelves {
    /// What the operator sends, until the hub has it.
    pub(crate) outgoing: Shelf,
    /// What was fetched, as long as there is room.
    pub(crate) fetched: Shelf,
}

impl Shelves {
    /// Opens both in an account's folder. Of what was to be sent only these files are still wanted.
    pub(crate) fn open(folder: &Path, keys: &StoreKeys, wanted: &BTreeSet<StagedId>) -> Result<Self, DiskFault> {
        let outgoing = Shelf::open(&folder.join("outgoing"), &keys.own, "outgoing")?;
        let fetched = Shelf::open(&folder.join(FETCHED), &keys.cache, "fetched")?;
        // The process died between the last row that named them and their end.
        for name in outgoing.names()? {
            if !wanted.contains(&StagedId(name.id)) {
                outgoing.remove(name)?;
            }
        }
        fetched.trim(KEPT)?;
        Ok(Self { outgoing, fetched })
    }

    /// Removes what was fetched, with its shelf, from an account's folder.
    pub(crate) fn erase_fetched(folder: &Path) -> Result<(), DiskFault> {
        Shelf::erase(&folder.join(FETCHED))
    }
}

/// The files of a running session. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Files {
    shelves: Shelves,
    staging: Arc<Staging>,
    fetching: Arc<Fetching>,
    pictures: Arc<Pictures>,
    handle: Handle,
    downloads: PathBuf,
}

impl Files {
    pub(crate) fn new(
        shelves: Shelves,
        handle: Handle,
        audience: Audience,
        helper: Option<PictureMaker>,
        downloads: PathBuf,
    ) -> Self {
        let fetching = Arc::new(Fetching::new(shelves.fetched.clone(), handle.clone(), audience));
        let staging = Arc::new(Staging::new(shelves.outgoing.clone()));
        Self { shelves, staging, fetching, pictures: Arc::new(Pictures::new(helper)), handle, downloads }
    }

    /// Carries out a page's command.
    pub(crate) async fn command(&self, command: FileCommand) -> Result<Receipt, UiError> {
        match command {
            FileCommand::Stage { file, at, part } => {
                self.stage(file, at, part).await?;
                Ok(Receipt::default())
            }
            FileCommand::Attach { file, dialog, name } => self.attach(file, dialog, name).await,
            FileCommand::Forget { file } => {
                self.staging.forget(file);
                Ok(Receipt::default())
            }
            FileCommand::Save { file, name, sure } => self.save(file, name, sure).await,
        }
    }
}

/// Does what blocks off the loop's threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DiskFault> + Send + 'static,
) -> Result<T, UiError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| crate::workplace::not_ready())?;
    done.map_err(disk)
}

fn disk(fault: DiskFault) -> UiError {
    UiError { code: UiErrorCode::Disk { fault } }
}

fn malformed() -> UiError {
    UiError { code: UiErrorCode::Malformed }
}
