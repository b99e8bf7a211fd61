//! Hears what the machine plays: records the sound server's only speaker from beginning to end and answers questions
//! about stretches of the recording. A sound counts when it left the speaker, whatever a program believes to have
//! played.

use super::alone;
use super::patience::{START, until};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdout};

/// Samples a second: enough to tell sound from silence.
const RATE: u32 = 8_000;
/// Quieter than this (of 32 767) is silence.
const AUDIBLE: u16 = 50;
/// A pause that separates two sounds.
const PAUSE: Duration = Duration::from_millis(300);

/// Sounds closer together than this, from beginning to beginning, are one to a workplace.
const BETWEEN_SOUNDS: Duration = Duration::from_secs(2);

/// A piece of the recording, some 20 ms.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: Instant,
    loudest: u16,
}

/// One sound as it was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When it began.
    pub began: Instant,
    /// From its first to its last audible piece.
    pub length: Duration,
    /// The loudest sample, of 32 767.
    pub loudest: u16,
}

/// What was recorded so far, oldest first.
#[derive(Debug, Default)]
struct Recording(Vec<Piece>);

impl Recording {
    /// How far it reaches.
    fn newest(&self) -> Option<Instant> {
        self.0.last().map(|piece| piece.at)
    }

    /// The audible pieces from a moment on.
    fn audible_from(&self, moment: Instant) -> impl Iterator<Item = Piece> {
        let from = self.0.partition_point(|piece| piece.at < moment);
        self.0[from..].iter().filter(|piece| piece.loudest >= AUDIBLE).copied()
    }

    /// The end of the last sound.
    fn last_audible(&self) -> Option<Instant> {
        self.0.iter().rev().find(|piece| piece.loudest >= AUDIBLE).map(|piece| piece.at)
    }

    /// When the first sound of a stretch begins.
    fn first_between(&self, from: Instant, to: Instant) -> Option<Instant> {
        self.audible_from(from).map(|piece| piece.at).find(|at| *at <= to)
    }

    /// The first sound from a moment on, once a pause after it tells that it is over.
    fn first_complete(&self, moment: Instant) -> Option<Heard> {
        let mut audible = self.audible_from(moment);
        let first = audible.next()?;
        let (mut last, mut loudest) = (first.at, first.loudest);
        for piece in audible {
            if piece.at - last > PAUSE {
                break;
            }
            (last, loudest) = (piece.at, loudest.max(piece.loudest));
        }
        let over = self.newest()? > last + PAUSE;
        over.then_some(Heard { began: first.at, length: last - first.at, loudest })
    }
}

/// A running recording.
pub struct Ears {
    heard: Arc<Mutex<Recording>>,
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
        let heard = Arc::new(Mutex::new(Recording::default()));
        tokio::spawn(listen(stream, Arc::clone(&heard)));
        let ears = Self { heard, _recorder: recorder };
        until("the recorder delivers", START, || async { Ok(ears.recording().newest()) }).await?;
        Ok(ears)
    }

    /// Waits for the first sound after a moment and for its end.
    ///
    /// # Errors
    /// Nothing is heard within `patience`.
    pub async fn sound_after(&self, moment: Instant, patience: Duration) -> Result<Heard> {
        until("a sound is heard", patience, || async { Ok(self.recording().audible_from(moment).next()) }).await?;
        until("the sound ends", START, || async { Ok(self.recording().first_complete(moment)) }).await
    }

    /// Waits until nothing was heard for a while, and hands over the moment. Workplaces swallow a sound that follows
    /// another one closely, so whoever wants to hear one begins with this.
    ///
    /// # Errors
    /// It does not become quiet.
    pub async fn quiet(&self) -> Result<Instant> {
        until("it is quiet", START, || async {
            let recording = self.recording();
            let last = recording.last_audible();
            Ok(recording.newest().filter(|newest| last.is_none_or(|last| *newest >= last + BETWEEN_SOUNDS)))
        })
        .await
    }

    /// Waits for the first sound after a moment and says when it was heard.
    ///
    /// # Errors
    /// Nothing is heard within `patience`.
    pub async fn sound_begins(&self, moment: Instant, patience: Duration) -> Result<Instant> {
        let heard = until("a sound is heard", patience, || async { Ok(self.recording().audible_from(moment).next()) });
        Ok(heard.await?.at)
    }

    /// Listens from a moment on for a while.
    ///
    /// # Errors
    /// Something is heard.
    pub async fn silence(&self, from: Instant, length: Duration) -> Result<()> {
        let to = from + length;
        let heard = until("the recording reaches so far", length + START, || async {
            let recording = self.recording();
            let heard = recording.first_between(from, to);
            let reached = recording.newest().is_some_and(|newest| newest >= to);
            Ok((reached || heard.is_some()).then_some(heard))
        })
        .await?;
        match heard {
            None => Ok(()),
            Some(at) => bail!("a sound {} ms after everything had to be silent", (at - from).as_millis()),
        }
    }

    fn recording(&self) -> MutexGuard<'_, Recording> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn listen(mut stream: ChildStdout, heard: Arc<Mutex<Recording>>) {
    let mut buffer = [0_u8; 4096];
    let mut half = None;
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let bytes: Vec<u8> = half.take().into_iter().chain(buffer[..read].iter().copied()).collect();
        let samples = bytes.chunks_exact(2);
        half = samples.remainder().first().copied();
        let loudest = samples.map(|of| i16::from_le_bytes([of[0], of[1]]).unsigned_abs()).max().unwrap_or(0);
        let piece = Piece { at: Instant::now(), loudest };
        heard.lock().unwrap_or_else(PoisonError::into_inner).0.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recording of 20 ms pieces that is loud where told, in milliseconds.
    fn recording(began: Instant, until: u64, loud: &[std::ops::Range<u64>]) -> Recording {
        let pieces = (0..until).step_by(20).map(|ms| Piece {
            at: began + Duration::from_millis(ms),
            loudest: if loud.iter().any(|stretch| stretch.contains(&ms)) { 9_000 } else { 3 },
        });
        Recording(pieces.collect())
    }

    #[test]
    fn two_sounds_are_told_apart_and_measured() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let recording = recording(began, 4_000, &[500..860, 1_000..1_100, 2_000..3_600]);
        for (moment, from, length) in [(0, 500, 580), (600, 600, 480), (1_200, 2_000, 1_580)] {
            let heard = recording.first_complete(at(moment)).expect("a sound");
            assert_eq!((heard.began, heard.length.as_millis()), (at(from), length), "after {moment} ms");
        }
        assert_eq!(recording.first_complete(at(3_600)), None);
    }

    #[test]
    fn a_sound_is_over_only_after_a_pause() {
        let began = Instant::now();
        let loud = 100..400;
        assert_eq!(recording(began, 600, std::slice::from_ref(&loud)).first_complete(began), None);
        assert!(recording(began, 720, std::slice::from_ref(&loud)).first_complete(began).is_some());
    }

    #[test]
    fn silence_is_broken_by_what_lies_inside_only() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let recording = recording(began, 2_000, std::slice::from_ref(&(1_000..1_200)));
        for (from, to, broken) in [(0, 980, false), (0, 1_000, true), (1_180, 1_500, true), (1_200, 1_999, false)] {
            assert_eq!(recording.first_between(at(from), at(to)).is_some(), broken, "{from} to {to}");
        }
    }
}
