//! Which customers are one person, as operators say. Who says so has to see both and to be allowed to change what is
//! known of either, and says it of the persons that he looked at: of two who say different things at once one is heard.

use super::Office;
use super::settle::{ATTEMPTS, CONTENDED_MS, Later, Retried, done};
use crate::desk::{Actor, Alias, join, may_regroup, separate};
use crate::store::{AuditLine, Commit, CommitError, Key, Regroup, StoreError, Work};
use otklik_model::{CustomerId, DialogId, OperatorId, Refusal, Union};
use serde_json::json;

/// Dialogs that are looked at for one that an operator sees.
const LOOKED_AT: u32 = 50;

/// What an operator says of who is who.
pub(super) enum Wish {
    /// Two persons are one from now on.
    Join {
        /// A dialog of each.
        dialogs: [DialogId; 2],
        /// Whom they were taken for.
        persons: [u64; 2],
        /// Which values stay.
        union: Box<Union>,
    },
    /// A customer is somebody of his own again.
    Separate {
        /// A dialog of the person.
        dialog: DialogId,
        /// Who.
        customer: CustomerId,
        /// Whom he was taken for.
        person: u64,
    },
}

/// What becomes of some customers, and the line that tells of it.
type Regrouped = Result<(Vec<Alias>, AuditLine), Refusal>;

impl Office {
    /// Does what an operator says of who is who.
    pub(super) async fn regroup(&self, key: Key, by: OperatorId, wish: Wish) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let actor = self.directory.read().actor(by);
        let Some(actor) = actor else { return self.keep(key, Err(Refusal::Forbidden)).await };
        for _ in 0..ATTEMPTS {
            let decided = match &wish {
                Wish::Join { dialogs, persons, union } => self.joined(&actor, *dialogs, *persons, union).await?,
                Wish::Separate { dialog, customer, person } => {
                    self.separated(&actor, *dialog, *customer, *person).await?
                }
            };
            let (people, line) = match decided {
                Ok(decided) => decided,
                Err(reason) => return self.keep(key, Err(reason)).await,
            };
            let work = Work::Regroup(Box::new(Regroup { people, by: Some(by) }));
            let commit = Commit::new(self.workspace.id, self.now(), work, done(None));
            match self.commit_whole(Commit { key: Some(key), audit: Some(line), ..commit }).await {
                Ok(committed) => return Ok(committed.outcome),
                // One of them changed meanwhile.
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }

    async fn joined(
        &self,
        actor: &Actor,
        [dialog, other]: [DialogId; 2],
        persons: [u64; 2],
        union: &Union,
    ) -> Result<Regrouped, StoreError> {
        let (id, this) = match self.person(actor, dialog).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        let (with, other) = match self.person(actor, other).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        if person_of(&this) == person_of(&other) {
            // Whoever was second finds it done.
            return Ok(Err(Refusal::SamePerson));
        }
        if [person_of(&this), person_of(&other)] != persons.map(Some) {
            return Ok(Err(Refusal::Regrouped));
        }
        Ok(join(&this, &other, union).map(|people| {
            let line = line(actor, "customer.joined", id, with, &people);
            (people, line)
        }))
    }

    async fn separated(
        &self,
        actor: &Actor,
        dialog: DialogId,
        who: CustomerId,
        person: u64,
    ) -> Result<Regrouped, StoreError> {
        let (of, people) = match self.person(actor, dialog).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        if person_of(&people) != Some(person) {
            return Ok(Err(Refusal::Regrouped));
        }
        if who != of && !self.is_within(actor, who).await? {
            return Ok(Err(Refusal::NotFound));
        }
        Ok(separate(&people, who).map(|apart| {
            let line = line(actor, "customer.separated", who, of, &people);
            (apart, line)
        }))
    }

    /// The customer of a dialog, and all who are one person with him, the customer himself first.
    async fn person(
        &self,
        actor: &Actor,
        dialog: DialogId,
    ) -> Result<Result<(CustomerId, Vec<Alias>), Refusal>, StoreError> {
        let Some(found) = self.store.dialog(self.workspace.id, dialog).await? else {
            return Ok(Err(Refusal::NotFound));
        };
        if let Err(reason) = may_regroup(&found, actor) {
            return Ok(Err(reason));
        }
        let id = found.row.customer.id;
        let mut people = self.store.identities(self.workspace.id, id).await?;
        people.sort_by_key(|alias| alias.customer.id != id);
        Ok(if people.is_empty() { Err(Refusal::NotFound) } else { Ok((id, people)) })
    }

    /// Whether an operator may say something about a customer: he reaches one of his dialogs, or there is none left.
    async fn is_within(&self, actor: &Actor, customer: CustomerId) -> Result<bool, StoreError> {
        let dialogs = self.store.dialogs_of(self.workspace.id, customer, None, LOOKED_AT).await?;
        Ok(dialogs.is_empty() || dialogs.iter().any(|dialog| may_regroup(dialog, actor).is_ok()))
    }
}

fn person_of(people: &[Alias]) -> Option<u64> {
    people.first().map(|alias| alias.customer.person())
}

/// Who was said to be, or not to be, the same as whom; no word of what is known of them.
fn line(actor: &Actor, what: &str, who: CustomerId, with: CustomerId, people: &[Alias]) -> AuditLine {
    let all: Vec<CustomerId> = people.iter().map(|alias| alias.customer.id).collect();
    AuditLine {
        by: Some(actor.id),
        what: what.to_owned(),
        subject: who.to_string(),
        detail: json!({ "with": with, "customers": all }),
    }
}
