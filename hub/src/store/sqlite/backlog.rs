//! Placements that are durable and not in their rows yet.
//!
//! A placement rewrites a dialog, adds a message and an entry, and moves in four indexes: ten places of the file, for
//! what is said in a few hundred bytes. When thousands are stored at once, those few hundred bytes each are written
//! first, side by side in rows of one table, with their positions taken: from there on they are durable, and told. The
//! writer works them off into the rows that they change when it has nothing else to do.
//!
//! Nobody sees the difference. Whoever writes anything else works all of it off before, in the same transaction.
//! Whoever reads anything but the log waits for that. The log tells what is here as it will tell it later.

use super::{
    desk, fault,
    read::{blob, int, parse, uint, uuid},
    recent::Recent,
    turn::{Scope, Stop, Turn},
};
use crate::desk::{DialogAggregate, Event};
use crate::store::commit::stamped;
use crate::store::{Commit, CommitError, Committed, DialogChange, Entry, FenceToken, StoreError, Work, terse};
use otklik_model::{DialogId, Outcome, Seq, Stamp, WorkspaceId};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
};

/// Fewer are stored as everything else is.
const FEW: usize = 32;
/// Lines in a row: a part of what is read of the log at once.
const LINES: usize = 100;
/// Rows that may wait.
const ROWS: usize = 512;

/// A change that is to be worked off: the dialog that it was decided on, with these events, is the dialog afterwards.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    dialog: DialogId,
    /// Of the dialog before.
    version: u64,
    due_at: Option<Stamp>,
    events: Cow<'a, [Event]>,
}

impl<'a> Line<'a> {
    fn of(change: &'a DialogChange) -> Self {
        let DialogChange { dialog, decided_on, events, .. } = change;
        Self { dialog: dialog.row.id, version: *decided_on, due_at: dialog.due_at, events: Cow::Borrowed(events) }
    }

    fn change(self, dialog: DialogAggregate, seq: Seq) -> Result<DialogChange, StoreError> {
        if dialog.version != self.version {
            return Err(lost());
        }
        let mut change = DialogChange::of(dialog, self.events.into_owned());
        change.dialog.due_at = self.due_at;
        change.stamp(seq, None);
        Ok(change)
    }
}

/// Nobody changes a dialog before what is to be worked off, so this is no file that a hub has written.
fn lost() -> StoreError {
    StoreError::Damaged("the backlog is not of these dialogs".into())
}

/// A batch that says no more than its lines do: changes of dialogs that are there, decided under one lease at one time.
pub(super) struct Placements {
    workspace: WorkspaceId,
    at: Stamp,
    fence: FenceToken,
    changes: Vec<(Box<DialogChange>, Outcome)>,
}

