//! the process with the lease is paused at any moment. Another one takes over in time, nothing that was stored
//! is lost, and nothing that the old one decided is stored after that.

use super::{
    check::Owners,
    scene::{LEASE_MS, Scene, actor, operator},
};
use anyhow::{Context as _, Result, ensure};
use otklik_hub::{
    centre::Sharing,
    desk::{Command, Taking, assign::Placement},
    router::{Batch, Dispatcher, Stop},
    store::{CommitError, FenceToken},
};
use otklik_model::{DialogId, DialogState, OperatorStatus};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::{collections::BTreeSet, path::Path, time::Duration};

const NODES: usize = 2;
const OPERATORS: u32 = 4;
const MOST: u32 = 6;
const STEPS: u32 = 120;

/// What many failovers came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failovers {
    /// Runs.
    pub runs: u64,
    /// The lease changed hands so often.
    pub takeovers: u64,
    /// Placements that were stored.
    pub stored: u64,
    /// Batches of a process that had lost the lease, all refused.
    pub fenced: u64,
    /// The longest time until somebody gave out again after the one with the lease had stopped, in virtual milliseconds.
    pub longest_gap_ms: i64,
}

/// Plays the runs of seeds `first..first + count`, each in a store of its own.
///
/// # Errors
/// The first broken rule, or the store fails.
pub async fn failovers(folder: &Path, first: u64, count: u64) -> Result<Failovers> {
    let mut sums = Failovers::default();
    for seed in first..first + count {
        let own = folder.join(seed.to_string());
        std::fs::create_dir_all(&own)?;
        let scene = Scene::open(&own, Sharing::LeastLoaded).await?;
        let run = Run::new(&scene, seed).play().await.with_context(|| format!("seed {seed}"))?;
        sums.runs += 1;
        sums.takeovers += run.takeovers;
        sums.stored += run.stored;
        sums.fenced += run.fenced;
        sums.longest_gap_ms = sums.longest_gap_ms.max(run.longest_gap_ms);
        drop(scene);
        std::fs::remove_dir_all(&own)?;
    }
    Ok(sums)
}

/// One process: it may be paused between any two of its steps.
#[derive(Default)]
struct Node {
    paused_until: i64,
    dispatcher: Option<Dispatcher>,
    /// Decided, and not stored yet.
    decided: Option<Batch>,
}

struct Run<'a> {
    scene: &'a Scene,
    random: ChaCha8Rng,
    nodes: [Node; NODES],
    newest: FenceToken,
    customers: u64,
    dialogs: Vec<DialogId>,
    sums: Failovers,
}

impl<'a> Run<'a> {
    fn new(scene: &'a Scene, seed: u64) -> Self {
        Self {
            scene,
            random: ChaCha8Rng::seed_from_u64(seed),
            nodes: Default::default(),
            newest: FenceToken(0),
            customers: 0,
            dialogs: Vec::new(),
            sums: Failovers::default(),
        }
    }

    async fn play(mut self) -> Result<Failovers> {
        for number in 0..OPERATORS {
            self.scene.hire(number, MOST, OperatorStatus::Online).await?;
        }
        for _ in 0..STEPS {
            match self.random.random_range(0..10) {
                0 | 1 => self.customer_writes().await?,
                2 => self.somebody_acts().await?,
                3 => self.pause(),
                4 | 5 => self.scene.hands.forward(Duration::from_millis(self.random.random_range(1..1_500))),
                _ => {
                    let node = self.random.random_range(0..NODES);
                    self.turn(node).await?;
                }
            }
        }
        self.heal().await?;
        Ok(self.sums)
    }

    async fn customer_writes(&mut self) -> Result<()> {
        self.customers += 1;
        self.dialogs.push(self.scene.customer_writes(self.customers).await?);
        Ok(())
    }

    /// Somebody takes or closes a dialog, or goes or comes.
    async fn somebody_acts(&mut self) -> Result<()> {
        let who = self.random.random_range(0..OPERATORS);
        if self.random.random_bool(0.3) {
            let status = if self.random.random_bool(0.3) { OperatorStatus::Offline } else { OperatorStatus::Online };
            return self.scene.set_status(who, status).await;
        }
        if self.dialogs.is_empty() {
            return Ok(());
        }
        let id = self.dialogs[self.random.random_range(0..self.dialogs.len())];
        let dialog = self.scene.read(id).await?;
        let epoch = dialog.row.epoch;
        let state = dialog.row.state;
        let command = if state == DialogState::Active {
            Command::Close { by: actor(who), epoch }
        } else if state == DialogState::Offered && self.random.random_bool(0.3) {
            Command::Decline { by: actor(who), epoch }
        } else {
            Command::Accept { by: actor(who), epoch, taking: Taking::All }
        };
        if let Ok(Some(change)) = self.scene.decide(&dialog, command) {
            self.scene.store(change, None).await?;
        }
        Ok(())
    }

    fn pause(&mut self) {
        let node = self.random.random_range(0..NODES);
        let until = self.now() + self.random.random_range(0..3 * LEASE_MS);
        self.nodes[node].paused_until = until;
    }

