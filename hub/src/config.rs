//! What a hub is started with, and the file it comes from. Every key is explained in otklik-hub.example.toml.

use crate::{
    bucket::Rate,
    office::{Limits, Timing},
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// What a hub is started with.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// Where it listens. Port 0: a free one.
    pub listen: SocketAddr,
    /// With port 0: take the port of the last time again if it is free, so that open pages find the way back.
    pub keep_port: bool,
    /// The folder of its database.
    pub data: PathBuf,
    /// Encrypts the database.
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
    /// How often and how fast.
    pub limits: Limits,
    /// The times it keeps.
    pub timing: Timing,
}

impl HubConfig {
    /// A hub on loopback with its database in `data`: what the app embeds.
    #[must_use]
    pub fn embedded(data: PathBuf, key: Option<[u8; 32]>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            keep_port: true,
            data,
            key,
            desk: "Otklik".to_owned(),
            public_address: None,
            tls: None,
            session_days: 30,
            behind_proxy: false,
            limits: Limits::default(),
            timing: Timing::default(),
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
    /// Sign-in failures of one account in fifteen minutes.
    pub account_tries: u32,
    /// Sign-in failures of one address in fifteen minutes.
    pub address_tries: u32,
}

impl Default for LimitsFile {
    fn default() -> Self {
        let Limits { operator_frames, customer_frames, customer_messages, account_tries, address_tries } =
            Limits::default();
        Self { operator_frames, customer_frames, customer_messages, account_tries, address_tries }
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
    /// The certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFiles>,
    /// The log.
    #[serde(default)]
    pub log: LogFile,
    /// The limits.
    #[serde(default)]
    pub limits: LimitsFile,
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
        if self.session_days == 0 {
            return Err(senseless("session_days must be at least 1"));
        }
        if let Some(address) = &self.public_address
            && url::Url::parse(address).ok().is_none_or(|url| !matches!(url.scheme(), "http" | "https"))
        {
            return Err(senseless("public_address must be an http or https address"));
        }
        let rates = [self.limits.operator_frames, self.limits.customer_frames, self.limits.customer_messages];
        if rates.iter().any(|rate| rate.burst == 0 || !rate.per_second.is_finite() || rate.per_second <= 0.0) {
            return Err(senseless("a rate needs a burst of at least 1 and something per_second"));
        }
        let key = self.key_file.map(|key| read_key(&from.join(key))).transpose()?;
        let LimitsFile { operator_frames, customer_frames, customer_messages, account_tries, address_tries } =
            self.limits;
        Ok(HubConfig {
            listen: self.listen,
            keep_port: false,
            data: from.join(self.data),
            key,
            desk: self.desk,
            public_address: self.public_address,
            tls: self.tls.map(|tls| TlsFiles { certificate: from.join(tls.certificate), key: from.join(tls.key) }),
            session_days: self.session_days,
            behind_proxy: self.behind_proxy,
            limits: Limits { operator_frames, customer_frames, customer_messages, account_tries, address_tries },
            timing: Timing::default(),
        })
    }
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })
}

fn read_key(path: &Path) -> Result<[u8; 32], ConfigError> {
    let text = zeroize::Zeroizing::new(read_text(path)?);
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
