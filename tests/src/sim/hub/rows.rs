//! Dialogs and messages, and who may see them.

use super::Hub;
use crate::sim::cast;
use otklik_model::{
    Author, Awaiting, Can, Change, ClientId, CloseReason, Customer, Denied, Details, Dialog, DialogId, DialogState,
    GoneReason, Message, MessageKind, Operator, OperatorId, OperatorStatus, Page, Particulars, Preview, Stored,
    excerpt,
};

/// A dialog, and what was last said of it to Ира.
#[derive(Clone, Debug)]
pub struct Row {
    /// As the hub keeps it.
    pub dialog: Dialog,
    /// Ира was told of it and not of its going.
    pub(super) shown: bool,
    /// Why it goes, if it goes.
    pub(super) leaving: GoneReason,
    /// Ира leads it or led it once.
    pub(super) led_by_ira: bool,
}

impl Hub {
    /// The row as Ира may see it, with what she may do.
    pub(super) fn seen(&self, row: &Row) -> Option<Dialog> {
        let mine = row.dialog.assignee == Some(cast::IRA);
        let visible = match row.dialog.state {
            DialogState::Queue => true,
            DialogState::Offered | DialogState::Active | DialogState::ClosedSoft | DialogState::Closed => {
                mine || self.habits.sees_others
            }
            DialogState::Routing
            | DialogState::Bot
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::Deleted
            | DialogState::Unknown => false,
        };
        visible.then(|| Dialog { can: can(&row.dialog, mine), ..row.dialog.clone() })
    }

    /// Which row of these dialogs a customer has; the newest.
    #[must_use]
    pub fn dialog_of(&self, customer: u8) -> Option<DialogId> {
        let id = cast::customer_id(u64::from(customer));
        self.rows.iter().rev().find(|row| row.dialog.customer.id == id).map(|row| row.dialog.id)
    }

    pub(super) fn place(&self, dialog: DialogId) -> Option<usize> {
        self.rows.iter().position(|row| row.dialog.id == dialog)
    }

    /// A row changed: one event, as far as Ира may know.
    pub(super) fn touch(&mut self, place: usize) {
        let change = self.row_change(place);
        self.record(change.into_iter().collect());
    }

    /// What the next position says of a row.
    fn row_change(&mut self, place: usize) -> Option<Change> {
        let rev = self.next_seq();
        self.rows[place].dialog.rev = rev;
        let seen = self.seen(&self.rows[place]);
        let row = &mut self.rows[place];
        match seen {
            Some(dialog) => {
                row.shown = true;
                Some(Change::DialogUpserted(Box::new(dialog)))
            }
            None if row.shown => {
                row.shown = false;
                let to = row.dialog.assignee_name.clone();
                Some(Change::DialogGone { dialog: row.dialog.id, reason: row.leaving, to })
            }
            None => None,
        }
    }

    /// Stores a message: an event of its own, then the row's.
    pub(super) fn add_message(
        &mut self,
        place: usize,
        kind: MessageKind,
        author: Author,
        text: &str,
        client_id: Option<ClientId>,
    ) -> Stored {
        let rev = self.next_seq();
        self.message_ids += 1;
        let at = self.now;
        let row = &mut self.rows[place];
        row.dialog.last_seq += 1;
        let message = Message {
            id: cast::message_id(self.message_ids),
            client_id,
            dialog: row.dialog.id,
            seq: row.dialog.last_seq,
            kind,
            author: author.clone(),
            text: text.to_owned(),
            at,
            rev,
            details: Details::default(),
        };
        let stored = Stored { id: message.id, seq: message.seq, at };
        row.dialog.last = Some(Preview { kind, author: author.clone(), text: excerpt(text, 160), at });
        if kind == MessageKind::Text {
            row.dialog.awaiting = if author == Author::Customer { Awaiting::Operator } else { Awaiting::Customer };
            row.dialog.awaiting_since = Some(at);
        }
        self.messages.entry(message.dialog).or_default().push(message.clone());
        self.count_unread(place);
        self.tell_of(place, message);
        stored
    }

    /// The events of a stored message: it and its dialog's row, together or one after the other.
    pub(super) fn tell_of(&mut self, place: usize, message: Message) {
        let told = self.seen(&self.rows[place]).is_some();
        let added = told.then(|| Change::MessageAdded(Box::new(message)));
        if !self.habits.joint {
            self.record(added.into_iter().collect());
            self.touch(place);
            return;
        }
        let row = self.row_change(place);
        let both = if self.habits.row_first { [row, added] } else { [added, row] };
        self.record(both.into_iter().flatten().collect());
    }

    fn count_unread(&mut self, place: usize) {
        let id = self.rows[place].dialog.id;
        let read = self.rows[place].dialog.read_by_operator;
        let unread = self.messages(id).iter().filter(|m| m.author == Author::Customer && m.seq > read).count();
        self.rows[place].dialog.unread = u32::try_from(unread).unwrap_or(u32::MAX);
    }

    pub(super) fn mark_read(&mut self, place: usize, upto: u32) {
        let dialog = &mut self.rows[place].dialog;
        let upto = upto.min(dialog.last_seq);
        if upto > dialog.read_by_operator {
            dialog.read_by_operator = upto;
            self.count_unread(place);
            self.touch(place);
        }
    }

