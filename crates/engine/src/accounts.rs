//! Which account this data folder works for, and where its files are. Nothing secret is in here.

use crate::vault::replace_file;
use otklik_backends::HubAddress;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The account chosen last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Account {
    /// The desk of this machine's own.
    Local,
    /// A hub somewhere.
    Hub {
        /// Its address.
        address: String,
        /// Who.
        login: String,
    },
}

impl Account {
    /// A short name for folder and secrets, the same for the same account.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Local => "local".to_owned(),
            Self::Hub { address, login } => {
                let address =
                    HubAddress::parse(address).map_or_else(|_| address.clone(), |address| address.to_string());
                let hash = Sha256::digest(format!("{address}\n{login}"));
                format!("hub-{}", hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>())
            }
        }
    }

    /// The folder of its store.
    pub(crate) fn folder(&self, data: &Path) -> PathBuf {
        data.join("accounts").join(self.name())
    }
}

/// Reads the choice. A missing or unreadable file means that nothing was chosen: signing in again restores it.
pub(crate) fn load(data: &Path) -> Option<Account> {
    let text = fs::read(data.join("account.json")).ok()?;
    serde_json::from_slice(&text).map_err(|error| tracing::warn!(%error, "account.json is unreadable")).ok()
}

/// Keeps the choice.
pub(crate) fn save(data: &Path, account: &Account) -> io::Result<()> {
    replace_file(&data.join("account.json"), &serde_json::to_vec_pretty(account).map_err(io::Error::other)?)
}

/// Forgets the choice.
pub(crate) fn forget(data: &Path) -> io::Result<()> {
    match fs::remove_file(data.join("account.json")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, forget, load, save};

    #[test]
    fn the_choice_survives_and_can_be_forgotten() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(load(data.path()), None);
        let account = Account::Hub { address: "https://hub.example".into(), login: "ira".into() };
        save(data.path(), &account).unwrap();
        assert_eq!(load(data.path()), Some(account));
        std::fs::write(data.path().join("account.json"), "{").unwrap();
        assert_eq!(load(data.path()), None);
        forget(data.path()).unwrap();
        forget(data.path()).unwrap();
    }

    #[test]
    fn one_account_has_one_folder_however_its_address_is_typed() {
        let name = |address: &str, login: &str| Account::Hub { address: address.into(), login: login.into() }.name();
        assert_eq!(name("hub.example", "ira"), name("https://hub.example/", "ira"));
        assert_ne!(name("hub.example", "ira"), name("hub.example", "oleg"));
    }
}
