//! How long those stay signed in who may do more than answer.

use super::{Centre, Grants};
use otklik_model::{Right, Stamp};
use serde::{Deserialize, Serialize};

/// Whoever has one of these, however far it reaches, is a supervisor to the terms of sessions: he changes what others
/// are and do, or the centre itself.
const SUPERVISING: [Right; 8] = [
    Right::SetOthersStatus,
    Right::SetBotStatus,
    Right::EditSharedTemplates,
    Right::EditSchedule,
    Right::EditOperators,
    Right::EditDepartments,
    Right::EditSettings,
    Right::SeeAudit,
];
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// How long supervisors stay signed in; 0 switches a term off. Operators stay for as long as the hub's own settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionTerms {
    /// So many hours after the password was given, whatever is done.
    pub supervisor_hours: u32,
    /// So many minutes after something was done last.
    pub supervisor_idle_minutes: u32,
}

impl Default for SessionTerms {
    fn default() -> Self {
        Self { supervisor_hours: 12, supervisor_idle_minutes: 30 }
    }
}

/// Whether an operator with these rights is a supervisor to the terms of sessions.
#[must_use]
pub fn is_supervisor(grants: &Grants) -> bool {
    SUPERVISING.iter().any(|right| grants.rights.contains_key(right))
}

impl Centre {
    /// When a session of somebody with these rights ends that began and was last used at these times; `None`: neither
    /// term holds for him.
    #[must_use]
    pub fn session_ends(&self, grants: &Grants, created_at: Stamp, acted_at: Stamp) -> Option<Stamp> {
        if !is_supervisor(grants) {
            return None;
        }
        let SessionTerms { supervisor_hours, supervisor_idle_minutes } = self.sessions;
        let whole = (created_at, i64::from(supervisor_hours) * HOUR_MS);
        let idle = (acted_at, i64::from(supervisor_idle_minutes) * MINUTE_MS);
        let ends = [whole, idle].into_iter().filter(|(_, term)| *term > 0);
        ends.map(|(from, term)| Stamp(from.0.saturating_add(term))).min()
    }
}

impl Centre {
    /// How many milliseconds lie at least between two acts of somebody with these rights that are written down: a small
    /// part of his term for doing nothing; of others ten minutes, because with another role it may begin to hold.
    #[must_use]
    pub fn acts_noted_every_ms(&self, grants: &Grants) -> i64 {
        let idle = i64::from(self.sessions.supervisor_idle_minutes) * MINUTE_MS;
        if idle > 0 && is_supervisor(grants) { (idle / 10).min(MINUTE_MS) } else { 10 * MINUTE_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::{Post, Teams, grants_of};

    fn grants(centre: &Centre, role: &str) -> Grants {
        grants_of(&Post { role: role.parse().unwrap(), ..Post::default() }, centre, &Teams::default())
    }

    #[test]
    fn s_h3_supervisors_and_administrators_have_short_sessions_and_whoever_only_answers_has_not() {
        let centre = Centre::default();
        for (role, short) in [
            ("operator", false),
            ("team-lead", false),
            ("colleague", false),
            ("supervisor", true),
            ("administrator", true),
        ] {
            let ends = centre.session_ends(&grants(&centre, role), Stamp(0), Stamp(0));
            assert_eq!(ends.is_some(), short, "{role}");
        }
        // By right, not by the name of a role.
        let by_hand = Grants::everywhere(&[Right::Accept, Right::SeeAudit].into());
        assert!(is_supervisor(&by_hand));
    }

    #[test]
    fn s_h3_the_term_that_ends_first_counts_and_each_can_be_switched_off() {
        let mut centre = Centre::default();
        let supervisor = grants(&centre, "supervisor");
        let mut ends = |hours, minutes, acted_at| {
            centre.sessions = SessionTerms { supervisor_hours: hours, supervisor_idle_minutes: minutes };
            centre.session_ends(&supervisor, Stamp(1_000), Stamp(acted_at)).map(|at| at.0)
        };
        assert_eq!(ends(12, 30, 1_000), Some(1_000 + 30 * MINUTE_MS));
        assert_eq!(ends(12, 30, 11 * HOUR_MS), Some(11 * HOUR_MS + 30 * MINUTE_MS));
        assert_eq!(ends(12, 30, 12 * HOUR_MS), Some(1_000 + 12 * HOUR_MS), "whatever is done");
        assert_eq!(ends(12, 0, 1_000), Some(1_000 + 12 * HOUR_MS));
        assert_eq!(ends(0, 30, 20 * HOUR_MS), Some(20 * HOUR_MS + 30 * MINUTE_MS));
        assert_eq!(ends(0, 0, 1_000), None);
    }

    #[test]
    fn s_h3_what_is_done_is_written_down_well_within_the_term() {
        let mut centre = Centre::default();
        let supervisor = grants(&centre, "supervisor");
        assert_eq!(centre.acts_noted_every_ms(&grants(&centre, "operator")), 10 * MINUTE_MS);
        for minutes in 1..=1_440 {
            centre.sessions.supervisor_idle_minutes = minutes;
            let every = centre.acts_noted_every_ms(&supervisor);
            assert!(every > 0 && every * 10 <= i64::from(minutes) * MINUTE_MS, "{minutes}");
        }
    }
}
