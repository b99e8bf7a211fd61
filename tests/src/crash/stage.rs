//! Folders and child programs.

use super::child::Play;
use anyhow::{Context as _, bail, ensure};
use clap::ValueEnum as _;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// A place for one store and one hub, gone when dropped.
#[derive(Debug)]
pub struct Stand {
    folder: tempfile::TempDir,
}

impl Stand {
    /// An empty place.
    ///
    /// # Errors
    /// When there is no room for one.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()? })
    }

    /// The store's folder.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// The hub's memory.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// A file for something else.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// This program, as a child.
#[derive(Debug)]
pub struct Program {
    child: Child,
    lines: Receiver<String>,
    heard: String,
    reader: Option<JoinHandle<()>>,
}

/// The longest a child may live.
const LIFE: Duration = Duration::from_secs(60);

impl Program {
    /// Starts a child with these variables in its environment.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(play: Play, stand: &Stand, run: u64, env: &[(&str, &Path)]) -> anyhow::Result<Self> {
        let name = play.to_possible_value().context("every play has a name")?.get_name().to_owned();
        let mut command = Command::new(program()?);
        command
            .args(["child", &name, "--run", &run.to_string()])
            .arg("--folder")
            .arg(stand.store())
            .arg("--ledger")
            .arg(stand.ledger())
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command.spawn().context("the child does not start")?;
        let out = child.stdout.take().context("the child has no output")?;
        let (tell, lines) = channel();
        let reader = std::thread::spawn(move || {
            let mut out = BufReader::new(out);
            let mut line = String::new();
            while out.read_line(&mut line).is_ok_and(|read| read > 0) {
                if tell.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines, heard: String::new(), reader: Some(reader) })
    }

    /// Waits until the child has said a line, or has ended.
    ///
    /// # Errors
    /// When that takes too long.
    pub fn wait_for_line(&mut self, wanted: &str, longest: Duration) -> anyhow::Result<()> {
        self.wait_for(wanted, |line| line == wanted, longest)
    }

    /// Waits until the child has said a line that begins so, or has ended.
    ///
    /// # Errors
    /// When that takes too long.
    pub fn wait_for_word(&mut self, wanted: &str, longest: Duration) -> anyhow::Result<()> {
        self.wait_for(wanted, |line| line.split(' ').next() == Some(wanted), longest)
    }

    fn wait_for(&mut self, wanted: &str, is_it: impl Fn(&str) -> bool, longest: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + longest;
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            let found = is_it(line.trim_end());
            self.heard.push_str(&line);
            if found {
                return Ok(());
            }
        }
        ensure!(Instant::now() < deadline, "the child never said {wanted:?}, it said {:?}", self.heard);
        Ok(())
    }

    /// Kills it, and returns everything it said before.
    ///
    /// # Errors
    /// When it ended by itself, which it was not to do.
    pub fn kill(mut self) -> anyhow::Result<String> {
        self.child.kill()?;
        let status = self.child.wait()?;
        let heard = self.hear_out();
        if status.code().is_some() {
            bail!("the child ended before it was killed ({status}): {heard}{}", self.last_words());
        }
        Ok(heard)
    }

    /// Kills it unless it has come to its end, and returns everything it said before.
    ///
    /// # Errors
    /// When it ended by itself with an error.
    pub fn kill_or_finish(mut self) -> anyhow::Result<String> {
        self.child.kill()?;
        let status = self.child.wait()?;
        let heard = self.hear_out();
        ensure!(status.code().is_none_or(|code| code == 0), "it ended with {status}: {heard}{}", self.last_words());
        Ok(heard)
    }

    /// Waits for its end, and returns everything it said.
    ///
    /// # Errors
    /// When it takes too long, or ends with an error.
    pub fn finish(mut self) -> anyhow::Result<String> {
        let deadline = Instant::now() + LIFE;
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.heard.push_str(&line);
        }
        if Instant::now() >= deadline {
            self.child.kill()?;
        }
        let status = self.child.wait()?;
        let heard = self.hear_out();
        ensure!(status.success(), "the child ended with {status}: {heard}{}", self.last_words());
        Ok(heard)
    }

    fn hear_out(&mut self) -> String {
        self.heard.extend(self.lines.iter());
        if let Some(reader) = self.reader.take() {
            // The reader ends with the pipe; it cannot panic.
            let _ended = reader.join();
        }
        std::mem::take(&mut self.heard)
    }

    fn last_words(&mut self) -> String {
        let mut words = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            let _read = std::io::Read::read_to_string(&mut pipe, &mut words);
        }
        words
    }
}

/// The program itself, or, in a test, the one built beside it.
///
/// # Errors
/// When it was not built.
pub fn program() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    if here.file_stem().is_some_and(|name| name == "otklik-crash") {
        return Ok(here);
    }
    let folder = here.parent().and_then(Path::parent).context("the test is not in a target folder")?;
    let program = folder.join("otklik-crash").with_extension(std::env::consts::EXE_EXTENSION);
    ensure!(program.exists(), "{} is missing: build the package's programs first", program.display());
    Ok(program)
}
