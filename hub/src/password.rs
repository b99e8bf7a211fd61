//! Passwords: argon2id, in few places at once, so that a rush of sign-ins neither fills the memory nor delays messages.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::SaltString,
};
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// OWASP's minimum: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The shortest password, in Unicode scalar values.
pub const MIN_CHARS: usize = 12;
/// The longest, so that nobody makes the hub hash a book.
pub const MAX_CHARS: usize = 256;
/// Somebody else's hash with the same cost, so that an unknown login takes as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZWJvZHllbHNlcw$\
                      7mCq2VDQ8VZ0pMmbjzGu5Q3yJGnXPhV7hJ2PpYhd0tY";

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {MIN_CHARS} to {MAX_CHARS} characters")]
    Length,
    /// The system has no randomness, or the hash cannot be made.
    #[error("the password cannot be hashed now")]
    Failed,
}

/// Hashes a new password. Takes some 20 ms and 19 MiB.
///
/// # Errors
/// [`PasswordError`].
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let password = normal(password);
    if !(MIN_CHARS..=MAX_CHARS).contains(&password.chars().count()) {
        return Err(PasswordError::Length);
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Failed)?;
    let hash = hasher()?.hash_password(password.as_bytes(), &salt).map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

/// Checks a password against a hash; against nobody's, if there is none.
fn matches(password: &str, stored: Option<&str>) -> bool {
    let password = normal(password);
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else { return false };
    let Ok(hasher) = hasher() else { return false };
    let short_enough = password.chars().count() <= MAX_CHARS;
    short_enough && hasher.verify_password(password.as_bytes(), &hash).is_ok() && stored.is_some()
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The same password typed on another keyboard is the same password.
fn normal(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Checks passwords, a bounded number at a time.
#[derive(Clone, Debug)]
pub struct PasswordChecker(Arc<Semaphore>);

impl PasswordChecker {
    /// Checks `at_once` passwords at a time.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Whether the password is the one that was hashed. Without a hash the answer is no, in the same time.
    pub async fn check(&self, password: Zeroizing<String>, stored: Option<String>) -> bool {
        let Ok(permit) = self.0.clone().acquire_owned().await else { return false };
        let checking = tokio::task::spawn_blocking(move || {
            let right = matches(&password, stored.as_deref());
            drop(permit);
            right
        });
        checking.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_itself_and_its_other_spelling_only() {
        let stored = hash("correct horse é").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(matches("correct horse e\u{301}", Some(&stored)));
        assert!(!matches("correct horse e", Some(&stored)));
        assert!(!matches("", Some(&stored)));
        assert!(!matches("correct horse é", None));
    }

    #[test]
    fn the_hash_of_nobody_costs_the_same() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let stored = hash("twelve chars").unwrap();
        let somebody = PasswordHash::new(&stored).unwrap();
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(hash("eleven char"), Err(PasswordError::Length));
        assert_eq!(hash(&"x".repeat(257)), Err(PasswordError::Length));
        assert!(hash(&"ы".repeat(12)).is_ok());
        assert!(hash("with a NUL \0 inside").is_ok());
    }
}
