//! What operators ask for, decided once per id; and what Олег does.

use super::{Hub, rows::name_of};
use crate::sim::{cast, plan::HubMutant};
use otklik_model::{
    Author, ClientId, CloseReason, DialogId, DialogState, GoneReason, MessageKind, Op, OperatorId, Outcome, Refusal,
    Stored, TransferTarget,
};

impl Hub {
    /// Decides a command of Ира, or repeats the first decision for its id.
    pub fn submit(&mut self, id: ClientId, op: &Op) -> Outcome {
        if let Some(first) = self.ledger.get(&id)
            && self.mutant != Some(HubMutant::NoDedupe)
        {
            return first.clone();
        }
        let forbidden = self.refuses > 0;
        self.refuses = self.refuses.saturating_sub(1);
        let decided = if forbidden { Err(Refusal::Forbidden) } else { self.decide(cast::IRA, Some(id), op) };
        let outcome = match decided {
            Ok(message) => Outcome::Done { at_seq: self.head(), message },
            Err(reason) => Outcome::Refused { reason },
        };
        self.ledger.insert(id, outcome.clone());
        outcome
    }

    /// Олег does something; what is not possible does not happen.
    pub fn oleg(&mut self, op: &Op) {
        self.message_ids += 1;
        let id = cast::foreign_client_id(self.message_ids);
        // A refusal tells Олег something, and nobody here is Олег.
        let _told = self.decide(cast::OLEG, Some(id), op);
    }

    /// A supervisor takes a dialog from whoever has it and gives it to Олег.
    pub fn seize_for_oleg(&mut self, dialog: DialogId) {
        let Some(place) = self.place(dialog) else { return };
        if self.rows[place].dialog.state == DialogState::Active {
            self.assign(place, DialogState::Active, Some(cast::OLEG), GoneReason::Transferred);
        }
    }

    /// The customer closes for good.
    pub fn close_for_good(&mut self, dialog: DialogId) {
        let Some(place) = self.place(dialog) else { return };
        if self.rows[place].dialog.state != DialogState::Closed {
            self.close(place, DialogState::Closed, CloseReason::Customer);
        }
    }

    /// The ownership epoch of a dialog, for commands that are to succeed.
    #[must_use]
    pub fn epoch(&self, dialog: DialogId) -> u64 {
        self.row(dialog).map_or(0, |row| row.dialog.epoch)
    }

    fn decide(&mut self, who: OperatorId, id: Option<ClientId>, op: &Op) -> Result<Option<Stored>, Refusal> {
        match op {
            Op::Accept { dialog, epoch } => self.accept(who, *dialog, *epoch).map(|()| None),
            Op::SendText { dialog, epoch, text, .. } => {
                let place = self.led_by(who, *dialog, *epoch)?;
                self.take_up_again(who, place);
                Ok(Some(self.add_message(place, MessageKind::Text, author(who), text, id)))
            }
            Op::SendFile { dialog, epoch, text, .. } => {
                let place = self.led_by(who, *dialog, *epoch)?;
                self.take_up_again(who, place);
                Ok(Some(self.add_message(place, MessageKind::File, author(who), text, id)))
            }
            Op::SendNote { dialog, text } => {
                let place = self.place(*dialog).ok_or(Refusal::NotFound)?;
                if who == cast::IRA && !self.rows[place].led_by_ira {
                    self.sight(who, *dialog)?;
                }
                if self.rows[place].dialog.state == DialogState::Closed {
                    return Err(Refusal::DialogClosed);
                }
                Ok(Some(self.add_message(place, MessageKind::Note, author(who), text, id)))
            }
            Op::MarkRead { dialog, upto } => {
                let place = self.sight(who, *dialog)?;
                if self.rows[place].dialog.assignee == Some(who) {
                    self.mark_read(place, *upto);
                }
                Ok(None)
            }
            Op::Close { dialog, epoch } => {
                let place = self.led_by(who, *dialog, *epoch)?;
                if self.rows[place].dialog.state == DialogState::ClosedSoft {
                    return Ok(None);
                }
                let line = format!("closed {}", name_of(who));
                self.add_message(place, MessageKind::System, Author::System, &line, None);
                self.close(place, DialogState::ClosedSoft, CloseReason::Operator);
                Ok(None)
            }
            Op::Transfer { dialog, epoch, to } => {
                let place = self.led_by(who, *dialog, *epoch)?;
                if self.rows[place].dialog.state == DialogState::ClosedSoft {
                    return Err(Refusal::DialogClosed);
                }
                self.transfer(place, to);
                Ok(None)
            }
            Op::EditMessage { dialog, seq, text } => self.reword(who, *dialog, *seq, text).map(|()| None),
            Op::DeleteMessage { dialog, seq } => self.take_back(who, *dialog, *seq).map(|()| None),
            Op::SetStatus { status } => {
                if who == cast::IRA {
                    self.set_status(*status);
                }
                Ok(None)
            }
            // The centre's finer rules are the real hub's; a workplace of today does not ask for them.
            Op::ChooseStatus { .. }
            | Op::Decline { .. }
            | Op::Hold { .. }
            | Op::Unhold { .. }
            | Op::SortDialog { .. }
            | Op::RequestContact { .. }
            | Op::Teleport { .. }
            | Op::Block { .. }
            | Op::Unblock { .. }
            | Op::EditCustomer { .. }
            | Op::SendTranscript { .. }
            | Op::Invite { .. }
            | Op::JoinCustomers { .. }
            | Op::SeparateCustomer { .. }
            | Op::KeepTemplate { .. }
            | Op::DropTemplate { .. }
            | Op::Unknown => Err(Refusal::Unsupported),
        }
    }