    /// A customer writes; closed dialogs open again, those closed for good are followed by new ones.
    pub fn customer_writes(&mut self, customer: u8, text: &str) {
        let open = self.dialog_of(customer).and_then(|id| self.place(id));
        let place = match open.filter(|place| !self.rows[*place].dialog.state.is_final()) {
            Some(place) => {
                if self.rows[place].dialog.state == DialogState::ClosedSoft {
                    self.reopen(place);
                }
                place
            }
            None => self.begin(customer),
        };
        self.add_message(place, MessageKind::Text, Author::Customer, text, None);
    }

    fn reopen(&mut self, place: usize) {
        let last = self.rows[place].dialog.assignee;
        if self.habits.reopens_to_last && last.is_some() {
            self.rows[place].dialog.epoch += 1;
            self.assign(place, DialogState::Active, last, GoneReason::Hidden);
        } else {
            self.assign(place, DialogState::Queue, None, GoneReason::Hidden);
        }
        self.add_message(place, MessageKind::System, Author::System, "reopened", None);
    }

    fn begin(&mut self, customer: u8) -> usize {
        let number = self.rows.len() as u64 + 1;
        let named = customer.is_multiple_of(2);
        let who = u64::from(customer);
        let customer = Customer {
            id: cast::customer_id(who),
            name: if named { format!("Покупатель {customer}") } else { format!("Customer {who}") },
            number: who + 1,
            named,
            email: None,
            phone: None,
            language: Some("ru".to_owned()),
            particulars: Particulars::default(),
        };
        let dialog = Dialog {
            number,
            page: Some(Page { url: "https://shop.example/".to_owned(), title: "Магазин".to_owned() }),
            ..Dialog::new(cast::dialog_id(number), cast::SITE, customer, self.now)
        };
        self.rows.push(Row { dialog, shown: false, leaving: GoneReason::Hidden, led_by_ira: false });
        let place = self.rows.len() - 1;
        self.touch(place);
        place
    }

    /// Gives a dialog to somebody, or to nobody. The epoch grows when the owner changes.
    pub(super) fn assign(&mut self, place: usize, state: DialogState, to: Option<OperatorId>, leaving: GoneReason) {
        let now = self.now;
        let row = &mut self.rows[place];
        if row.dialog.assignee != to || state == DialogState::Offered {
            row.dialog.epoch += 1;
        }
        row.led_by_ira |= state == DialogState::Active && to == Some(cast::IRA);
        row.leaving = leaving;
        row.dialog.state = state;
        row.dialog.assignee = to;
        row.dialog.assignee_name = to.map(name_of).map(str::to_owned);
        row.dialog.accepted_at = (state == DialogState::Active).then_some(now);
        row.dialog.closed_at = None;
        row.dialog.close_reason = None;
        self.touch(place);
    }

    pub(super) fn close(&mut self, place: usize, state: DialogState, reason: CloseReason) {
        let now = self.now;
        let row = &mut self.rows[place];
        row.leaving = GoneReason::Closed;
        row.dialog.state = state;
        row.dialog.closed_at = Some(now);
        row.dialog.close_reason = Some(reason);
        row.dialog.awaiting = Awaiting::Nobody;
        row.dialog.awaiting_since = None;
        self.touch(place);
    }

    /// The customer's page has received, or its reader has seen, everything.
    pub fn customer_receives(&mut self, customer: u8, seen: bool) {
        let Some(place) = self.dialog_of(customer).and_then(|id| self.place(id)) else { return };
        let dialog = &mut self.rows[place].dialog;
        let upto = dialog.last_seq;
        if upto > dialog.delivered_to_customer || (seen && upto > dialog.read_by_customer) {
            dialog.delivered_to_customer = upto;
            if seen {
                dialog.read_by_customer = upto;
            }
            self.touch(place);
        }
    }

    pub(super) fn set_status(&mut self, status: OperatorStatus) {
        self.ira_status = status;
        let ira: Operator = self.ira();
        self.record(vec![Change::OperatorUpserted(ira)]);
    }
}

/// What Ира may do.
fn can(dialog: &Dialog, mine: bool) -> Can {
    let closed = Some(Denied::Closed);
    let (accept, lead) = match dialog.state {
        DialogState::Queue => (None, Some(Denied::NotAccepted)),
        DialogState::Offered => ((!mine).then_some(Denied::AlreadyTaken), Some(Denied::NotAccepted)),
        DialogState::Active => (Some(Denied::AlreadyTaken), (!mine).then_some(Denied::NotYours)),
        DialogState::ClosedSoft
        | DialogState::Closed
        | DialogState::Deleted
        | DialogState::Routing
        | DialogState::Bot
        | DialogState::Hold
        | DialogState::Invitation
        | DialogState::Unknown => (closed, closed),
    };
    let write = if dialog.state == DialogState::ClosedSoft && mine { None } else { lead };
    let note = (dialog.state == DialogState::Closed).then_some(Denied::Closed);
    Can { accept, write, note, close: lead, transfer: lead, send_file: write, ..Can::default() }
}

/// The name an operator goes by.
pub(super) fn name_of(id: OperatorId) -> &'static str {
    if id == cast::IRA { cast::IRA_NAME } else { cast::OLEG_NAME }
}
