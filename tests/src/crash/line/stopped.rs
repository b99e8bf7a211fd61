//! the program is stopped for longer than the hub waits for it, and goes on, as after a sleep.

use super::{
    office::{self, Customer, is_let_go, operators},
    workplace::STATUS,
};
use crate::{
    crash::{Length, stage::program},
    shim,
};
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
/// What the program misses, by turns.
const PAUSES: [Pause; 4] = [
    Pause { stopped: Duration::from_secs(5), ahead: Duration::ZERO },
    Pause { stopped: Duration::from_secs(10), ahead: Duration::ZERO },
    Pause { stopped: Duration::from_secs(5), ahead: Duration::from_secs(600) },
    Pause { stopped: Duration::from_secs(5), ahead: Duration::from_secs(8 * 3_600) },
];
/// How soon the hub has to let go of it: three beats, and one for a busy machine.
const LET_GO: Duration = BEAT.saturating_mul(4);
/// Trials side by side.
const AT_ONCE: usize = 8;
/// How soon what is written then has to be with the customer.
const LIVE: Duration = Duration::from_secs(3);

/// Plays trials side by side.
///
/// # Errors
/// The first that was slow, loud, or lost something.
pub async fn run(length: Length) -> anyhow::Result<String> {
    let count = match length {
        Length::Short => PAUSES.len(),
        Length::Full => 200,
    };
    let (mut slowest, mut freed) = (Duration::ZERO, Duration::ZERO);
    let clock = shim::compiled("clockshim")?;
    let trials: Vec<Pause> = PAUSES.into_iter().cycle().take(count).collect();
    for group in trials.chunks(AT_ONCE) {
        let mut running = tokio::task::JoinSet::new();
        for pause in group.iter().copied() {
            let clock = clock.clone();
            running.spawn(async move { trial(pause, &clock).await.with_context(|| format!("{pause:?}")) });
        }
        while let Some(trial) = running.join_next().await {
            let took = trial??;
            (slowest, freed) = (slowest.max(took.live), freed.max(took.freed));
        }
    }
    Ok(format!(
        "{count} programs stopped for 5 or 10 s, half of them to find that 10 min or 8 h have gone by, let go by the hub \
         within {:.1} s, what was written then with the customer within {:.1} s, one sound and one popup at most, one \
         connection and the same status afterwards, each text arrived once",
        freed.as_secs_f64(),
        slowest.as_secs_f64()
    ))
}

/// A pause: the process is stopped, and the wall clock goes on by more than that, as it does while a machine sleeps.
#[derive(Clone, Copy, Debug)]
struct Pause {
    stopped: Duration,
    ahead: Duration,
}

/// How long it took.
struct Took {
    /// After the program was stopped, for the hub to let go of it.
    freed: Duration,
    /// After it went on, until the customer had what was written then.
    live: Duration,
}

struct Stopped {
    child: Child,
    pid: i32,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    sounds: u32,
    popups: Vec<String>,
}

impl Stopped {
    /// Its wall clock is ahead by what the file says.
    fn start(folder: &Path, hub: &str, clock: &Path, ahead: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(program()?)
            .env("LD_PRELOAD", clock)
            .env("OTKLIK_CLOCK_AHEAD", ahead)
            .args(["workplace", "--hub", hub, "--folder"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pid = i32::try_from(child.id().context("the child has ended")?)?;
        let input = child.stdin.take().context("no input")?;
        let output = BufReader::new(child.stdout.take().context("no output")?).lines();
        Ok(Self { child, pid, input, output, sounds: 0, popups: Vec::new() })
    }

    /// Waits for a line that begins so, and returns it.
    async fn until(&mut self, wanted: &str) -> anyhow::Result<String> {
        let wait = async {
            while let Some(line) = self.output.next_line().await? {
                self.sounds += u32::from(line == "sound");
                self.popups.extend(line.strip_prefix("popup ").map(str::to_owned));
                if line.starts_with(wanted) {
                    return Ok(line);
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

    /// What the hub has told it of its operator's status.
    async fn status(&mut self) -> anyhow::Result<String> {
        self.send(STATUS).await?;
        self.until("status ").await
    }

    async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let status = Command::new("kill").args([name, &self.pid.to_string()]).status().await?;
        ensure!(status.success(), "kill {name} failed");
        Ok(())
    }
}

async fn trial(pause: Pause, clock: &Path) -> anyhow::Result<Took> {
    let folder = tempfile::tempdir()?;
    let hub = office::open(&folder.path().join("hub"), BEAT).await?;
    let mut customer = Customer::come(hub.address()).await?;
    customer.write("Вы тут?").await?;
    let ahead = folder.path().join("ahead");
    std::fs::write(&ahead, 0_u64.to_ne_bytes())?;
    let address = format!("http://{}", hub.address());
    let mut program = Stopped::start(&folder.path().join("desk"), &address, clock, &ahead)?;
    customer.beside(program.until("ready")).await?;
    program.send("Ира: тут").await?;
    customer.beside(program.until("promised Ира: тут")).await?;
    customer.hear_texts(1).await?;
    let status = program.status().await?;

    // Words are on their way when it stops, or not yet: both happen. After hours the operator would be asked whether they
    // are still to be said, so before a long sleep they have arrived.
    program.send("Ира: минуту").await?;
    if pause.ahead > Duration::ZERO {
        customer.hear_texts(2).await?;
        program.status().await?;
    }
    program.signal("-STOP").await?;
    let began = Instant::now();
    (program.sounds, program.popups) = (0, Vec::new());
    customer.write("Жду").await?;
    customer.write("Ау").await?;
    let freed = customer.beside(is_let_go(&hub, began, LET_GO)).await?;
    customer.linger(pause.stopped.saturating_sub(began.elapsed())).await?;
    ensure!(operators(&hub) == 0, "somebody has called in the name of a program that is stopped");
    std::fs::write(&ahead, pause.ahead.as_secs().to_ne_bytes())?;
    program.signal("-CONT").await?;
    let began = Instant::now();
    program.send("Ира: я снова здесь").await?;
    customer.hear_texts(3).await?;
    let live = began.elapsed();
    ensure!(live <= LIVE, "what was written after it went on came {live:?} later");
    let expected = ["Ира: тут", "Ира: минуту", "Ира: я снова здесь"];
    ensure!(customer.heard == expected, "the customer reads {:?}", customer.heard);
    program.until("promised Ира: я снова здесь").await?;
    let status_now = program.status().await?;
    ensure!(status_now == status, "{status:?} has become {status_now:?}");
    ensure!(operators(&hub) == 1, "the hub counts {} connections of one operator", operators(&hub));
    let Stopped { sounds, popups, .. } = program;
    ensure!(sounds <= 1 && popups.len() <= 1, "{sounds} sounds after it went on, and popups {popups:#?}");
    drop(program.input);
    program.child.wait().await?;
    hub.stop().await;
    Ok(Took { freed, live })
}
