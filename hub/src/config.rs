//! What a hub is started with, and the file it comes from. Every key is explained in otklik-hub.example.toml.

use crate::{
    bot::Network,
    bucket::Rate,
    clock::Clock,
    customer::CrowdLimits,
    files::{FilesConfig, FilesFile},
    mail::{MailConfig, MailFile},
    office::{Limits, Timing},
    store::StoreAddress,
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};
use thiserror::Error;
use zeroize::Zeroizing;

/// What a hub is started with.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// Where it listens. Port 0: a free one.
    pub listen: SocketAddr,
    /// With port 0: take the port of the last time again if it is free, so that open pages find the way back.
    pub keep_port: bool,
    /// The folder of its database, unless that is elsewhere, and of what else it keeps.
    pub data: PathBuf,
    /// Where it keeps everything.
    pub store: StoreAddress,
    /// Encrypts the database in the folder.
    pub key: Option<[u8; 32]>,
    /// The centre's name.
    pub desk: String,
    /// The address that customers and operators know it by; where it listens, if none is given.
    pub public_address: Option<String>,
    /// The certificate to answer with over TLS; plain HTTP without one.
    pub tls: Option<TlsFiles>,
    /// How long a sign-in is good.
    pub session_days: u32,
    /// Whether a proxy in front tells the peer's address.
    pub behind_proxy: bool,
    /// Whether bots on this machine may be asked.
    pub bots_on_loopback: bool,
    /// Networks of one's own that bots and webhooks may be in.
    pub outgoing_networks: Vec<Network>,
    /// How often and how fast.
    pub limits: Limits,
    /// The times it keeps.
    pub timing: Timing,
    /// What time it is.
    pub clock: Clock,
    /// Where files are kept and who looks at them.
    pub files: FilesConfig,
    /// Over which server it sends mail; none, if over none.
    pub mail: Option<MailConfig>,
    /// A MaxMind database that tells where customers are; none, if nothing tells it.
    pub places: Option<PathBuf>,
}

impl HubConfig {
    /// A hub on loopback with its database in `data`: what the app embeds.
    #[must_use]
    pub fn embedded(data: PathBuf, key: Option<[u8; 32]>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            keep_port: true,
            data,
            store: StoreAddress::Sqlite,
            key,
            desk: "Otklik".to_owned(),
            public_address: None,
            tls: None,
            session_days: 30,
            behind_proxy: false,
            bots_on_loopback: false,
            outgoing_networks: Vec::new(),
            limits: Limits::default(),
            timing: Timing::default(),
            clock: Clock::system(),
            files: FilesConfig::default(),
            mail: None,
            places: None,
        }
    }
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// How the log is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogFile {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `otklik_hub=debug,info`.
    pub level: String,
    /// One JSON object a line.
    pub json: bool,
}

impl Default for LogFile {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false }
    }
}

/// The limits of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsFile {
    /// Frames of a workplace.
    pub operator_frames: Rate,
    /// Frames of a customer's page.
    pub customer_frames: Rate,
    /// Messages of a customer.
    pub customer_messages: Rate,
    /// What customers of one address may do.
    pub address: CrowdLimits,
    /// Sign-in failures of one account in fifteen minutes.
    pub account_tries: u32,
    /// Sign-in failures of one address in fifteen minutes.
    pub address_tries: u32,
}

impl Default for LimitsFile {
    fn default() -> Self {
        let Limits { operator_frames, customer_frames, customer_messages, address, account_tries, address_tries } =
            Limits::default();
        Self { operator_frames, customer_frames, customer_messages, address, account_tries, address_tries }
    }
}

