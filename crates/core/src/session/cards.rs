//! What the operator puts right in a customer's card: stored like words, sent when it can be, and never forgotten
//! because somebody else was faster.

use super::{Session, commands::Answer};
use crate::{OutboxItem, OutboxOp, OwnWrite, Receipt, ReqId, UiErrorCode, mirror::is_remains};
use otklik_model::{CustomerEdit, Denied, DialogId, Now, Right};

/// More than this in one change is no card but an attack on the disk.
const MOST_CHARS: usize = 20_000;

impl Session {
    /// Keeps a change of a card. One that never left this machine takes the next one in.
    pub(super) fn edit_customer(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        edit: CustomerEdit,
        was: CustomerEdit,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if is_remains(row) {
            return Err(UiErrorCode::NotFound);
        }
        if !self.mirror.profile.rights.contains(&Right::EditCustomer) {
            return Err(UiErrorCode::Denied { why: Denied::NoRight });
        }
        if edit.is_empty() {
            return Ok(Answer::Now);
        }
        if letters(&edit).saturating_add(letters(&was)) > MOST_CHARS {
            return Err(UiErrorCode::Malformed);
        }
        let earlier = self.outbox.raisable_card(dialog).map(|entry| entry.item.clone());
        let item = match earlier {
            Some(item) => {
                let op = joined(&item.op, edit, was);
                self.outbox.saving(item.client_id);
                OutboxItem { op, ..item }
            }
            None => {
                let op = OutboxOp::EditCustomer { edit: Box::new(edit), was: Box::new(was) };
                let item = self.new_item(dialog, op, now);
                self.outbox.reserve(item.clone());
                item
            }
        };
        let id = item.client_id;
        let receipt = Receipt { message: Some(id), ..Receipt::default() };
        self.store(req, vec![OwnWrite::PutOutbox(item)], receipt, vec![id]);
        Ok(Answer::Later)
    }
}

/// A change with the next one in it. What the first was made on still counts where both change the same.
fn joined(first: &OutboxOp, edit: CustomerEdit, was: CustomerEdit) -> OutboxOp {
    match first {
        OutboxOp::EditCustomer { edit: earlier, was: saw } => OutboxOp::EditCustomer {
            edit: Box::new((**earlier).clone().then(edit)),
            was: Box::new(was.then((**saw).clone())),
        },
        OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::File { .. } | OutboxOp::MarkRead { .. } => {
            OutboxOp::EditCustomer { edit: Box::new(edit), was: Box::new(was) }
        }
    }
}

fn letters(edit: &CustomerEdit) -> usize {
    let values = edit.variables.iter().flatten().flat_map(|(name, value)| [name, value]);
    let lines = [&edit.name, &edit.email, &edit.phone, &edit.comment].into_iter().flatten();
    lines.chain(edit.tags.iter().flatten()).chain(values).map(String::len).sum()
}
