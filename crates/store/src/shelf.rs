//! Encrypted files in a folder: what waits to be sent, and what was fetched to be looked at.
//!
//! A file is written from its beginning to its end and then never changes; it has its name only when it is whole and
//! on the platter. Bytes can be read from anywhere in it. Must not know: what the files are, and who may see them.

mod seal;

use crate::StoreKey;
use otklik_core::DiskFault;
use seal::{CHUNK, HEADER, Header, SEALED, Seal};
use std::{
    fs::{self, File, FileTimes},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};
use uuid::Uuid;

/// The ending of a file that is not whole.
const UNFINISHED: &str = "part";

/// What a file is called: an id, and which version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShelfName {
    /// Whose.
    pub id: Uuid,
    /// Which version: 0 is the file itself.
    pub version: u8,
}

/// A folder of encrypted files. Cheap to clone; every call blocks on the disk.
#[derive(Clone)]
pub struct Shelf {
    folder: Arc<PathBuf>,
    seal: Arc<Seal>,
}

/// A file that is being written. Dropped before it is finished, it never was.
pub struct ShelfWriter {
    file: File,
    /// Where it is while it is written, and where it will be.
    paths: [PathBuf; 2],
    seal: Arc<Seal>,
    header: Header,
    name: ShelfName,
    /// What does not fill a chunk yet.
    rest: Vec<u8>,
    chunks: u64,
    finished: bool,
}

/// A file that can be read.
pub struct ShelfReader {
    file: File,
    seal: Arc<Seal>,
    header: Header,
    name: ShelfName,
    chunks: u64,
    size: u64,
}

impl Shelf {
    /// Opens the folder, makes it if it is missing, and removes what was not finished. `role` tells the shelves of one
    /// key apart.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn open(folder: &Path, key: &StoreKey, role: &str) -> Result<Self, DiskFault> {
        crate::store::make_private(folder).map_err(|error| told(&error))?;
        let shelf = Self { folder: Arc::new(folder.to_owned()), seal: Arc::new(Seal::new(key, role)) };
        for entry in fs::read_dir(folder).map_err(|error| told(&error))? {
            let path = entry.map_err(|error| told(&error))?.path();
            if path.extension().is_some_and(|ending| ending == UNFINISHED) {
                remove(&path)?;
            }
        }
        Ok(shelf)
    }

    /// Removes a shelf with everything on it; removing none is no error.
    ///
    /// # Errors
    /// The class of the failure; some of it may be there still.
    pub fn erase(folder: &Path) -> Result<(), DiskFault> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(told(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Begins a file. One of the same name is replaced when this one is whole.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn write(&self, name: ShelfName) -> Result<ShelfWriter, DiskFault> {
        let whole = self.path(name);
        let header = Header::fresh().map_err(|error| told(&error))?;
        // Two that are written under one name do not meet.
        let unfinished = whole.with_extension(format!("{}.{UNFINISHED}", header.mark()));
        let begin = || {
            let mut file = File::create(&unfinished)?;
            file.write_all(&header.bytes())?;
            Ok(file)
        };
        let file = begin().map_err(|error: io::Error| told(&error))?;
        let (paths, seal) = ([unfinished, whole], self.seal.clone());
        Ok(ShelfWriter { file, paths, seal, header, name, rest: Vec::new(), chunks: 0, finished: false })
    }

    /// Opens a file; `None` if there is none.
    ///
    /// # Errors
    /// The class of the failure; [`DiskFault::Corrupt`] if it is none of this shelf's.
    pub fn read(&self, name: ShelfName) -> Result<Option<ShelfReader>, DiskFault> {
        let mut file = match File::open(self.path(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(told(&error)),
        };
        let mut bytes = [0; HEADER];
        let length = file.metadata().map_err(|error| told(&error))?.len();
        file.read_exact(&mut bytes).map_err(|_| DiskFault::Corrupt)?;
        let header = Header::read(&bytes).ok_or(DiskFault::Corrupt)?;
        let body = length.saturating_sub(HEADER as u64);
        let chunks = body.div_ceil(SEALED as u64);
        // Even an empty file has one chunk, and no chunk is smaller than its seal.
        let size = body.checked_sub(chunks * (SEALED - CHUNK) as u64).filter(|_| chunks > 0);
        let size = size.ok_or(DiskFault::Corrupt)?;
        Ok(Some(ShelfReader { file, seal: self.seal.clone(), header, name, chunks, size }))
    }

    /// Removes a file; removing none is no error.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn remove(&self, name: ShelfName) -> Result<(), DiskFault> {
        remove(&self.path(name))
    }

    /// What is there.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn names(&self) -> Result<Vec<ShelfName>, DiskFault> {
        Ok(self.files()?.into_iter().map(|(name, ..)| name).collect())
    }

    /// It was used: it is among the last to go.
    pub fn touch(&self, name: ShelfName) {
        let touched = File::options().append(true).open(self.path(name));
        if let Ok(file) = touched {
            // A clock that cannot be set makes the file a little older than it is.
            let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
        }
    }

    /// Removes what was used longest ago until at most `most` bytes are left.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn trim(&self, most: u64) -> Result<(), DiskFault> {
        let mut files = self.files()?;
        files.sort_by_key(|(_, used, _)| *used);
        let mut total: u64 = files.iter().map(|(_, _, size)| size).sum();
        for (name, _, size) in files {
            if total <= most {
                break;
            }
            self.remove(name)?;
            total = total.saturating_sub(size);
        }
        Ok(())
    }

    fn files(&self) -> Result<Vec<(ShelfName, SystemTime, u64)>, DiskFault> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&*self.folder).map_err(|error| told(&error))? {
            let entry = entry.map_err(|error| told(&error))?;
            let Some(name) = entry.file_name().to_str().and_then(parse) else { continue };
            // Gone since it was listed: nothing to count.
            let Ok(about) = entry.metadata() else { continue };
            files.push((name, about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len()));
        }
        Ok(files)
    }

    fn path(&self, name: ShelfName) -> PathBuf {
        self.folder.join(format!("{}-{}", name.id.simple(), name.version))
    }
}

