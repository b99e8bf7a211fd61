//! How far each right to administer reaches, and that nobody gives what he has not.
//!
//! Invariant 21.

use super::*;
use crate::centre::{Hours, Team};

fn key<K: std::str::FromStr>(text: &str) -> K
where
    K::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn grants(rights: &[(Right, Scope)]) -> Grants {
    Grants { rights: rights.iter().copied().collect(), supervises: [key("sales")].into(), ..Grants::default() }
}

fn administrator() -> Grants {
    Grants { rights: Centre::default().roles[&key("administrator")].rights.clone(), ..Grants::default() }
}

fn template(departments: &[&str]) -> Template {
    let texts = [("ru".to_owned(), "Да".to_owned())].into();
    let departments = departments.iter().map(|name| key(name)).collect();
    Template { folder: Vec::new(), command: None, texts, departments }
}

fn hours(zone: &str) -> Hours {
    Hours { zone: zone.to_owned(), week: BTreeMap::new(), exceptions: BTreeMap::new() }
}

fn centre() -> Centre {
    let mut centre = Centre::default();
    for (name, schedule) in [("sales", "late"), ("support", "office")] {
        let department = Department { hours: Some(schedule.to_owned()), ..Department::default() };
        centre.departments.insert(key(name), department);
    }
    for name in ["late", "office", "night"] {
        centre.hours.insert(name.to_owned(), hours("UTC"));
    }
    centre.default_hours = Some("night".to_owned());
    centre.templates.insert("ours".to_owned(), template(&["sales"]));
    centre.templates.insert("everybody's".to_owned(), template(&[]));
    centre
}

fn after(change: impl FnOnce(&mut Centre)) -> Centre {
    let mut after = centre();
    change(&mut after);
    after
}

fn rename(department: &str) -> Centre {
    after(|c| drop(c.departments.get_mut(&key(department)).unwrap().names.insert("ru".to_owned(), "Имя".to_owned())))
}

#[test]
fn a_change_needs_the_right_to_each_of_its_parts() {
    use Scope::{All, Department, Own, Team as InTeam};
    type Change = (Centre, Right, Scope, &'static [&'static str]);
    let cases: Vec<Change> = vec![
        (after(|c| c.name = "x".to_owned()), Right::EditSettings, All, &[]),
        (after(|c| c.name = "x".to_owned()), Right::EditSettings, Department, &["settings"]),
        (after(|c| c.name = "x".to_owned()), Right::EditOperators, All, &["settings"]),
        (after(|c| c.default_hours = None), Right::EditSchedule, All, &["settings"]),
        (rename("sales"), Right::EditDepartments, Department, &[]),
        (rename("support"), Right::EditDepartments, Department, &["departments.support"]),
        (rename("sales"), Right::EditDepartments, InTeam, &["departments.sales"]),
        (rename("sales"), Right::EditSettings, All, &["departments.sales"]),
        (
            after(|c| c.departments.get_mut(&key("sales")).unwrap().disabled = true),
            Right::EditDepartments,
            Department,
            &["departments.sales"],
        ),
        (
            after(|c| drop(c.departments.remove(&key("sales")))),
            Right::EditDepartments,
            Department,
            &["departments.sales"],
        ),
        (after(|c| drop(c.departments.remove(&key("sales")))), Right::EditDepartments, All, &[]),
        (after(|c| drop(c.teams.insert(key("a"), Team::default()))), Right::EditDepartments, Department, &["teams.a"]),
        (after(|c| drop(c.hours.insert("late".to_owned(), hours("GMT")))), Right::EditSchedule, Department, &[]),
        (
            after(|c| drop(c.hours.insert("office".to_owned(), hours("GMT")))),
            Right::EditSchedule,
            Department,
            &["hours.office"],
        ),
        (
            after(|c| drop(c.hours.insert("night".to_owned(), hours("GMT")))),
            Right::EditSchedule,
            Department,
            &["hours.night"],
        ),
        (after(|c| drop(c.templates.remove("ours"))), Right::EditSharedTemplates, Department, &[]),
        (after(|c| drop(c.templates.remove("ours"))), Right::EditSharedTemplates, Own, &["templates.ours"]),
        (
            after(|c| drop(c.templates.remove("everybody's"))),
            Right::EditSharedTemplates,
            Department,
            &["templates.everybody's"],
        ),
        (
            after(|c| drop(c.templates.insert("ours".to_owned(), template(&["sales", "support"])))),
            Right::EditSharedTemplates,
            Department,
            &["templates.ours"],
        ),
    ];
    for (number, (after, right, scope, forbidden)) in cases.into_iter().enumerate() {
        let found = refused(&centre(), &after, &grants(&[(right, scope)]));
        assert_eq!(
            (found.forbidden, found.beyond),
            (forbidden.iter().map(|at| (*at).to_owned()).collect(), Vec::new()),
            "{number}"
        );
        assert_eq!(refused(&centre(), &after, &administrator()), Refused::default(), "{number}: an administrator may");
    }
}

#[test]
fn nobody_gives_more_than_he_has() {
    let by = grants(&[(Right::EditSettings, Scope::All), (Right::Block, Scope::Department)]);
    let with = |right, scope| {
        after(|c| {
            c.roles.get_mut(&key("operator")).unwrap().rights.insert(right, scope);
        })
    };
    for (right, scope, allowed) in [
        (Right::Block, Scope::Department, true),
        (Right::Block, Scope::All, false),
        (Right::EditOperators, Scope::Own, false),
        (Right::EditSettings, Scope::All, true),
    ] {
        let beyond = refused(&centre(), &with(right, scope), &by).beyond;
        assert_eq!(beyond.is_empty(), allowed, "{right:?} {scope:?}");
    }
    let less = after(|c| {
        c.roles.get_mut(&key("administrator")).unwrap().rights.remove(&Right::SeeAudit);
    });
    assert_eq!(refused(&centre(), &less, &by), Refused::default(), "taking away gives nothing");
}

#[test]
fn the_right_to_change_operators_reaches_so_far() {
    let own = Post { leads: [key("north")].into(), ..Post::default() };
    let of = |departments: &[&str], teams: &[&str]| Post {
        departments: departments.iter().map(|name| key(name)).collect(),
        teams: teams.iter().map(|name| (key(name), 1)).collect(),
        ..Post::default()
    };
    for (scope, post, reached) in [
        (Scope::All, of(&[], &[]), true),
        (Scope::Department, of(&["sales"], &[]), true),
        (Scope::Department, of(&["sales", "support"], &[]), false),
        (Scope::Department, of(&[], &[]), false),
        (Scope::Department, Post { supervises: [key("support")].into(), ..of(&["sales"], &[]) }, false),
        (Scope::Team, of(&[], &["north"]), true),
        (Scope::Team, of(&[], &["north", "south"]), false),
        (Scope::Team, of(&["sales"], &[]), false),
        (Scope::Own, of(&["sales"], &["north"]), false),
    ] {
        assert_eq!(reaches_post(&grants(&[(Right::EditOperators, scope)]), &own, &post), reached, "{scope:?} {post:?}");
    }
}
