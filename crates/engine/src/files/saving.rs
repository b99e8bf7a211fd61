//! A file of a message among the operator's downloads: under a safe name, never over another file, never opened.

use super::Files;
use otklik_core::{DiskFault, FileTrouble, Receipt, UiError, UiErrorCode};
use otklik_files::{media, name};
use otklik_model::FileId;
use otklik_store::{Shelf, ShelfName};
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Bytes copied at once.
const PIECE: usize = 1024 * 1024;
/// Files of one name, at most.
const SAME_NAME: u32 = 1_000;

impl Files {
    /// Saves a file; the receipt says where it is.
    pub(super) async fn save(&self, file: FileId, wanted: String, sure: bool) -> Result<Receipt, UiError> {
        if !sure && name::is_dangerous(&wanted, "") {
            return Err(dangerous());
        }
        let stored = self.fetching.fetch(file).await?;
        if !sure && name::is_dangerous(&wanted, self.media_of(stored).await?) {
            return Err(dangerous());
        }
        let (shelf, folder) = (self.shelves.fetched.clone(), self.downloads.clone());
        let saved = super::blocking(move || {
            fs::create_dir_all(&folder).map_err(|error| told(&error))?;
            copy(&shelf, stored, &folder, &name::clean(&wanted))
        });
        let saved = saved.await?;
        self.fetching.tidy().await;
        Ok(Receipt { text: Some(saved.display().to_string()), ..Receipt::default() })
    }

    /// Saves something of our own there, under this name or the next free one.
    pub(crate) async fn save_own(&self, wanted: &'static str, bytes: Vec<u8>) -> Result<PathBuf, UiError> {
        let folder = self.downloads.clone();
        super::blocking(move || {
            fs::create_dir_all(&folder).map_err(|error| told(&error))?;
            let (mut file, path) = free_place(&folder, wanted).map_err(|error| told(&error))?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| told(&error))?;
            Ok(path)
        })
        .await
    }

    /// What a fetched file is, by its bytes.
    async fn media_of(&self, stored: ShelfName) -> Result<&'static str, UiError> {
        let shelf = self.shelves.fetched.clone();
        super::blocking(move || {
            let mut reader = shelf.read(stored)?.ok_or(DiskFault::Io)?;
            Ok(media::media_of(&reader.read(0, media::HEAD)?))
        })
        .await
    }
}

fn dangerous() -> UiError {
    UiError { code: UiErrorCode::File { why: FileTrouble::Dangerous } }
}

fn copy(shelf: &Shelf, stored: ShelfName, folder: &Path, name: &str) -> Result<PathBuf, DiskFault> {
    let mut reader = shelf.read(stored)?.ok_or(DiskFault::Io)?;
    let (mut file, path) = free_place(folder, name).map_err(|error| told(&error))?;
    let mut write = || {
        let mut at = 0;
        while at < reader.size() {
            let some = reader.read(at, PIECE)?;
            file.write_all(&some).map_err(|error| told(&error))?;
            at += some.len() as u64;
        }
        file.sync_all().map_err(|error| told(&error))
    };
    if let Err(fault) = write() {
        // Half a file under a good name would be taken for a whole one.
        let _ = fs::remove_file(&path);
        return Err(fault);
    }
    mark(&path);
    Ok(path)
}

/// A new file under this name, or the first one with a number that is free.
fn free_place(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    let numbered = (2..SAME_NAME).map(|number| name::numbered(name, number));
    for name in std::iter::once(name.to_owned()).chain(numbered) {
        let path = folder.join(name);
        match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Tells the system that it comes from a stranger, where the system has a mark for that.
fn mark(path: &Path) {
    if cfg!(windows) {
        let mut stream = path.as_os_str().to_owned();
        stream.push(":Zone.Identifier");
        if let Err(error) = fs::write(stream, "[ZoneTransfer]\r\nZoneId=3\r\n") {
            tracing::warn!(%error, "a saved file is not marked as a stranger's");
        }
    }
}

fn told(error: &io::Error) -> DiskFault {
    otklik_store::fault_of(error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_store::StoreKey;
    use uuid::Uuid;
    use zeroize::Zeroizing;

    #[test]
    fn a_file_is_saved_beside_its_namesakes_and_over_none_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let key = StoreKey::new(Zeroizing::new([1; 32]));
        let shelf = Shelf::open(&folder.path().join("shelf"), &key, "test").unwrap();
        let stored = ShelfName { id: Uuid::from_u128(1), version: 0 };
        let mut writer = shelf.write(stored).unwrap();
        writer.append(b"content").unwrap();
        writer.finish().unwrap();
        let downloads = folder.path().join("downloads");
        fs::create_dir(&downloads).unwrap();
        fs::write(downloads.join("a.txt"), "there before").unwrap();
        let saved = |name: &str| copy(&shelf, stored, &downloads, &name::clean(name)).unwrap();
        assert_eq!(saved("a.txt"), downloads.join("a (2).txt"));
        assert_eq!(saved("../../a.txt"), downloads.join("a (3).txt"));
        assert_eq!(fs::read_to_string(downloads.join("a.txt")).unwrap(), "there before");
        assert_eq!(fs::read_to_string(downloads.join("a (2).txt")).unwrap(), "content");
        let missing = ShelfName { id: Uuid::from_u128(2), version: 0 };
        assert_eq!(copy(&shelf, missing, &downloads, "b.txt"), Err(DiskFault::Io));
        assert!(!downloads.join("b.txt").exists());
    }
}
