//! What administrators are told when the centre's script or its router fails: a line of the trail, and a letter.
//!
//! They are asked for every dialog, so the same trouble is told once in a while only: by this process, for as long as
//! it runs. It is told once its commit is stored: what gave way to another commit is asked again, and told with that.

use super::{Office, returned::Aside};
use crate::{
    bot::RouterTrouble,
    centre::is_administrator,
    script::ScriptTrouble,
    store::{AuditLine, Commit, Errand, ErrandKind, StoreError},
};
use otklik_model::Stamp;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What lines of the trail about troubles are about.
const SUBJECTS: [&str; 2] = ["script", "router"];
/// A line of the trail for each kind of trouble once in so long, in milliseconds.
const NOTED_MS: i64 = 60_000;
/// A letter about each kind of trouble once in so long, in milliseconds.
const WRITTEN_MS: i64 = 24 * 3_600_000;

/// When administrators were last told of each kind of trouble.
#[derive(Debug, Default)]
pub(super) struct Told {
    noted: BTreeMap<String, Stamp>,
    written: BTreeMap<String, Stamp>,
    last: BTreeMap<&'static str, (Stamp, String)>,
}

/// The newest trouble of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Trouble {
    /// Its code in the trail, such as `script.threw`.
    code: &'static str,
    /// When.
    #[schema(value_type = i64)]
    at: Stamp,
    /// What it was, in words.
    why: String,
}

/// Whether it is time to tell of something again.
fn is_time(told: &BTreeMap<String, Stamp>, code: &str, now: Stamp, after_ms: i64) -> bool {
    told.get(code).is_none_or(|at| now.0 >= at.0.saturating_add(after_ms))
}

/// What of troubles a commit tells, by their codes.
#[derive(Debug)]
pub(super) struct Telling {
    at: Stamp,
    noted: Option<String>,
    written: Vec<String>,
}

impl Telling {
    pub(super) fn of(commit: &Commit) -> Self {
        let of_troubles = |line: &&AuditLine| SUBJECTS.contains(&line.subject.as_str());
        let written = commit.errands.iter().filter_map(|errand| {
            if let ErrandKind::TellOfScript { code, .. } = &errand.kind { Some(code.clone()) } else { None }
        });
        Self {
            at: commit.at,
            noted: commit.audit.as_ref().filter(of_troubles).map(|line| line.what.clone()),
            written: written.collect(),
        }
    }
}

impl Office {
    /// What is stored beside a dialog that the script should have placed.
    pub(super) async fn tell_of_script(&self, trouble: &ScriptTrouble) -> Result<Aside, StoreError> {
        self.tell_of("script", trouble.code(), trouble.to_string()).await
    }

    /// What is stored beside a dialog that the outside router should have placed.
    pub(super) async fn tell_of_router(&self, trouble: RouterTrouble) -> Result<Aside, StoreError> {
        tracing::warn!(%trouble, "a dialog goes on without the router's word");
        self.tell_of("router", trouble.code(), trouble.to_string()).await
    }

    /// Remembers what `status` tells.
    pub(crate) fn remember_trouble(&self, code: &'static str, why: &str) {
        self.script_troubles.lock().last.insert(code, (self.now(), why.to_owned()));
    }

    /// The newest trouble of each kind with scripts, routers and bots since this process runs, by code.
    pub(crate) fn last_troubles(&self) -> Vec<Trouble> {
        let told = self.script_troubles.lock();
        told.last.iter().map(|(code, (at, why))| Trouble { code, at: *at, why: why.clone() }).collect()
    }

    /// A commit is stored, and with it what it tells of troubles.
    pub(super) fn has_told(&self, Telling { at, noted, written }: Telling) {
        if noted.is_some() || !written.is_empty() {
            let mut told = self.script_troubles.lock();
            told.noted.extend(noted.map(|code| (code, at)));
            told.written.extend(written.into_iter().map(|code| (code, at)));
        }
    }

    async fn tell_of(&self, subject: &str, code: &'static str, why: String) -> Result<Aside, StoreError> {
        let now = self.now();
        self.remember_trouble(code, &why);
        let (noted, written) = {
            let told = self.script_troubles.lock();
            let noted = is_time(&told.noted, code, now, NOTED_MS);
            (noted, self.settings.mailer.is_some() && is_time(&told.written, code, now, WRITTEN_MS))
        };
        let errands = if written { self.letters_about(code, &why, now).await? } else { Vec::new() };
        let detail = json!({ "why": why });
        let line = AuditLine { by: None, what: code.to_owned(), subject: subject.to_owned(), detail };
        Ok(Aside { errands, audit: noted.then_some(line), turn: None })
    }

    /// One to each administrator who has a mailbox.
    async fn letters_about(&self, code: &str, why: &str, at: Stamp) -> Result<Vec<Errand>, StoreError> {
        let centre = self.centre();
        let rows = self.store.operators(self.workspace.id).await?;
        let told = rows.into_iter().filter(|row| !row.disabled && is_administrator(&centre, &row.post));
        let letter = |to: String| {
            let kind = ErrandKind::TellOfScript { to, code: code.to_owned(), why: why.to_owned(), at };
            Errand { id: Uuid::now_v7(), kind, due_at: at, attempts: 0 }
        };
        Ok(told.filter_map(|row| row.post.email).map(letter).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Work;
    use otklik_model::{Outcome, Seq, WorkspaceId};

    #[test]
    fn what_a_commit_tells_of_troubles_is_read_from_it() {
        let line = |subject: &str| AuditLine {
            by: None,
            what: "script.threw".into(),
            subject: subject.into(),
            detail: json!({}),
        };
        let letter = ErrandKind::TellOfScript {
            to: "anna@shop.example".into(),
            code: "script.late".into(),
            why: "it was late".into(),
            at: Stamp(7),
        };
        let errand = Errand { id: Uuid::nil(), kind: letter, due_at: Stamp(7), attempts: 0 };
        let done = Outcome::Done { at_seq: Seq(0), message: None };
        let commit = Commit {
            audit: Some(line("script")),
            errands: vec![errand],
            ..Commit::new(WorkspaceId(Uuid::nil()), Stamp(9), Work::Nothing, done)
        };
        let Telling { at, noted, written } = Telling::of(&commit);
        assert_eq!((at, noted.as_deref(), written), (Stamp(9), Some("script.threw"), vec!["script.late".to_owned()]));
        let of_somebody = Commit { audit: Some(line("vera")), errands: Vec::new(), ..commit };
        assert_eq!(Telling::of(&of_somebody).noted, None, "not every line is about a trouble");
    }

    #[test]
    fn the_same_trouble_is_told_again_after_a_while() {
        let mut told = BTreeMap::new();
        assert!(is_time(&told, "script.threw", Stamp(5), NOTED_MS));
        assert!(is_time(&told, "script.threw", Stamp(5), NOTED_MS), "asked is not told");
        told.insert("script.threw".to_owned(), Stamp(5));
        assert!(!is_time(&told, "script.threw", Stamp(4 + NOTED_MS), NOTED_MS));
        assert!(is_time(&told, "script.threw", Stamp(5 + NOTED_MS), NOTED_MS));
    }
}
