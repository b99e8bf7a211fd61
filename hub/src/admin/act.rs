//! Changes of the configuration: read, change, check, judge, commit with a line in the trail; or only tell.

use super::{
    admit::Admin,
    brief::in_short,
    fault::{Fault, FaultCode},
    reach,
    reform::Staffed,
    regrant,
};
use crate::{
    bus::Notice,
    centre::{
        Centre, Colleague, Problem, check_people,
        diff::{Difference, differences},
        exchange::{with_secrets_of, without_secrets},
        is_administrator,
    },
    store::{AuditLine, CentreRow, Commit, CommitError, Committed, OperatorRow, Reform, Work},
};
use otklik_model::{Outcome, Seq};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The longest note, in characters.
const NOTE_CHARS: usize = 500;

/// How often people are read again who were changed meanwhile.
pub(super) const ATTEMPTS: u32 = 8;

/// How a change is asked for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Terms {
    /// The version it was made from. Another one in force by now: `changed`. Without it the newest is changed.
    pub version: Option<u64>,
    /// Why, in your own words.
    pub note: String,
    /// Only tell what would change.
    pub dry_run: bool,
}

/// What a change came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// The version in force now.
    pub version: u64,
    /// What changed, or would change.
    pub changes: Vec<Difference>,
    /// Whether it was only told.
    pub dry_run: bool,
}

impl Terms {
    /// The note as it is kept.
    pub(super) fn kept_note(&self) -> String {
        otklik_model::clean_name(&self.note, NOTE_CHARS)
    }
}

impl Admin {
    /// The configuration in force.
    pub(super) async fn centre(&self) -> Result<CentreRow, Fault> {
        let office = &self.open.office;
        Ok(office.store.centre(office.workspace.id).await?.called(&office.settings.desk))
    }

    /// The configuration of a version, if there was one.
    pub(super) async fn centre_of(&self, version: u64) -> Result<Option<CentreRow>, Fault> {
        let office = &self.open.office;
        match version {
            0 => Ok(Some(CentreRow::first().called(&office.settings.desk))),
            _ => Ok(office.store.centre_at(office.workspace.id, version).await?),
        }
    }

    /// Everybody who works here.
    pub(super) async fn people(&self) -> Result<Vec<OperatorRow>, Fault> {
        Ok(self.open.office.store.operators(self.open.office.workspace.id).await?)
    }

    /// A line of the trail about what he does.
    pub(super) fn line(&self, what: &str, subject: impl Into<String>, detail: Value) -> AuditLine {
        AuditLine { by: Some(self.row.id), what: what.to_owned(), subject: subject.into(), detail }
    }

    /// Notes something that changes nothing.
    pub(super) async fn note(&self, line: AuditLine) -> Result<(), Fault> {
        let office = &self.open.office;
        Ok(office.store.add_audit(office.workspace.id, office.now(), line).await?)
    }

    /// Commits work and its line together, and tells everybody that the log has grown. An act is one commit, and so it
    /// has one line.
    pub(super) async fn commit(&self, work: Work, line: AuditLine) -> Result<Committed, CommitError> {
        let office = &self.open.office;
        let outcome = Outcome::Done { at_seq: Seq(0), message: None };
        let commit = Commit { audit: Some(line), ..Commit::new(office.workspace.id, office.now(), work, outcome) };
        let committed = office.store.commit(commit).await?;
        office.bus.publish(Notice::Reached(office.workspace.id, committed.head));
        Ok(committed)
    }

    /// Everything that is wrong with a configuration for these people.
    pub(super) fn problems(centre: &Centre, people: &[OperatorRow]) -> Vec<Problem> {
        let mut problems = centre.check(crate::script::compiles);
        problems.extend(check_people(centre, &colleagues(people)));
        problems
    }

    /// Changes the configuration, or tells what would change.
    pub(super) async fn change(
        &self,
        terms: Terms,
        subject: &str,
        edit: impl FnOnce(&mut Centre) -> Result<(), Fault> + Send,
    ) -> Result<Verdict, Fault> {
        let present = self.made_from(&terms).await?;
        let mut next = present.centre.clone();
        edit(&mut next)?;
        next.carry_channel_rules(&present.centre.name);
        let next = with_secrets_of(next, &present.centre);
        let changes = told(&present.centre, &next);
        if next == present.centre {
            return Ok(Verdict { version: present.version, changes, dry_run: terms.dry_run });
        }
        let detail = json!({ "version": present.version + 1, "changes": in_short(&changes) });
        let line = self.line("centre.changed", subject, detail);
        for _ in 0..ATTEMPTS {
            let people = self.people().await?;
            let (before, after) =
                (Staffed { centre: &present.centre, people: &people }, Staffed { centre: &next, people: &people });
            self.judge(before, after)?;
            if terms.dry_run {
                return Ok(Verdict { version: present.version, changes, dry_run: true });
            }
            let reform = self.reform((&present, &people), after, terms.kept_note());
            if self.store(&present, reform, line.clone()).await? {
                return Ok(Verdict { version: present.version + 1, changes, dry_run: false });
            }
        }
        Err(FaultCode::Unavailable.into())
    }

