//! Files on their way: where the bytes of one come from, where they go to, and how either fails.

use std::{fmt, io, sync::Arc};
use thiserror::Error;
use tokio::sync::mpsc;

/// The bytes of a file that is to be sent. Asked on a thread that may block.
pub trait Bytes: Send + Sync + 'static {
    /// How many there are.
    fn size(&self) -> u64;

    /// At most so many, from this place on.
    ///
    /// # Errors
    /// They are not to be had any more.
    fn read(&self, from: u64, most: usize) -> io::Result<Vec<u8>>;
}

/// The bytes of a file, as they are handed on.
#[derive(Clone)]
pub struct Content(pub Arc<dyn Bytes>);

impl fmt::Debug for Content {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Content({} bytes)", self.0.size())
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Content {}

/// Why a file was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoUpload {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than this, in bytes.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// Files of this kind are not taken.
    #[error("files of this kind are not taken")]
    Media,
    /// The rights do not cover it.
    #[error("sending files is not allowed")]
    Forbidden,
    /// Its bytes are not to be had here.
    #[error("the file's bytes are gone")]
    Lost,
    /// It broke off, or the platform is busy: again, not before so many milliseconds.
    #[error("the upload broke off")]
    Later(Option<u64>),
}

/// A piece of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Download {
    /// Some bytes, in their order.
    Some(Vec<u8>),
    /// That was all: the file is whole.
    Whole,
    /// It ends here, and is not whole.
    Failed(NoDownload),
}

/// Why a file cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoDownload {
    /// There is none, or none for this operator.
    #[error("no such file")]
    NotFound,
    /// It is larger than what was wanted.
    #[error("the file is too large")]
    TooLarge,
    /// It broke off, or the platform cannot give it now.
    #[error("the download broke off")]
    Later,
}

/// Where a download goes.
#[derive(Clone, Debug)]
pub struct Downloads(pub mpsc::Sender<Download>);

impl PartialEq for Downloads {
    fn eq(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }
}

impl Eq for Downloads {}
