//! Tokens, and the hashes under which they are stored.

use crate::store::TokenHash;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A new token: 256 random bits in base64url.
///
/// # Errors
/// The system has no randomness to give.
pub fn new_token() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bits = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bits)?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bits)))
}

/// The hash under which a token is stored. A token has 256 bits of its own, so a fast hash is enough.
#[must_use]
pub fn token_hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// Sixteen bytes that stand for a text of a kind, without keeping it.
#[must_use]
pub fn fingerprint(kind: &str, text: &str) -> Uuid {
    let digest = Sha256::new_with_prefix(kind).chain_update([0]).chain_update(text).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}
