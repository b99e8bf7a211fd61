//! Operators' statuses: who may change which, what signing in and out does, and what becomes of the dialogs of
//! somebody who goes.

use super::{Later, Office, PeopleError, Retried, settle::done};
use crate::{
    centre::{Centre, LoginStatus, Status},
    day::statuses::{Due, first_of},
    desk::{Command, Leaving, knows, reaches},
    store::{Commit, CommitError, FenceToken, Key, OperatorFace, OperatorRow, SetBy, StoreError, Work},
};
use otklik_model::{DialogId, OperatorId, OperatorStatus, Refusal, Right, Stamp, StatusKey};

/// How often a changed row is read again before giving up.
const ATTEMPTS: u32 = 16;
/// How far back a status is looked for that a login restores, in milliseconds.
const RESTORED_MS: i64 = 30 * 24 * 3_600_000;

/// A status to set.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    code: StatusKey,
    kind: OperatorStatus,
    set_by: SetBy,
    keep_online: bool,
}

impl Wanted {
    fn of(status: &Status, set_by: SetBy) -> Self {
        Self { code: status.key.clone(), kind: status.kind, set_by, keep_online: false }
    }

    /// The status he has; whether he is switched off for being away may differ.
    fn as_now(row: &OperatorRow, keep_online: bool) -> Self {
        Self { code: row.status_code.clone(), kind: row.status, set_by: row.set_by, keep_online }
    }

    /// Whether this changes nothing. Being off duty for another reason is a change: the schedule brings back only
    /// whom it sent away.
    fn stands(&self, row: &OperatorRow) -> bool {
        let reason = self.kind != OperatorStatus::Offline || row.set_by == self.set_by;
        row.status_code == self.code && row.status == self.kind && row.keep_online == self.keep_online && reason
    }

    /// Writes it down. Since when it holds is filled in by the store.
    fn write(self, row: &mut OperatorRow) {
        (row.status_code, row.status, row.set_by, row.keep_online) =
            (self.code, self.kind, self.set_by, self.keep_online);
    }
}

impl Office {
    /// Changes one's own status to the first of a kind.
    pub(super) async fn set_status(&self, key: Key, by: OperatorId, kind: OperatorStatus) -> Retried {
        match first_of(&self.centre(), kind) {
            Some(code) => self.choose_status(key, by, None, code).await,
            None => self.keep(key, Err(Refusal::NoSuchKey)).await,
        }
    }

