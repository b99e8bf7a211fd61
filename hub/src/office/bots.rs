//! What bots do in dialogs they lead, and routers in those they are asked about.

use super::settle::{ATTEMPTS, CONTENDED_MS, Later, done, fresh_ids};
use super::{Office, outside, returned::Aside};
use crate::desk::{Command, Moment, decide};
use crate::store::{AuditLine, Commit, CommitError, DialogChange, Errand, Key, StoreError, Work};
use otklik_model::{Author, DialogId, Refusal};

/// Messages looked through at once.
const PAGE: u32 = 100;

/// What a bot wants: all of it, or nothing.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// In their order.
    pub commands: Vec<Command>,
    /// Done once under this key.
    pub key: Key,
    /// The newest message that the bot has heard: if the customer has said more since, nothing is done.
    pub heard: u32,
    /// What administrators are told.
    pub audit: Option<AuditLine>,
    /// What else comes of it outside.
    pub errands: Vec<Errand>,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// Done, now or before.
    Done,
    /// The customer has said more since: he is answered on all of it.
    Outdated,
    /// Nothing was done.
    Refused(Refusal),
}

impl Office {
    /// Does what a bot wants.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn grant(&self, dialog: DialogId, wishes: &Wishes) -> Result<Granted, Later> {
        for _ in 0..ATTEMPTS {
            if self.store.first_answer(wishes.key).await?.is_some() {
                return Ok(Granted::Done);
            }
            let Some(found) = self.store.dialog(self.workspace.id, dialog).await? else {
                return Ok(Granted::Refused(Refusal::NotFound));
            };
            if self.has_said_more(dialog, wishes.heard, found.row.last_seq).await? {
                return Ok(Granted::Outdated);
            }
            let centre = self.centre();
            let carrier = self.carrier();
            let now = self.now();
            let (mut scratch, mut events) = (found.clone(), Vec::new());
            for command in &wishes.commands {
                let ids = fresh_ids();
                let moment = Moment { now, ids, centre: &centre, carrier: &carrier, named: None };
                match decide(&scratch, self.with_room_of_now(command), &moment) {
                    Ok(decided) => {
                        decided.iter().for_each(|event| scratch.apply(event));
                        events.extend(decided);
                    }
                    Err(refusal) => return Ok(Granted::Refused(refusal)),
                }
            }
            if events.is_empty() {
                return Ok(Granted::Done);
            }
            // The turn is held until what was decided is stored.
            let Aside { mut errands, audit, turn: _turn } = self.route_back(&found, &mut events, now, None).await?;
            let room = self.room_taken(&events);
            let change = DialogChange::timed(&found, events, &centre);
            errands.extend(outside::errands(&change, None, now));
            errands.extend(wishes.errands.iter().cloned());
            let commit = Commit::new(self.workspace.id, now, Work::Dialog(Box::new(change)), done(None));
            // A commit has one line: that a bot gave up comes before that a script failed, which is told again.
            let audit = wishes.audit.clone().or(audit);
            match self.commit_whole(Commit { key: Some(wishes.key), errands, audit, room, ..commit }).await {
                Ok(_) => return Ok(Granted::Done),
                Err(CommitError::Conflict) if room.is_some() => self.read_ahead().await?,
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }

    async fn has_said_more(&self, dialog: DialogId, heard: u32, last: u32) -> Result<bool, StoreError> {
        if last <= heard {
            return Ok(false);
        }
        let since = self.store.messages(self.workspace.id, dialog, heard + 1, last, PAGE).await?;
        Ok(since.iter().any(|message| message.author == Author::Customer))
    }
}
