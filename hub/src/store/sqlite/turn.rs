//! What one transaction carries through its parts: how a part that fails is taken back, and the counters of the
//! workspaces, which are read once and written once however many parts take numbers.
//!
//! A transaction first goes straight through. Every part asks all its questions before it changes anything, so one that
//! fails has as a rule changed nothing, and there is nothing to take back. If one did change something, all is rolled
//! back and done once more with a savepoint around each part. Savepoints at once would cost a copy of each page that
//! is touched within them.

use super::{
    backlog::{self, Backlog},
    fault,
    read::{blob, int, uint},
};
use crate::store::{CommitError, EntryBody, FenceToken, StoreError, terse};
use otklik_model::{Seq, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use std::collections::BTreeMap;

/// How parts that fail are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Not at all: none of them may have changed anything.
    Straight,
    /// By a savepoint around each.
    Guarded,
}

/// Why a transaction does not go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// A part that failed had changed something: all has to be done once more, guarded.
    Spoilt,
    /// The database cannot.
    Lost(StoreError),
}

impl Stop {
    pub(super) fn error(self) -> StoreError {
        match self {
            Self::Spoilt => StoreError::Unavailable("a part of the transaction could not be taken back".into()),
            Self::Lost(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Lost(fault(error))
    }
}

/// The numbers given so far in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counters {
    head: u64,
    dialogs: u64,
}

/// One transaction.
pub(super) struct Scope<'a> {
    pub(super) db: &'a Connection,
    /// What is to be worked off before anything else is written.
    pub(super) backlog: Backlog,
    manner: Manner,
    /// What is stored, and what it has become.
    counters: BTreeMap<WorkspaceId, (Counters, Counters)>,
    /// The newest lease of a workspace, if it was asked for since it could last change.
    lease: Option<(WorkspaceId, Option<FenceToken>)>,
}

impl<'a> Scope<'a> {
    /// Begins one. What was known of the backlog is given back by [`Scope::finish`], and lost with the transaction.
    pub(super) fn begin(db: &'a Connection, known: &mut Backlog, manner: Manner) -> Result<Self, Stop> {
        run(db, "BEGIN IMMEDIATE")?;
        let backlog = std::mem::take(known).look(db).map_err(Stop::Lost)?;
        Ok(Self { db, backlog, manner, counters: BTreeMap::new(), lease: None })
    }

    /// Works off the backlog, so many of its rows.
    pub(super) fn work_off(&mut self, rows: usize) -> Result<(), Stop> {
        for _ in 0..rows {
            let Some((workspace, first)) = self.backlog.take_first() else { break };
            backlog::work_off(self, workspace, first).map_err(Stop::Lost)?;
        }
        Ok(())
    }

