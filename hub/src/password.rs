//! Passwords: argon2id, in few places at once, so that a rush of sign-ins neither fills the memory nor delays messages.

use crate::metrics::Metrics;
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::SaltString,
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use thiserror::Error;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

/// OWASP's minimum: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The shortest password, in Unicode scalar values.
pub const MIN_CHARS: usize = 12;
/// The longest, so that nobody makes the hub hash a book.
pub const MAX_CHARS: usize = 256;
/// A word that is found in fewer guesses than this is on a list of names, words or stolen passwords.
const COMMON_WORD: u64 = 10_000;
/// Words that a list of English passwords lacks: Russian ones, also as an English keyboard writes them, and the product.
const KNOWN: [&str; 22] = [
    "пароль",
    "parol",
    "gfhjkm",
    "привет",
    "privet",
    "ghbdtn",
    "йцукен",
    "йцукенгшщзхъ",
    "qwerty",
    "любовь",
    "lyubov",
    "солнышко",
    "solnyshko",
    "россия",
    "rossiya",
    "москва",
    "moskva",
    "администратор",
    "administrator",
    "оператор",
    "operator",
    "otklik",
];
/// Somebody else's hash with the same cost, so that an unknown login takes as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZWJvZHllbHNlcw$\
                      7mCq2VDQ8VZ0pMmbjzGu5Q3yJGnXPhV7hJ2PpYhd0tY";

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {MIN_CHARS} to {MAX_CHARS} characters")]
    Length,
    /// One of those that are tried first: on the lists of stolen passwords, or made of it by the usual tricks.
    #[error(
        "this password is among the first that a thief would try: make it longer, of words that do not belong together"
    )]
    Known,
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
    if is_known(&password) {
        return Err(PasswordError::Known);
    }
    hash_whatever(&password)
}

/// Hashes a password that is in use, however good it is.
fn hash_whatever(password: &str) -> Result<String, PasswordError> {
    let password = normal(password);
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Failed)?;
    let hash = hasher()?.hash_password(password.as_bytes(), &salt).map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

/// Whether a million guesses in the best order find it. What an attempt costs here, and how many there may be, keeps
/// the others safe; rules about digits and signs would only make worse passwords.
fn is_known(password: &str) -> bool {
    let letters: String = password.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    // One word, however it is adorned with digits and signs.
    let one_word = !letters.is_empty() && zxcvbn(&letters, &KNOWN).guesses() < COMMON_WORD;
    let one_sign = password.chars().all(|c| password.starts_with(c));
    one_word || one_sign || zxcvbn(password, &KNOWN).score() < Score::Two
}

/// Whether a stored hash was made at a lower cost than today's, or by another algorithm.
fn is_outdated(stored: &str) -> bool {
    let today = Params::new(MEMORY_KIB, PASSES, LANES, None).ok();
    let of = PasswordHash::new(stored).ok();
    let params = of.as_ref().and_then(|hash| Params::try_from(hash).ok());
    let strong = params.zip(today).is_some_and(|(stored, today)| {
        stored.m_cost() >= today.m_cost() && stored.t_cost() >= today.t_cost() && stored.p_cost() >= today.p_cost()
    });
    !(strong && of.is_some_and(|hash| hash.algorithm == Algorithm::Argon2id.ident()))
}

/// Checks a password against a hash; against nobody's, if there is none. Counts what was computed for it.
fn matches(password: &str, stored: Option<&str>, computed: &AtomicU64) -> bool {
    let password = normal(password);
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else { return false };
    let Ok(hasher) = hasher() else { return false };
    if password.chars().count() > MAX_CHARS {
        return false;
    }
    computed.fetch_add(1, Relaxed);
    hasher.verify_password(password.as_bytes(), &hash).is_ok() && stored.is_some()
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
pub struct PasswordChecker {
    places: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl PasswordChecker {
    /// Checks `at_once` passwords at a time, and counts the hashes computed for it.
    #[must_use]
    pub fn new(at_once: usize, metrics: Arc<Metrics>) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)), metrics }
    }

    /// Whether the password is the one that was hashed. Without a hash the answer is no, in the same time.
    pub async fn check(&self, password: Zeroizing<String>, stored: Option<String>) -> Checked {
        let Ok(permit) = self.places.clone().acquire_owned().await else { return Checked::Wrong };
        let metrics = self.metrics.clone();
        let checking = tokio::task::spawn_blocking(move || {
            let checked = check(&password, stored.as_deref(), &metrics.password_checks);
            drop(permit);
            checked
        });
        checking.await.unwrap_or(Checked::Wrong)
    }
}

