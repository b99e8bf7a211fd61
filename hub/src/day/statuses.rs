//! Which status the hub itself sets, and when: a connection that is lost, an operator who does nothing.
//!
//! Pure: what is known of the operator and the time come in as arguments. Each change is decided from what is stored
//! and makes its own reason go away, so that a second look, or one after a restart, changes nothing more.

use crate::{
    centre::Centre,
    store::{OperatorFace, SetBy},
};
use otklik_model::{OperatorStatus, Stamp, StatusKey};

/// A process that has not noted its workplaces for so long is taken for dead, in milliseconds.
pub const SILENT_MS: i64 = 30_000;

/// What is known of an operator's workplaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// One is connected to this very process.
    Here {
        /// He last did something.
        active_at: Stamp,
    },
    /// Another process has one, or had one when it was last heard of.
    Elsewhere {
        /// It was heard of.
        seen_at: Stamp,
        /// He last did something.
        active_at: Stamp,
    },
    /// The last one was closed or lost.
    Gone {
        /// At.
        left_at: Stamp,
    },
    /// Nothing was noted of any.
    Unknown,
}

/// A change that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// To this status of the dictionary.
    pub code: StatusKey,
    /// Its kind.
    pub kind: OperatorStatus,
    /// Why.
    pub set_by: SetBy,
}

/// The change that an operator's absence or idleness makes due, if one is. `watched_since`: since when this process
/// watches over others; nobody is taken for dead over a silence in which nobody listened.
#[must_use]
pub fn due_by_absence(
    face: &OperatorFace,
    whereabouts: Whereabouts,
    centre: &Centre,
    watched_since: Stamp,
    now: Stamp,
) -> Option<Due> {
    if !is_watched(face) || face.status == OperatorStatus::Offline {
        return None;
    }
    if !face.keep_online && lost_at(face, whereabouts, centre, watched_since).is_some_and(|at| at <= now) {
        return change(centre, OperatorStatus::Offline, SetBy::SessionLost);
    }
    let works = matches!(face.status, OperatorStatus::Online | OperatorStatus::OfflineRequests);
    if works && idle_at(face, whereabouts, centre).is_some_and(|at| at <= now) {
        return change(centre, OperatorStatus::Break, SetBy::Idle);
    }
    None
}

/// Programs keep their status until an administrator changes it.
pub(super) fn is_watched(face: &OperatorFace) -> bool {
    !face.disabled && !face.post.is_bot
}

pub(super) fn change(centre: &Centre, kind: OperatorStatus, set_by: SetBy) -> Option<Due> {
    first_of(centre, kind).map(|code| Due { code, kind, set_by })
}

impl Whereabouts {
    /// Whether he has a workplace open, as far as can be known.
    #[must_use]
    pub fn is_present(self, watched_since: Stamp, now: Stamp) -> bool {
        match self {
            Self::Here { .. } => true,
            Self::Elsewhere { seen_at, .. } => now.0 < seen_at.max(watched_since).0 + SILENT_MS,
            Self::Gone { .. } | Self::Unknown => false,
        }
    }
}

/// The first status of a kind in the centre's dictionary.
#[must_use]
pub fn first_of(centre: &Centre, kind: OperatorStatus) -> Option<StatusKey> {
    centre.statuses.iter().find(|status| status.kind == kind).map(|status| status.key.clone())
}

/// When he counts as lost, if nothing changes until then.
fn lost_at(face: &OperatorFace, whereabouts: Whereabouts, centre: &Centre, watched_since: Stamp) -> Option<Stamp> {
    let grace = seconds(centre.longest_of(&face.post.departments, |set| set.session_lost_s))?;
    let from = match whereabouts {
        Whereabouts::Here { .. } => return None,
        Whereabouts::Elsewhere { seen_at, .. } => Stamp(seen_at.max(watched_since).0 + SILENT_MS),
        Whereabouts::Gone { left_at } => left_at,
        // Nothing was noted before the hub died under him, or somebody else set him online: the time runs from when
        // anybody could have heard of him.
        Whereabouts::Unknown => watched_since,
    };
    // Whoever was set online while he was away has the whole time to come.
    Some(Stamp(from.max(face.status_since).0 + grace))
}

/// When he counts as idle, if nothing changes until then.
fn idle_at(face: &OperatorFace, whereabouts: Whereabouts, centre: &Centre) -> Option<Stamp> {
    let idle = seconds(centre.longest_of(&face.post.departments, |set| set.idle_s))?;
    let active_at = match whereabouts {
        Whereabouts::Here { active_at } | Whereabouts::Elsewhere { active_at, .. } => active_at,
        Whereabouts::Gone { .. } | Whereabouts::Unknown => return None,
    };
    Some(Stamp(active_at.max(face.status_since).0 + idle))
}

fn seconds(seconds: u32) -> Option<i64> {
    (seconds > 0).then(|| i64::from(seconds) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OperatorRow;
    use otklik_model::OperatorId;
    use uuid::Uuid;

    #[test]
    fn whoever_nothing_is_known_of_is_lost_after_the_grace() {
        let centre = Centre::default();
        let grace = seconds(centre.longest_of(&Default::default(), |set| set.session_lost_s)).unwrap();
        let mut ira = OperatorRow::new(OperatorId(Uuid::from_u128(1)), "ira".into(), "Ира".into());
        (ira.status, ira.status_code) = (OperatorStatus::Online, "online".parse().unwrap());
        let due = |since: i64, status_since: i64, keep_online: bool, now: i64| {
            let face = OperatorFace { status_since: Stamp(status_since), keep_online, ..ira.face(false) };
            let due = due_by_absence(&face, Whereabouts::Unknown, &centre, Stamp(since), Stamp(now));
            due.map(|due| (due.kind, due.set_by))
        };
        let lost = Some((OperatorStatus::Offline, SetBy::SessionLost));
        assert_eq!(due(1_000, 0, false, 999 + grace), None, "the hub has only begun to watch");
        assert_eq!(due(1_000, 0, false, 1_000 + grace), lost);
        assert_eq!(due(1_000, 5_000, false, 4_999 + grace), None, "somebody has set her online since");
        assert_eq!(due(1_000, 5_000, false, 5_000 + grace), lost);
        assert_eq!(due(1_000, 0, true, 5_000 + grace), None, "she logged out and stays online");
    }
}
