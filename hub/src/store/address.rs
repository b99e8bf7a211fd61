//! Which database a hub keeps everything in.

use std::fmt;
use zeroize::Zeroizing;

/// Which database a hub keeps everything in.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum StoreAddress {
    /// A file of its own in the data folder.
    #[default]
    Sqlite,
    /// A PostgreSQL database, shared with other hub processes.
    Postgres {
        /// Such as `postgres://hub@db.example.org/otklik`.
        address: Zeroizing<String>,
        /// If it is not in the address.
        password: Option<Zeroizing<String>>,
    },
}

impl StoreAddress {
    /// Reads what a configuration says: `sqlite`, or an address that begins with `postgres://`.
    #[must_use]
    pub fn parse(text: &str, password: Option<Zeroizing<String>>) -> Option<Self> {
        match text {
            "sqlite" if password.is_none() => Some(Self::Sqlite),
            _ => {
                let url = url::Url::parse(text).ok()?;
                let known = matches!(url.scheme(), "postgres" | "postgresql");
                known.then(|| Self::Postgres { address: Zeroizing::new(text.to_owned()), password })
            }
        }
    }
}

/// Says where, and never a password.
impl fmt::Display for StoreAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite => out.write_str("sqlite"),
            Self::Postgres { address, .. } => {
                let Ok(url) = url::Url::parse(address) else { return out.write_str("postgres") };
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                write!(out, "postgres://{}{port}{}", url.host_str().unwrap_or("localhost"), url.path())
            }
        }
    }
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_said_without_its_password() {
        let secret = || Some(Zeroizing::new("s3cret".to_owned()));
        for (text, password, said) in [
            ("sqlite", None, Some("sqlite")),
            ("sqlite", secret(), None),
            ("postgres://hub:s3cret@db.example.org:5433/otklik", None, Some("postgres://db.example.org:5433/otklik")),
            ("postgresql://hub@db/otklik?sslmode=require", secret(), Some("postgres://db/otklik")),
            ("postgres://hub@%2Frun%2Fpostgresql/otklik", None, Some("postgres://%2Frun%2Fpostgresql/otklik")),
            ("mysql://db/otklik", None, None),
            ("hub.sqlite", None, None),
            ("", None, None),
        ] {
            let read = StoreAddress::parse(text, password);
            assert_eq!(read.as_ref().map(ToString::to_string).as_deref(), said, "{text}");
            assert!(!format!("{read:?}").contains("s3cret"));
        }
    }
}
