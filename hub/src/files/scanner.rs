//! ClamAV's daemon, asked over its socket: the command INSTREAM, so that no file has to lie where it can read it.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use std::{fmt, path::PathBuf, pin::pin, str::FromStr, time::Duration};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// One file is looked at within this time.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest answer, in bytes.
const ANSWER: u64 = 1_024;

/// Where the scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerAddress {
    /// At a socket in the file system.
    Unix(PathBuf),
    /// At a host and port.
    Tcp(String),
}

impl FromStr for ScannerAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(path.into())),
            Some(("tcp", address)) if address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) => {
                Ok(Self::Tcp(address.to_owned()))
            }
            Some(_) | None => Err("scanner must be unix:PATH or tcp:HOST:PORT".to_owned()),
        }
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(out, "unix:{}", path.display()),
            Self::Tcp(address) => write!(out, "tcp:{address}"),
        }
    }
}

/// What the scanner says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing was found.
    Clean,
    /// It is this.
    Found(String),
    /// It cannot be looked at, now or later.
    Unable(String),
}

/// Why a file was not looked at this time.
#[derive(Debug, Error)]
pub(super) enum ScanError {
    /// The scanner is not there, or went away.
    #[error("the scanner does not answer: {0}")]
    Gone(#[from] std::io::Error),
    /// It took too long.
    #[error("the scanner took too long")]
    Late,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] object_store::Error),
    /// The answer is none of the known ones.
    #[error("the scanner answers what is not understood")]
    Unknown,
}

/// A scanner.
pub(super) struct Scanner(ScannerAddress);

impl Scanner {
    pub(super) fn new(address: ScannerAddress) -> Self {
        Self(address)
    }

    /// Has a content looked at.
    pub(super) async fn scan(
        &self,
        content: impl Stream<Item = Result<Bytes, object_store::Error>>,
    ) -> Result<Verdict, ScanError> {
        let scanning = async {
            match &self.0 {
                ScannerAddress::Tcp(address) => talk(TcpStream::connect(address).await?, content).await,
                #[cfg(unix)]
                ScannerAddress::Unix(path) => talk(tokio::net::UnixStream::connect(path).await?, content).await,
                #[cfg(not(unix))]
                ScannerAddress::Unix(_) => Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into()),
            }
        };
        timeout(PATIENCE, scanning).await.map_err(|_| ScanError::Late)?
    }
}

async fn talk(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    content: impl Stream<Item = Result<Bytes, object_store::Error>>,
) -> Result<Verdict, ScanError> {
    let sent = send(&mut socket, content).await;
    if let Err(ScanError::Unreadable(error)) = sent {
        return Err(error.into());
    }
    // Whoever sends more than the scanner wants is cut off, but is told why: the answer is read either way.
    let mut answer = Vec::new();
    let read = socket.take(ANSWER).read_to_end(&mut answer).await;
    match verdict(&answer) {
        Some(verdict) => Ok(verdict),
        None => {
            sent?;
            read?;
            Err(ScanError::Unknown)
        }
    }
}

async fn send(
    socket: &mut (impl AsyncWrite + Unpin),
    content: impl Stream<Item = Result<Bytes, object_store::Error>>,
) -> Result<(), ScanError> {
    socket.write_all(b"zINSTREAM\0").await?;
    let mut content = pin!(content);
    while let Some(some) = content.next().await {
        for chunk in some?.chunks(64 * 1024) {
            socket.write_u32(u32::try_from(chunk.len()).unwrap_or_default()).await?;
            socket.write_all(chunk).await?;
        }
    }
    socket.write_u32(0).await?;
    Ok(socket.flush().await?)
}

fn verdict(answer: &[u8]) -> Option<Verdict> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches(['\0', '\n']);
    if text.ends_with(" ERROR") {
        // A size limit of the scanner's: the same tomorrow.
        let final_one = text.contains("size limit exceeded");
        return final_one.then(|| Verdict::Unable(text.to_owned()));
    }
    let said = text.strip_prefix("stream: ")?;
    if said == "OK" {
        return Some(Verdict::Clean);
    }
    said.strip_suffix(" FOUND").map(|name| Verdict::Found(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        for (answer, expected) in [
            (&b"stream: OK\0"[..], Some(Verdict::Clean)),
            (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Some(Verdict::Found("Win.Test.EICAR_HDB-1".into()))),
            (
                b"INSTREAM size limit exceeded. ERROR\0",
                Some(Verdict::Unable("INSTREAM size limit exceeded. ERROR".into())),
            ),
            (b"stream: Can't allocate memory ERROR\0", None),
            (b"", None),
            (b"stream: FOUND OK then?\0", None),
        ] {
            assert_eq!(verdict(answer), expected, "{}", String::from_utf8_lossy(answer));
        }
    }

    #[test]
    fn addresses_are_read() {
        for text in ["unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:[::1]:3310"] {
            assert_eq!(text.parse::<ScannerAddress>().unwrap().to_string(), text);
        }
        for bad in ["", "unix:", "tcp:localhost", "tcp:localhost:x", "/run/clamav/clamd.ctl"] {
            assert!(bad.parse::<ScannerAddress>().is_err(), "{bad}");
        }
    }
}
