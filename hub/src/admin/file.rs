//! The whole centre as one file, with the operators.

use super::{
    act::{ATTEMPTS, Terms, is_removed},
    admit::Admin,
    brief::in_short,
    fault::{Fault, FaultCode},
    people::{NAME_CHARS, is_login, new_row},
    reach,
    reform::Staffed,
    told::Text,
};
use crate::{
    centre::{
        Centre,
        diff::Difference,
        exchange::{ExchangeError, Person, Syntax, Whole, with_secrets_of},
    },
    http::login_key,
    store::OperatorRow,
};
use axum::{
    Extension, Json,
    extract::Query,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use otklik_model::{OperatorId, Right, clean_name};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How it is written.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// `toml`, if not given, or `json`.
    #[serde(default)]
    format: Option<String>,
}

/// What taking a file over came to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Taken {
    /// The version in force now.
    version: u64,
    /// What changed, or would change.
    changes: Vec<Difference>,
    /// Whether it was only told.
    dry_run: bool,
    /// Passwords of operators who were added, by login: told once.
    passwords: BTreeMap<String, String>,
}

/// The whole centre as a file: no passwords, no bots' secrets, always in the same order.
#[utoipa::path(get, path = "/api/v1/admin/centre/file", tag = "centre", params(How),
    responses((status = 200, description = "TOML or JSON", content_type = "application/toml"),
        (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn export(
    Extension(admin): Extension<Arc<Admin>>,
    Query(How { format }): Query<How>,
) -> Result<Response, Fault> {
    let (syntax, kind) = match format.as_deref() {
        None | Some("toml") => (Syntax::Toml, "application/toml"),
        Some("json") => (Syntax::Json, "application/json"),
        Some(_) => return Err(Fault::malformed("format: toml or json")),
    };
    admin.needs_everything()?;
    let row = admin.centre().await?;
    let text = whole(&row.centre, &admin.people().await?).write(syntax)?;
    admin.note(admin.line("centre.exported", format!("version {}", row.version), json!({}))).await?;
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Takes a file over, or tells what would change. Operators who are not in the file stay as they are.
#[utoipa::path(post, path = "/api/v1/admin/centre/file", tag = "centre", params(Terms),
    request_body(content = String, content_type = "application/toml", description = "What was exported; or JSON"),
    responses((status = 200, body = Taken), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn import(
    Extension(admin): Extension<Arc<Admin>>,
    Query(terms): Query<Terms>,
    headers: HeaderMap,
    Text(text): Text,
) -> Result<Json<Taken>, Fault> {
    admin.needs_everything()?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let syntax = if kind.starts_with("application/json") { Syntax::Json } else { Syntax::Toml };
    let file = Whole::read(&text, syntax)?;
    let wanted = Wanted::new(&file.operators)?;
    let present = admin.made_from(&terms).await?;
    let mut next = with_secrets_of(file.centre, &present.centre);
    next.carry_channel_rules(&present.centre.name);
    let mut newcomers = Newcomers::default();
    for _ in 0..ATTEMPTS {
        let people = admin.people().await?;
        let after = Whole::new(&next, wanted.everybody(&people));
        let changes = after.differences_from(&whole(&present.centre, &people));
        admin.may_take_over(&present.centre, &people, &next, &wanted.rows(&people, &newcomers))?;
        let taken = |version, dry_run, passwords| Taken { version, changes: changes.clone(), dry_run, passwords };
        if terms.dry_run || changes.is_empty() && next == present.centre {
            return Ok(Json(taken(present.version, terms.dry_run, BTreeMap::new())));
        }
        newcomers.make(&wanted.rows(&people, &newcomers), &next).await?;
        let rows = wanted.rows(&people, &newcomers);
        let staffed = Staffed { centre: &next, people: &rows };
        let reform = admin.reform((&present, &people), staffed, terms.kept_note());
        let version = present.version + u64::from(reform.centre.is_some());
        let line = admin.line("centre.imported", "file", detail(version, &changes, (&people, &rows)));
        if admin.store(&present, reform, line).await? {
            return Ok(Json(taken(version, false, newcomers.passwords())));
        }
    }
    Err(FaultCode::Unavailable.into())
}

/// What a file leaves in the trail: one line, which names everybody it added or changed.
fn detail(version: u64, changes: &[Difference], (people, rows): (&[OperatorRow], &[OperatorRow])) -> Value {
    let whom: Vec<_> = rows.iter().filter(|row| !people.contains(row)).map(|row| &row.login).collect();
    json!({ "version": version, "changes": in_short(changes), "whom": whom })
}

/// All of a centre, as it is.
fn whole(centre: &Centre, people: &[OperatorRow]) -> Whole {
    let person = |row: &OperatorRow| {
        let person = Person { name: row.name.clone(), disabled: row.disabled, post: row.post.clone() };
        (row.login.clone(), person)
    };
    Whole::new(centre, people.iter().filter(|row| !is_removed(row)).map(person).collect())
}

/// The people of a file.
struct Wanted(BTreeMap<String, Person>);

impl Wanted {
    fn new(operators: &BTreeMap<String, Person>) -> Result<Self, Fault> {
        let mut wanted = BTreeMap::new();
        for (login, person) in operators {
            let name = clean_name(&person.name, NAME_CHARS);
            if *login != login_key(login) || login.starts_with('~') || login.is_empty() || name.is_empty() {
                return Err(Fault::malformed(format!("operators.{login}: a login in small letters and a name")));
            }
            wanted.insert(login.clone(), Person { name, ..person.clone() });
        }
        Ok(Self(wanted))
    }

    /// Everybody afterwards.
    fn everybody(&self, people: &[OperatorRow]) -> BTreeMap<String, Person> {
        let mut all = whole(&Centre::default(), people).operators;
        all.extend(self.0.clone());
        all
    }

    /// The rows afterwards.
    fn rows(&self, people: &[OperatorRow], newcomers: &Newcomers) -> Vec<OperatorRow> {
        let mut rows = people.to_vec();
        for (login, person) in &self.0 {
            match rows.iter_mut().find(|row| row.login == *login) {
                Some(row) => put(row, person),
                None => {
                    let mut row = newcomers.row(login, &person.name);
                    put(&mut row, person);
                    rows.push(row);
                }
            }
        }
        rows
    }
}

fn put(row: &mut OperatorRow, person: &Person) {
    row.name.clone_from(&person.name);
    row.disabled = person.disabled;
    row.post = person.post.clone();
}

/// Accounts that a file adds, with the passwords that were made for them.
#[derive(Default)]
struct Newcomers(BTreeMap<String, (OperatorRow, Option<Zeroizing<String>>)>);

impl Newcomers {
    /// Makes an account for everybody who has none.
    async fn make(&mut self, rows: &[OperatorRow], centre: &Centre) -> Result<(), Fault> {
        for row in rows.iter().filter(|row| row.version == 0) {
            if !self.0.contains_key(&row.login) {
                let made = new_row(&row.login, &row.name, None, row.post.clone(), centre).await?;
                self.0.insert(row.login.clone(), made);
            }
        }
        Ok(())
    }

    fn row(&self, login: &str, name: &str) -> OperatorRow {
        match self.0.get(login) {
            Some((row, _)) => row.clone(),
            // Whether all of it is allowed is asked before passwords are made: until then it counts as having one.
            None => {
                let row = OperatorRow::new(OperatorId(Uuid::now_v7()), login.to_owned(), name.to_owned());
                OperatorRow { password: Some(String::new()), ..row }
            }
        }
    }

    fn passwords(&self) -> BTreeMap<String, String> {
        let told = |(row, made): &(OperatorRow, Option<Zeroizing<String>>)| {
            made.as_ref().map(|made| (row.login.clone(), made.to_string()))
        };
        self.0.values().filter_map(told).collect()
    }
}

impl Admin {
    /// A file shows everything and changes everything.
    fn needs_everything(&self) -> Result<(), Fault> {
        let all = self.everywhere(Right::EditSettings) && self.everywhere(Right::EditOperators);
        if all { Ok(()) } else { Err(FaultCode::Forbidden.into()) }
    }

    /// Whether a file does nothing that its single parts could not do.
    fn may_take_over(
        &self,
        centre: &Centre,
        people: &[OperatorRow],
        next: &Centre,
        rows: &[OperatorRow],
    ) -> Result<(), Fault> {
        self.judge(Staffed { centre, people }, Staffed { centre: next, people: rows })?;
        for row in rows {
            let was = people.iter().find(|was| was.id == row.id);
            if was == Some(row) {
                continue;
            }
            if was.is_none() && !is_login(&row.login) {
                return Err(Fault::malformed(format!("operators.{}: no spaces or ~ / ? # %", row.login)));
            }
            if was.is_some_and(|was| !reach::is_within(self.grants(), &was.grants.rights)) {
                return Err(beyond(&row.login));
            }
            if was.is_none_or(|was| was.post != row.post) {
                let name = |fault: Fault| if fault.code == FaultCode::BeyondYours { beyond(&row.login) } else { fault };
                self.may_give(next, &row.login, &row.post).map_err(name)?;
            }
        }
        Ok(())
    }
}

/// Somebody who may do more than the asker, or would.
fn beyond(login: &str) -> Fault {
    let changes = vec![Difference { at: format!("operators.{login}"), what: String::new() }];
    Fault { changes, ..Fault::new(FaultCode::BeyondYours) }
}

impl From<ExchangeError> for Fault {
    fn from(error: ExchangeError) -> Self {
        let line = match &error {
            ExchangeError::Malformed { line, .. } => Some(*line),
            ExchangeError::Form(_) | ExchangeError::Unwritable(_) => None,
        };
        Self { line, ..Self::malformed(error.to_string()) }
    }
}
