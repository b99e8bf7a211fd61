//! Rights follow from posts and from the configuration: whenever either changes, they are computed anew.

use crate::centre::{BY_HAND, Centre, Grants, Teams, grants_of};
use crate::store::{Commit, CommitError, OperatorRow, Store, StoreError, Work};
use otklik_model::{Outcome, RoleKey, Seq, Stamp, WorkspaceId};

/// How often a row that somebody else changes is read again.
const ATTEMPTS: u32 = 16;

/// The role of accounts whose rights were given one by one.
#[must_use]
pub fn by_hand() -> RoleKey {
    #[expect(clippy::expect_used, reason = "a literal of ours, and a test reads it")]
    BY_HAND.parse().expect("a good key")
}

/// Computes everybody's rights from the configuration in force, and stores those that are others now; the workplaces of
/// these start afresh. Returns how many there were. Doing it again changes nothing.
///
/// # Errors
/// The store fails.
pub async fn regrant(store: &dyn Store, workspace: WorkspaceId, at: Stamp) -> Result<usize, StoreError> {
    for _ in 0..ATTEMPTS {
        let centre = store.centre(workspace).await?.centre;
        let rows = store.operators(workspace).await?;
        let teams = Teams::of(rows.iter().map(|row| (row.id, &row.post)));
        let mut changed = 0;
        let mut contended = false;
        for row in rows {
            let grants = granted(&row, &centre, &teams);
            if grants == row.grants {
                continue;
            }
            let row = Box::new(OperatorRow { grants, ..row });
            let outcome = Outcome::Done { at_seq: Seq(0), message: None };
            let commit = Commit::new(workspace, at, Work::Operator { row, rights_changed: true }, outcome);
            match store.commit(commit).await {
                Ok(_) => changed += 1,
                Err(CommitError::Conflict | CommitError::Fenced) => contended = true,
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
        if !contended {
            return Ok(changed);
        }
    }
    Err(StoreError::Unavailable("operators keep changing".to_owned()))
}

/// What an operator's post allows him by the configuration. Rights given by hand stay, and departments, teams and
/// languages follow the post all the same.
#[must_use]
pub fn granted(row: &OperatorRow, centre: &Centre, teams: &Teams) -> Grants {
    let grants = grants_of(&row.post, centre, teams);
    if row.post.role == by_hand() { Grants { rights: row.grants.rights.clone(), ..grants } } else { grants }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::Right;

    #[test]
    fn a_centre_has_no_role_of_this_name() {
        assert!(!Centre::default().roles.contains_key(&by_hand()));
    }

    #[test]
    fn whoever_is_added_without_a_word_lifts_the_blocks_he_sets_as_a_colleague_does() {
        let colleague = Centre::default().roles[&crate::centre::colleague()].rights.clone();
        let usual = crate::start::usual_rights();
        for right in [Right::Block, Right::Unblock] {
            assert!(usual.contains(&right) && colleague.contains_key(&right), "{right:?}");
        }
    }
}