impl LimitsFile {
    fn limits(&self) -> Limits {
        let Self { operator_frames, customer_frames, customer_messages, address, account_tries, address_tries } = *self;
        Limits { operator_frames, customer_frames, customer_messages, address, account_tries, address_tries }
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The folder of its database, from the file's own folder if it is relative.
    pub data: PathBuf,
    /// Where it keeps everything: `sqlite`, or the address of a PostgreSQL database.
    #[serde(default = "default_store")]
    pub store: String,
    /// A file with the password of that database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_password_file: Option<PathBuf>,
    /// A file with 64 hexadecimal digits that encrypt the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The centre's name.
    #[serde(default = "default_desk")]
    pub desk: String,
    /// The address that customers and operators know it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_address: Option<String>,
    /// How long a sign-in is good.
    #[serde(default = "default_session_days")]
    pub session_days: u32,
    /// Whether a proxy in front tells the peer's address.
    #[serde(default)]
    pub behind_proxy: bool,
    /// Whether bots on this machine may be asked.
    #[serde(default)]
    pub bots_on_loopback: bool,
    /// Networks of one's own that bots and webhooks may be in, such as `10.1.2.0/24`.
    #[serde(default)]
    pub outgoing_networks: Vec<String>,
    /// A MaxMind database that tells where customers are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places_file: Option<PathBuf>,
    /// The certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFiles>,
    /// The log.
    #[serde(default)]
    pub log: LogFile,
    /// The limits.
    #[serde(default)]
    pub limits: LimitsFile,
    /// Files.
    #[serde(default)]
    pub files: FilesFile,
    /// Mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailFile>,
}

fn default_store() -> String {
    "sqlite".to_owned()
}

fn default_desk() -> String {
    "Otklik".to_owned()
}

fn default_session_days() -> u32 {
    30
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not understood; the message names line and key.
    #[error("{} is not understood: {source}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A value makes no sense.
    #[error("{}: {what}", path.display())]
    Senseless {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl ConfigFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = read_text(path)?;
        toml::from_str(&text)
            .map_err(|source| ConfigError::Malformed { path: path.to_owned(), source: Box::new(source) })
    }

    /// What to start with. Relative paths start at the folder of `path`.
    ///
    /// # Errors
    /// [`ConfigError`], if a value makes no sense or the key cannot be read.
    pub fn hub(self, path: &Path) -> Result<HubConfig, ConfigError> {
        let from = path.parent().unwrap_or(Path::new("")).to_owned();
        let senseless = |what: &str| ConfigError::Senseless { path: path.to_owned(), what: what.to_owned() };
        let password =
            self.store_password_file.map(|file| read_text(&from.join(file)).map(Zeroizing::new)).transpose()?;
        let password = password.map(|text| Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()));
        let store = StoreAddress::parse(&self.store, password)
            .ok_or_else(|| senseless("store must be \"sqlite\", which has no password, or begin with postgres://"))?;
        if store != StoreAddress::Sqlite && self.key_file.is_some() {
            return Err(senseless(
                "key_file encrypts the database in the data folder; a PostgreSQL server has its own",
            ));
        }
        if self.session_days == 0 {
            return Err(senseless("session_days must be at least 1"));
        }
        if let Some(address) = &self.public_address
            && url::Url::parse(address).ok().is_none_or(|url| !matches!(url.scheme(), "http" | "https"))
        {
            return Err(senseless("public_address must be an http or https address"));
        }
        let limits = self.limits.limits();
        let address = limits.address;
        let of_address = [address.customers, address.dialogs, address.messages];
        let rates = [limits.operator_frames, limits.customer_frames, limits.customer_messages];
        if address.pages == 0 {
            return Err(senseless("limits.address.pages must be at least 1"));
        }
        let mut rates = rates.into_iter().chain(of_address);
        if rates.any(|rate| rate.burst == 0 || !rate.per_second.is_finite() || rate.per_second <= 0.0) {
            return Err(senseless("a rate needs a burst of at least 1 and something per_second"));
        }
        let outgoing_networks =
            self.outgoing_networks.iter().map(|text| Network::parse(text)).collect::<Result<_, _>>();
        let outgoing_networks = outgoing_networks.map_err(|what| senseless(&format!("outgoing_networks: {what}")))?;
        let files = self.files.config(&from).map_err(|what| senseless(&what))?;
        let mail = self.mail.map(|mail| mail.config(&from)).transpose().map_err(|what| senseless(&what))?;
        let key = self.key_file.map(|key| read_key(&from.join(key))).transpose()?;
        Ok(HubConfig {
            listen: self.listen,
            keep_port: false,
            data: from.join(self.data),
            store,
            key,
            desk: self.desk,
            public_address: self.public_address,
            tls: self.tls.map(|tls| TlsFiles { certificate: from.join(tls.certificate), key: from.join(tls.key) }),
            session_days: self.session_days,
            behind_proxy: self.behind_proxy,
            bots_on_loopback: self.bots_on_loopback,
            outgoing_networks,
            limits,
            timing: Timing::default(),
            clock: Clock::system(),
            files,
            mail,
            places: self.places_file.map(|file| from.join(file)),
        })
    }
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })
}

fn read_key(path: &Path) -> Result<[u8; 32], ConfigError> {
    let text = Zeroizing::new(read_text(path)?);
    let digits = text.trim();
    let mut key = [0; 32];
    let whole = digits.len() == 64 && digits.is_ascii();
    let parsed = whole
        && key.iter_mut().enumerate().all(|(place, byte)| {
            let digits = digits.get(2 * place..2 * place + 2).unwrap_or_default();
            u8::from_str_radix(digits, 16).map(|value| *byte = value).is_ok()
        });
    if parsed {
        Ok(key)
    } else {
        Err(ConfigError::Senseless { path: path.to_owned(), what: "a key is 64 hexadecimal digits".to_owned() })
    }
}

#[cfg(test)]
mod tests;