/// What came of checking a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is another one, or there is none.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and this is its hash at today's cost.
    Outdated(String),
}

fn check(password: &str, stored: Option<&str>, computed: &AtomicU64) -> Checked {
    let right = matches(password, stored, computed);
    match stored.filter(|_| right) {
        None => Checked::Wrong,
        Some(stored) if is_outdated(stored) => hash_whatever(password).map_or(Checked::Right, Checked::Outdated),
        Some(_) => Checked::Right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(password: &str, stored: Option<&str>) -> bool {
        matches(password, stored, &AtomicU64::new(0))
    }

    fn checked(password: &str, stored: Option<&str>) -> Checked {
        check(password, stored, &AtomicU64::new(0))
    }

    #[test]
    fn a_password_matches_itself_and_its_other_spelling_only() {
        let stored = hash("correct horse é").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(fits("correct horse e\u{301}", Some(&stored)));
        assert!(!fits("correct horse e", Some(&stored)));
        assert!(!fits("", Some(&stored)));
        assert!(!fits("correct horse é", None));
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
        assert!(hash("двенадцать ё").is_ok());
        assert!(hash("with a NUL \0 inside").is_ok());
    }

    #[test]
    fn s_h1_what_a_thief_tries_first_is_no_password() {
        let known = [
            "password1234",
            "Password12345!",
            "p@ssw0rd1234",
            "qwertyuiop123",
            "123456789012",
            "111111111111",
            "iloveyou1234",
            "aaaaaaaaaaaaaaaaaaaa",
            "ыыыыыыыыыыыы",
            "пароль123456",
            "Gfhjkm123456",
            "йцукен123456",
            "administrator1",
            "abcdefghijkl",
            "qwerty123456",
            "unbelievable",
        ];
        let taken: Vec<_> = known.into_iter().filter(|known| hash(known) != Err(PasswordError::Known)).collect();
        assert!(taken.is_empty(), "{taken:?}");
        for good in
            ["correct horse battery", "ira's good password", "a long password", "лошадь скрепка ноябрь", "twelve chars"]
        {
            assert!(hash(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn s_h1_other_spellings_of_one_password_are_one_and_a_nul_is_a_character() {
        let stored = hash("ﬁsh and ⅷ chips é").unwrap();
        assert!(fits("fish and viii chips e\u{301}", Some(&stored)));
        let stored = hash("with a NUL \0 inside").unwrap();
        assert!(!fits("with a NUL ", Some(&stored)), "nothing ends at it");
        assert!(!fits("with a NUL  inside", Some(&stored)));
    }

    #[test]
    fn s_h1_a_hash_of_lower_cost_is_made_anew_when_its_password_is_known() {
        let weak = Params::new(8_192, 1, 1, None).unwrap();
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak);
        let old = weak.hash_password(b"correct horse battery", &salt).unwrap().to_string();
        assert_eq!(checked("wrong horse battery", Some(&old)), Checked::Wrong);
        let Checked::Outdated(new) = checked("correct horse battery", Some(&old)) else { panic!("it stays weak") };
        assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
        assert_eq!(checked("correct horse battery", Some(&new)), Checked::Right);
        assert_eq!(checked("correct horse battery", None), Checked::Wrong);
        assert!(is_outdated(
            "$argon2i$v=19$m=19456,t=2,p=1$c29tZWJvZHllbHNlcw$7mCq2VDQ8VZ0pMmbjzGu5Q3yJGnXPhV7hJ2PpYhd0tY"
        ));
    }
}
