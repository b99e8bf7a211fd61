//! The operators: their posts, their passwords, whether they may sign in.

use super::{
    act::{ATTEMPTS, is_removed, stays_administered},
    admit::Admin,
    brief::{in_short, of_operator},
    fault::{Fault, FaultCode},
    reach,
    reform::Staffed,
    regrant,
    told::Told,
};
use crate::{
    centre::{BY_HAND, Centre, Colleague, Post, Scope, check_people, is_administrator},
    http::login_key,
    password::{self, PasswordError},
    start::generated_password,
    store::{AuditLine, CommitError, OperatorRow, Reform, Work},
};
use axum::{Extension, Json, extract::Path, http::StatusCode};
use otklik_model::{OperatorId, Right, RoleKey, clean_name};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The longest name of an operator, in characters.
pub(super) const NAME_CHARS: usize = 100;
/// The shortest password of an administrator, in characters.
const ADMINISTRATOR_CHARS: usize = 15;

/// An operator.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OperatorView {
    /// His id.
    id: Uuid,
    /// What he signs in with.
    login: String,
    /// The name that customers and colleagues see.
    name: String,
    /// He may not sign in.
    disabled: bool,
    /// Whether he has a password.
    has_password: bool,
    /// What he does here.
    #[schema(value_type = Object)]
    post: Post,
    /// What follows from it: what he may do, and how far it reaches.
    #[schema(value_type = BTreeMap<String, String>)]
    rights: BTreeMap<Right, Scope>,
    /// Grows with each change.
    version: u64,
}

impl From<OperatorRow> for OperatorView {
    fn from(row: OperatorRow) -> Self {
        Self {
            id: row.id.0,
            has_password: row.password.is_some(),
            login: row.login,
            name: row.name,
            disabled: row.disabled,
            post: row.post,
            rights: row.grants.rights,
            version: row.version,
        }
    }
}

/// A new operator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    /// What he signs in with.
    login: String,
    /// The name that customers and colleagues see.
    name: String,
    /// His password; one is made, and told once, if none is given.
    #[serde(default)]
    password: Option<String>,
    /// What he does here; an ordinary operator's post, if not given.
    #[serde(default)]
    #[schema(value_type = Object)]
    post: Post,
}

/// Another post.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPost {
    /// The version of the operator it was made from; the newest, if not given.
    #[serde(default)]
    version: Option<u64>,
    /// Another name; the present one, if not given.
    #[serde(default)]
    name: Option<String>,
    /// What he does here.
    #[schema(value_type = Object)]
    post: Post,
}

/// Another password.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPassword {
    /// The password; one is made, and told once, if none is given.
    password: Option<String>,
}

/// A password that was made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadePassword {
    /// The operator.
    login: String,
    /// The password, if it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

