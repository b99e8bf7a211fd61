//! Operators whose working day begins or ends.
//!
//! Pure: what is known of the operator and the time come in as arguments.

use super::statuses::{Due, change, is_watched};
use crate::{
    centre::{Centre, HoursState},
    store::{OperatorFace, SetBy},
};
use otklik_model::{OperatorStatus, Stamp};

/// How far back a working day is looked for that began or ended unnoticed, in milliseconds.
const LOOK_BACK_MS: i64 = 8 * 24 * 3_600_000;

/// The change that the end or the beginning of an operator's working hours makes due, if one is. At the end everybody
/// goes, whatever his status; at the beginning those come back who went by the schedule and have a workplace open.
#[must_use]
pub fn due_by_schedule(face: &OperatorFace, present: bool, centre: &Centre, now: Stamp) -> Option<Due> {
    if !is_watched(face) || centre.hours.is_empty() {
        return None;
    }
    let open = last_change(face, centre, now)?.open;
    let off = face.status == OperatorStatus::Offline;
    match (open, off) {
        (true, true) if present && face.set_by == SetBy::Schedule => {
            change(centre, OperatorStatus::Online, SetBy::Schedule)
        }
        (false, false) => change(centre, OperatorStatus::Offline, SetBy::Schedule),
        (true | false, true | false) => None,
    }
}

/// When working hours next change for anybody.
#[must_use]
pub fn next_hours(centre: &Centre, now: Stamp) -> Option<Stamp> {
    let departments = centre.departments.keys().map(Some).chain([None]);
    departments.filter_map(|department| centre.hours_at(department, now).changes_at).min()
}

/// How his working hours stand since they last changed, if they have changed since his status was set. Whoever chose
/// his status after that has chosen it for these hours.
fn last_change(face: &OperatorFace, centre: &Centre, now: Stamp) -> Option<HoursState> {
    let from = face.status_since.max(Stamp(now.0 - LOOK_BACK_MS));
    let mut changed = None;
    let mut state = hours_at(face, centre, from);
    while let Some(at) = state.changes_at.filter(|at| *at <= now) {
        let next = hours_at(face, centre, at);
        if next.open != state.open {
            changed = Some(next);
        }
        state = next;
    }
    changed
}

/// The hours of an operator: open while any of his departments is.
fn hours_at(face: &OperatorFace, centre: &Centre, at: Stamp) -> HoursState {
    let departments = &face.post.departments;
    if departments.is_empty() && centre.departments.is_empty() {
        return centre.hours_at(None, at);
    }
    let all = if departments.is_empty() {
        centre.departments.keys().collect()
    } else {
        departments.iter().collect::<Vec<_>>()
    };
    let states = all.into_iter().map(|department| centre.hours_at(Some(department), at));
    states.fold(HoursState { open: false, changes_at: None }, |sum, one| HoursState {
        open: sum.open || one.open,
        changes_at: [sum.changes_at, one.changes_at].into_iter().flatten().min(),
    })
}
