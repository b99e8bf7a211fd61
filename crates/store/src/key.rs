//! The keys of an account's files. Where they are kept (keychain, passphrase) is the engine's business.

use hmac::{Hmac, Mac as _};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// What an account's files are encrypted with. Two keys, because the two halves end at different times.
#[derive(Clone, Debug)]
pub struct StoreKeys {
    /// Of what only this machine has: own.db, and the files that are to be sent.
    pub own: StoreKey,
    /// Of what the hub can send again: cache.db, and the files that were fetched. Once it is gone they are noise.
    pub cache: StoreKey,
}

/// A raw SQLCipher key: 32 bytes used as they are, without a derivation that would cost a quarter of a second per
/// connection. Wiped from memory when dropped.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// Takes 32 bytes of good randomness, or derived from a passphrase by a slow function.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Tells this key from another without telling the key: a hash of all its 256 bits.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"otklik store key 1\0");
        hash.update(self.0.as_slice());
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A key for another purpose: nobody who has it learns this one, or that of a third purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        // The key is shorter than a block of the hash: no length is refused.
        let mut block = Zeroizing::new([0_u8; 64]);
        block[..32].copy_from_slice(self.0.as_slice());
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(purpose.as_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    /// The statement that gives the key to a connection; must be its first one.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        // Room for all of it at once: growing would leave copies of the key behind.
        let mut sql = Zeroizing::new(String::with_capacity(96));
        sql.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            sql.push(char::from(HEX[usize::from(byte >> 4)]));
            sql.push(char::from(HEX[usize::from(byte & 15)]));
        }
        sql.push_str("'\"");
        sql
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StoreKey(..)")
    }
}