    /// Does a part whole or not at all, after what is to be worked off before it. The outer error ends the transaction.
    pub(super) fn part<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, CommitError>,
    ) -> Result<Result<T, CommitError>, Stop> {
        self.work_off(usize::MAX)?;
        match self.manner {
            Manner::Straight => {
                let before = self.db.total_changes();
                let done = work(self);
                if done.is_err() {
                    self.check_stands()?;
                    if self.db.total_changes() != before {
                        return Err(Stop::Spoilt);
                    }
                }
                Ok(done)
            }
            Manner::Guarded => {
                run(self.db, "SAVEPOINT part")?;
                let done = work(self);
                if done.is_err() {
                    self.check_stands()?;
                    run(self.db, "ROLLBACK TO part")?;
                }
                run(self.db, "RELEASE part")?;
                Ok(done)
            }
        }
    }

    /// SQLite gives up a whole transaction on some errors (disk full): then nothing of it stands.
    fn check_stands(&self) -> Result<(), Stop> {
        let lost = || Stop::Lost(StoreError::Unavailable("the transaction was given up".into()));
        if self.db.is_autocommit() { Err(lost()) } else { Ok(()) }
    }

    /// The database, for work that keeps to tables of its own.
    pub(super) fn database(&mut self) -> &'a Connection {
        // It may be the lease that is written.
        self.lease = None;
        self.db
    }

    /// A piece of work in a workspace.
    pub(super) fn turn(&mut self, workspace: WorkspaceId, at: Stamp) -> Result<Turn<'a>, StoreError> {
        let db = self.db;
        let counters = match self.counters.get(&workspace) {
            Some((_, counters)) => *counters,
            None => {
                let stored = stored_counters(db, workspace)?;
                self.counters.insert(workspace, (stored, stored));
                stored
            }
        };
        Ok(Turn { db, workspace, at, counters })
    }

    /// The turn's work is done: the numbers it took are taken. Nothing of it may fail after this.
    pub(super) fn keep(&mut self, turn: &Turn<'_>) {
        if let Some((_, counters)) = self.counters.get_mut(&turn.workspace) {
            *counters = turn.counters;
        }
    }

    /// Whether another process has taken the lease since this one was given.
    pub(super) fn is_fenced(&mut self, workspace: WorkspaceId, fence: FenceToken) -> Result<bool, StoreError> {
        let newest = match self.lease {
            Some((of, newest)) if of == workspace => newest,
            Some(_) | None => {
                let newest = newest_lease(self.db, workspace)?;
                self.lease = Some((workspace, newest));
                newest
            }
        };
        Ok(newest.is_some_and(|newest| newest > fence))
    }

    /// Writes the counters, and makes all of it durable. Returns what is still to be worked off.
    pub(super) fn finish(self) -> Result<Backlog, Stop> {
        for (workspace, (stored, counters)) in &self.counters {
            if stored != counters {
                self.db
                    .prepare_cached("UPDATE workspace SET head = ?2, dialogs = ?3 WHERE id = ?1")?
                    .execute(params![blob(workspace.0), int(counters.head), int(counters.dialogs)])?;
            }
        }
        run(self.db, "COMMIT")?;
        Ok(self.backlog)
    }
}

fn run(db: &Connection, sql: &str) -> Result<(), Stop> {
    db.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn stored_counters(db: &Connection, workspace: WorkspaceId) -> Result<Counters, StoreError> {
    db.prepare_cached("SELECT head, dialogs FROM workspace WHERE id = ?1")
        .and_then(|mut statement| {
            statement.query_row([blob(workspace.0)], |row| {
                Ok(Counters { head: uint(row.get(0)?), dialogs: uint(row.get(1)?) })
            })
        })
        .map_err(fault)
}

fn newest_lease(db: &Connection, workspace: WorkspaceId) -> Result<Option<FenceToken>, StoreError> {
    db.prepare_cached("SELECT token FROM lease WHERE workspace = ?1")
        .and_then(|mut statement| statement.query_row([blob(workspace.0)], |row| row.get::<_, i64>(0)).optional())
        .map(|token| token.map(|token| FenceToken(uint(token))))
        .map_err(fault)
}

/// One piece of work in a workspace. The numbers it takes count once it is [kept](Scope::keep): what fails has taken
/// none.
pub(super) struct Turn<'a> {
    pub(super) db: &'a Connection,
    pub(super) workspace: WorkspaceId,
    pub(super) at: Stamp,
    counters: Counters,
}

impl Turn<'_> {
    /// The newest position of the log.
    pub(super) fn head(&self) -> Seq {
        Seq(self.counters.head)
    }

    /// Takes the next position of the log.
    pub(super) fn next_seq(&mut self) -> Seq {
        self.counters.head += 1;
        Seq(self.counters.head)
    }

    /// Takes the next number of a dialog.
    pub(super) fn next_number(&mut self) -> u64 {
        self.counters.dialogs += 1;
        self.counters.dialogs
    }

    /// Takes the next position of the log and says there what happened.
    pub(super) fn tell(&mut self, body: &EntryBody) -> Result<Seq, StoreError> {
        let seq = self.next_seq();
        self.say(seq, body)?;
        Ok(seq)
    }

    /// Says at a position of the log what happened: an [`EntryBody`], or what is written like one.
    pub(super) fn say(&self, seq: Seq, body: &impl Serialize) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO entry (workspace, seq, at, body) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut statement| {
                statement.execute(params![blob(self.workspace.0), int(seq.0), self.at.0, terse::json(body)])
            })
            .map(drop)
            .map_err(fault)
    }
}
