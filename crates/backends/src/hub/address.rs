//! A hub's address as an operator types it.

use thiserror::Error;
use url::{Host, Url};

/// A checked address: `https`, or `http` on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubAddress(Url);

/// Why a text is not a hub's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It cannot be read as an address.
    #[error("not an address")]
    Malformed,
    /// `http` to another machine: passwords and messages would travel in the clear.
    #[error("an address on another machine has to begin with https://")]
    NotEncrypted,
}

impl HubAddress {
    /// Reads an address; `hub.example` means `https://hub.example`.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&with_scheme).map_err(|_| AddressError::Malformed)?;
        let host = url.host().ok_or(AddressError::Malformed)?;
        let loopback = match host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(AddressError::NotEncrypted),
            _ => return Err(AddressError::Malformed),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Malformed);
        }
        url.set_query(None);
        url.set_fragment(None);
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }

    /// The address of a path of the HTTP interface, such as `api/v1/login`.
    pub(crate) fn http(&self, path: &str) -> Result<Url, AddressError> {
        self.0.join(path).map_err(|_| AddressError::Malformed)
    }

    /// The address of the operators' socket.
    pub(crate) fn socket(&self) -> Result<Url, AddressError> {
        let mut url = self.http("api/v1/operator")?;
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| AddressError::Malformed)?;
        Ok(url)
    }
}

impl std::fmt::Display for HubAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressError, HubAddress};

    #[test]
    fn reads_what_operators_type() {
        for (typed, understood) in [
            ("hub.example", Ok("https://hub.example")),
            (" https://hub.example/ ", Ok("https://hub.example")),
            ("https://hub.example/desk", Ok("https://hub.example/desk")),
            ("хаб.рф", Ok("https://xn--80ac2d.xn--p1ai")),
            ("http://127.0.0.1:41327", Ok("http://127.0.0.1:41327")),
            ("http://localhost:1", Ok("http://localhost:1")),
            ("http://[::1]:8", Ok("http://[::1]:8")),
            ("http://hub.example", Err(AddressError::NotEncrypted)),
            ("http://10.0.0.1", Err(AddressError::NotEncrypted)),
            ("ws://hub.example", Err(AddressError::Malformed)),
            ("file:///etc/passwd", Err(AddressError::Malformed)),
            ("javascript://x", Err(AddressError::Malformed)),
            ("https://ira:secret@hub.example", Err(AddressError::Malformed)),
            ("", Err(AddressError::Malformed)),
            ("https://", Err(AddressError::Malformed)),
            ("ha ha", Err(AddressError::Malformed)),
        ] {
            let read = HubAddress::parse(typed).map(|address| address.to_string());
            assert_eq!(read.as_deref(), understood.as_ref().copied(), "{typed:?}");
        }
    }

    #[test]
    fn socket_and_http_live_below_the_address() {
        let address = HubAddress::parse("https://hub.example/desk").unwrap();
        assert_eq!(address.http("api/v1/login").unwrap().as_str(), "https://hub.example/desk/api/v1/login");
        assert_eq!(address.socket().unwrap().as_str(), "wss://hub.example/desk/api/v1/operator");
    }
}