    fn now(&self) -> i64 {
        self.scene.ground.clock.now().0
    }

    /// One step of a process: it stores what it decided; or it looks after its lease, follows the log and decides.
    async fn turn(&mut self, node: usize) -> Result<()> {
        if self.nodes[node].paused_until > self.now() {
            return Ok(());
        }
        if let Some(batch) = self.nodes[node].decided.take() {
            return self.store(node, batch).await;
        }
        let Some(lease) = self.scene.lease(node as u128 + 1).await? else {
            self.nodes[node].dispatcher = None;
            return Ok(());
        };
        if lease.token != self.newest {
            ensure!(lease.token > self.newest, "a lease came back");
            self.newest = lease.token;
            self.sums.takeovers += 1;
        }
        let current = self.nodes[node].dispatcher.take().filter(|current| current.fence() == lease.token);
        let mut dispatcher = match current {
            Some(current) => current,
            None => Dispatcher::begin(self.scene.ground.clone(), lease.token).await?,
        };
        dispatcher.follow().await?;
        let batch = dispatcher.choose();
        self.nodes[node].decided = (batch.placements().count() > 0).then_some(batch);
        self.nodes[node].dispatcher = Some(dispatcher);
        Ok(())
    }

    async fn store(&mut self, node: usize, batch: Batch) -> Result<()> {
        let Some(mut dispatcher) = self.nodes[node].dispatcher.take() else { return Ok(()) };
        let wanted: BTreeSet<Placement> = batch.placements().collect();
        let late = dispatcher.fence() < self.newest;
        let before = self.scene.ground.store.head(self.scene.ground.workspace).await?;
        match dispatcher.settle(batch).await {
            Ok(given) => {
                ensure!(!late, "what was decided under an old lease was stored");
                ensure!(given.placed <= wanted.len(), "more was stored than decided");
                self.sums.stored += given.placed as u64;
                self.nodes[node].dispatcher = Some(dispatcher);
            }
            Err(Stop::Commit(CommitError::Fenced)) => {
                ensure!(late, "the one who has the lease was fenced");
                let after = self.scene.ground.store.head(self.scene.ground.workspace).await?;
                ensure!(before == after, "a fenced commit left something");
                self.sums.fenced += 1;
            }
            Err(stop) => return Err(stop.into()),
        }
        Ok(())
    }

    /// The one with the lease stops for good, all others go on: within the time of a lease somebody gives out all that
    /// can be given out. Then the stopped one wakes, too late.
    async fn heal(&mut self) -> Result<()> {
        let began = self.now();
        let newest = self.newest;
        let stopped =
            self.nodes.iter().position(|node| node.dispatcher.as_ref().is_some_and(|one| one.fence() == newest));
        for (number, node) in self.nodes.iter_mut().enumerate() {
            node.paused_until = if Some(number) == stopped { i64::MAX } else { 0 };
        }
        let goes_on = |node: &&Node| node.paused_until == 0;
        let is_quiet = |nodes: &[Node]| nodes.iter().filter(goes_on).all(|node| node.decided.is_none());
        loop {
            // A round in which the one with the lease looked, and found nothing to give out.
            let looks = is_quiet(&self.nodes);
            for node in 0..NODES {
                self.turn(node).await?;
            }
            let quiet = looks && is_quiet(&self.nodes);
            if quiet && self.nodes.iter().filter(goes_on).any(|node| node.dispatcher.is_some()) {
                break;
            }
            if quiet {
                self.scene.hands.forward(Duration::from_millis(100));
            }
        }
        self.sums.longest_gap_ms = self.now() - began;
        ensure!(self.sums.longest_gap_ms <= 5_000, "nobody gave out for {} ms", self.sums.longest_gap_ms);
        if let Some(stopped) = stopped {
            self.nodes[stopped].paused_until = 0;
            self.turn(stopped).await?;
        }
        let mut owners = Owners::default();
        owners.read(&self.scene.ground).await?;
        self.nobody_waits_in_vain().await
    }

    /// Whoever waits was passed by everybody with room, or everybody is full or away.
    async fn nobody_waits_in_vain(&self) -> Result<()> {
        let ground = &self.scene.ground;
        let open = ground.store.open_dialogs(ground.workspace).await?;
        let carried = |who: u32| {
            let his = |state| matches!(state, DialogState::Offered | DialogState::Active);
            open.iter().filter(|one| his(one.row.state) && one.row.assignee == Some(operator(who))).count()
        };
        let mut free = Vec::new();
        for who in 0..OPERATORS {
            let row = ground.store.operator(ground.workspace, operator(who)).await?.context("nobody")?;
            if row.status == OperatorStatus::Online && carried(who) < MOST as usize {
                free.push(operator(who));
            }
        }
        for dialog in open.iter().filter(|one| one.row.state == DialogState::Queue) {
            let passed = &dialog.life.passed_by;
            ensure!(free.iter().all(|who| passed.contains(who)), "a dialog waits and somebody has room");
        }
        Ok(())
    }
}
