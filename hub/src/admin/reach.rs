//! What of the document somebody may change, and what rights he may give. Pure.
//!
//! A change is judged by what differs, not by the address it came through: a whole file that is taken over cannot do
//! what its single parts could not.

use crate::centre::{Centre, Department, Grants, Post, Role, Scope, Template};
use otklik_model::{DepartmentKey, Right};
use std::collections::{BTreeMap, BTreeSet};

/// Places of the document that differ and that he may not change; and places that would give more than he has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// His rights do not cover them.
    pub forbidden: Vec<String>,
    /// They would give rights that he does not have.
    pub beyond: Vec<String>,
}

/// What speaks against a change.
#[must_use]
pub fn refused(before: &Centre, after: &Centre, by: &Grants) -> Refused {
    let mut forbidden = Vec::new();
    let scope = |right| by.rights.get(&right).copied();
    let settings = scope(Right::EditSettings) == Some(Scope::All);
    if bare(before) != bare(after) && !settings {
        forbidden.push("settings".to_owned());
    }
    each(&before.departments, &after.departments, |key, old, new| {
        if !may_change_department(scope(Right::EditDepartments), by, key, old, new) {
            forbidden.push(format!("departments.{key}"));
        }
    });
    each(&before.teams, &after.teams, |key, _, _| {
        if scope(Right::EditDepartments) != Some(Scope::All) {
            forbidden.push(format!("teams.{key}"));
        }
    });
    each(&before.hours, &after.hours, |name, _, _| {
        if !may_change_hours(scope(Right::EditSchedule), by, name, [before, after]) {
            forbidden.push(format!("hours.{name}"));
        }
    });
    each(&before.templates, &after.templates, |name, old, new| {
        if !may_change_template(scope(Right::EditSharedTemplates), by, [old, new]) {
            forbidden.push(format!("templates.{name}"));
        }
    });
    let mut beyond = Vec::new();
    each(&before.roles, &after.roles, |key, old, new| {
        if new.is_some_and(|new| !gives_at_most(by, old, new)) {
            beyond.push(format!("roles.{key}"));
        }
    });
    Refused { forbidden, beyond }
}

/// The document without the parts that have rights of their own.
fn bare(centre: &Centre) -> Centre {
    Centre {
        departments: BTreeMap::new(),
        teams: BTreeMap::new(),
        hours: BTreeMap::new(),
        templates: BTreeMap::new(),
        ..centre.clone()
    }
}

/// Calls for each entry that differs.
fn each<'a, K: Ord, V: PartialEq>(
    before: &'a BTreeMap<K, V>,
    after: &'a BTreeMap<K, V>,
    mut differs: impl FnMut(&'a K, Option<&'a V>, Option<&'a V>),
) {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        if old != new {
            differs(key, old, new);
        }
    }
}

/// A supervisor changes his departments, but neither makes nor disables one.
fn may_change_department(
    scope: Option<Scope>,
    by: &Grants,
    key: &DepartmentKey,
    old: Option<&Department>,
    new: Option<&Department>,
) -> bool {
    match scope {
        Some(Scope::All) => true,
        Some(Scope::Department) => {
            let fixed = |department: &Department| (department.disabled, department.restricted);
            by.supervises.contains(key) && old.zip(new).is_some_and(|(old, new)| fixed(old) == fixed(new))
        }
        Some(Scope::Team | Scope::Own) | None => false,
    }
}

/// A supervisor changes schedules that only his departments follow.
fn may_change_hours(scope: Option<Scope>, by: &Grants, name: &str, documents: [&Centre; 2]) -> bool {
    match scope {
        Some(Scope::All) => true,
        Some(Scope::Department) => documents.iter().all(|centre| {
            let follows = |department: &Department| department.hours.as_deref() == Some(name);
            centre.default_hours.as_deref() != Some(name)
                && centre.departments.iter().all(|(key, of)| !follows(of) || by.supervises.contains(key))
        }),
        Some(Scope::Team | Scope::Own) | None => false,
    }
}

/// A supervisor changes ready answers that are for his departments only.
fn may_change_template(scope: Option<Scope>, by: &Grants, sides: [Option<&Template>; 2]) -> bool {
    match scope {
        Some(Scope::All) => true,
        Some(Scope::Department) => sides
            .into_iter()
            .flatten()
            .all(|template| !template.departments.is_empty() && template.departments.is_subset(&by.supervises)),
        Some(Scope::Team | Scope::Own) | None => false,
    }
}

fn gives_at_most(by: &Grants, old: Option<&Role>, new: &Role) -> bool {
    let had = |right| old.and_then(|old| old.rights.get(right));
    new.rights.iter().all(|(right, scope)| had(right) >= Some(scope) || by.rights.get(right) >= Some(scope))
}

/// Whether everything that somebody's rights allow is allowed to the asker too.
#[must_use]
pub fn is_within(by: &Grants, rights: &BTreeMap<Right, Scope>) -> bool {
    rights.iter().all(|(right, scope)| by.rights.get(right) >= Some(scope))
}

/// Whether the right to change operators reaches somebody of this post. `leads`: the asker's own post.
#[must_use]
pub fn reaches_post(by: &Grants, own: &Post, post: &Post) -> bool {
    match by.rights.get(&Right::EditOperators) {
        Some(Scope::All) => true,
        Some(Scope::Department) => {
            !post.departments.is_empty()
                && post.departments.is_subset(&by.supervises)
                && post.supervises.is_subset(&by.supervises)
        }
        Some(Scope::Team) => {
            !post.teams.is_empty() && post.teams.keys().chain(&post.leads).all(|team| own.leads.contains(team))
        }
        Some(Scope::Own) | None => false,
    }
}

#[cfg(test)]
mod tests;
