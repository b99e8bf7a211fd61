//! What operators ask, once for each id of theirs.

use super::Office;
use super::asked::Names;
use super::identities::Wish;
use super::scripted::Opening;
use super::settle::{ATTEMPTS, About, Ask, CONTENDED_MS, Decided, Later, Retried, done};
use crate::desk::{Actor, Command, DialogAggregate, Moment, decide, unblocked};
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
            | Op::Teleport { dialog, .. }
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
        // Held until it is stored: nobody else gives away the room that is found now.
        let _turn = self.turn_of_hand(&op).await?;
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
        self.centre().department_of_begun(named, works_for.as_ref(), self.rule_key())
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
                let ask = Ask { key: Some(key), of_customer: true, ..Ask::about(About::DialogOf(customer)) };
                return self.settle(ask, |found, moment| freed(found, &by, moment)).await;
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

/// The block of a dialog's customer is lifted: of whoever he is now, for he may have been changed since he was looked at.
fn freed(found: Option<DialogAggregate>, by: &Actor, moment: &Moment<'_>) -> Decided {
    let dialog = found.ok_or(Refusal::NotFound)?;
    let events = match unblocked(&dialog.row.customer, by)? {
        Some(free) => decide(&dialog, Command::LearnCustomer(Box::new(free)), moment)?,
        None => Vec::new(),
    };
    Ok((dialog, events))
}

#[cfg(test)]
mod tests {
    use super::super::settle::fresh_ids;
    use super::*;
    use crate::centre::{Centre, Grants, Scope};
    use crate::desk::{Beginning, Carrier, Event, Reach, Start};
    use otklik_model::{Block, ChannelId, Customer, ORDINARY_WEIGHT, Particulars, Right, Stamp};
    use uuid::Uuid;

    #[test]
    fn a_block_is_lifted_of_whoever_the_customer_is_by_now() {
        let anna = OperatorId(Uuid::from_u128(1));
        let block = Block { by: anna, since: Stamp(0), until: None, reason: "spam".into() };
        // Since he was looked at somebody gave him a name, and wrote about him.
        let particulars = Particulars { comment: "regular".into(), block: Some(block), ..Particulars::default() };
        let (id, name) = (CustomerId(Uuid::from_u128(2)), "Мария".to_owned());
        let (email, phone, language) = (None, None, None);
        let customer = Customer { id, name, number: 1, named: true, email, phone, language, particulars };
        let dialog = DialogAggregate::begin(Beginning {
            id: DialogId(Uuid::from_u128(3)),
            channel: ChannelId(Uuid::nil()),
            customer: customer.clone(),
            page: None,
            operator_online: true,
            wrote_before: true,
            customer_at: None,
            department: None,
            weight: ORDINARY_WEIGHT,
            start: Start::Queue,
            suspicious: false,
            reach: Reach::Here,
            at: Stamp(0),
        });
        let (centre, carrier) = (
            Centre::default(),
            Carrier { key: crate::centre::SITE, text_chars: 100, transport: otklik_model::Transport::Widget },
        );
        let moment = Moment { now: Stamp(1), ids: fresh_ids(), centre: &centre, carrier: &carrier, named: None };
        let grants = Grants { rights: [(Right::Unblock, Scope::All)].into(), ..Grants::default() };
        let by = Actor { id: anna, name: "Анна".into(), grants };
        let (dialog, events) = freed(Some(dialog), &by, &moment).unwrap();
        let [Event::CustomerChanged { customer: free, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(free.particulars.block, None);
        assert_eq!((free.name.as_str(), free.particulars.comment.as_str()), ("Мария", "regular"));
        // Somebody else was faster.
        let mut dialog = dialog;
        dialog.apply(&events[0]);
        assert_eq!(freed(Some(dialog), &by, &moment).unwrap().1, []);
    }
}
