//! Where this data folder's secrets are: the system's keychain, else a vault under a passphrase, never a plain file.

use crate::{
    Keychain, KeychainError, belongings,
    vault::{INNER, Vault, VaultError},
};
use otklik_store::StoreKey;
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc};
use zeroize::Zeroizing;

/// The name of the key of what only this machine has.
const STORE_KEY: &str = "store-key";
/// The name of the embedded hub's key among the secrets.
const DESK_KEY: &str = "desk-key";

/// What has to happen before the secrets can be used.
pub(crate) enum Custody {
    /// They can be used.
    Open(Secrets),
    /// There is no keychain: a passphrase is wanted, a new one if nothing was kept yet.
    Passphrase {
        /// Choose one.
        new: bool,
    },
    /// There is a keychain, but it is locked or broken.
    KeychainLocked,
    /// There is none in this session, but what lies in the folder was made with one.
    KeychainAbsent,
}

/// Open secrets of one data folder.
#[derive(Clone)]
pub(crate) struct Secrets {
    keys: Arc<dyn Keychain>,
    /// Tells data folders apart in the one keychain of a system; empty in a vault.
    prefix: String,
    /// The same, if it is a vault.
    vault: Option<Arc<Vault>>,
}

/// Looks where the secrets are. A vault, once made, stays the place: a keychain that appears later changes nothing. So none
/// is made where there are stores already: their keys are in the keychain that this session does not have.
pub(crate) fn look(data: &Path, keychain: &Arc<dyn Keychain>) -> Custody {
    if Vault::file_in(data).exists() {
        return Custody::Passphrase { new: false };
    }
    let secrets = Secrets { keys: keychain.clone(), prefix: prefix(data), vault: None };
    match secrets.get(STORE_KEY) {
        Ok(_) => Custody::Open(secrets),
        Err(KeychainError::Absent) if belongings::any(data) => Custody::KeychainAbsent,
        Err(KeychainError::Absent) => Custody::Passphrase { new: true },
        Err(error @ (KeychainError::Locked | KeychainError::Failed(_))) => {
            tracing::warn!(%error, "the keychain cannot be read");
            Custody::KeychainLocked
        }
    }
}

/// Opens the vault with a passphrase, or makes it.
pub(crate) fn unlock(data: &Path, passphrase: &str) -> Result<Secrets, VaultError> {
    let file = Vault::file_in(data);
    let vault = if file.exists() { Vault::open(&file, passphrase)? } else { Vault::create(&file, passphrase)? };
    let vault = Arc::new(vault);
    Ok(Secrets { keys: vault.clone(), prefix: String::new(), vault: Some(vault) })
}

impl Secrets {
    /// The key of what only this machine has. Made on first use; `None` if a store exists whose key is gone, because a
    /// new key would never open it.
    pub(crate) fn store_key(&self, store_exists: bool) -> Result<Option<StoreKey>, KeychainError> {
        Ok(self.key(STORE_KEY, store_exists)?.map(StoreKey::new))
    }

    /// The key of what an account has read here; `None`: whatever is left of it is noise.
    pub(crate) fn cache_key(&self, account: &str) -> Result<Option<StoreKey>, KeychainError> {
        Ok(self.kept(&cache_key(account))?.map(StoreKey::new))
    }

    /// Makes that key.
    pub(crate) fn new_cache_key(&self, account: &str) -> Result<StoreKey, KeychainError> {
        self.made(&cache_key(account)).map(StoreKey::new)
    }

    /// Forgets that key, for ever.
    pub(crate) fn drop_cache_key(&self, account: &str) -> Result<(), KeychainError> {
        self.keys.delete(&self.name(&cache_key(account)))
    }

    /// Forgets what opens the keys of what was read. A keychain holds them for itself: there is nothing to forget here.
    pub(crate) fn lock_cache_keys(&self) {
        if let Some(vault) = &self.vault {
            vault.lock_inner();
        }
    }

    /// Whether this passphrase opens them again; a keychain needs none.
    pub(crate) fn unlock_cache_keys(&self, passphrase: &str) -> Result<bool, VaultError> {
        self.vault.as_ref().map_or(Ok(true), |vault| vault.unlock_inner(passphrase))
    }

    /// Whether somebody has to give the passphrase before they can be used.
    pub(crate) fn is_locked(&self) -> bool {
        self.vault.as_ref().is_some_and(|vault| vault.is_inner_locked())
    }

    /// Whether they are under a passphrase.
    pub(crate) fn is_vault(&self) -> bool {
        self.vault.is_some()
    }

    /// The key of the embedded hub's database, by the same rule.
    pub(crate) fn desk_key(&self, desk_exists: bool) -> Result<Option<Zeroizing<[u8; 32]>>, KeychainError> {
        self.key(DESK_KEY, desk_exists)
    }

    fn key(&self, name: &str, used_before: bool) -> Result<Option<Zeroizing<[u8; 32]>>, KeychainError> {
        match self.kept(name)? {
            None if !used_before => self.made(name).map(Some),
            kept => Ok(kept),
        }
    }

    fn kept(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>, KeychainError> {
        let Some(found) = self.get(name)? else { return Ok(None) };
        let key = <[u8; 32]>::try_from(found.as_slice())
            .map_err(|_| KeychainError::Failed("a key of the wrong length".to_owned()))?;
        Ok(Some(Zeroizing::new(key)))
    }

    fn made(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, KeychainError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|error| KeychainError::Failed(error.to_string()))?;
        self.keys.set(&self.name(name), &*key)?;
        // Read back before anything is encrypted with it: a keychain that forgets would cost the whole store.
        match self.get(name)? {
            Some(kept) if kept.as_slice() == key.as_slice() => Ok(key),
            _ => Err(KeychainError::Failed("the keychain did not keep a secret".to_owned())),
        }
    }

    /// The token of an account.
    pub(crate) fn token(&self, account: &str) -> Result<Option<Zeroizing<String>>, KeychainError> {
        let found = self.get(&format!("token:{account}"))?;
        Ok(found.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).map(Zeroizing::new))
    }

    /// Keeps the token of an account.
    pub(crate) fn set_token(&self, account: &str, token: &str) -> Result<(), KeychainError> {
        self.keys.set(&self.name(&format!("token:{account}")), token.as_bytes())
    }

    /// Forgets the token of an account.
    pub(crate) fn drop_token(&self, account: &str) -> Result<(), KeychainError> {
        self.keys.delete(&self.name(&format!("token:{account}")))
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.keys.get(&self.name(name))
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

#[cfg(test)]
impl Secrets {
    /// Secrets in a keychain of a test's own.
    pub(crate) fn open_in(keys: Arc<dyn Keychain>) -> Self {
        Self { keys, prefix: String::new(), vault: None }
    }
}

/// The name of the key of what an account has read.
fn cache_key(account: &str) -> String {
    format!("{INNER}{account}")
}

/// Tells the secrets of one data folder from those of another.
pub(crate) fn prefix(data: &Path) -> String {
    let path = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hash.iter().take(6).map(|byte| format!("{byte:02x}")).chain(["/".to_owned()]).collect()
}