impl Placements {
    /// Takes the commits of such a batch, if it is one and large.
    pub(super) fn of(commits: Vec<Commit>) -> Result<Self, Vec<Commit>> {
        let Some(Commit { workspace, at, fence: Some(fence), .. }) = commits.first() else { return Err(commits) };
        let (workspace, at, fence) = (*workspace, *at, *fence);
        let alike = |commit: &Commit| (commit.workspace, commit.at, commit.fence) == (workspace, at, Some(fence));
        let mut dialogs = HashSet::with_capacity(commits.len());
        if commits.len() < FEW
            || !commits.iter().all(|commit| alike(commit) && line_of(commit).is_some_and(|id| dialogs.insert(id)))
        {
            return Err(commits);
        }
        let change = |commit: Commit| match commit.work {
            Work::Dialog(change) => Some((change, commit.outcome)),
            Work::Nothing
            | Work::Operator { .. }
            | Work::Channel(_)
            | Work::Customer { .. }
            | Work::Blocked(_)
            | Work::Regroup(_)
            | Work::Centre { .. }
            | Work::Reform(_)
            | Work::SignOut { .. } => None,
        };
        Ok(Self { workspace, at, fence, changes: commits.into_iter().filter_map(change).collect() })
    }

    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }

    /// Writes them down, each as if it had been stored. What is too late conflicts, and changes nothing.
    pub(super) fn put(&self, scope: &mut Scope<'_>) -> Result<Vec<Result<Committed, CommitError>>, Stop> {
        if scope.is_fenced(self.workspace, self.fence).map_err(Stop::Lost)? {
            return Ok(vec![Err(CommitError::Fenced); self.len()]);
        }
        if !scope.backlog.has_room_for(self) {
            scope.work_off(usize::MAX)?;
        }
        let mut results = Vec::with_capacity(self.len());
        for changes in self.changes.chunks(LINES) {
            self.put_row(scope, changes, &mut results).map_err(Stop::Lost)?;
        }
        Ok(results)
    }

    /// Keeps what the log says of those that were stored.
    pub(super) fn tell(self, results: &[Result<Committed, CommitError>], recent: &Recent) {
        let Self { workspace, at, changes, .. } = self;
        let mut changes = changes.into_iter();
        for results in results.chunks(LINES) {
            let stored = results.iter().zip(changes.by_ref()).filter_map(|(result, (mut change, _))| {
                let head = result.as_ref().ok()?.head;
                change.stamp(head, None);
                Some(change.into_entry(head, at))
            });
            recent.keep(workspace, stored.collect());
        }
    }

    fn put_row(
        &self,
        scope: &mut Scope<'_>,
        changes: &[(Box<DialogChange>, Outcome)],
        results: &mut Vec<Result<Committed, CommitError>>,
    ) -> Result<(), StoreError> {
        let mut turn = scope.turn(self.workspace, self.at)?;
        let (first, mut lines) = (Seq(turn.head().0 + 1), Vec::with_capacity(changes.len()));
        let mut versions = desk::Versions::of(turn.db, self.workspace)?;
        for (change, outcome) in changes {
            if versions.get(change.dialog.row.id)? != Some(change.decided_on) {
                results.push(Err(CommitError::Conflict));
                continue;
            }
            let head = turn.next_seq();
            results.push(Ok(Committed { head, outcome: stamped(outcome.clone(), head), repeated: false }));
            lines.push(Line::of(change));
        }
        if lines.is_empty() {
            return Ok(());
        }
        turn.db
            .prepare_cached("INSERT INTO backlog (workspace, seq, at, body) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut statement| {
                statement.execute(params![blob(self.workspace.0), int(first.0), self.at.0, terse::json(&lines)])
            })
            .map_err(fault)?;
        scope.keep(&turn);
        scope.backlog.rows.insert((self.workspace, first));
        scope.backlog.dialogs.extend(lines.iter().map(|line| line.dialog));
        Ok(())
    }
}

/// The dialog of a commit that is no more than a line.
fn line_of(commit: &Commit) -> Option<DialogId> {
    let Commit { key: None, audit: None, room: None, errands, work: Work::Dialog(change), .. } = commit else {
        return None;
    };
    // What a writer has an id for is recognised by it from the moment it is stored.
    let named = change.events.iter().filter_map(Event::message).any(|message| message.client_id.is_some());
    // What changes of a customer reaches further than this dialog.
    let plain = !named && change.customer_before.is_none();
    (errands.is_empty() && change.decided_on > 0 && plain).then_some(change.dialog.row.id)
}

/// What the writer knows of what waits. It is taken from the table if the table holds anything else: at the start, after
/// a failure, and when another process writes to the file.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    rows: BTreeSet<(WorkspaceId, Seq)>,
    /// Dialogs that wait, and have to be worked off before they change again.
    dialogs: HashSet<DialogId>,
    /// Whether `dialogs` are not all of them.
    unread: bool,
}

