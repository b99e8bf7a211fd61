//! A server of updates on this machine, and whoever signs them: the right way, and every wrong one.

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use minisign::KeyPair;
use serde_json::json;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Newer than anything that was ever built.
pub const NEWER: &str = "9.9.9";
/// Older than everything.
pub const OLDER: &str = "0.0.1";

/// What may be wrong with a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// Nothing: it is signed by the key that replaces the first one.
    SecondKey,
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
    /// A package without end.
    Endless,
    /// Nothing for this kind of machine.
    OtherMachine,
}

/// The server.
pub struct Releases {
    port: u16,
    keys: [KeyPair; 2],
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
}

impl Releases {
    /// Begins to serve, nothing yet.
    ///
    /// # Errors
    /// There is no port, or no randomness.
    pub async fn open() -> Result<Self> {
        let key = || KeyPair::generate_unencrypted_keypair().context("no key can be made");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let serves = Arc::<Mutex<Serves>>::default();
        let served = Arc::clone(&serves);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let now = served.lock().unwrap_or_else(PoisonError::into_inner).clone();
                tokio::spawn(answer(socket, now));
            }
        });
        // Any program will do: it is only looked at whether it is one.
        let mut package = std::fs::read("/bin/true").context("this system has no /bin/true")?;
        package.extend_from_slice(b"the release of tomorrow");
        Ok(Self { port, keys: [key()?, key()?], stranger: key()?, package, serves })
    }

    /// Where releases are announced.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/latest.json", self.port)
    }

    /// The keys that may sign.
    #[must_use]
    pub fn keys(&self) -> [String; 2] {
        [self.keys[0].pk.to_base64(), self.keys[1].pk.to_base64()]
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
        let rightly = if trick == Trick::SecondKey { &self.keys[1] } else { &self.keys[0] };
        let key = if trick == Trick::Stranger { &self.stranger } else { rightly };
        let comment = format!("timestamp:1\tfile:Otklik.AppImage\tversion:{signed_for}");
        let signed = minisign::sign(Some(&key.pk), &key.sk, Cursor::new(&self.package), Some(&comment), None)?;
        let signature = if trick == Trick::Unsigned { String::new() } else { BASE64.encode(signed.to_string()) };
        let here = format!("http://127.0.0.1:{}/package", self.port);
        let url = if trick == Trick::Clear { "http://updates.example.invalid/package".to_owned() } else { here };
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
        let serves = Serves { words, package, announced, redirect: trick == Trick::Redirect };
        *self.serves.lock().unwrap_or_else(PoisonError::into_inner) = serves;
        Ok(())
    }
}

/// One question, one answer.
async fn answer(mut socket: TcpStream, serves: Serves) -> Result<()> {
    let mut asked = Vec::new();
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut some = [0; 1024];
        let count = socket.read(&mut some).await?;
        if count == 0 {
            return Ok(());
        }
        asked.extend_from_slice(&some[..count]);
    }
    if serves.redirect {
        let elsewhere = "HTTP/1.1 302 Found\r\nlocation: http://updates.example.invalid/latest.json\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        return Ok(socket.write_all(elsewhere.as_bytes()).await?);
    }
    let body = if asked.starts_with(b"GET /latest.json") { &serves.words } else { &serves.package };
    let length = serves.announced.filter(|_| asked.starts_with(b"GET /package")).unwrap_or(body.len() as u64);
    socket
        .write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n").as_bytes())
        .await?;
    Ok(socket.write_all(body).await?)
}
