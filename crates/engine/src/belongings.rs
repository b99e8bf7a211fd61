//! What an account has on this machine: opened as a whole, and of what the hub can send again erased.
//!
//! own.db and the files to be sent are under the data folder's one key, which stays; cache.db and the files that were
//! fetched are under a key of the account's own, which goes when its session is over (decision 0030).

use crate::{KeychainError, files::Shelves, secrets::Secrets};
use otklik_core::{DiskFault, Saved};
use otklik_store::{OpenError, OpenReport, Store, StoreKey, StoreKeys};
use std::path::Path;
use thiserror::Error;

/// All of it, open.
pub(crate) struct Belongings {
    pub(crate) store: Store,
    pub(crate) saved: Saved,
    /// What opening the store found.
    pub(crate) report: OpenReport,
    pub(crate) shelves: Shelves,
}

/// Why it does not open.
#[derive(Debug, Error)]
pub(crate) enum NotOpened {
    /// own.db is there, its key is not.
    #[error("the store is there, its key is not")]
    KeyMissing,
    /// A key cannot be read or kept.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The files say no.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// Whether any account has something here that only a key opens.
pub(crate) fn any(data: &Path) -> bool {
    let accounts = std::fs::read_dir(data.join("accounts")).into_iter().flatten().flatten();
    accounts.into_iter().any(|account| account.path().join("own.db").exists())
}

/// Opens everything an account keeps in its folder. On a thread that may block.
pub(crate) fn open(secrets: &Secrets, account: &str, folder: &Path) -> Result<Belongings, NotOpened> {
    let own = secrets.store_key(folder.join("own.db").exists())?.ok_or(NotOpened::KeyMissing)?;
    let keys = StoreKeys { own, cache: cache_key(secrets, account, folder)? };
    let (store, saved, report) = Store::open(folder, &keys)?;
    let waiting = saved.outbox.iter().filter_map(|item| item.op.staged()).map(|file| file.id);
    let wanted = saved.tray.iter().map(|tray| tray.file.id).chain(waiting).collect();
    let shelves = Shelves::open(folder, &keys, &wanted).map_err(opening)?;
    Ok(Belongings { store, saved, report, shelves })
}

/// Erases what this account has read here: its key is gone first, and what of the files cannot be removed is noise from
/// then on. On a thread that may block.
pub(crate) fn erase(secrets: &Secrets, account: &str, folder: &Path) {
    if let Err(error) = secrets.drop_cache_key(account) {
        tracing::error!(%error, "the key of the cache is still among the secrets");
    }
    if let Err(error) = remove(folder) {
        tracing::warn!(%error, "a part of the cache is still on the disk");
    }
}

/// The key of what the hub can send again. A new one begins with nothing: what stands there without a key is of an
/// erasing that was broken off, or of a version with one key for everything, which would open it still.
fn cache_key(secrets: &Secrets, account: &str, folder: &Path) -> Result<StoreKey, NotOpened> {
    if let Some(key) = secrets.cache_key(account)? {
        return Ok(key);
    }
    remove(folder)?;
    Ok(secrets.new_cache_key(account)?)
}

fn remove(folder: &Path) -> Result<(), OpenError> {
    let database = Store::erase_cache(folder);
    let fetched = Shelves::erase_fetched(folder).map_err(opening);
    database.and(fetched)
}

fn opening(fault: DiskFault) -> OpenError {
    match fault {
        DiskFault::Full => OpenError::Full,
        DiskFault::ReadOnly => OpenError::ReadOnly,
        DiskFault::Corrupt | DiskFault::Io => OpenError::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Keychain, secrets};
    use otklik_core::{CacheWrite, CommitId, Draft, OwnWrite, Writes};
    use otklik_model::{Cursor, DialogId, Seq, Stamp};
    use otklik_store::ShelfName;
    use parking_lot::Mutex;
    use std::{collections::BTreeMap, fs, sync::Arc};
    use uuid::Uuid;
    use zeroize::Zeroizing;

    const ACCOUNT: &str = "hub-ira";
    const FILE: ShelfName = ShelfName { id: Uuid::from_u128(1), version: 0 };

    /// A keychain that lets nothing be removed.
    #[derive(Default)]
    struct Clinging(Mutex<BTreeMap<String, Vec<u8>>>);

    impl Keychain for Clinging {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
            Ok(self.0.lock().get(name).cloned().map(Zeroizing::new))
        }

        fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
            self.0.lock().insert(name.to_owned(), secret.to_vec());
            Ok(())
        }