impl Backlog {
    /// What waits, at the beginning of a transaction.
    pub(super) fn look(self, db: &Connection) -> Result<Self, StoreError> {
        let mut statement = db.prepare_cached("SELECT workspace, seq FROM backlog").map_err(fault)?;
        let rows = statement
            .query_map([], |row| Ok((WorkspaceId(uuid(row, 0)?), Seq(uint(row.get(1)?)))))
            .and_then(|rows| rows.collect::<rusqlite::Result<BTreeSet<_>>>())
            .map_err(fault)?;
        if rows == self.rows {
            return Ok(self);
        }
        Ok(Self { unread: !rows.is_empty(), rows, dialogs: HashSet::new() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn has_room_for(&self, placements: &Placements) -> bool {
        let fits = self.rows.len() + placements.len().div_ceil(LINES) <= ROWS;
        fits && !self.unread
            && !placements.changes.iter().any(|(change, _)| self.dialogs.contains(&change.dialog.row.id))
    }

    /// Takes a row that has to be worked off before the others of its workspace.
    pub(super) fn take_first(&mut self) -> Option<(WorkspaceId, Seq)> {
        let first = self.rows.pop_first();
        if self.rows.is_empty() {
            *self = Self::default();
        }
        first
    }
}

/// Whether nothing waits.
pub(super) fn is_empty(db: &Connection) -> Result<bool, StoreError> {
    let waits = db.prepare_cached("SELECT 1 FROM backlog LIMIT 1").and_then(|mut statement| statement.exists([]));
    waits.map(|waits| !waits).map_err(fault)
}

/// Writes what a row says into the rows that it is about.
pub(super) fn work_off(scope: &mut Scope<'_>, workspace: WorkspaceId, first: Seq) -> Result<(), StoreError> {
    let db = scope.db;
    let (at, lines) = row(db, workspace, first)?;
    let turn = scope.turn(workspace, at)?;
    for (seq, line) in (first.0..).map(Seq).zip(lines) {
        store(&turn, seq, line)?;
    }
    db.prepare_cached("DELETE FROM backlog WHERE workspace = ?1 AND seq = ?2")
        .and_then(|mut statement| statement.execute(params![blob(workspace.0), int(first.0)]))
        .map(drop)
        .map_err(fault)
}

fn row(db: &Connection, workspace: WorkspaceId, first: Seq) -> Result<(Stamp, Vec<Line<'static>>), StoreError> {
    let (at, body) = db
        .prepare_cached("SELECT at, body FROM backlog WHERE workspace = ?1 AND seq = ?2")
        .and_then(|mut statement| {
            let key = params![blob(workspace.0), int(first.0)];
            statement.query_row(key, |row| Ok((Stamp(row.get(0)?), row.get::<_, String>(1)?)))
        })
        .map_err(fault)?;
    Ok((at, parse(&body)?))
}

fn store(turn: &Turn<'_>, seq: Seq, line: Line<'_>) -> Result<(), StoreError> {
    let (stored, dialog) = desk::dialog_to_change(turn.db, turn.workspace, line.dialog)?.ok_or_else(lost)?;
    let change = line.change(dialog, seq)?;
    desk::store_change(turn, seq, &stored, &change)
}

/// At most so many entries after a position that are not in the log's own table yet, as they will be. The position of
/// the first, wherever one begins to read; nothing, if there is none.
pub(super) fn read_on(
    db: &Connection,
    recent: &Recent,
    workspace: WorkspaceId,
    after: Seq,
    limit: usize,
) -> Result<(Option<Seq>, Vec<Entry>), StoreError> {
    let mut statement =
        db.prepare_cached("SELECT seq FROM backlog WHERE workspace = ?1 ORDER BY seq").map_err(fault)?;
    let mut rows = statement.query([blob(workspace.0)]).map_err(fault)?;
    let (mut oldest, mut entries) = (None, Vec::new());
    // The first tells where the log begins, even if nothing more is wanted.
    while let Some(row) = rows.next().map_err(fault)? {
        let first = Seq(uint(row.get(0).map_err(fault)?));
        oldest.get_or_insert(first);
        if entries.len() == limit {
            break;
        }
        if first.0 + LINES as u64 <= after.0 {
            continue;
        }
        let wanted = limit - entries.len();
        match recent.row(workspace, first) {
            Some(row) => entries.extend(row.iter().filter(|entry| entry.seq > after).take(wanted).cloned()),
            None => read_row(db, (workspace, first), after, wanted, &mut entries)?,
        }
    }
    Ok((oldest, entries))
}

fn read_row(
    db: &Connection,
    (workspace, first): (WorkspaceId, Seq),
    after: Seq,
    wanted: usize,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let (at, lines) = row(db, workspace, first)?;
    for (seq, line) in (first.0..).map(Seq).zip(lines).filter(|(seq, _)| *seq > after).take(wanted) {
        let dialog = super::read::dialog(db, workspace, line.dialog)?.ok_or_else(lost)?;
        entries.push(line.change(dialog, seq)?.into_entry(seq, at));
    }
    Ok(())
}
