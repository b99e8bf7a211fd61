//! What operators ask, once for each id of theirs.

use super::Office;
use super::asked::Names;
use super::identities::Wish;
use super::scripted::Opening;
use super::settle::{ATTEMPTS, About, Ask, CONTENDED_MS, Later, Retried, decide_on, done};
use crate::desk::{Command, decide, unblocked};
use crate::store::{CommitError, Key, Work, key};
use otklik_model::{ClientId, CustomerId, DepartmentKey, DialogId, Op, OperatorId, Outcome, Refusal};
use std::sync::atomic::Ordering::Relaxed;

impl Office {
    /// Carries out what an operator asks, once per `id`.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn operate(&self, by: OperatorId, id: ClientId, op: Op) -> Retried {
        let key = key(by.0, id);
        let answer = match op {
            Op::SetStatus { status } => self.set_status(key, by, status).await,
            Op::ChooseStatus { code, of } => self.choose_status(key, by, of, code).await,
            Op::Unknown => self.keep(key, Err(Refusal::Unsupported)).await,
            Op::Unblock { customer } => self.unblock(key, by, customer).await,
            Op::SendTranscript { dialog } => self.send_transcript(key, by, dialog).await,
            Op::KeepTemplate { name, template } => self.keep_template(key, by, &name, template).await,
            Op::DropTemplate { name } => self.drop_template(key, by, &name).await,
            Op::Invite { customer, ref department, .. } => {
                let department = self.department_of_begun(by, department.as_ref());
                self.invite(key, by, customer, department, op).await
            }
            Op::JoinCustomers { dialog, other, union, person, other_person } => {
                let (dialogs, persons) = ([dialog, other], [person, other_person]);
                self.regroup(key, by, Wish::Join { dialogs, persons, union }).await
            }
            Op::SeparateCustomer { dialog, customer, person } => {
                self.regroup(key, by, Wish::Separate { dialog, customer, person }).await
            }
            Op::Accept { dialog, .. }
            | Op::SendText { dialog, .. }
            | Op::SendNote { dialog, .. }
            | Op::MarkRead { dialog, .. }
            | Op::Close { dialog, .. }
            | Op::Transfer { dialog, .. }
            | Op::Decline { dialog, .. }
            | Op::Hold { dialog, .. }
            | Op::Unhold { dialog, .. }
            | Op::SortDialog { dialog, .. }
            | Op::EditMessage { dialog, .. }
            | Op::DeleteMessage { dialog, .. }
            | Op::SendFile { dialog, .. }
            | Op::RequestContact { dialog, .. }
            | Op::Block { dialog, .. }
            | Op::EditCustomer { dialog, .. } => self.operate_on_dialog(key, by, dialog, op).await,
        };
        let counter = match &answer {
            Ok(Outcome::Done { .. }) => &self.metrics.done,
            Ok(Outcome::Refused { .. }) => &self.metrics.refused,
            Err(_) => &self.metrics.put_off,
        };
        counter.fetch_add(1, Relaxed);
        answer
    }

    async fn operate_on_dialog(&self, key: Key, by: OperatorId, dialog: DialogId, op: Op) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let names = self.names(by, &op).await?;
        let blocks = matches!(op, Op::Block { .. });
        let of_customer = blocks || matches!(op, Op::EditCustomer { .. });
        let blocker = self.directory.read().actor(by).filter(|_| blocks).map(|by| by.name);
        let ask =
            Ask { key: Some(key), message: names.message, of_customer, blocker, ..Ask::about(About::Dialog(dialog)) };
        self.settle(ask, |found, moment| {
            let found = found.ok_or(Refusal::NotFound)?;
            let command = self.command(by, key.id, &op, &names).ok_or(Refusal::Forbidden)?;
            let events = decide(&found, command, moment)?;
            Ok((found, events))
        })
        .await
    }

    /// Begins a dialog with a customer who has none.
    async fn invite(
        &self,
        key: Key,
        by: OperatorId,
        customer: CustomerId,
        department: Option<DepartmentKey>,
        op: Op,
    ) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let Some((whom, _)) = self.store.customer(self.workspace.id, customer).await? else {
            return self.keep(key, Err(Refusal::NotFound)).await;
        };
        let ask = Ask { key: Some(key), ..Ask::about(About::DialogOf(customer)) };
        let first = self.first_words_to(whom, Opening::invitation(department.clone())).await?;
        self.settle(ask, |found, moment| {
            // Only one that was named can be none, or take nothing.
            match department.as_ref().map(|key| moment.centre.departments.get(key)) {
                Some(None) => return Err(Refusal::NoSuchKey),
                Some(Some(department)) if department.disabled => return Err(Refusal::TargetUnavailable),
                Some(Some(_)) | None => {}
            }
            let dialog = found.unwrap_or_else(|| self.new_dialog(&first, false, moment));
            let command = self.command(by, key.id, &op, &Names::default()).ok_or(Refusal::Forbidden)?;
            let events = decide(&dialog, command, moment)?;
            Ok((dialog, events))
        })
        .await
    }

    /// The department of a dialog that an operator begins.
    fn department_of_begun(&self, by: OperatorId, named: Option<&DepartmentKey>) -> Option<DepartmentKey> {
        let works_for = self.directory.read().actor(by).and_then(|actor| actor.grants.departments);
        self.centre().department_of_begun(named, works_for.as_ref(), &self.channel().name)
    }

    /// Lifts the block of a customer, whether he has a dialog or not.
    async fn unblock(&self, key: Key, by: OperatorId, customer: CustomerId) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let Some(by) = self.directory.read().actor(by) else { return self.keep(key, Err(Refusal::Forbidden)).await };
        for _ in 0..ATTEMPTS {
            let Some((found, version)) = self.store.customer(self.workspace.id, customer).await? else {
                return self.keep(key, Err(Refusal::NotFound)).await;
            };
            let free = match unblocked(&found, &by) {
                Ok(Some(free)) => Box::new(free),
                Ok(None) => return self.keep(key, Ok(())).await,
                Err(reason) => return self.keep(key, Err(reason)).await,
            };
            if self.store.dialog_of(self.workspace.id, customer).await?.is_some() {
                let ask = Ask { key: Some(key), ..Ask::about(About::DialogOf(customer)) };
                let learn = Command::LearnCustomer(free);
                return self.settle(ask, |found, moment| decide_on(found, learn.clone(), moment)).await;
            }
            let work = Work::Customer { customer: free, version };
            match self.commit(Some(key), work, done(None)).await {
                Ok(committed) => return Ok(committed.outcome),
                // He may have begun a dialog meanwhile.
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Later { after_ms: CONTENDED_MS })
    }
}
