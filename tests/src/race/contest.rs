//! many want one dialog at once. Each epoch has one owner, losers are told by whom, and nobody else's words are
//! ever stored.

use super::{
    check::{Owners, named_truly},
    scene::{LEASE_MS, Scene, actor, colleague, dialog_id, operator},
};
use anyhow::{Context as _, Result, bail, ensure};
use futures_util::future::try_join_all;
use otklik_hub::{
    desk::{Command, Taking},
    store::{CommitError, DialogChange, FenceToken},
};
use otklik_model::{ClientId, DialogId, Refusal};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;

/// Races beside each other: their commits share transactions, as those of a busy centre do.
const BESIDE: u64 = 256;
/// Everybody asks within this time, in milliseconds.
const WITHIN_MS: u32 = 500;
/// A commit is under way for at most so long.
const UNDER_WAY_MS: u32 = 20;
const OPERATORS: u32 = 8;
/// The supervisor's number.
const SUPERVISOR: u32 = 100;

/// What many races came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Races.
    pub races: u64,
    /// Who became its operator.
    pub won: u64,
    /// Who was refused and told who has it.
    pub told: u64,
    /// Who was refused since it was just nobody's.
    pub nobodys: u64,
    /// Commits that came too late and were decided anew.
    pub conflicts: u64,
    /// Distribution under an old lease that was refused.
    pub fenced: u64,
    /// Words of somebody who did not lead it that were refused.
    pub words_refused: u64,
    /// The longest time from asking to the answer, in virtual milliseconds.
    pub slowest_ms: u32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.races += other.races;
        self.won += other.won;
        self.told += other.told;
        self.nobodys += other.nobodys;
        self.conflicts += other.conflicts;
        self.fenced += other.fenced;
        self.words_refused += other.words_refused;
        self.slowest_ms = self.slowest_ms.max(other.slowest_ms);
    }
}

/// Plays the races of seeds `first..first + count`.
///
/// # Errors
/// The first broken rule, or the store fails.
pub async fn races(scene: &Scene, first: u64, count: u64) -> Result<Sums> {
    for number in (0..OPERATORS).chain([SUPERVISOR]) {
        scene.hire(number, 5, otklik_model::OperatorStatus::Online).await?;
    }
    // The first process had the lease and does not know that it lost it.
    let old = scene.lease(1).await?.context("the lease is free")?.token;
    scene.hands.forward(Duration::from_millis(LEASE_MS.unsigned_abs()));
    let new = scene.lease(2).await?.context("the lease has run out")?.token;
    let (mut sums, mut owners) = (Sums::default(), Owners::default());
    let mut next = first;
    while next < first + count {
        let seeds = next..(next + BESIDE).min(first + count);
        next = seeds.end;
        let played = try_join_all(seeds.map(|seed| race(scene, seed, [old, new]))).await?;
        owners.read(&scene.ground).await?;
        for Race { seed, sums: own, answers, .. } in played {
            let epochs = owners.epochs(dialog_id(seed))?;
            for answer in answers {
                answer.check(epochs).with_context(|| format!("seed {seed}"))?;
            }
            sums.add(own);
        }
        owners.forget();
    }
    Ok(sums)
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Accept {
        who: u32,
    },
    Transfer {
        to: u32,
    },
    Distribute {
        to: u32,
        fence: FenceToken,
    },
    /// Whoever asked to accept writes, whatever he was told.
    Write {
        who: u32,
        epoch: u64,
    },
}

enum Step {
    Ask { wish: Wish, since: u32 },
    Store { wish: Wish, since: u32, change: Box<DialogChange> },
}

/// What somebody was told.
#[derive(Debug)]
enum Answer {
    Leads { who: u32, epoch: u64 },
    Told { name: String },
}

impl Answer {
    fn check(self, epochs: &BTreeMap<u64, super::check::Epoch>) -> Result<()> {
        match self {
            Self::Leads { who, epoch } => {
                let held = epochs.get(&epoch).context("an epoch that never was")?;
                ensure!(
                    held.owner == Some(operator(who)) && held.led,
                    "{who} believes to lead epoch {epoch}: {held:?}"
                );
                Ok(())
            }
            Self::Told { name } => named_truly(epochs, &name),
        }
    }
}

struct Race {
    seed: u64,
    dialog: DialogId,
    random: ChaCha8Rng,
    /// What happens when; the number keeps apart what happens in the same millisecond.
    agenda: BTreeMap<(u32, u32), Step>,
    steps: u32,
    sums: Sums,
    answers: Vec<Answer>,
}

async fn race(scene: &Scene, seed: u64, leases: [FenceToken; 2]) -> Result<Race> {
    let dialog = scene.customer_writes(seed).await?;
    let random = ChaCha8Rng::seed_from_u64(seed);
    let sums = Sums { races: 1, ..Sums::default() };
    let mut race = Race { seed, dialog, random, agenda: BTreeMap::new(), steps: 0, sums, answers: Vec::new() };
    race.plan(leases);
    while let Some(((now, _), step)) = race.agenda.pop_first() {
        match step {
            Step::Ask { wish, since } => race.ask(scene, now, wish, since).await?,
            Step::Store { wish, since, change } => race.store(scene, now, wish, since, *change).await?,
        }
    }
    Ok(race)
}

