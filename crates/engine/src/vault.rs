//! Secrets under a passphrase, for machines without a keychain: one small encrypted file.
//!
//! The passphrase becomes a key by Argon2id; the secrets are sealed by XChaCha20-Poly1305 with a fresh nonce at each
//! write. A wrong passphrase is seen by the seal, before any database is opened.
//!
//! The passphrase makes two keys: one for the whole file, and one more for the keys of what was read. The second can be
//! forgotten while the vault stays open (decision 0034): then those keys are noise, and the rest goes on.

use crate::{Keychain, KeychainError};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::Zeroizing;

/// How the names of the secrets begin that can be locked up by themselves.
pub(crate) const INNER: &str = "cache-key:";

/// Memory, passes and lanes of Argon2id: about 50 ms on an office machine.
const MEMORY_KIB: u32 = 46 * 1024;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// An opened vault.
pub(crate) struct Vault {
    file: PathBuf,
    salt: [u8; 16],
    key: Key,
    /// Of the secrets that can be locked up by themselves; `None`: they are.
    inner: Mutex<Option<Key>>,
    /// Those are in here as the inner key has sealed them.
    secrets: Mutex<Secrets>,
}

pub(crate) type Key = Zeroizing<[u8; 32]>;
type Secrets = BTreeMap<String, Zeroizing<Vec<u8>>>;

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
        let [key, inner] = derive_both(passphrase, &salt)?;
        let vault =
            Self { file: file.to_owned(), salt, key, inner: Mutex::new(Some(inner)), secrets: Mutex::default() };
        vault.write(&vault.secrets.lock())?;
        Ok(vault)
    }

    /// Opens an existing one. One of the first version, which has no inner seal yet, is written anew with it.
    pub(crate) fn open(file: &Path, passphrase: &str) -> Result<Self, VaultError> {
        let sealed: Sealed = serde_json::from_slice(&fs::read(file)?).map_err(|_| VaultError::Damaged)?;
        let salt: [u8; 16] = decode(&sealed.salt)?.try_into().map_err(|_| VaultError::Damaged)?;
        let nonce: [u8; 24] = decode(&sealed.nonce)?.try_into().map_err(|_| VaultError::Damaged)?;
        if (sealed.memory_kib, sealed.passes, sealed.lanes) != (MEMORY_KIB, PASSES, LANES) {
            return Err(VaultError::Damaged);
        }
        let [key, inner] = derive_both(passphrase, &salt)?;
        let opens = match sealed.version {
            1 => &Zeroizing::new(derive::<32>(passphrase, &salt)?),
            2 => &key,
            _ => return Err(VaultError::Damaged),
        };
        let plain = unseal(opens, &nonce, &decode(&sealed.sealed)?).ok_or(VaultError::WrongPassphrase)?;
        let encoded: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| VaultError::Damaged)?;
        let mut secrets = Secrets::new();
        for (name, secret) in encoded {
            let secret = Zeroizing::new(decode(&secret)?);
            let early = sealed.version == 1 && name.starts_with(INNER);
            secrets.insert(name, if early { within(&inner, &secret)? } else { secret });
        }
        let (inner, secrets) = (Mutex::new(Some(inner)), Mutex::new(secrets));
        let vault = Self { file: file.to_owned(), salt, key, inner, secrets };
        if sealed.version == 1 {
            vault.write(&vault.secrets.lock())?;
        }
        Ok(vault)
    }

    /// Forgets what opens the keys of what was read, until the passphrase is given again.
    pub(crate) fn lock_inner(&self) {
        *self.inner.lock() = None;
    }

    /// Whether it is forgotten.
    pub(crate) fn is_inner_locked(&self) -> bool {
        self.inner.lock().is_none()
    }

    /// Whether this is the passphrase; then everything can be used again.
    pub(crate) fn unlock_inner(&self, passphrase: &str) -> Result<bool, VaultError> {
        let [key, inner] = derive_both(passphrase, &self.salt)?;
        let right: bool = key.as_slice().ct_eq(self.key.as_slice()).into();
        if right {
            *self.inner.lock() = Some(inner);
        }
        Ok(right)
    }

    /// Seals and replaces the file; the old one stays until the new one is whole on disk.
    fn write(&self, secrets: &Secrets) -> Result<(), VaultError> {
        let encoded: BTreeMap<&String, Zeroizing<String>> =
            secrets.iter().map(|(name, secret)| (name, Zeroizing::new(BASE64_STANDARD.encode(secret)))).collect();
        let plain: BTreeMap<&String, &str> = encoded.iter().map(|(name, secret)| (*name, secret.as_str())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(io::Error::other)?);
        let (nonce, sealed) = seal(&self.key, &plain)?;
        let file = Sealed {
            version: 2,
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

    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<(), KeychainError> {
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
        let Some(kept) = self.secrets.lock().get(name).cloned() else { return Ok(None) };
        if !name.starts_with(INNER) {
            return Ok(Some(kept));
        }
        let inner = self.inner.lock().clone().ok_or(KeychainError::Locked)?;
        let damaged = || KeychainError::Failed("a secret does not open".to_owned());
        let (nonce, sealed) = kept.split_first_chunk::<24>().ok_or_else(damaged)?;
        unseal(&inner, nonce, sealed).ok_or_else(damaged).map(Some)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let kept = if name.starts_with(INNER) {
            let inner = self.inner.lock().clone().ok_or(KeychainError::Locked)?;
            within(&inner, secret).map_err(|error| KeychainError::Failed(error.to_string()))?
        } else {
            Zeroizing::new(secret.to_vec())
        };
        self.change(|secrets| drop(secrets.insert(name.to_owned(), kept)))
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

/// What is left of a secret that only has to be recognised.
pub(crate) fn slow_hash(secret: &str, salt: &[u8]) -> Result<Key, VaultError> {
    derive::<32>(secret, salt).map(Zeroizing::new)
}

/// The key of the file, and the inner one.
fn derive_both(passphrase: &str, salt: &[u8]) -> Result<[Key; 2], VaultError> {
    let both = Zeroizing::new(derive::<64>(passphrase, salt)?);
    let mut keys = [Key::default(), Key::default()];
    keys[0].copy_from_slice(&both[..32]);
    keys[1].copy_from_slice(&both[32..]);
    Ok(keys)
}

fn derive<const SIZE: usize>(passphrase: &str, salt: &[u8]) -> Result<[u8; SIZE], VaultError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(SIZE)).map_err(|_| VaultError::Damaged)?;
    let mut key = [0; SIZE];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .map_err(|_| VaultError::Damaged)?;
    Ok(key)
}

fn seal(key: &Key, plain: &[u8]) -> io::Result<([u8; 24], Vec<u8>)> {
    let mut nonce = [0; 24];
    fill_random(&mut nonce)?;
    let sealed = XChaCha20Poly1305::new(chacha20poly1305::Key::from_slice(key.as_slice()))
        .encrypt(XNonce::from_slice(&nonce), plain);
    Ok((nonce, sealed.map_err(|_| io::Error::other("sealing failed"))?))
}

fn unseal(key: &Key, nonce: &[u8; 24], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    XChaCha20Poly1305::new(chacha20poly1305::Key::from_slice(key.as_slice()))
        .decrypt(XNonce::from_slice(nonce), sealed)
        .ok()
        .map(Zeroizing::new)
}

/// Sealed by the inner key, its nonce before it.
fn within(inner: &Key, secret: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = seal(inner, secret)?;
    Ok(Zeroizing::new([nonce.as_slice(), &sealed].concat()))
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
    use crate::{Keychain, KeychainError};
    use base64::{Engine as _, prelude::BASE64_STANDARD};

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

    /// S-C20.
    #[test]
    fn the_keys_of_what_was_read_can_be_locked_up_while_the_rest_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::create(&Vault::file_in(folder.path()), "верный пароль").unwrap();
        vault.set("cache-key:ira", b"canary-7f3a").unwrap();
        vault.set("token:ira", b"token").unwrap();
        vault.lock_inner();
        assert_eq!(vault.get("cache-key:ira"), Err(KeychainError::Locked));
        assert_eq!(vault.set("cache-key:oleg", b"another"), Err(KeychainError::Locked));
        assert_eq!(vault.get("token:ira").unwrap().unwrap().as_slice(), b"token");
        vault.set("token:ira", b"the next").unwrap();
        let held = vault.secrets.lock().values().any(|kept| kept.windows(11).any(|part| part == b"canary-7f3a"));
        assert!(!held, "the memory of the vault has the key still");
        assert!(!vault.unlock_inner("неверный").unwrap());
        assert_eq!(vault.get("cache-key:ira"), Err(KeychainError::Locked));
        assert!(vault.unlock_inner("верный пароль").unwrap());
        assert_eq!(vault.get("cache-key:ira").unwrap().unwrap().as_slice(), b"canary-7f3a");
        vault.lock_inner();
        vault.delete("cache-key:ira").unwrap();
        assert_eq!(vault.get("cache-key:ira").unwrap(), None, "erasing asks nobody");
    }

    /// As the first version wrote it: nothing is sealed twice.
    #[test]
    fn a_vault_of_the_first_version_opens_and_becomes_one_of_the_second() {
        let folder = tempfile::tempdir().unwrap();
        let file = Vault::file_in(folder.path());
        let (salt, secrets) = ([7; 16], r#"{"cache-key:ira":"Y2FuYXJ5","token":"dG9rZW4="}"#);
        let key = super::Key::new(super::derive::<32>("верный пароль", &salt).unwrap());
        let (nonce, sealed) = super::seal(&key, secrets.as_bytes()).unwrap();
        let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        let (salt, nonce, sealed) = (encode(&salt), encode(&nonce), encode(&sealed));
        let text = format!(
            r#"{{"version":1,"memory_kib":47104,"passes":1,"lanes":1,"salt":"{salt}","nonce":"{nonce}","sealed":"{sealed}"}}"#
        );
        std::fs::write(&file, text).unwrap();
        assert!(matches!(Vault::open(&file, "неверный"), Err(VaultError::WrongPassphrase)));
        for _ in 0..2 {
            let vault = Vault::open(&file, "верный пароль").unwrap();
            assert_eq!(vault.get("cache-key:ira").unwrap().unwrap().as_slice(), b"canary");
            assert_eq!(vault.get("token").unwrap().unwrap().as_slice(), b"token");
            assert!(std::fs::read_to_string(&file).unwrap().contains("\"version\": 2"));
            vault.lock_inner();
            assert_eq!(vault.get("cache-key:ira"), Err(KeychainError::Locked));
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
            r#"{"version":2,"memory_kib":99999999,"passes":1,"lanes":1,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","sealed":""}"#,
        ] {
            std::fs::write(&file, content).unwrap();
            assert!(matches!(Vault::open(&file, "x"), Err(VaultError::Damaged)), "{content}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
        }
    }
}
