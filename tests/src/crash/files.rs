//! The program is killed at any instant while it stages, attaches and sends files: the real engine with its shelf and
//! its uploads in parts, the real hub. Whatever was said to be kept is there in the next life, and arrives once, whole,
//! and in the order in which it was sent.

mod instants;

use super::{
    Length, Summary,
    line::{office, workplace::Desk},
    stage::program,
};
use crate::e2e::wire::WireCustomer;
use anyhow::{Context as _, bail, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use otklik_core::{Command, StagedFile};
use otklik_engine::FileCommand;
use otklik_model::{DialogId, StagedId};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::Write as _,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Lives of one folder.
const SHORT: u64 = 12;
const FULL: u64 = 200;
/// The longest a life may take to begin, and the last one to end.
const PATIENCE: Duration = Duration::from_secs(90);
/// A tray takes twenty.
const MOST_IN_TRAY: u64 = 15;
/// Bytes of one part on their way into the shelf.
const PART: usize = 48 * 1024;

/// Kills the program so many times.
///
/// # Errors
/// The first promise that was broken.
pub fn run(length: Length, seed: u64) -> anyhow::Result<Summary> {
    let lives = match length {
        Length::Short => SHORT,
        Length::Full => FULL,
    };
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (kept, sent) = runtime.block_on(one_folder(lives, seed)).with_context(|| format!("seed {seed}"))?;
    let instants = runtime.block_on(instants::sweep(length)).context("killed before a write of own.db")?;
    Ok(Summary(format!(
        "files: {lives} kills while files were staged and sent, {kept} kept, {sent} sent before a kill; {instants}; 0 lost, \
         0 doubled, every byte as it was, none left on the shelf; {:.0} s (seed {seed})",
        began.elapsed().as_secs_f64()
    )))
}

/// What the lives said: names in the order in which they were kept, and in which they were sent.
#[derive(Debug, Default)]
struct Said {
    kept: Vec<String>,
    sent: Vec<String>,
    left: Option<usize>,
}

impl Said {
    /// A last line without an end was cut off by a kill, and counts as not said.
    fn hear(&mut self, line: &str) {
        match line.split_once(' ') {
            Some(("kept", name)) => self.kept.push(name.to_owned()),
            Some(("sent", name)) => self.sent.push(name.to_owned()),
            Some(("left", count)) => self.left = count.parse().ok(),
            Some(_) | None => {}
        }
    }
}

async fn one_folder(lives: u64, seed: u64) -> anyhow::Result<(usize, usize)> {
    let folder = tempfile::tempdir()?;
    let hub = office::open_for_files(&folder.path().join("hub")).await?;
    let address = format!("http://{}", hub.address());
    let mut customer = WireCustomer::come(&address, "ru", "https://shop.example/", "Лавка").await?;
    customer.write("Пришлите, пожалуйста, бумаги").await?;
    let desk = folder.path().join("desk");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut said = Said::default();
    for run in 1..=lives {
        let wait = Duration::from_millis(rng.random_range(0..400));
        live(&desk, &address, run, &Death::After(wait), &mut said).await.with_context(|| format!("life {run}"))?;
    }
    live(&desk, &address, 0, &Death::None, &mut said).await.context("the last life")?;
    ensure!(said.left == Some(0), "the shelf keeps {:?} files that nobody waits for", said.left);
    judge(&said, &mut customer).await?;
    hub.stop().await;
    Ok((said.kept.len(), said.sent.len()))
}

/// How a life ends.
enum Death {
    /// In order.
    None,
    /// So long after it is at work.
    After(Duration),
    /// Before a write; what the shim is told.
    Within(Vec<(&'static str, OsString)>),
}

/// One life: it comes to its work unless a write is its end.
async fn live(folder: &Path, hub: &str, run: u64, death: &Death, said: &mut Said) -> anyhow::Result<()> {
    let told: &[(&str, OsString)] = if let Death::Within(told) = death { told } else { &[] };
    let mut child = tokio::process::Command::new(program()?)
        .envs(told.iter().map(|(name, value)| (name, value)))
        .args(["papers", "--hub", hub, "--run", &run.to_string(), "--folder"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut at_work = false;
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while let Some(line) = tokio::time::timeout_at(deadline, lines.next_line()).await.context("nothing is said")?? {
        said.hear(&line);
        if line == "at work" {
            at_work = true;
            if let Death::After(wait) = death {
                tokio::time::sleep(*wait).await;
                child.start_kill()?;
            }
        }
    }
    let status = child.wait().await?;
    ensure!(at_work || matches!(death, Death::Within(_)), "it never came to its work ({status})");
    match death {
        Death::None => ensure!(status.success(), "it ended with {status}"),
        // It would go on for ever, so the end it comes to is an error if it is not the kill.
        Death::After(_) | Death::Within(_) => ensure!(status.code().is_none(), "it ended with {status}"),
    }
    Ok(())
}

/// What the customer has against what was said.
async fn judge(said: &Said, customer: &mut WireCustomer) -> anyhow::Result<()> {
    for name in &said.kept {
        customer.reads(name).await.with_context(|| format!("{name} was kept and never came"))?;
    }
    let arrived = customer.files();
    let mut times = BTreeMap::<&str, u32>::new();
    for (name, _) in &arrived {
        *times.entry(name).or_default() += 1;
    }
    if let Some((name, count)) = times.iter().find(|(_, count)| **count > 1) {
        bail!("{name} arrived {count} times");
    }
    let in_order: Vec<_> = arrived.iter().map(|(name, _)| name).filter(|name| said.sent.contains(name)).collect();
    ensure!(
        in_order == said.sent.iter().collect::<Vec<_>>(),
        "they were sent as {:?} and came as {in_order:?}",
        said.sent
    );
    for (name, id) in &arrived {
        let came = customer.fetch(id).await.with_context(|| name.clone())?;
        ensure!(came == content(name), "{name} came with other bytes: {} of them", came.len());
    }
    Ok(())
}

/// The bytes of a file by its name, of another length each, and no text.
fn content(name: &str) -> Vec<u8> {
    let seed = name.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut bytes = vec![0; rng.random_range(1..300_000)];
    rng.fill(bytes.as_mut_slice());
    bytes
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Without a parent nobody listens, and the program is about to end.
    let _gone = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}

/// The program that is killed: what an earlier life left in the tray it sends first, then one file after the other, of
/// which every third stays in the tray. Run 0 sends what is there, and ends in order.
///
/// # Errors
/// When something is not carried out.
pub async fn child(folder: &Path, hub: &str, run: u64) -> anyhow::Result<()> {
    let mut desk = Desk::reopen(folder, hub, office::PASSWORD).await?;
    let dialog = desk.own_dialog().await?;
    say("at work");
    for StagedFile { id, name, .. } in desk.tray(dialog).await? {
        send(&desk, dialog, id, &name).await?;
    }
    if run == 0 {
        desk.sent_everything().await?;
        // What was sent leaves the shelf behind its row; in order it has done so at the end.
        desk.close().await;
        let left = shelf_of(folder)?;
        say(&format!("left {left}"));
        return Ok(());
    }
    for number in 1_u64.. {
        let name = format!("{run}-{number}.bin");
        let file = stage(&desk, &content(&name)).await?;
        desk.file(FileCommand::Attach { file, dialog, name: name.clone() }).await?;
        say(&format!("kept {name}"));
        if number % 3 != 0 || number > MOST_IN_TRAY * 3 {
            send(&desk, dialog, file, &name).await?;
        }
    }
    Ok(())
}

async fn send(desk: &Desk, dialog: DialogId, file: StagedId, name: &str) -> anyhow::Result<()> {
    desk.command(Command::SendFiles { dialog, files: vec![file], text: name.to_owned() }).await?;
    say(&format!("sent {name}"));
    Ok(())
}

async fn stage(desk: &Desk, content: &[u8]) -> anyhow::Result<StagedId> {
    let file = StagedId(uuid::Uuid::new_v4());
    let mut at = 0;
    for part in content.chunks(PART) {
        desk.file(FileCommand::Stage { file, at, part: BASE64_STANDARD.encode(part) }).await?;
        at += part.len() as u64;
    }
    Ok(file)
}

/// How many files wait on the shelf of the one account.
fn shelf_of(folder: &Path) -> anyhow::Result<usize> {
    let account = std::fs::read_dir(folder.join("accounts"))?.next().context("no account")??;
    Ok(std::fs::read_dir(account.path().join("outgoing")).map_or(0, Iterator::count))
}
