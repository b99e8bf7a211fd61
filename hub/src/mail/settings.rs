//! Over which server the hub sends mail. Every key is explained in otklik-hub.example.toml.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why no mail can be sent with a configuration.
#[derive(Debug, Error)]
pub enum MailError {
    /// The sender's address is none.
    #[error("mail.from is no mail address: {0}")]
    From(String),
    /// Certificates cannot be used.
    #[error("mail over TLS: {0}")]
    Tls(String),
}

/// How the way to the mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// The server is asked for TLS, and has to have it.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: only to a server on this machine.
    None,
}

impl Security {
    fn usual_port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// Over which server, and as whom.
#[derive(Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// The server's name.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way is kept from others.
    pub security: Security,
    /// Login and password.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// The sender, such as `Shop <desk@example.org>`.
    pub from: String,
    /// A certificate to trust besides those the system trusts, PEM.
    pub certificates: Option<Vec<u8>>,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { server, port, security, from, .. } = self;
        write!(out, "MailConfig({from} over {server}:{port}, {security:?})")
    }
}

/// The table `mail` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    /// The server's name.
    pub server: String,
    /// Its port; the usual one, if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the way is kept from others.
    #[serde(default = "starttls")]
    pub security: Security,
    /// The login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// A file with the password on its first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// The sender.
    pub from: String,
    /// A certificate to trust, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
}

fn starttls() -> Security {
    Security::Starttls
}

impl MailFile {
    /// What it says. Relative paths start at `from_folder`.
    ///
    /// # Errors
    /// A sentence that says what makes no sense.
    pub(crate) fn config(self, from_folder: &Path) -> Result<MailConfig, String> {
        let Self { server, port, security, login, password_file, from, certificate } = self;
        if security == Security::None && !is_loopback(&server) {
            return Err("mail without TLS goes to a server on this machine only".to_owned());
        }
        let read = |path: PathBuf| {
            let path = from_folder.join(path);
            std::fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
        };
        let credentials = match (login, password_file) {
            (Some(login), Some(file)) => {
                let text = Zeroizing::new(read(file)?);
                Some((login, Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                return Err("mail needs both login and password_file, or neither".to_owned());
            }
        };
        let certificates = certificate.map(read).transpose()?.map(String::into_bytes);
        let port = port.unwrap_or_else(|| security.usual_port());
        let config = MailConfig { server, port, security, credentials, from, certificates };
        super::Mailer::new(&config).map(|_| config).map_err(|error| error.to_string())
    }
}

fn is_loopback(server: &str) -> bool {
    let address = server.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    server == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<MailConfig, String> {
        toml::from_str::<MailFile>(text).unwrap().config(Path::new("/nowhere"))
    }

    #[test]
    fn plain_mail_stays_on_this_machine() {
        for server in ["localhost", "127.0.0.1", "::1"] {
            let text = format!("server = \"{server}\"\nsecurity = \"none\"\nfrom = \"desk@example.org\"");
            assert_eq!(config(&text).unwrap().port, 25, "{server}");
        }
        for server in ["mail.example.org", "192.0.2.1", "localhost.example.org"] {
            let text = format!("server = \"{server}\"\nsecurity = \"none\"\nfrom = \"desk@example.org\"");
            assert!(config(&text).unwrap_err().contains("without TLS"), "{server}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let server = "server = \"mail.example.org\"\n";
        assert_eq!(config(&format!("{server}from = \"desk@example.org\"")).unwrap().port, 587);
        assert_eq!(config(&format!("{server}security = \"tls\"\nfrom = \"a@example.org\"")).unwrap().port, 465);
        for (more, said) in [
            ("from = \"nobody\"", "mail.from"),
            ("from = \"a@example.org\"\nlogin = \"ira\"", "both login and password_file"),
            ("from = \"a@example.org\"\nlogin = \"ira\"\npassword_file = \"none\"", "cannot be read"),
        ] {
            assert!(config(&format!("{server}{more}")).unwrap_err().contains(said), "{more}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let config = MailConfig {
            server: "mail.example.org".into(),
            port: 587,
            security: Security::Starttls,
            credentials: Some(("ira".into(), Zeroizing::new("canary".into()))),
            from: "desk@example.org".into(),
            certificates: None,
        };
        assert!(!format!("{config:?}").contains("canary"));
    }
}
