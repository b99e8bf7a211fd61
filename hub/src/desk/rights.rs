//! How far a right reaches: the scope of a right against a dialog, or against a colleague.
//!
//! Scopes grow: whoever has a right for his departments has it for the teams he leads and for what is his own.

use super::{Actor, Standing};
use crate::centre::{Grants, Scope};
use otklik_model::{DepartmentKey, OperatorId, Right};
use std::collections::BTreeSet;

/// Whether an operator has this right for a dialog that stands so.
#[must_use]
pub fn allows(by: &Actor, right: Right, standing: &Standing) -> bool {
    by.grants.rights.get(&right).is_some_and(|scope| covers(by, *scope, standing))
}

/// Whether an operator has this right for a colleague, who works for `departments`; `None`: for all of them.
#[must_use]
pub fn reaches(by: &Actor, right: Right, whom: OperatorId, departments: Option<&BTreeSet<DepartmentKey>>) -> bool {
    let me = whom == by.id;
    let led = me || by.grants.led.contains(&whom);
    let common = |departments: &BTreeSet<DepartmentKey>| !by.grants.supervises.is_disjoint(departments);
    by.grants.rights.get(&right).is_some_and(|scope| match scope {
        Scope::Own => me,
        Scope::Team => led,
        Scope::Department => led || departments.map_or(!by.grants.supervises.is_empty(), common),
        Scope::All => true,
    })
}

/// Whether an operator is told of a colleague, who works for `departments`; `None`: for all of them. Everybody knows
/// those who work for all departments, and those of a department of his own.
#[must_use]
pub fn knows(by: &Actor, whom: OperatorId, departments: Option<&BTreeSet<DepartmentKey>>) -> bool {
    let common = by.grants.departments.as_ref().zip(departments).is_none_or(|(his, theirs)| !his.is_disjoint(theirs));
    let supervised = departments.is_some_and(|theirs| !by.grants.supervises.is_disjoint(theirs));
    let right = |right| reaches(by, right, whom, departments);
    let led = whom == by.id || by.grants.led.contains(&whom);
    common || supervised || led || right(Right::SeeStatuses) || right(Right::EditOperators)
}

fn covers(by: &Actor, scope: Scope, standing: &Standing) -> bool {
    let own = || match standing.assignee {
        Some(assignee) => assignee == by.id,
        None => serves(&by.grants, standing),
    };
    let led = || standing.assignee.is_some_and(|assignee| by.grants.led.contains(&assignee));
    let supervised = || standing.department.as_ref().is_some_and(|key| by.grants.supervises.contains(key));
    match scope {
        Scope::Own => own(),
        Scope::Team => own() || led(),
        Scope::Department => own() || led() || supervised(),
        Scope::All => true,
    }
}

/// Whether a dialog is for people like him: of a department he works for, in a language he answers in. What belongs
/// to no department, or has no language, is for everybody.
pub(super) fn serves(grants: &Grants, standing: &Standing) -> bool {
    let department = within(grants.departments.as_ref(), standing.department.as_ref());
    department && within(grants.languages.as_ref(), standing.language.as_ref())
}

fn within<T: Ord>(his: Option<&BTreeSet<T>>, of: Option<&T>) -> bool {
    his.zip(of).is_none_or(|(his, of)| his.contains(of))
}

/// Whether a dialog may be shown to an operator at all, and given to him. Restricted customers, and departments for
/// them, are for whoever works in such a department by name, or has the right.
#[must_use]
pub fn admits(by: &Actor, standing: &Standing) -> bool {
    let guarded = standing.department.as_ref().filter(|key| by.grants.restricted.contains(*key));
    let open = !standing.restricted && guarded.is_none();
    open || guarded.is_some_and(|key| by.grants.works_in(key)) || allows(by, Right::SeeRestricted, standing)
}
