//! Assignment as stories in which people have names, and as properties of any sequence of events.

mod properties;
mod stories;

use super::*;
use crate::{
    centre::{Grants, Scope, Sharing},
    desk::Actor,
};
use otklik_model::{DepartmentKey, DialogId, OperatorId, OperatorStatus, Right, Seq, Stamp};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn operator(number: u128) -> OperatorId {
    OperatorId(Uuid::from_u128(number))
}

fn dialog(number: u128) -> DialogId {
    DialogId(Uuid::from_u128(1000 + number))
}

fn candidate(id: OperatorId) -> Candidate {
    let grants = Grants { rights: [(Right::Accept, Scope::Own)].into(), ..Grants::default() };
    Candidate {
        actor: Actor { id, name: String::new(), grants },
        status: OperatorStatus::Online,
        may_accept: true,
        teams: BTreeMap::new(),
        most: 500,
        last_accepted: Stamp(0),
    }
}

fn of(mut candidate: Candidate, departments: &[&str]) -> Candidate {
    let keys: BTreeSet<DepartmentKey> = departments.iter().map(|key| key.parse().unwrap()).collect();
    candidate.actor.grants.departments = Some(keys);
    candidate
}

fn speaking(mut candidate: Candidate, languages: &[&str]) -> Candidate {
    candidate.actor.grants.languages = Some(languages.iter().map(|&tag| tag.to_owned()).collect());
    candidate
}

fn need() -> Need {
    Need { team: None, department: None, language: None, offline: false, restricted: false, weight: 100 }
}

fn rule(sharing: Sharing) -> Rule {
    Rule { sharing, same_operator: true, offer_offline: true }
}

fn waiting(since: i64, need: Need) -> Waiting {
    Waiting { since: Stamp(since), need, only: None, team: None, prefer: None }
}

/// As if the log had told it at this position.
fn told(id: DialogId, rev: u64, place: Place) -> Known {
    Known { id, epoch: rev, rev: Seq(rev), place }
}

fn placements(board: &mut Board) -> Vec<Placement> {
    std::iter::from_fn(|| board.place_next()).collect()
}
