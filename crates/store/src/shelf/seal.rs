//! How bytes are sealed: chunk by chunk, each bound to its file, its place and whether it is the last, so that no chunk
//! can be changed, moved, left out or cut off unseen.

use super::ShelfName;
use crate::StoreKey;
use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use std::io;

/// Bytes of a chunk, and of the same sealed.
pub(super) const CHUNK: usize = 64 * 1024;
pub(super) const SEALED: usize = CHUNK + 16;
/// Bytes before the first chunk: what it is, and the part of every nonce that is the file's own.
pub(super) const HEADER: usize = 24;

const MAGIC: &[u8; 8] = b"OtkFile\x01";

/// The key of one shelf.
pub(super) struct Seal(XChaCha20Poly1305);

/// The beginning of one file.
pub(super) struct Header {
    nonce: [u8; 16],
}

impl Header {
    /// Of a new file: never used before with any key.
    pub(super) fn fresh() -> io::Result<Self> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self { nonce })
    }

    pub(super) fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..].copy_from_slice(&self.nonce);
        bytes
    }

    /// Tells it from the beginning of every other file.
    pub(super) fn mark(&self) -> String {
        self.nonce.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// `None` if it is the beginning of something else.
    pub(super) fn read(bytes: &[u8; HEADER]) -> Option<Self> {
        let nonce = bytes.strip_prefix(MAGIC)?;
        Some(Self { nonce: nonce.try_into().ok()? })
    }

    fn nonce(&self, chunk: u64, last: bool) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..16].copy_from_slice(&self.nonce);
        nonce[16..].copy_from_slice(&((chunk << 1) | u64::from(last)).to_be_bytes());
        XNonce::from(nonce)
    }
}

impl Seal {
    /// A key of its own for each role, from the store's.
    pub(super) fn new(key: &StoreKey, role: &str) -> Self {
        let derived = key.derive(&format!("otklik shelf 1 {role}"));
        Self(XChaCha20Poly1305::new(Key::from_slice(&*derived)))
    }

    /// `None` if the library refuses, which it does for terabytes only.
    pub(super) fn close(
        &self,
        header: &Header,
        name: ShelfName,
        chunk: u64,
        last: bool,
        plain: &[u8],
    ) -> Option<Vec<u8>> {
        let payload = Payload { msg: plain, aad: &bound_to(name) };
        self.0.encrypt(&header.nonce(chunk, last), payload).ok()
    }

    /// `None` if it is not what was sealed there.
    pub(super) fn open(
        &self,
        header: &Header,
        name: ShelfName,
        chunk: u64,
        last: bool,
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let payload = Payload { msg: sealed, aad: &bound_to(name) };
        self.0.decrypt(&header.nonce(chunk, last), payload).ok()
    }
}

/// A file under another's name is not read.
fn bound_to(name: ShelfName) -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[..16].copy_from_slice(name.id.as_bytes());
    bytes[16] = name.version;
    bytes
}
