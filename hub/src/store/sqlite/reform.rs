//! A configuration with its people, in the transaction of whoever asks: what fails takes all of it back.

use super::{desk, people, ruled, turn::Turn};
use crate::store::{CommitError, Reform, Reformed};

pub(super) fn commit_reform(turn: &mut Turn<'_>, reform: &Reform) -> Result<(), CommitError> {
    let newest = ruled::centre_versions(turn.db, turn.workspace, 1)?.first().map_or(0, |newest| newest.version);
    if newest != reform.version || !reform.names_each_once() {
        return Err(CommitError::Conflict);
    }
    let Reform { version, centre, by, note, channel, people } = reform;
    if let Some(centre) = centre {
        ruled::commit_centre(turn, *version, ruled::NewCentre { centre, by: *by, note })?;
    }
    if let Some(channel) = channel {
        desk::commit_channel(turn, channel)?;
    }
    for Reformed { row, rights_changed, signed_out } in people {
        people::commit_operator(turn, row, *rights_changed)?;
        if *signed_out {
            people::sign_out(turn, row.id, None)?;
        }
    }
    Ok(())
}