    /// The configuration in force, which has to be the one that a change was made from, if it names one.
    pub(super) async fn made_from(&self, terms: &Terms) -> Result<CentreRow, Fault> {
        let present = self.centre().await?;
        match terms.version {
            Some(version) if version != present.version => Err(self.overtaken(version, &present).await?),
            Some(_) | None => Ok(present),
        }
    }

    /// Stores all of it, with the one line of the act. Returns false if nothing was stored because somebody's row is another one by now: a status
    /// changes often, and what follows from it is nothing; so all is read and judged again.
    ///
    /// # Errors
    /// [`FaultCode::Changed`] if the configuration is another one by now.
    pub(super) async fn store(&self, present: &CentreRow, reform: Reform, line: AuditLine) -> Result<bool, Fault> {
        match self.commit(Work::Reform(Box::new(reform)), line).await {
            Ok(_) => {
                // Somebody may have been added in the same moment.
                regrant(&self.open.office).await?;
                Ok(true)
            }
            Err(CommitError::Conflict) => {
                let newest = self.centre().await?;
                if newest.version == present.version {
                    return Ok(false);
                }
                Err(self.overtaken(present.version, &newest).await?)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Whether the rights cover a change, what is wrong with it, and whether somebody can administer afterwards.
    pub(super) fn judge(&self, before: Staffed<'_>, after: Staffed<'_>) -> Result<(), Fault> {
        let refused = reach::refused(before.centre, after.centre, self.grants());
        let places =
            |places: Vec<String>| places.into_iter().map(|at| Difference { at, what: String::new() }).collect();
        if !refused.forbidden.is_empty() {
            return Err(Fault { changes: places(refused.forbidden), ..Fault::new(FaultCode::Forbidden) });
        }
        if !refused.beyond.is_empty() {
            return Err(Fault { changes: places(refused.beyond), ..Fault::new(FaultCode::BeyondYours) });
        }
        let problems = Self::problems(after.centre, after.people);
        if !problems.is_empty() {
            return Err(Fault::problems(problems));
        }
        stays_administered(before, after)
    }

    /// What happened to the configuration since somebody read it.
    async fn overtaken(&self, read: u64, present: &CentreRow) -> Result<Fault, Fault> {
        let read = self.centre_of(read).await?.map_or_else(Centre::default, |row| row.centre);
        let changes = told(&read, &present.centre);
        Ok(Fault { version: Some(present.version), changes, ..Fault::new(FaultCode::Changed) })
    }
}

/// People as the checks see them.
pub(super) fn colleagues(people: &[OperatorRow]) -> Vec<Colleague<'_>> {
    people
        .iter()
        .filter(|row| !is_removed(row))
        .map(|row| Colleague { login: &row.login, post: &row.post, disabled: row.disabled })
        .collect()
}

/// Whether an account was given up: its name stays in the conversations, its login is free.
pub(super) fn is_removed(row: &OperatorRow) -> bool {
    row.login.starts_with('~')
}

/// Refuses what leaves nobody to administer, if there was somebody.
pub(super) fn stays_administered(before: Staffed<'_>, after: Staffed<'_>) -> Result<(), Fault> {
    let any = |Staffed { centre, people }: Staffed<'_>| {
        people.iter().any(|row| !row.disabled && row.password.is_some() && is_administrator(centre, &row.post))
    };
    if any(before) && !any(after) { Err(FaultCode::LastAdministrator.into()) } else { Ok(()) }
}

/// What differs, without secrets; that a secret differs is told.
fn told(before: &Centre, after: &Centre) -> Vec<Difference> {
    let value = |centre: &Centre| serde_json::to_value(centre).unwrap_or_default();
    let mut changes = differences(&value(&without_secrets(before)), &value(&without_secrets(after)));
    let secrets = differences(&value(before), &value(after));
    changes.extend(secrets.into_iter().filter(|change| change.at.ends_with(".secret")));
    changes.sort();
    changes
}