impl Race {
    fn plan(&mut self, [old, new]: [FenceToken; 2]) {
        let operators = self.random.random_range(2..=OPERATORS);
        for who in 0..operators {
            self.wish(WITHIN_MS, Wish::Accept { who });
        }
        let to = self.random.random_range(0..OPERATORS);
        self.wish(WITHIN_MS, Wish::Transfer { to });
        for fence in [old, new] {
            let to = self.random.random_range(0..OPERATORS);
            self.wish(WITHIN_MS, Wish::Distribute { to, fence });
        }
    }

    fn wish(&mut self, within: u32, wish: Wish) {
        let at = self.random.random_range(0..within);
        self.put(at, Step::Ask { wish, since: at });
    }

    fn put(&mut self, at: u32, step: Step) {
        self.steps += 1;
        self.agenda.insert((at, self.steps), step);
    }

    async fn ask(&mut self, scene: &Scene, now: u32, wish: Wish, since: u32) -> Result<()> {
        let dialog = scene.read(self.dialog).await?;
        let epoch = dialog.row.epoch;
        let command = match wish {
            Wish::Accept { who } => Command::Accept { by: actor(who), epoch, taking: Taking::All },
            Wish::Transfer { to } => Command::Transfer { by: actor(SUPERVISOR), epoch, to: colleague(to) },
            Wish::Distribute { to, .. } => Command::Distribute { epoch, to: colleague(to) },
            Wish::Write { who, epoch } => Command::SendText {
                by: actor(who),
                epoch,
                text: "Здравствуйте, уже смотрю".into(),
                client: ClientId(Uuid::from_u64_pair(self.seed, u64::from(self.steps))),
                quote: None,
            },
        };
        match scene.decide(&dialog, command) {
            Ok(Some(change)) => {
                let at = now + self.random.random_range(0..UNDER_WAY_MS);
                self.put(at, Step::Store { wish, since, change: Box::new(change) });
            }
            // He leads it already.
            Ok(None) => self.answered(now, wish, since, Some(epoch)),
            Err(refusal) => self.refused(now, wish, since, refusal)?,
        }
        Ok(())
    }

    async fn store(&mut self, scene: &Scene, now: u32, wish: Wish, since: u32, change: DialogChange) -> Result<()> {
        let epoch = change.dialog.row.epoch;
        let fence = match wish {
            Wish::Distribute { fence, .. } => Some(fence),
            Wish::Accept { .. } | Wish::Transfer { .. } | Wish::Write { .. } => None,
        };
        match scene.store(change, fence).await {
            Ok(_) => self.answered(now, wish, since, Some(epoch)),
            Err(CommitError::Conflict) => {
                self.sums.conflicts += 1;
                self.put(now + 1, Step::Ask { wish, since });
            }
            Err(CommitError::Fenced) => {
                self.sums.fenced += 1;
                self.answered(now, wish, since, None);
            }
            Err(CommitError::Store(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// An answer came; `epoch`: he has it from there on.
    fn answered(&mut self, now: u32, wish: Wish, since: u32, epoch: Option<u64>) {
        self.sums.slowest_ms = self.sums.slowest_ms.max(now - since);
        if let (Wish::Accept { who }, Some(epoch)) = (wish, epoch) {
            self.sums.won += 1;
            self.answers.push(Answer::Leads { who, epoch });
            self.write(now, who, epoch);
        }
    }

    fn refused(&mut self, now: u32, wish: Wish, since: u32, refusal: Refusal) -> Result<()> {
        self.sums.slowest_ms = self.sums.slowest_ms.max(now - since);
        #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else it is, it is wrong")]
        let name = match refusal {
            Refusal::AlreadyAccepted { by } => Some(by),
            Refusal::NotYourDialog { owner } => owner,
            Refusal::TargetUnavailable if matches!(wish, Wish::Transfer { .. }) => return Ok(()),
            other => bail!("seed {}: {wish:?} was refused with {other:?}", self.seed),
        };
        match wish {
            Wish::Accept { who } => {
                match name {
                    Some(name) => {
                        self.sums.told += 1;
                        self.answers.push(Answer::Told { name });
                    }
                    None => self.sums.nobodys += 1,
                }
                // He writes all the same, as if the next epoch were his.
                let guess = self.random.random_range(0..4);
                self.write(now, who, guess);
            }
            Wish::Write { .. } => self.sums.words_refused += 1,
            Wish::Transfer { .. } | Wish::Distribute { .. } => {}
        }
        Ok(())
    }

    fn write(&mut self, now: u32, who: u32, epoch: u64) {
        let at = now + self.random.random_range(0..UNDER_WAY_MS);
        self.put(at, Step::Ask { wish: Wish::Write { who, epoch }, since: at });
    }
}
