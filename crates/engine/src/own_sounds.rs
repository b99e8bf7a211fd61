//! The operator's own sounds: small files in the data folder, each under the digest of what it holds.

use sha2::{Digest, Sha256};
use std::{
    io,
    path::{Path, PathBuf},
};

/// The largest sound that is kept, bytes.
pub(crate) const LONGEST: usize = 2 << 20;

/// Characters of a key.
const KEY: usize = 32;

/// Keeps a sound; the same one twice is one file. Returns its key.
///
/// # Errors
/// If the disk refuses; then nothing is kept.
pub(crate) fn keep(data: &Path, bytes: &[u8]) -> io::Result<String> {
    let folder = folder(data);
    std::fs::create_dir_all(&folder)?;
    let digest = Sha256::digest(bytes);
    let key: String = digest.iter().take(KEY / 2).map(|byte| format!("{byte:02x}")).collect();
    // Written aside first: a half-written sound never stands under its name.
    let aside = folder.join(format!("{key}.new"));
    std::fs::write(&aside, bytes)?;
    std::fs::rename(&aside, folder.join(&key))?;
    Ok(key)
}

/// Where a sound is kept; `None` for what is no key.
pub(crate) fn path(data: &Path, key: &str) -> Option<PathBuf> {
    let is_key = key.len() == KEY && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then(|| folder(data).join(key))
}

fn folder(data: &Path) -> PathBuf {
    data.join("sounds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_kept_once_and_found_by_its_key() {
        let data = tempfile::tempdir().unwrap();
        let key = keep(data.path(), b"ding").unwrap();
        assert_eq!(keep(data.path(), b"ding").unwrap(), key);
        assert_ne!(keep(data.path(), b"dong").unwrap(), key);
        assert_eq!(std::fs::read(path(data.path(), &key).unwrap()).unwrap(), b"ding");
        assert_eq!(std::fs::read_dir(data.path().join("sounds")).unwrap().count(), 2);
    }

    #[test]
    fn a_key_leads_nowhere_else() {
        for key in ["", "../own.db", "/etc/passwd", "0123", "0123456789abcdef0123456789abcde/", &"я".repeat(16)] {
            assert_eq!(path(Path::new("data"), key), None, "{key}");
        }
    }
}
