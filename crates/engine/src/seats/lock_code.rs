//! The code that opens a covered window where a keychain keeps the secrets. One for the machine, kept as a slow hash with
//! the other secrets, and beside it how many tries were wrong: starting the program anew makes no try come sooner.

use crate::{Keychain, KeychainError, secrets::prefix, vault::slow_hash};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use subtle::ConstantTimeEq as _;

/// Shorter codes are found by a few tries, longer ones are no codes.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=128;

/// Where it is kept.
#[derive(Clone)]
pub(super) struct LockCode {
    keychain: Arc<dyn Keychain>,
    data: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    salt: String,
    hash: String,
    /// Tries since the last right one.
    wrong: u32,
}

/// Calls may block.
impl LockCode {
    /// Of the machine that keeps everything in this folder.
    pub(super) fn new(keychain: Arc<dyn Keychain>, data: &Path) -> Self {
        Self { keychain, data: data.to_owned() }
    }

    /// Whether it is long enough to be one, and short enough.
    pub(super) fn is_one(code: &str) -> bool {
        LENGTH.contains(&code.chars().count())
    }

    /// How many tries at it were wrong; `None`: there is none.
    pub(super) fn wrong_tries(&self) -> Result<Option<u32>, KeychainError> {
        match self.kept() {
            Ok(kept) => Ok(kept.map(|kept| kept.wrong)),
            // Where no keychain is, no code was ever set: the passphrase of the vault stands there instead.
            Err(KeychainError::Absent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether this is the code, or there is none to be known.
    pub(super) fn check(&self, said: &str) -> Result<bool, KeychainError> {
        let Some(kept) = self.kept()? else { return Ok(true) };
        let decode = |text: &str| BASE64_STANDARD.decode(text).map_err(|error| damaged(&error));
        let hash = slow_hash(said, &decode(&kept.salt)?).map_err(|error| damaged(&error))?;
        let right: bool = hash.as_slice().ct_eq(&decode(&kept.hash)?).into();
        let wrong = if right { 0 } else { kept.wrong.saturating_add(1) };
        if wrong != kept.wrong {
            self.keep(&Kept { wrong, ..kept })?;
        }
        Ok(right)
    }

    /// Sets another one, or none.
    pub(super) fn set(&self, code: Option<&str>) -> Result<(), KeychainError> {
        let Some(code) = code else { return self.keychain.delete(&self.name()) };
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|error| damaged(&error))?;
        let hash = slow_hash(code, &salt).map_err(|error| damaged(&error))?;
        let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        self.keep(&Kept { salt: encode(&salt), hash: encode(hash.as_slice()), wrong: 0 })
    }

    fn name(&self) -> String {
        format!("{}lock-code", prefix(&self.data))
    }

    fn kept(&self) -> Result<Option<Kept>, KeychainError> {
        let Some(text) = self.keychain.get(&self.name())? else { return Ok(None) };
        serde_json::from_slice(&text).map(Some).map_err(|error| damaged(&error))
    }

    fn keep(&self, kept: &Kept) -> Result<(), KeychainError> {
        let text = serde_json::to_vec(kept).map_err(|error| damaged(&error))?;
        self.keychain.set(&self.name(), &text)
    }
}

fn damaged(error: &dyn std::fmt::Display) -> KeychainError {
    KeychainError::Failed(format!("the code of the cover: {error}"))
}
