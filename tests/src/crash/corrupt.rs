//! files that were injured while nobody looked.

use super::{
    Length, Summary,
    desk::{Desk, keys},
    ledger::LedgerHub,
    outcome::check_integrity,
    stage::Stand,
};
use anyhow::{Context as _, bail, ensure};
use otklik_core::{Command, HeldReason, OutboxItem, OutboxState};
use otklik_store::{OpenError, OpenReport, Store, StoreKey, StoreKeys};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// The longest a start may take, whatever it finds.
const START: Duration = Duration::from_secs(2);

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Injury {
    Bits { file: &'static str, count: u32 },
    Cut { file: &'static str },
    ZeroPage { file: &'static str },
    Noise { file: &'static str },
    Gone { file: &'static str },
    Swapped,
    OtherKey,
}

const FILES: [&str; 7] =
    ["own.db", "cache.db", "own.db-wal", "cache.db-wal", "key.check", "own.db.count", "own.db.spare"];

impl Injury {
    fn draw(rng: &mut ChaCha8Rng) -> Self {
        let file = FILES.choose(rng).copied().unwrap_or("own.db");
        match rng.random_range(0..20) {
            0..7 => Self::Bits { file, count: rng.random_range(1..64) },
            7..11 => Self::Cut { file },
            11..15 => Self::ZeroPage { file },
            15 => Self::Noise { file },
            16 | 17 => Self::Gone { file },
            18 => Self::Swapped,
            _ => Self::OtherKey,
        }
    }

    /// The file that is hurt, if it is one.
    fn file(self) -> Option<&'static str> {
        match self {
            Self::Bits { file, .. }
            | Self::Cut { file }
            | Self::ZeroPage { file }
            | Self::Noise { file }
            | Self::Gone { file } => Some(file),
            Self::Swapped | Self::OtherKey => None,
        }
    }

    fn inflict(self, folder: &Path, rng: &mut ChaCha8Rng) -> anyhow::Result<()> {
        if self == Self::Swapped {
            let aside = folder.join("aside");
            fs::rename(folder.join("own.db"), &aside)?;
            fs::rename(folder.join("cache.db"), folder.join("own.db"))?;
            fs::rename(aside, folder.join("cache.db"))?;
            return Ok(());
        }
        let Some(file) = self.file() else { return Ok(()) };
        let path = folder.join(file);
        if !path.exists() {
            return Ok(());
        }
        let mut bytes = fs::read(&path)?;
        if bytes.is_empty() && !matches!(self, Self::Gone { .. }) {
            return Ok(());
        }
        match self {
            Self::Bits { count, .. } => {
                for _ in 0..count {
                    let at = rng.random_range(0..bytes.len());
                    bytes[at] ^= 1 << rng.random_range(0..8);
                }
            }
            Self::Cut { .. } => bytes.truncate(rng.random_range(0..bytes.len())),
            Self::ZeroPage { .. } => {
                let page = rng.random_range(0..bytes.len().div_ceil(4_096)) * 4_096;
                let end = (page + 4_096).min(bytes.len());
                bytes[page..end].fill(0);
            }
            Self::Noise { .. } => rng.fill(bytes.as_mut_slice()),
            Self::Gone { .. } => return Ok(fs::remove_file(path)?),
            Self::Swapped | Self::OtherKey => {}
        }
        Ok(fs::write(path, bytes)?)
    }
}

/// What was true before the injury.
struct Truth {
    /// A store as a crash leaves it: with logs.
    crashed: Stand,
    /// A store that was closed in order.
    closed: Stand,
    outbox: Vec<OutboxItem>,
}

/// Injures many copies of one store.
///
/// # Errors
/// The first start that lost something in silence, hung, or did not come back to work.
pub fn run(length: Length, seed: u64) -> anyhow::Result<Summary> {
    let began = Instant::now();
    let truth = Truth::make()?;
    let count = match length {
        Length::Full => 200,
        Length::Short => 40,
    };
    let mut told = BTreeMap::<&str, u32>::new();
    let mut slowest = Duration::ZERO;
    let (mut kept, mut of) = (0, 0);
    for nth in 0..count {
        let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_add(nth));
        let injury = Injury::draw(&mut rng);
        let seen =
            truth.injure(injury, &mut rng).with_context(|| format!("injury {nth} of seed {seed}: {injury:?}"))?;
        *told.entry(seen.told).or_default() += 1;
        slowest = slowest.max(seen.took);
        kept += seen.rows;
        of += truth.outbox.len();
    }
    Ok(Summary(format!(
        "corrupt: {count} injuries, {told:?}; {kept} of {of} unsent messages were readable and went out once each, no loss \
         in silence, no second repair; slowest start {} ms; {:.0} s (seed {seed})",
        slowest.as_millis(),
        began.elapsed().as_secs_f64()
    )))
}

/// What a start after an injury came to.
struct Seen {
    told: &'static str,
    took: Duration,
    rows: usize,
}

impl Truth {
    fn make() -> anyhow::Result<Self> {
        let (crashed, closed) = (Stand::new()?, Stand::new()?);
        let mut desk = Desk::open(&closed.store(), Some(LedgerHub::open(&closed.ledger())?), 1).map_err(opened)?;
        desk.go_live()?;
        let dialogs = desk.rows();
        for dialog in &dialogs {
            desk.command(Command::Accept { dialog: *dialog })?.ok();
            desk.command(Command::Open { dialog: Some(*dialog) })?.ok();
        }
        desk.lead(3)?;
        desk.close();
        // Offline from here on: everything stays in own.db.
        let mut desk = Desk::open(&closed.store(), None, 2).map_err(opened)?;
        for nth in 0..24 {
            let dialog = dialogs[nth % dialogs.len()];
            let text = format!("2-{nth} {}", "слово ".repeat(20 + nth * 7));
            let taken = desk.command(Command::SendText { dialog, text, quote: None })?;
            ensure!(taken.is_ok(), "a text was refused while offline: {taken:?}");
            desk.command(Command::SaveDraft {
                dialog, text: format!("черновик {nth}"), note: false, quote: None
            })?
            .ok();
        }
        copy(&closed.store(), &crashed.store())?;
        fs::copy(closed.ledger(), crashed.ledger())?;
        desk.close();
        let (store, saved, _) = Store::open(&closed.store(), &keys()).map_err(opened)?;
        store.close();
        Ok(Self { crashed, closed, outbox: saved.outbox })
    }

    fn injure(&self, injury: Injury, rng: &mut ChaCha8Rng) -> anyhow::Result<Seen> {
        let base = if rng.random_bool(0.5) { &self.crashed } else { &self.closed };
        let stand = Stand::new()?;
        copy(&base.store(), &stand.store())?;
        fs::copy(base.ledger(), stand.ledger())?;
        injury.inflict(&stand.store(), rng)?;
        if injury == Injury::OtherKey {
            self.try_another_key(&stand)?;
        }
        let began = Instant::now();
        let (store, saved, report) = Store::open(&stand.store(), &keys()).map_err(opened)?;
        store.close();
        let took = began.elapsed();
        ensure!(took < START, "the start took {} ms", took.as_millis());
        self.judge(injury, &saved.outbox, &report)?;
        again(&stand, &saved.outbox)?;
        self.go_on(&stand, &saved.outbox)?;
        let told = match (&report.own, &report.cache) {
            (None, None) => "nothing to tell",
            (Some(_), None) => "own.db was repaired",
            (None, Some(_)) => "cache.db was set aside",
            (Some(_), Some(_)) => "both were",
        };
        Ok(Seen { told, took, rows: saved.outbox.len() })
    }

    fn try_another_key(&self, stand: &Stand) -> anyhow::Result<()> {
        let other = StoreKeys { own: StoreKey::new([8; 32].into()), ..keys() };
        match Store::open(&stand.store(), &other) {
            Err(OpenError::WrongKey) => Ok(()),
            Err(error) => bail!("another key was refused with {error}"),
            Ok(_) => bail!("another key opens the store"),
        }
    }

    /// Every row that is there is true, and what is not there was told of.
    fn judge(&self, injury: Injury, found: &[OutboxItem], report: &OpenReport) -> anyhow::Result<()> {
        for item in found {
            // What only the spare copy had waits for the operator's word, with the words as they were.
            let held = item.state == OutboxState::Held { reason: HeldReason::FromCopy } && report.own.is_some();
            let written = self.outbox.iter().find(|written| written.client_id == item.client_id);
            let true_row = written.is_some_and(|written| {
                written == item || (held && *item == OutboxItem { state: item.state.clone(), ..written.clone() })
            });
            ensure!(true_row, "a row nobody wrote: {item:?}");
        }
        let lost = self.outbox.len() - found.len();
        ensure!(lost == 0 || report.own.is_some(), "{lost} unsent messages were lost in silence");
        let own_untouched =
            injury == Injury::OtherKey || injury.file().is_some_and(|file| !matches!(file, "own.db" | "own.db-wal"));
        ensure!(lost == 0 || !own_untouched, "{lost} unsent messages were lost although own.db was not hurt");
        Ok(())
    }

    /// The desk works on, and what was saved goes out once.
    fn go_on(&self, stand: &Stand, found: &[OutboxItem]) -> anyhow::Result<()> {
        for start in 0.. {
            let hub = LedgerHub::open(&stand.ledger())?;
            let mut desk = Desk::open(&stand.store(), Some(hub), 3 + start).map_err(opened)?;
            // What waits for a word holds up what was written after it.
            let stands = |desk: &Desk| desk.is_empty() || desk.is_damaged() || waiting(desk).next().is_some();
            let mut done = desk.work_until("an empty outbox", stands);
            if done.is_ok() && release(&mut desk)? {
                done = desk.work_until("what was released", |desk| desk.is_empty() || desk.is_damaged());
            }
            let damaged = desk.is_damaged();
            desk.close();
            done?;
            if !damaged {
                break;
            }
            // Damage that shows only in use condemns the file, and the next start replaces it. The second one finds
            // nothing any more.
            ensure!(start == 0, "the files are damaged again after they were repaired");
        }
        let hub = LedgerHub::open(&stand.ledger())?;
        for item in found {
            let times = hub.messages().filter(|message| Some(message.text.as_str()) == item.op.text()).count();
            ensure!(item.op.text().is_none() || times == 1, "{:?} is {times} times on the hub", item.client_id);
        }
        check_integrity(&stand.store())
    }
}

/// What came from the spare copy and waits for a word.
fn waiting(desk: &Desk) -> impl Iterator<Item = OutboxItem> {
    let held = OutboxState::Held { reason: HeldReason::FromCopy };
    desk.unsent().into_iter().filter(move |item| item.state == held)
}

/// Ира sends it. Says whether there was any.
fn release(desk: &mut Desk) -> anyhow::Result<bool> {
    let waiting: Vec<_> = waiting(desk).collect();
    for item in &waiting {
        desk.command(Command::Resend { message: item.client_id })?.ok();
    }
    Ok(!waiting.is_empty())
}

/// A second start finds nothing to repair.
fn again(stand: &Stand, first: &[OutboxItem]) -> anyhow::Result<()> {
    let (store, saved, report) = Store::open(&stand.store(), &keys()).map_err(opened)?;
    store.close();
    ensure!(report == OpenReport::default(), "the second start repairs again: {report:?}");
    ensure!(saved.outbox == first, "the second start finds other rows");
    Ok(())
}

fn opened(error: OpenError) -> anyhow::Error {
    anyhow::anyhow!("the store does not open: {error}")
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        // The shared memory belongs to the process that has the files open.
        // A copy that has no name of its own yet may be gone at any moment.
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.ends_with("-shm") && !name.ends_with(".new") {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
