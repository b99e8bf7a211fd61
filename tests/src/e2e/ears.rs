//! Hears what the machine plays: records the sound server's only speaker from beginning to end and answers questions
//! about stretches of the recording. A sound counts when it left the speaker, whatever a program believes to have
//! played.

use super::alone;
use super::patience::{START, until};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdout};

/// Samples a second: enough to tell sound from silence.
const RATE: u32 = 8_000;
/// Quieter than this (of 32 767) is silence.
const AUDIBLE: u16 = 50;
/// A pause that separates two sounds.
const PAUSE: Duration = Duration::from_millis(300);

/// A piece of the recording, some 20 ms.
#[derive(Clone, Copy)]
struct Piece {
    at: Instant,
    loudest: u16,
}

/// One sound as it was heard.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// When it began.
    pub began: Instant,
    /// From its first to its last audible piece.
    pub length: Duration,
    /// The loudest sample, of 32 767.
    pub loudest: u16,
}

/// A running recording.
pub struct Ears {
    heard: Arc<Mutex<Vec<Piece>>>,
    _recorder: Child,
}

impl Ears {
    /// Starts to listen, and waits until the recorder delivers.
    ///
    /// # Errors
    /// There is no sound server, or it delivers nothing.
    pub async fn open(log: &Path) -> Result<Self> {
        let mut command = alone::command("parec", log)?;
        command.args(["--device=test.monitor", "--raw", "--format=s16le", "--channels=1", "--latency-msec=20"]);
        command.arg(format!("--rate={RATE}")).stdout(Stdio::piped());
        let mut recorder = alone::start(command)?;
        let stream = recorder.stdout.take().context("the recorder has no output")?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(listen(stream, Arc::clone(&heard)));
        let ears = Self { heard, _recorder: recorder };
        until("the recorder delivers", START, || async { Ok(ears.newest()) }).await?;
        Ok(ears)
    }

    /// Waits for the first sound after a moment and for its end.
    ///
    /// # Errors
    /// Nothing is heard within `patience`.
    pub async fn sound_after(&self, moment: Instant, patience: Duration) -> Result<Heard> {
        self.beginning_after(moment, patience).await?;
        until("the sound ends", START, || async { Ok(self.first_complete(moment)) }).await
    }

    /// Waits for the beginning of the first sound after a moment.
    ///
    /// # Errors
    /// Nothing is heard within `patience`.
    pub async fn beginning_after(&self, moment: Instant, patience: Duration) -> Result<Instant> {
        until("a sound is heard", patience, || async { Ok(self.audible_after(moment).first().map(|piece| piece.at)) })
            .await
    }

    /// Listens from a moment on for a while.
    ///
    /// # Errors
    /// Something is heard.
    pub async fn silence(&self, from: Instant, length: Duration) -> Result<()> {
        until("the recording reaches so far", length + START, || async {
            let reached = self.newest().is_some_and(|newest| newest >= from + length);
            Ok((reached || !self.audible_between(from, from + length).is_empty()).then_some(()))
        })
        .await?;
        match self.audible_between(from, from + length).first() {
            None => Ok(()),
            Some(piece) => bail!("a sound {} ms after everything had to be silent", (piece.at - from).as_millis()),
        }
    }

    fn newest(&self) -> Option<Instant> {
        self.pieces().last().map(|piece| piece.at)
    }

    fn audible_after(&self, moment: Instant) -> Vec<Piece> {
        let pieces = self.pieces();
        let from = pieces.partition_point(|piece| piece.at < moment);
        pieces[from..].iter().filter(|piece| piece.loudest >= AUDIBLE).copied().collect()
    }

    fn audible_between(&self, from: Instant, to: Instant) -> Vec<Piece> {
        let mut audible = self.audible_after(from);
        audible.retain(|piece| piece.at <= to);
        audible
    }

    fn first_complete(&self, moment: Instant) -> Option<Heard> {
        let audible = self.audible_after(moment);
        let first = audible.first()?;
        let more = audible.windows(2).position(|pair| pair[1].at - pair[0].at > PAUSE).unwrap_or(audible.len() - 1);
        let last = audible[more];
        let over = self.newest()? > last.at + PAUSE;
        let loudest = audible[..=more].iter().map(|piece| piece.loudest).max()?;
        over.then_some(Heard { began: first.at, length: last.at - first.at, loudest })
    }

    fn pieces(&self) -> std::sync::MutexGuard<'_, Vec<Piece>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn listen(mut stream: ChildStdout, heard: Arc<Mutex<Vec<Piece>>>) {
    let mut buffer = [0_u8; 4096];
    let mut half = None;
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let bytes: Vec<u8> = half.take().into_iter().chain(buffer[..read].iter().copied()).collect();
        let samples = bytes.chunks_exact(2);
        half = samples.remainder().first().copied();
        let loudest = samples.map(|of| i16::from_le_bytes([of[0], of[1]]).unsigned_abs()).max().unwrap_or(0);
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(Piece { at: Instant::now(), loudest });
    }
}
