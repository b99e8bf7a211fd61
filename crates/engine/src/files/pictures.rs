//! Pictures for the screen, made anew by a process of their own.

use otklik_files::{
    header,
    helper::{self, ARGUMENT, MOST_BYTES},
    picture::{Picture, knows},
};
use std::{path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    sync::Semaphore,
    time::timeout,
};

/// A picture that takes longer is only a file.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pictures made at once.
const AT_ONCE: usize = 2;
/// More than this a picture for the screen does not weigh, in bytes.
const MOST_MADE: u64 = 64 * 1024 * 1024;

/// A program that makes pictures when it is started with [`otklik_files::helper::ARGUMENT`]: this one, or one of its own.
#[derive(Clone, Debug)]
pub struct PictureMaker(pub PathBuf);

/// Makes pictures, a few at a time.
pub(super) struct Pictures {
    helper: Option<PictureMaker>,
    turns: Semaphore,
}

impl Pictures {
    pub(super) fn new(helper: Option<PictureMaker>) -> Self {
        Self { helper, turns: Semaphore::new(AT_ONCE) }
    }

    /// Whether a content that begins so is looked at at all: nothing is started for what is too large.
    pub(super) fn can_make(&self, media: &str, head: &[u8], size: u64) -> bool {
        self.helper.is_some()
            && knows(media)
            && size <= MOST_BYTES
            && header::pixels(head).is_some_and(header::can_be_shown)
    }

    /// Makes one, its longer side at most so many pixels; nothing, if it cannot be made.
    pub(super) async fn make(&self, media: &str, content: Vec<u8>, side: u32) -> Option<Picture> {
        let PictureMaker(program) = self.helper.as_ref()?;
        let _turn = self.turns.acquire().await.ok()?;
        let child = Command::new(program)
            .args([ARGUMENT, media, &side.to_string()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Whatever becomes of it, it does not outlive the wish for it.
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| tracing::warn!(%error, "nothing makes pictures on this machine"))
            .ok()?;
        let made = timeout(PATIENCE, ask(child, content)).await.ok().flatten();
        if made.is_none() {
            tracing::info!(media, "a picture is shown as a file");
        }
        made
    }
}

async fn ask(mut child: Child, content: Vec<u8>) -> Option<Picture> {
    let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
    // Beside the reading: neither side waits for the other. What it does not read, it did not need.
    let saying = tokio::spawn(async move {
        let _ = input.write_all(&content).await;
    });
    let mut written = Vec::new();
    output.take(MOST_MADE).read_to_end(&mut written).await.ok()?;
    saying.abort();
    let ended = child.wait().await.ok()?;
    ended.success().then(|| helper::read(&written)).flatten()
}