    /// Changes a status of the dictionary: one's own, or somebody else's.
    pub(super) async fn choose_status(
        &self,
        key: Key,
        by: OperatorId,
        of: Option<OperatorId>,
        code: StatusKey,
    ) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let whom = of.unwrap_or(by);
        let set_by = if whom == by { SetBy::Himself } else { SetBy::Operator { id: by } };
        for _ in 0..ATTEMPTS {
            let found = self.store.operator(self.workspace.id, whom).await?;
            let Some(mut row) = found.filter(|row| !row.disabled) else {
                return self.keep(key, Err(Refusal::NotFound)).await;
            };
            if let Err(refusal) = self.may_set_status(by, &row) {
                return self.keep(key, Err(refusal)).await;
            }
            let Some(status) = self.centre().status(&code).cloned() else {
                return self.keep(key, Err(Refusal::NoSuchKey)).await;
            };
            let wanted = Wanted::of(&status, set_by);
            if wanted.stands(&row) {
                return self.keep(key, Ok(())).await;
            }
            wanted.write(&mut row);
            match self.commit(Some(key), operator_work(row), done(None)).await {
                Ok(committed) => {
                    self.release_if_off(whom, status.kind, set_by).await;
                    return Ok(committed.outcome);
                }
                Err(CommitError::Conflict) => {}
                Err(CommitError::Fenced) => return Err(Later { after_ms: 100 }),
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: 100 })
    }

    fn may_set_status(&self, by: OperatorId, whom: &OperatorRow) -> Result<(), Refusal> {
        let actor = self.directory.read().actor(by).ok_or(Refusal::Forbidden)?;
        let departments = whom.grants.departments.as_ref();
        // Of whom he is not told there is nobody like that.
        if !knows(&actor, whom.id, departments) {
            return Err(Refusal::NotFound);
        }
        let right = match (whom.post.is_bot, whom.id == by) {
            (true, _) => Right::SetBotStatus,
            (false, true) => Right::SetOwnStatus,
            (false, false) => Right::SetOthersStatus,
        };
        if reaches(&actor, right, whom.id, departments) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// What signing in does to a status.
    pub(super) async fn status_on_login(&self, operator: OperatorId) -> Result<(), PeopleError> {
        let centre = self.centre();
        let restored = match &centre.login_status {
            LoginStatus::Restore => self.status_before(operator).await?,
            LoginStatus::Online | LoginStatus::Offline | LoginStatus::Ask | LoginStatus::This(_) => None,
        };
        self.change_status(operator, |row| on_login(&centre, row, restored.as_ref())).await
    }

    /// What signing out does to a status: offline, or online and not to be switched off for being away.
    pub(super) async fn status_on_logout(&self, operator: OperatorId, stays: bool) -> Result<(), PeopleError> {
        let centre = self.centre();
        let offline = || first_in(&centre, OperatorStatus::Offline).map(|status| Wanted::of(status, SetBy::Logout));
        self.change_status(operator, |row| if stays { Some(Wanted::as_now(row, true)) } else { offline() }).await?;
        if !stays {
            self.release_if_off(operator, OperatorStatus::Offline, SetBy::Logout).await;
        }
        Ok(())
    }

    /// The status he chose or was given last, before he was signed out or lost.
    async fn status_before(&self, operator: OperatorId) -> Result<Option<StatusKey>, StoreError> {
        let since = Stamp(self.now().0 - RESTORED_MS);
        let changes = self.store.status_changes(self.workspace.id, operator, since).await?;
        let chosen = changes.into_iter().rev().find(|change| match change.set_by {
            SetBy::Himself | SetBy::Operator { .. } | SetBy::Login => true,
            SetBy::Logout | SetBy::Idle | SetBy::Schedule | SetBy::SessionLost | SetBy::Hub => false,
        });
        Ok(chosen.map(|change| change.code))
    }

    async fn change_status(
        &self,
        operator: OperatorId,
        wanted: impl Fn(&OperatorRow) -> Option<Wanted> + Send,
    ) -> Result<(), PeopleError> {
        for _ in 0..ATTEMPTS {
            let found = self.store.operator(self.workspace.id, operator).await?;
            let mut row = found.ok_or(PeopleError::Unknown)?;
            let Some(wanted) = wanted(&row).filter(|wanted| !wanted.stands(&row)) else { return Ok(()) };
            wanted.write(&mut row);
            match self.commit(None, operator_work(row), done(None)).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(PeopleError::Contended)
    }

    /// Sets a status that is due by time, if nothing has changed since that was found. Returns false if something has:
    /// then it has to be found again whether one is due.
    ///
    /// # Errors
    /// The store fails; the change is still due.
    pub async fn hub_sets_status(&self, found: &OperatorFace, due: Due, fence: FenceToken) -> Result<bool, StoreError> {
        let Some(mut row) = self.store.operator(self.workspace.id, found.id).await? else { return Ok(true) };
        let status = (&row.status_code, row.status_since, row.set_by, row.keep_online);
        if status != (&found.status_code, found.status_since, found.set_by, found.keep_online) {
            return Ok(false);
        }
        let Due { code, kind, set_by } = due;
        tracing::info!(operator = %row.id, ?kind, ?set_by, "the hub changes a status");
        Wanted { code, kind, set_by, keep_online: false }.write(&mut row);
        let commit = Commit::new(self.workspace.id, self.now(), operator_work(row), done(None));
        match self.commit_whole(Commit { fence: Some(fence), ..commit }).await {
            Ok(_) => {
                self.release_if_off(found.id, kind, set_by).await;
                if set_by == SetBy::Idle && kind != OperatorStatus::Offline {
                    self.close_of_idle(found.id).await;
                }
                Ok(true)
            }
            // Somebody was faster, or is in charge now.
            Err(CommitError::Conflict | CommitError::Fenced) => Ok(false),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Gives back what those still hold who are off duty: the process that switched them off may have stopped before.
    /// Returns whether all of it was: if not, it has to be tried again.
    ///
    /// # Errors
    /// The store fails; nothing was looked at.
    pub async fn release_of_the_gone(&self) -> Result<bool, StoreError> {
        let mut released = true;
        for dialog in self.store.open_dialogs(self.workspace.id).await? {
            let face = dialog.row.assignee.and_then(|id| self.directory.read().face(id));
            if let Some(face) = face.filter(|face| face.status == OperatorStatus::Offline) {
                released &= self.release_one(dialog.row.id, face.id, leaving(face.set_by)).await;
            }
        }
        Ok(released)
    }

    /// Gives back what should have gone back when somebody went off duty and did not: the store failed just then, or the
    /// offer was stored in the same moment. Whoever is back by now keeps what he has.
    ///
    /// # Errors
    /// The store fails; what is left is still owed.
    pub async fn release_what_is_owed(&self) -> Result<(), StoreError> {
        // In this order: whoever is owed to is known to have gone.
        let owed = self.owed.lock().clone();
        let faces = self.faces();
        for face in faces.iter().filter(|face| face.status == OperatorStatus::Offline) {
            if owed.contains(&face.id) {
                if self.release(face.id, leaving(face.set_by)).await? {
                    self.owed.lock().remove(&face.id);
                }
            } else if self.load(face.id).offered > 0 {
                // What he leads by now he has taken up again himself.
                self.release(face.id, Leaving::WentOffline).await?;
            }
        }
        let off = |id: &OperatorId| faces.iter().any(|face| face.id == *id && face.status == OperatorStatus::Offline);
        self.owed.lock().retain(|id| !owed.contains(id) || off(id));
        Ok(())
    }

    /// Closes or gives back what those still hold who may not sign in any more. Found by what each of them has, so that
    /// also what is given to one afterwards, by whoever did not know, does not stay with him.
    ///
    /// # Errors
    /// The store fails; the rest is still theirs.
    pub async fn free_dialogs_of_removed(&self, fence: FenceToken) -> Result<(), StoreError> {
        let holds = |face: &OperatorFace| face.disabled && self.directory.read().holds_any(face.id);
        for operator in self.faces().into_iter().filter(holds).map(|face| face.id) {
            // Whatever woke while he still counted as here is stored by then, and found below.
            drop(self.wakes.write().await);
            for dialog in self.store.open_dialogs_of(self.workspace.id, operator).await? {
                let removed = Command::OperatorRemoved { operator };
                if let Err(later) = self.carry_out(dialog.row.id, removed, None, None, Some(fence)).await {
                    tracing::warn!(dialog = %dialog.row.id, %later, "a dialog of a disabled operator has to wait");
                }
            }
        }
        Ok(())
    }

    /// What an operator is offered, and for whoever is lost also what he leads, goes back to everybody. Returns whether
    /// all of it has.
    async fn release(&self, operator: OperatorId, why: Leaving) -> Result<bool, StoreError> {
        // Whatever woke while he still counted as here is stored by then, and found below.
        drop(self.wakes.write().await);
        let mut released = true;
        for dialog in self.store.open_dialogs_of(self.workspace.id, operator).await? {
            released &= self.release_one(dialog.row.id, operator, why).await;
        }
        Ok(released)
    }

    /// Returns whether there is nothing left to try.
    async fn release_one(&self, dialog: DialogId, operator: OperatorId, why: Leaving) -> bool {
        let released = self.carry_out(dialog, Command::Release { operator, why }, None, None, None).await;
        if let Err(later) = &released {
            tracing::warn!(%dialog, %later, "a dialog of an operator who went has to wait until it is given back");
        }
        released.is_ok()
    }

    /// The same for whoever has just got a status, if it is one of those who are off duty. The status stands; what cannot
    /// be given back now is owed.
    async fn release_if_off(&self, operator: OperatorId, kind: OperatorStatus, set_by: SetBy) {
        if kind != OperatorStatus::Offline {
            return;
        }
        // Before it is tried: whatever breaks this off leaves it owed.
        self.owed.lock().insert(operator);
        match self.release(operator, leaving(set_by)).await {
            Ok(true) => {
                self.owed.lock().remove(&operator);
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the dialogs of an operator who went could not be read"),
        }
    }
}

impl Office {
    /// Closes what waits for nobody of somebody who did nothing for too long, if the centre wants it. What could not be
    /// closed now stays his, as where the centre does not want it.
    async fn close_of_idle(&self, operator: OperatorId) {
        if !self.centre().distribution.close_on_leaving {
            return;
        }
        if let Err(error) = self.release(operator, Leaving::Idle).await {
            tracing::warn!(%error, "the dialogs of an idle operator could not be read");
        }
    }
}

/// Why somebody off duty cannot go on with his dialogs.
fn leaving(set_by: SetBy) -> Leaving {
    match set_by {
        SetBy::SessionLost => Leaving::SessionLost,
        SetBy::Himself | SetBy::Logout | SetBy::Idle => Leaving::WentByHimself,
        SetBy::Operator { .. } | SetBy::Login | SetBy::Schedule | SetBy::Hub => Leaving::WentOffline,
    }
}

fn operator_work(row: OperatorRow) -> Work {
    Work::Operator { row: Box::new(row), rights_changed: false }
}

/// The status that a login sets.
fn on_login(centre: &Centre, row: &OperatorRow, restored: Option<&StatusKey>) -> Option<Wanted> {
    let first = |kind| first_in(centre, kind);
    let status = match &centre.login_status {
        LoginStatus::Online => first(OperatorStatus::Online),
        LoginStatus::Offline => first(OperatorStatus::Offline),
        LoginStatus::Restore => restored.and_then(|code| centre.status(code)).or_else(|| first(OperatorStatus::Online)),
        LoginStatus::This(code) => centre.status(code).or_else(|| first(OperatorStatus::Online)),
        // Whoever is at work already has chosen.
        LoginStatus::Ask if row.status != OperatorStatus::Offline => return Some(Wanted::as_now(row, false)),
        LoginStatus::Ask if row.grants.rights.contains_key(&Right::SetOwnStatus) => first(OperatorStatus::Offline),
        LoginStatus::Ask => first(OperatorStatus::Online),
    };
    status.map(|status| Wanted::of(status, SetBy::Login))
}

fn first_in(centre: &Centre, kind: OperatorStatus) -> Option<&Status> {
    centre.statuses.iter().find(|status| status.kind == kind)
}
