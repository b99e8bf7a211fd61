//! Roles, and the operators' posts.

use super::{Problem, Report, check_language, check_names, letters::need_mailbox};
use crate::centre::{Centre, Post, Scope};
use otklik_model::Right;
use std::collections::BTreeSet;

/// What administrators can do and others must not lose: without these rights nobody can give any.
const KEYS_OF_THE_HOUSE: [Right; 2] = [Right::EditSettings, Right::EditOperators];

/// The role of whoever was given his rights one by one, on the command line of the hub: they follow from no role.
pub const BY_HAND: &str = "by-hand";

/// An operator, as far as a configuration depends on him.
#[derive(Clone, Copy, Debug)]
pub struct Colleague<'a> {
    /// His login.
    pub login: &'a str,
    /// His post.
    pub post: &'a Post,
    /// He may not sign in.
    pub disabled: bool,
}

/// Whether a post is one from which everything else can be put right.
#[must_use]
pub fn is_administrator(centre: &Centre, post: &Post) -> bool {
    let role = centre.roles.get(&post.role);
    let may = |right| role.is_some_and(|role| role.rights.get(right) == Some(&Scope::All));
    !post.is_bot && KEYS_OF_THE_HOUSE.iter().all(may)
}

pub(super) fn check_roles(centre: &Centre, report: &mut Report) {
    for (key, role) in &centre.roles {
        let at = format!("roles.{key}");
        check_names(&at, &role.names, report);
        report.need(key.as_str() != BY_HAND, &at, "it stands for rights given one by one", "choose another key");
        let known = !role.rights.contains_key(&Right::Unknown);
        report.need(known, format!("{at}.rights"), "a right is not one this hub knows", "take it out");
    }
    let open = centre
        .roles
        .values()
        .any(|role| KEYS_OF_THE_HOUSE.iter().all(|right| role.rights.get(right) == Some(&Scope::All)));
    let what = "no role may change both settings and operators everywhere, so nobody could ever put anything right";
    report.need(open, "roles", what, "give edit_settings and edit_operators the scope all in one role");
}

/// Whether the operators' posts fit the centre.
#[must_use]
pub fn check_people(centre: &Centre, people: &[Colleague<'_>]) -> Vec<Problem> {
    let mut report = Report::default();
    for colleague in people {
        check_post(centre, &format!("operators.{}.post", colleague.login), colleague.post, &mut report);
        let answers = centre.bots.contains_key(colleague.login);
        let at = format!("operators.{}.post.is_bot", colleague.login);
        let remedy = "mark the account as a bot's, or name the bot's own";
        report.need(colleague.post.is_bot || !answers, at, "a bot answers under this account", remedy);
    }
    let logins: BTreeSet<_> = people.iter().map(|colleague| colleague.login).collect();
    for login in centre.bots.keys().filter(|login| !logins.contains(login.as_str())) {
        report.resolves(false, format!("bots.{login}"), "operator", login);
    }
    report.0
}

fn check_post(centre: &Centre, at: &str, post: &Post, report: &mut Report) {
    let known = centre.roles.contains_key(&post.role) || post.role.as_str() == BY_HAND;
    report.resolves(known, format!("{at}.role"), "role", post.role.as_str());
    for (list, name) in [(&post.departments, "departments"), (&post.supervises, "supervises")] {
        for key in list {
            let known = centre.departments.contains_key(key);
            report.resolves(known, format!("{at}.{name}"), "department", key.as_str());
        }
    }
    for (key, skill) in &post.teams {
        report.resolves(centre.teams.contains_key(key), format!("{at}.teams"), "team", key.as_str());
        let at = format!("{at}.teams.{key}");
        report.need((1..=100).contains(skill), at, format!("{skill} is not a skill"), "put 1 to 100");
    }
    for key in &post.leads {
        report.resolves(centre.teams.contains_key(key), format!("{at}.leads"), "team", key.as_str());
    }
    for language in &post.languages {
        check_language(&format!("{at}.languages"), language, report);
    }
    if let Some(mailbox) = &post.email {
        need_mailbox(&format!("{at}.email"), mailbox, report);
    }
}
