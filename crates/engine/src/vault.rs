//! Secrets under a passphrase, for machines without a keychain: one small encrypted file.
//!
//! The passphrase becomes a key by Argon2id; the secrets are sealed by XChaCha20-Poly1305 with a fresh nonce at each
//! write. A wrong passphrase is seen by the seal, before any database is opened.

use crate::{Keychain, KeychainError};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;
use zeroize::Zeroizing;

/// Memory, passes and lanes of Argon2id: about 50 ms on an office machine.
const MEMORY_KIB: u32 = 46 * 1024;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// An opened vault.
pub(crate) struct Vault {
    file: PathBuf,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
    secrets: Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>,
}

/// Why a vault does not open.
#[derive(Debug, Error)]
pub(crate) enum VaultError {
    /// The seal does not fit: the passphrase is wrong, or the file was changed.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file is not a vault.
    #[error("the file of secrets is damaged")]
    Damaged,
    /// Reading or writing failed.
    #[error("the file of secrets cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// The file: everything a passphrase needs to open it, and nothing readable without.
#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

impl Vault {
    /// Where a data folder keeps its vault.
    pub(crate) fn file_in(data: &Path) -> PathBuf {
        data.join("secrets.vault")
    }

    /// Makes a new, empty vault under a passphrase.
    pub(crate) fn create(file: &Path, passphrase: &str) -> Result<Self, VaultError> {
        let mut salt = [0; 16];
        fill_random(&mut salt)?;
        let key = derive(passphrase, &salt, MEMORY_KIB, PASSES, LANES)?;
        let vault = Self { file: file.to_owned(), salt, key, secrets: Mutex::new(BTreeMap::new()) };
        vault.write(&vault.secrets.lock())?;
        Ok(vault)
    }

    /// Opens an existing one.
    pub(crate) fn open(file: &Path, passphrase: &str) -> Result<Self, VaultError> {
        let sealed: Sealed = serde_json::from_slice(&fs::read(file)?).map_err(|_| VaultError::Damaged)?;
        let salt: [u8; 16] = decode(&sealed.salt)?.try_into().map_err(|_| VaultError::Damaged)?;
        let nonce: [u8; 24] = decode(&sealed.nonce)?.try_into().map_err(|_| VaultError::Damaged)?;
        // A changed file must not be able to ask for a terabyte.
        if sealed.version != 1 || sealed.memory_kib > 1024 * 1024 || sealed.passes > 16 || sealed.lanes > 16 {
            return Err(VaultError::Damaged);
        }
        let key = derive(passphrase, &salt, sealed.memory_kib, sealed.passes, sealed.lanes)?;
        let plain = XChaCha20Poly1305::new(Key::from_slice(&*key))
            .decrypt(XNonce::from_slice(&nonce), decode(&sealed.sealed)?.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| VaultError::WrongPassphrase)?;
        let encoded: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| VaultError::Damaged)?;
        let mut secrets = BTreeMap::new();
        for (name, secret) in encoded {
            secrets.insert(name, Zeroizing::new(decode(&secret)?));
        }
        Ok(Self { file: file.to_owned(), salt, key, secrets: Mutex::new(secrets) })
    }

    /// Seals and replaces the file; the old one stays until the new one is whole on disk.
    fn write(&self, secrets: &BTreeMap<String, Zeroizing<Vec<u8>>>) -> Result<(), VaultError> {
        let encoded: BTreeMap<&String, Zeroizing<String>> =
            secrets.iter().map(|(name, secret)| (name, Zeroizing::new(BASE64_STANDARD.encode(secret)))).collect();
        let plain: BTreeMap<&String, &str> = encoded.iter().map(|(name, secret)| (*name, secret.as_str())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(io::Error::other)?);
        let mut nonce = [0; 24];
        fill_random(&mut nonce)?;
        let sealed = XChaCha20Poly1305::new(Key::from_slice(&*self.key))
            .encrypt(XNonce::from_slice(&nonce), plain.as_slice())
            .map_err(|_| io::Error::other("sealing failed"))?;
        let file = Sealed {
            version: 1,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: BASE64_STANDARD.encode(self.salt),
            nonce: BASE64_STANDARD.encode(nonce),
            sealed: BASE64_STANDARD.encode(sealed),
        };
        replace_file(&self.file, &serde_json::to_vec_pretty(&file).map_err(io::Error::other)?)?;
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Zeroizing<Vec<u8>>>)) -> Result<(), KeychainError> {
        let mut secrets = self.secrets.lock();
        let mut changed = secrets.clone();
        change(&mut changed);
        self.write(&changed).map_err(|error| KeychainError::Failed(error.to_string()))?;
        *secrets = changed;
        Ok(())
    }
}

impl Keychain for Vault {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.secrets.lock().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.change(|secrets| {
            secrets.insert(name.to_owned(), Zeroizing::new(secret.to_vec()));
        })
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.change(|secrets| {
            secrets.remove(name);
        })
    }
}

/// Writes a file so that a crash leaves either the old or the new one.
pub(crate) fn replace_file(file: &Path, content: &[u8]) -> io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = fs::File::create(&beside)?;
    new.write_all(content)?;
    new.sync_all()?;
    fs::rename(&beside, file)
}

fn derive(
    passphrase: &str,
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| VaultError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(|_| VaultError::Damaged)?;
    Ok(key)
}

fn decode(text: &str) -> Result<Vec<u8>, VaultError> {
    BASE64_STANDARD.decode(text).map_err(|_| VaultError::Damaged)
}

fn fill_random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Vault, VaultError};
    use crate::Keychain;

    #[test]
    fn keeps_secrets_under_the_passphrase_and_only_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = Vault::file_in(folder.path());
        let vault = Vault::create(&file, "верный пароль").unwrap();
        vault.set("token", b"canary-7f3a").unwrap();
        drop(vault);

        assert!(matches!(Vault::open(&file, "неверный"), Err(VaultError::WrongPassphrase)));
        let vault = Vault::open(&file, "верный пароль").unwrap();
        assert_eq!(vault.get("token").unwrap().unwrap().as_slice(), b"canary-7f3a");
        vault.delete("token").unwrap();
        assert_eq!(Vault::open(&file, "верный пароль").unwrap().get("token").unwrap(), None);
    }

    #[test]
    fn nothing_readable_reaches_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let file = Vault::file_in(folder.path());
        Vault::create(&file, "верный пароль").unwrap().set("token", b"canary-7f3a").unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(11).any(|window| window == b"canary-7f3a"));
        }
    }

    #[test]
    fn a_damaged_file_is_said_so_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = Vault::file_in(folder.path());
        for content in [
            "",
            "{}",
            "не хранилище",
            r#"{"version":1,"memory_kib":99999999,"passes":1,"lanes":1,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","sealed":""}"#,
        ] {
            std::fs::write(&file, content).unwrap();
            assert!(matches!(Vault::open(&file, "x"), Err(VaultError::Damaged)), "{content}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
        }
    }
}
