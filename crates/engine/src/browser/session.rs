//! Who may come in: the one browser that opened the printed address.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use std::io;
use subtle::ConstantTimeEq;

/// The door of one served workplace.
pub(super) struct Door {
    port: u16,
    /// Taken by the first who says it.
    token: Mutex<Option<String>>,
    cookie: String,
}

impl Door {
    /// A new door and the token that opens it once.
    pub(super) fn new(port: u16) -> io::Result<(Self, String)> {
        let (token, cookie) = (secret()?, secret()?);
        Ok((Self { port, token: Mutex::new(Some(token.clone())), cookie }, token))
    }

    /// The cookie for the token, the first time.
    pub(super) fn exchange(&self, said: &str) -> Option<String> {
        let mut token = self.token.lock();
        let right = token.as_ref().is_some_and(|token| same(token, said));
        right.then(|| {
            *token = None;
            format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie_name(), self.cookie)
        })
    }

    /// Whether the request carries the cookie.
    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(key, value)| key == name && same(value, &self.cookie))
    }

    /// Whether the request was meant for us: a foreign name that resolves to loopback is somebody's trick.
    pub(super) fn is_our_host(&self, headers: &HeaderMap) -> bool {
        headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| self.is_ours(host))
    }

    /// Whether a socket is opened by our own page.
    pub(super) fn is_our_origin(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.and_then(|origin| origin.strip_prefix("http://")).is_some_and(|host| self.is_ours(host))
    }

    fn is_ours(&self, host: &str) -> bool {
        host == format!("127.0.0.1:{}", self.port) || host == format!("localhost:{}", self.port)
    }

    /// Cookies do not know ports: two workplaces on one machine need two names.
    fn cookie_name(&self) -> String {
        format!("otklik-{}", self.port)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn secret() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
