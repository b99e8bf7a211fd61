//! One tenure of the lease: reads what is open once, follows the log, and stores what the board decides.

use super::view::{known, passed_by, place_of};
use crate::{
    centre::Centre,
    clock::Clock,
    desk::{
        Actor, Carrier, Colleague, Command, DialogAggregate, Event, Mark, Moment, Target,
        assign::{Board, Known, Place, Placement, Rule},
        decide,
    },
    office::{candidate, fresh_ids},
    store::{
        Commit, CommitError, Committed, DialogChange, DialogEntry, Entry, EntryBody, FenceToken, OperatorFace, Store,
        StoreError, Work,
    },
};
use futures_util::future::join;
use otklik_model::{ChannelId, DialogId, OperatorId, Outcome, Seq, Stamp, WorkspaceId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use thiserror::Error;

/// Entries read at once.
const PAGE: u32 = 500;
/// Placements stored in one transaction: more would keep everybody else's commits waiting.
const BATCH: usize = 1_000;
/// Whoever did not take a dialog is not asked again for so long, in milliseconds.
const PASS_MS: i64 = 60_000;

/// Where a dispatcher works.
#[derive(Clone)]
pub struct Ground {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The time.
    pub clock: Clock,
}

/// Why a tenure is over.
#[derive(Debug, Error)]
pub enum Stop {
    /// Another process has the lease: nothing that was decided here is stored any more.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The store cannot.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// So many dialogs.
    pub placed: usize,
    /// The log's position after the last of them; nothing, if there was none.
    pub head: Option<Seq>,
}

/// Decisions that are made and not stored.
#[derive(Debug, Default)]
pub struct Batch {
    placements: Vec<Placement>,
    commits: Vec<Commit>,
}

impl Batch {
    /// Who is to get what.
    pub fn placements(&self) -> impl Iterator<Item = Placement> {
        self.placements.iter().copied()
    }
}

/// Gives out the dialogs of a workspace under one lease.
pub struct Dispatcher {
    ground: Ground,
    fence: FenceToken,
    /// The log was followed up to here.
    position: Seq,
    centre: Arc<Centre>,
    carriers: BTreeMap<ChannelId, Carrier>,
    people: BTreeMap<OperatorId, Arc<Actor>>,
    board: Board,
    /// The dialogs that look for somebody, kept so that giving out ten thousand need not read them.
    looking: BTreeMap<DialogId, Box<DialogAggregate>>,
    /// Dialogs of which the log does not tell enough.
    unread: BTreeSet<DialogId>,
}

impl Dispatcher {
    /// Reads who is there and what is open.
    ///
    /// # Errors
    /// The store fails.
    pub async fn begin(ground: Ground, fence: FenceToken) -> Result<Self, StoreError> {
        let Ground { store, workspace, .. } = &ground;
        // The position first: what happens while the rest is read is heard again, and changes nothing twice.
        let position = store.head(*workspace).await?;
        let centre = Arc::new(store.centre(*workspace).await?.centre);
        let mut dispatcher = Self {
            fence,
            position,
            carriers: store
                .channels(*workspace)
                .await?
                .iter()
                .map(|channel| (channel.id, Carrier::of(channel)))
                .collect(),
            people: BTreeMap::new(),
            board: Board::new(Rule::from(&centre.distribution)),
            centre,
            looking: BTreeMap::new(),
            unread: BTreeSet::new(),
            ground: ground.clone(),
        };
        for row in store.operators(*workspace).await? {
            dispatcher.meet(&row.face(false));
        }
        let until = dispatcher.pass_until();
        for dialog in store.open_dialogs(*workspace).await? {
            let (id, passed) = (dialog.row.id, dialog.life.passed_by.clone());
            dispatcher.learn(Box::new(dialog), Board::tell);
            passed.into_iter().for_each(|who| dispatcher.board.pass(id, who, until));
        }
        Ok(dispatcher)
    }

    /// The lease it works under.
    #[must_use]
    pub fn fence(&self) -> FenceToken {
        self.fence
    }

    /// Takes in what the log has told since.
    ///
    /// # Errors
    /// The store fails; what was taken in stays.
    pub async fn follow(&mut self) -> Result<(), StoreError> {
        loop {
            let read = self.ground.store.log_after(self.ground.workspace, self.position, PAGE).await?;
            let full = read.entries.len() == PAGE as usize;
            let mut passes = Vec::new();
            for entry in read.entries {
                self.position = entry.seq;
                self.hear(entry, &mut passes).await?;
            }
            self.read_unread().await?;
            let until = self.pass_until();
            for (dialog, who) in passes {
                self.board.pass(dialog, who, until);
            }
            if !full {
                self.board.advance(self.ground.clock.now());
                return Ok(());
            }
        }
    }

    /// Gives out whatever can be given out, and tells how far the log has grown as it grows. The next placements are
    /// decided while the last ones are being stored.
    ///
    /// # Errors
    /// [`Stop`]: the lease is another's, or the store fails. What was stored before stands.
    pub async fn give_out(&mut self, tell: impl Fn(Seq)) -> Result<Given, Stop> {
        let mut all = Given::default();
        loop {
            self.read_unread().await?;
            let mut batch = self.choose();
            if batch.placements.is_empty() && self.unread.is_empty() {
                return Ok(all);
            }
            while !batch.placements.is_empty() {
                let Batch { placements, commits } = batch;
                let store = self.ground.store.clone();
                // The store is asked first, and has them before the next ones are thought about.
                let (results, coming) = join(store.commit_all(commits), async { self.choose() }).await;
                let given = match self.settled(placements, results) {
                    Ok(given) => given,
                    Err(error) => {
                        self.unread.extend(coming.placements.iter().map(|placement| placement.dialog));
                        return Err(error.into());
                    }
                };
                given.head.into_iter().for_each(&tell);
                all.placed += given.placed;
                all.head = given.head.or(all.head);
                batch = coming;
            }
        }
    }

    /// Decides the next placements: a batch of them at most.
    pub fn choose(&mut self) -> Batch {
        let now = self.ground.clock.now();
        let mut batch = Batch::default();
        while batch.placements.len() < BATCH
            && let Some(placement) = self.board.place_next()
        {
            let Some(dialog) = self.looking.remove(&placement.dialog) else {
                self.unread.insert(placement.dialog);
                continue;
            };
            match self.decide(&dialog, placement, now) {
                Some(events) => {
                    batch.commits.push(self.commit(*dialog, events, now));
                    batch.placements.push(placement);
                }
                // The desk knows a reason that the board does not: he is not asked again at once.
                None => {
                    self.learn(dialog, Board::correct);
                    self.board.pass(placement.dialog, placement.to, Stamp(now.0 + PASS_MS));
                }
            }
        }
        batch
    }

    /// Stores decisions. Those that come too late are taken back.
    ///
    /// # Errors
    /// [`Stop`]: the lease is another's, or the store fails. What was stored of it stands.
    pub async fn settle(&mut self, batch: Batch) -> Result<Given, Stop> {
        let Batch { placements, commits } = batch;
        let results = self.ground.store.commit_all(commits).await;
        let given = self.settled(placements, results);
        self.read_unread().await?;
        Ok(given?)
    }

    /// Takes in what became of decisions. Those that were not stored are taken back: their dialogs are read anew.
    fn settled(
        &mut self,
        placements: Vec<Placement>,
        results: Vec<Result<Committed, CommitError>>,
    ) -> Result<Given, CommitError> {
        let mut given = Given::default();
        let mut failed = None;
        for (Placement { dialog, .. }, result) in placements.into_iter().zip(results) {
            match result {
                Ok(Committed { head, .. }) => {
                    given.placed += 1;
                    given.head = Some(head);
                }
                Err(error) => {
                    self.unread.insert(dialog);
                    failed = failed.or(Some(error).filter(|error| *error != CommitError::Conflict));
                }
            }
        }
        failed.map_or(Ok(given), Err)
    }

    fn decide(&self, dialog: &DialogAggregate, placement: Placement, now: Stamp) -> Option<Vec<Event>> {
        let colleague = Colleague { who: self.people.get(&placement.to)?.clone(), available: true, room: u32::MAX };
        let command = Command::Distribute { epoch: dialog.row.epoch, to: Target::Operator(colleague) };
        let carrier = self.carriers.get(&dialog.row.channel)?;
        let moment = Moment { now, ids: fresh_ids(), centre: &self.centre, carrier, named: None };
        decide(dialog, command, &moment)
            .inspect_err(|reason| tracing::warn!(?reason, dialog = %dialog.row.id, "a placement was refused"))
            .ok()
    }

    fn commit(&self, dialog: DialogAggregate, events: Vec<Event>, now: Stamp) -> Commit {
        let change = DialogChange::of(dialog, events).due(&self.centre);
        let outcome = Outcome::Done { at_seq: Seq(0), message: None };
        let commit = Commit::new(self.ground.workspace, now, Work::Dialog(Box::new(change)), outcome);
        Commit { fence: Some(self.fence), ..commit }
    }

    async fn hear(&mut self, entry: Entry, passes: &mut Vec<(DialogId, OperatorId)>) -> Result<(), StoreError> {
        match entry.body {
            EntryBody::Dialog(dialog) => {
                let who = dialog.events.iter().filter_map(|event| passed_by(event, dialog.before.as_ref()));
                passes.extend(who.map(|who| (dialog.row.id, who)));
                self.hear_dialog(*dialog);
            }
            EntryBody::Operator(face) => self.meet(&face),
            EntryBody::Channel(channel) => {
                self.carriers.insert(channel.id, Carrier::of(&channel));
            }
            EntryBody::Centre { .. } => self.read_centre().await?,
            EntryBody::Customer(_) | EntryBody::SignedOut { .. } => {}
        }
        Ok(())
    }

    fn hear_dialog(&mut self, entry: DialogEntry) {
        let DialogEntry { row, events, .. } = entry;
        let Some(mut dialog) = self.looking.remove(&row.id) else {
            let silent = events.contains(&Event::Marked { mark: Mark::Silent });
            match place_of(&row).filter(|_| !silent) {
                Some(place) => self.board.tell(Known { id: row.id, epoch: row.epoch, rev: row.rev, place }),
                None => {
                    self.unread.insert(row.id);
                }
            }
            return;
        };
        if dialog.row.rev < row.rev {
            events.iter().for_each(|event| dialog.apply(event));
            dialog.version += 1;
            dialog.row.rev = row.rev;
            // What the log says of it is more than its events: it has to be read.
            if dialog.row != row {
                self.unread.insert(row.id);
            }
        }
        self.learn(dialog, Board::tell);
    }

    /// Tells the board of a dialog, and keeps it if it looks for somebody.
    fn learn(&mut self, dialog: Box<DialogAggregate>, tell: impl FnOnce(&mut Board, Known)) {
        let known = known(&dialog, &self.centre);
        if known.place.looking().is_some() {
            self.looking.insert(known.id, dialog);
        }
        tell(&mut self.board, known);
    }

    fn meet(&mut self, face: &OperatorFace) {
        let candidate = candidate(face);
        self.people.insert(face.id, Arc::new(candidate.actor.clone()));
        self.board.introduce(candidate);
    }

    async fn read_unread(&mut self) -> Result<(), StoreError> {
        while let Some(id) = self.unread.first().copied() {
            let found = self.ground.store.dialog(self.ground.workspace, id).await?;
            self.unread.remove(&id);
            self.looking.remove(&id);
            match found {
                Some(dialog) => self.learn(Box::new(dialog), Board::correct),
                None => self.board.correct(Known { id, epoch: 0, rev: Seq(0), place: Place::Aside }),
            }
        }
        Ok(())
    }

    /// Another configuration: other rules, other teams of departments.
    async fn read_centre(&mut self) -> Result<(), StoreError> {
        self.centre = Arc::new(self.ground.store.centre(self.ground.workspace).await?.centre);
        self.board.set_rule(Rule::from(&self.centre.distribution));
        for dialog in std::mem::take(&mut self.looking).into_values() {
            self.learn(dialog, Board::correct);
        }
        Ok(())
    }

    fn pass_until(&self) -> Stamp {
        Stamp(self.ground.clock.now().0.saturating_add(PASS_MS))
    }

    /// When something is to be done even if nothing is heard: whoever passed a dialog may be asked again.
    #[must_use]
    pub fn next_look(&self) -> Option<Stamp> {
        self.board.next_end()
    }

    /// What an operator carries, in hundredths of an ordinary dialog.
    #[must_use]
    pub fn carried(&self, operator: OperatorId) -> u32 {
        self.board.carried(operator)
    }
}
