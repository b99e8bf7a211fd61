//! What administrators are told when the centre's script or its router fails: a line of the trail, and a letter.
//!
//! They are asked for every dialog, so the same trouble is told once in a while only: by this process, for as long as
//! it runs.

use super::{Office, returned::Aside};
use crate::{
    bot::RouterTrouble,
    centre::is_administrator,
    script::ScriptTrouble,
    store::{AuditLine, Errand, ErrandKind, StoreError},
};
use otklik_model::Stamp;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A line of the trail for each kind of trouble once in so long, in milliseconds.
const NOTED_MS: i64 = 60_000;
/// A letter about each kind of trouble once in so long, in milliseconds.
const WRITTEN_MS: i64 = 24 * 3_600_000;

/// When administrators were last told of each kind of trouble.
#[derive(Debug, Default)]
pub(super) struct Told {
    noted: BTreeMap<&'static str, Stamp>,
    written: BTreeMap<&'static str, Stamp>,
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

/// Whether it is time to tell of something again; then it counts as told.
fn is_time(told: &mut BTreeMap<&'static str, Stamp>, code: &'static str, now: Stamp, after_ms: i64) -> bool {
    let again = told.get(code).is_none_or(|at| now.0 >= at.0.saturating_add(after_ms));
    if again {
        told.insert(code, now);
    }
    again
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

    async fn tell_of(&self, subject: &str, code: &'static str, why: String) -> Result<Aside, StoreError> {
        let now = self.now();
        self.remember_trouble(code, &why);
        let (noted, written) = {
            let mut told = self.script_troubles.lock();
            let noted = is_time(&mut told.noted, code, now, NOTED_MS);
            (noted, self.settings.mailer.is_some() && is_time(&mut told.written, code, now, WRITTEN_MS))
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
