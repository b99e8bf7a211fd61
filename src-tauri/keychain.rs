//! The system's keychain: one entry per secret, named by the engine. A secret is kept as base64, because some
//! keychains keep text only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use keyring::{Entry, Error};
use otklik_engine::{Keychain, KeychainError};
use zeroize::Zeroizing;

/// What the system shows as the owner of the secrets.
const OWNER: &str = "Otklik";

/// The keychain of the system: Secret Service, Keychain or Credential Manager.
pub struct SystemKeychain;

impl Keychain for SystemKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let text = match entry(name)?.get_password() {
            Ok(text) => Zeroizing::new(text),
            Err(Error::NoEntry) => return Ok(None),
            Err(error) => return Err(classify(&error)),
        };
        let secret = STANDARD_NO_PAD.decode(text.as_bytes());
        // What does not decode was not written by us; its text is not repeated, it may be a secret still.
        let secret = secret.map_err(|_| KeychainError::Failed(format!("the entry {name} is not ours")))?;
        Ok(Some(Zeroizing::new(secret)))
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let text = Zeroizing::new(STANDARD_NO_PAD.encode(secret));
        entry(name)?.set_password(&text).map_err(|error| classify(&error))
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(classify(&error)),
        }
    }
}

fn entry(name: &str) -> Result<Entry, KeychainError> {
    Entry::new(OWNER, name).map_err(|error| match (error, Entry::store_status()) {
        // Why there is no store is only told on the side.
        (Error::NoDefaultStore, Err(why)) => classify(why),
        (error, _) => classify(&error),
    })
}

/// The library has one word for "not there" and "locked"; what it quotes tells them apart. On Windows and macOS the
/// keychain is always there, so that no access means locked.
fn classify(error: &Error) -> KeychainError {
    if let Error::NoStorageAccess(why) = error {
        let why = why.to_string();
        let refused = ["locked", "dismissed", "prompt"].iter().any(|word| why.contains(word));
        return if refused || !cfg!(target_os = "linux") { KeychainError::Locked } else { KeychainError::Absent };
    }
    // No bus, or nobody on it who keeps secrets.
    if cfg!(target_os = "linux") && matches!(error, Error::PlatformFailure(_) | Error::NoDefaultStore) {
        tracing::debug!(%error, "no keychain answers");
        return KeychainError::Absent;
    }
    KeychainError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn locked_is_not_absent() {
        let no_access = |why: &str| classify(&Error::NoStorageAccess(why.into()));
        assert_eq!(no_access("SS Error: object locked"), KeychainError::Locked);
        assert_eq!(no_access("SS error: prompt dismissed"), KeychainError::Locked);
        assert_eq!(no_access("SS error: result not returned from SS API"), KeychainError::Absent);
        assert_eq!(classify(&Error::PlatformFailure("no bus".into())), KeychainError::Absent);
        assert_eq!(classify(&Error::NoDefaultStore), KeychainError::Absent);
    }

    #[test]
    fn what_is_neither_is_told_in_the_librarys_words() {
        let told = classify(&Error::TooLong("user".to_owned(), 12));
        assert!(matches!(&told, KeychainError::Failed(why) if why.contains("12")), "{told:?}");
    }
}
