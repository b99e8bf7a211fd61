//! What becomes of what an outside router says, and of whom a program names by login.

use super::{Granted, Office, Wishes, returned::Aside, settle::Later};
use crate::bot::{RouterAnswer, RouterTrouble};
use crate::desk::{Command, DialogAggregate, Target};
use crate::store::{Key, StoreError};
use otklik_model::{DepartmentKey, Dialog, DialogId, DialogState};

impl Office {
    /// The dialog, if it still waits for the router that it was sent to at this epoch.
    ///
    /// # Errors
    /// The store fails.
    pub async fn waiting_for_router(&self, id: DialogId, epoch: u64) -> Result<Option<DialogAggregate>, StoreError> {
        let found = self.store.dialog(self.workspace.id, id).await?;
        Ok(found.filter(|found| found.row.state == DialogState::Routing && found.row.epoch == epoch))
    }

    /// Sends a dialog where a router says, once per `key`: to the operator, if it can be offered to him; else to the
    /// department; else where the script or the built-in rule has it go. If it has gone on since it was read, nothing
    /// is done.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn follow_router(
        &self,
        dialog: &DialogAggregate,
        key: Key,
        said: Result<RouterAnswer, RouterTrouble>,
    ) -> Result<(), Later> {
        let mut trouble = said.as_ref().err().copied();
        let RouterAnswer { operator, department } = said.unwrap_or_default();
        let department = department.filter(|key| {
            let takes = self.centre().departments.get(key).is_some_and(|department| !department.disabled);
            if !takes {
                trouble = Some(RouterTrouble::Department);
            }
            takes
        });
        let person = match operator {
            Some(login) => Some(self.person_named(&login, &dialog.row, department.as_ref()).await?),
            None => None,
        };
        if person == Some(Target::Stranger) {
            trouble = Some(RouterTrouble::Stranger);
        }
        let Aside { errands, audit, turn: _ } = match trouble {
            Some(trouble) => self.tell_of_router(trouble).await?,
            None => Aside::default(),
        };
        for commands in ways(dialog.row.epoch, person, department) {
            // Whatever the customer has said meanwhile is in the dialog, wherever it goes.
            let heard = u32::MAX;
            let wishes = Wishes { commands, key, heard, audit: audit.clone(), errands: errands.clone() };
            match self.grant(dialog.row.id, &wishes).await? {
                Granted::Done | Granted::Outdated => return Ok(()),
                Granted::Refused(_) => {}
            }
        }
        // Refused to the last: it has gone on by itself.
        Ok(())
    }

    /// Whom a program names by login, to be offered a dialog of this department, or else of its own: by the same
    /// rights, status and room by which distribution chooses. Whoever is not of this workspace, or a program himself, is
    /// a stranger.
    ///
    /// # Errors
    /// The store fails.
    pub async fn person_named(
        &self,
        login: &str,
        row: &Dialog,
        department: Option<&DepartmentKey>,
    ) -> Result<Target, StoreError> {
        let Some(found) = self.store.operator_by_login(self.workspace.id, login).await? else {
            return Ok(Target::Stranger);
        };
        self.read_ahead().await?;
        let department = department.or(row.department.as_ref()).cloned();
        Ok(self.chosen(found.id, &Dialog { department, ..row.clone() }))
    }
}

/// What is tried, one after the other: each is done whole or not at all.
fn ways(epoch: u64, person: Option<Target>, department: Option<DepartmentKey>) -> Vec<Vec<Command>> {
    let send = |epoch, to| Command::Distribute { epoch, to };
    let to_department = department.map(|key| send(epoch, Target::Department(key)));
    let mut ways = Vec::new();
    match (person.filter(|person| *person != Target::Stranger), &to_department) {
        // The department has it first, which is one change of hands.
        (Some(person), Some(first)) => ways.push(vec![first.clone(), send(epoch + 1, person)]),
        (Some(person), None) => ways.push(vec![send(epoch, person)]),
        (None, _) => {}
    }
    ways.extend(to_department.map(|command| vec![command]));
    ways.push(vec![send(epoch, Target::Queue)]);
    ways
}
