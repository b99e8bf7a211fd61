//! Who works here: statuses, roles, departments, teams, and what one operator's post is.

use super::{Centre, Forms, OwnQueueLimits, OwnTimeOuts};
use otklik_model::{DepartmentKey, OperatorId, OperatorStatus, Right, Rights, RoleKey, StatusKey, TeamKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A status of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// Its key.
    pub key: StatusKey,
    /// Its name by language.
    pub names: BTreeMap<String, String>,
    /// What it means for distribution.
    pub kind: OperatorStatus,
    /// Whether he may take dialogs by hand.
    pub manual_take: bool,
}

/// How far a right reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// What concerns him and what nobody has taken in his departments.
    Own,
    /// What concerns the teams he leads.
    Team,
    /// What concerns the departments he supervises.
    Department,
    /// Everything.
    All,
}

/// A set of rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name by language.
    pub names: BTreeMap<String, String>,
    /// What may be done, and how far it reaches.
    pub rights: BTreeMap<Right, Scope>,
}

/// A department.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Department {
    /// Its name by language.
    pub names: BTreeMap<String, String>,
    /// Takes no new dialogs.
    pub disabled: bool,
    /// Its working hours by name; those of the centre without one.
    pub hours: Option<String>,
    /// Its new dialogs and what a bot gives up are routed: by the outside router, if the centre has one. What a bot gives
    /// up is, without one, routed by the centre's script.
    pub routing: bool,
    /// The team that gets its dialogs, by the skill each has in it; without one everybody of the department does.
    pub team: Option<TeamKey>,
    /// Its own time-outs, laid over the centre's.
    pub time_outs: Option<OwnTimeOuts>,
    /// Its own limits of its queue, laid over the centre's.
    pub queue_limits: Option<OwnQueueLimits>,
    /// Whether a category has to be chosen before a dialog of it is closed; as in the centre, if it does not say.
    pub category_required: Option<bool>,
    /// Its own forms for contacts, laid over the centre's.
    pub forms: Option<Forms>,
    /// Restricted customers belong here: others do not see them.
    pub restricted: bool,
}

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Team {
    /// Its name by language.
    pub names: BTreeMap<String, String>,
}

/// What one operator does here. Kept with the operator's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Post {
    /// His role.
    pub role: RoleKey,
    /// Departments he works for; all of them, if none is named.
    pub departments: BTreeSet<DepartmentKey>,
    /// Departments he supervises.
    pub supervises: BTreeSet<DepartmentKey>,
    /// Teams he belongs to, with his skill in each, 1 to 100.
    pub teams: BTreeMap<TeamKey, u8>,
    /// Teams he leads.
    pub leads: BTreeSet<TeamKey>,
    /// Languages he answers in, as the first part of a BCP 47 tag; all of them, if none is named.
    pub languages: BTreeSet<String>,
    /// What his dialogs may weigh together, in hundredths of an ordinary one; 0: he gets none by himself.
    pub most: u32,
    /// Where transcripts go.
    pub email: Option<String>,
    /// A program answers under this account.
    pub is_bot: bool,
}

impl Default for Post {
    fn default() -> Self {
        Self {
            role: key("operator"),
            departments: BTreeSet::new(),
            supervises: BTreeSet::new(),
            teams: BTreeMap::new(),
            leads: BTreeSet::new(),
            languages: BTreeSet::new(),
            most: 500,
            email: None,
            is_bot: false,
        }
    }
}

/// Who an operator is to the rules of sight and rights: computed from his post and the centre, and kept with him.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// What he may do, and how far it reaches.
    pub rights: BTreeMap<Right, Scope>,
    /// Departments he works for; `None`: all of them.
    pub departments: Option<BTreeSet<DepartmentKey>>,
    /// Departments he supervises.
    pub supervises: BTreeSet<DepartmentKey>,
    /// Operators of the teams he leads.
    pub led: BTreeSet<OperatorId>,
    /// Languages he answers in, as the first part of a BCP 47 tag; `None`: all of them.
    #[serde(default)]
    pub languages: Option<BTreeSet<String>>,
    /// The centre's departments for restricted customers, his own ones among them.
    #[serde(default)]
    pub restricted: BTreeSet<DepartmentKey>,
}

