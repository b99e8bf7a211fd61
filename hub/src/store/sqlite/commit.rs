//! One [`Commit`] inside a transaction.

use super::{
    blocked, customers, desk, fault, identities, outside, people,
    read::{self, blob, json},
    reform, ruled,
    turn::{Scope, Turn},
};
use crate::store::commit::{Commit, CommitError, Committed, Key, Work, stamped};
use crate::store::{AuditLine, Errand, StoreError};
use otklik_model::Outcome;
use rusqlite::params;

/// Does it. It may be done once more, in another transaction, if this one comes to nothing.
pub(super) fn commit(scope: &mut Scope<'_>, commit: &mut Commit) -> Result<Committed, CommitError> {
    let Commit { workspace, at, key, work, outcome, audit, errands, fence, room } = commit;
    let mut turn = scope.turn(*workspace, *at)?;
    if let Some(key) = *key
        && let Some(outcome) = read::first_answer(turn.db, key)?
    {
        return Ok(Committed { head: turn.head(), outcome, repeated: true });
    }
    if let Some(fence) = *fence
        && scope.is_fenced(*workspace, fence)?
    {
        return Err(CommitError::Fenced);
    }
    if let Some(room) = room
        && !room.is_kept(&read::open_dialogs_of(turn.db, *workspace, room.operator)?, work)
    {
        return Err(CommitError::Conflict);
    }
    let before = turn.head();
    carry_out(&mut turn, work)?;
    note(&turn, audit.as_ref(), errands)?;
    let outcome = stamped(outcome.clone(), work.position(before, turn.head()));
    if let Some(key) = *key {
        keep_answer(&turn, key, &outcome)?;
    }
    scope.keep(&turn);
    Ok(Committed { head: turn.head(), outcome, repeated: false })
}

fn carry_out(turn: &mut Turn<'_>, work: &mut Work) -> Result<(), CommitError> {
    match work {
        Work::Nothing => Ok(()),
        Work::Dialog(change) => desk::commit_dialog(turn, change),
        Work::Operator { row, rights_changed } => people::commit_operator(turn, row, *rights_changed),
        Work::Channel(channel) => desk::commit_channel(turn, channel),
        Work::Customer { customer, version } => customers::commit_customer(turn, customer, *version),
        Work::Blocked(of) => blocked::commit_blocked(turn, of),
        Work::Regroup(regroup) => identities::commit_regroup(turn, regroup),
        Work::Centre { version, centre, by, note } => {
            ruled::commit_centre(turn, *version, ruled::NewCentre { centre, by: *by, note })
        }
        Work::Reform(reform) => reform::commit_reform(turn, reform),
        Work::SignOut { operator, session } => people::sign_out(turn, *operator, *session),
    }
}

fn note(turn: &Turn<'_>, audit: Option<&AuditLine>, errands: &[Errand]) -> Result<(), StoreError> {
    if let Some(line) = audit {
        ruled::add_audit(turn.db, turn.workspace, turn.at, line)?;
    }
    errands.iter().try_for_each(|errand| outside::add_errand(turn.db, turn.workspace, errand))
}

fn keep_answer(turn: &Turn<'_>, key: Key, outcome: &Outcome) -> Result<(), StoreError> {
    turn.db
        .prepare_cached("INSERT INTO answer (writer, client, at, outcome) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut statement| {
            statement.execute(params![blob(key.writer), blob(key.id.0), turn.at.0, json(outcome)])
        })
        .map(drop)
        .map_err(fault)
}
