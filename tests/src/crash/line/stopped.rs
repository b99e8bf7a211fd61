//! the program is stopped for longer than the hub waits for it, and goes on, as after a sleep.

use super::office::{self, Customer};
use crate::crash::{Length, stage::program};
use anyhow::{Context as _, ensure};
use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Beats of the hub: it gives a peer up after three of them.
const BEAT: Duration = Duration::from_secs(1);
/// How long the program is stopped.
const STOPPED: Duration = Duration::from_secs(5);
/// How soon it has to be live again.
const LIVE: Duration = Duration::from_secs(3);

/// Plays trials side by side.
///
/// # Errors
/// The first that was slow, loud, or lost something.
pub async fn run(length: Length) -> anyhow::Result<String> {
    let count = match length {
        Length::Short => 3,
        Length::Full => 40,
    };
    let mut slowest = Duration::ZERO;
    let mut left = count;
    while left > 0 {
        let mut trials = tokio::task::JoinSet::new();
        for _ in 0..left.min(8) {
            trials.spawn(trial());
            left -= 1;
        }
        while let Some(trial) = trials.join_next().await {
            slowest = slowest.max(trial??);
        }
    }
    Ok(format!(
        "{count} programs stopped for {} s, live again within {:.1} s, one sound at most, each text arrived once",
        STOPPED.as_secs(),
        slowest.as_secs_f64()
    ))
}

struct Stopped {
    child: Child,
    pid: i32,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    sounds: u32,
}

impl Stopped {
    fn start(folder: &Path, hub: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(program()?)
            .args(["workplace", "--hub", hub, "--folder"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pid = i32::try_from(child.id().context("the child has ended")?)?;
        let input = child.stdin.take().context("no input")?;
        let output = BufReader::new(child.stdout.take().context("no output")?).lines();
        Ok(Self { child, pid, input, output, sounds: 0 })
    }

    async fn until(&mut self, wanted: &str) -> anyhow::Result<()> {
        let wait = async {
            while let Some(line) = self.output.next_line().await? {
                self.sounds += u32::from(line == "sound");
                if line == wanted {
                    return Ok(());
                }
            }
            anyhow::bail!("the program ended before it said {wanted:?}")
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.with_context(|| format!("no {wanted:?}"))?
    }

    async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        self.input.write_all(format!("{text}\n").as_bytes()).await?;
        Ok(self.input.flush().await?)
    }

    async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let status = Command::new("kill").args([name, &self.pid.to_string()]).status().await?;
        ensure!(status.success(), "kill {name} failed");
        Ok(())
    }
}

async fn trial() -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let hub = office::open(&folder.path().join("hub"), BEAT).await?;
    let mut customer = Customer::come(hub.address()).await?;
    customer.write("Вы тут?").await?;
    let mut program = Stopped::start(&folder.path().join("desk"), &format!("http://{}", hub.address()))?;
    customer.beside(program.until("ready")).await?;
    program.send("Ира: тут").await?;
    customer.beside(program.until("promised Ира: тут")).await?;
    customer.hear_texts(1).await?;

    // Words are on their way when it stops, or not yet: both happen.
    program.send("Ира: минуту").await?;
    program.signal("-STOP").await?;
    program.sounds = 0;
    customer.write("Жду").await?;
    customer.write("Ау").await?;
    customer.linger(STOPPED).await?;
    program.signal("-CONT").await?;
    let began = Instant::now();
    customer.beside(program.until("live")).await?;
    let took = began.elapsed();
    ensure!(took <= LIVE, "live {took:?} after it went on");

    program.send("Ира: я снова здесь").await?;
    customer.hear_texts(3).await?;
    let expected = ["Ира: тут", "Ира: минуту", "Ира: я снова здесь"];
    ensure!(customer.heard == expected, "the customer reads {:?}", customer.heard);
    program.until("promised Ира: я снова здесь").await?;
    ensure!(program.sounds <= 1, "{} sounds after it went on", program.sounds);
    drop(program.input);
    program.child.wait().await?;
    hub.stop().await;
    Ok(took)
}