/// Who is in which team, by the posts of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Teams(BTreeMap<TeamKey, BTreeSet<OperatorId>>);

impl Teams {
    /// From everybody's posts.
    pub fn of<'a>(posts: impl IntoIterator<Item = (OperatorId, &'a Post)>) -> Self {
        let mut members: BTreeMap<TeamKey, BTreeSet<OperatorId>> = BTreeMap::new();
        for (operator, post) in posts {
            for team in post.teams.keys() {
                members.entry(team.clone()).or_default().insert(operator);
            }
        }
        Self(members)
    }

    /// Who is in it; nobody, if there is no such team.
    pub fn members(&self, team: &TeamKey) -> impl Iterator<Item = OperatorId> {
        self.0.get(team).into_iter().flatten().copied()
    }
}

/// The role of the one operator of a desk of one's own.
#[must_use]
pub fn colleague() -> RoleKey {
    key("colleague")
}

/// What a post allows its operator. A role that the centre does not have allows nothing.
#[must_use]
pub fn grants_of(post: &Post, centre: &Centre, teams: &Teams) -> Grants {
    let named = |keys: &BTreeSet<DepartmentKey>| (!keys.is_empty()).then(|| keys.clone());
    Grants {
        rights: centre.roles.get(&post.role).map(|role| role.rights.clone()).unwrap_or_default(),
        departments: named(&post.departments),
        supervises: post.supervises.clone(),
        led: post.leads.iter().flat_map(|team| teams.members(team)).collect(),
        languages: (!post.languages.is_empty()).then(|| post.languages.clone()),
        restricted: centre.departments.iter().filter(|(_, of)| of.restricted).map(|(key, _)| key.clone()).collect(),
    }
}

impl Grants {
    /// What a plain set of rights means: all of it everywhere. Whoever may take dialogs sees the queue.
    #[must_use]
    pub fn everywhere(rights: &Rights) -> Self {
        let queue = rights.contains(&Right::Accept).then_some(Right::SeeQueue);
        let rights = rights.iter().copied().chain(queue).map(|right| (right, Scope::All)).collect();
        Self { rights, ..Self::default() }
    }

    /// Whether he works in this department by name, or supervises it: what restricted customers are guarded for.
    #[must_use]
    pub fn works_in(&self, department: &DepartmentKey) -> bool {
        self.departments.as_ref().is_some_and(|his| his.contains(department)) || self.supervises.contains(department)
    }

    /// The rights without their scopes, as they are told to workplaces.
    #[must_use]
    pub fn flat(&self) -> Rights {
        self.rights.keys().copied().collect()
    }
}

/// A key that is written here, and so is good.
fn key<K: TryFrom<String>>(text: &str) -> K
where
    K::Error: std::fmt::Debug,
{
    #[expect(clippy::expect_used, reason = "a literal of this file, and a test reads them all")]
    K::try_from(text.to_owned()).expect("a good key")
}

fn names(russian: &str, english: &str) -> BTreeMap<String, String> {
    [("ru".to_owned(), russian.to_owned()), ("en".to_owned(), english.to_owned())].into()
}

/// The statuses a centre begins with.
pub(super) fn usual_statuses() -> Vec<Status> {
    let status = |name: &str, russian: &str, english: &str, kind, manual_take| Status {
        key: key(name),
        names: names(russian, english),
        kind,
        manual_take,
    };
    vec![
        status("online", "В сети", "Online", OperatorStatus::Online, true),
        status("offline-requests", "Офлайн-обращения", "Offline requests", OperatorStatus::OfflineRequests, true),
        status("invisible", "Невидимый", "Invisible", OperatorStatus::Break, true),
        status("lunch", "Обед", "Lunch", OperatorStatus::Break, false),
        status("break", "Перерыв", "Break", OperatorStatus::Break, false),
        status("meeting", "Встреча", "Meeting", OperatorStatus::Break, false),
        status("training", "Обучение", "Training", OperatorStatus::Break, false),
        status("offline", "Не в сети", "Offline", OperatorStatus::Offline, false),
    ]
}