/// The operators that your right reaches.
#[utoipa::path(get, path = "/api/v1/admin/operators", tag = "operators",
    responses((status = 200, body = [OperatorView]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn list(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Vec<OperatorView>>, Fault> {
    let people = admin.people().await?;
    let reached = people.into_iter().filter(|row| !is_removed(row) && admin.reaches(&row.post));
    Ok(Json(reached.map(OperatorView::from).collect()))
}

/// One operator.
#[utoipa::path(get, path = "/api/v1/admin/operators/{login}", tag = "operators",
    params(("login" = String, Path, description = "Whose")),
    responses((status = 200, body = OperatorView), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn show(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
) -> Result<Json<OperatorView>, Fault> {
    Ok(Json(admin.find(&login).await?.into()))
}

/// Adds an operator.
#[utoipa::path(post, path = "/api/v1/admin/operators", tag = "operators", request_body = NewOperator,
    responses((status = 200, body = MadePassword), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn add(
    Extension(admin): Extension<Arc<Admin>>,
    Told(NewOperator { login, name, password, post }): Told<NewOperator>,
) -> Result<Json<MadePassword>, Fault> {
    let centre = admin.centre().await?.centre;
    let (row, made) = new_row(&login, &name, password, post, &centre).await?;
    admin.may_give(&centre, &row.login, &row.post)?;
    let detail = json!({ "changes": in_short(&of_operator(None, &row)) });
    let line = admin.line("operator.added", &row.login, detail);
    for _ in 0..ATTEMPTS {
        let (present, were) = (admin.centre().await?, admin.people().await?);
        if were.iter().any(|other| other.login == row.login) {
            return Err(FaultCode::Taken.into());
        }
        let are: Vec<_> = were.iter().chain([&row]).cloned().collect();
        let staffed = Staffed { centre: &present.centre, people: &are };
        if admin.settle(admin.reform((&present, &were), staffed, String::new()), line.clone()).await? {
            return Ok(Json(MadePassword { login: row.login, password: made.map(|made| made.to_string()) }));
        }
    }
    Err(FaultCode::Unavailable.into())
}

/// Gives an operator another post. His workplaces start afresh if his rights differ.
#[utoipa::path(put, path = "/api/v1/admin/operators/{login}/post", tag = "operators", request_body = NewPost,
    params(("login" = String, Path, description = "Whose")),
    responses((status = 200, body = OperatorView), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn post(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
    Told(NewPost { version, name, post }): Told<NewPost>,
) -> Result<Json<OperatorView>, Fault> {
    let centre = admin.centre().await?.centre;
    let name = name.map(|name| clean_name(&name, NAME_CHARS));
    if name.as_ref().is_some_and(String::is_empty) {
        return Err(Fault::malformed("name: it is empty"));
    }
    admin
        .change_operator(&login, Act { version, ..Act::of("operator.posted") }, |row| {
            admin.may_give(&centre, &row.login, &post)?;
            row.post = post.clone();
            row.name = name.clone().unwrap_or_else(|| row.name.clone());
            Ok(())
        })
        .await?;
    Ok(Json(admin.find(&login).await?.into()))
}

/// Gives an operator another password, and signs him out everywhere.
#[utoipa::path(post, path = "/api/v1/admin/operators/{login}/password", tag = "operators", request_body = NewPassword,
    params(("login" = String, Path, description = "Whose")),
    responses((status = 200, body = MadePassword), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn password(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
    Told(NewPassword { password }): Told<NewPassword>,
) -> Result<Json<MadePassword>, Fault> {
    let centre = admin.centre().await?.centre;
    let long = is_administrator(&centre, &admin.find(&login).await?.post);
    let (hash, made) = hashed(password, long).await?;
    let row = admin
        .change_operator(&login, Act { signs_out: true, ..Act::of("operator.password") }, |row| {
            row.password = Some(hash.clone());
            Ok(())
        })
        .await?;
    Ok(Json(MadePassword { login: row.login, password: made.map(|made| made.to_string()) }))
}

/// Lets an operator sign in no more, and signs him out everywhere.
#[utoipa::path(post, path = "/api/v1/admin/operators/{login}/disable", tag = "operators",
    params(("login" = String, Path, description = "Whom")),
    responses((status = 204), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn disable(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
) -> Result<StatusCode, Fault> {
    let disable = |row: &mut OperatorRow| {
        row.disabled = true;
        Ok(())
    };
    admin.change_operator(&login, Act { signs_out: true, ..Act::of("operator.disabled") }, disable).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets an operator sign in again.
#[utoipa::path(post, path = "/api/v1/admin/operators/{login}/enable", tag = "operators",
    params(("login" = String, Path, description = "Whom")),
    responses((status = 204), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn enable(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
) -> Result<StatusCode, Fault> {
    let enable = |row: &mut OperatorRow| {
        row.disabled = false;
        Ok(())
    };
    admin.change_operator(&login, Act::of("operator.enabled"), enable).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives up an operator's account. His name stays in the conversations; his login is free again.
#[utoipa::path(delete, path = "/api/v1/admin/operators/{login}", tag = "operators",
    params(("login" = String, Path, description = "Whom")),
    responses((status = 204), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn remove(
    Extension(admin): Extension<Arc<Admin>>,
    Path(login): Path<String>,
) -> Result<StatusCode, Fault> {
    let give_up = |row: &mut OperatorRow| {
        row.disabled = true;
        row.password = None;
        row.login = format!("~{}", row.id);
        row.post = Post { is_bot: row.post.is_bot, ..Post::default() };
        Ok(())
    };
    admin.change_operator(&login, Act { signs_out: true, ..Act::of("operator.removed") }, give_up).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Admin {
    fn reaches(&self, post: &Post) -> bool {
        reach::reaches_post(self.grants(), &self.row.post, post)
    }

    /// An operator that his right reaches.
    pub(super) async fn find(&self, login: &str) -> Result<OperatorRow, Fault> {
        let office = &self.open.office;
        let found = office.store.operator_by_login(office.workspace.id, &login_key(login)).await?;
        let reached = found.filter(|row| !is_removed(row) && self.reaches(&row.post));
        reached.ok_or(Fault::new(FaultCode::NotFound))
    }

    /// Whether a post makes sense, and is his to give.
    pub(super) fn may_give(&self, centre: &Centre, login: &str, post: &Post) -> Result<(), Fault> {
        if !self.reaches(post) {
            return Err(FaultCode::Forbidden.into());
        }
        let problems: Vec<_> = check_people(centre, &[Colleague { login, post, disabled: false }])
            .into_iter()
            .filter(|problem| problem.at.starts_with("operators."))
            .collect();
        if !problems.is_empty() {
            return Err(Fault::problems(problems));
        }
        let gives = centre.roles.get(&post.role).map(|role| &role.rights);
        let within = gives.is_none_or(|rights| reach::is_within(self.grants(), rights));
        // Rights given one by one are the command line's: from here nobody can tell what they would be.
        if within && post.role.as_str() != BY_HAND { Ok(()) } else { Err(FaultCode::BeyondYours.into()) }
    }

    /// Changes an operator who has no more rights than the asker, and leaves somebody to administer. What follows for
    /// others, and the end of his sessions, is one commit with it.
    async fn change_operator(
        &self,
        login: &str,
        act: Act,
        change: impl Fn(&mut OperatorRow) -> Result<(), Fault> + Send,
    ) -> Result<OperatorRow, Fault> {
        let Act { what, version, signs_out } = act;
        for _ in 0..ATTEMPTS {
            let present = self.centre().await?;
            let row = self.find(login).await?;
            if !reach::is_within(self.grants(), &row.grants.rights) {
                return Err(FaultCode::BeyondYours.into());
            }
            if version.is_some_and(|version| version != row.version) {
                return Err(Fault { version: Some(row.version), ..Fault::new(FaultCode::Changed) });
            }
            let mut next = row.clone();
            change(&mut next)?;
            let were = self.people().await?;
            let are: Vec<_> =
                were.iter().map(|other| if other.id == next.id { next.clone() } else { other.clone() }).collect();
            let staffed = |people| Staffed { centre: &present.centre, people };
            stays_administered(staffed(&were), staffed(&are))?;
            let mut reform = self.reform((&present, &were), staffed(&are), String::new());
            if next == row {
                // What is so already needs nothing, and leaves no line.
                return Ok(row);
            }
            for person in reform.people.iter_mut().filter(|person| person.row.id == row.id) {
                person.signed_out = signs_out;
            }
            let line = self.line(what, &row.login, json!({ "changes": in_short(&of_operator(Some(&row), &next)) }));
            if self.settle(reform, line).await? {
                return Ok(next);
            }
        }
        Err(FaultCode::Unavailable.into())
    }

    /// Stores what an act comes to. Returns false if nothing was stored because somebody's row, or the configuration, is
    /// another one by now: a status changes often, and what matters is read and judged again.
    async fn settle(&self, reform: Reform, line: AuditLine) -> Result<bool, Fault> {
        match self.commit(Work::Reform(Box::new(reform)), line).await {
            Ok(_) => {
                // Somebody may have been added in the same moment.
                regrant(&self.open.office).await?;
                Ok(true)
            }
            Err(CommitError::Conflict) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}

/// What is done to an operator.
struct Act {
    /// Its code in the trail.
    what: &'static str,
    /// The version of the operator it was made from; the newest, if not given.
    version: Option<u64>,
    /// Whether all his sessions end.
    signs_out: bool,
}

impl Act {
    fn of(what: &'static str) -> Self {
        Self { what, version: None, signs_out: false }
    }
}

/// A role that is written here.
pub(super) fn role(key: &str) -> Result<RoleKey, Fault> {
    key.parse().map_err(|_| Fault::new(FaultCode::NotFound))
}

/// Whether somebody can sign in under this: it becomes a part of addresses, and "~" stands for who is gone.
pub(super) fn is_login(login: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"~/?#%".contains(c);
    !login.is_empty() && login.chars().all(plain)
}

/// A new operator's row, without rights yet, and the password if it was made.
pub(super) async fn new_row(
    login: &str,
    name: &str,
    password: Option<String>,
    post: Post,
    centre: &Centre,
) -> Result<(OperatorRow, Option<Zeroizing<String>>), Fault> {
    let (login, name) = (login_key(login), clean_name(name, NAME_CHARS));
    if !is_login(&login) {
        return Err(Fault::malformed("login: at least one character, and no spaces or ~ / ? # %"));
    }
    if name.is_empty() {
        return Err(Fault::malformed("name: it is empty"));
    }
    let (hash, made) = hashed(password, is_administrator(centre, &post)).await?;
    let row = OperatorRow { password: Some(hash), post, ..OperatorRow::new(OperatorId(Uuid::now_v7()), login, name) };
    Ok((row, made))
}

/// The hash of a password, and the password if it was made.
async fn hashed(password: Option<String>, long: bool) -> Result<(String, Option<Zeroizing<String>>), Fault> {
    let given = password.map(Zeroizing::new);
    if long && given.as_ref().is_some_and(|password| password.chars().count() < ADMINISTRATOR_CHARS) {
        let what = format!("an administrator's password has at least {ADMINISTRATOR_CHARS} characters");
        return Err(Fault { what: Some(what), ..Fault::new(FaultCode::WeakPassword) });
    }
    let (password, made) = match given {
        Some(password) => (password, None),
        None => {
            let made = generated_password().map_err(|_| FaultCode::Unavailable)?;
            (made.clone(), Some(made))
        }
    };
    let hash = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    let hash = hash.map_err(|_| FaultCode::Unavailable)?.map_err(|error| match error {
        PasswordError::Length | PasswordError::Known => {
            Fault { what: Some(error.to_string()), ..Fault::new(FaultCode::WeakPassword) }
        }
        PasswordError::Failed => FaultCode::Unavailable.into(),
    })?;
    Ok((hash, made))
}