    /// Words into a softly closed dialog take it up again.
    fn take_up_again(&mut self, who: OperatorId, place: usize) {
        if self.rows[place].dialog.state == DialogState::ClosedSoft {
            self.assign(place, DialogState::Active, Some(who), GoneReason::Hidden);
            let line = format!("reopened {}", name_of(who));
            self.add_message(place, MessageKind::System, Author::System, &line, None);
        }
    }

    fn accept(&mut self, who: OperatorId, dialog: DialogId, epoch: u64) -> Result<(), Refusal> {
        let place = self.place(dialog).ok_or(Refusal::NotFound)?;
        let row = &self.rows[place].dialog;
        match row.state {
            DialogState::Queue => {}
            DialogState::Offered if row.assignee == Some(who) => {}
            DialogState::Active if row.assignee == Some(who) => return Ok(()),
            DialogState::Offered | DialogState::Active => {
                return Err(Refusal::AlreadyAccepted { by: row.assignee_name.clone().unwrap_or_default() });
            }
            DialogState::ClosedSoft | DialogState::Closed | DialogState::Deleted => return Err(Refusal::DialogClosed),
            DialogState::Routing
            | DialogState::Bot
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::Unknown => return Err(Refusal::WrongState),
        }
        if row.epoch != epoch {
            return Err(Refusal::NotYourDialog { owner: row.assignee_name.clone() });
        }
        self.assign(place, DialogState::Active, Some(who), GoneReason::Accepted);
        self.add_message(place, MessageKind::System, Author::System, &format!("accepted {}", name_of(who)), None);
        Ok(())
    }

    fn transfer(&mut self, place: usize, to: &TransferTarget) {
        match to {
            TransferTarget::Queue => {
                self.add_message(place, MessageKind::System, Author::System, "returned", None);
                self.assign(place, DialogState::Queue, None, GoneReason::Transferred);
            }
            TransferTarget::Operator { id, .. } => {
                let line = format!("transferred {}", name_of(*id));
                self.add_message(place, MessageKind::System, Author::System, &line, None);
                self.assign(place, DialogState::Offered, Some(*id), GoneReason::Transferred);
            }
            // Asked by nobody here.
            TransferTarget::Department { .. } | TransferTarget::Team { .. } | TransferTarget::Bot { .. } => {}
        }
    }

    /// The row of a dialog that this operator may see.
    pub(super) fn sight(&self, who: OperatorId, dialog: DialogId) -> Result<usize, Refusal> {
        let place = self.place(dialog).ok_or(Refusal::NotFound)?;
        if who == cast::IRA && self.seen(&self.rows[place]).is_none() {
            return Err(Refusal::NotFound);
        }
        Ok(place)
    }

    /// The row of a dialog that this operator leads, or led last if it is closed softly, under the epoch he saw.
    fn led_by(&self, who: OperatorId, dialog: DialogId, epoch: u64) -> Result<usize, Refusal> {
        let place = self.place(dialog).ok_or(Refusal::NotFound)?;
        let row = &self.rows[place].dialog;
        if row.state == DialogState::Closed {
            return Err(Refusal::DialogClosed);
        }
        let leads = matches!(row.state, DialogState::Active | DialogState::ClosedSoft) && row.assignee == Some(who);
        let current = epoch == row.epoch || self.mutant == Some(HubMutant::NoFence);
        if leads && current { Ok(place) } else { Err(Refusal::NotYourDialog { owner: row.assignee_name.clone() }) }
    }
}

fn author(who: OperatorId) -> Author {
    Author::Operator { id: who, name: name_of(who).to_owned() }
}