/// The roles a centre begins with: domain rules of operators, team leads, supervisors and administrators.
pub(super) fn usual_roles() -> BTreeMap<RoleKey, Role> {
    use Scope::{All, Department as Dept, Own, Team as InTeam};
    let role = |name: &str, russian: &str, english: &str, parts: &[(Scope, &[Right])]| {
        let rights = parts.iter().flat_map(|(scope, rights)| rights.iter().map(|right| (*right, *scope))).collect();
        (key::<RoleKey>(name), Role { names: names(russian, english), rights })
    };
    let daily: &[Right] = &[
        Right::Accept,
        Right::SeeQueue,
        Right::CloseOwn,
        Right::TransferOwn,
        Right::Note,
        Right::EditOwn,
        Right::DeleteOwn,
        Right::Sort,
        Right::EditCustomer,
        Right::Block,
        Right::Transcript,
        Right::RequestContact,
        Right::SendFile,
        Right::Invite,
        Right::SeeContacts,
        Right::SetOwnStatus,
        Right::EditTemplates,
    ];
    let leading: &[Right] = &[
        Right::SeeOthers,
        Right::AnswerOthers,
        // Whoever answers in another's dialog puts right what he said there, sends a file, and leaves a note.
        Right::Note,
        Right::EditOwn,
        Right::DeleteOwn,
        Right::SendFile,
        Right::Assign,
        Right::TransferOthers,
        Right::CloseOthers,
        Right::SeeStatuses,
        Right::SeeReports,
    ];
    let supervising: &[Right] =
        &[Right::Unblock, Right::SetOthersStatus, Right::EditSharedTemplates, Right::EditSchedule];
    let administering: &[Right] = &[
        Right::ForceAssign,
        Right::SeeRatings,
        Right::SeeRestricted,
        Right::SetBotStatus,
        Right::EditOperators,
        Right::EditDepartments,
        Right::EditSettings,
        Right::SeeAudit,
    ];
    let alone: &[Right] = &[Right::Unblock, Right::SeeRatings, Right::SeeRestricted, Right::ForceAssign];
    [
        role("operator", "Оператор", "Operator", &[(Own, daily)]),
        role("team-lead", "Руководитель группы", "Team lead", &[(Own, daily), (InTeam, leading)]),
        role("supervisor", "Супервизор", "Supervisor", &[(Own, daily), (Dept, leading), (Dept, supervising)]),
        role(
            "administrator",
            "Администратор",
            "Administrator",
            &[(All, daily), (All, leading), (All, supervising), (All, administering)],
        ),
        // What the one operator of a desk of one's own is: everything but the work of administrators. Nobody else is
        // there to lift the blocks he sets.
        role("colleague", "Сотрудник", "Colleague", &[(All, daily), (All, leading), (All, alone)]),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_centre_begins_with_hangs_together() {
        assert!(usual_statuses().iter().any(|status| status.kind == OperatorStatus::Online));
        assert!(usual_roles().contains_key(&Post::default().role));
    }

    /// An operator may block and not unblock, a team lead unblocks if he is allowed to, those above him may both; so may
    /// whoever works alone.
    #[test]
    fn who_blocks_and_who_lifts_a_block() {
        use Scope::{All, Department, Own};
        let roles = usual_roles();
        for (name, block, unblock) in [
            ("operator", Own, None),
            ("team-lead", Own, None),
            ("supervisor", Own, Some(Department)),
            ("administrator", All, Some(All)),
            ("colleague", All, Some(All)),
        ] {
            let rights = &roles[&key::<RoleKey>(name)].rights;
            let found = (rights.get(&Right::Block).copied(), rights.get(&Right::Unblock).copied());
            assert_eq!(found, (Some(block), unblock), "{name}");
        }
    }
}
