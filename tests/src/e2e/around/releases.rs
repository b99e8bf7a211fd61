//! A server of updates on this machine, over TLS, and whoever signs them: the right way, and every wrong one.

use super::papers::{Papers, acceptor};
use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use minisign::KeyPair;
use serde_json::json;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Newer than anything that was ever built.
pub const NEWER: &str = "9.9.9";
/// Older than everything.
pub const OLDER: &str = "0.0.1";

/// What may be wrong with a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// Nothing, as long as the first key counts.
    FirstKey,
    /// Nothing: it is signed by the key that replaces the first one.
    SecondKey,
    /// Nothing, once the second key is the first: it is signed by the one that replaces that.
    ThirdKey,
    /// No signature.
    Unsigned,
    /// Signed by a stranger.
    Stranger,
    /// Signed well, for another version: an old release under a new number.
    OtherVersion,
    /// An old release under its own number.
    Older,
    /// Half of it.
    Truncated,
    /// Other bytes than were signed.
    Swapped,
    /// The announcement is nonsense.
    Nonsense,
    /// The announcement leads elsewhere, in the clear.
    Redirect,
    /// The package would come from another machine in the clear.
    Clear,
    /// The same from this machine, while the announcement came over TLS.
    ClearHere,
    /// The package would come from somebody whom no authority vouches for.
    Unvouched,
    /// A package of 10 GiB.
    Endless,
    /// A package that does not say how large it is, and has no end.
    Flood,
    /// Nothing for this kind of machine.
    OtherMachine,
}

/// The server.
pub struct Releases {
    port: u16,
    clear: u16,
    unvouched: u16,
    keys: [KeyPair; 3],
    stranger: KeyPair,
    package: Vec<u8>,
    serves: Arc<Mutex<Serves>>,
}

#[derive(Clone, Default)]
struct Serves {
    words: Vec<u8>,
    package: Vec<u8>,
    announced: Option<u64>,
    redirect: bool,
    flood: bool,
}

impl Releases {
    /// Begins to serve, nothing yet: over TLS under papers of an authority whose certificate is left in this file, in the
    /// clear, and under papers of nobody.
    ///
    /// # Errors
    /// There is no port, or no randomness.
    pub async fn open(authority: &Path) -> Result<Self> {
        let key = || KeyPair::generate_unencrypted_keypair().context("no key can be made");
        let serves = Arc::<Mutex<Serves>>::default();
        let (vouched, nobodys) = (Papers::vouched_for(authority)?, Papers::of_nobody()?);
        let port = serve(Some(acceptor(vouched)?), &serves).await?;
        let unvouched = serve(Some(acceptor(nobodys)?), &serves).await?;
        let clear = serve(None, &serves).await?;
        // Any program will do: it is only looked at whether it is one.
        let mut package = std::fs::read("/bin/true").context("this system has no /bin/true")?;
        package.extend_from_slice(b"the release of tomorrow");
        let (keys, stranger) = ([key()?, key()?, key()?], key()?);
        Ok(Self { port, clear, unvouched, keys, stranger, package, serves })
    }

    /// Where releases are announced.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("https://localhost:{}/latest.json", self.port)
    }

    /// The keys that may sign: those of today, or those that a release with the next one in it brings.
    #[must_use]
    pub fn keys(&self, rotated: bool) -> [String; 2] {
        let first = usize::from(rotated);
        [self.keys[first].pk.to_base64(), self.keys[first + 1].pk.to_base64()]
    }

    /// The program that is released.
    #[must_use]
    pub fn package(&self) -> &[u8] {
        &self.package
    }

    /// Announces a release with something wrong about it, or nothing.
    ///
    /// # Errors
    /// It cannot be signed.
    pub fn announce(&self, trick: Trick) -> Result<()> {
        let version = if trick == Trick::Older { OLDER } else { NEWER };
        let signed_for = if trick == Trick::OtherVersion { OLDER } else { version };
        let rightly = [Trick::SecondKey, Trick::ThirdKey].iter().position(|one| *one == trick).map_or(0, |at| at + 1);
        let rightly = &self.keys[rightly];
        let key = if trick == Trick::Stranger { &self.stranger } else { rightly };
        let comment = format!("timestamp:1\tfile:Otklik.AppImage\tversion:{signed_for}");
        let signed = minisign::sign(Some(&key.pk), &key.sk, Cursor::new(&self.package), Some(&comment), None)?;
        let signature = if trick == Trick::Unsigned { String::new() } else { BASE64.encode(signed.to_string()) };
        let elsewhere = [
            (Trick::Clear, "http://updates.example.invalid/package".to_owned()),
            (Trick::ClearHere, format!("http://127.0.0.1:{}/package", self.clear)),
            (Trick::Unvouched, format!("https://localhost:{}/package", self.unvouched)),
        ];
        let elsewhere = elsewhere.into_iter().find(|(one, _)| *one == trick).map(|(_, url)| url);
        let url = elsewhere.unwrap_or_else(|| format!("https://localhost:{}/package", self.port));
        let arch = if trick == Trick::OtherMachine { "m68k" } else { std::env::consts::ARCH };
        let words = json!({
            "version": version,
            "platforms": { (format!("linux-{arch}")): { "url": url, "signature": signature } },
        });
        let words = if trick == Trick::Nonsense { b"{\"version\": 9".to_vec() } else { words.to_string().into_bytes() };
        let mut package = self.package.clone();
        if trick == Trick::Truncated {
            package.truncate(package.len() / 2);
        }
        if trick == Trick::Swapped {
            package.reverse();
        }
        let announced = (trick == Trick::Endless).then_some(10 << 30);
        let (redirect, flood) = (trick == Trick::Redirect, trick == Trick::Flood);
        let serves = Serves { words, package, announced, redirect, flood };
        *self.serves.lock().unwrap_or_else(PoisonError::into_inner) = serves;
        Ok(())
    }
}

/// Serves on a port of its own, over TLS or in the clear.
async fn serve(tls: Option<TlsAcceptor>, serves: &Arc<Mutex<Serves>>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let served = Arc::clone(serves);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let now = served.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let tls = tls.clone();
            tokio::spawn(async move {
                match tls {
                    Some(tls) => answer(tls.accept(socket).await?, now).await,
                    None => answer(socket, now).await,
                }
            });
        }
    });
    Ok(port)
}

/// One question, one answer.
async fn answer(mut socket: impl AsyncRead + AsyncWrite + Unpin, serves: Serves) -> Result<()> {
    let mut asked = Vec::new();
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut some = [0; 1024];
        let count = socket.read(&mut some).await?;
        if count == 0 {
            return Ok(());
        }
        asked.extend_from_slice(&some[..count]);
    }
    let is_package = asked.starts_with(b"GET /package");
    if serves.redirect {
        let elsewhere = "HTTP/1.1 302 Found\r\nlocation: http://updates.example.invalid/latest.json\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        socket.write_all(elsewhere.as_bytes()).await?;
    } else if serves.flood && is_package {
        socket.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
        // Until the other side has had enough.
        while socket.write_all(&[0; 64 * 1024]).await.is_ok() {}
        return Ok(());
    } else {
        let body = if is_package { &serves.package } else { &serves.words };
        let length = serves.announced.filter(|_| is_package).unwrap_or(body.len() as u64);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        socket.write_all(head.as_bytes()).await?;
        socket.write_all(body).await?;
    }
    Ok(socket.shutdown().await?)
}
