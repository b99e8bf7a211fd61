//! Whom a dialog may be offered to.

use super::Need;
use crate::{
    centre::Post,
    desk::{Actor, admits, rights::serves},
};
use otklik_model::{OperatorId, OperatorStatus, Right, Stamp, TeamKey};
use std::collections::BTreeMap;

/// An operator as distribution sees him, without what he carries: that follows from the dialogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who, and what his post grants him.
    pub actor: Actor,
    /// The kind of his present status.
    pub status: OperatorStatus,
    /// A person who may sign in and has the right to accept.
    pub may_accept: bool,
    /// His teams, with his skill in each.
    pub teams: BTreeMap<TeamKey, u8>,
    /// What his dialogs may weigh together, in hundredths of an ordinary one.
    pub most: u32,
    /// When he accepted last; `Stamp(0)`: never.
    pub last_accepted: Stamp,
}

impl Candidate {
    /// From an operator's post. Bots and whoever may not sign in are never offered anything.
    #[must_use]
    pub fn of(actor: Actor, post: &Post, status: OperatorStatus, disabled: bool, last_accepted: Option<Stamp>) -> Self {
        Self {
            status,
            may_accept: !disabled && !post.is_bot && actor.grants.rights.contains_key(&Right::Accept),
            actor,
            teams: post.teams.clone(),
            most: post.most,
            last_accepted: last_accepted.unwrap_or(Stamp(0)),
        }
    }

    /// Who.
    #[must_use]
    pub fn id(&self) -> OperatorId {
        self.actor.id
    }

    /// Whether his status lets him get such a dialog.
    fn takes(&self, offline: bool) -> bool {
        match self.status {
            OperatorStatus::Online => true,
            OperatorStatus::OfflineRequests => offline,
            OperatorStatus::Break | OperatorStatus::Offline => false,
        }
    }

    /// Whether he may get a dialog of this need, if he has room: he works for its department, answers in its language,
    /// belongs to its team, and may be shown its customer.
    #[must_use]
    pub fn fits(&self, need: &Need) -> bool {
        let team = need.team.as_ref().is_none_or(|team| self.teams.contains_key(team));
        team && serves(&self.actor.grants, &need.standing()) && self.fits_in_person(need)
    }

    /// Whether he may get a dialog that somebody gave to him by name: neither department nor language nor team speak
    /// against it then.
    #[must_use]
    pub fn fits_in_person(&self, need: &Need) -> bool {
        self.may_accept && self.takes(need.offline) && admits(&self.actor, &need.standing())
    }

    /// Whether a dialog of this need that was given to his team waits for him, whatever he carries: he is at work, and
    /// may be given it.
    #[must_use]
    pub fn is_waited_for_in(&self, team: &TeamKey, need: &Need) -> bool {
        let standing = need.standing();
        let his = self.teams.contains_key(team) && self.is_waited_for();
        his && serves(&self.actor.grants, &standing) && admits(&self.actor, &standing)
    }

    /// Whether a dialog waits for him: not if he has gone home.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        self.may_accept && self.status != OperatorStatus::Offline
    }

    /// Whether a dialog of this weight has room beside what he carries.
    #[must_use]
    pub fn has_room(&self, carried: u32, weight: u32) -> bool {
        self.most > 0 && carried.saturating_add(weight) <= self.most
    }

    /// How good he is at such a dialog, 1 to 100: in the team it waits for, or else in whatever he does best. 0: in
    /// no team.
    #[must_use]
    pub fn skill(&self, need: &Need) -> u8 {
        match &need.team {
            Some(team) => self.teams.get(team).copied().unwrap_or(0),
            None => self.teams.values().copied().max().unwrap_or(0),
        }
    }
}