impl ShelfWriter {
    /// How many bytes were written so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.chunks * CHUNK as u64 + self.rest.len() as u64
    }

    /// Writes more.
    ///
    /// # Errors
    /// The class of the failure; the file is then to be given up.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), DiskFault> {
        self.rest.extend_from_slice(bytes);
        // The last chunk is sealed as such: a full one waits until more comes.
        while self.rest.len() > CHUNK {
            let chunk: Vec<u8> = self.rest.drain(..CHUNK).collect();
            self.put(&chunk, false)?;
        }
        Ok(())
    }

    /// It is whole: durable under its name when this returns well. Returns its size.
    ///
    /// # Errors
    /// The class of the failure; the file never was.
    pub fn finish(mut self) -> Result<u64, DiskFault> {
        let size = self.size();
        let rest = std::mem::take(&mut self.rest);
        self.put(&rest, true)?;
        let [unfinished, whole] = &self.paths;
        let settle = || {
            self.file.sync_all()?;
            fs::rename(unfinished, whole)?;
            sync_folder(whole)
        };
        settle().map_err(|error| told(&error))?;
        self.finished = true;
        Ok(size)
    }

    fn put(&mut self, chunk: &[u8], last: bool) -> Result<(), DiskFault> {
        let sealed = self.seal.close(&self.header, self.name, self.chunks, last, chunk).ok_or(DiskFault::Io)?;
        self.file.write_all(&sealed).map_err(|error| told(&error))?;
        self.chunks += 1;
        Ok(())
    }
}

impl Drop for ShelfWriter {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed now goes when the shelf is opened next.
            let _ = fs::remove_file(&self.paths[0]);
        }
    }
}

impl ShelfReader {
    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// At most so many bytes from a place on; fewer at the end, none behind it.
    ///
    /// # Errors
    /// The class of the failure; [`DiskFault::Corrupt`] if the bytes are not those that were written.
    pub fn read(&mut self, from: u64, most: usize) -> Result<Vec<u8>, DiskFault> {
        let mut read = Vec::new();
        let mut at = from;
        while at < self.size && read.len() < most {
            let chunk = self.chunk(at / CHUNK as u64)?;
            let start = usize::try_from(at % CHUNK as u64).unwrap_or(CHUNK);
            let some = chunk.get(start..).unwrap_or_default();
            let some = some.get(..some.len().min(most - read.len())).unwrap_or_default();
            if some.is_empty() {
                return Err(DiskFault::Corrupt);
            }
            read.extend_from_slice(some);
            at += some.len() as u64;
        }
        Ok(read)
    }

    fn chunk(&mut self, number: u64) -> Result<Vec<u8>, DiskFault> {
        let place = HEADER as u64 + number * SEALED as u64;
        let last = number + 1 == self.chunks;
        let mut sealed = Vec::new();
        self.file.seek(SeekFrom::Start(place)).map_err(|error| told(&error))?;
        (&mut self.file).take(SEALED as u64).read_to_end(&mut sealed).map_err(|error| told(&error))?;
        self.seal.open(&self.header, self.name, number, last, &sealed).ok_or(DiskFault::Corrupt)
    }
}

fn parse(name: &str) -> Option<ShelfName> {
    let (id, version) = name.split_once('-')?;
    Some(ShelfName { id: Uuid::try_parse(id).ok()?, version: version.parse().ok()? })
}

fn remove(path: &Path) -> Result<(), DiskFault> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(told(&error)),
    }
}

/// A name is durable when its folder is.
#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_file: &Path) -> io::Result<()> {
    Ok(())
}

fn told(error: &io::Error) -> DiskFault {
    let kind = error.kind();
    tracing::warn!(?kind, "an encrypted file cannot be used");
    fault_of(kind)
}

/// What a failure of the file system means to the operator.
#[must_use]
pub fn fault_of(kind: io::ErrorKind) -> DiskFault {
    let read_only = [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem];
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    if read_only.contains(&kind) {
        DiskFault::ReadOnly
    } else if full.contains(&kind) {
        DiskFault::Full
    } else {
        DiskFault::Io
    }
}

#[cfg(test)]
mod tests;