        fn delete(&self, _name: &str) -> Result<(), KeychainError> {
            Err(KeychainError::Locked)
        }
    }

    /// Opens, and leaves a draft, a position and a file.
    fn use_once(secrets: &Secrets, folder: &Path) {
        let Belongings { store, shelves, .. } = open(secrets, ACCOUNT, folder).unwrap();
        let draft = Draft {
            dialog: DialogId(Uuid::from_u128(2)),
            text: "слово".into(),
            note: false,
            quote: None,
            at: Stamp(1),
        };
        store.commit(CommitId(1), Writes::Own(vec![OwnWrite::PutDraft(draft)]), |_, result| assert_eq!(result, Ok(())));
        let cursor = Cursor { stream: Uuid::from_u128(3), after: Seq(7) };
        let position = Writes::Cache(vec![CacheWrite::PutCursor(cursor)]);
        store.commit(CommitId(2), position, |_, result| assert_eq!(result, Ok(())));
        let mut writer = shelves.fetched.write(FILE).unwrap();
        writer.append(b"read").unwrap();
        writer.finish().unwrap();
    }

    /// What an opening finds: drafts, whether there is a position, whether there is a file.
    fn found(secrets: &Secrets, folder: &Path) -> (usize, bool, bool) {
        let Belongings { saved, report, shelves, .. } = open(secrets, ACCOUNT, folder).unwrap();
        assert_eq!(report, OpenReport::default());
        let file = shelves.fetched.read(FILE).is_ok_and(|file| file.is_some());
        (saved.drafts.len(), saved.cursor.is_some(), file)
    }

    #[test]
    fn s_c19_a_vault_forgets_the_key_of_what_was_read_and_no_other() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("account");
        let unlocked = || secrets::unlock(data.path(), "верная лошадь").unwrap();
        use_once(&unlocked(), &folder);
        assert_eq!(found(&unlocked(), &folder), (1, true, true));
        erase(&unlocked(), ACCOUNT, &folder);
        assert!(unlocked().cache_key(ACCOUNT).unwrap().is_none());
        assert!(!folder.join("cache.db").exists() && !folder.join("fetched").exists());
        assert_eq!(found(&unlocked(), &folder), (1, false, false));
        assert!(unlocked().cache_key(ACCOUNT).unwrap().is_some());
    }

    #[test]
    fn s_c19_a_key_that_cannot_be_dropped_keeps_no_file_and_a_file_that_cannot_go_keeps_no_key() {
        let data = tempfile::tempdir().unwrap();
        let clinging = Secrets::open_in(Arc::new(Clinging::default()));
        let folder = data.path().join("clinging");
        use_once(&clinging, &folder);
        erase(&clinging, ACCOUNT, &folder);
        assert_eq!(found(&clinging, &folder), (1, false, false));

        let secrets = secrets::unlock(data.path(), "верная лошадь").unwrap();
        let folder = data.path().join("stuck");
        use_once(&secrets, &folder);
        // Open in another program, as far as this one knows.
        let held = open(&secrets, ACCOUNT, &folder).unwrap();
        erase(&secrets, ACCOUNT, &folder);
        assert!(secrets.cache_key(ACCOUNT).unwrap().is_none());
        assert!(folder.join("cache.db").exists());
        assert!(matches!(open(&secrets, ACCOUNT, &folder), Err(NotOpened::Store(OpenError::InUse))));
        assert!(secrets.cache_key(ACCOUNT).unwrap().is_none(), "a key is made for what is there anew");
        drop(held);
        assert_eq!(found(&secrets, &folder), (1, false, false));
    }

    #[test]
    fn s_c19_what_one_key_for_everything_protected_is_not_left_under_it() {
        let data = tempfile::tempdir().unwrap();
        let secrets = secrets::unlock(data.path(), "верная лошадь").unwrap();
        let folder = data.path().join("account");
        let own = secrets.store_key(false).unwrap().unwrap();
        let before = StoreKeys { cache: own.clone(), own };
        Store::open(&folder, &before).unwrap().0.close();
        let old = fs::read(folder.join("cache.db")).unwrap();
        fs::write(folder.join("cache.db.aside"), &old).unwrap();
        assert_eq!(found(&secrets, &folder), (0, false, false));
        assert!(!folder.join("cache.db.aside").exists());
        assert!(Store::open(&folder, &before).unwrap().2.cache.is_some(), "the old key opens the new cache");
    }
}
