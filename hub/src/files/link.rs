//! Addresses that prove by themselves that whoever has one may fetch a file, for a while.

use super::ContentError;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use otklik_model::{FileId, Stamp, WorkspaceId};
use sha2::Sha256;
use std::{io::Write as _, path::Path};
use zeroize::Zeroizing;

/// What of a file is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Content,
    /// A small picture of it.
    Thumbnail,
}

/// Why an address is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoLink {
    /// It never was.
    Forged,
    /// Not any more: a new one can be asked for.
    Over,
}

/// Makes addresses and knows its own again.
pub(super) struct Links {
    key: Zeroizing<[u8; 32]>,
}

impl Links {
    /// Reads the key, or makes one if there is none yet.
    pub(super) fn open(path: &Path) -> Result<Self, ContentError> {
        let local = |source| ContentError::Local { path: path.to_owned(), source };
        match std::fs::read(path).map(Zeroizing::new) {
            Ok(bytes) => match <[u8; 32]>::try_from(bytes.as_slice()) {
                Ok(key) => Ok(Self { key: Zeroizing::new(key) }),
                Err(_) => Err(ContentError::Key { path: path.to_owned() }),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(local)?;
                }
                let mut key = Zeroizing::new([0; 32]);
                getrandom::fill(&mut *key)?;
                let written = private().open(path).and_then(|mut file| {
                    file.write_all(&*key)?;
                    file.sync_all()
                });
                written.map(|()| Self { key }).map_err(local)
            }
            Err(error) => Err(local(error)),
        }
    }

    /// The address of a part, from the folder of its workspace.
    pub(super) fn address(&self, workspace: WorkspaceId, file: FileId, part: Part, until: Stamp) -> String {
        let sign = URL_SAFE_NO_PAD.encode(self.mac(workspace, file, part, until).finalize().into_bytes());
        let folder = match part {
            Part::Content => "",
            Part::Thumbnail => "/thumbnail",
        };
        format!("files/{file}{folder}?until={}&sign={sign}", until.0)
    }

    /// Whether an address was made here for this, and is still good.
    pub(super) fn check(
        &self,
        (workspace, file, part): (WorkspaceId, FileId, Part),
        until: Stamp,
        sign: &str,
        now: Stamp,
    ) -> Result<(), NoLink> {
        let sign = URL_SAFE_NO_PAD.decode(sign).map_err(|_| NoLink::Forged)?;
        // Compared in constant time, and before the time is looked at: what was forged tells nothing.
        self.mac(workspace, file, part, until).verify_slice(&sign).map_err(|_| NoLink::Forged)?;
        if now < until { Ok(()) } else { Err(NoLink::Over) }
    }

    fn mac(&self, workspace: WorkspaceId, file: FileId, part: Part, until: Stamp) -> Hmac<Sha256> {
        let part = match part {
            Part::Content => b'c',
            Part::Thumbnail => b't',
        };
        // The key has the length of a block's half: no length is refused.
        let mut block = Zeroizing::new([0_u8; 64]);
        block[..32].copy_from_slice(&*self.key);
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(b"otklik file link 1");
        mac.update(workspace.0.as_bytes());
        mac.update(file.0.as_bytes());
        mac.update(&[part]);
        mac.update(&until.0.to_be_bytes());
        mac
    }
}

#[cfg(unix)]
fn private() -> std::fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn ids(workspace: u128, file: u128) -> (WorkspaceId, FileId) {
        (WorkspaceId(Uuid::from_u128(workspace)), FileId(Uuid::from_u128(file)))
    }

    #[test]
    fn a_link_is_good_for_its_own_file_part_workspace_and_time_and_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.key");
        let (workspace, file) = ids(1, 2);
        let address = Links::open(&path).unwrap().address(workspace, file, Part::Content, Stamp(1_000));
        let sign = address.split_once("sign=").unwrap().1.to_owned();
        let links = Links::open(&path).unwrap();
        let check = |of: (WorkspaceId, FileId), part, until, now| {
            links.check((of.0, of.1, part), Stamp(until), &sign, Stamp(now))
        };
        assert_eq!(check((workspace, file), Part::Content, 1_000, 999), Ok(()));
        assert_eq!(check((workspace, file), Part::Content, 1_000, 1_000), Err(NoLink::Over));
        for (of, part, until) in [
            (ids(1, 3), Part::Content, 1_000),
            (ids(3, 2), Part::Content, 1_000),
            ((workspace, file), Part::Thumbnail, 1_000),
            ((workspace, file), Part::Content, 1_001),
        ] {
            assert_eq!(check(of, part, until, 999), Err(NoLink::Forged));
        }
        for forged in ["", "AAAA", &sign[1..], "not base64 at all!"] {
            let of = (workspace, file, Part::Content);
            assert_eq!(links.check(of, Stamp(1_000), forged, Stamp(1)), Err(NoLink::Forged), "{forged}");
        }
        let other = Links::open(&folder.path().join("other.key")).unwrap();
        let of = (workspace, file, Part::Content);
        assert_eq!(other.check(of, Stamp(1_000), &sign, Stamp(1)), Err(NoLink::Forged), "another hub's");
    }

    #[test]
    fn a_key_that_is_none_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.key");
        std::fs::write(&path, b"short").unwrap();
        assert!(matches!(Links::open(&path), Err(ContentError::Key { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
